//! What a tape of numbers keeps: one lean node an operation, and the terms of longer statements beside them.

use super::lanes::LaneSlots;
use super::operation::Operand;
use super::position::{Marks, Position};
use crate::real::Real;
use crate::tape::{Index, Record, Tape};
use chainrule_kernels::storage::Stream;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;

/// `d node = Σ partial · d parent`: 24 bytes for `f64`.
///
/// With `parents[1] == MANY` it is a statement, whose terms stand in the side stream before their head at `parents[0]`;
/// with both `MANY` it is a variable.
#[derive(Clone, Copy)]
pub struct ScalarNode<T> {
    partials: [T; 2],
    parents: [Index; 2],
}

const MANY: Index = Index::MAX;

/// What a node turns out to be.
pub(super) enum Shape<T> {
    /// A variable.
    Leaf,
    /// The usual node.
    Pair([(T, Index); 2]),
    /// A statement; the head of its terms stands here.
    Statement(usize),
}

impl<T: Real> ScalarNode<T> {
    #[inline(always)]
    fn leaf() -> Self {
        Self { partials: [T::zero(); 2], parents: [MANY; 2] }
    }

    #[inline(always)]
    pub(super) fn shape(&self) -> Shape<T> {
        let [i, j] = self.parents;
        if j != MANY {
            Shape::Pair([(self.partials[0], i), (self.partials[1], j)])
        } else if i == MANY {
            Shape::Leaf
        } else {
            Shape::Statement(i as usize)
        }
    }
}

/// A term of a statement: 12 bytes for `f64`, where a tuple would take 16.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
struct Term<T> {
    partial: T,
    parent: Index,
}

/// The nodes of a tape of numbers.
pub struct Scalars<T: Real> {
    nodes: Stream<ScalarNode<T>>,
    /// For each statement its terms `(partial, parent)`, then a head `(1 if its gradient is kept, how many terms)`.
    terms: Stream<Term<T>>,
    /// How many variables were made before anything else.
    leading: Cell<usize>,
    /// Room for the operands of a sum while its iterator still runs; of several, where it sums in its turn.
    pending: RefCell<Vec<Vec<Operand<T>>>>,
    /// Whether a partial is NaN. A usual sweep would lose it behind an adjoint of 0.
    doubtful: Cell<bool>,
    /// Buffers of earlier sweeps in lanes.
    #[expect(clippy::vec_box, reason = "the boxes themselves move in and out")]
    lanes: RefCell<Vec<Box<LaneSlots<T>>>>,
    /// Buffers of earlier forward sweeps.
    pub(super) tangents: RefCell<Vec<Vec<T>>>,
    /// Tapes for blocks that are preaccumulated.
    #[expect(clippy::vec_box, reason = "the boxes themselves move in and out")]
    blocks: RefCell<Vec<Box<Tape<T>>>>,
    /// The marks that can be rewound to.
    pub(super) marks: RefCell<Marks>,
}

impl<T: Real> Default for Scalars<T> {
    fn default() -> Self {
        Self {
            nodes: Stream::default(),
            terms: Stream::default(),
            leading: Cell::new(0),
            pending: RefCell::default(),
            doubtful: Cell::new(false),
            lanes: RefCell::default(),
            tangents: RefCell::default(),
            blocks: RefCell::default(),
            marks: RefCell::default(),
        }
    }
}

impl<T: Real> fmt::Debug for Scalars<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scalars").field("nodes", &self.nodes).finish_non_exhaustive()
    }
}

impl<T: Real> Record for Scalars<T> {
    type Node = ScalarNode<T>;

    #[inline(always)]
    fn len(&self) -> usize {
        self.nodes.len()
    }

    fn clear(&mut self) {
        self.nodes.truncate(0);
        self.terms.truncate(0);
        self.leading.set(0);
        self.doubtful.set(false);
        self.marks.get_mut().clear();
    }

    #[inline(always)]
    fn leading_variables(&self) -> usize {
        self.leading.get()
    }

    #[inline(always)]
    fn visit_back(&self, nodes: Range<usize>, visit: impl FnMut(usize, ScalarNode<T>)) {
        self.nodes.visit_back(nodes, visit);
    }

    fn wants_care(&self) -> bool {
        self.doubtful.get()
    }
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "a stream holds fewer than 2^32 elements")]
fn index(place: usize) -> Index {
    place as Index
}

impl<T: Real> Scalars<T> {
    /// A variable, if there is room for it at hand.
    #[inline(always)]
    pub(super) fn try_leaf(&self) -> Option<Index> {
        self.nodes.try_push(ScalarNode::leaf()).map(|at| self.lead(at))
    }

    /// A variable, whatever it takes.
    pub(super) fn leaf(&self) -> Index {
        self.lead(self.nodes.push(ScalarNode::leaf()))
    }

    /// Counts a new variable as one of the leading ones, if it is.
    #[inline(always)]
    fn lead(&self, at: usize) -> Index {
        if self.leading.get() == at {
            self.leading.set(at + 1);
        }
        index(at)
    }

