//! Elements in order, and the greatest of them.

use super::along::Lanes;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tape::Var;
use crate::tensor::{Op, Sink, evaluate, record};
use chainrule_kernels::product::Onto;
use std::cmp::Ordering;

/// The elements along an axis in ascending order, NaN last; the gradient goes back to the places that they came from. Equal
/// elements stay in the order in which they stood.
#[derive(Clone, Debug)]
pub struct Sort {
    axis: isize,
    /// Where along the axis each element of the result came from.
    places: Option<Tensor<usize>>,
}

/// The `k` greatest elements along an axis, the greatest first; the gradient goes back to the places that they came from. NaN
/// counts as the greatest, and of equal elements the first comes first.
#[derive(Clone, Debug)]
pub struct TopK {
    axis: isize,
    /// Where along the axis each element of the result came from.
    places: Tensor<usize>,
}

/// By value, NaN last.
#[inline(always)]
fn ascending<T: Element>(a: T, b: T) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Puts the places along each lane of `x`, in the order of their elements, into `places`: all of them in ascending order, or
/// those of the `greatest` ones in descending order. `own` is room for the places of one lane.
fn arrange<T: Element>(x: &[T], lanes: Lanes, greatest: Option<usize>, places: &mut [usize], own: &mut [usize]) {
    let Lanes { count, inner, .. } = lanes;
    let chosen = greatest.unwrap_or(count);
    if chosen == 0 {
        return;
    }
    lanes.each(|start, lane| {
        let at = |place: usize| x[start + place * inner];
        own.iter_mut().enumerate().for_each(|(place, own)| *own = place);
        // the places tell equal elements apart, so that a way of sorting that needs no memory is a stable one
        if greatest.is_none() {
            own.sort_unstable_by(|&a, &b| ascending(at(a), at(b)).then(a.cmp(&b)));
        } else {
            let descending = |a: &usize, b: &usize| ascending(at(*b), at(*a)).then(a.cmp(b));
            own.select_nth_unstable_by(chosen - 1, descending);
            own[..chosen].sort_unstable_by(descending);
        }
        let first = lane / inner * chosen * inner + lane % inner;
        let to = places[first..].iter_mut().step_by(inner);
        to.zip(&own[..chosen]).for_each(|(to, &place)| *to = place);
    });
}

/// Shows each element of a result along with where it came from to `visit`.
#[inline(always)]
fn each_pair(places: &[usize], lanes: Lanes, chosen: usize, mut visit: impl FnMut(usize, usize)) {
    let Lanes { count, inner, blocks } = lanes;
    let mut at = 0;
    for block in 0..blocks {
        for _ in 0..chosen {
            for i in 0..inner {
                visit(at, (block * count + places[at]) * inner + i);
                at += 1;
            }
        }
    }
}

/// The elements that came from `places`.
fn collect<T: Element>(x: &Tensor<T>, axis: usize, places: &Tensor<usize>, pool: &Pool<T>) -> Tensor<T> {
    pool.filled(places.shape(), |y| {
        let x_elements = x.as_slice();
        each_pair(places.as_slice(), Lanes::new(x.shape(), axis), places.shape()[axis], |to, from| {
            y[to] = x_elements[from];
        });
    })
}

/// The upstream gradient, back where the elements came from.
fn send_back<T: Element>(
    (x, axis, places): (&Shape, usize, &Tensor<usize>),
    upstream: &Tensor<T>,
    into: &mut Sink<'_, T>,
) {
    let nothing = into.nothing();
    into.accumulate(0, |sum, onto| {
        if onto == Onto::Fresh {
            sum.fill(nothing);
        }
        let upstream = upstream.as_slice();
        each_pair(places.as_slice(), Lanes::new(x, axis), places.shape()[axis], |from, to| sum[to] += upstream[from]);
    });
}

