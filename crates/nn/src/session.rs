//! The steps of training around forward passes.

use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::optim::Optimize;
use crate::param::{ParamId, Role};
use crate::pass::{Mode, Notes, Pass};
use crate::random::Seeds;
use chainrule::{Element, Tape, Tensor};
use std::fmt;

/// What passes through a network share: the tape with its buffers, and the seed. Kept from step to step, it makes a training
/// loop that allocates nothing.
///
/// [`Model::fit`](crate::Model::fit) has one inside. A loop written by hand looks like this:
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// # fn main() -> chainrule_nn::Result<()> {
/// let (x, y) = (Tensor::from([[0.0], [1.0], [2.0]]), Tensor::from([[1.0], [3.0], [5.0]]));
/// let mut network = Sequential::new().add(Dense::new(1).input(1)).seed(7);
/// network.build()?;
/// let mut optimizer = Sgd::new(0.1);
/// let mut session = Session::new(7);
/// let mut last = f32::INFINITY;
/// for _ in 0..500 {
///     let pass = session.training();
///     let loss = MeanSquaredError.of(network.forward(pass.constant(&x), &pass), &(&y).into());
///     last = loss.item();
///     pass.backward(loss);
///     session.step(&mut network, &mut optimizer)?;
/// }
/// assert!(last < 1e-6); // y = 1 + 2 x
/// # Ok(())
/// # }
/// ```
pub struct Session<T: Element = f32> {
    tape: Tape<Tensor<T>>,
    seeds: Seeds,
    /// What `seeds` was before the last training pass.
    before: Seeds,
    notes: Notes<T>,
    /// Where the gradient of each trained parameter stands, in the order of visiting.
    order: Vec<usize>,
}

impl<T: Element> Session<T> {
    /// A session that draws the random numbers of dropout and noise from this seed.
    pub fn new(seed: u64) -> Self {
        let seeds = Seeds::new(seed);
        Self { tape: Tape::new(), before: seeds.clone(), seeds, notes: Notes::default(), order: Vec::new() }
    }

