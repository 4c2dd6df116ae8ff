//! Layers one after the other.

mod architecture;
mod build;
mod files;
#[cfg(feature = "onnx")]
mod onnx;
mod pytorch;
mod summary;
mod weights;

pub(crate) use files::{FileNotes, check_entries, shapes_of};
pub use pytorch::Layout;
pub use summary::Summary;
pub(crate) use weights::{check_weights, put_weights, weights_of};

pub(crate) use architecture::Treatment;
use architecture::is_name;

use crate::layer::{Flatten, Input, Layer, Reshape, RowShape};
use crate::param::Param;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::session::Session;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};
use std::any::Any;

/// A network of layers, each fed with the output of the one before. Keras's `Sequential`.
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// let mut network = Sequential::new()
///     .add(Dense::new(256).activation(Relu).input(800)).add(Dropout::new(0.5))
///     .add(Dense::new(256).activation(Relu)).add(Dropout::new(0.5))
///     .add(Dense::new(5).activation(Softmax));
/// network.build()?;
/// assert_eq!(network.summary().total(), 272_133);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
///
/// `Sequential::new()` computes in `f32`; `Sequential::<f64>::default()` in `f64`.
///
/// A clone has parameters of its own. A network is itself a [`Layer`], and so may stand within another.
#[derive(Clone, Debug)]
pub struct Sequential<T: Element = f32> {
    places: Vec<Place<T>>,
    /// Which place runs when: one may run more than once.
    order: Vec<usize>,
    input: Option<Shape>,
    seed: u64,
    /// The shape of a row after each layer of `order`; empty before building.
    shapes: Vec<Shape>,
    /// Names of all parameters in the order of visiting; empty before building.
    names: Vec<String>,
    /// What was wrong with a call of `add_named` or `reuse`, to be told when the network is built.
    mistake: Option<(String, String)>,
    /// What a file says of its parameters, to be done when they are there.
    treatment: Treatment,
}

/// Values, and which steps of them are real: all, where nothing is said.
pub(crate) type Masked<T> = (Tensor<T>, Option<Tensor<bool>>);

/// A layer with its name.
#[derive(Clone, Debug)]
struct Place<T: Element> {
    name: String,
    layer: Box<dyn Layer<T>>,
}

impl Sequential {
    /// An empty network that computes in `f32`.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Element> Default for Sequential<T> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            order: Vec::new(),
            input: None,
            seed: 0,
            shapes: Vec::new(),
            names: Vec::new(),
            mistake: None,
            treatment: Treatment::default(),
        }
    }
}