impl<T: Element> Op<T, 1> for Sort {
    const NAME: &'static str = "sort";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let axis = x.shape().axis_of("sort", self.axis);
        let lanes = Lanes::new(x.shape(), axis);
        let (mut places, mut own) = (pool.scratch_indices(x.shape()), pool.scratch_indices([lanes.count]));
        arrange(x.as_slice(), lanes, None, places.as_mut_slice(), own.as_mut_slice());
        pool.give_indices(own);
        let y = collect(x, axis, &places, pool);
        self.places = Some(places);
        y
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let places = self.places.as_ref().expect("the forward pass noted the places");
        send_back((x.shape(), x.shape().axis_of("sort", self.axis), places), upstream, into);
    }

    fn forget(&mut self, pool: &Pool<T>) {
        if let Some(places) = self.places.take() {
            pool.give_indices(places);
        }
    }
}

impl<T: Element> Op<T, 1> for TopK {
    const NAME: &'static str = "top_k";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        collect(x, x.shape().axis_of("top_k", self.axis), &self.places, pool)
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        send_back((x.shape(), x.shape().axis_of("top_k", self.axis), &self.places), upstream, into);
    }
}

impl TopK {
    /// The `k` greatest elements of `x` along `axis`.
    #[track_caller]
    fn new<T: Element>(x: &Tensor<T>, k: usize, axis: isize) -> Self {
        let at = x.shape().axis_of("top_k", axis);
        let lanes = Lanes::new(x.shape(), at);
        assert!(
            k <= lanes.count,
            "top_k: the operand has shape {}, and so {} elements along axis {at}; there are no {k} greatest among them",
            x.shape(),
            lanes.count
        );
        let mut shape = x.shape().clone();
        shape.set(at, k);
        let mut places = vec![0; shape.elements()];
        arrange(x.as_slice(), lanes, Some(k), &mut places, &mut vec![0; lanes.count]);
        Self { axis, places: Tensor::new(shape, places) }
    }
}

methods! {
    /// The elements along `axis` in ascending order, NaN last; equal ones stay in the order in which they stood.
    ///
    /// Its gradient goes back to the places that the elements came from.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([3.0, 1.0, 2.0]));
    /// let y = x.sort(0);
    /// assert_eq!(y.value().to_vec(), [1.0, 2.0, 3.0]);
    /// assert_eq!((y * Tensor::from([10.0, 20.0, 30.0])).sum().backward().of(x).to_vec(), [30.0, 10.0, 20.0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    fn sort(x; axis: isize) => Sort { axis, places: None };
}

impl<T: Element> Tensor<T> {
    /// Where along `axis` the elements stand, in ascending order, NaN last; equal ones in the order in which they stand.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::from([3.0, 1.0, 2.0]).argsort(0).to_vec(), [1, 2, 0]);
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist.
    #[must_use]
    #[track_caller]
    pub fn argsort(&self, axis: isize) -> Tensor<usize> {
        let lanes = Lanes::new(self.shape(), self.shape().axis_of("argsort", axis));
        let mut places = vec![0; self.len()];
        arrange(self.as_slice(), lanes, None, &mut places, &mut vec![0; lanes.count]);
        Tensor::new(self.shape(), places)
    }

    /// The `k` greatest elements along `axis`, the greatest first, and where along the axis they stand. NaN counts as the
    /// greatest, and of equal elements the first comes first.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let (values, places) = Tensor::from([3.0, 1.0, 2.0]).top_k(2, 0);
    /// assert_eq!((values.to_vec(), places.to_vec()), (vec![3.0, 2.0], vec![0, 2]));
    /// ```
    ///
    /// # Panics
    /// When the axis does not exist, or has fewer elements than `k`.
    #[must_use]
    #[track_caller]
    pub fn top_k(&self, k: usize, axis: isize) -> (Self, Tensor<usize>) {
        let op = TopK::new(self, k, axis);
        let places = op.places.clone();
        (evaluate(op, [self]), places)
    }
}

impl<T: Element> Var<'_, Tensor<T>> {
    /// Where along `axis` the elements stand, in ascending order; see [`Tensor::argsort`]. No gradient flows through it.
    ///
    /// # Panics
    /// When the axis does not exist.
    #[must_use]
    #[track_caller]
    pub fn argsort(self, axis: isize) -> Tensor<usize> {
        self.value().argsort(axis)
    }

    /// The `k` greatest elements along `axis`, the greatest first, and where along the axis they stand; see
    /// [`Tensor::top_k`]. The gradient goes back to the places that the elements came from.
    ///
    /// # Panics
    /// When the axis does not exist, or has fewer elements than `k`.
    #[must_use]
    #[track_caller]
    pub fn top_k(self, k: usize, axis: isize) -> (Self, Tensor<usize>) {
        let op = TopK::new(&self.value(), k, axis);
        let places = op.places.clone();
        (record(op, [self]), places)
    }
}

