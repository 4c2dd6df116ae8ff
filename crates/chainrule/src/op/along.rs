//! Ways along axes that several operations share: elements gathered into one result, what belongs to a result spread over its
//! elements, and the lanes along one axis.

use crate::array::strided::{Layout, walk};
use crate::array::{Element, Pool, Shape};
use chainrule_kernels::product::Onto;

/// The elements of an operand, and the results that they are reduced to.
pub(super) struct Along<'a> {
    shape: &'a Shape,
    elements: Layout,
    results: Layout,
}

impl<'a> Along<'a> {
    /// `kept` is the shape with size 1 along the axes that are reduced.
    pub(super) fn new(shape: &'a Shape, kept: &Shape) -> Self {
        Self { shape, elements: Layout::dense(shape), results: Layout::broadcast(kept, shape) }
    }

    /// `results = choose(results, x)` for every element, where `choose` picks one of the two: the order is not kept.
    #[inline(always)]
    pub(super) fn choose<T: Element>(&self, x: &[T], results: &mut [T], choose: impl Fn(T, T) -> T) {
        T::loops(|| {
            walk(self.shape, [&self.elements, &self.results], |run| {
                let [at, to] = run.at;
                let x = &x[at..at + run.length];
                if run.steps[1] == 0 {
                    // in lanes, none of which waits for another
                    let mut lanes = [results[to]; 8];
                    let (chunks, rest) = x.as_chunks::<8>();
                    for chunk in chunks {
                        lanes.iter_mut().zip(chunk).for_each(|(lane, &x)| *lane = choose(*lane, x));
                    }
                    let chosen = lanes.iter().chain(rest).fold(results[to], |chosen, &x| choose(chosen, x));
                    results[to] = chosen;
                } else {
                    let results = &mut results[to..to + run.length];
                    results.iter_mut().zip(x).for_each(|(result, &x)| *result = choose(*result, x));
                }
            });
        });
    }

    /// Adds `term(x, parameter)` to the result of each element; `parameters` has one number for each result.
    #[inline(always)]
    pub(super) fn sum<T: Element>(&self, x: &[T], parameters: &[T], sums: &mut [T], term: impl Fn(T, T) -> T) {
        T::loops(|| {
            walk(self.shape, [&self.elements, &self.results], |run| {
                let [at, to] = run.at;
                let x = &x[at..at + run.length];
                if run.steps[1] == 0 {
                    let parameter = parameters[to];
                    sums[to] += sum_of(x, |x| term(x, parameter));
                } else {
                    let results = sums[to..to + run.length].iter_mut().zip(&parameters[to..]);
                    results.zip(x).for_each(|((sum, &parameter), &x)| *sum += term(x, parameter));
                }
            });
        });
    }

    /// Puts `share(x, numbers)` into the gradient by each element; `results` has lists of one number for each result.
    #[inline(always)]
    pub(super) fn spread<T: Element, const K: usize>(
        &self,
        x: &[T],
        results: [&[T]; K],
        (gradient, onto): (&mut [T], Onto),
        share: impl Fn(T, [T; K]) -> T,
    ) {
        T::loops(|| {
            walk(self.shape, [&self.elements, &self.results], |run| {
                let [at, from] = run.at;
                let count = run.length;
                let (x, gradient) = (&x[at..][..count], &mut gradient[at..][..count]);
                if run.steps[1] == 0 {
                    let (each, numbers) = (gradient.iter_mut().zip(x), results.map(|list| list[from]));
                    match onto {
                        Onto::Fresh => each.for_each(|(gradient, &x)| *gradient = share(x, numbers)),
                        Onto::Sum => each.for_each(|(gradient, &x)| *gradient += share(x, numbers)),
                    }
                } else {
                    // slices of one length, so that nothing is checked inside the loops
                    let lists = results.map(|list| &list[from..][..count]);
                    let share = |i: usize| share(x[i], lists.map(|list| list[i]));
                    match onto {
                        Onto::Fresh => (0..count).for_each(|i| gradient[i] = share(i)),
                        Onto::Sum => (0..count).for_each(|i| gradient[i] += share(i)),
                    }
                }
            });
        });
    }

