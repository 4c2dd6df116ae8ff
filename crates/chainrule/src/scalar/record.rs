//! What a tape of numbers keeps: one lean node an operation, and the terms of longer statements beside them.

use super::operation::Operand;
use crate::real::Real;
use crate::tape::{Index, Record};
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

impl<T: Copy> ScalarNode<T> {
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

/// The nodes of a tape of numbers.
pub struct Scalars<T> {
    nodes: Stream<ScalarNode<T>>,
    /// For each statement its terms `(partial, parent)`, then a head `(1 if its gradient is kept, how many terms)`.
    terms: Stream<(T, Index)>,
    /// How many variables were made before anything else.
    leading: Cell<usize>,
    /// Room for the operands of a sum while its iterator still runs; of several, where it sums in its turn.
    pending: RefCell<Vec<Vec<Operand<T>>>>,
    /// Whether a partial is NaN. A usual sweep would lose it behind an adjoint of 0.
    doubtful: Cell<bool>,
}

impl<T> Default for Scalars<T> {
    fn default() -> Self {
        Self {
            nodes: Stream::default(),
            terms: Stream::default(),
            leading: Cell::new(0),
            pending: RefCell::default(),
            doubtful: Cell::new(false),
        }
    }
}

impl<T> fmt::Debug for Scalars<T> {
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
    /// A variable.
    #[inline(always)]
    pub(super) fn leaf(&self) -> Index {
        let at = self.pair([MANY; 2], [T::zero(); 2]);
        if self.leading.get() == at as usize {
            self.leading.set(at as usize + 1);
        }
        at
    }

    /// A node with two parents.
    #[inline(always)]
    pub(super) fn pair(&self, parents: [Index; 2], partials: [T; 2]) -> Index {
        index(self.nodes.push(ScalarNode { partials, parents }))
    }

    /// A node with two parents, where a product of slope and scale came out as NaN.
    #[cold]
    #[inline(never)]
    pub(super) fn doubtful_pair(&self, parents: [Index; 2], slopes: [T; 2], scales: [T; 2]) -> Index {
        let [p, q] = slopes;
        self.pair(parents, [self.doubtful_term(p, scales[0]), self.doubtful_term(q, scales[1])])
    }

    /// A node with any number of parents, written in one pass over its terms: a partial, the scale of the handle it is by,
    /// and the parent. `keep` makes the node's gradient one that may be asked for.
    #[inline(always)]
    pub(super) fn statement(&self, terms: impl Iterator<Item = (T, T, Index)>, keep: bool) -> Index {
        let start = self.terms.len();
        self.terms.extend(terms.map(|(partial, scale, parent)| {
            let product = partial * scale;
            (if product.holds_nan() { self.doubtful_term(partial, scale) } else { product }, parent)
        }));
        let count = index(self.terms.len() - start);
        let head = self.terms.push((if keep { T::one() } else { T::zero() }, count));
        self.pair([index(head), MANY], [T::zero(); 2])
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

    #[cold]
    #[inline(never)]
    fn doubtful_term(&self, partial: T, scale: T) -> T {
        let product = partial.chain(scale);
        if product.holds_nan() {
            self.doubtful.set(true);
        }
        product
    }

    /// The terms of the statement whose head stands at `head`; says whether its gradient is kept.
    #[inline(always)]
    pub(super) fn visit_terms(&self, head: usize, mut visit: impl FnMut(T, Index)) -> bool {
        let (keep, count) = self.terms.get(head);
        self.terms.visit(head - count as usize..head, |_, (partial, parent)| visit(partial, parent));
        !keep.is_nothing()
    }

    /// The terms of node `at`, whatever its shape.
    pub(super) fn terms(&self, at: Index) -> Vec<(T, Index)> {
        match self.nodes.get(at as usize).shape() {
            Shape::Leaf => Vec::new(),
            Shape::Pair(terms) => terms.to_vec(),
            Shape::Statement(head) => {
                let mut terms = Vec::new();
                self.visit_terms(head, |partial, parent| terms.push((partial, parent)));
                terms
            }
        }
    }
}
