//! Other axes for the same numbers.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
use super::input::RowShape;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::elements;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// Rows in another shape of as many elements, row-major: Keras's `Reshape`, whose -1 is not needed, since shapes are known.
#[derive(Clone, Debug)]
pub struct Reshape(Shape);

impl Reshape {
    /// Rows of this shape.
    pub fn new(shape: impl RowShape) -> Self {
        Self(shape.row_shape())
    }
}

impl<T: Element> Layer<T> for Reshape {
    fn build(&mut self, input: &Shape, _: &mut Seeds) -> Result<Shape, String> {
        let (before, after) = (elements(input)?, elements(&self.0)?);
        if before == after {
            return Ok(self.0.clone());
        }
        Err(format!(
            "rows of shape {input} have {before} elements, and cannot become rows of shape {} with {after}; the counts must \
             be equal",
            self.0
        ))
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        pass.set_mask(None);
        let rows = x.shape()[0];
        x.reshape([rows].into_iter().chain(self.0.iter().copied()).collect::<Shape>())
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("shape", &*self.0))
    }

    fn pytorch(&mut self, row: &Shape, state: &mut StateDict<T>) {
        state.reshape(row, &self.0);
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        graph.set_mask(None);
        graph.reshape(x, &self.0)
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let shape = stored.shape("shape")?.ok_or("Reshape: the shape is missing")?;
    Ok(Box::new(Reshape(shape)))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Reshape::new([6, 2]), [2, 3, 4]), Sample::new(Reshape::new([1, 3, 2]), [2, 6])]
}
