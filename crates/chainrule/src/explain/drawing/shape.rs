//! How much room a node takes with its labels, around its middle.

use super::graph::{Graph, Kind, Node, Out};
use super::text::{bold_width, width};

/// Letters of values, gradients and names.
pub(super) const LETTERS: f64 = 12.0;
/// Letters of signs.
pub(super) const SIGN: f64 = 14.0;
/// From one line of text to the next.
pub(super) const LINE: f64 = 15.0;
/// Between an edge and the text above or below it.
pub(super) const CLEAR: f64 = 3.0;
/// At either end of the text on an edge.
const MARGIN: f64 = 7.0;
/// The height of a gate, and the width where its sign is short.
pub(super) const GATE: f64 = 34.0;
/// Edges that arrive side by side and have no text.
const CLOSE: f64 = 12.0;
/// More edges than this arrive at a tall gate, in parallel.
const MANY: usize = 6;
/// Edges end on a round gate at most so far from its middle.
const ROUND: f64 = 10.0;
/// The arrow behind a result.
pub(super) const ARROW: f64 = 10.0;

#[derive(Debug)]
pub(super) struct Shape {
    /// Ends of the body, from the middle; it is as high above the middle as below.
    pub(super) body: (f64, f64),
    pub(super) height: f64,
    /// What is taken with all labels, in each direction.
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) up: f64,
    pub(super) down: f64,
    /// How high or low each edge arrives, and where it meets the body.
    pub(super) ports: Vec<Port>,
    /// The room for texts on edges that arrive.
    pub(super) lead: f64,
    /// The way of these edges from their text to the body.
    pub(super) slant: f64,
    /// How high or low each value leaves, and the length of its own piece of edge.
    pub(super) outs: Vec<(f64, f64)>,
    /// Where the line of the name above the gate ends, if there is one.
    pub(super) name: Option<f64>,
}

/// The end of an edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub(super) height: f64,
    /// Where it meets the body.
    pub(super) at: (f64, f64),
    /// It has a text of its own.
    pub(super) labelled: bool,
}

/// What stands above and below an edge where it leaves a node.
pub(super) fn above(node: &Node, out: &Out) -> usize {
    out.value.len() + usize::from(node.kind == Kind::Box && out.name.is_some())
}

fn widest(lines: &[String]) -> f64 {
    lines.iter().map(|line| width(line, LETTERS)).fold(0.0, f64::max)
}

/// The length of the piece of edge that carries the text of a value.
fn trunk(out: &Out) -> f64 {
    let name = out.name.as_deref().map_or(0.0, |name| bold_width(name, LETTERS));
    let gradient = out.gradient.as_deref().map_or(0.0, widest);
    widest(&out.value).max(gradient).max(name) + 2.0 * MARGIN
}

impl Shape {
    pub(super) fn of(graph: &Graph, node: &Node) -> Self {
        let lines = |lines: usize| if lines == 0 { 6.0 } else { CLEAR + LINE * lines as f64 };
        let labels = Labels::of(graph, node);
        let spacing = if labels.any() { labels.up + labels.down + 6.0 } else { CLOSE };
        let span = spacing * node.ins.len().saturating_sub(1) as f64 / 2.0;
        let tall = node.kind == Kind::Box || node.ins.len() > MANY;
        let straight = tall || span <= ROUND;

        let outs: Vec<(f64, f64)> = node
            .outs
            .iter()
            .map(|out| (lines(above(node, out)), lines(out.gradient.as_ref().map_or(0, Vec::len))))
            .collect();
        let outs_height: f64 = outs.iter().map(|(up, down)| up + down + 4.0).sum();
        let mut height = match node.kind {
            Kind::Input => LINE,
            Kind::Gate => GATE,
            Kind::Box => 48.0,
        };
        if tall {
            height = height.max(2.0 * span + 24.0);
        }
        if node.outs.len() > 1 {
            height = height.max(outs_height);
        }
        let body = body(node);
        let slant = if straight { 0.0 } else { 12.0 + 0.3 * span };
        let radius = (body.1 - body.0).min(height) / 2.0;
        let ports = (0..node.ins.len())
            .map(|at| {
                let port = spacing * at as f64 - span;
                let end = if straight { port } else { port / span * ROUND };
                // the round end of a gate begins one radius from its side
                let bulge = (end.abs() - (height / 2.0 - radius)).max(0.0);
                let round =
                    if node.kind == Kind::Gate { radius - (radius * radius - bulge * bulge).sqrt() } else { 0.0 };
                Port { height: port, at: (body.0 + round, end), labelled: labels.labelled[at] }
            })
            .collect();

        let mut shape = Self {
            body,
            height,
            left: slant + labels.width - body.0,
            right: body.1,
            up: (height / 2.0).max(span + labels.up),
            down: (height / 2.0).max(span + labels.down),
            ports,
            lead: labels.width,
            slant,
            outs: Vec::new(),
            name: None,
        };
        shape.place_outs(node, &outs);
        shape.place_name(node, &labels, outs.first().map_or(0.0, |(up, _)| *up));
        shape
    }

