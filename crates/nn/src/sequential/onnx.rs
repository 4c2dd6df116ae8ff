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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::{Activate, Softmax};
    use crate::layer::{Dense, Dropout, Embedding, Lstm, samples};
    use crate::onnx::Model;
    use crate::pass::Pass;
    use crate::sequential::Place;
    use chainrule::rule::{Lgamma, Relu};
    use chainrule::{Tensor, Var};
    use prost::Message;

    fn decoded<T: Element>(network: &Sequential<T>) -> Model {
        Model::decode(&network.to_onnx().unwrap()[..]).unwrap()
    }

    #[test]
    fn a_graph_holds_nodes_weights_and_shapes() {
        let mut network = Sequential::<f64>::default().input([5, 4]).add(Dense::new(3).activation(Relu));
        network = network.add(Dropout::new(0.5)).add(Dense::new(2).without_bias().activation(Softmax));
        network.build().unwrap();
        let model = decoded(&network);
        assert_eq!((model.ir_version, model.opset_import[0].version), (Some(8), Some(17)));
        let graph = model.graph.unwrap();
        let nodes: Vec<_> = graph.node.iter().map(|node| node.name.as_deref().unwrap()).collect();
        assert_eq!(nodes, ["dense/MatMul", "dense/Add", "dense/Relu", "dense_1/MatMul", "dense_1/Softmax", "output"]);
        assert_eq!(graph.node[0].input, ["input", "dense.weights"]);
        assert_eq!(graph.node[5].output, ["output"]);
        let weights = &graph.initializer[0];
        assert_eq!((&weights.dims[..], weights.data_type), (&[4, 3][..], Some(11)), "11 is DOUBLE");
        let bytes: Vec<u8> = network.weight("dense.weights").unwrap().iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(weights.raw_data.as_ref(), Some(&bytes));
        let names: Vec<_> = graph.initializer.iter().map(|tensor| tensor.name.as_deref().unwrap()).collect();
        assert_eq!(names, ["dense.weights", "dense.bias", "dense_1.weights"]);
        for (value, last) in [(&graph.input[0], "4"), (&graph.output[0], "2")] {
            let shape = format!("{:?}", value.of.as_ref().unwrap().tensor.as_ref().unwrap().shape);
            assert!(shape.contains("Any(\"batch\")") && shape.contains("Known(5)"), "{shape}");
            assert!(shape.contains(&format!("Known({last})")), "{shape}");
        }
    }

    #[test]
    fn a_layer_that_is_used_again_is_held_once() {
        let network = Sequential::new().input(4).add_named("twice", Dense::new(4)).reuse("twice");
        let graph = decoded(&network).graph.unwrap();
        assert_eq!(graph.initializer.len(), 2);
        let nodes: Vec<_> = graph.node.iter().map(|node| node.name.as_deref().unwrap()).collect();
        assert_eq!(nodes, ["twice/MatMul", "twice/Add", "twice/MatMul_1", "twice/Add_1", "output"]);
        assert_eq!(graph.node[2].input, ["twice/Add", "twice.weights"]);
    }

    #[test]
    fn every_layer_in_the_list_has_a_form() {
        for (name, samples) in samples() {
            for sample in samples {
                let row = Some(sample.x.shape()[1..].into());
                let places = vec![Place { name: "it".into(), layer: sample.layer }];
                let network = Sequential::<f64> { places, order: vec![0], input: row, ..Sequential::default() };
                assert!(decoded(&network).graph.is_some(), "{name}");
            }
        }
    }

    #[test]
    fn what_has_no_form_is_told() {
        #[derive(Clone)]
        struct Twice;
        impl Layer for Twice {
            fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, _: &Pass<'t>) -> Var<'t, Tensor<f32>> {
                x * 2.0
            }
        }
        #[derive(Clone)]
        struct Thrice;
        impl Activate for Thrice {
            fn apply<'t>(&self, x: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
                x * 3.0
            }
        }
        let told = |network: Sequential| network.to_onnx().unwrap_err().to_string();
        let error = told(Sequential::new().input(4).add(Twice));
        assert_eq!(error, "layer `twice`: layers of kind `Twice` have no ONNX form: write its `onnx`");
        let error = told(Sequential::new().input(4).add(Dense::new(2).activation(Thrice)));
        assert!(error.contains("layer `dense`: the activation `thrice` has no ONNX form"), "{error}");
        let error = told(Sequential::new().input(4).add(Dense::new(2).activation(Lgamma)));
        assert!(error.contains("`lgamma`"), "{error}");
        let error = told(Sequential::new().add(Embedding::new(5, 2).mask_zero().input(3)).add(Lstm::new(2)));
        assert!(error.contains("layer `lstm`: its sequences are padded"), "{error}");
        assert!(told(Sequential::new()).contains("no layers"));
    }
}