    /// How many elements are tied for each result, into `counts`.
    #[inline(always)]
    pub(super) fn count_ties<T: Element>(&self, x: &[T], results: &[T], counts: &mut [T], tied: impl Fn(T, T) -> bool) {
        counts.fill(T::zero());
        self.sum(x, results, counts, |x, y| if tied(x, y) { T::one() } else { T::zero() });
    }

    /// Over dual numbers, the derivative of an extreme `size(x)` is the mean of those of all elements tied for it, as it is in
    /// the pullback; the value stays.
    pub(super) fn share_ties<T: Element>(&self, x: &[T], y: &mut [T], pool: &Pool<T>, size: impl Fn(T) -> T) {
        if T::PLAIN {
            return;
        }
        let mut counts = pool.scratch([y.len()]);
        let mut excess = pool.full([y.len()], T::zero());
        self.count_ties(x, y, counts.as_mut_slice(), |x, y| size(x) == y);
        self.sum(
            x,
            y,
            excess.as_mut_slice(),
            |x, y| {
                if size(x) == y && y.is_finite() { size(x) - y } else { T::zero() }
            },
        );
        for ((y, &excess), &count) in y.iter_mut().zip(&excess).zip(&counts) {
            if count > T::zero() {
                *y += excess / count;
            }
        }
        pool.give(counts);
        pool.give(excess);
    }
}

/// Terms that are added in lanes before they are added pairwise.
const BLOCK: usize = 128;

/// The sum of `term(x)` over a stretch: blocks in eight lanes, then pairwise, in an order that depends on the length alone. So
/// the rounding error grows with the logarithm of the length.
#[inline(always)]
fn sum_of<T: Element>(x: &[T], term: impl Fn(T) -> T) -> T {
    if x.len() <= BLOCK {
        return sum_of_block(x, &term);
    }
    // partial[i] is the sum of 2^i blocks where bit i of the number of blocks is set
    let mut partial = [T::zero(); usize::BITS as usize];
    let mut blocks = 0_usize;
    for block in x.chunks(BLOCK) {
        let mut sum = sum_of_block(block, &term);
        let full = blocks.trailing_ones() as usize;
        for &earlier in &partial[..full] {
            sum = earlier + sum;
        }
        partial[full] = sum;
        blocks += 1;
    }
    let set = partial.iter().enumerate().filter(|&(bit, _)| blocks >> bit & 1 == 1);
    set.fold(T::zero(), |sum, (_, &partial)| partial + sum)
}

#[inline(always)]
fn sum_of_block<T: Element>(x: &[T], term: impl Fn(T) -> T) -> T {
    let mut lanes = [T::zero(); 8];
    let (chunks, rest) = x.as_chunks::<8>();
    for chunk in chunks {
        lanes.iter_mut().zip(chunk).for_each(|(lane, &x)| *lane += term(x));
    }
    lanes.iter_mut().zip(rest).for_each(|(lane, &x)| *lane += term(x));
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

/// The lanes of a tensor along one axis: element `k` of lane `(block, i)` stands at `(block * count + k) * inner + i`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes {
    /// How many elements a lane has.
    pub(super) count: usize,
    /// How many lanes lie side by side: the step from one element of a lane to the next.
    pub(super) inner: usize,
    /// How many such bundles there are.
    pub(super) blocks: usize,
}

impl Lanes {
    /// The lanes along an axis that was counted from the front.
    pub(super) fn new(shape: &Shape, axis: usize) -> Self {
        let blocks = shape[..axis].iter().product();
        Self { count: shape[axis], inner: shape[axis + 1..].iter().product(), blocks }
    }

    /// Shows the places of each lane to `visit`: of its first element, and of the lane among all lanes.
    pub(super) fn each(self, mut visit: impl FnMut(usize, usize)) {
        for block in 0..self.blocks {
            for i in 0..self.inner {
                visit(block * self.count * self.inner + i, block * self.inner + i);
            }
        }
    }

    /// Shows the place of each row to `visit`, where row `k` of a bundle has element `k` of each of its lanes: bundle by
    /// bundle, and in each from the last row to the first, with k.
    pub(super) fn each_row_back(self, mut visit: impl FnMut(usize, usize)) {
        for block in 0..self.blocks {
            for k in (0..self.count).rev() {
                visit((block * self.count + k) * self.inner, k);
            }
        }
    }

