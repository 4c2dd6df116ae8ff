//! Every step looks at the others.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored, steps_of};
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::Param;
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// `softmax(Q Kᵀ / √width) V`: for each query the mean of the values, weighted by how well their keys suit it. Queries `[.., queries,
/// width]`, keys `[.., keys, width]`, values `[.., keys, features]` to `[.., queries, features]`; further axes in front are those of
/// rows and heads, and broadcast.
///
/// Where `mask`, which broadcasts to `[.., queries, keys]`, is false, a query does not see a key. One that sees none gets zeros, and no
/// gradient passes through it.
///
/// Vaswani and others 2017; `PyTorch`'s `scaled_dot_product_attention`, which gives NaN there.
///
/// ```
/// use chainrule_nn::{attention, prelude::*};
/// let tape = Tape::<Tensor<f64>>::new();
/// // the query suits the second key, by far
/// let (query, key) = (tape.var(Tensor::from([[0.0, 90.0]])), tape.var(Tensor::from([[1.0, 0.0], [0.0, 1.0]])));
/// let value = tape.var(Tensor::from([[10.0], [20.0]]));
/// assert_eq!(attention(query, key, value, None).value().to_vec(), [20.0]);
/// let first = Tensor::from([[true, false]]);
/// assert_eq!(attention(query, key, value, Some(&first)).value().to_vec(), [10.0]);
/// ```
///
/// # Panics
/// When the shapes do not fit each other.
#[track_caller]
pub fn attention<'t, T: Element>(
    query: Var<'t, Tensor<T>>,
    key: Var<'t, Tensor<T>>,
    value: Var<'t, Tensor<T>>,
    mask: Option<&Tensor<bool>>,
) -> Var<'t, Tensor<T>> {
    let width = query.shape().last().copied().unwrap_or(1).max(1) as f64;
    let scores = (query * T::literal(width.sqrt().recip())).matmul(key.transpose());
    let shares = match mask {
        None => scores.softmax(-1),
        Some(mask) => scores.masked_softmax(mask, -1),
    };
    shares.matmul(value)
}

/// Self-attention of several heads (Vaswani and others 2017): queries, keys and values of each step are affine maps of it, cut into
/// heads of `key_width` columns each, between which [`attention`] runs; an affine map of all heads side by side is the output. Rows
/// `[steps, features]` to `[steps, features]`.
///
/// `query`, `key`, `value` `[features, heads · key_width]`, head after head, and `output` `[heads · key_width, features]` begin
/// Glorot-uniform; `query_bias`, `key_bias`, `value_bias`, `output_bias` 0.
///
/// No step looks at padding: the pass's mask holds for keys, and stays. A step that sees nothing, in a row of only padding, gets
/// `output_bias`.
///
/// Keras's `MultiHeadAttention` with one input as query, key and value, whose weights have an axis of their own for the heads;
/// `PyTorch`'s `MultiheadAttention`, whose weights lie transposed, the first three in one tensor.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().add(MultiHeadAttention::new(2, 4).causal().input([5, 8]));
/// network.build()?;
/// // no step sees what comes later
/// let mut x = Tensor::uniform([1, 5, 8], -1.0, 1.0, 1);
/// let before = network.predict(&x)?;
/// x.as_mut_slice()[4 * 8] = 9.0;
/// let after = network.predict(&x)?;
/// assert_eq!(before.narrow(1, 0..4), after.narrow(1, 0..4));
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MultiHeadAttention<T: Element = f32> {
    heads: usize,
    key_width: usize,
    causal: bool,
    input: Option<Shape>,
    init: Init,
    query: Map<T>,
    key: Map<T>,
    value: Map<T>,
    output: Map<T>,
}

/// An affine map.
#[derive(Clone, Debug)]
struct Map<T: Element> {
    weights: Param<T>,
    bias: Param<T>,
}

impl<T: Element> Map<T> {
    fn unbuilt() -> Self {
        Self { weights: Param::unbuilt(), bias: Param::unbuilt() }
    }

    fn build(&mut self, shape: [usize; 2], init: &Init, seeds: &mut Seeds) -> Result<(), String> {
        self.weights.build(shape, init, seeds)?;
        self.bias.build([shape[1]], &Init::Zeros, seeds)
    }

    fn of<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        x.linear(pass.param(&self.weights), pass.param(&self.bias))
    }
}

impl<T: Element> MultiHeadAttention<T> {
    /// This many heads, whose queries, keys and values each have this width.
    pub fn new(heads: usize, key_width: usize) -> Self {
        let [query, key, value, output] = std::array::from_fn(|_| Map::unbuilt());
        Self { heads, key_width, causal: false, input: None, init: Init::GlorotUniform, query, key, value, output }
    }

    /// A step sees itself and those before it, none that comes later.
    #[must_use]
    #[doc(alias = "use_causal_mask")]
    pub fn causal(self) -> Self {
        Self { causal: true, ..self }
    }