    /// Values leave one below the other.
    fn place_outs(&mut self, node: &Node, heights: &[(f64, f64)]) {
        let total: f64 = heights.iter().map(|(up, down)| up + down + 4.0).sum();
        let mut top = -total / 2.0;
        for (out, (up, down)) in node.outs.iter().zip(heights) {
            let at = if node.outs.len() == 1 { 0.0 } else { top + up + 2.0 };
            let length = trunk(out);
            self.outs.push((at, length));
            self.up = self.up.max(up - at);
            self.down = self.down.max(down + at);
            let mut end = self.body.1 + length;
            if out.is_end {
                end += ARROW + name_at_end(node, out).map_or(0.0, |name| bold_width(name, LETTERS) + 6.0);
            }
            self.right = self.right.max(end);
            top += up + down + 4.0;
        }
    }

    /// A gate's name stands above it, and above the edges and texts beside it where it is wider than the gate.
    fn place_name(&mut self, node: &Node, labels: &Labels, value: f64) {
        let Some(name) = name_above(node) else { return };
        let half = bold_width(name, LETTERS) / 2.0;
        let beyond = half - self.body.1;
        let span = self.ports.iter().map(|port| port.height.abs()).fold(0.0, f64::max);
        let mut bottom = self.height / 2.0;
        if beyond > MARGIN - 2.0 {
            bottom = bottom.max(value);
        }
        if beyond > self.slant {
            bottom = bottom.max(span + labels.up);
        } else if beyond > 0.0 {
            // edges rise from the gate to where they arrive
            bottom = bottom.max(ROUND + (span - ROUND) * beyond / self.slant);
        }
        let bottom = bottom + CLEAR;
        self.name = Some(-bottom);
        self.up = self.up.max(bottom + LINE);
        self.left = self.left.max(half);
        self.right = self.right.max(half);
    }
}

/// The name of a result of the whole graph stands behind its arrow.
pub(super) fn name_at_end<'n>(node: &Node, out: &'n Out) -> Option<&'n str> {
    out.name.as_deref().filter(|_| node.kind == Kind::Gate && out.is_end)
}

/// Any other gate's name stands above it.
pub(super) fn name_above(node: &Node) -> Option<&str> {
    let out = node.outs.first()?;
    out.name.as_deref().filter(|_| node.kind == Kind::Gate && !out.is_end)
}

/// The ends of what is drawn around a sign.
fn body(node: &Node) -> (f64, f64) {
    match node.kind {
        // inputs are ranged right, so that their edges begin below each other
        Kind::Input => (-bold_width(&node.sign, LETTERS) - 4.0, 0.0),
        Kind::Gate => {
            let half = (width(&node.sign, SIGN) + 14.0).max(GATE) / 2.0;
            (-half, half)
        }
        Kind::Box => {
            let half = bold_width(&node.sign, LETTERS).max(width(&node.detail, LETTERS)) / 2.0 + 10.0;
            (-half, half)
        }
    }
}

/// The texts of edges that arrive: each edge of a value that several edges leave has its own share of the gradient.
struct Labels {
    labelled: Vec<bool>,
    width: f64,
    up: f64,
    down: f64,
}

impl Labels {
    fn of(graph: &Graph, node: &Node) -> Self {
        let mut labels = Self { labelled: Vec::new(), width: 0.0, up: 0.0, down: 0.0 };
        for edge in &node.ins {
            let out = graph.source(edge);
            let gradient = edge.gradient.as_ref().filter(|_| out.edges > 1);
            labels.labelled.push(gradient.is_some());
            if let Some(gradient) = gradient {
                labels.width = labels.width.max(widest(&out.value).max(widest(gradient)) + 2.0 * MARGIN);
                labels.up = labels.up.max(CLEAR + LINE * out.value.len() as f64);
                labels.down = labels.down.max(CLEAR + LINE * gradient.len() as f64);
            }
        }
        labels
    }

    fn any(&self) -> bool {
        self.labelled.contains(&true)
    }
}