    /// [`new`](Self::new) on a [traced](Tape::traced) tape, which remembers what every layer computed, for tables, pictures and
    /// explanations: each layer is a scope by its name. It takes longer and keeps all values.
    ///
    /// ```
    /// use chainrule_nn::prelude::*;
    ///
    /// # fn main() -> chainrule_nn::Result<()> {
    /// let mut network = Sequential::new().add(Dense::new(8).activation(Tanh).input(4)).add(Dense::new(1));
    /// network.build()?;
    /// let mut session = Session::traced(7);
    /// let pass = session.training();
    /// let loss = network.forward(pass.constant(&Tensor::ones([2, 4])), &pass).powi(2).mean();
    /// let table = pass.tape().table(&loss.backward());
    /// let picture = table.drawing().scope_depth(1).to_dot(); // a box for each layer
    /// assert!(picture.contains("dense\\n") && picture.contains("dense_1\\n"), "{picture}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn traced(seed: u64) -> Self {
        let seeds = Seeds::new(seed);
        Self { tape: Tape::traced(), before: seeds.clone(), seeds, notes: Notes::default(), order: Vec::new() }
    }

    /// A session whose first training pass draws the same numbers as the last one here, on a [traced](Tape::traced) tape.
    pub(crate) fn again(&self) -> Self {
        let seeds = self.before.clone();
        Self { tape: Tape::traced(), before: seeds.clone(), seeds, notes: Notes::default(), order: Vec::new() }
    }

    /// Begins a pass in which layers act as in training and parameters get gradients.
    pub fn training(&mut self) -> Pass<'_, T> {
        self.begin(Mode::Training)
    }

    /// Begins a pass in which layers act as at inference, for a loss that is only looked at.
    pub fn evaluation(&mut self) -> Pass<'_, T> {
        self.begin(Mode::Evaluation)
    }

    /// Begins a pass for predictions: nothing is remembered for gradients.
    pub fn inference(&mut self) -> Pass<'_, T> {
        self.begin(Mode::Inference)
    }

    fn begin(&mut self, mode: Mode) -> Pass<'_, T> {
        self.tape.clear();
        self.notes.clear();
        let mut seed = 0;
        if mode == Mode::Training {
            self.before = self.seeds.clone();
            seed = self.seeds.next();
        }
        Pass::new(&self.tape, &self.notes, mode, seed)
    }

    /// Ends a training pass whose [`backward`](Pass::backward) has run: the optimizer changes each trained parameter of `network`
    /// in place, and its buffers get what layers wrote. Gradients are used once; those of other networks in the same pass stay
    /// for steps of their own.
    ///
    /// # Errors
    /// [`Error::NoGradient`] with the first trained parameter that no gradient reached, and [`Error::Option`] where
    /// [`backward`](Pass::backward) was not called, or the optimizer's settings make no sense. Then nothing was changed.
    pub fn step(&mut self, network: &mut dyn Layer<T>, optimizer: &mut dyn Optimize<T>) -> Result<()> {
        self.advance(network, optimizer, false)
    }

    /// [`step`](Self::step) of the only network there is: a parameter on the tape that its `visit` does not show is an error.
    pub(crate) fn step_alone(&mut self, network: &mut dyn Layer<T>, optimizer: &mut dyn Optimize<T>) -> Result<()> {
        self.advance(network, optimizer, true)
    }

    fn advance(&mut self, network: &mut dyn Layer<T>, optimizer: &mut dyn Optimize<T>, alone: bool) -> Result<()> {
        // gives the parameters back, so that they change in place
        self.tape.clear();
        let gradients = self.notes.gradients.get_mut();
        if gradients.is_empty() && !alone {
            return Err(Error::Option {
                call: "step",
                problem: "there are no gradients to go by: call `pass.backward(loss)` before each step".into(),
            });
        }
        assign(network, gradients, &mut self.order)?;
        if let (true, Some(hidden)) = (alone, unassigned(gradients, &self.order)) {
            return Err(Error::Hidden { shape: hidden.shape().clone() });
        }
        optimizer.begin_step(&mut self.order.iter().map(|&at| (gradients[at].0, &gradients[at].1)))?;
        let writes = &*self.notes.writes.get_mut();
        let mut own = self.order.iter().map(|&at| &gradients[at].1);
        network.visit(&mut |_, param| match param.role {
            Role::Trained => {
                if let Some(gradient) = own.next() {
                    optimizer.update(param.id(), param.group, &mut param.value, gradient);
                }
            }
            Role::Buffer => {
                if let Some((_, value)) = writes.iter().rev().find(|(id, _)| *id == param.id()) {
                    param.value = value.clone();
                }
            }
            Role::Frozen => {}
        });
        forget(gradients, &mut self.order);
        Ok(())
    }

    /// The gradients of the last [`backward`](Pass::backward), by the parameters it reached; a step uses them up.
    pub fn gradients(&mut self) -> &[(ParamId, Tensor<T>)] {
        self.notes.gradients.get_mut()
    }

    /// Where the stream of random numbers stands.
    pub(crate) fn stream(&self) -> u64 {
        self.seeds.state()
    }

    /// Goes on from there.
    pub(crate) fn set_stream(&mut self, stream: u64) {
        self.seeds = Seeds::new(stream);
    }

    /// The tape of the pass that was begun last.
    pub(crate) fn tape(&self) -> &Tape<Tensor<T>> {
        &self.tape
    }
}

/// Finds the gradient of each trained parameter, in the order of visiting.
fn assign<T: Element>(
    network: &mut dyn Layer<T>,
    gradients: &[(ParamId, Tensor<T>)],
    order: &mut Vec<usize>,
) -> Result<()> {
    order.clear();
    let (mut missing, mut wrong) = (None, None);
    network.visit(&mut |name, param| {
        if param.role == Role::Trained {
            if let Err(problem) = param.group.check() {
                wrong = wrong.take().or_else(|| Some(format!("the group of `{name}`: {problem}")));
            }
            match gradients.binary_search_by_key(&param.id(), |(id, _)| *id) {
                Ok(at) => order.push(at),
                Err(_) => missing = missing.take().or_else(|| Some(name.to_owned())),
            }
        }
    });
    match (missing, wrong) {
        (Some(parameter), _) => Err(Error::NoGradient { parameter, reason: "the loss does not depend on it".into() }),
        (None, Some(problem)) => Err(Error::Option { call: "step", problem }),
        (None, None) => Ok(()),
    }
}

/// A gradient that belongs to no parameter that was visited.
fn unassigned<'a, T>(gradients: &'a [(ParamId, Tensor<T>)], order: &[usize]) -> Option<&'a Tensor<T>> {
    if order.len() == gradients.len() {
        return None;
    }
    gradients.iter().enumerate().find(|(at, _)| !order.contains(at)).map(|(_, (_, gradient))| gradient)
}

/// Lets go of the gradients that were used.
fn forget<T>(gradients: &mut Vec<(ParamId, Tensor<T>)>, order: &mut [usize]) {
    if order.len() == gradients.len() {
        return gradients.clear();
    }
    order.sort_unstable();
    for &at in order.iter().rev() {
        gradients.remove(at);
    }
}

impl<T: Element> fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("tape", &self.tape).finish_non_exhaustive()
    }
}
