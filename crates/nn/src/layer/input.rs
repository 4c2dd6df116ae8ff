//! The shape of what comes in.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::pass::Pass;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// Says the shape of one row of input, and changes nothing. Keras's `Input`.
#[derive(Clone, Debug)]
pub struct Input(Shape);

impl Input {
    /// Rows of this shape: `Input::new(784)`, `Input::new([28, 28])`.
    pub fn new(shape: impl RowShape) -> Self {
        Self(shape.row_shape())
    }
}

/// What says the shape of a row: a number of features, or the sizes of several axes.
pub trait RowShape {
    /// The shape.
    fn row_shape(self) -> Shape;
}

impl RowShape for usize {
    fn row_shape(self) -> Shape {
        [self].into()
    }
}
impl<const N: usize> RowShape for [usize; N] {
    fn row_shape(self) -> Shape {
        self.into()
    }
}
impl RowShape for &[usize] {
    fn row_shape(self) -> Shape {
        self.into()
    }
}
impl RowShape for &Shape {
    fn row_shape(self) -> Shape {
        self.clone()
    }
}

impl<T: Element> Layer<T> for Input {
    fn input_shape(&self) -> Option<Shape> {
        Some(self.0.clone())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, _: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        x
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("shape", &*self.0))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, _: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        Ok(x.clone())
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let shape = stored.shape("shape")?.ok_or("Input: the shape is missing")?;
    Ok(Box::new(Input(shape)))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Input::new(4), [3, 4])]
}
