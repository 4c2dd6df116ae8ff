//! The picture as SVG.

use super::graph::{Graph, In, Kind, Node};
use super::layers::{Layers, Link};
use super::place::{Column, EDGE, Placed};
use super::shape::{ARROW, CLEAR, GATE, LETTERS, LINE, SIGN, Shape, name_above, name_at_end};
use super::text::{counted, printable, width};
use std::fmt::Write;

/// Colours come from custom properties; a colour beside each is for viewers that do not know these.
const STYLE: &str = "\
.circuit{--circuit-paper:#ffffff;--circuit-ink:#1f2328;--circuit-line:#57606a;--circuit-gate:#eef3fb;--circuit-box:#f6f1e4;\
--circuit-value:#0b57d0;--circuit-gradient:#b3400a}
@media(prefers-color-scheme:dark){.circuit{--circuit-paper:#14171c;--circuit-ink:#e6e8eb;--circuit-line:#9aa7b8;\
--circuit-gate:#25303f;--circuit-box:#35301f;--circuit-value:#8ab4f8;--circuit-gradient:#ffb26b}}
:root[data-theme=light] .circuit{--circuit-paper:#ffffff;--circuit-ink:#1f2328;--circuit-line:#57606a;--circuit-gate:#eef3fb;\
--circuit-box:#f6f1e4;--circuit-value:#0b57d0;--circuit-gradient:#b3400a}
:root[data-theme=dark] .circuit{--circuit-paper:#14171c;--circuit-ink:#e6e8eb;--circuit-line:#9aa7b8;--circuit-gate:#25303f;\
--circuit-box:#35301f;--circuit-value:#8ab4f8;--circuit-gradient:#ffb26b}
.circuit text{font-size:12px;fill:#1f2328;fill:var(--circuit-ink);text-anchor:middle}
.circuit .paper{fill:#ffffff;fill:var(--circuit-paper)}
.circuit .edge{fill:none;stroke:#57606a;stroke:var(--circuit-line);stroke-width:1.3}
.circuit .gate,.circuit .box{fill:#eef3fb;fill:var(--circuit-gate);stroke:#57606a;stroke:var(--circuit-line);stroke-width:1.3}
.circuit .box{fill:#f6f1e4;fill:var(--circuit-box)}
.circuit .dot,.circuit .arrow{fill:#57606a;fill:var(--circuit-line)}
.circuit .value{fill:#0b57d0;fill:var(--circuit-value)}
.circuit .gradient{fill:#b3400a;fill:var(--circuit-gradient)}
.circuit .name{font-weight:bold}
.circuit .sign{font-size:14px}
.circuit .pale{opacity:.4}
.circuit .start{text-anchor:start}
.circuit .end{text-anchor:end}
";

/// From the middle of a line of letters down to the line that they stand on.
const MIDDLE: f64 = 0.35;
/// From the bottom of a line's room up to the line that letters stand on.
const DESCENT: f64 = 3.5;

/// The whole picture.
pub(super) fn write(graph: &Graph) -> String {
    let mut shapes: Vec<Shape> = graph.nodes.iter().map(|node| Shape::of(graph, node)).collect();
    let layers = Layers::of(graph, &mut shapes);
    let top = EDGE + 2.0 * (LINE + CLEAR) + 14.0;
    let placed = Placed::of(&layers, &shapes, top);
    let mut page = Page::default();
    let wide = page.legend(graph.nodes.iter().any(|node| node.pale));
    for link in &layers.links {
        page.link(link, &layers, &placed, &shapes);
    }
    for (at, place) in layers.places.iter().enumerate().filter(|(_, place)| place.node.is_none()) {
        let pale = place.leaving.iter().all(|&link| layers.links[link].pale);
        page.dot(place.leaving.len(), (placed.columns[place.layer].right, placed.heights[at]), pale);
    }
    for (number, (node, shape)) in graph.nodes.iter().zip(&shapes).enumerate() {
        let place = &layers.places[number];
        let mut parts = vec![0; node.outs.len()];
        place.leaving.iter().for_each(|&link| parts[layers.links[link].out] += 1);
        let column = placed.columns[place.layer];
        let spot = Spot { node, shape, column, height: placed.heights[number], parts };
        page.node(&spot, graph);
    }
    page.finish(graph, placed.width.max(wide), placed.height)
}

/// A node where it stands.
struct Spot<'g> {
    node: &'g Node,
    shape: &'g Shape,
    column: Column,
    height: f64,
    /// Into how many pieces the edge of each value parts.
    parts: Vec<usize>,
}

/// What was written so far: below what comes later in this order.
#[derive(Default)]
struct Page {
    edges: String,
    nodes: String,
    texts: String,
}

impl Page {
    /// An edge with its two texts. How wide it is.
    fn legend(&mut self, any_pale: bool) -> f64 {
        let middle = EDGE + LINE + CLEAR;
        let length = width("gradient", LETTERS) + 14.0;
        self.edge(&format!("M{} {}h{}", short(EDGE), short(middle), short(length)), false);
        self.lines(&["value".to_owned()], ["value", ""], EDGE + length / 2.0, middle - CLEAR - LINE);
        self.lines(&["gradient".to_owned()], ["gradient", ""], EDGE + length / 2.0, middle + CLEAR);
        if !any_pale {
            return 2.0 * EDGE + length;
        }
        let text = "pale: no output depends on it";
        let at = EDGE + length + 20.0;
        self.text(text, "start pale", at, middle + MIDDLE * LETTERS);
        at + width(text, LETTERS) + EDGE
    }

    fn edge(&mut self, path: &str, pale: bool) {
        let class = if pale { "edge pale" } else { "edge" };
        let _ = writeln!(self.edges, r#"<path class="{class}" d="{path}"/>"#);
    }

    /// Where edges part.
    fn dot(&mut self, edges: usize, (x, y): (f64, f64), pale: bool) {
        if edges > 1 {
            let class = if pale { "dot pale" } else { "dot" };
            let (x, y) = (short(x), short(y));
            let _ = writeln!(self.nodes, r#"<circle class="{class}" cx="{x}" cy="{y}" r="3"/>"#);
        }
    }

    fn text(&mut self, text: &str, class: &str, x: f64, y: f64) {
        let class = class.trim_end();
        let _ =
            writeln!(self.texts, r#"<text class="{class}" x="{}" y="{}">{}</text>"#, short(x), short(y), escaped(text));
    }

    /// Lines below each other, the first with its upper end at `top`. Where they end.
    fn lines(&mut self, lines: &[String], classes: [&str; 2], x: f64, top: f64) -> f64 {
        for (at, line) in lines.iter().enumerate() {
            self.text(line, &classes.join(" "), x, top + LINE * (at + 1) as f64 - DESCENT);
        }
        top + LINE * lines.len() as f64
    }

    /// A value above an edge at this height, and a gradient below it.
    fn label(&mut self, value: &[String], gradient: Option<&[String]>, pale: bool, (x, height): (f64, f64)) {
        let pale = if pale { "pale" } else { "" };
        self.lines(value, ["value", pale], x, height - CLEAR - LINE * value.len() as f64);
        self.lines(gradient.unwrap_or(&[]), ["gradient", pale], x, height + CLEAR);
    }

    /// A piece of an edge between two layers, and on through the layer where it ends.
    fn link(&mut self, link: &Link, layers: &Layers, placed: &Placed, shapes: &[Shape]) {
        let [from, to] = [&layers.places[link.from], &layers.places[link.to]];
        let (x, y) = (placed.columns[from.layer].right, placed.heights[link.from] + link.heights.0);
        let column = placed.columns[to.layer];
        let (end, height) = (column.left, placed.heights[link.to]);
        let arrives = height + link.heights.1;
        let bend = f64::midpoint(x, end);
        let mut path = format!("M{} {}", short(x), short(y));
        if (arrives - y).abs() < 0.05 {
            let _ = write!(path, "H{}", short(end));
        } else {
            let [bend, y, arrives] = [bend, y, arrives].map(short);
            let _ = write!(path, "C{bend} {y} {bend} {arrives} {} {arrives}", short(end));
        }
        match (to.node, link.port) {
            (Some(node), Some(port)) => {
                let shape = &shapes[node];
                let (x, y) = shape.ports[port].at;
                let _ = write!(path, "H{}", short(column.middle + shape.body.0 - shape.slant));
                let _ = write!(path, "L{} {}", short(column.middle + x), short(height + y));
            }
            _ => {
                let _ = write!(path, "H{}", short(column.right));
            }
        }
        self.edge(&path, link.pale);
    }

    fn node(&mut self, spot: &Spot<'_>, graph: &Graph) {
        self.body(spot);
        for (edge, port) in spot.node.ins.iter().zip(&spot.shape.ports).filter(|(_, port)| port.labelled) {
            let x = spot.column.middle + spot.shape.body.0 - spot.shape.slant - spot.shape.lead / 2.0;
            self.share(edge, graph, (x, spot.height + port.height));
        }
        for at in 0..spot.node.outs.len() {
            self.out(spot, at);
        }
    }

    /// The value and the share of the gradient on an edge that is one of several.
    fn share(&mut self, edge: &In, graph: &Graph, at: (f64, f64)) {
        let out = graph.source(edge);
        self.label(&out.value, edge.gradient.as_deref(), edge.pale, at);
    }

    fn body(&mut self, spot: &Spot<'_>) {
        let Spot { node, shape, column, height, .. } = *spot;
        let pale = if node.pale { " pale" } else { "" };
        let (left, right) = (column.middle + shape.body.0, column.middle + shape.body.1);
        let middle = f64::midpoint(left, right);
        let _ = writeln!(self.nodes, "<g><title>{}</title>", escaped(&printable(&node.tooltip)));
        if node.kind == Kind::Input {
            let baseline = height + MIDDLE * LETTERS;
            let _ = writeln!(
                self.nodes,
                r#"<text class="name end{pale}" x="{}" y="{}">{}</text>"#,
                short(right - 4.0),
                short(baseline),
                escaped(&node.sign)
            );
        } else {
            let class = if node.kind == Kind::Gate { "gate" } else { "box" };
            let round = if node.kind == Kind::Gate { GATE / 2.0 } else { 6.0 };
            let _ = writeln!(
                self.nodes,
                r#"<rect class="{class}{pale}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>"#,
                short(left),
                short(height - shape.height / 2.0),
                short(right - left),
                short(shape.height),
                short(round)
            );
            if node.kind == Kind::Gate {
                self.text(&node.sign, &format!("sign{pale}"), middle, height + MIDDLE * SIGN);
            } else if node.sign.is_empty() {
                self.text(&node.detail, pale.trim_start(), middle, height + MIDDLE * LETTERS);
            } else {
                self.text(&node.sign, &format!("name{pale}"), middle, height - DESCENT);
                self.text(&node.detail, pale.trim_start(), middle, height + LINE - DESCENT);
            }
        }
        self.nodes.push_str("</g>\n");
        if let (Some(name), Some(bottom)) = (name_above(node), shape.name) {
            self.text(name, &format!("name{pale}"), middle, height + bottom - DESCENT);
        }
    }

    /// The piece of edge behind a node, with its texts; a dot where edges part, an arrow where the graph ends.
    fn out(&mut self, spot: &Spot<'_>, at: usize) {
        let (out, (height, length)) = (&spot.node.outs[at], spot.shape.outs[at]);
        let (height, parts) = (spot.height + height, spot.parts[at]);
        let start = spot.column.middle + spot.shape.body.1;
        let end = if out.edges > 0 { spot.column.right } else { start + length };
        self.edge(&format!("M{} {}H{}", short(start), short(height), short(end)), out.pale);
        self.label(&out.value, out.gradient.as_deref(), out.pale, (start + length / 2.0, height));
        if spot.node.kind == Kind::Box
            && let Some(name) = &out.name
        {
            let bottom = height - CLEAR - LINE * out.value.len() as f64;
            self.text(name, if out.pale { "name pale" } else { "name" }, start + length / 2.0, bottom - DESCENT);
        }
        let pale = if out.pale { " pale" } else { "" };
        self.dot(parts, (end, height), out.pale);
        if out.is_end {
            let end = start + length;
            let (x, y) = (short(end + ARROW), short(height));
            let _ = writeln!(self.nodes, r#"<path class="arrow{pale}" d="M{x} {y}l-10 -4.5v9z"/>"#);
            if let Some(name) = name_at_end(spot.node, out) {
                self.text(name, &format!("name start{pale}"), end + ARROW + 4.0, height + MIDDLE * LETTERS);
            }
        }
    }

    fn finish(self, graph: &Graph, width: f64, height: f64) -> String {
        let (width, height) = (short(width.ceil()), short(height.ceil()));
        let title = format!("Graph of {} and {}", counted(graph.inputs, "input"), counted(graph.gates, "gate"));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"circuit\" role=\"img\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"system-ui,Helvetica,Arial,sans-serif\">\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{}{}{}</svg>\n",
            self.edges, self.nodes, self.texts
        )
    }
}

/// With at most one digit behind the point.
fn short(length: f64) -> String {
    let tenths = (length * 10.0).round() / 10.0;
    // no -0
    format!("{}", if tenths == 0.0 { 0.0 } else { tenths })
}

/// As text of an element.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}
