//! Walking over operands that lie differently beneath one shape: broadcast, transposed, sliced, reduced. Every operation that
//! moves elements is one of these walks, and its pullback the same walk the other way.

use super::shape::{Shape, Steps, signed};
use crate::real::Real;
use chainrule_kernels::product::Onto;
use smallvec::SmallVec;

/// How an operand lies beneath a shape: where its first element stands, and the step along each axis of that shape.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) start: usize,
    pub(crate) steps: Steps,
}

impl Layout {
    /// Row-major, without gaps.
    pub(crate) fn dense(shape: &Shape) -> Self {
        Self { start: 0, steps: shape.steps() }
    }

    /// A tensor of shape `own` beneath `whole`, to which it broadcasts.
    pub(crate) fn broadcast(own: &Shape, whole: &Shape) -> Self {
        let missing = whole.len() - own.len();
        let own_steps = own.steps();
        let step = |axis: usize| match axis.checked_sub(missing) {
            Some(axis) if own[axis] != 1 => own_steps[axis],
            _ => 0,
        };
        Self { start: 0, steps: (0..whole.len()).map(step).collect() }
    }
}

/// A stretch of elements that lie evenly in every operand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<const K: usize> {
    /// Where the stretch starts in each operand.
    pub(crate) at: [usize; K],
    /// From one element to the next, in each operand.
    pub(crate) steps: [isize; K],
    /// How many elements.
    pub(crate) length: usize,
}

impl<const K: usize> Run<K> {
    /// Where element `i` of the stretch stands in operand `operand`.
    #[inline(always)]
    pub(crate) fn place(&self, operand: usize, i: usize) -> usize {
        self.at[operand].wrapping_add_signed(self.steps[operand] * signed(i))
    }
}

/// Shows the elements beneath `shape` to `visit`, run by run in row-major order; see [`runs`].
#[inline(always)]
pub(crate) fn walk<const K: usize>(shape: &[usize], layouts: [&Layout; K], mut visit: impl FnMut(Run<K>)) {
    for run in runs(shape, layouts) {
        visit(run);
    }
}

/// The elements beneath `shape`, run by run in row-major order. Axes that lie one after another in every operand are joined, so
/// that runs are long.
#[inline]
pub(crate) fn runs<const K: usize>(shape: &[usize], layouts: [&Layout; K]) -> Runs<K> {
    let (mut sizes, mut steps) = joined(shape, layouts);
    let length = sizes.pop().unwrap_or(1);
    let inner = steps.pop().unwrap_or([1; K]);
    let next = Run { at: layouts.map(|layout| layout.start), steps: inner, length };
    let place = sizes.iter().map(|_| 0).collect();
    Runs { next: (!shape.contains(&0)).then_some(next), sizes, steps, place }
}

/// The iterator of [`runs`].
pub(crate) struct Runs<const K: usize> {
    next: Option<Run<K>>,
    /// The outer axes: sizes, steps of each operand, and where the walk stands.
    sizes: SmallVec<[usize; 6]>,
    steps: SmallVec<[[isize; K]; 6]>,
    place: SmallVec<[usize; 6]>,
}

impl<const K: usize> Iterator for Runs<K> {
    type Item = Run<K>;

    #[inline(always)]
    fn next(&mut self) -> Option<Run<K>> {
        let run = self.next?;
        self.next = self.following(run);
        Some(run)
    }
}

impl<const K: usize> Runs<K> {
    /// So many elements that lie one after the other in every operand.
    #[inline(always)]
    pub(crate) fn line(length: usize) -> Self {
        let next = Some(Run { at: [0; K], steps: [1; K], length });
        Self { next, sizes: SmallVec::new(), steps: SmallVec::new(), place: SmallVec::new() }
    }

    /// The next place, as an odometer turns.
    #[inline]
    fn following(&mut self, run: Run<K>) -> Option<Run<K>> {
        let mut at = run.at;
        for axis in (0..self.sizes.len()).rev() {
            self.place[axis] += 1;
            let back = self.place[axis] == self.sizes[axis];
            for (at, step) in at.iter_mut().zip(self.steps[axis]) {
                let moved = if back { -step * signed(self.sizes[axis] - 1) } else { step };
                *at = at.wrapping_add_signed(moved);
            }
            if !back {
                return Some(Run { at, ..run });
            }
            self.place[axis] = 0;
        }
        None
    }
}

