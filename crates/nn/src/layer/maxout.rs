//! The greatest of several affine maps.

use super::{Layer, Stored};
#[cfg(test)]
use super::Sample;
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::Param;
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// `y = max(x W₁ + b₁, .., x Wₖ + bₖ)`: an activation that is learnt, convex and piecewise linear (Goodfellow and others 2013;
/// the lecture's `max(w1ᵀx + b1, w2ᵀx + b2)` has k = 2). Rows `[.., inputs]` to `[.., units]`; weights `[inputs, units · k]`, whose
/// columns of a unit lie together. The gradient flows into the map that won; those that tie share it.
#[derive(Clone, Debug)]
pub struct Maxout<T: Element = f32> {
    units: usize,
    pieces: usize,
    init: Init,
    weights: Param<T>,
    bias: Param<T>,
}

impl<T: Element> Maxout<T> {
    /// This many units, each the greatest of two affine maps.
    pub fn new(units: usize) -> Self {
        Self { units, pieces: 2, init: Init::GlorotUniform, weights: Param::unbuilt(), bias: Param::unbuilt() }
    }

    /// Each unit the greatest of this many.
    #[must_use]
    pub fn pieces(self, pieces: usize) -> Self {
        Self { pieces, ..self }
    }

    /// How the weights begin.
    #[must_use]
    pub fn init(self, init: Init) -> Self {
        Self { init, ..self }
    }
}

impl<T: Element> Layer<T> for Maxout<T> {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let Some((&inputs, leading)) = input.split_last() else {
            return Err("a row of input is a single number without axes; give inputs of shape [rows, 1]".into());
        };
        if self.units == 0 || self.pieces == 0 {
            return Err(format!("it has {} units of {} pieces; give at least 1 of each", self.units, self.pieces));
        }
        let columns = self.units.checked_mul(self.pieces).ok_or_else(|| {
            format!("{} units of {} pieces are more than can be counted", self.units, self.pieces)
        })?;
        self.weights.build([inputs, columns], &self.init, seeds)?;
        self.bias.build([columns], &Init::Zeros, seeds)?;
        Ok([leading, &[self.units]].concat().into())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let y = x.linear(pass.param(&self.weights), pass.param(&self.bias));
        let shape = y.shape();
        let rows = shape[..shape.len() - 1].iter().copied();
        y.reshape(rows.chain([self.units, self.pieces]).collect::<Shape>()).amax_along(-1)
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        visit("weights", &mut self.weights);
        visit("bias", &mut self.bias);
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings::new().with("units", self.units).with("pieces", self.pieces).with("init", &self.init))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        let y = graph.linear(x, &self.weights, Some(&self.bias))?;
        let leading = &row[..row.len().saturating_sub(1)];
        let y = graph.reshape(&y, &[leading, &[self.units, self.pieces]].concat())?;
        Ok(graph.node("ReduceMax", &[&y], &[("axes", [-1].into()), ("keepdims", 0.into())]))
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let maxout = Maxout::new(stored.size("units")?).pieces(stored.size("pieces")?);
    Ok(Box::new(maxout.init(stored.get("init")?)))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![Sample::new(Maxout::new(3), [3, 4]), Sample::new(Maxout::new(2).pieces(4), [2, 3, 4])]
}
