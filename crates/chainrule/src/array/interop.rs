//! Exchange with the crate `ndarray`, by its feature of the same name; nothing is copied where that can be.

use super::Tensor;
use super::pool::Buffer;
use super::shape::Shape;
use chainrule_kernels::shared::Shared;
use ndarray::{Array, Array1, ArrayD, ArrayViewD, Axis, Dimension, IxDyn};

/// An array as a tensor: its elements are taken over where they lie in row-major order without gaps, as in most arrays and
/// in their rows, and copied into that order otherwise.
///
/// ```
/// use chainrule::prelude::*;
/// let x: Tensor<f64> = ndarray::array![[1.0, 2.0], [3.0, 4.0]].into();
/// assert_eq!(x, Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
/// assert_eq!(x.view().sum(), 10.0);
/// assert_eq!(ndarray::ArrayD::from(x)[[1, 0]], 3.0);
/// ```
impl<T: Clone, D: Dimension> From<Array<T, D>> for Tensor<T> {
    fn from(array: Array<T, D>) -> Self {
        let shape = Shape::from(array.shape());
        if !array.is_standard_layout() {
            return Self::new(shape, array.iter().cloned().collect());
        }
        let (elements, offset) = array.into_raw_vec_and_offset();
        // there is no offset where there are no elements
        let (length, buffer) = (shape.elements(), Shared::new(Buffer::of(elements)));
        Self { shape, length, start: offset.unwrap_or(0), buffer }
    }
}

/// A tensor as an array: the elements are handed over where no other tensor shares them, and copied otherwise.
impl<T: Clone> From<Tensor<T>> for ArrayD<T> {
    fn from(tensor: Tensor<T>) -> Self {
        let (shape, start, length) = (IxDyn(tensor.shape()), tensor.start, tensor.len());
        let (elements, start) = match tensor.buffer.try_unwrap() {
            Ok(buffer) => (buffer.data, start),
            Err(shared) => (shared.data[start..][..length].to_vec(), 0),
        };
        let mut elements = Array1::from(elements);
        elements.slice_axis_inplace(Axis(0), (start..start + length).into());
        elements.into_shape_with_order(shape).expect("a tensor has as many elements as its shape says")
    }
}

impl<T> Tensor<T> {
    /// This tensor, to be looked at as an array of `ndarray`; nothing is copied.
    pub fn view(&self) -> ArrayViewD<'_, T> {
        let view = ArrayViewD::from_shape(IxDyn(self.shape()), self.as_slice());
        view.expect("a tensor has as many elements as its shape says")
    }
}