impl<T: Element> Sequential<T> {
    /// Puts a layer at the end, named after its kind: `dense`, `dense_1`, ...
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "Keras's name; nothing is summed")]
    pub fn add(self, layer: impl Layer<T> + 'static) -> Self {
        let kind = snake_case(layer.kind());
        let taken = |name: &str| self.places.iter().any(|place| place.name == name);
        let numbered = (1..).map(|number| format!("{kind}_{number}"));
        let name = [kind.clone()].into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or(kind);
        self.push(name, Box::new(layer))
    }

    /// Puts a layer at the end under a name of its own.
    #[must_use]
    pub fn add_named(mut self, name: impl Into<String>, layer: impl Layer<T> + 'static) -> Self {
        let name = name.into();
        if self.places.iter().any(|place| place.name == name) {
            self.mistake.get_or_insert((name.clone(), "the network already has a layer of this name".into()));
        } else if !is_name(&name) {
            self.mistake.get_or_insert((name.clone(), "a name must not be empty, nor contain a dot or a slash".into()));
        }
        self.push(name, Box::new(layer))
    }

    /// Runs a layer once more, here: the same layer with the same weights, whose gradients gather over all its uses.
    #[must_use]
    #[doc(alias = "weight sharing")]
    pub fn reuse(mut self, name: &str) -> Self {
        if let Some(place) = self.places.iter().position(|place| place.name == name) {
            self.order.push(place);
        } else {
            let problem = format!("there is none to be used again; there are: {}", self.names().join(", "));
            self.mistake.get_or_insert((name.to_owned(), problem));
        }
        self.shapes.clear();
        self
    }

    fn push(mut self, name: String, layer: Box<dyn Layer<T>>) -> Self {
        if self.order.is_empty() && self.input.is_none() {
            self.input = layer.input_shape();
        }
        self.shapes.clear();
        self.order.push(self.places.len());
        self.places.push(Place { name, layer });
        self
    }

    /// The shape of a row of input: a number of features, or the sizes of several axes.
    #[must_use]
    pub fn input(mut self, shape: impl RowShape) -> Self {
        self.input = Some(shape.row_shape());
        self.shapes.clear();
        self
    }

    /// Everything random about this network and its training follows from this number: first weights, dropout, noise, shuffles.
    /// Weights that are there already stay: say it before the network is built, or clone the network before.
    #[must_use]
    #[doc(alias = "set_random_seed")]
    #[doc(alias = "manual_seed")]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The names of the layers, each once.
    pub fn names(&self) -> Vec<&str> {
        self.places.iter().map(|place| place.name.as_str()).collect()
    }

    /// A layer by its name; none where no layer is called so, or it is of another type.
    ///
    /// ```
    /// use chainrule_nn::prelude::*;
    /// let network = Sequential::new().add(Dense::new(3).input(2)).add(Dropout::new(0.5));
    /// assert!(network.layer::<Dropout>("dropout").is_some());
    /// assert!(network.layer::<Dense>("dropout").is_none());
    /// ```
    pub fn layer<L: Layer<T>>(&self, name: &str) -> Option<&L> {
        let place = self.places.iter().find(|place| place.name == name)?;
        let layer: &dyn Any = &*place.layer;
        layer.downcast_ref()
    }

    pub(crate) fn seeds(&self) -> u64 {
        self.seed
    }

    pub(crate) fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// The outputs for a batch, computed without keeping anything: what one layer made is let go as soon as the next has run.
    /// The input's first axis counts rows; the network is built.
    pub(crate) fn infer(&self, session: &mut Session<T>, x: &Tensor<T>) -> Tensor<T> {
        self.infer_until(self.order.len(), session, x).0
    }

    /// What comes out of the first `steps` steps, with the mask behind them.
    pub(crate) fn infer_until(&self, steps: usize, session: &mut Session<T>, x: &Tensor<T>) -> Masked<T> {
        (0..steps).fold((x.clone(), None), |(x, mask), step| {
            let pass = session.inference();
            pass.set_mask(mask);
            let y = self.run(step, pass.constant(&x), &pass).value();
            (y, pass.mask())
        })
    }

    /// At which step a layer runs first.
    pub(crate) fn first_step(&self, name: &str) -> Option<usize> {
        self.order.iter().position(|&at| self.places[at].name == name)
    }

    /// How many times a layer runs.
    pub(crate) fn steps(&self) -> usize {
        self.order.len()
    }

    /// The name of the layer that runs at this step.
    pub(crate) fn name_at(&self, step: usize) -> &str {
        &self.places[self.order[step]].name
    }

    /// Runs the layer of one step.
    ///
    /// # Panics
    /// When it gives rows of another shape than its `build` promised, or other steps than the mask tells of.
    pub(crate) fn run<'t>(&self, step: usize, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let y = pass.tape().in_scope(self.name_at(step), || self.layer_at(step).forward(x, pass));
        self.check_output(step, y, pass);
        y
    }

    /// Runs the layer of one step and the dropout of the next, where that comes and the layer can do both in one.
    fn run_dropped<'t>(&self, step: usize, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Option<Var<'t, Tensor<T>>> {
        if !pass.is_training() || step + 1 >= self.order.len() {
            return None;
        }
        let dropped = self.layer_at(step + 1).drops()?;
        let layer = self.layer_at(step);
        let y = pass.tape().in_scope(self.name_at(step), || layer.forward_dropped(x, dropped, pass))?;
        self.check_output(step, y, pass);
        Some(y)
    }

    fn layer_at(&self, step: usize) -> &dyn Layer<T> {
        &*self.places[self.order[step]].layer
    }

    #[track_caller]
    fn check_output(&self, step: usize, y: Var<'_, Tensor<T>>, pass: &Pass<'_, T>) {
        if let Some(mask) = pass.mask() {
            let shape = y.shape();
            assert!(
                shape.get(..2) == Some(&**mask.shape()),
                "layer `{}`: it gave shape {shape}, but the mask of real steps still has shape {}; a layer that changes the steps, \
                 or leaves none, says so in its forward pass: `pass.set_mask(...)`",
                self.name_at(step),
                mask.shape()
            );
        }
        if let Some(promised) = self.shapes.get(step) {
            let shape = y.shape();
            assert!(
                shape.get(1..) == Some(&**promised),
                "layer `{}`: its forward pass gave shape {shape}, but its `build` promised rows of shape {promised}; a layer \
                 that changes shapes says so in `build`",
                self.name_at(step)
            );
        }
    }
}

impl<T: Element> Layer<T> for Sequential<T> {
    fn input_shape(&self) -> Option<Shape> {
        self.input.clone()
    }

    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        self.build_for(input, seeds).map_err(|error| error.to_string())
    }

    fn check_input(&self, x: &Tensor<T>) -> Result<(), String> {
        // these hand on the numbers that they get
        let hands_on = |layer: &dyn Any| layer.is::<Input>() || layer.is::<Flatten>() || layer.is::<Reshape>();
        let mut layers = self.order.iter().map(|&at| &*self.places[at].layer);
        let first = layers.find(|layer| !hands_on(*layer));
        first.map_or(Ok(()), |layer| layer.check_input(x))
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let (mut x, mut step) = (x, 0);
        while step < self.order.len() {
            (x, step) = match self.run_dropped(step, x, pass) {
                Some(y) => (y, step + 2),
                None => (self.run(step, x, pass), step + 1),
            };
        }
        x
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        let mut names = self.names.iter();
        for Place { name, layer } in &mut self.places {
            layer.visit(&mut |own, param| match names.next() {
                Some(known) => visit(known, param),
                None => visit(&format!("{name}.{own}"), param),
            });
        }
    }

    fn settings(&self) -> Option<Settings> {
        Some(self.describe())
    }

    fn pytorch(&mut self, _: &Shape, state: &mut StateDict<T>) {
        self.pytorch_layers(state);
    }

    #[cfg(feature = "onnx")]
    fn onnx(
        &self,
        graph: &mut crate::onnx::Graph,
        x: &crate::onnx::Value,
        _: &Shape,
    ) -> Result<crate::onnx::Value, String> {
        self.write_onnx(graph, x).map_err(|error| error.to_string())
    }
}

/// `GaussianNoise` as `gaussian_noise`, `CNNBlock` as `cnn_block`.
fn snake_case(kind: &str) -> String {
    let letters: Vec<char> = kind.chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let word_ends = at > 0 && !letters[at - 1].is_uppercase();
        let word_begins = at > 0 && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (word_ends || word_begins) {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_become_names() {
        let names = ["Dense", "GaussianNoise", "CNNBlock", "Conv2d", "A"].map(snake_case);
        assert_eq!(names, ["dense", "gaussian_noise", "cnn_block", "conv2d", "a"]);
    }
}