    /// A node with two parents, if there is room for it at hand and its partials are in no doubt.
    #[inline(always)]
    pub(super) fn try_pair(&self, parents: [Index; 2], partials: [T; 2]) -> Option<Index> {
        // of plain floats these are one comparison
        if partials[0].holds_nan() | partials[1].holds_nan() {
            return None;
        }
        self.nodes.try_push(ScalarNode { partials, parents }).map(index)
    }

    /// A node with two parents, whatever it takes.
    pub(super) fn pair(&self, parents: [Index; 2], slopes: [T; 2], scales: [T; 2]) -> Index {
        let [p, q] = slopes;
        let partials = [self.doubtful_term(p, scales[0]), self.doubtful_term(q, scales[1])];
        index(self.nodes.push(ScalarNode { partials, parents }))
    }

    /// A node with any number of parents, written in one pass over its terms: a partial, the scale of the handle it is by,
    /// and the parent. `keep` makes the node's gradient one that may be asked for.
    #[inline(always)]
    pub(super) fn statement(&self, terms: impl Iterator<Item = (T, T, Index)>, keep: bool) -> Index {
        let start = self.terms.len();
        self.terms.extend(terms.map(|(partial, scale, parent)| {
            let product = partial * scale;
            let partial = if product.holds_nan() { self.doubtful_term(partial, scale) } else { product };
            Term { partial, parent }
        }));
        let count = index(self.terms.len() - start);
        let head = self.terms.push(Term { partial: if keep { T::one() } else { T::zero() }, parent: count });
        index(self.nodes.push(ScalarNode { partials: [T::zero(); 2], parents: [index(head), MANY] }))
    }

    /// An empty list with the room of an earlier one.
    pub(super) fn take_pending(&self) -> Vec<Operand<T>> {
        self.pending.borrow_mut().pop().unwrap_or_default()
    }

    /// Gives the list back.
    pub(super) fn give_back(&self, mut pending: Vec<Operand<T>>) {
        pending.clear();
        self.pending.borrow_mut().push(pending);
    }

    /// Slots for a sweep in lanes, all of them nothing.
    #[inline]
    pub(super) fn take_lanes(&self) -> Box<LaneSlots<T>> {
        self.lanes.borrow_mut().pop().unwrap_or_default()
    }

    /// Gives the slots back, all of them nothing again.
    #[inline]
    pub(super) fn give_lanes(&self, slots: Box<LaneSlots<T>>) {
        self.lanes.borrow_mut().push(slots);
    }

    /// An empty tape for a block.
    pub(super) fn take_block(&self) -> Box<Tape<T>> {
        self.blocks.borrow_mut().pop().unwrap_or_default()
    }

    /// Gives the tape back.
    pub(super) fn give_block(&self, mut block: Box<Tape<T>>) {
        block.clear();
        self.blocks.borrow_mut().push(block);
    }

    #[cold]
    #[inline(never)]
    fn doubtful_term(&self, partial: T, scale: T) -> T {
        let product = partial.chain(scale);
        if product.holds_nan() {
            self.doubtful.set(true);
        }
        product
    }

    /// The terms of the statement whose head stands at `head`, last first; says whether its gradient is kept.
    ///
    /// Last first, since a sweep reads everything backwards: a stretch read forwards amid that costs three times as much.
    #[inline(always)]
    pub(super) fn visit_terms(&self, head: usize, mut visit: impl FnMut(T, Index)) -> bool {
        let Term { partial: keep, parent: count } = self.terms.get(head);
        self.terms.visit_back(head - count as usize..head, |_, term| visit(term.partial, term.parent));
        !keep.is_nothing()
    }

    /// The same, first to last, for a sweep forwards.
    #[inline(always)]
    pub(super) fn visit_terms_forward(&self, head: usize, mut visit: impl FnMut(T, Index)) {
        let Term { parent: count, .. } = self.terms.get(head);
        self.terms.visit(head - count as usize..head, |_, term| visit(term.partial, term.parent));
    }

    /// Shows the nodes of a range to `visit`, first to last.
    #[inline(always)]
    pub(super) fn visit(&self, nodes: Range<usize>, visit: impl FnMut(usize, ScalarNode<T>)) {
        self.nodes.visit(nodes, visit);
    }

    /// Where the tape ends.
    pub(super) fn position(&self) -> Position {
        Position { nodes: self.nodes.len(), terms: self.terms.len(), doubtful: self.doubtful.get() }
    }

    /// Forgets what was recorded since, and keeps the memory.
    pub(super) fn truncate(&mut self, to: Position) {
        self.nodes.truncate(to.nodes);
        self.terms.truncate(to.terms);
        self.leading.set(self.leading.get().min(to.nodes));
        self.doubtful.set(to.doubtful);
    }

    /// What node `at` is.
    pub(super) fn shape(&self, at: usize) -> Shape<T> {
        self.nodes.get(at).shape()
    }

    /// The terms of node `at`, whatever its shape.
    pub(super) fn terms(&self, at: Index) -> Vec<(T, Index)> {
        match self.nodes.get(at as usize).shape() {
            Shape::Leaf => Vec::new(),
            Shape::Pair(terms) => terms.to_vec(),
            Shape::Statement(head) => {
                let mut terms = Vec::new();
                self.visit_terms(head, |partial, parent| terms.push((partial, parent)));
                terms.reverse();
                terms
            }
        }
    }
}
