//! Shapes and axes.

use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

/// The size of a tensor along each of its axes; none for a single number. Up to six axes need no allocation.
#[derive(Clone)]
pub struct Shape(Sizes);

/// How many axes need no allocation.
const FEW: usize = 6;

/// Plain memory, so that a clone is a copy of it, and nothing is to be dropped: with what each operation does to shapes, that is a good
/// part of what a small one costs.
#[derive(Clone, Copy)]
enum Sizes {
    /// So many of these; the others are 0.
    Few(usize, [usize; FEW]),
    /// Kept by [`forever`].
    Many(&'static [usize]),
}

/// Sizes that stay for the life of the program, the same ones once: shapes of so many axes are few.
#[cold]
fn forever(sizes: &[usize]) -> &'static [usize] {
    static KNOWN: Mutex<BTreeSet<&'static [usize]>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(sizes) {
        return known;
    }
    let new = Box::leak(Box::from(sizes));
    known.insert(new);
    new
}

impl Default for Shape {
    #[inline]
    fn default() -> Self {
        Self(Sizes::Few(0, [0; FEW]))
    }
}

impl PartialEq for Shape {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Sizes::Few(count, sizes), Sizes::Few(others, other)) => {
                // all of them without a branch; `==` of arrays calls a function
                let differs = sizes.iter().zip(other).fold(0, |differs, (size, other)| differs | (size ^ other));
                count == others && differs == 0
            }
            _ => **self == **other,
        }
    }
}

impl Eq for Shape {}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Shape {
    /// A shape with these sizes.
    pub fn new(sizes: impl IntoIterator<Item = usize>) -> Self {
        let mut shape = Self::default();
        sizes.into_iter().for_each(|size| shape.push(size));
        shape
    }

    /// Another axis behind the others.
    pub(crate) fn push(&mut self, size: usize) {
        match &mut self.0 {
            Sizes::Few(count, sizes) if *count < FEW => {
                sizes[*count] = size;
                *count += 1;
            }
            _ => self.0 = Sizes::Many(forever(&[&**self, &[size]].concat())),
        }
    }

    /// The same with another size along an axis.
    pub(crate) fn set(&mut self, axis: usize, size: usize) {
        match &mut self.0 {
            Sizes::Few(count, sizes) => sizes[..*count][axis] = size,
            Sizes::Many(sizes) => {
                let mut sizes = sizes.to_vec();
                sizes[axis] = size;
                self.0 = Sizes::Many(forever(&sizes));
            }
        }
    }

    /// Another axis before axis `axis`.
    pub(crate) fn insert(&mut self, axis: usize, size: usize) {
        *self = Self::new(self[..axis].iter().copied().chain([size]).chain(self[axis..].iter().copied()));
    }

    /// Without axis `axis`.
    pub(crate) fn remove(&mut self, axis: usize) {
        *self = Self::new(self[..axis].iter().chain(&self[axis + 1..]).copied());
    }

    /// How many elements a tensor of this shape has: 1 for a single number.
    ///
    /// # Panics
    /// When there are more than a machine word can count.
    #[track_caller]
    pub fn elements(&self) -> usize {
        let mut count = 1_usize;
        for &size in &**self {
            count = match count.checked_mul(size) {
                Some(count) => count,
                None if self.contains(&0) => 0,
                None => panic!("shape {self} has more elements than a machine word can count"),
            };
        }
        count
    }

    /// The steps between neighbours along each axis, in elements.
    pub(crate) fn steps(&self) -> Steps {
        let mut steps = Steps::from_elem(1, self.len());
        for axis in (1..self.len()).rev() {
            // a shape without elements may have sizes whose product is too large; then no step is taken
            steps[axis - 1] = steps[axis].wrapping_mul(signed(self[axis]));
        }
        steps
    }

