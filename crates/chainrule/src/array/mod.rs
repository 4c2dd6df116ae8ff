//! The n-dimensional array by itself: shape, buffer, reading and making. Nothing here knows of tapes.

mod axes;
mod compare;
mod display;
mod element;
#[cfg(feature = "linalg")]
pub(crate) mod factor;
#[cfg(feature = "ndarray")]
mod interop;
mod make;
pub(crate) mod pieces;
mod pool;
mod random;
mod read;
pub(crate) mod shape;
pub(crate) mod strided;
#[cfg(feature = "linalg")]
pub(crate) mod substitution;

pub use axes::{Axes, AxisNumber, AxisSet, KeepDims, Reduction, keepdims};
pub use compare::Comparand;
pub use element::Element;
pub use make::Nestable;
pub use pool::Pool;
pub use shape::Shape;

use chainrule_kernels::shared::Shared;
use pool::Buffer;
use std::ops::Range;

/// An n-dimensional array: row-major and without gaps, its elements shared by reference count.
///
/// `clone` is cheap and shares the elements; writing to shared elements copies them first. Tensors of numbers
/// ([`Element`]) compute, alone or as variables of a tape; tensors of `bool` are masks, tensors of `usize` indices and labels.
///
/// ```
/// use chainrule::prelude::*;
/// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(x.shape(), [2, 2]);
/// assert_eq!(x.matmul(&x).to_vec(), [7.0, 10.0, 15.0, 22.0]);
/// ```
pub struct Tensor<T> {
    shape: Shape,
    /// How many elements the shape has.
    length: usize,
    /// Where the elements start within the buffer.
    start: usize,
    buffer: Shared<Buffer<T>>,
}

impl<T> Clone for Tensor<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self::over(self.shape.clone(), self.length, self.start, &self.buffer)
    }
}

impl<T> Tensor<T> {
    /// A tensor of this shape with these elements, in row-major order; the `Vec` is taken over, not copied.
    ///
    /// # Panics
    /// When the number of elements is not that of the shape.
    #[track_caller]
    pub fn new(shape: impl Into<Shape>, elements: Vec<T>) -> Self {
        let shape = shape.into();
        let length = shape.elements();
        assert!(
            length == elements.len(),
            "Tensor::new: shape {shape} has {length} elements, but {} were given",
            elements.len()
        );
        Self { shape, length, start: 0, buffer: Shared::new(Buffer::of(elements)) }
    }

    /// A single number: no axes, one element.
    pub fn scalar(value: T) -> Self {
        Self::new([], vec![value])
    }

    /// Shared elements of a buffer, `length` of them as the shape says.
    #[inline]
    fn over(shape: Shape, length: usize, start: usize, buffer: &Shared<Buffer<T>>) -> Self {
        Self { shape, length, start, buffer: buffer.clone() }
    }

    /// The size along each axis.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// How many axes there are.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are no elements: some axis has size 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in row-major order.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.buffer.data[self.start..][..self.length]
    }

    /// The same elements under another shape; nothing is copied.
    pub(crate) fn with_shape(&self, shape: Shape) -> Self {
        debug_assert_eq!(shape.elements(), self.len());
        Self::over(shape, self.length, self.start, &self.buffer)
    }

    /// Rows `range` of the first axis; nothing is copied. For mini-batches.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(x.rows(1..3).to_vec(), [3.0, 4.0, 5.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no first axis, or the range reaches beyond it.
    #[must_use]
    #[track_caller]
    pub fn rows(&self, range: Range<usize>) -> Self {
        let Some(&count) = self.shape.first() else { panic!("rows: a single number (shape []) has no rows") };
        assert!(
            range.start <= range.end && range.end <= count,
            "rows: the range {range:?} reaches beyond the {count} rows of shape {}",
            self.shape
        );
        let row: usize = self.shape[1..].iter().product();
        let mut shape = self.shape.clone();
        shape.set(0, range.len());
        Self::over(shape, range.len() * row, self.start + range.start * row, &self.buffer)
    }
}

impl<T: Copy> Tensor<T> {
    /// The elements in row-major order, to be written to. Elements that are shared with another tensor are copied first.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        if !self.is_unique() {
            self.copy_elements();
        }
        let buffer = self.buffer.get_mut().expect("the elements are this tensor's own");
        &mut buffer.data[self.start..][..self.length]
    }

    /// Makes the elements this tensor's own, in a buffer that is not the pool's.
    #[cold]
    fn copy_elements(&mut self) {
        self.buffer = Shared::new(Buffer::of(self.as_slice().to_vec()));
        self.start = 0;
    }

    /// Whether nobody else looks at the elements.
    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        self.buffer.is_unique()
    }
}
