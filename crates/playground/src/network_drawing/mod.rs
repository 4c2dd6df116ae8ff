//! A network as a lecturer draws it: layers of units from left to right, numbers in the circles, weights on the edges, gradients in
//! another colour below.
//!
//! ```
//! use chainrule_playground::network_drawing::{Edge, Ink, NetworkDrawing, Unit};
//! let svg = NetworkDrawing::new("one neuron")
//!     .layer([Unit::new("x").inside(["0.5"])])
//!     .layer([Unit::new("y").inside(["net 0.1", "out 0.525"]).below(["∂L/∂net 0.25"])])
//!     .edge(Edge::between((0, 0), (1, 0)).label([(Ink::Plain, "w 0.2"), (Ink::Gradient, "∂ 0.125")]))
//!     .legend(Ink::Gradient, "gradient")
//!     .to_svg();
//! assert!(svg.starts_with("<svg") && svg.contains("w 0.2"));
//! ```

pub mod layout;
mod svg;

/// What a text says: each has a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// A value of the way forward, or a weight.
    Plain,
    /// A gradient.
    Gradient,
    /// A weight after the step.
    New,
}

/// How a unit is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A neuron or an input.
    Circle,
    /// An input that is always 1: a circle with a broken line.
    Bias,
    /// What an output is compared with.
    Square,
}

/// One unit of a layer.
#[derive(Clone, Debug)]
pub struct Unit {
    name: String,
    shape: Shape,
    inside: Vec<String>,
    below: Vec<String>,
    lit: bool,
}

/// A connection between two units, with what stands on it, line by line.
#[derive(Clone, Debug)]
pub struct Edge {
    from: (usize, usize),
    to: (usize, usize),
    label: Vec<(Ink, String)>,
    lit: bool,
}

/// The drawing, before it is laid out.
#[derive(Clone, Debug)]
pub struct NetworkDrawing {
    what: String,
    layers: Vec<Vec<Unit>>,
    /// Which units are joined.
    pub edges: Vec<Edge>,
    legend: Vec<(Ink, String)>,
}

fn texts<S: Into<String>>(lines: impl IntoIterator<Item = S>) -> Vec<String> {
    lines.into_iter().map(Into::into).collect()
}

impl Unit {
    /// A neuron or an input.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), shape: Shape::Circle, inside: Vec::new(), below: Vec::new(), lit: false }
    }

    /// An input that is always 1.
    pub fn bias(name: impl Into<String>) -> Self {
        Self { shape: Shape::Bias, ..Self::new(name) }
    }

    /// What an output is compared with.
    pub fn target(name: impl Into<String>) -> Self {
        Self { shape: Shape::Square, ..Self::new(name) }
    }

    /// What stands in the circle below the name, line by line.
    #[must_use]
    pub fn inside<S: Into<String>>(self, lines: impl IntoIterator<Item = S>) -> Self {
        Self { inside: texts(lines), ..self }
    }

    /// The gradients below the circle, line by line.
    #[must_use]
    pub fn below<S: Into<String>>(self, lines: impl IntoIterator<Item = S>) -> Self {
        Self { below: texts(lines), ..self }
    }

    /// Whether this is what the drawing is about.
    #[must_use]
    pub fn lit(self, lit: bool) -> Self {
        Self { lit, ..self }
    }
}

impl Edge {
    /// From a unit to another: the layer and the place in it, both from 0.
    pub fn between(from: (usize, usize), to: (usize, usize)) -> Self {
        Self { from, to, label: Vec::new(), lit: false }
    }

    /// What stands on it, line by line.
    #[must_use]
    pub fn label<S: Into<String>>(self, lines: impl IntoIterator<Item = (Ink, S)>) -> Self {
        Self { label: lines.into_iter().map(|(ink, text)| (ink, text.into())).collect(), ..self }
    }

    /// Whether this is what the drawing is about.
    #[must_use]
    pub fn lit(self, lit: bool) -> Self {
        Self { lit, ..self }
    }
}

impl NetworkDrawing {
    /// A drawing without units; `what` says in words what it shows.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), layers: Vec::new(), edges: Vec::new(), legend: Vec::new() }
    }

    /// With one more layer, right of the others.
    #[must_use]
    pub fn layer(mut self, units: impl IntoIterator<Item = Unit>) -> Self {
        self.layers.push(units.into_iter().collect());
        self
    }

    /// With one more edge.
    ///
    /// # Panics
    /// When it ends at a unit that is not there, or does not lead from one layer to the next.
    #[must_use]
    pub fn edge(mut self, edge: Edge) -> Self {
        for (layer, at) in [edge.from, edge.to] {
            assert!(
                self.layers.get(layer).is_some_and(|units| at < units.len()),
                "there is no unit {at} in layer {layer}"
            );
        }
        assert!(edge.from.0 + 1 == edge.to.0, "an edge leads from one layer to the next");
        self.edges.push(edge);
        self
    }

    /// With a line of the legend: what texts of this colour say.
    #[must_use]
    pub fn legend(mut self, ink: Ink, says: impl Into<String>) -> Self {
        self.legend.push((ink, says.into()));
        self
    }

    /// As SVG text, for a file and for a page; it knows light and dark grounds and paper.
    pub fn to_svg(&self) -> String {
        svg::write(self, &layout::Layout::of(self))
    }
}
