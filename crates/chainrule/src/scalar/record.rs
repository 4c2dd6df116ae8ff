//! What a tape of numbers keeps: one lean node an operation, and the terms of longer statements beside them.

use crate::real::Real;
use crate::tape::{Index, Record};
use chainrule_kernels::storage::Stream;
use std::cell::Cell;
use std::fmt;

/// `d node = Σ partial · d parent`: 24 bytes for `f64`.
///
/// With `parents[1] == MANY` it is a statement, whose terms stand in the side stream from `parents[0]` on, behind a head;
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
    /// A statement; its terms start here.
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
    /// For each statement its head, `(1 if its gradient is kept, how many terms)`, then its terms `(partial, parent)`.
    terms: Stream<(T, Index)>,
    /// Whether a partial is NaN. A usual sweep would lose it behind an adjoint of 0.
    doubtful: Cell<bool>,
}

impl<T> Default for Scalars<T> {
    fn default() -> Self {
        Self { nodes: Stream::default(), terms: Stream::default(), doubtful: Cell::new(false) }
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
        self.doubtful.set(false);
    }

    #[inline(always)]
    fn visit_back(&self, end: usize, visit: impl FnMut(usize, ScalarNode<T>)) {
        self.nodes.visit_back(0..end, visit);
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
        self.pair([MANY; 2], [T::zero(); 2])
    }

    /// A node with two parents.
    #[inline(always)]
    pub(super) fn pair(&self, parents: [Index; 2], partials: [T; 2]) -> Index {
        index(self.nodes.push(ScalarNode { partials, parents }))
    }

    /// A node with two parents, at least one of whose partials may be NaN.
    #[cold]
    #[inline(never)]
    pub(super) fn doubtful_pair(&self, parents: [Index; 2], partials: [T; 2]) -> Index {
        if partials.iter().any(|partial| partial.holds_nan()) {
            self.doubtful.set(true);
        }
        self.pair(parents, partials)
    }

    /// A node with any number of parents, written in one pass over `terms`. `keep` makes its gradient one that may be
    /// asked for.
    #[inline]
    pub(super) fn statement(&self, terms: impl Iterator<Item = (T, Index)> + Clone, keep: bool) -> Index {
        let count = index(terms.clone().count());
        let head = if keep { T::one() } else { T::zero() };
        let start = self.terms.push((head, count));
        for (partial, parent) in terms {
            if partial.holds_nan() {
                self.doubtful.set(true);
            }
            self.terms.push((partial, parent));
        }
        self.pair([index(start), MANY], [T::zero(); 2])
    }

    /// The terms of a statement whose head stands at `start`; says whether its gradient is kept.
    #[inline(always)]
    pub(super) fn visit_terms(&self, start: usize, mut visit: impl FnMut(T, Index)) -> bool {
        let (keep, count) = self.terms.get(start);
        self.terms.visit(start + 1..start + 1 + count as usize, |_, (partial, parent)| visit(partial, parent));
        !keep.is_nothing()
    }

    /// The terms of node `at`, whatever its shape.
    pub(super) fn terms(&self, at: Index) -> Vec<(T, Index)> {
        match self.nodes.get(at as usize).shape() {
            Shape::Leaf => Vec::new(),
            Shape::Pair(terms) => terms.to_vec(),
            Shape::Statement(start) => {
                let mut terms = Vec::new();
                self.visit_terms(start, |partial, parent| terms.push((partial, parent)));
                terms
            }
        }
    }
}
