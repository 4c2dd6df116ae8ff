//! A network as ONNX.

use super::Sequential;
use crate::error::{Error, Result};
use crate::files::replace;
use crate::layer::Layer;
use crate::onnx::{Graph, Value};
use chainrule::Element;
use std::collections::HashMap;
use std::path::Path;

impl<T: Element> Sequential<T> {
    /// The network at inference in the format of ONNX (operators of version 17), for ONNX Runtime and others. Its input is called
    /// `input` and its output `output`, each of any number of rows; its weights have their names. Numbers are those of the
    /// network, `f32` or `f64`: many systems have single precision alone for some operators, convolutions among them.
    ///
    /// What is done in training alone, such as dropout, is not in it. Settings of operators, such as the slope of a leaky relu,
    /// are in single precision, as the format has them.
    ///
    /// ```
    /// use chainrule_nn::prelude::*;
    /// let network = Sequential::new().input(4).add(Dense::new(8).activation(Relu)).add(Dense::new(1));
    /// let file = network.to_onnx()?;
    /// assert!(file.len() > 4 * (4 * 8 + 8 + 8 + 1));
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the network cannot be built, and when a layer or an activation has no ONNX form: one's own that does not
    /// [say it](Layer::onnx) among them.
    pub fn to_onnx(&self) -> Result<Vec<u8>> {
        // a clone, whose parameters can be visited
        let mut network = self.clone();
        if network.shapes.is_empty() {
            network.build()?;
        }
        let mut names = HashMap::new();
        network.visit(&mut |name, param| drop(names.insert(param.id(), name.to_owned())));
        let refuse = |problem: &str| Error::Option { call: "to_onnx", problem: problem.to_owned() };
        let mut graph = Graph::new::<T>(names).map_err(|problem| refuse(&problem))?;
        let output = network.write_onnx(&mut graph, &Graph::input())?;
        match (network.input_row(), network.output_row()) {
            (Some(before), Some(after)) => Ok(graph.encode(before, after, &output)),
            _ => Err(refuse("the network is not built")),
        }
    }

    /// Writes [`to_onnx`](Self::to_onnx) to a file: whoever looks sees the old file or the new one, never a part.
    ///
    /// # Errors
    /// As [`to_onnx`](Self::to_onnx), and when the file cannot be written.
    pub fn save_onnx(&self, path: impl AsRef<Path>) -> Result<()> {
        let file = self.to_onnx()?;
        replace(path.as_ref(), |output| output.write_all(&file))
    }

    /// The nodes of every layer, in the order in which they run.
    pub(super) fn write_onnx(&self, graph: &mut Graph, x: &Value) -> Result<Value> {
        let mut rows = self.input.iter().chain(&self.shapes);
        self.order.iter().try_fold(x.clone(), |x, &at| {
            let place = &self.places[at];
            let refuse = |problem| Error::Layer { layer: place.name.clone(), problem };
            let row = rows.next().ok_or_else(|| refuse("the network that it is in is not built".into()))?;
            graph.within(&place.name, |graph| place.layer.onnx(graph, &x, row)).map_err(refuse)
        })
    }
}