    /// The shape of a row of input, `[steps, features]`: the first layer of a network says it.
    #[must_use]
    pub fn input(self, shape: [usize; 2]) -> Self {
        Self { input: Some(shape.into()), ..self }
    }

    /// How the four maps begin.
    #[must_use]
    #[doc(alias = "kernel_initializer")]
    pub fn init(self, init: Init) -> Self {
        Self { init, ..self }
    }

    /// Which keys each query sees, `[rows, 1, queries, keys]` or broadcast to it; all, where nothing is said.
    fn seen(&self, mask: Option<Tensor<bool>>, steps: usize) -> Option<Tensor<bool>> {
        if !self.causal {
            return mask.map(|mask| Tensor::new([mask.shape()[0], 1, 1, steps], mask.to_vec()));
        }
        let rows = mask.as_ref().map_or(1, |mask| mask.shape()[0]);
        let real = |row: usize, key: usize| mask.as_ref().is_none_or(|mask| mask.as_slice()[row * steps + key]);
        let mut seen = Vec::with_capacity(rows * steps * steps);
        for row in 0..rows {
            for query in 0..steps {
                seen.extend((0..steps).map(|key| key <= query && real(row, key)));
            }
        }
        Some(Tensor::new([rows, 1, steps, steps], seen))
    }
}

impl<T: Element> Layer<T> for MultiHeadAttention<T> {
    fn input_shape(&self) -> Option<Shape> {
        self.input.clone()
    }

    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let [_, features] = steps_of(input)?;
        let (heads, width) = (self.heads, self.key_width);
        let columns = heads.checked_mul(width).filter(|&columns| columns > 0).ok_or_else(|| {
            format!("it has {heads} heads of width {width}; give at least 1 of each, and not more than memory can hold")
        })?;
        for map in [&mut self.query, &mut self.key, &mut self.value] {
            map.build([features, columns], &self.init, seeds)?;
        }
        self.output.build([columns, features], &self.init, seeds)?;
        Ok(input.clone())
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let shape = x.shape();
        let [rows, steps, _] = shape[..] else { unreachable!("its `build` takes sequences alone") };
        let mask = self.seen(pass.mask_for(&shape), steps);
        let heads = |map: &Map<T>| {
            map.of(x, pass).reshape([rows, steps, self.heads, self.key_width]).permute([0, 2, 1, 3])
        };
        let seen = attention(heads(&self.query), heads(&self.key), heads(&self.value), mask.as_ref());
        let joined = seen.permute([0, 2, 1, 3]).reshape([rows, steps, self.heads * self.key_width]);
        self.output.of(joined, pass)
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        let Self { query, key, value, output, .. } = self;
        let names = [("query", "query_bias"), ("key", "key_bias"), ("value", "value_bias"), ("output", "output_bias")];
        for (map, (weights, bias)) in [query, key, value, output].into_iter().zip(names) {
            visit(weights, &mut map.weights);
            visit(bias, &mut map.bias);
        }
    }

    fn settings(&self) -> Option<Settings> {
        let settings = Settings::new().with("heads", self.heads).with("key_width", self.key_width);
        Some(settings.with("causal", self.causal).with("input", self.input.as_deref()).with("init", &self.init))
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        let steps = row[0];
        let mut heads = |map: &Map<T>, order| {
            let y = graph.linear(x, &map.weights, Some(&map.bias))?;
            let y = graph.reshape(&y, &[steps, self.heads, self.key_width])?;
            Ok::<_, String>(graph.transpose(&y, order))
        };
        let (query, value) = (heads(&self.query, [0, 2, 1, 3])?, heads(&self.value, [0, 2, 1, 3])?);
        let key = heads(&self.key, [0, 2, 3, 1])?;
        let mut mask = graph.mask().map(|mask| graph.unsqueeze(&mask, &[1, 2]));
        if self.causal {
            let seen = graph.flags(&Tensor::from_fn([steps, steps], |index| index[1] <= index[0]));
            mask = Some(mask.map_or(seen.clone(), |mask| graph.node("And", &[&seen, &mask], &[])));
        }
        let scale = graph.number((self.key_width as f64).sqrt().recip());
        let query = graph.node("Mul", &[&query, &scale], &[]);
        let scores = graph.node("MatMul", &[&query, &key], &[]);
        let shares = graph.softmax(&scores, -1, mask.as_ref());
        let seen = graph.node("MatMul", &[&shares, &value], &[]);
        let seen = graph.transpose(&seen, [0, 2, 1, 3]);
        let joined = graph.reshape(&seen, &[steps, self.heads * self.key_width])?;
        graph.linear(&joined, &self.output.weights, Some(&self.output.bias))
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let attention = MultiHeadAttention::new(stored.size("heads")?, stored.size("key_width")?);
    let (causal, input, init) = (stored.get("causal")?, stored.shape("input")?, stored.get("init")?);
    Ok(Box::new(MultiHeadAttention { causal, input, init, ..attention }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new(MultiHeadAttention::new(2, 3), [2, 3, 4]),
        Sample::new(MultiHeadAttention::new(1, 2).causal(), [2, 4, 2]),
    ]
}
