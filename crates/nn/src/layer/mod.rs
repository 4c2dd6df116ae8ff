//! Layers, one file each, and what a layer is.

/// The list: a layer is a file, and a line here. A file says how the layer is made again from its settings, and with which
/// samples its gradients are checked; one that does not say it does not compile.
macro_rules! layers {
    ($($file:ident $Layer:ident;)*) => {
        $(
            mod $file;
            pub use $file::$Layer;
        )*

        /// Every kind of layer in the list, with what makes one again from its settings.
        fn kinds<T: Element>() -> Vec<Kind<T>> {
            vec![$((stringify!($Layer), $file::restore)),*]
        }

        /// The samples of every layer in the list.
        #[cfg(test)]
        pub(crate) fn samples() -> Vec<(&'static str, Vec<Sample>)> {
            vec![$((stringify!($Layer), $file::samples())),*]
        }
    };
}
layers! {
    activation Activation;
    attention_pooling AttentionPooling;
    avg_pool2d AvgPool2d;
    batch_norm BatchNorm;
    conv2d Conv2d;
    dense Dense;
    dropout Dropout;
    embedding Embedding;
    flatten Flatten;
    gaussian_noise GaussianNoise;
    global_avg_pool2d GlobalAvgPool2d;
    global_max_pool2d GlobalMaxPool2d;
    gru Gru;
    input Input;
    layer_norm LayerNorm;
    lstm Lstm;
    max_pool2d MaxPool2d;
    maxout Maxout;
    multi_head_attention MultiHeadAttention;
    parallel Parallel;
    reshape Reshape;
    residual Residual;
    simple_rnn SimpleRnn;
}
mod affine;
mod normal;
mod pooling;
mod recurrent;
mod windows;
pub use input::RowShape;
pub use multi_head_attention::attention;

mod registry;
mod stored;
pub use registry::Registry;
pub(crate) use registry::RestoreLayer;
pub(crate) use stored::Part;
pub use stored::Stored;

use crate::activation::short_name;
use crate::param::Param;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};
use std::any::Any;
use std::fmt::{self, Debug};

