//! What stands in a gate.

use super::text::{clip, printable};

/// A sign is cut where it is longer than this.
const LONGEST: usize = 26;

/// An operand as the sign sees it: a constant by its text, anything else arrives on an edge.
pub(super) type Operand = Option<String>;

/// The sign of an operation, with its constants: `*`, `+1`, `1/x`, `max(·, 1.5)`.
pub(super) fn sign(operation: &str, operands: &[Operand]) -> String {
    let text = match operands {
        [one] => unary(operation, one),
        [left, right] => binary(operation, left.as_deref(), right.as_deref()),
        _ => None,
    };
    let text = text.unwrap_or_else(|| many(operation, operands));
    clip(&printable(&text), LONGEST)
}

/// Whether the order of the operands makes no difference, so that edges may arrive in any order.
pub(super) fn any_order(operation: &str) -> bool {
    matches!(operation, "add" | "mul" | "sum" | "max" | "min" | "hypot")
}

fn unary(operation: &str, operand: &Operand) -> Option<String> {
    if operand.is_some() {
        return None;
    }
    let known = match operation {
        "neg" => "*-1",
        "recip" => "1/x",
        "sigmoid" => "σ",
        "sqrt" => "√",
        "cbrt" => "∛",
        "abs" => "|x|",
        "sum" => "Σ",
        _ => return power(operation),
    };
    Some(known.to_owned())
}

/// `^2` for `powi(2)` and `powf(2)`.
fn power(operation: &str) -> Option<String> {
    let exponent = operation.strip_prefix("powi(").or_else(|| operation.strip_prefix("powf("))?;
    Some(format!("^{}", exponent.strip_suffix(')')?))
}

fn binary(operation: &str, left: Option<&str>, right: Option<&str>) -> Option<String> {
    let symbol = match operation {
        "add" => "+",
        "sub" => "-",
        "mul" => "*",
        "div" => "/",
        "rem" => "%",
        "pow" => "^",
        "matmul" => "@",
        _ => return None,
    };
    Some(match (symbol, left, right) {
        // minus minus one reads better as plus one
        ("-", None, Some(constant)) if constant.starts_with('-') => constant.replacen('-', "+", 1),
        ("+", Some(constant), None) | ("+", None, Some(constant)) if constant.starts_with('-') => constant.to_owned(),
        ("+" | "*", Some(constant), None) | (_, None, Some(constant)) => format!("{symbol}{constant}"),
        ("/", Some(constant), None) => format!("{constant}/x"),
        (_, Some(constant), None) => format!("{constant}{symbol}x"),
        _ => symbol.to_owned(),
    })
}

/// The name; with the constants between its brackets, and a dot for each operand that arrives on an edge.
fn many(operation: &str, operands: &[Operand]) -> String {
    let constants = operands.iter().flatten().count();
    if constants == 0 {
        return if operation == "sum" { "Σ".to_owned() } else { operation.to_owned() };
    }
    if operation == "sum" && constants == 1 {
        let constant = operands.iter().flatten().next().map_or("", String::as_str);
        return format!("Σ{}{constant}", if constant.starts_with('-') { "" } else { "+" });
    }
    let shown: Vec<&str> = operands.iter().map(|operand| operand.as_deref().unwrap_or("·")).collect();
    match operation.split_once('(') {
        Some((name, parameters)) => format!("{name}({}, {parameters}", shown.join(", ")),
        None => format!("{operation}({})", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(operation: &str, operands: &[&str]) -> String {
        let operands: Vec<Operand> =
            operands.iter().map(|text| (!text.is_empty()).then(|| (*text).to_owned())).collect();
        sign(operation, &operands)
    }

    #[test]
    fn signs_read_as_on_the_board() {
        assert_eq!(signs("add", &["", ""]), "+");
        assert_eq!(signs("add", &["1", ""]), "+1");
        assert_eq!(signs("add", &["", "-1"]), "-1");
        assert_eq!(signs("sub", &["", "-1"]), "+1");
        assert_eq!(signs("sub", &["1", ""]), "1-x");
        assert_eq!(signs("mul", &["", "-1"]), "*-1");
        assert_eq!(signs("div", &["2", ""]), "2/x");
        assert_eq!(signs("neg", &[""]), "*-1");
        assert_eq!(signs("powi(2)", &[""]), "^2");
        assert_eq!(signs("leaky_relu(0.1)", &[""]), "leaky_relu(0.1)");
        assert_eq!(signs("max", &["", "1.5"]), "max(·, 1.5)");
        assert_eq!(signs("clip(1)", &["", "1.5", ""]), "clip(·, 1.5, ·, 1)");
        assert_eq!(signs("sum", &["", "", "4"]), "Σ+4");
        assert_eq!(signs("linear", &["", "", ""]), "linear");
    }
}
