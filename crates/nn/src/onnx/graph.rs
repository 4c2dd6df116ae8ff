//! A graph in the making.

use super::attribute::Attribute;
use super::message::{
    Dimension, ElementType, GraphMessage, Initializer, Model, Node, OperatorSet, Size, Sizes, TensorType, Type,
    ValueInfo,
};
use crate::files::element_name;
use crate::param::{Param, ParamId};
use chainrule::{Element, Tensor};
use prost::Message;
use std::collections::HashMap;

/// The version of ONNX's operators (1.12, 2022) and of the format that has them.
const OPERATORS: i64 = 17;
const FORMAT: i64 = 8;

/// A tensor that the graph computes, or a constant in it: the input or output of nodes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value(String);

impl Value {
    /// For an input that a node does without, where others follow.
    pub fn absent() -> Self {
        Self(String::new())
    }
}

/// The graph of a network at inference, while its layers write themselves down, one after the other: what
/// [`Layer::onnx`](crate::Layer::onnx) gets.
#[derive(Debug)]
pub struct Graph {
    elements: ElementType,
    parameters: HashMap<ParamId, String>,
    nodes: Vec<Node>,
    initializers: Vec<Initializer>,
    /// The layers within one another that are being written.
    path: Vec<String>,
    /// How often each name of a node was asked for.
    names: HashMap<String, usize>,
    mask: Option<Value>,
}

impl Graph {
    /// An empty graph of numbers `T`, for a network whose parameters have these names.
    pub(crate) fn new<T: Element>(parameters: HashMap<ParamId, String>) -> Result<Self, String> {
        Ok(Self {
            elements: match element_name::<T>() {
                Some("F32") => ElementType::F32,
                Some(_) => ElementType::F64,
                None => return Err("files hold numbers of f32 and f64 alone".into()),
            },
            parameters,
            nodes: Vec::new(),
            initializers: Vec::new(),
            path: Vec::new(),
            names: HashMap::new(),
            mask: None,
        })
    }

    /// Adds a node: an [operator](https://onnx.ai/onnx/operators) of version 17 on these inputs. Its first output.
    pub fn node(&mut self, operator: &str, inputs: &[&Value], attributes: &[(&str, Attribute)]) -> Value {
        let [output] = self.node_of(operator, inputs, attributes);
        output
    }

    /// Adds a node of several outputs.
    pub fn node_of<const N: usize>(
        &mut self,
        operator: &str,
        inputs: &[&Value],
        attributes: &[(&str, Attribute)],
    ) -> [Value; N] {
        let name = self.fresh(operator);
        let outputs = std::array::from_fn(|at| Value(if at == 0 { name.clone() } else { format!("{name}:{at}") }));
        let mut input: Vec<String> = inputs.iter().map(|value| value.0.clone()).collect();
        while input.last().is_some_and(String::is_empty) {
            input.pop();
        }
        self.nodes.push(Node {
            input,
            output: outputs.iter().map(|value| value.0.clone()).collect(),
            name: Some(name),
            op_type: Some(operator.into()),
            attribute: attributes.iter().map(|(name, value)| value.message(name)).collect(),
        });
        outputs
    }

    /// `dense/MatMul`, and `dense/MatMul_1` for the next.
    fn fresh(&mut self, operator: &str) -> String {
        let name = self.path.iter().map(String::as_str).chain([operator]).collect::<Vec<_>>().join("/");
        let count = self.names.entry(name.clone()).or_default();
        *count += 1;
        if *count == 1 { name } else { format!("{name}_{}", *count - 1) }
    }

    /// A parameter, under its name in the network: `dense.weights`. However often it is asked for, the file holds it once.
    ///
    /// # Errors
    /// When no `visit` shows it.
    pub fn param<T: Element>(&mut self, param: &Param<T>) -> Result<Value, String> {
        let name = self.name_of(param)?;
        Ok(self.tensor(name, || param.value.clone()))
    }

    /// What is made of a parameter, under its name with what was done to it: `conv2d.weights.oihw`.
    ///
    /// # Errors
    /// When no `visit` shows it.
    pub fn param_as<T: Element>(
        &mut self,
        param: &Param<T>,
        how: &str,
        make: impl FnOnce(&Tensor<T>) -> Tensor<T>,
    ) -> Result<Value, String> {
        let name = self.name_of(param)?;
        Ok(self.tensor(format!("{name}.{how}"), || make(&param.value)))
    }

