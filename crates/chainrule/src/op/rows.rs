//! What operations along an axis share: rows of elements, reduced.

use crate::array::Shape;
use crate::real::Real;
use chainrule_kernels::product::Onto;
use chainrule_kernels::vector::Work;

/// How many elements of a sum are added in lanes before the lanes are added up.
const BLOCK: usize = 256;

/// `Σ f(xᵢ)` in blocks of eight lanes: the order depends on the length alone.
#[inline(always)]
pub(super) fn sum_of<T: Real>(x: &[T], f: impl Fn(T) -> T) -> T {
    let mut total = T::zero();
    for x in x.chunks(BLOCK) {
        let mut lanes = [T::zero(); 8];
        let (x, rest) = x.as_chunks::<8>();
        for x in x {
            for (lane, &x) in lanes.iter_mut().zip(x) {
                *lane += f(x);
            }
        }
        for (lane, &x) in lanes.iter_mut().zip(rest) {
            *lane += f(x);
        }
        total += add_up(lanes);
    }
    total
}

/// `Σ f(aᵢ, bᵢ)`, as [`sum_of`].
#[inline(always)]
pub(super) fn sum_of_pairs<T: Real>(a: &[T], b: &[T], f: impl Fn(T, T) -> T) -> T {
    let mut total = T::zero();
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let mut lanes = [T::zero(); 8];
        let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
        for (a, b) in a.iter().zip(b) {
            for ((lane, &a), &b) in lanes.iter_mut().zip(a).zip(b) {
                *lane += f(a, b);
            }
        }
        for ((lane, &a), &b) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
            *lane += f(a, b);
        }
        total += add_up(lanes);
    }
    total
}

/// `Σ f(aᵢ, bᵢ, cᵢ)`, as [`sum_of`].
#[inline(always)]
pub(super) fn sum_of_triples<T: Real>([a, b, c]: [&[T]; 3], f: impl Fn(T, T, T) -> T) -> T {
    let mut total = T::zero();
    for ((a, b), c) in a.chunks(BLOCK).zip(b.chunks(BLOCK)).zip(c.chunks(BLOCK)) {
        let mut lanes = [T::zero(); 8];
        let ((a, a_rest), (b, b_rest), (c, c_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>(), c.as_chunks::<8>());
        for ((a, b), c) in a.iter().zip(b).zip(c) {
            for (((lane, &a), &b), &c) in lanes.iter_mut().zip(a).zip(b).zip(c) {
                *lane += f(a, b, c);
            }
        }
        for (((lane, &a), &b), &c) in lanes.iter_mut().zip(a_rest).zip(b_rest).zip(c_rest) {
            *lane += f(a, b, c);
        }
        total += add_up(lanes);
    }
    total
}

/// How the lanes are added up here must not change how they lie in the loops before: these would take twice as long.
#[inline(always)]
fn add_up<T: Real>(lanes: [T; 8]) -> T {
    let [a, b, c, d, e, f, g, h] = std::hint::black_box(lanes);
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// The larger of two numbers, and NaN if one of them is.
#[inline(always)]
pub(super) fn larger<T: Real>(x: T, y: T) -> T {
    if y > x || y.is_nan() { y } else { x }
}

/// The largest of some numbers; NaN if there is one, minus infinity if there is no number.
#[inline(always)]
pub(super) fn greatest<T: Real>(x: &[T]) -> T {
    let mut lanes = [T::neg_infinity(); 8];
    let (x, rest) = x.as_chunks::<8>();
    for x in x {
        for (lane, &x) in lanes.iter_mut().zip(x) {
            *lane = larger(*lane, x);
        }
    }
    let rest = rest.iter().fold(T::neg_infinity(), |most, &x| larger(most, x));
    lanes.into_iter().fold(rest, larger)
}

/// Writes a gradient, or adds it.
#[inline(always)]
pub(super) fn put<T: Real>(sum: &mut T, onto: Onto, gradient: T) {
    match onto {
        Onto::Fresh => *sum = gradient,
        Onto::Sum => *sum += gradient,
    }
}

/// What becomes of the elements along an axis, in place.
pub(super) trait Along<T> {
    /// Of a row.
    fn row(&self, row: &mut [T]);

    /// Of every column of a matrix; `most` and `total` have room for a row.
    fn columns(&self, block: &mut [T], most: &mut [T], total: &mut [T]);
}

/// [`Along::row`] for every row. A type, so that it is compiled for wide vectors as a whole.
pub(super) struct EachRow<'a, T, A> {
    pub(super) along: A,
    pub(super) y: &'a mut [T],
    pub(super) length: usize,
}

impl<T, A: Along<T>> Work for EachRow<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in self.y.chunks_exact_mut(self.length) {
            self.along.row(row);
        }
    }
}

/// [`Along::columns`] for every block.
pub(super) struct EachBlock<'a, T, A> {
    pub(super) along: A,
    pub(super) y: &'a mut [T],
    pub(super) block: usize,
    pub(super) most: &'a mut [T],
    pub(super) total: &'a mut [T],
}

impl<T, A: Along<T>> Work for EachBlock<'_, T, A> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for block in self.y.chunks_exact_mut(self.block) {
            self.along.columns(block, self.most, self.total);
        }
    }
}

/// How the elements along one axis lie: `size` of them, `inner` apart, in each of some blocks.
#[derive(Clone, Copy)]
pub(super) struct Lines {
    pub(super) size: usize,
    pub(super) inner: usize,
}

impl Lines {
    #[track_caller]
    pub(super) fn new(operation: &str, shape: &Shape, axis: isize) -> Self {
        let axis = shape.axis_of(operation, axis);
        Self { size: shape[axis], inner: shape[axis + 1..].iter().product() }
    }

    /// How many elements a block has; at least 1, so that slices can be cut into blocks.
    pub(super) fn block(self) -> usize {
        (self.size * self.inner).max(1)
    }

    /// Whether elements along the axis are neighbours.
    pub(super) fn is_last(self) -> bool {
        self.inner == 1
    }
}
