//! A whole tensor again and again.

use crate::array::shape::Shape;
use crate::array::strided::put;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use smallvec::SmallVec;
use std::borrow::Cow;

/// `y[i] = x[i mod n]` along each axis of size `n`; `x̄[i]` is the sum of these `ȳ`.
#[derive(Clone, Debug)]
pub struct Tile(SmallVec<[usize; 6]>);

/// How the tiles lie: rows of the result, each one row of the operand some times over.
struct Plan {
    /// The result.
    result: Shape,
    /// The sizes of the operand with as many axes as the result has.
    own: Shape,
    /// How many leading axes tell the rows apart; those behind them lie in a row.
    rows: usize,
    /// The elements of the operand's row, and how often they are written.
    length: usize,
    times: usize,
}

impl Tile {
    fn plan(&self, x: &Shape) -> Plan {
        let rank = x.len().max(self.0.len());
        let missing = rank - x.len();
        let own = Shape::new(std::iter::repeat_n(1, missing).chain(x.iter().copied()));
        let count = |axis: usize| (axis + self.0.len()).checked_sub(rank).map_or(1, |axis| self.0[axis]);
        let result = Shape::new((0..rank).map(|axis| own[axis] * count(axis)));
        // behind the last axis that is repeated, everything lies together in both
        let rows = (0..rank).rev().find(|&axis| count(axis) != 1).unwrap_or(0);
        let length = own[rows..].iter().product();
        Plan { rows, length, times: if rank == 0 { 1 } else { count(rows) }, own, result }
    }
}

impl Plan {
    /// Shows each row of the result to `visit`, and the row of the operand that is repeated in it.
    fn each(&self, mut visit: impl FnMut(usize, usize)) {
        if self.result.elements() == 0 {
            return;
        }
        let mut index: SmallVec<[usize; 6]> = SmallVec::from_elem(0, self.rows);
        for row in 0..self.result[..self.rows].iter().product() {
            let own = index.iter().zip(self.own.iter()).fold(0, |own, (i, size)| own * size + i % size);
            visit(row, own);
            for (place, &size) in index.iter_mut().zip(self.result.iter()).rev() {
                *place += 1;
                if *place < size {
                    break;
                }
                *place = 0;
            }
        }
    }
}

impl<T: Element> Op<T, 1> for Tile {
    const NAME: &'static str = "tile";

    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let plan = self.plan(x.shape());
        let (length, x) = (plan.length, x.as_slice());
        pool.filled(&plan.result, |y| {
            plan.each(|row, own| {
                let x = &x[own * length..][..length];
                let y = &mut y[row * length * plan.times..][..length * plan.times];
                y.chunks_exact_mut(length).for_each(|y| y.copy_from_slice(x));
            });
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let plan = self.plan(x.shape());
        let (length, upstream) = (plan.length, upstream.as_slice());
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            T::loops(|| {
                plan.each(|row, own| {
                    let sum = &mut sum[own * length..][..length];
                    let upstream = &upstream[row * length * plan.times..][..length * plan.times];
                    upstream.chunks_exact(length).for_each(|upstream| put(upstream, sum, Onto::Sum));
                });
            });
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("tile({:?})", self.0))
    }
}

methods! {
    /// The whole again and again: `[1, 2]` becomes `[1, 2, 1, 2]`. One count for each axis, aligned at the last; further
    /// counts make new axes in front, missing ones are 1. See [`repeat`](Self::repeat) for each element some times in a row.
    ///
    /// Its gradient is the sum of the upstream gradient over the tiles.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0]]);
    /// assert_eq!(x.tile([2, 2]), Tensor::from([[1.0, 2.0, 1.0, 2.0], [1.0, 2.0, 1.0, 2.0]]));
    /// ```
    fn tile(x; counts: impl AsRef<[usize]>) => Tile(counts.as_ref().iter().copied().collect());
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = Shape::from(&draw.shape()[..draw.shape().len().min(3)]);
        let x = draw.tensor(&shape);
        let counts: SmallVec<[usize; 6]> = (0..draw.below(5)).map(|_| [1, 2, 1, 3, 0][draw.below(5)]).collect();
        Case::new(Tile(counts.clone()), [x], move |[x]| {
            let rank = x.rank().max(counts.len());
            let from_back = |sizes: &[usize], axis: usize| {
                let back = rank - axis;
                if back <= sizes.len() { sizes[sizes.len() - back] } else { 1 }
            };
            let sizes = (0..rank).map(|axis| from_back(x.shape(), axis) * from_back(&counts, axis));
            from_index(&Shape::new(sizes), |index| {
                let own: Vec<usize> =
                    (0..rank).map(|axis| index[axis] % from_back(x.shape(), axis)).skip(rank - x.rank()).collect();
                broadcast_at(x, &own)
            })
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    /// `numpy.tile([1, 2], (2, 1, 2))`, `numpy.tile([[1, 2]], 2)`, `numpy.tile(3, 2)`.
    #[test]
    fn counts_are_aligned_at_the_last_axis() {
        let x = Tensor::from([1.0, 2.0]);
        assert_eq!(x.tile([2, 1, 2]), Tensor::from([[[1.0, 2.0, 1.0, 2.0]], [[1.0, 2.0, 1.0, 2.0]]]));
        assert_eq!(x.unsqueeze(0).tile([2]), Tensor::from([[1.0, 2.0, 1.0, 2.0]]));
        assert_eq!(Tensor::scalar(3.0).tile([2]).to_vec(), [3.0, 3.0]);
        assert_eq!(x.tile([]), x);
    }

    #[test]
    fn no_tile_leaves_nothing_and_a_gradient_of_zero() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([1.0, 2.0]));
        let y = x.tile([3, 0]);
        assert_eq!(y.shape(), [3, 0]);
        assert_eq!(y.sum().backward().of(x).to_vec(), [0.0, 0.0]);
    }
}
