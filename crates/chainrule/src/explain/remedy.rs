//! What can be done about an operation that gave NaN or an infinity.

use super::blame::Fault;
use super::quantity::{Flaw, Shown};
use crate::tape::Step;

/// What is too large for a value that a sound computation comes by.
const GROWN: f64 = 1e15;

/// For a value that is not finite; `later` is the step that made NaN of an infinity.
pub(super) fn of_value<V: Shown>(step: &Step<V>, fault: &Fault, later: Option<&Step<V>>) -> Option<String> {
    let Fault::Value(flaw) = fault else {
        return Some("look at where these numbers come from: nothing that was computed here has made them".into());
    };
    if let Some(later) = later
        && operation(later) == "mul"
        && later.operands.iter().any(|operand| operand.value.element(later_at(later)) == Some(0.0))
    {
        return Some(
            "0 times an infinity is NaN: to leave a branch out, choose with `select` instead of multiplying by a mask of 0 and 1, \
             and keep the argument of the branch not taken in its domain"
                .into(),
        );
    }
    let operand = |i: usize| step.operands.get(i).and_then(|operand| operand.value.element(flaw.at));
    let of_type = if std::any::type_name::<V>().contains("f32") { "f32 ends at 3.4e38" } else { "f64 ends at 1.8e308" };
    let text = match operation(step) {
        "ln" | "log2" | "log10" | "ln_1p" | "xlogy" | "entropy" if flaw.value.is_nan() => {
            "a logarithm has no value below 0: look at why its argument became negative, or clamp it".into()
        }
        "ln" | "log2" | "log10" | "ln_1p" => {
            "the logarithm of 0 is minus infinity: take the logarithm and what comes before in one, as `log_softmax`, `log_sigmoid` and \
             the cross-entropies from logits do, or `clamp` the argument away from 0"
                .into()
        }
        "sqrt" => "a square root has no value below 0: `clamp` the argument, or use `norm` and `hypot` for lengths".into(),
        "exp" | "exp2" | "exp_m1" | "cosh" | "sinh" => format!(
            "{} overflows, as {of_type}: subtract the largest argument first, as `softmax` and `log_sum_exp` do, or stay with the logarithm",
            operation(step)
        ),
        "div" | "recip" if operand(usize::from(step.operands.len() > 1)).is_none_or(|x| x == 0.0) => {
            "a division by 0: add a small number to the divisor, or choose another value there with `select` for dividend and divisor alike"
                .into()
        }
        "asin" | "acos" | "atanh" | "logit" | "acosh" | "pow" | "lgamma" | "digamma" | "powf" => format!(
            "the argument lies outside the domain of {0}, or at its edge: `clamp` it",
            operation(step)
        ),
        _ if grown(step) => format!(
            "the operands have grown until {of_type}: if these are parameters, the learning rate is too large, or gradients want clipping; \
             if they are not, initial values or the scale of the data are too large"
        ),
        "sum" | "mean" | "dot" | "matmul" | "linear" | "cumsum" | "product" | "cumprod" => {
            format!("the total overflows, as {of_type}: scale the numbers down, or compute in f64")
        }
        _ if flaw.value.is_infinite() => format!("an overflow: {of_type}"),
        _ => return None,
    };
    Some(text)
}

/// For a gradient that is not finite, by this operand.
pub(super) fn of_gradient<V: Shown>(step: &Step<V>, operand: usize, flaw: &Flaw) -> &'static str {
    let value = step.operands.get(operand).and_then(|operand| operand.value.element(flaw.at));
    match operation(step) {
        "sqrt" | "cbrt" | "powf" | "pow" if value == Some(0.0) => {
            "the slope of a root is infinite at 0: use `norm` or `hypot` for lengths, whose gradient at 0 is 0, or add a small number \
             under the root"
        }
        "norm" | "norm_p" | "hypot" | "atan2" => {
            "the norm has no gradient at 0: add a small number, or `select` another value there"
        }
        "ln" | "log2" | "log10" | "div" | "recip" => {
            "the slope grows without bound towards 0: keep the argument away from it with `clamp`, or by a small number that is added"
        }
        "asin" | "acos" | "atanh" | "acosh" | "logit" => {
            "the slope is infinite at the edge of the domain: `clamp` the argument"
        }
        _ if step.value.flaw().is_none() && grown(step) => {
            "the operands have grown very large: lower the learning rate, or clip gradients"
        }
        _ => {
            "value and operands are finite, so the rule for this gradient is at fault: check it with `gradcheck` or `check_op` there"
        }
    }
}

/// The name without parameters.
fn operation<V>(step: &Step<V>) -> &str {
    step.operation.split('(').next().unwrap_or_default()
}

fn later_at<V: Shown>(step: &Step<V>) -> usize {
    step.value.flaw().map_or(0, |flaw| flaw.at)
}

fn grown<V: Shown>(step: &Step<V>) -> bool {
    step.operands.iter().any(|operand| match operand.value.quantity() {
        super::Quantity::Number(x) => x.abs() > GROWN,
        super::Quantity::Tensor { norm, .. } => norm > GROWN,
    })
}