#[cfg(test)]
use super::{
    along::plain,
    checking::{Case, Checks},
};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    let in_order = |lane: &[f64]| {
        let mut lane = lane.to_vec();
        lane.sort_by(f64::total_cmp);
        lane
    };
    check.each(|draw| {
        let axis = draw.axis(&draw.shape())?;
        let x = plain::apart(draw, &draw.shape());
        let count = x.shape()[x.shape().axis(axis)?];
        Some(Case::new(Sort { axis, places: None }, [x], move |[x]| {
            plain::lanes(x, axis, count, |lane, k| in_order(lane)[k])
        }))
    });
    check.each(|draw| {
        let axis = draw.axis(&draw.shape())?;
        let x = plain::apart(draw, &draw.shape());
        let k = draw.below(x.shape()[x.shape().axis(axis)?] + 1);
        Some(Case::new(TopK::new(&x, k, axis), [x], move |[x]| {
            plain::lanes(x, axis, k, |lane, k| in_order(lane)[lane.len() - 1 - k])
        }))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn nan_is_last_and_the_order_stable() {
        // numpy: np.argsort([2, nan, 1, 2, -0., nan, 0.], kind="stable") = [4 6 2 0 3 1 5]
        let x = Tensor::from([2.0, f64::NAN, 1.0, 2.0, -0.0, f64::NAN, 0.0]);
        assert_eq!(x.argsort(-1).to_vec(), [4, 6, 2, 0, 3, 1, 5]);
        assert_eq!(x.sort(0).rows(0..5).to_vec(), [0.0, 0.0, 1.0, 2.0, 2.0]);
        // torch.topk counts NaN as the greatest
        let (values, places) = x.top_k(4, 0);
        assert_eq!(places.to_vec(), [1, 5, 0, 3]);
        assert!(values[[1]].is_nan() && values[[2]] == 2.0);
    }

    #[test]
    fn many_equal_elements_stay_in_order() {
        let x = Tensor::new([1000], (0..1000).map(|i| f64::from(i % 3)).collect());
        let expected: Vec<usize> = (0..3).flat_map(|rest| (rest..1000).step_by(3)).collect();
        assert_eq!(x.argsort(0).to_vec(), expected);
    }

    #[test]
    fn gradients_are_added_to_those_that_arrived() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([[3.0, 1.0], [2.0, 5.0], [0.0, 4.0]]));
        let (greatest, places) = x.top_k(1, 0);
        assert_eq!((greatest.value(), places), (Tensor::from([[3.0, 5.0]]), Tensor::from([[0, 1]])));
        let weights = Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
        let gradient = ((x.sort(0) * &weights).sum() + greatest.sum()).backward().of(x);
        assert_eq!(gradient, Tensor::from([[6.0, 2.0], [3.0, 7.0], [1.0, 4.0]]));
        assert_eq!(x.argsort(1).to_vec(), [1, 0, 0, 1, 0, 1]);
    }

    #[test]
    fn nothing_to_sort() {
        let x = Tensor::<f64>::zeros([2, 0, 3]);
        assert_eq!((x.sort(1).shape(), x.argsort(0).shape()), (x.shape(), x.shape()));
        assert_eq!(x.top_k(0, 1).0.shape(), [2, 0, 3]);
        assert_eq!(Tensor::<f64>::zeros([2, 4]).top_k(0, 1).1.shape(), [2, 0]);
    }

    #[test]
    #[should_panic(expected = "top_k: the operand has shape [2, 3], and so 3 elements along axis 1; there are no 4")]
    fn more_than_there_are_is_an_error() {
        let _ = Tensor::<f64>::zeros([2, 3]).top_k(4, -1);
    }
}
