//! The graph of a traced tape as a picture.

mod dot;
mod fold;
mod graph;
mod layers;
mod mermaid;
mod outline;
mod place;
mod quotient;
mod runs;
mod shape;
mod sign;
mod svg;
mod text;

use super::{Digits, Shown};
use crate::tape::Table;
use fold::Wish;
use graph::Graph;

/// A graph with more gates, or more inputs, is folded.
const LIMIT: usize = 60;

/// The graph of a traced tape, as lectures draw a circuit: inputs on the left, round gates with the sign of their operation, on
/// every edge the value above it and the gradient below it.
///
/// The gradient is what arrives at a value from all that is made of it. Where several edges leave a value, it stands before they
/// part, and on each of them stands its own share, local times upstream. A tape of tensors has no local derivatives, so there
/// the shares are not shown. What no output depends on is pale and has no gradient. Constants stand in the sign of their gate.
///
/// Large graphs are folded, so that they can always be drawn: first by scopes, which are what [`Tape::in_scope`] noted and what
/// a name has before its last `/` or `.` (`dense_1` of `dense_1/weights`); then runs of gates without names, and where there are
/// too many names, these too. A box shows its name, how many gates it holds, and the edges across its border.
///
/// The same table gives the same text, to the byte.
///
/// ```
/// use chainrule::prelude::*;
/// let tape = ScalarTape::traced();
/// let (w, x) = (tape.var(2.0).named("w"), tape.var(-1.0).named("x"));
/// let f = (w * x).sigmoid().named("f");
/// let table = tape.table(&f.backward());
/// assert!(table.drawing().to_svg().starts_with("<svg"));
/// assert!(table.drawing().to_dot().contains("w"));
/// ```
///
/// [`Tape::in_scope`]: crate::Tape::in_scope
#[derive(Clone, Debug)]
#[must_use = "a drawing is not a picture yet: ask for `to_svg`, `to_dot` or `to_mermaid`"]
pub struct Drawing<'t, V> {
    table: &'t Table<V>,
    digits: Digits,
    wish: Wish,
}

impl<V: Shown> Table<V> {
    /// The graph of these rows as a picture.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let x = tape.var(3.0).named("x");
    /// let picture = tape.table(&(x * x).backward()).drawing().to_svg();
    /// assert!(picture.contains(">9</text>"));
    /// ```
    pub fn drawing(&self) -> Drawing<'_, V> {
        Drawing::of(self)
    }
}

impl<'t, V: Shown> Drawing<'t, V> {
    /// The same as [`Table::drawing`].
    pub fn of(table: &'t Table<V>) -> Self {
        Self { table, digits: Digits::default(), wish: Wish { limit: Some(LIMIT), depth: None } }
    }

    /// How many digits numbers have; four significant ones if this is not called.
    pub fn digits(mut self, digits: Digits) -> Self {
        self.digits = digits;
        self
    }

    /// Folds so far that at most `gates` gates and boxes are drawn, and as many inputs; 60 if this is not called. At least 1.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let mut x = tape.var(1.0).named("x");
    /// for _ in 0..1234 {
    ///     x = x.sin();
    /// }
    /// let table = tape.table(&x.backward());
    /// assert!(table.drawing().limit(10).to_svg().contains("1,233 gates")); // and the last one, which is the output
    /// ```
    pub fn limit(self, gates: usize) -> Self {
        self.fold(Some(gates))
    }

    /// As [`limit`](Self::limit); `None` folds nothing but what [`scope_depth`](Self::scope_depth) asks for.
    pub fn fold(mut self, limit: Option<usize>) -> Self {
        self.wish.limit = limit;
        self
    }

    /// Draws every gate, however many there are.
    pub fn unfolded(mut self) -> Self {
        self.wish = Wish { limit: None, depth: None };
        self
    }

    /// Folds every scope at this many parts of its path, also in a small graph: at 1, `model/dense_1` and `model/dense_2` are one box
    /// `model`, at 2 a box each. At least 1.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let x = tape.var(2.0).named("x");
    /// let y = tape.in_scope("square", || x.sin() * x.cos());
    /// let table = tape.table(&y.backward());
    /// assert!(table.drawing().scope_depth(1).to_dot().contains("square\\n3 gates"));
    /// ```
    pub fn scope_depth(mut self, parts: usize) -> Self {
        self.wish.depth = Some(parts);
        self
    }

    fn graph(&self) -> Graph {
        Graph::of(self.table, self.digits, self.wish)
    }

    /// The picture as SVG: one element without anything from outside, to be written to a file or put into a page. It follows light
    /// and dark by `prefers-color-scheme`, or by `data-theme` of the page's root; a page may also set its colours, which are the
    /// custom properties that begin with `--circuit`.
    pub fn to_svg(&self) -> String {
        svg::write(&self.graph())
    }

    /// The graph in the language of [Graphviz](https://graphviz.org/doc/info/lang.html): `dot -Tsvg`.
    pub fn to_dot(&self) -> String {
        dot::write(&self.graph())
    }

    /// The graph as a flowchart of [Mermaid](https://mermaid.js.org/syntax/flowchart.html), which many pages draw that are written in
    /// Markdown: put it into a block of code with the language `mermaid`.
    pub fn to_mermaid(&self) -> String {
        mermaid::write(&self.graph())
    }
}