/// A part of a network: parameters, and a forward pass through them.
///
/// The first axis of what flows through a layer counts the rows of a batch; shapes given to [`build`](Self::build) are without
/// it. One's own layer needs little more than a `forward`:
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// /// y = gain · x, with a gain for each feature.
/// #[derive(Clone)]
/// struct Gain(Param);
///
/// impl Layer for Gain {
///     fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
///         self.0.build(input, &Init::Ones, seeds)?;
///         Ok(input.clone())
///     }
///     fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
///         x * pass.param(&self.0)
///     }
///     fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param)) {
///         visit("gain", &mut self.0);
///     }
/// }
///
/// let mut network = Sequential::new().add(Input::new(4)).add(Gain(Param::unbuilt())).add(Dense::new(2));
/// network.build()?;
/// assert_eq!(network.names(), ["input", "gain", "dense"]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
pub trait Layer<T: Element = f32>: CloneLayer<T> + Any + Send + Sync {
    /// What kind of layer it is, as summaries say it; names are made from it.
    fn kind(&self) -> &'static str {
        short_name::<Self>()
    }

    /// The shape of one row of input, for a layer that is told: the first of a network.
    fn input_shape(&self) -> Option<Shape> {
        None
    }

    /// Gives the parameters their shapes and first values, for rows of input of this shape; says the shape of a row of output.
    /// Built again for the same input it changes nothing. What is not overridden leaves shapes as they are.
    ///
    /// Layers within a layer are built here too, in turn; a [`Sequential`](crate::Sequential), which has another `build`, as
    /// `Layer::build(&mut self.inner, input, seeds)`.
    ///
    /// # Errors
    /// What is wrong with the shape or the layer's settings, and what to do, in words.
    fn build(&mut self, input: &Shape, _seeds: &mut Seeds) -> Result<Shape, String> {
        Ok(input.clone())
    }

    /// Looks whether a batch holds numbers that the layer can work with, for one that takes not all, such as the numbers of words.
    /// `fit`, `evaluate` and `predict` ask the first layer of a network before anything is computed: the first that is not an
    /// [`Input`], a [`Flatten`] or a [`Reshape`], which hand on the numbers that they get.
    ///
    /// # Errors
    /// What is wrong with which number, in words.
    fn check_input(&self, _x: &Tensor<T>) -> Result<(), String> {
        Ok(())
    }

    /// The output of a batch; its first axis counts rows. Parameters come from [`Pass::param`].
    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>>;

    /// The share of its inputs that it drops in training, where that is all that it does. Then the layer before it may drop them
    /// along with its own work.
    fn drops(&self) -> Option<f64> {
        None
    }

    /// The output with dropout of this rate behind it, for a layer that does both in one: its [`forward`](Self::forward), then
    /// [`dropout`](Var::dropout) with the next [`Pass::seed`]. Nothing for others, which need not have it.
    fn forward_dropped<'t>(
        &self,
        _x: Var<'t, Tensor<T>>,
        _rate: f64,
        _pass: &Pass<'t, T>,
    ) -> Option<Var<'t, Tensor<T>>> {
        None
    }

    /// Shows every parameter and buffer with its name, always in the same order. This is the only reflection: weights, files,
    /// summaries, freezing and optimizers all go this way.
    fn visit(&mut self, _visit: &mut dyn FnMut(&str, &mut Param<T>)) {}

    /// What it was made with, for files: all that [`Registry`] needs to make it again. Of a layer without this, weights can be
    /// saved, but no architecture.
    fn settings(&self) -> Option<Settings> {
        None
    }

    /// Hands its parameters and buffers over as `PyTorch` has them, and takes back what it gets; rows of input have this shape.
    /// Without this they have there the names and shapes that they have here. A layer that holds others calls theirs, in
    /// [`StateDict::within`].
    fn pytorch(&mut self, _row: &Shape, state: &mut StateDict<T>) {
        self.visit(&mut |name, param| state.param(name, param));
    }

    /// Writes down what it does at inference, as nodes of an ONNX graph behind `x`, whose rows have the shape that
    /// [`build`](Self::build) got; says where the output is. Without this, networks with the layer cannot be saved as ONNX.
    ///
    /// ```
    /// use chainrule_nn::onnx::{Graph, Value};
    /// use chainrule_nn::prelude::*;
    ///
    /// /// y = gain · x, with a gain for each feature.
    /// #[derive(Clone)]
    /// struct Gain(Param);
    ///
    /// impl Layer for Gain {
    /// #   fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
    /// #       self.0.build(input, &Init::Ones, seeds)?;
    /// #       Ok(input.clone())
    /// #   }
    ///     fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
    ///         x * pass.param(&self.0)
    ///     }
    ///     fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param)) {
    ///         visit("gain", &mut self.0);
    ///     }
    ///     fn onnx(&self, graph: &mut Graph, x: &Value, _row: &Shape) -> Result<Value, String> {
    ///         let gain = graph.param(&self.0)?;
    ///         Ok(graph.node("Mul", &[x, &gain], &[]))
    ///     }
    /// }
    /// let file = Sequential::new().input(4).add(Gain(Param::unbuilt())).to_onnx()?;
    /// # assert!(!file.is_empty());
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// What of it ONNX cannot say, in words.
    #[cfg(feature = "onnx")]
    fn onnx(
        &self,
        _graph: &mut crate::onnx::Graph,
        _x: &crate::onnx::Value,
        _row: &Shape,
    ) -> Result<crate::onnx::Value, String> {
        Err(format!("layers of kind `{}` have no ONNX form: write its `onnx`", self.kind()))
    }
}

/// The name of a kind of layer, and what makes one from its settings.
type Kind<T> = (&'static str, RestoreLayer<T>);

impl<T: Element> Registry<T> {
    /// Knows the layers of the library, and these.
    pub(crate) fn with(others: &[(&str, RestoreLayer<T>)]) -> Self {
        Self::of(&[kinds(), others.to_vec()].concat())
    }
}

/// Lets a boxed [`Layer`] be cloned; whatever is `Clone` has it.
pub trait CloneLayer<T: Element> {
    /// A copy, with parameters of its own.
    fn boxed(&self) -> Box<dyn Layer<T>>;
}

impl<T: Element, L: Layer<T> + Clone + 'static> CloneLayer<T> for L {
    fn boxed(&self) -> Box<dyn Layer<T>> {
        Box::new(self.clone())
    }
}

impl<T: Element> Clone for Box<dyn Layer<T>> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

impl<T: Element> Debug for dyn Layer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind())
    }
}

/// The two axes of a row of a sequence: steps, and their features.
pub(crate) fn steps_of(input: &Shape) -> Result<[usize; 2], String> {
    match input[..] {
        [steps, features] if features > 0 => Ok([steps, features]),
        _ => Err(format!(
            "a row of its input is a sequence, of shape [steps, features] with at least 1 feature, and not {input}: `Reshape` to \
             such rows, or begin with an `Embedding`"
        )),
    }
}

/// A layer with an input on which its gradients are checked.
#[cfg(test)]
pub(crate) struct Sample {
    pub(crate) layer: Box<dyn Layer<f64>>,
    pub(crate) x: Tensor<f64>,
}

#[cfg(test)]
impl Sample {
    /// On an input of this shape, of numbers from 0.1 to 1.5: away from the kink of rectifiers.
    fn new(layer: impl Layer<f64> + 'static, shape: impl Into<Shape>) -> Self {
        Self { layer: Box::new(layer), x: Tensor::uniform(shape, 0.1, 1.5, 1) }
    }
}
