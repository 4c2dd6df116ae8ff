//! Recurrent layers as ONNX's `RNN`, `LSTM` and `GRU`.

use super::Cell;
use crate::onnx::{Attribute, Graph, Value};
use chainrule::{Element, Tensor};

/// What the layers differ in.
pub(in crate::layer) struct Operator {
    pub(in crate::layer) name: &'static str,
    /// Our gates in ONNX's order.
    pub(in crate::layer) gates: &'static [usize],
    pub(in crate::layer) attributes: Vec<(&'static str, Attribute)>,
}

impl<T: Element> Cell<T> {
    pub(in crate::layer) fn onnx(&self, graph: &mut Graph, x: &Value, operator: Operator) -> Result<Value, String> {
        if graph.mask().is_some() {
            return Err(
                "its sequences are padded as `mask_zero` says, and ONNX's recurrent operators cannot pass over steps \
                        that are padding; leave `mask_zero` out"
                    .into(),
            );
        }
        let Operator { name, gates, mut attributes } = operator;
        let weights = graph.param_as(&self.weights, "onnx", |weights| self.columns_first(weights, gates))?;
        let recurrent = graph.param_as(&self.recurrent, "onnx", |recurrent| self.columns_first(recurrent, gates))?;
        let bias = graph.param_as(&self.bias, "onnx", |bias| self.both_biases(bias, gates))?;
        attributes.push(("hidden_size", Attribute::Integer(crate::onnx::integer(self.units))));
        attributes.push(("direction", if self.reversed { "reverse" } else { "forward" }.into()));
        // steps before rows, and in what comes out an axis for the directions
        let x = graph.transpose(x, [1, 0, 2]);
        let [states, last] = graph.node_of(name, &[&x, &weights, &recurrent, &bias], &attributes);
        if !self.sequences {
            return Ok(graph.squeeze(&last, &[0]));
        }
        let states = graph.squeeze(&states, &[1]);
        Ok(graph.transpose(&states, [1, 0, 2]))
    }

    /// `[inputs, gates units]` as `[1, gates units, inputs]`.
    fn columns_first(&self, weights: &Tensor<T>, gates: &[usize]) -> Tensor<T> {
        let [inputs, columns] = [weights.shape()[0], weights.shape()[1]];
        Tensor::from_fn([1, columns, inputs], |index| weights[[index[2], self.column(index[1], gates)]])
    }

    /// `[1, 2 gates units]`: what the input's product gets, and then what the state's gets.
    fn both_biases(&self, bias: &Tensor<T>, gates: &[usize]) -> Tensor<T> {
        let columns = self.units * self.gates;
        let bias = bias.as_slice();
        Tensor::from_fn([1, 2 * columns], |index| {
            let (of_state, column) = (index[1] / columns, self.column(index[1] % columns, gates));
            bias.get(of_state * columns + column).copied().unwrap_or(T::zero())
        })
    }

    fn column(&self, column: usize, gates: &[usize]) -> usize {
        gates[column / self.units] * self.units + column % self.units
    }
}
