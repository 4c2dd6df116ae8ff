//! A layer beside a way around it.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::Param;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// `y = x + layer(x)`, for a layer that keeps shapes: it learns what is to be changed, and gradients have a way around it (He and
/// others 2015). Any [`Layer`] stands inside, also a [`Sequential`](crate::Sequential); its parameters have the prefix `inner.`. The
/// mask is afterwards what it was before.
///
/// A block of a transformer (Vaswani and others 2017; without the layer norms) is two of them:
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// fn block(width: usize) -> Sequential {
///     let thought = Sequential::new().add(Dense::new(4 * width).activation(Gelu)).add(Dense::new(width));
///     Sequential::new()
///         .add(Residual::new(MultiHeadAttention::new(4, width / 4).causal()))
///         .add(Residual::new(thought))
/// }
///
/// let mut network = Sequential::new()
///     .add(Embedding::new(100, 16).input(10))
///     .add(block(16))
///     .add(block(16))
///     .add(Dense::new(100).activation(Softmax));
/// network.build()?;
/// assert_eq!(network.output_row().unwrap(), &[10, 100]);
/// assert!(network.weight("sequential_1.residual.inner.query").is_some());
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "Add")]
pub struct Residual<T: Element = f32> {
    inner: Box<dyn Layer<T>>,
}

impl<T: Element> Residual<T> {
    /// Around this layer.
    pub fn new(layer: impl Layer<T> + 'static) -> Self {
        Self { inner: Box::new(layer) }
    }
}

impl<T: Element> Layer<T> for Residual<T> {
    fn input_shape(&self) -> Option<Shape> {
        self.inner.input_shape()
    }

    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let built = self.inner.build(input, seeds);
        let output = built.map_err(|problem| format!("{}: {problem}", self.inner.kind()))?;
        if output == *input {
            return Ok(output);
        }
        Err(format!(
            "its {} makes rows of shape {output} of rows of shape {input}, and the two are to be added: give the inner layer as \
             many outputs as inputs",
            self.inner.kind()
        ))
    }

    fn check_input(&self, x: &Tensor<T>) -> Result<(), String> {
        self.inner.check_input(x)
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let mask = pass.mask();
        let y = x + self.inner.forward(x, pass);
        pass.set_mask(mask);
        y
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        self.inner.visit(&mut |name, param| visit(&format!("inner.{name}"), param));
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with_part("inner", self.inner.kind(), self.inner.settings()))
    }

    fn pytorch(&mut self, row: &Shape, state: &mut StateDict<T>) {
        let before = state.flattened();
        state.within("inner", |state| self.inner.pytorch(row, state));
        if state.flattened() != before {
            state.refuse(
                "it adds up numbers of images that lie in two orders in `PyTorch`: put the `Flatten` behind it, or a `Dense` \
                 before it",
            );
        }
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        let mask = graph.mask();
        let y = graph.within("inner", |graph| self.inner.onnx(graph, x, row))?;
        graph.set_mask(mask);
        Ok(graph.node("Add", &[x, &y], &[]))
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(Residual { inner: stored.layer("inner")? }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    use super::Dense;
    use chainrule::rule::Tanh;
    let two = Residual::new(Dense::new(4).activation(Tanh));
    vec![Sample::new(Residual::new(Dense::new(3).activation(Tanh)), [2, 3]), Sample::new(Residual::new(two), [2, 3, 4])]
}
