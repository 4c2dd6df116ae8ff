//! Shapes.

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

impl AsRef<[usize]> for Shape {
    fn as_ref(&self) -> &[usize] {
        self
    }
}

impl<'a> IntoIterator for &'a Shape {
    type Item = &'a usize;
    type IntoIter = std::slice::Iter<'a, usize>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
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
