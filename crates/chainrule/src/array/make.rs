//! Tensors from arrays, from vectors and from formulas.

use super::Tensor;
use super::shape::Shape;
use crate::number::{Dual, DualVector, Taylor};
use crate::real::Real;
use num_traits::{Float, Num, NumCast, One, ToPrimitive, Zero};
use smallvec::SmallVec;
use std::cmp::Ordering;
use std::fmt::Display;

/// What the arrays in `Tensor::from([[..], ..])` may hold at their innermost level: numbers, not arrays, so that the depth of
/// the nesting is the rank.
#[diagnostic::on_unimplemented(
    message = "no tensor is made from nested arrays of `{Self}`",
    label = "`{Self}` is not the element of a tensor",
    note = "numbers are written with a point, as in `Tensor::from([1.0, 2.0])`; indices and labels are `usize`, as in \
            `Tensor::<usize>::from([0, 2])`; arrays may be nested five deep, further axes come from `reshape`"
)]
pub trait Nestable: Copy {}

macro_rules! nestable {
    ($($Kind:ident)*) => { $( impl Nestable for $Kind {} )* };
}
nestable!(f32 f64 bool usize i64 u8);
impl<T: Real> Nestable for Dual<T> {}
impl<T: Real, const L: usize> Nestable for DualVector<T, L> {}
impl<T: Real, const K: usize> Nestable for Taylor<T, K> {}

/// `impl From<[[T; B]; A]>` for the sizes given, from the outermost; each flattening but the last takes one level away.
macro_rules! from_nested {
    ($($size:ident)*; $nested:ty $(, $flat:ident)*) => {
        impl<T: Nestable, $(const $size: usize),*> From<$nested> for Tensor<T> {
            fn from(nested: $nested) -> Self {
                Self::new([$($size),*], nested.as_slice()$(.$flat())*.to_vec())
            }
        }
    };
}
from_nested!(A; [T; A]);
from_nested!(A B; [[T; B]; A], as_flattened);
from_nested!(A B C; [[[T; C]; B]; A], as_flattened, as_flattened);
from_nested!(A B C D; [[[[T; D]; C]; B]; A], as_flattened, as_flattened, as_flattened);
from_nested!(A B C D E; [[[[[T; E]; D]; C]; B]; A], as_flattened, as_flattened, as_flattened, as_flattened);

/// One axis; the elements are taken over, not copied.
impl<T> From<Vec<T>> for Tensor<T> {
    fn from(elements: Vec<T>) -> Self {
        Self::new([elements.len()], elements)
    }
}

impl<T: Clone> Tensor<T> {
    /// A tensor of this shape with a copy of these elements, in row-major order.
    ///
    /// # Panics
    /// When the number of elements is not that of the shape.
    #[track_caller]
    pub fn from_slice(shape: impl Into<Shape>, elements: &[T]) -> Self {
        let shape = shape.into();
        assert!(
            shape.elements() == elements.len(),
            "from_slice: shape {shape} has {} elements, but the slice has {}",
            shape.elements(),
            elements.len()
        );
        Self::new(shape, elements.to_vec())
    }

    /// A matrix with these rows, as they come from a file; no rows make a tensor of shape `[0, 0]`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let rows = [vec![1.0, 2.0], vec![3.0, 4.0]];
    /// assert_eq!(Tensor::from_rows(&rows).shape(), [2, 2]);
    /// ```
    ///
    /// # Panics
    /// When the rows differ in length.
    #[track_caller]
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Self {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut elements = Vec::with_capacity(rows.len() * columns);
        for (at, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            assert!(
                row.len() == columns,
                "from_rows: row {at} has {} elements, but row 0 has {columns}: pad the short rows, or drop them",
                row.len()
            );
            elements.extend_from_slice(row);
        }
        Self::new([rows.len(), columns], elements)
    }

    /// Every element is `value`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::full([2, 2], 0.5), Tensor::from([[0.5, 0.5], [0.5, 0.5]]));
    /// ```
    pub fn full(shape: impl Into<Shape>, value: T) -> Self {
        let shape = shape.into();
        let elements = vec![value; shape.elements()];
        Self::new(shape, elements)
    }
}

impl<T> Tensor<T> {
    /// The element at each index is what `value` makes of that index: one number for each axis, none for a single number.
    /// The indices come in row-major order.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let table = Tensor::from_fn([2, 3], |index| 10 * index[0] + index[1]);
    /// assert_eq!(table, Tensor::from([[0, 1, 2], [10, 11, 12]]));
    /// ```
    pub fn from_fn(shape: impl Into<Shape>, mut value: impl FnMut(&[usize]) -> T) -> Self {
        let shape = shape.into();
        let mut index: SmallVec<[usize; 6]> = shape.iter().map(|_| 0).collect();
        let mut elements = Vec::with_capacity(shape.elements());
        for _ in 0..shape.elements() {
            elements.push(value(&index));
            // the next index, like an odometer
            for (place, &size) in index.iter_mut().zip(shape.iter()).rev() {
                *place += 1;
                if *place < size {
                    break;
                }
                *place = 0;
            }
        }
        Self::new(shape, elements)
    }
}

