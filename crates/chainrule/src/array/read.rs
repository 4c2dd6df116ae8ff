//! Elements out of tensors: one, all, one by one, row by row, changed.

use super::Tensor;
use super::shape::Shape;
use num_traits::AsPrimitive;
use std::ops::Index;

impl<T> Tensor<T> {
    /// Iterates over the elements in row-major order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.as_slice().iter()
    }

    /// The element at this index, or none where the index has another number of axes or reaches beyond one.
    pub fn get(&self, index: &[usize]) -> Option<&T> {
        let shape = self.shape();
        if index.len() != shape.len() || index.iter().zip(shape.iter()).any(|(place, size)| place >= size) {
            return None;
        }
        let place = index.iter().zip(shape.iter()).fold(0, |place, (at, size)| place * size + at);
        Some(&self.as_slice()[place])
    }

    /// [`get`](Self::get), or a panic that names `operation`.
    #[track_caller]
    fn element(&self, operation: &str, index: &[usize]) -> &T {
        match self.get(index) {
            Some(element) => element,
            None if index.len() == self.rank() => {
                panic!("{operation}: the index {index:?} is outside of shape {}", self.shape())
            }
            None => panic!(
                "{operation}: the index {index:?} has {} numbers, but shape {} has {} axes: give one number for each",
                index.len(),
                self.shape(),
                self.rank()
            ),
        }
    }

    /// The tensors along the first axis, of shape `shape[1..]`; nothing is copied.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// let rows: Vec<_> = x.outer_iter().map(|row| row.to_vec()).collect();
    /// assert_eq!(rows, [[1.0, 2.0], [3.0, 4.0]]);
    /// ```
    ///
    /// # Panics
    /// When there is no first axis.
    #[track_caller]
    pub fn outer_iter(&self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + use<'_, T> {
        let Some((&count, rest)) = self.shape().split_first() else {
            panic!("outer_iter: a single number (shape []) has no first axis: read it with `.item()`")
        };
        let shape = Shape::from(rest);
        let step = shape.elements();
        (0..count).map(move |at| Self::over(shape.clone(), step, self.start + at * step, &self.buffer))
    }
}

impl<T: Copy> Tensor<T> {
    /// The only element.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// assert_eq!(Tensor::from([[3.0]]).item(), 3.0);
    /// ```
    ///
    /// # Panics
    /// When there are more elements than one, or none.
    #[track_caller]
    pub fn item(&self) -> T {
        match self.as_slice() {
            &[element] => element,
            elements => panic!(
                "item: shape {} has {} elements, not one: choose one with `.at(&[..])`, or reduce them, as with `.sum()`",
                self.shape(),
                elements.len()
            ),
        }
    }

    /// The element at this index, one number for each axis.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.at(&[1, 0]), 3.0);
    /// assert_eq!(x[[1, 0]], 3.0); // the same
    /// ```
    ///
    /// # Panics
    /// When the index has another number of axes, or reaches beyond one.
    #[track_caller]
    pub fn at(&self, index: &[usize]) -> T {
        *self.element("at", index)
    }

    /// A tensor of what `f` makes of each element. No gradient flows through it.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let signs = Tensor::from([-1.5, 0.0, 2.0]).map(|x| x >= 0.0);
    /// assert_eq!(signs, Tensor::from([false, true, true]));
    /// ```
    pub fn map<U>(&self, f: impl FnMut(T) -> U) -> Tensor<U> {
        Tensor::new(self.shape(), self.iter().copied().map(f).collect())
    }

    /// The elements as numbers of another type, converted as `as` does it: `f64` to `f32` rounds to nearest, floats to
    /// integers are cut off and saturate.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([0.1, 0.2]).cast::<f32>();
    /// assert_eq!(x.to_vec(), [0.1f32, 0.2]);
    /// ```
    #[must_use]
    pub fn cast<U: Copy + 'static>(&self) -> Tensor<U>
    where
        T: AsPrimitive<U>,
    {
        self.map(AsPrimitive::as_)
    }
}

impl<T: Clone> Tensor<T> {
    /// A copy of the elements in row-major order.
    pub fn to_vec(&self) -> Vec<T> {
        self.as_slice().to_vec()
    }

    /// The elements in row-major order; without a copy where no other tensor shares them and they stand at the head of
    /// their buffer, as in tensors made from a `Vec`.
    pub fn into_vec(self) -> Vec<T> {
        let length = self.len();
        if self.start != 0 {
            return self.to_vec();
        }
        match self.buffer.try_unwrap() {
            Ok(buffer) => {
                let mut elements = buffer.data;
                elements.truncate(length);
                elements
            }
            Err(shared) => shared.data[..length].to_vec(),
        }
    }
}

/// `x[[i, j]]`, with one number for each axis.
impl<T, const N: usize> Index<[usize; N]> for Tensor<T> {
    type Output = T;

    #[track_caller]
    fn index(&self, index: [usize; N]) -> &T {
        self.element("indexing", &index)
    }
}

impl<'a, T> IntoIterator for &'a Tensor<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
