//! How adjoints of numbers are gathered.

use super::Handle;
use super::record::{ScalarNode, Scalars, Shape};
use crate::real::Real;
use crate::tape::{Adjoint, Fate};

/// A slot that contributions are added to.
pub(super) trait Slot<T>: Copy {
    /// Adds `partial * upstream`.
    fn gather(&mut self, partial: T, upstream: &Self);
}

/// The usual adjoint: the number itself. 0 stands for "nothing arrived"; a product of 0 and infinity shows as NaN in the
/// gradient, and the sweep is then repeated with [`Careful`].
impl<T: Real> Slot<T> for T {
    #[inline(always)]
    fn gather(&mut self, partial: T, upstream: &T) {
        *self += partial * *upstream;
    }
}

/// An adjoint that knows whether anything arrived, and that multiplies as the chain rule does: 0 times infinity is 0,
/// NaN propagates also against 0.
#[derive(Clone, Copy, Debug)]
pub struct Careful<T> {
    pub(super) adjoint: T,
    pub(super) reached: bool,
}

impl<T: Real> Careful<T> {
    pub(super) fn nothing() -> Self {
        Self { adjoint: T::zero(), reached: false }
    }
}

impl<T: Real> Slot<T> for Careful<T> {
    #[inline(always)]
    fn gather(&mut self, partial: T, upstream: &Self) {
        self.adjoint += partial.chain(upstream.adjoint);
        self.reached = true;
    }
}

/// Local derivative times upstream, added to each parent.
#[inline(always)]
pub(super) fn hand_on<T: Real, S: Slot<T>>(
    record: &Scalars<T>,
    node: &ScalarNode<T>,
    upstream: S,
    parents: &mut [S],
) -> Fate {
    match node.shape() {
        Shape::Pair([(p, i), (q, j)]) => {
            parents[i as usize].gather(p, &upstream);
            parents[j as usize].gather(q, &upstream);
            Fate::HandedOn
        }
        Shape::Leaf => Fate::Kept,
        Shape::Statement(head) => {
            let kept = record.visit_terms(head, |partial, parent| parents[parent as usize].gather(partial, &upstream));
            if kept { Fate::Kept } else { Fate::HandedOn }
        }
    }
}

impl<T: Real> Adjoint<T> for T {
    #[inline(always)]
    fn nothing() -> T {
        T::zero()
    }
    #[inline(always)]
    fn is_nothing(&self) -> bool {
        Real::is_nothing(*self)
    }
    fn is_doubtful(&self) -> bool {
        self.holds_nan()
    }
    fn seed(&mut self, output: Handle<T>, seed: &T) {
        self.gather(output.scale, seed);
    }
    #[inline(always)]
    fn pull_back(record: &Scalars<T>, node: ScalarNode<T>, upstream: &T, parents: &mut [T]) -> Fate {
        hand_on(record, &node, *upstream, parents)
    }
    fn arrived(&self) -> Option<T> {
        (!Real::is_nothing(*self)).then_some(*self)
    }
}

impl<T: Real> Adjoint<T> for Careful<T> {
    fn nothing() -> Self {
        Self::nothing()
    }
    fn is_nothing(&self) -> bool {
        !self.reached
    }
    fn is_doubtful(&self) -> bool {
        false
    }
    fn seed(&mut self, output: Handle<T>, seed: &T) {
        self.gather(output.scale, &Self { adjoint: *seed, reached: true });
    }
    fn pull_back(record: &Scalars<T>, node: ScalarNode<T>, upstream: &Self, parents: &mut [Self]) -> Fate {
        hand_on(record, &node, *upstream, parents)
    }
    fn arrived(&self) -> Option<T> {
        self.reached.then_some(self.adjoint)
    }
}
