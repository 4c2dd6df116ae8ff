//! Parts of a tensor: ranges with steps, single places, axes walked backwards.

use crate::array::shape::{Shape, Steps, signed};
use crate::array::strided::{Layout, copy, scatter_add};
use crate::array::{AxisNumber, Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::ops::{Bound, Range};

mod places;
mod split;
use places::Part;
pub use places::{Slice, Span, at, s};

/// `y[i, j, ...] = x[a + k i, b + l j, ...]`: along each axis a range with a step, or one place, which drops the axis.
///
/// The gradient goes back to the places that were taken and is 0 elsewhere: the same walk over `x`, the other way. A part that
/// lies together in `x` is not copied.
#[derive(Clone, Debug)]
pub struct Slicing {
    operation: &'static str,
    /// The one axis that is sliced; without it, the first axes are, and the others stay whole.
    axis: Option<isize>,
    slices: SmallVec<[Slice; 6]>,
}

/// A part of a tensor: its shape, and how the tensor lies beneath it.
struct View {
    shape: Shape,
    layout: Layout,
}

impl View {
    /// Whether the part is one stretch of the tensor, in its order.
    fn is_together(&self) -> bool {
        let dense = self.shape.steps();
        let mut axes = self.shape.iter().zip(dense.iter().zip(&self.layout.steps));
        self.shape.elements() > 0 && axes.all(|(&size, (dense, step))| size == 1 || dense == step)
    }
}

impl Slicing {
    #[track_caller]
    fn view(&self, x: &Shape) -> View {
        let slices = &self.slices;
        let first = match self.axis {
            Some(axis) => x.axis_of(self.operation, axis),
            None => 0,
        };
        assert!(
            slices.len() <= x.len(),
            "{}: there are {} slices, but shape {x} has {} axes; give at most one for each",
            self.operation,
            slices.len(),
            x.len()
        );
        let (mut shape, mut start, mut steps) = (Shape::default(), 0, Steps::new());
        for (axis, stride) in x.steps().into_iter().enumerate() {
            let slice = axis.checked_sub(first).and_then(|number| slices.get(number)).copied().unwrap_or(Slice::WHOLE);
            let place = match slice.0 {
                Part::At(place) => self.place(x, axis, place),
                Part::Span { step, .. } => {
                    let range = self.range(x, axis, slice);
                    let count = range.len().div_ceil(step.unsigned_abs());
                    shape.push(count);
                    // a step that is never taken could be beyond what can be multiplied
                    steps.push(if count > 1 { step * stride } else { stride });
                    if step < 0 { range.end.max(1) - 1 } else { range.start }
                }
            };
            start += place * stride.unsigned_abs();
        }
        View { shape, layout: Layout { start, steps } }
    }

    #[track_caller]
    fn place(&self, x: &Shape, axis: usize, place: isize) -> usize {
        let counted = if place < 0 { place + signed(x[axis]) } else { place };
        match usize::try_from(counted) {
            Ok(counted) if counted < x[axis] => counted,
            _ => panic!(
                "{}: there is no place {place} along axis {axis} of shape {x}, which has size {}; places go from 0, or \
                 from -1 backwards",
                self.operation, x[axis]
            ),
        }
    }

    #[track_caller]
    fn range(&self, x: &Shape, axis: usize, slice: Slice) -> Range<usize> {
        let Part::Span { from, to, .. } = slice.0 else { return 0..x[axis] };
        let size = signed(x[axis]);
        let counted = |bound: isize| if bound < 0 { bound + size } else { bound };
        let start = match from {
            Bound::Included(from) => counted(from),
            Bound::Excluded(from) => counted(from).saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match to {
            Bound::Included(to) => counted(to).saturating_add(1),
            Bound::Excluded(to) => counted(to),
            Bound::Unbounded => size,
        };
        match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) if start <= end && end <= x[axis] => start..end,
            _ => panic!(
                "{}: the range {slice} does not lie within axis {axis} of shape {x}, which has size {size}; bounds go from \
                 0 to {size}, negative ones count from the back, and the first must not be beyond the second",
                self.operation
            ),
        }
    }
}

impl<T: Element> Op<T, 1> for Slicing {
    const NAME: &'static str = "slice";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let view = self.view(x.shape());
        if view.is_together() {
            let flat = x.with_shape(Shape::from([x.len()]));
            return flat.rows(view.layout.start..view.layout.start + view.shape.elements()).with_shape(view.shape);
        }
        pool.filled(&view.shape, |y| copy(&view.shape, x.as_slice(), &view.layout, y))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let view = self.view(x.shape());
        if view.is_together() && upstream.len() == x.len() {
            return into.add(0, |_| upstream.with_shape(x.shape().clone()));
        }
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            T::loops(|| scatter_add(&view.shape, upstream.as_slice(), &view.layout, sum));
        });
    }

    fn name(&self) -> Cow<'static, str> {
        let slices: SmallVec<[String; 6]> = match (self.operation, self.axis) {
            ("flip", Some(axis)) => std::iter::once(axis.to_string()).collect(),
            (_, axis) => {
                axis.iter().map(ToString::to_string).chain(self.slices.iter().map(ToString::to_string)).collect()
            }
        };
        Cow::Owned(format!("{}({})", self.operation, slices.join(", ")))
    }
}

