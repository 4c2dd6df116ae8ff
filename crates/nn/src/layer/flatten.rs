//! All axes of a row as one.

use super::Layer;
#[cfg(test)]
use super::Sample;
use crate::pass::Pass;
use crate::random::Seeds;
use chainrule::{Element, Shape, Tensor, Var};

/// Rows of any shape to rows of one axis, row-major: `[28, 28]` to `[784]`. Keras's and `PyTorch`'s `Flatten`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flatten;

impl<T: Element> Layer<T> for Flatten {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        Ok([input.iter().product::<usize>()].into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let shape = x.shape();
        let row: usize = shape[1..].iter().product();
        x.reshape([shape[0], row])
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Flatten, [2, 3, 4])]
}