    /// `y[0] = x[0]`, and `y[k] = next(y[k - 1], x[k])` along each lane.
    #[inline(always)]
    pub(super) fn run<T: Element>(self, x: &[T], y: &mut [T], next: impl Fn(T, T) -> T) {
        let bundle = self.count * self.inner;
        if bundle == 0 {
            return;
        }
        T::loops(|| {
            for (x, y) in x.chunks_exact(bundle).zip(y.chunks_exact_mut(bundle)) {
                if self.inner == 1 {
                    let mut before = x[0];
                    y[0] = before;
                    for (y, &x) in y[1..].iter_mut().zip(&x[1..]) {
                        before = next(before, x);
                        *y = before;
                    }
                    continue;
                }
                y[..self.inner].copy_from_slice(&x[..self.inner]);
                for at in (self.inner..bundle).step_by(self.inner) {
                    let (before, after) = y.split_at_mut(at);
                    let before = &before[at - self.inner..];
                    let here = after[..self.inner].iter_mut().zip(before).zip(&x[at..]);
                    here.for_each(|((y, &before), &x)| *y = next(before, x));
                }
            }
        });
    }
}

#[cfg(test)]
pub(super) mod plain {
    //! Reductions as plain loops, and operands for the checks.

    use super::super::checking::{Draw, each_index, from_index};
    use crate::array::{AxisSet, Shape, Tensor};

    /// Some axes of `shape`, perhaps kept.
    pub(in crate::op) fn axes(draw: &mut Draw, shape: &Shape) -> AxisSet {
        let axes = draw.axes(shape);
        if draw.flag() { AxisSet::new(crate::keepdims(&axes[..])) } else { AxisSet::new(&axes[..]) }
    }

    /// `f` of the elements that become one.
    pub(in crate::op) fn reduce(x: &Tensor<f64>, axes: &AxisSet, f: impl Fn(&[f64]) -> f64) -> Tensor<f64> {
        let reduction = axes.reduce("plain", x.shape());
        let mut groups = vec![Vec::new(); reduction.result.elements()];
        let mut at = x.iter();
        each_index(x.shape(), |index| {
            let kept = reduction.kept.iter().zip(index);
            let place = kept.fold(0, |place, (&size, &i)| place * size + if size == 1 { 0 } else { i });
            groups[place].push(*at.next().unwrap());
        });
        Tensor::new(&reduction.result, groups.iter().map(|group| f(group)).collect())
    }

    /// `f` of the lane along `axis` through each element, and its place in it; the axis has size `count` in the result.
    pub(in crate::op) fn lanes(
        x: &Tensor<f64>,
        axis: isize,
        count: usize,
        f: impl Fn(&[f64], usize) -> f64,
    ) -> Tensor<f64> {
        let axis = x.shape().axis(axis).unwrap();
        let shape = Shape::new(x.shape().iter().enumerate().map(|(at, &size)| if at == axis { count } else { size }));
        from_index(&shape, |index| {
            let lane: Vec<f64> = (0..x.shape()[axis])
                .map(|k| {
                    let mut own = index.to_vec();
                    own[axis] = k;
                    x.at(&own)
                })
                .collect();
            f(&lane, index[axis])
        })
    }

    /// Numbers of both signs and of different sizes, none near another or near 0: no kink is near.
    pub(in crate::op) fn apart(draw: &mut Draw, shape: &Shape) -> Tensor<f64> {
        let order = draw.permutation(shape.elements());
        let sizes = order.iter().map(|&size| (0.3 + 0.1 * size as f64) * if draw.flag() { 1.0 } else { -1.0 });
        Tensor::new(shape, sizes.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::sum_of;

    #[test]
    fn long_sums_are_pairwise() {
        let x: Vec<f32> = (0..1_000_003).map(|i| 0.1 + i as f32 * 1e-7).collect();
        let exact: f64 = x.iter().map(|&x| f64::from(x)).sum();
        assert!((f64::from(sum_of(&x, |x| x)) / exact - 1.0).abs() < 2e-7);
        for count in [0, 1, 7, 8, 127, 128, 129, 256, 383, 384, 385, 1024, 5000] {
            let x: Vec<f64> = (0..count).map(f64::from).collect();
            let square = |x: f64| x * x;
            assert_eq!(sum_of(&x, square), x.iter().map(|&x| square(x)).sum::<f64>());
        }
    }
}
