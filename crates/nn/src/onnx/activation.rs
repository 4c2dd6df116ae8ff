//! Activations as operators.

use super::{Graph, Value};
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// Activations that are one operator without settings.
const OPERATORS: [(&str, &str); 28] = [
    ("relu", "Relu"),
    ("sigmoid", "Sigmoid"),
    ("tanh", "Tanh"),
    ("selu", "Selu"),
    ("softplus", "Softplus"),
    ("softsign", "Softsign"),
    ("hard_swish", "HardSwish"),
    ("exp", "Exp"),
    ("ln", "Log"),
    ("sqrt", "Sqrt"),
    ("recip", "Reciprocal"),
    ("neg", "Neg"),
    ("abs", "Abs"),
    ("sign", "Sign"),
    ("floor", "Floor"),
    ("ceil", "Ceil"),
    ("erf", "Erf"),
    ("sin", "Sin"),
    ("cos", "Cos"),
    ("tan", "Tan"),
    ("asin", "Asin"),
    ("acos", "Acos"),
    ("atan", "Atan"),
    ("sinh", "Sinh"),
    ("cosh", "Cosh"),
    ("asinh", "Asinh"),
    ("acosh", "Acosh"),
    ("atanh", "Atanh"),
];

/// The activation of this [name](crate::Activate::name).
pub(crate) fn activation(graph: &mut Graph, name: &str, x: &Value) -> Result<Value, String> {
    if let Some((_, operator)) = OPERATORS.iter().find(|(known, _)| *known == name) {
        return Ok(graph.node(operator, &[x], &[]));
    }
    plain(graph, name, x).or_else(|| with_parameters(graph, name, x)).ok_or_else(|| {
        format!("the activation `{name}` has no ONNX form here; write its `onnx`, which a struct with `Activate` can")
    })
}

/// Those that take several operators.
fn plain(graph: &mut Graph, name: &str, x: &Value) -> Option<Value> {
    Some(match name {
        "linear" => x.clone(),
        "softmax" => graph.node("Softmax", &[x], &[("axis", (-1).into())]),
        "log_softmax" => graph.node("LogSoftmax", &[x], &[("axis", (-1).into())]),
        "relu6" => clip(graph, x, 0.0, 6.0),
        "hard_sigmoid" => graph.node("HardSigmoid", &[x], &[("alpha", (1.0 / 6.0).into()), ("beta", 0.5.into())]),
        "piecewise_sigmoid" => {
            let half = graph.number(0.5);
            let x = graph.node("Add", &[x, &half], &[]);
            clip(graph, &x, 0.0, 1.0)
        }
        "log_sigmoid" => {
            let x = graph.node("Neg", &[x], &[]);
            let x = graph.node("Softplus", &[&x], &[]);
            graph.node("Neg", &[&x], &[])
        }
        "silu" => {
            let gate = graph.node("Sigmoid", &[x], &[]);
            graph.node("Mul", &[x, &gate], &[])
        }
        "mish" => {
            let gate = graph.node("Softplus", &[x], &[]);
            let gate = graph.node("Tanh", &[&gate], &[]);
            graph.node("Mul", &[x, &gate], &[])
        }
        "normal_cdf" => normal_cdf(graph, x),
        "gelu" => {
            let gate = normal_cdf(graph, x);
            graph.node("Mul", &[x, &gate], &[])
        }
        // x σ(2 √(2/π) (x + 0.044715 x³)), which is x (1 + tanh(..)) / 2
        "gelu_tanh" => {
            let cube = power(graph, x, 3.0);
            let cube = scaled(graph, &cube, 0.044_715);
            let sum = graph.node("Add", &[x, &cube], &[]);
            let sum = scaled(graph, &sum, 2.0 * (2.0 / PI).sqrt());
            let gate = graph.node("Sigmoid", &[&sum], &[]);
            graph.node("Mul", &[x, &gate], &[])
        }
        _ => return None,
    })
}

/// Those with parameters in brackets.
fn with_parameters(graph: &mut Graph, name: &str, x: &Value) -> Option<Value> {
    let (name, parameters) = name.strip_suffix(')')?.split_once('(')?;
    let parameters: Vec<f64> = parameters.split(", ").map(str::parse).collect::<Result<_, _>>().ok()?;
    Some(match (name, &parameters[..]) {
        ("leaky_relu", &[slope]) => graph.node("LeakyRelu", &[x], &[("alpha", slope.into())]),
        ("elu", &[alpha]) => graph.node("Elu", &[x], &[("alpha", alpha.into())]),
        ("clamp", &[low, high]) => clip(graph, x, low, high),
        ("powi" | "powf", &[exponent]) => power(graph, x, exponent),
        ("gaussian", &[factor]) => {
            let square = power(graph, x, 2.0);
            let square = scaled(graph, &square, -factor);
            graph.node("Exp", &[&square], &[])
        }
        _ => return None,
    })
}

fn clip(graph: &mut Graph, x: &Value, low: f64, high: f64) -> Value {
    let (low, high) = (graph.number(low), graph.number(high));
    graph.node("Clip", &[x, &low, &high], &[])
}

fn power(graph: &mut Graph, x: &Value, exponent: f64) -> Value {
    let exponent = graph.number(exponent);
    graph.node("Pow", &[x, &exponent], &[])
}

fn scaled(graph: &mut Graph, x: &Value, factor: f64) -> Value {
    let factor = graph.number(factor);
    graph.node("Mul", &[x, &factor], &[])
}

/// (1 + erf(x / √2)) / 2.
fn normal_cdf(graph: &mut Graph, x: &Value) -> Value {
    let x = scaled(graph, x, FRAC_1_SQRT_2);
    let erf = graph.node("Erf", &[&x], &[]);
    let one = graph.number(1.0);
    let sum = graph.node("Add", &[&erf, &one], &[]);
    scaled(graph, &sum, 0.5)
}
