//! The graph as a flowchart of Mermaid.

use super::graph::{Graph, Kind};
use std::fmt::Write;

/// The whole text.
pub(super) fn write(graph: &Graph) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let (open, close) = match node.kind {
            Kind::Input => ("([", "])"),
            Kind::Gate => ("((", "))"),
            Kind::Box => ("[", "]"),
        };
        let lines: Vec<_> = node.lines().iter().map(|line| entities(line)).collect();
        let class = if node.pale { ":::pale" } else { "" };
        let _ = writeln!(text, "    n{number}{open}\"{}\"{close}{class}", lines.join("<br/>"));
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        for edge in &node.ins {
            let out = graph.source(edge);
            let (arrow, label) = (arrow(edge.pale), label(&out.value, edge.share(out)));
            let _ = writeln!(text, "    n{} {arrow}|\"{label}\"| n{number}", edge.from.0);
        }
        for (at, out) in node.outs.iter().enumerate().filter(|(_, out)| out.is_end) {
            let name = entities(out.name.as_deref().unwrap_or(" "));
            let (arrow, label) = (arrow(out.pale), label(&out.value, out.gradient.as_deref()));
            let _ = writeln!(text, "    n{number} {arrow}|\"{label}\"| result{number}_{at}([\"{name}\"])");
        }
    }
    text + "    classDef pale opacity:0.4\n"
}

fn arrow(pale: bool) -> &'static str {
    if pale { "-.->" } else { "-->" }
}

fn label(value: &[String], gradient: Option<&[String]>) -> String {
    let lines: Vec<_> = value.iter().chain(gradient.unwrap_or(&[])).map(|line| entities(line)).collect();
    lines.join("<br/>")
}

/// Every sign that could end the string, or that Markdown could take for its own, by its number.
fn entities(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let in_number = matches!(letter, '.' | '-') && letters.peek().is_some_and(char::is_ascii_alphanumeric);
        if in_number || letter == ',' || letter == ' ' || letter.is_ascii_alphanumeric() || !letter.is_ascii() {
            escaped.push(letter);
        } else {
            let _ = write!(escaped, "#{};", u32::from(letter));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(entities("-2.5"), "-2.5");
        assert_eq!(entities("a\"]<b>"), "a#34;#93;#60;b#62;");
        assert_eq!(entities("1. `x`"), "1#46; #96;x#96;");
        assert_eq!(entities("σ w_1"), "σ w#95;1");
    }
}