/// One slice of one axis, in the name of `operation`.
fn along(operation: &'static str, axis: isize, slice: Slice) -> Slicing {
    Slicing { operation, axis: Some(axis), slices: std::iter::once(slice).collect() }
}

methods! {
    /// A part of this value: one [`s`] or [`at`] for each axis, from the first; axes that are not named stay whole. Places
    /// and bounds count from the back where they are negative.
    ///
    /// Its gradient is the upstream gradient at the places that were taken, and 0 elsewhere.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::{at, s};
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]));
    /// assert_eq!(x.slice([s(..), s(1..)]).value(), Tensor::from([[2.0, 3.0], [5.0, 6.0]]));
    /// assert_eq!(x.slice([at(-1)]).value(), Tensor::from([4.0, 5.0, 6.0]));
    /// let y = x.slice([at(0), s(..).step(-2)]);
    /// assert_eq!(y.value(), Tensor::from([3.0, 1.0]));
    /// assert_eq!(y.sum().backward().of(x).to_vec(), [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When there are more slices than axes, or one reaches beyond its axis (nothing is cut off silently).
    fn slice(x; slices: impl AsRef<[Slice]>) =>
        Slicing { operation: "slice", axis: None, slices: slices.as_ref().iter().copied().collect() };

    /// The places `range` of one axis, which stays: `x.narrow(1, 0..3)`, `x.narrow(0, -1..)`.
    ///
    /// Its gradient is the upstream gradient at these places, and 0 elsewhere.
    ///
    /// # Panics
    /// When the axis does not exist, or the range reaches beyond it.
    fn narrow(x; axis: isize, range: impl Span) => along("narrow", axis, s(range));

    /// What stands at one place of an axis, which is dropped; a negative place counts from the back.
    ///
    /// Its gradient is the upstream gradient at this place, and 0 elsewhere.
    ///
    /// # Panics
    /// When the axis or the place does not exist.
    fn index(x; axis: isize, place: impl AxisNumber) => along("index", axis, at(place));

    /// One axis in reverse order. Its gradient is the upstream gradient, reversed.
    ///
    /// # Panics
    /// When the axis does not exist.
    fn flip(x; axis: isize) => along("flip", axis, s(..).step(-1));
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw, broadcast_at, from_index};

/// A random slice of an axis of this size, and the places that it takes by definition.
#[cfg(test)]
fn drawn(draw: &mut Draw, size: usize) -> (Slice, Vec<usize>) {
    // counted from the front or from the back; the end of the axis has no number from the back
    let counted = |place: usize, back: bool| signed(place) - if back && place < size { signed(size) } else { 0 };
    if size > 0 && draw.below(4) == 0 {
        let place = draw.below(size);
        return (Slice(Part::At(counted(place, draw.flag()))), vec![place]);
    }
    let start = draw.below(size + 1);
    let end = start + draw.below(size - start + 1);
    let from = Bound::Included(counted(start, draw.flag()));
    let to = match draw.below(3) {
        0 if end > 0 => Bound::Included(counted(end - 1, draw.flag())),
        1 if end == size => Bound::Unbounded,
        _ => Bound::Excluded(counted(end, draw.flag())),
    };
    let step = [1, 1, -1, 2, -2, 3, -7][draw.below(7)];
    let mut places: Vec<usize> = (start..end).collect();
    if step < 0 {
        places.reverse();
    }
    (Slice(Part::Span { from, to, step }), places.into_iter().step_by(step.unsigned_abs()).collect())
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let x = draw.tensor(&shape);
        let count = draw.below(shape.len() + 1);
        let (mut slices, mut places) = (SmallVec::new(), Vec::new());
        for (axis, &size) in shape.iter().enumerate() {
            let (slice, taken) = if axis < count { drawn(draw, size) } else { (Slice::WHOLE, (0..size).collect()) };
            if axis < count {
                slices.push(slice);
            }
            places.push((matches!(slice.0, Part::At(_)), taken));
        }
        Case::new(Slicing { operation: "slice", axis: None, slices }, [x], move |[x]| {
            let sizes = places.iter().filter(|(dropped, _)| !dropped).map(|(_, places)| places.len());
            from_index(&Shape::new(sizes), |index| {
                let mut index = index.iter();
                let place =
                    |(dropped, places): &(bool, Vec<usize>)| places[if *dropped { 0 } else { *index.next().unwrap() }];
                broadcast_at(x, &places.iter().map(place).collect::<Vec<_>>())
            })
        })
    });
    check.each(|draw| {
        let shape = draw.shape();
        let axis = draw.axis(&shape)?;
        let counted = shape.axis(axis).unwrap();
        let (slice, places) = drawn(draw, shape[counted]);
        let x = draw.tensor(&shape);
        Some(Case::new(along("narrow", axis, slice), [x], move |[x]| {
            let dropped = matches!(slice.0, Part::At(_));
            let mut sizes = x.shape().to_vec();
            sizes[counted] = places.len();
            let picked = from_index(&Shape::from(sizes.as_slice()), |index| {
                let mut index = index.to_vec();
                index[counted] = places[index[counted]];
                broadcast_at(x, &index)
            });
            if dropped {
                sizes.remove(counted);
            }
            picked.reshape(&sizes[..])
        }))
    });
}

