//! The graph in the language of Graphviz.

use super::graph::{Graph, Kind};
use std::fmt::Write;

const HEAD: &str = "\
digraph {
    rankdir=LR
    node [fontname=\"Helvetica\" shape=circle margin=0.05]
    edge [fontname=\"Helvetica\" fontsize=10]
";
const VALUE: &str = "#0b57d0";
const GRADIENT: &str = "#b3400a";
const PALE: &str = "#999999";

/// The whole text.
pub(super) fn write(graph: &Graph) -> String {
    let mut text = HEAD.to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let shape = match node.kind {
            Kind::Input => " shape=plaintext",
            Kind::Gate if node.sign.chars().count() > 4 => " shape=box style=rounded",
            Kind::Gate => "",
            Kind::Box => " shape=box",
        };
        let lines: Vec<_> = node.lines().iter().map(|line| quoted(line)).collect();
        let _ = writeln!(text, "    n{number} [label=\"{}\"{shape}{}]", lines.join("\\n"), pale(node.pale));
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        for edge in &node.ins {
            let out = graph.source(edge);
            let label = label(&out.value, edge.share(out), edge.pale);
            let _ = writeln!(text, "    n{} -> n{number} [{label}{}]", edge.from.0, pale(edge.pale));
        }
        for (at, out) in node.outs.iter().enumerate().filter(|(_, out)| out.is_end) {
            let name = out.name.as_deref().map_or_else(String::new, quoted);
            let label = label(&out.value, out.gradient.as_deref(), out.pale);
            let _ = writeln!(text, "    result{number}_{at} [label=\"{name}\" shape=plaintext]");
            let _ = writeln!(text, "    n{number} -> result{number}_{at} [{label}{}]", pale(out.pale));
        }
    }
    text + "}\n"
}

fn pale(pale: bool) -> String {
    if pale { format!(" color=\"{PALE}\" fontcolor=\"{PALE}\"") } else { String::new() }
}

/// A value above a gradient, each in its colour.
fn label(value: &[String], gradient: Option<&[String]>, pale: bool) -> String {
    let coloured = |lines: &[String], colour| {
        let colour = if pale { PALE } else { colour };
        let lines: Vec<_> = lines.iter().map(|line| entities(line)).collect();
        format!("<FONT COLOR=\"{colour}\">{}</FONT>", lines.join("<BR/>"))
    };
    let mut parts = vec![coloured(value, VALUE)];
    parts.extend(gradient.map(|gradient| coloured(gradient, GRADIENT)));
    format!("label=<{}>", parts.join("<BR/>"))
}

/// As part of a string in quotes.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// As part of a label that is markup.
fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_end_their_string() {
        assert_eq!(quoted(r#"a"b\c"#), r#"a\"b\\c"#);
        assert_eq!(entities("<b> & \"c\""), "&lt;b&gt; &amp; &quot;c&quot;");
    }
}
