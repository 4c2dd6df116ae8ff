//! The same elements under another shape.

use crate::array::shape::signed;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use smallvec::SmallVec;

/// `y = x` under another shape; the gradient goes back under the old one. Nothing is copied.
#[derive(Clone, Debug)]
pub struct Reshape(Target);

#[derive(Clone, Debug)]
enum Target {
    /// These sizes; -1 stands for what is left.
    Sizes(SmallVec<[isize; 6]>),
    /// One axis.
    Flat,
    /// Without this axis of size 1.
    Without(isize),
    /// With a new axis of size 1 here.
    With(isize),
}

/// Sizes that a tensor can be given: whole numbers, one of which may be -1 for "what is left".
pub trait Sizes {
    /// The sizes as they were written.
    fn list(&self) -> impl Iterator<Item = isize>;
}

macro_rules! sizes {
    ($($integer:ident)*) => { $(
        impl<const N: usize> Sizes for [$integer; N] {
            fn list(&self) -> impl Iterator<Item = isize> {
                self.iter().map(|&size| isize::try_from(size).unwrap_or(isize::MAX))
            }
        }
        impl Sizes for &[$integer] {
            fn list(&self) -> impl Iterator<Item = isize> {
                self.iter().map(|&size| isize::try_from(size).unwrap_or(isize::MAX))
            }
        }
    )* };
}
sizes!(i32 isize usize);
impl Sizes for Shape {
    fn list(&self) -> impl Iterator<Item = isize> {
        self.iter().map(|&size| signed(size))
    }
}
impl Sizes for &Shape {
    fn list(&self) -> impl Iterator<Item = isize> {
        Sizes::list(*self)
    }
}

impl Target {
    #[track_caller]
    fn shape(&self, x: &Shape) -> Shape {
        match self {
            Self::Flat => Shape::from([x.elements()]),
            Self::Sizes(sizes) => fit(x, sizes),
            Self::Without(axis) => {
                let axis = x.axis_of("squeeze", *axis);
                assert!(x[axis] == 1, "squeeze: axis {axis} of shape {x} has size {}, and only size 1 can go", x[axis]);
                let mut shape = x.clone();
                shape.remove(axis);
                shape
            }
            Self::With(axis) => {
                let mut wider = x.clone();
                wider.push(1);
                let axis = wider.axis_of("unsqueeze", *axis);
                let mut shape = x.clone();
                shape.insert(axis, 1);
                shape
            }
        }
    }
}

/// The sizes, with -1 replaced by what is left.
#[track_caller]
fn fit(x: &Shape, sizes: &[isize]) -> Shape {
    let mut whole = sizes.iter().filter_map(|&size| usize::try_from(size).ok());
    // too large a product is not that of any tensor
    let known = whole.try_fold(1_usize, usize::checked_mul).unwrap_or(usize::MAX);
    let open = sizes.iter().filter(|&&size| size == -1).count();
    let negative = sizes.iter().any(|&size| size < -1);
    let elements = x.elements();
    let fits = if open == 1 { known > 0 && elements.is_multiple_of(known) } else { known == elements };
    assert!(
        open <= 1 && !negative && fits,
        "reshape: shape {x} has {elements} elements, which do not fit into {sizes:?}; the product of the sizes must be \
         the same, and at most one of them -1, for what is left"
    );
    Shape::new(sizes.iter().map(|&size| usize::try_from(size).unwrap_or_else(|_| elements / known)))
}

impl<T: Element> Op<T, 1> for Reshape {
    const NAME: &'static str = "reshape";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], _: &Pool<T>) -> Tensor<T> {
        x.with_shape(self.0.shape(x.shape()))
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.add(0, |_| upstream.with_shape(x.shape().clone()));
    }
}

methods! {
    /// The same elements, in row-major order, under another shape; one size may be -1 for what is left.
    ///
    /// Its gradient is the upstream gradient under the old shape.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.reshape([3, -1]).shape(), [3, 2]);
    /// ```
    ///
    /// # Panics
    /// When the number of elements differs.
    fn reshape(x; sizes: impl Sizes) => Reshape(Target::Sizes(sizes.list().collect()));

    /// All elements along one axis.
    fn flatten(x) => Reshape(Target::Flat);

    /// Without `axis`, which must have size 1.
    ///
    /// # Panics
    /// When the axis does not exist or has another size.
    fn squeeze(x; axis: isize) => Reshape(Target::Without(axis));

    /// With a new axis of size 1, which becomes axis number `axis` of the result.
    ///
    /// # Panics
    /// When the result would have no such axis.
    fn unsqueeze(x; axis: isize) => Reshape(Target::With(axis));
}

#[cfg(test)]
use super::checking::{Case, Checks};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let shape = draw.shape();
        let x = draw.tensor(&shape);
        let (target, sizes) = match draw.below(4) {
            0 => (Target::Flat, vec![shape.elements()]),
            1 => {
                let axis = draw.below(shape.len() + 1);
                let mut sizes = shape.to_vec();
                sizes.insert(axis, 1);
                (Target::With(isize::try_from(axis).unwrap()), sizes)
            }
            _ => {
                // the sizes in another order have the same product
                let order = draw.permutation(shape.len());
                let sizes: Vec<usize> = order.iter().map(|&axis| shape[axis]).collect();
                (Target::Sizes(sizes.as_slice().list().collect()), sizes)
            }
        };
        Case::new(Reshape(target), [x], move |[x]| Tensor::new(sizes.as_slice(), x.to_vec()))
    });
}
