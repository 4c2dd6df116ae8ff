//! Weights under the names and in the layout of `PyTorch`.

use crate::param::Param;
use chainrule::{Element, Shape, Tensor};
use std::collections::HashMap;

/// What `PyTorch` calls the `state_dict` of a network, on its way to a file or from one: each layer hands its numbers over as they
/// would lie there, and takes back what it gets. On the way out that is the same; on the way in, the numbers of the file. So one
/// [`Layer::pytorch`](crate::Layer::pytorch) serves both ways:
///
/// ```
/// use chainrule_nn::{Layout, StateDict, prelude::*};
///
/// /// y = gain · x, with a gain for each feature; a module with a `Parameter` of shape [features, 1], called `scale`.
/// #[derive(Clone)]
/// struct Gain(Param);
///
/// impl Layer for Gain {
/// #   fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
/// #       self.0.build(input, &Init::Ones, seeds)?;
/// #       Ok(input.clone())
/// #   }
/// #   fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
/// #       x * pass.param(&self.0)
/// #   }
///     fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param)) {
///         visit("gain", &mut self.0);
///     }
///     fn pytorch(&mut self, _row: &Shape, state: &mut StateDict) {
///         let features = self.0.value.len();
///         let scale = state.tensor("scale", self.0.value.reshape([features, 1]));
///         self.0.value = scale.reshape([features]);
///     }
/// }
/// # let path = std::env::temp_dir().join(format!("chainrule-doc-gain-{}.safetensors", std::process::id()));
/// let mut network = Sequential::new().input(4).add(Gain(Param::unbuilt()));
/// network.build()?;
/// network.save_weights_as(&path, Layout::PyTorch)?;
/// let tensors = chainrule_nn::load_tensors::<f32>(&path)?;
/// assert_eq!((tensors[0].0.as_str(), tensors[0].1.shape().to_vec()), ("gain.scale", vec![4, 1]));
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Debug)]
pub struct StateDict<T: Element = f32> {
    /// The numbers of a file; on the way out, none.
    given: HashMap<String, Tensor<T>>,
    /// What the layers handed over.
    tensors: Vec<(String, Tensor<T>)>,
    ignored: Vec<String>,
    /// The names of the layers around.
    prefix: String,
    /// The image whose numbers are what a row is now.
    flattened: Option<[usize; 3]>,
    /// The first that was told, with the layer.
    problem: Option<(String, String)>,
}

impl<T: Element> StateDict<T> {
    /// To be filled.
    pub(crate) fn new() -> Self {
        Self::of(Vec::new())
    }

    /// To give out these.
    pub(crate) fn of(tensors: Vec<(String, Tensor<T>)>) -> Self {
        Self {
            given: tensors.into_iter().collect(),
            tensors: Vec::new(),
            ignored: Vec::new(),
            prefix: String::new(),
            flattened: None,
            problem: None,
        }
    }