/// The shape without axes of size 1, neighbours joined where every operand allows, with the steps of each operand.
fn joined<const K: usize>(shape: &[usize], layouts: [&Layout; K]) -> (SmallVec<[usize; 6]>, SmallVec<[[isize; K]; 6]>) {
    let mut sizes: SmallVec<[usize; 6]> = SmallVec::new();
    let mut steps: SmallVec<[[isize; K]; 6]> = SmallVec::new();
    for (axis, &size) in shape.iter().enumerate().filter(|&(_, &size)| size != 1) {
        let own: [isize; K] = layouts.map(|layout| layout.steps[axis]);
        match (sizes.last_mut(), steps.last_mut()) {
            (Some(last), Some(last_steps)) if (0..K).all(|k| last_steps[k] == own[k] * signed(size)) => {
                *last *= size;
                *last_steps = own;
            }
            _ => {
                sizes.push(size);
                steps.push(own);
            }
        }
    }
    (sizes, steps)
}

/// `result[i] = source[layout(i)]` for every `i` of `shape`, or added to it: transposes, slices, broadcasts.
pub(crate) fn gather<T: Real>(shape: &Shape, source: &[T], layout: &Layout, result: &mut [T], onto: Onto) {
    if onto == Onto::Fresh {
        return copy(shape, source, layout, result);
    }
    walk(shape, [&Layout::dense(shape), layout], |run| {
        let [to, from] = run.at;
        let result = &mut result[to..to + run.length];
        match run.steps[1] {
            1 => result.iter_mut().zip(&source[from..]).for_each(|(result, &x)| *result += x),
            0 => result.iter_mut().for_each(|result| *result += source[from]),
            _ => result.iter_mut().enumerate().for_each(|(i, result)| *result += source[run.place(1, i)]),
        }
    });
}

/// `result[i] = source[i]`, or added to it, of two stretches of the same length.
#[inline(always)]
pub(crate) fn put<T: Real>(source: &[T], result: &mut [T], onto: Onto) {
    match onto {
        Onto::Fresh => result.copy_from_slice(source),
        Onto::Sum => result.iter_mut().zip(source).for_each(|(result, &x)| *result += x),
    }
}

/// `result[i] = source[layout(i)]` for every `i` of `shape`.
pub(crate) fn copy<T: Copy>(shape: &Shape, source: &[T], layout: &Layout, result: &mut [T]) {
    walk(shape, [&Layout::dense(shape), layout], |run| {
        let [to, from] = run.at;
        let result = &mut result[to..to + run.length];
        match run.steps[1] {
            1 => result.copy_from_slice(&source[from..from + run.length]),
            0 => result.fill(source[from]),
            _ => result.iter_mut().enumerate().for_each(|(i, result)| *result = source[run.place(1, i)]),
        }
    });
}

/// `result[layout(i)] += source[i]` for every `i` of `shape`: the pullback of [`gather`], and every sum over axes.
pub(crate) fn scatter_add<T: Real>(shape: &Shape, source: &[T], layout: &Layout, result: &mut [T]) {
    walk(shape, [&Layout::dense(shape), layout], |run| {
        let [from, to] = run.at;
        let source = &source[from..from + run.length];
        match run.steps[1] {
            1 => {
                for (result, &x) in result[to..to + run.length].iter_mut().zip(source) {
                    *result += x;
                }
            }
            0 => result[to] += sum(source),
            _ => {
                for (i, &x) in source.iter().enumerate() {
                    result[run.place(1, i)] += x;
                }
            }
        }
    });
}

/// The sum of a stretch: blocks of 128 in eight lanes, then pairwise, in an order that depends on the length alone. So the
/// rounding error grows with the logarithm of the length.
pub(crate) fn sum<T: Real>(x: &[T]) -> T {
    if x.len() > 128 {
        // a multiple of the block, so that every block but the last is whole
        let half = (x.len() / 2).next_multiple_of(128);
        return sum(&x[..half]) + sum(&x[half..]);
    }
    // negative zero is neutral, and the sum of what is absent stays absent
    let mut lanes = [-T::zero(); 8];
    let (chunks, rest) = x.as_chunks::<8>();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane += x;
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}