#[cfg(test)]
mod tests {
    use super::{at, s};
    use crate::prelude::*;

    fn table() -> Tensor<f64> {
        Tensor::new([3, 4], (0..12).map(f64::from).collect())
    }

    /// `NumPy`: `x[1:, ::2]`, `x[:, 1:3][:, ::-1]`, `x[-1]`, `x[0, -3:-1]`, `x[2:2]`
    #[test]
    fn the_notations_of_numpy() {
        let x = table();
        assert_eq!(x.slice([s(1..), s(..).step(2)]), Tensor::from([[4.0, 6.0], [8.0, 10.0]]));
        assert_eq!(x.slice([s(..), s(1..3).step(-1)]), Tensor::from([[2.0, 1.0], [6.0, 5.0], [10.0, 9.0]]));
        assert_eq!(x.slice([at(-1)]), Tensor::from([8.0, 9.0, 10.0, 11.0]));
        assert_eq!(x.slice([at(0), s(-3..-1)]), Tensor::from([1.0, 2.0]));
        assert_eq!(x.slice([s(2..2)]).shape(), &[0, 4][..]);
        assert_eq!(x.slice([s(..=-2), at(0usize)]), Tensor::from([0.0, 4.0]));
        assert_eq!(x.slice([s(..).step(isize::MIN), at(1)]), Tensor::from([9.0]));
        assert_eq!(x.slice([]), x);
        assert_eq!(x.flip(0).index(0, 0), x.index(0, -1));
    }

    #[test]
    fn a_part_that_lies_together_is_not_copied() {
        let x = table();
        let part = x.narrow(0, 1..3);
        assert_eq!(part.as_slice().as_ptr(), x.as_slice()[4..].as_ptr());
        assert_eq!(x.slice([at(1), s(1..3)]).as_slice().as_ptr(), x.as_slice()[5..].as_ptr());
    }

    #[test]
    fn the_gradient_is_exactly_zero_elsewhere() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([f64::INFINITY, 4.0, f64::NAN]));
        let g = x.narrow(0, 1..2).sqrt().sum().backward();
        assert_eq!(g.of(x).to_vec(), [0.0, 0.25, 0.0]);
    }

    #[test]
    fn tables_show_what_was_taken() {
        let tape = TensorTape::traced();
        let x = tape.var(table());
        let y = x.slice([at(1), s(..3).step(2)]).sum() + x.narrow(1, 1..=2).flip(0).index(-1, 0).sum();
        let steps = format!("{:?}", tape.table(&y.backward()));
        for name in ["slice(1, ..3 by 2)", "narrow(1, 1..=2)", "flip(0)", "index(-1, 0)"] {
            assert!(steps.contains(name), "{steps}");
        }
    }

    #[test]
    #[should_panic(expected = "slice: the range 2..5 does not lie within axis 1 of shape [3, 4], which has size 4")]
    fn a_range_beyond_the_axis_is_refused() {
        let _ = table().slice([s(..), s(2..5)]);
    }

    #[test]
    #[should_panic(expected = "index: there is no place -4 along axis 0 of shape [3, 4], which has size 3")]
    fn a_place_beyond_the_axis_is_refused() {
        let _ = table().index(0, -4);
    }

    #[test]
    #[should_panic(expected = "slice: there are 3 slices, but shape [3, 4] has 2 axes")]
    fn too_many_slices_are_refused() {
        let _ = table().slice([s(..), s(..), at(0)]);
    }

    #[test]
    #[should_panic(expected = "step: 0 would stay")]
    fn a_step_of_nothing_is_refused() {
        let _ = s(..).step(0);
    }
}