    fn name_of<T: Element>(&self, param: &Param<T>) -> Result<String, String> {
        let name = self.parameters.get(&param.id()).cloned();
        name.ok_or_else(|| "it uses a parameter that no `visit` shows; show it in the layer's `visit`".to_owned())
    }

    /// A constant, under a name that no other has; `make` runs for the first of a name alone.
    fn tensor<T: Element>(&mut self, name: String, make: impl FnOnce() -> Tensor<T>) -> Value {
        if !self.holds(&name) {
            let tensor = make();
            let numbers = tensor.iter().map(|element| element.to_f64().unwrap_or(f64::NAN));
            let bytes = self.bytes(numbers);
            self.hold(&name, tensor.shape(), self.elements, bytes);
        }
        Value(name)
    }

    /// A constant that is no parameter.
    pub fn constant<T: Element>(&mut self, tensor: &Tensor<T>) -> Value {
        let name = self.fresh("Constant");
        self.tensor(name, || tensor.clone())
    }

    /// Flags that do not change.
    pub fn flags(&mut self, flags: &Tensor<bool>) -> Value {
        let name = self.fresh("Constant");
        self.hold(&name, flags.shape(), ElementType::Bool, flags.iter().map(|&flag| u8::from(flag)).collect());
        Value(name)
    }

    /// A number.
    pub fn number(&mut self, number: f64) -> Value {
        let name = format!("number {number}");
        if !self.holds(&name) {
            let bytes = self.bytes([number].into_iter());
            self.hold(&name, &[], self.elements, bytes);
        }
        Value(name)
    }

    /// A list of whole numbers, such as the shapes and places that operators get as inputs.
    pub fn integers(&mut self, integers: &[i64]) -> Value {
        let name = format!("integers {integers:?}");
        if !self.holds(&name) {
            let bytes = integers.iter().flat_map(|integer| integer.to_le_bytes()).collect();
            self.hold(&name, &[integers.len()], ElementType::I64, bytes);
        }
        Value(name)
    }

    fn holds(&self, name: &str) -> bool {
        self.initializers.iter().any(|other| other.name.as_deref() == Some(name))
    }

    fn hold(&mut self, name: &str, shape: &[usize], of: ElementType, bytes: Vec<u8>) {
        self.initializers.push(Initializer {
            dims: shape.iter().map(|&size| integer(size)).collect(),
            data_type: Some(of as i32),
            name: Some(name.to_owned()),
            raw_data: Some(bytes),
        });
    }

    fn bytes(&self, numbers: impl Iterator<Item = f64>) -> Vec<u8> {
        #[expect(clippy::cast_possible_truncation, reason = "numbers of the network were f32")]
        match self.elements {
            ElementType::F32 => numbers.flat_map(|number| (number as f32).to_le_bytes()).collect(),
            _ => numbers.flat_map(f64::to_le_bytes).collect(),
        }
    }

    /// The rows of `x` in this shape.
    ///
    /// # Errors
    /// When it has a size of 0.
    pub fn reshape(&mut self, x: &Value, row: &[usize]) -> Result<Value, String> {
        if row.contains(&0) {
            return Err(format!("its rows have shape {row:?}, which is empty, and ONNX cannot say so"));
        }
        // 0 stands for the size that there was: of the batch
        let sizes: Vec<i64> = [0].into_iter().chain(row.iter().map(|&size| integer(size))).collect();
        let sizes = self.integers(&sizes);
        Ok(self.node("Reshape", &[x, &sizes], &[]))
    }

    /// The softmax along an axis over what a mask, which broadcasts to the scores, has; 0 elsewhere, and everywhere where there is
    /// nothing.
    pub fn softmax(&mut self, scores: &Value, axis: i64, mask: Option<&Value>) -> Value {
        let Some(mask) = mask else { return self.node("Softmax", &[scores], &[("axis", axis.into())]) };
        // finite, or a row without anything would be NaN before it is 0
        let (low, zero) = (self.number(-1e30), self.number(0.0));
        let scores = self.node("Where", &[mask, scores, &low], &[]);
        let shares = self.node("Softmax", &[&scores], &[("axis", axis.into())]);
        self.node("Where", &[mask, &shares, &zero], &[])
    }