impl<T: Zero + Clone> Tensor<T> {
    /// Every element is 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::<f32>::zeros([2, 3]).to_vec(), [0.0; 6]);
    /// ```
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::zero())
    }

    /// Zeros in the shape of this tensor.
    #[must_use]
    pub fn zeros_like(&self) -> Self {
        Self::zeros(self.shape())
    }
}

impl<T: One + Clone> Tensor<T> {
    /// Every element is 1.
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Self::full(shape, T::one())
    }

    /// Ones in the shape of this tensor.
    #[must_use]
    pub fn ones_like(&self) -> Self {
        Self::ones(self.shape())
    }
}

impl<T: Zero + One + Clone> Tensor<T> {
    /// The identity matrix, of shape `[n, n]`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::eye(2), Tensor::from([[1.0, 0.0], [0.0, 1.0]]));
    /// ```
    pub fn eye(n: usize) -> Self {
        Self::from_fn([n, n], |index| if index[0] == index[1] { T::one() } else { T::zero() })
    }

    /// A 1 at each label along a new last axis of size `classes`, and 0 elsewhere: shape `[..]` becomes `[.., classes]`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let labels = Tensor::from([0, 2]);
    /// assert_eq!(Tensor::one_hot(&labels, 3), Tensor::from([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]));
    /// ```
    ///
    /// # Panics
    /// When a label is not below `classes`.
    #[track_caller]
    pub fn one_hot(labels: &Tensor<usize>, classes: usize) -> Self {
        let shape = Shape::new(labels.shape().iter().copied().chain([classes]));
        let mut elements = vec![T::zero(); shape.elements()];
        for (at, &label) in labels.as_slice().iter().enumerate() {
            assert!(
                label < classes,
                "one_hot: label {label}, at place {at} of shape {}, is not below the {classes} classes: labels start at 0, so \
                 there must be one more class than the largest label",
                labels.shape()
            );
            elements[at * classes + label] = T::one();
        }
        Self::new(shape, elements)
    }
}

impl<T: Num + NumCast + PartialOrd + Copy + Display> Tensor<T> {
    /// `start`, `start + step`, `start + 2 step`, ... below `stop`, or above it when the step is negative: ⌈(stop - start) /
    /// step⌉ elements, as `numpy.arange` counts them, none where `stop` lies the other way. Each element is
    /// `start + i step`, so that rounding errors do not add up.
    ///
    /// With steps that are not exact in binary, whether a last element just below `stop` is there hangs on rounding; say
    /// the number of elements instead, with [`linspace`](Self::linspace).
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::arange(0.0, 2.0, 0.5), Tensor::from([0.0, 0.5, 1.0, 1.5]));
    /// assert_eq!(Tensor::<usize>::arange(0, 5, 2), Tensor::from([0, 2, 4]));
    /// ```
    ///
    /// # Panics
    /// When the step is 0 or NaN, and when there would be infinitely many elements.
    #[track_caller]
    pub fn arange(start: T, stop: T, step: T) -> Self {
        assert!(!step.is_zero(), "arange: the step is 0, so the end is never reached: give a step of another size");
        let Some(count) = steps_between(start, stop, step) else {
            panic!(
                "arange: from {start} to {stop} in steps of {step} there are not finitely many numbers: start, stop and step \
                 must be finite, and the step not tiny"
            )
        };
        let mut elements = Vec::with_capacity(count);
        for i in 0..count {
            // i step lies between 0 and stop - start, so it can be said in T
            let Some(i) = <T as NumCast>::from(i) else {
                panic!("arange: element {i} is beyond the range of its type")
            };
            elements.push(start + i * step);
        }
        elements.into()
    }
}

/// How many elements [`arange`](Tensor::arange) has; none if that is not a finite number.
fn steps_between<T: Num + NumCast + PartialOrd + Copy>(start: T, stop: T, step: T) -> Option<usize> {
    let (first, last) = match step.partial_cmp(&T::zero())? {
        Ordering::Less => (stop, start),
        _ => (start, stop),
    };
    // asked before subtracting, as unsigned numbers cannot go below 0
    if last <= first {
        return Some(0);
    }
    let span = stop - start;
    // division of whole numbers drops what is left over, that of floats does not
    let drops = (T::one() / (T::one() + T::one())).is_zero();
    let over = if drops && !(span % step).is_zero() { 1.0 } else { 0.0 };
    let count = ((span / step).to_f64()? + over).ceil();
    count.to_usize().filter(|_| count.is_finite())
}

impl<T: Float> Tensor<T> {
    /// `count` numbers from `start` to `stop`, evenly spaced, both ends exact: element `i` is `start + i (stop - start) /
    /// (count - 1)`. One element is `start`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::linspace(-1.0, 1.0, 5), Tensor::from([-1.0, -0.5, 0.0, 0.5, 1.0]));
    /// ```
    pub fn linspace(start: T, stop: T, count: usize) -> Self {
        let number = |i: usize| <T as NumCast>::from(i).unwrap_or_else(T::infinity);
        let step = (stop - start) / number(count.saturating_sub(1).max(1));
        let mut elements: Vec<T> = (0..count).map(|i| start + number(i) * step).collect();
        if let [_, .., last] = elements.as_mut_slice() {
            *last = stop;
        }
        elements.into()
    }
}
