//! The loops over one operand: the value of a rule at every element, and its pullback.
//!
//! They are types, and every call in them is always inlined, so that rule and loop are compiled together for wide vectors: of a
//! closure as large as a polynomial the compiler makes a function, which no vector gets through.

use super::elementwise::flow;
use crate::array::Element;
use chainrule_kernels::product::Onto;
use chainrule_kernels::vector::Work;

/// A function of one number, as loops over elements see it.
pub(super) trait Curve<T: Element>: Copy {
    /// `y = f(x)`
    fn value(self, x: T::Lane) -> T::Lane;
    /// `df/dx`
    fn slope(self, x: T::Lane, y: T::Lane) -> T::Lane;
    /// Whether it has a kink at `x`.
    fn is_kink(self, x: f64) -> bool;
}

/// `y = f(x)`
pub(super) struct Values<'a, T, C> {
    pub(super) curve: C,
    pub(super) x: &'a [T],
    pub(super) y: &'a mut [T],
}

impl<T: Element, C: Curve<T>> Work for Values<'_, T, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, &x) in self.y.iter_mut().zip(self.x) {
            *y = T::from_lane(self.curve.value(x.lane()));
        }
    }
}

/// `sum = f'(x) upstream`, or added.
pub(super) struct Slopes<'a, T, C> {
    pub(super) curve: C,
    /// Whether the upstream gradient knows absence.
    pub(super) absence: bool,
    pub(super) onto: Onto,
    pub(super) x: &'a [T],
    pub(super) y: &'a [T],
    pub(super) upstream: &'a [T],
    pub(super) sum: &'a mut [T],
}

impl<T: Element, C: Curve<T>> Work for Slopes<'_, T, C> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let each = self.sum.iter_mut().zip(self.x).zip(self.y).zip(self.upstream);
        if self.onto == Onto::Fresh {
            for (((sum, &x), &y), &upstream) in each {
                *sum = T::from_lane(flow(self.curve.slope(x.lane(), y.lane()), upstream.lane(), self.absence));
            }
        } else {
            for (((sum, &x), &y), &upstream) in each {
                *sum += T::from_lane(flow(self.curve.slope(x.lane(), y.lane()), upstream.lane(), self.absence));
            }
        }
    }
}