    /// Without these axes, of size 1.
    pub fn squeeze(&mut self, x: &Value, axes: &[i64]) -> Value {
        let axes = self.integers(axes);
        self.node("Squeeze", &[x, &axes], &[])
    }

    /// With these axes, of size 1.
    pub fn unsqueeze(&mut self, x: &Value, axes: &[i64]) -> Value {
        let axes = self.integers(axes);
        self.node("Unsqueeze", &[x, &axes], &[])
    }

    /// With its axes in this order.
    pub fn transpose<const N: usize>(&mut self, x: &Value, order: [i64; N]) -> Value {
        self.node("Transpose", &[x], &[("perm", order.into())])
    }

    /// `x W + b`.
    ///
    /// # Errors
    /// When no `visit` shows the parameters.
    pub fn linear<T: Element>(
        &mut self,
        x: &Value,
        weights: &Param<T>,
        bias: Option<&Param<T>>,
    ) -> Result<Value, String> {
        let weights = self.param(weights)?;
        let product = self.node("MatMul", &[x, &weights], &[]);
        let Some(bias) = bias else { return Ok(product) };
        let bias = self.param(bias)?;
        Ok(self.node("Add", &[&product, &bias], &[]))
    }

    /// Numbers as whole ones, such as the places of rows.
    pub fn to_integers(&mut self, x: &Value) -> Value {
        self.node("Cast", &[x], &[("to", (ElementType::I64 as i64).into())])
    }

    /// Whole numbers, or flags as 0 and 1, as the network's numbers.
    pub fn to_numbers(&mut self, x: &Value) -> Value {
        self.node("Cast", &[x], &[("to", (self.elements as i64).into())])
    }

    /// Which steps of the sequences are real, `[rows, steps]`, as [`Pass::mask`](crate::Pass::mask) has it. None where all are.
    pub fn mask(&self) -> Option<Value> {
        self.mask.clone()
    }

    /// Says which steps are real from here on.
    pub fn set_mask(&mut self, mask: Option<Value>) {
        self.mask = mask;
    }

    /// Has the nodes that `write` adds begin with this name.
    pub fn within<R>(&mut self, name: &str, write: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(name.to_owned());
        let result = write(self);
        self.path.pop();
        result
    }

    /// The input of the graph.
    pub(crate) fn input() -> Value {
        Value("input".to_owned())
    }

    /// The file, of a graph from rows of shape `input` to rows of shape `output`.
    pub(crate) fn encode(mut self, input: &[usize], output: &[usize], result: &Value) -> Vec<u8> {
        // the name `output` is a promise, whoever computed it
        self.nodes.push(Node {
            input: vec![result.0.clone()],
            output: vec!["output".into()],
            name: Some("output".into()),
            op_type: Some("Identity".into()),
            attribute: Vec::new(),
        });
        let graph = GraphMessage {
            input: vec![self.rows("input", input)],
            output: vec![self.rows("output", output)],
            node: self.nodes,
            name: Some("network".into()),
            initializer: self.initializers,
        };
        let model = Model {
            ir_version: Some(FORMAT),
            producer_name: Some("chainrule".into()),
            producer_version: Some(env!("CARGO_PKG_VERSION").into()),
            graph: Some(graph),
            opset_import: vec![OperatorSet { domain: Some(String::new()), version: Some(OPERATORS) }],
        };
        model.encode_to_vec()
    }

    /// Any number of rows of this shape.
    fn rows(&self, name: &str, row: &[usize]) -> ValueInfo {
        let sizes = row.iter().map(|&size| Size::Known(integer(size)));
        let dim = [Size::Any("batch".into())].into_iter().chain(sizes).map(|size| Dimension { size: Some(size) });
        let shape = Some(Sizes { dim: dim.collect() });
        let tensor = Some(TensorType { elements: Some(self.elements as i32), shape });
        ValueInfo { name: Some(name.into()), of: Some(Type { tensor }) }
    }
}

/// A size or a place as ONNX has it.
pub(crate) fn integer(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