    /// The shape that `self` and `other` broadcast to: aligned at the last axis, where sizes agree or one of them is 1.
    pub(crate) fn broadcast(&self, other: &Self) -> Option<Self> {
        if self == other {
            return Some(self.clone());
        }
        let rank = self.len().max(other.len());
        let size = |shape: &Self, axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis]);
        let mut sizes = Self::default();
        for axis in 0..rank {
            match (size(self, axis), size(other, axis)) {
                (a, b) if a == b => sizes.push(a),
                (1, b) => sizes.push(b),
                (a, 1) => sizes.push(a),
                _ => return None,
            }
        }
        Some(sizes)
    }

    /// `axis` counted from the front, where negative ones count from the back.
    pub(crate) fn axis(&self, axis: isize) -> Option<usize> {
        let counted = if axis < 0 { axis + signed(self.len()) } else { axis };
        usize::try_from(counted).ok().filter(|&axis| axis < self.len())
    }

    /// [`axis`](Self::axis), or a panic that names the operation.
    #[track_caller]
    pub(crate) fn axis_of(&self, operation: &str, axis: isize) -> usize {
        match self.axis(axis) {
            Some(axis) => axis,
            None if self.is_empty() => panic!("{operation}: there is no axis {axis} in a single number (shape [])"),
            None => panic!(
                "{operation}: there is no axis {axis} in shape {self}; axes go from 0 to {}, or from -{} to -1",
                self.len() - 1,
                self.len()
            ),
        }
    }
}

/// Distances between elements along each axis; negative ones go backwards, and 0 stays at the same element.
pub(crate) type Steps = SmallVec<[isize; 6]>;

#[expect(clippy::cast_possible_wrap, reason = "no allocation is larger than isize::MAX bytes, so no size or step is")]
pub(crate) fn signed(size: usize) -> isize {
    size as isize
}

impl Deref for Shape {
    type Target = [usize];
    #[inline]
    fn deref(&self) -> &[usize] {
        match &self.0 {
            Sizes::Few(count, sizes) => &sizes[..*count],
            Sizes::Many(sizes) => sizes,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &**self)
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[inline]
    fn from(sizes: [usize; N]) -> Self {
        Self::from(&sizes[..])
    }
}
impl From<&[usize]> for Shape {
    fn from(sizes: &[usize]) -> Self {
        Self::new(sizes.iter().copied())
    }
}
impl From<Vec<usize>> for Shape {
    fn from(sizes: Vec<usize>) -> Self {
        Self::from(&sizes[..])
    }
}
impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Self {
        Self::new(sizes)
    }
}
impl From<&Shape> for Shape {
    #[inline]
    fn from(shape: &Shape) -> Self {
        shape.clone()
    }
}
impl PartialEq<[usize]> for Shape {
    fn eq(&self, sizes: &[usize]) -> bool {
        **self == *sizes
    }
}
impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, sizes: &[usize; N]) -> bool {
        **self == *sizes
    }
}

impl<const N: usize> PartialEq<[usize; N]> for &Shape {
    fn eq(&self, sizes: &[usize; N]) -> bool {
        **self == *sizes
    }
}

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
#[derive(Clone, Debug)]
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

#[cfg(test)]
mod tests {
    use super::Shape;

    /// What is done to sizes, below the limit of what needs no allocation, at it and beyond.
    #[test]
    fn axes_come_and_go() {
        for count in 1..10 {
            let sizes: Vec<usize> = (2..2 + count).collect();
            let shape = Shape::from(sizes.clone());
            assert_eq!(*shape, *sizes);
            assert_eq!(shape.elements(), sizes.iter().product::<usize>());
            for axis in 0..count {
                let (mut wider, mut other) = (shape.clone(), shape.clone());
                wider.insert(axis, 1);
                assert!(wider != shape && wider.len() == count + 1 && wider[axis] == 1);
                wider.remove(axis);
                assert_eq!(wider, shape);
                other.set(axis, 1);
                assert!(other != shape);
                other.set(axis, sizes[axis]);
                assert_eq!(other, shape);
            }
            let mut longer = shape.clone();
            longer.push(1);
            assert_eq!(*longer, *[&sizes[..], &[1]].concat());
            assert!(longer != shape);
        }
    }

    #[test]
    fn sizes_that_are_not_there_do_not_count() {
        let mut shape = Shape::from([2, 3]);
        shape.push(4);
        shape.remove(2);
        assert_eq!(shape, Shape::from([2, 3]));
        let (longer, shorter) = (Shape::from([2, 3, 0]), Shape::from([2]));
        assert!(shape != longer && shape != shorter);
    }
}
