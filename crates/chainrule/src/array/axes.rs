//! Which axes a reduction runs over, and what it makes of a shape.

use super::shape::Shape;
use smallvec::SmallVec;

/// The axes of a reduction, as an operation keeps them.
#[derive(Clone, Debug)]
pub struct AxisSet {
    list: Option<SmallVec<[isize; 6]>>,
    keep: bool,
}

impl AxisSet {
    /// These axes.
    #[expect(clippy::needless_pass_by_value, reason = "axes are written in place, and small")]
    pub fn new(axes: impl Axes) -> Self {
        Self { list: axes.list().map(Iterator::collect), keep: axes.keep() }
    }

    /// Whether these are all axes, and the result is one number without axes.
    pub(crate) fn are_all(&self) -> bool {
        self.list.is_none() && !self.keep
    }

    /// The length of a row and the shape of the result, where the last axis of `shape` is all that is reduced, and longer than 1: then the
    /// elements that become one lie together.
    pub(crate) fn rows(&self, shape: &Shape) -> Option<(usize, Shape)> {
        let (&[axis], Some((&length, leading))) = (self.list.as_deref()?, shape.split_last()) else { return None };
        if length < 2 || shape.axis(axis) != Some(leading.len()) {
            return None;
        }
        let mut result = Shape::from(leading);
        if self.keep {
            result.push(1);
        }
        Some((length, result))
    }

    /// What becomes of `shape` when these axes are reduced.
    ///
    /// # Panics
    /// When an axis does not exist or is named twice, in the name of `operation`.
    #[track_caller]
    pub fn reduce(&self, operation: &str, shape: &Shape) -> Reduction {
        let mut reduced: SmallVec<[bool; 6]> = SmallVec::from_elem(self.list.is_none(), shape.len());
        for &axis in self.list.iter().flatten() {
            let place = shape.axis_of(operation, axis);
            assert!(!reduced[place], "{operation}: axis {axis} of shape {shape} is named twice");
            reduced[place] = true;
        }
        let sizes = || shape.iter().zip(&reduced);
        let kept = Shape::new(sizes().map(|(&size, &reduced)| if reduced { 1 } else { size }));
        let left = Shape::new(sizes().filter(|&(_, &reduced)| !reduced).map(|(&size, _)| size));
        let count = sizes().filter(|&(_, &reduced)| reduced).map(|(&size, _)| size).product();
        Reduction { result: if self.keep { kept.clone() } else { left }, kept, count }
    }
}

/// What becomes of a shape when some of its axes are reduced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reduction {
    /// The shape of the result.
    pub result: Shape,
    /// The shape with size 1 along the reduced axes: it has the elements of the result, and broadcasts to the operand.
    pub kept: Shape,
    /// How many elements become one.
    pub count: usize,
}

/// Which axes a reduction runs over, and whether they stay with size 1.
///
/// A number is one axis (negative ones count from the back), an array or slice several, `..` all;
/// [`keepdims`] around any of them keeps the reduced axes with size 1.
pub trait Axes {
    /// The axes as they were written, or none for all.
    fn list(&self) -> Option<impl Iterator<Item = isize>>;
    /// Whether the reduced axes stay.
    fn keep(&self) -> bool {
        false
    }
}

impl Axes for std::ops::RangeFull {
    fn list(&self) -> Option<impl Iterator<Item = isize>> {
        None::<std::iter::Empty<isize>>
    }
}

/// An integer that may name an axis.
pub trait AxisNumber: Copy {
    /// The axis; negative ones count from the back.
    fn number(self) -> isize;
}
impl AxisNumber for isize {
    fn number(self) -> isize {
        self
    }
}
impl AxisNumber for i32 {
    fn number(self) -> isize {
        self as isize
    }
}
impl AxisNumber for usize {
    fn number(self) -> isize {
        isize::try_from(self).unwrap_or(isize::MAX)
    }
}

macro_rules! axis_lists {
    ($($integer:ident)*) => { $(
        impl Axes for $integer {
            fn list(&self) -> Option<impl Iterator<Item = isize>> {
                Some(std::iter::once(self.number()))
            }
        }
    )* };
}
axis_lists!(isize i32 usize);
impl<I: AxisNumber, const N: usize> Axes for [I; N] {
    fn list(&self) -> Option<impl Iterator<Item = isize>> {
        Some(self.iter().map(|axis| axis.number()))
    }
}
impl<I: AxisNumber> Axes for &[I] {
    fn list(&self) -> Option<impl Iterator<Item = isize>> {
        Some(self.iter().map(|axis| axis.number()))
    }
}

/// Axes that stay with size 1; see [`keepdims`].
#[derive(Clone, Copy, Debug)]
pub struct KeepDims<A>(A);

/// The same axes, kept with size 1 in the result, so that it broadcasts against the operand.
///
/// ```
/// use chainrule::prelude::*;
/// let x = Tensor::from([[1.0, 2.0], [3.0, 5.0]]);
/// assert_eq!(x.mean_along(keepdims(1)).shape(), [2, 1]);
/// ```
pub fn keepdims<A: Axes>(axes: A) -> KeepDims<A> {
    KeepDims(axes)
}

impl<A: Axes> Axes for KeepDims<A> {
    fn list(&self) -> Option<impl Iterator<Item = isize>> {
        self.0.list()
    }
    fn keep(&self) -> bool {
        true
    }
}
