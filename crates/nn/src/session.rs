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
}

impl<T: Element> Session<T> {
    /// A session that draws the random numbers of dropout and noise from this seed.
    pub fn new(seed: u64) -> Self {
        let seeds = Seeds::new(seed);
        Self { tape: Tape::new(), before: seeds.clone(), seeds, notes: Notes::default() }
    }

    /// A session whose first training pass draws the same numbers as the last one here, on a [traced](Tape::traced) tape.
    pub(crate) fn again(&self) -> Self {
        let seeds = self.before.clone();
        Self { tape: Tape::traced(), before: seeds.clone(), seeds, notes: Notes::default() }
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

    /// Ends a training pass whose [`backward`](Pass::backward) has run: the optimizer changes each trained parameter in place,
    /// and buffers get what layers wrote.
    ///
    /// # Errors
    /// [`Error::NoGradient`] with the first trained parameter that no gradient reached; [`Error::Option`] when the optimizer's
    /// options or its learning rate make no sense. Then nothing was changed.
    pub fn step(&mut self, network: &mut dyn Layer<T>, optimizer: &mut dyn Optimize<T>) -> Result<()> {
        // gives the parameters back, so that they change in place
        self.tape.clear();
        let gradients = &*self.notes.gradients.get_mut();
        let missing = unreached(network, gradients);
        if let Some(parameter) = missing {
            return Err(Error::NoGradient { parameter });
        }
        optimizer.begin_step(&mut gradients.iter().map(|(id, gradient)| (*id, gradient)))?;
        let writes = &*self.notes.writes.get_mut();
        let mut hint = 0;
        network.visit(&mut |_, param| match param.role {
            Role::Trained => {
                if let Some(gradient) = find(gradients, param.id(), &mut hint) {
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
        Ok(())
    }

    /// The gradients of the last [`backward`](Pass::backward), by the parameters it reached.
    pub fn gradients(&mut self) -> &[(ParamId, Tensor<T>)] {
        self.notes.gradients.get_mut()
    }

    /// The tape of the pass that was begun last.
    pub(crate) fn tape(&self) -> &Tape<Tensor<T>> {
        &self.tape
    }
}

/// The first trained parameter without a gradient.
fn unreached<T: Element>(network: &mut dyn Layer<T>, gradients: &[(ParamId, Tensor<T>)]) -> Option<String> {
    let (mut missing, mut hint) = (None, 0);
    network.visit(&mut |name, param| {
        if param.role == Role::Trained && missing.is_none() && find(gradients, param.id(), &mut hint).is_none() {
            missing = Some(name.to_owned());
        }
    });
    missing
}

/// What is listed under an identity. Lists and visits go in the same order, nearly: the search begins where the last ended.
fn find<'a, V>(list: &'a [(ParamId, V)], id: ParamId, hint: &mut usize) -> Option<&'a V> {
    let (before, after) = list.split_at((*hint).min(list.len()));
    let at = after.iter().position(|(own, _)| *own == id).map(|at| at + before.len());
    let at = at.or_else(|| before.iter().position(|(own, _)| *own == id))?;
    *hint = at + 1;
    Some(&list[at].1)
}

impl<T: Element> fmt::Debug for Session<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("tape", &self.tape).finish_non_exhaustive()
    }
}