    /// What was handed over; or the layer that refused, and why.
    pub(crate) fn finish(self) -> Result<Filled<T>, (String, String)> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(Filled { tensors: self.tensors, ignored: self.ignored }),
        }
    }

    /// Hands over a tensor in `PyTorch`'s layout under the name it has there; what comes back, of the same shape, is what the
    /// layer shall hold.
    pub fn tensor(&mut self, name: &str, own: Tensor<T>) -> Tensor<T> {
        let name = self.full(name);
        let given = self.given.get(&name).filter(|given| given.shape() == own.shape());
        let value = given.cloned().unwrap_or_else(|| own.clone());
        self.tensors.push((name, own));
        value
    }

    /// A parameter or buffer that lies there as it does here.
    pub fn param(&mut self, name: &str, param: &mut Param<T>) {
        param.value = self.tensor(name, param.value.clone());
    }

    /// The weights of a convolution: `[height, width, channels, filters]` here, and there `[filters, channels, height, width]`.
    ///
    /// # Panics
    /// When they do not have four axes.
    #[track_caller]
    pub fn kernel(&mut self, name: &str, param: &mut Param<T>) {
        param.value = self.tensor(name, param.value.permute([3, 2, 0, 1])).permute([2, 3, 1, 0]);
    }

    /// The weights of an affine map: `[inputs, outputs]` here, and there `[outputs, inputs]`. Where the inputs are the numbers of an
    /// image, which a [`Flatten`](crate::Flatten) gave, they come in the order of `[height, width, channels]` here, and there in that
    /// of `[channels, height, width]`.
    ///
    /// # Panics
    /// When they do not have two axes.
    #[track_caller]
    pub fn matrix(&mut self, name: &str, param: &mut Param<T>) {
        let [inputs, outputs] = [0, 1].map(|axis| param.value.shape()[axis]);
        let [height, width, channels] = self.flattened.take().unwrap_or([1, 1, inputs]);
        if height * width * channels != inputs {
            return self.refuse(format!(
                "its weights have {inputs} inputs, and the image before it {height}·{width}·{channels} numbers"
            ));
        }
        let own = param.value.reshape([height, width, channels, outputs]).permute([3, 2, 0, 1]);
        let value = self.tensor(name, own.reshape([outputs, inputs]));
        let value = value.reshape([outputs, channels, height, width]).permute([2, 3, 1, 0]);
        param.value = value.reshape([inputs, outputs]);
    }

    /// A tensor that modules have there, and that means nothing here: it is not written, and passed over where a file has it.
    pub fn ignore(&mut self, name: &str) {
        let name = self.full(name);
        self.ignored.push(name);
    }

    /// A layer within a layer: its names stand behind `name` and a dot.
    pub fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        let outer = self.prefix.len();
        self.prefix = self.full(name);
        inner(self);
        self.prefix.truncate(outer);
    }

    /// Rows become rows of another shape, row-major. Those of three axes are images, whose channels `PyTorch` has in front: what lies
    /// behind has to know it.
    pub fn reshape(&mut self, from: &Shape, to: &Shape) {
        let (before, after) = (self.flattened.take().or_else(|| image(from)), image(to));
        match (before, after) {
            (None, None) => {}
            // positions in another form, with their channels
            (Some([_, _, channels]), _) if to.last() == Some(&channels) => {}
            (None, Some([_, _, channels])) if from.len() > 1 && from.last() == Some(&channels) => {}
            (Some(image), None) if to.len() == 1 => self.flattened = Some(image),
            _ => self.refuse(format!(
                "it makes rows of shape {to} of rows of shape {from}, and `PyTorch`, whose images have their channels in front, \
                 would order their numbers in another way; exchange the layers before it and behind it as networks of their own"
            )),
        }
    }

    /// The image `[height, width, channels]` whose numbers are a row of input here, in the order of its axes; `PyTorch` has them in
    /// that of `[channels, height, width]`. None where the order is the same.
    pub fn flattened(&self) -> Option<[usize; 3]> {
        self.flattened
    }

    /// For layers side by side, each of which begins with the same.
    pub(crate) fn set_flattened(&mut self, image: Option<[usize; 3]>) {
        self.flattened = image;
    }

    /// Says that `PyTorch` has nothing for this layer, or not with these settings; nothing is written then, or changed. The first
    /// problem is told.
    pub fn refuse(&mut self, problem: impl Into<String>) {
        let Self { problem: first, prefix, .. } = self;
        first.get_or_insert_with(|| (prefix.clone(), problem.into()));
    }

    fn full(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}.{name}", self.prefix) }
    }
}

/// What layers handed over.
pub(crate) struct Filled<T: Element> {
    pub(crate) tensors: Vec<(String, Tensor<T>)>,
    pub(crate) ignored: Vec<String>,
}

/// A row whose numbers lie in another order where channels stand in front.
fn image(row: &Shape) -> Option<[usize; 3]> {
    match row[..] {
        [height, width, channels] if height * width > 1 && channels > 1 => Some([height, width, channels]),
        _ => None,
    }
}
