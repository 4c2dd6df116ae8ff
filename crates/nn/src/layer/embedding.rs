//! Words by their numbers, as vectors.

#[cfg(test)]
use super::Sample;
use super::{Layer, RowShape, Stored};
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::Param;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// `y = weights[x]`: rows `[.., steps]` of whole numbers, the words, to `[.., steps, width]`; weights `[words, width]`, the vector
/// of each word in a row. It is what a dense layer without bias makes of one-hot rows, without the rows.
///
/// The gradient of a vector gathers from all places where its word stands; words that do not occur get 0, and the numbers of
/// the words themselves none. In `f32` whole numbers are exact up to 2²⁴.
///
/// Keras's and `PyTorch`'s `Embedding`. Weights begin evenly within ±0.05, as in Keras.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let vectors = Init::Values((0..10).map(f64::from).collect());
/// let mut network = Sequential::new().add(Embedding::new(5, 2).init(vectors).input(3));
/// network.build()?;
/// let y = network.predict(&Tensor::from([[4.0, 0.0, 1.0]]))?;
/// assert_eq!(y, Tensor::from([[[8.0, 9.0], [0.0, 1.0], [2.0, 3.0]]]));
/// // words are refused that are not there
/// assert!(network.predict(&Tensor::from([[5.0, 0.0, 1.0]])).is_err());
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "input_dim")]
#[doc(alias = "output_dim")]
pub struct Embedding<T: Element = f32> {
    words: usize,
    width: usize,
    mask_zero: bool,
    input: Option<Shape>,
    init: Init,
    weights: Param<T>,
}

impl<T: Element> Embedding<T> {
    /// A vector of this width for each of this many words, which count from 0.
    pub fn new(words: usize, width: usize) -> Self {
        let init = Init::Uniform(-0.05, 0.05);
        Self { words, width, mask_zero: false, input: None, init, weights: Param::unbuilt() }
    }

    /// Word 0 is padding: layers along the steps pass over it, and `fit` and `evaluate` leave it out where every step has a
    /// target. It is among the `words`, and has a vector: as in Keras, which is trained if a layer looks at it all the same
    /// (`PyTorch`'s `padding_idx` keeps its gradient at 0, and masks nothing).
    ///
    /// Behind `Flatten` and `Reshape` there are no steps, and nothing is padding any more. A loop by hand finds the mask behind the
    /// last layer by [`Pass::mask`](crate::Pass::mask), and leaves padding out of its loss itself.
    #[must_use]
    pub fn mask_zero(self) -> Self {
        Self { mask_zero: true, ..self }
    }

    /// How many words a row has: the first layer of a network says it.
    #[must_use]
    pub fn input(self, steps: impl RowShape) -> Self {
        Self { input: Some(steps.row_shape()), ..self }
    }

    /// How the vectors begin.
    #[must_use]
    #[doc(alias = "embeddings_initializer")]
    pub fn init(self, init: Init) -> Self {
        Self { init, ..self }
    }

    /// The words as indices, or what is none, in words.
    fn indices(&self, x: &Tensor<T>) -> Result<Tensor<usize>, String> {
        let indices: Option<Vec<usize>> = x.iter().map(|&x| self.index(x)).collect();
        if let Some(indices) = indices {
            return Ok(Tensor::new(x.shape(), indices));
        }
        let wrong = x.iter().enumerate().find(|(_, x)| self.index(**x).is_none());
        Err(wrong.map_or_else(String::new, |(at, value)| {
            format!(
                "element {at} of the words, of shape {}, is {value}: words are whole numbers below {}, the count that \
                 `Embedding::new` was given",
                x.shape(),
                self.words
            )
        }))
    }

    fn index(&self, x: T) -> Option<usize> {
        x.to_usize().filter(|&word| word < self.words && x.to_f64() == Some(word as f64))
    }
}

impl<T: Element> Layer<T> for Embedding<T> {
    fn input_shape(&self) -> Option<Shape> {
        self.input.clone()
    }

    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let Self { words, width, .. } = *self;
        if words == 0 || width == 0 {
            return Err(format!("it has {words} words of width {width}; give at least 1 of each"));
        }
        if self.mask_zero && input.len() != 1 {
            return Err(format!(
                "padding can be told in rows of words, of shape [steps], and not in rows of shape {input}; leave `mask_zero` \
                 out, or `reshape`"
            ));
        }
        self.weights.build([words, width], &self.init, seeds)?;
        Ok([input, &[width][..]].concat().into())
    }

    fn check_input(&self, x: &Tensor<T>) -> Result<(), String> {
        self.indices(x).map(drop)
    }

    /// # Panics
    /// When an element of `x` is no word. `fit`, `evaluate` and `predict` look before, where it is the first layer or stands behind
    /// layers that hand on their numbers: see [`check_input`](Layer::check_input).
    #[track_caller]
    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let indices = self.indices(&x.value()).unwrap_or_else(|problem| panic!("embedding: {problem}"));
        if self.mask_zero {
            let real = indices.iter().map(|&word| word != 0).collect();
            pass.set_mask(Some(Tensor::new(indices.shape(), real)));
        }
        pass.param(&self.weights).embedding(&indices)
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        visit("weights", &mut self.weights);
    }

    fn settings(&self) -> Option<Settings> {
        let settings = Settings::new().with("words", self.words).with("width", self.width);
        let settings = settings.with("mask_zero", self.mask_zero).with("input", self.input.as_deref());
        Some(settings.with("init", &self.init))
    }

    fn pytorch(&mut self, _: &Shape, state: &mut StateDict<T>) {
        state.param("weight", &mut self.weights);
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, _: &Shape) -> Result<onnx::Value, String> {
        let words = graph.to_integers(x);
        if self.mask_zero {
            let zero = graph.integers(&[0]);
            let padding = graph.node("Equal", &[&words, &zero], &[]);
            let real = graph.node("Not", &[&padding], &[]);
            graph.set_mask(Some(real));
        }
        let weights = graph.param(&self.weights)?;
        Ok(graph.node("Gather", &[&weights, &words], &[]))
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    let embedding = Embedding::new(stored.size("words")?, stored.size("width")?);
    let (mask_zero, input, init) = (stored.get("mask_zero")?, stored.shape("input")?, stored.get("init")?);
    Ok(Box::new(Embedding { mask_zero, input, init, ..embedding }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    let words = |shape: &[usize], words: &[f64]| Tensor::new(shape, words.to_vec());
    vec![
        Sample { layer: Box::new(Embedding::new(4, 3)), x: words(&[2, 3], &[3.0, 0.0, 3.0, 1.0, 1.0, 0.0]) },
        Sample { layer: Box::new(Embedding::new(3, 2).mask_zero()), x: words(&[3, 1], &[0.0, 2.0, 1.0]) },
        Sample { layer: Box::new(Embedding::new(2, 2)), x: words(&[1, 2, 2], &[0.0, 1.0, 1.0, 1.0]) },
    ]
}
