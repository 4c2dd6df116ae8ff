//! Forward sweeps over a recorded tape: several tangents at once.

use super::record::{Scalars, Shape};
use crate::real::Real;
use crate::tape::{Record, Tape, Value, Var};
use smallvec::SmallVec;
use std::fmt;

impl<T: Real> Tape<T> {
    /// What moves when the variables move: from `L` tangents of the variables those of everything that was recorded, in one
    /// sweep forwards. Variables that are not named stand still.
    ///
    /// A Jacobian of few inputs and many outputs costs one recording and one such sweep for every `L` inputs. Products are
    /// those of dual numbers: 0 times infinity contributes 0, and NaN propagates.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::new();
    /// let (r, t) = (tape.var(2.0), tape.var(0.5));
    /// let (x, y) = (r * t.cos(), r * t.sin());
    /// let moved = tape.forward_lanes(&[(r, [1.0, 0.0]), (t, [0.0, 1.0])]);
    /// let (sin, cos) = 0.5f64.sin_cos();
    /// assert_eq!(moved.of(x), [cos, -2.0 * sin]); // by r, by t
    /// assert_eq!(moved.of(y), [sin, 2.0 * cos]);
    /// ```
    ///
    /// # Panics
    /// When a tangent is given to something else than a variable of this tape: to an intermediate result, whose tangent
    /// follows from those of the variables, or to a constant, which cannot move.
    #[track_caller]
    pub fn forward_lanes<'t, const L: usize>(&'t self, seeds: &[(Var<'t, T>, [T; L])]) -> LaneTangents<'t, T, L> {
        const { assert!(L > 0, "a sweep in lanes needs a lane: give every variable one tangent at least") };
        let (nodes, leading) = (self.record.len(), self.record.leading_variables());
        let mut flat = self.record.tangents.borrow_mut().pop().unwrap_or_default();
        if flat.len() < nodes * L {
            flat = vec![T::zero(); (nodes * L).max(2 * flat.len())];
        }
        let slots = &mut flat.as_chunks_mut::<L>().0[..nodes];
        // what an earlier sweep left is overwritten, except at variables; those among operations are told by this list
        slots[..leading].fill([T::zero(); L]);
        let mut late = SmallVec::<[usize; 8]>::new();
        for &(x, _) in seeds {
            let at = self.variable_at(x);
            if at >= leading {
                slots[at] = [T::zero(); L];
                late.push(at);
            }
        }
        late.sort_unstable();
        for (x, tangent) in seeds {
            let slot = &mut slots[x.handle.place.index() as usize];
            for (sum, tangent) in slot.iter_mut().zip(tangent) {
                *sum += *tangent;
            }
        }
        push_forward(&self.record, slots, leading, &late);
        LaneTangents { tape: self, nodes, flat }
    }

    /// The node of `x`, which is to be a variable.
    #[track_caller]
    fn variable_at(&self, x: Var<'_, T>) -> usize {
        assert!(!x.is_constant(), "forward_lanes: a tangent was given to a constant, which cannot move");
        self.own(x, "forward_lanes");
        match T::top(x) {
            Some(at) if !x.handle.place.is_folded() && matches!(self.record.shape(at as usize), Shape::Leaf) => {
                at as usize
            }
            _ => panic!(
                "forward_lanes: a tangent was given to an intermediate result, whose tangent follows from those of the \
                 variables: make it a variable with `Tape::var`, or give the tangents to what it was made from"
            ),
        }
    }
}

/// The tangent of each node from those of its parents, which come before it. Of the variables from `leading` on, those in `seeded`
/// have theirs already, and the others stand still.
#[inline(always)]
fn push_forward<T: Real, const L: usize>(record: &Scalars<T>, slots: &mut [[T; L]], leading: usize, seeded: &[usize]) {
    record.visit(leading..slots.len(), |at, node| {
        let (parents, rest) = slots.split_at_mut(at);
        let mut tangent = [T::zero(); L];
        match node.shape() {
            Shape::Leaf if seeded.binary_search(&at).is_ok() => return,
            Shape::Leaf => {}
            Shape::Pair([(p, i), (q, j)]) => {
                let (x, y) = (&parents[i as usize], &parents[j as usize]);
                for lane in 0..L {
                    tangent[lane] = p * x[lane] + q * y[lane];
                }
            }
            Shape::Statement(head) => record.visit_terms_forward(head, |partial, parent| {
                for (sum, x) in tangent.iter_mut().zip(&parents[parent as usize]) {
                    *sum += partial * *x;
                }
            }),
        }
        if tangent.iter().fold(false, |nan, tangent| nan | tangent.holds_nan()) {
            tangent = carefully(record, at, parents);
        }
        rest[0] = tangent;
    });
}

/// A tangent that came out as NaN, once more with the product of the chain rule: it may have been 0 times infinity.
#[cold]
#[inline(never)]
fn carefully<T: Real, const L: usize>(record: &Scalars<T>, at: usize, parents: &[[T; L]]) -> [T; L] {
    let mut tangent = [T::zero(); L];
    let mut add = |partial: T, parent: u32| {
        for (sum, x) in tangent.iter_mut().zip(&parents[parent as usize]) {
            *sum += partial.chain(*x);
        }
    };
    match record.shape(at) {
        Shape::Leaf => {}
        Shape::Pair(terms) => terms.into_iter().for_each(|(partial, parent)| add(partial, parent)),
        Shape::Statement(head) => record.visit_terms_forward(head, add),
    }
    tangent
}

/// `L` tangents of everything on a tape: what [`Tape::forward_lanes`] found.
///
/// Its buffer goes back to the tape when it is dropped; until then the tape cannot be cleared.
#[must_use = "a sweep changes nothing: ask the tangents with `of`"]
pub struct LaneTangents<'t, T: Real, const L: usize> {
    tape: &'t Tape<T>,
    /// How many nodes the sweep saw.
    nodes: usize,
    flat: Vec<T>,
}

impl<T: Real, const L: usize> LaneTangents<'_, T, L> {
    /// The derivative of `y` along each direction; 0 for a constant. Any result of the tape can be asked for, kept or not.
    ///
    /// # Panics
    /// - `y` belongs to another tape.
    /// - `y` was recorded after the sweep.
    #[inline]
    #[track_caller]
    pub fn of(&self, y: Var<'_, T>) -> [T; L] {
        let Some(at) = T::top(y) else { return [T::zero(); L] };
        self.tape.own(y, "LaneTangents::of");
        match self.flat.as_chunks::<L>().0[..self.nodes].get(at as usize) {
            Some(tangent) => tangent.map(|tangent| y.handle.scale.chain(tangent)),
            None => {
                panic!("LaneTangents::of: the value was recorded after the sweep, which did not see it: sweep again")
            }
        }
    }

    /// The derivatives of the values of an array: `[value][lane]`.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[inline]
    #[track_caller]
    pub fn of_all<const M: usize>(&self, values: [Var<'_, T>; M]) -> [[T; L]; M] {
        let mut derivatives = [[T::zero(); L]; M];
        for (slot, y) in derivatives.iter_mut().zip(values) {
            *slot = self.of(y);
        }
        derivatives
    }

    /// The derivatives of all values of a slice.
    ///
    /// # Panics
    /// As [`of`](Self::of).
    #[track_caller]
    pub fn of_slice(&self, values: &[Var<'_, T>]) -> Vec<[T; L]> {
        let mut derivatives = Vec::with_capacity(values.len());
        for &y in values {
            derivatives.push(self.of(y));
        }
        derivatives
    }
}

impl<T: Real, const L: usize> Drop for LaneTangents<'_, T, L> {
    #[inline]
    fn drop(&mut self) {
        self.tape.record.tangents.borrow_mut().push(std::mem::take(&mut self.flat));
    }
}

impl<T: Real, const L: usize> fmt::Debug for LaneTangents<'_, T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaneTangents").field("tape", self.tape).field("lanes", &L).finish_non_exhaustive()
    }
}
