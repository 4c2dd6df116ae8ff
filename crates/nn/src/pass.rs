//! One forward pass through a network.

use crate::param::{Param, ParamId, Role};
use crate::random::Seeds;
use crate::regularizer::Regularizer;
use chainrule::{Element, Shape, Tape, Tensor, Var};
use std::cell::{Cell, RefCell};
use std::fmt;

/// What a pass is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// Layers drop and disturb, parameters get gradients.
    Training,
    /// Layers act as at inference; operations are remembered, so that a loss sees what its input was made of.
    Evaluation,
    /// Layers act as at inference, and nothing is remembered.
    Inference,
}

/// What a pass writes down; the lists keep their memory.
pub(crate) struct Notes<T> {
    /// Where each parameter stands on the tape, in the order of identities.
    pub(crate) places: RefCell<Vec<(ParamId, usize)>>,
    /// What regularisers add to the loss, as nodes of the tape, each with its parameter.
    pub(crate) penalties: RefCell<Vec<(ParamId, usize)>>,
    /// What layers want their buffers to be.
    pub(crate) writes: RefCell<Vec<(ParamId, Tensor<T>)>>,
    /// The gradient by each parameter that one reaches, in the order of identities.
    pub(crate) gradients: RefCell<Vec<(ParamId, Tensor<T>)>>,
}

impl<T> Default for Notes<T> {
    fn default() -> Self {
        Self {
            places: RefCell::default(),
            penalties: RefCell::default(),
            writes: RefCell::default(),
            gradients: RefCell::default(),
        }
    }
}

impl<T> Notes<T> {
    pub(crate) fn clear(&mut self) {
        self.places.get_mut().clear();
        self.penalties.get_mut().clear();
        self.writes.get_mut().clear();
        self.gradients.get_mut().clear();
    }
}

/// One forward pass: what it is for, its random numbers, and where parameters stand on the tape. Layers get it in
/// [`Layer::forward`](crate::Layer::forward); nothing about a pass is global.
pub struct Pass<'t, T: Element = f32> {
    tape: &'t Tape<Tensor<T>>,
    notes: &'t Notes<T>,
    mode: Mode,
    draws: Cell<u64>,
    mask: RefCell<Option<Tensor<bool>>>,
}

impl<'t, T: Element> Pass<'t, T> {
    pub(crate) fn new(tape: &'t Tape<Tensor<T>>, notes: &'t Notes<T>, mode: Mode, seed: u64) -> Self {
        Self { tape, notes, mode, draws: Cell::new(seed), mask: RefCell::default() }
    }

    /// Whether this is training, where dropout drops and noise disturbs.
    pub fn is_training(&self) -> bool {
        self.mode == Mode::Training
    }

    /// Whether nothing is remembered: values may be changed in their place.
    pub(crate) fn is_inference(&self) -> bool {
        self.mode == Mode::Inference
    }

    /// The tape of this pass.
    pub fn tape(&self) -> &'t Tape<Tensor<T>> {
        self.tape
    }

    /// Data on the tape of this pass.
    pub fn constant(&self, data: &Tensor<T>) -> Var<'t, Tensor<T>> {
        self.tape.constant(data.clone())
    }

    /// A parameter on the tape of this pass. However often it is asked for, it is one variable, whose gradient gathers all uses.
    ///
    /// # Panics
    /// When the parameter was not built.
    #[track_caller]
    pub fn param(&self, param: &Param<T>) -> Var<'t, Tensor<T>> {
        let mut places = self.notes.places.borrow_mut();
        let at = match places.binary_search_by_key(&param.id(), |(id, _)| *id) {
            Ok(at) => return self.tape.node(places[at].1),
            Err(at) => at,
        };
        assert!(param.is_built(), "a parameter was used that has no shape yet: `build()` the network before it runs");
        let varies = match self.mode {
            Mode::Training => param.role == Role::Trained,
            Mode::Evaluation => param.role != Role::Buffer,
            Mode::Inference => false,
        };
        let value = param.value.clone();
        let variable = if varies { self.tape.var(value) } else { self.tape.constant(value) };
        if let Some(place) = variable.node() {
            // identities are handed out in order, so this is at the end, nearly always
            places.insert(at, (param.id(), place));
        }
        variable
    }

    /// Calls a parameter by its name in what a traced tape tells.
    pub(crate) fn name(&self, param: &Param<T>, name: &str) {
        let places = self.notes.places.borrow();
        if let Ok(at) = places.binary_search_by_key(&param.id(), |(id, _)| *id) {
            let _ = self.tape.node(places[at].1).named(name);
        }
    }

    /// A seed for random numbers, another one at each call and in each pass.
    pub fn seed(&self) -> u64 {
        let mut seeds = Seeds::new(self.draws.get());
        let seed = seeds.next();
        self.draws.set(self.draws.get().wrapping_add(1));
        seed
    }

    /// Which steps of the sequences that flow through this pass are real, and not padding: `[rows, steps]`, true where one is real.
    /// None where all are. [`Embedding::mask_zero`](crate::Embedding::mask_zero) says it; layers along the steps heed it.
    pub fn mask(&self) -> Option<Tensor<bool>> {
        self.mask.borrow().clone()
    }

    /// The [`mask`](Self::mask), for a layer along the steps of an input of this shape, `[rows, steps, ..]`.
    ///
    /// # Panics
    /// When the mask has other rows or steps.
    #[track_caller]
    pub fn mask_for(&self, input: &Shape) -> Option<Tensor<bool>> {
        let mask = self.mask()?;
        assert!(
            input.get(..2) == Some(&**mask.shape()),
            "the mask of real steps has shape {}, but the input {input}: the mask's are its first two axes, [rows, steps]. A \
             layer that changes the steps says so with `Pass::set_mask`",
            mask.shape()
        );
        Some(mask)
    }

    /// Says which steps are real from here on: a layer behind which there are no steps any more says `None`.
    pub fn set_mask(&self, mask: Option<Tensor<bool>>) {
        *self.mask.borrow_mut() = mask;
    }

    /// Adds the penalty on a parameter to the loss of this pass: once, however often the parameter is used, and only for one
    /// that is trained, as in Keras. At inference there is no loss, and nothing is computed.
    pub fn penalize(&self, param: &Param<T>, regularizer: &dyn Regularizer<T>) {
        let noted = self.notes.penalties.borrow().iter().any(|(id, _)| *id == param.id());
        if self.mode == Mode::Inference || param.role != Role::Trained || noted {
            return;
        }
        let penalty = regularizer.penalty(self.param(param));
        self.notes.penalties.borrow_mut().extend(penalty.node().map(|place| (param.id(), place)));
    }

    /// What all penalties add to the loss; none if there are none.
    pub fn penalty(&self) -> Option<Var<'t, Tensor<T>>> {
        let penalties = self.notes.penalties.borrow();
        penalties.iter().map(|&(_, place)| self.tape.node(place)).reduce(|sum, penalty| sum + penalty)
    }

    /// Has a buffer hold `value` from the end of this training step on.
    pub fn write(&self, buffer: &Param<T>, value: Tensor<T>) {
        if self.is_training() {
            self.notes.writes.borrow_mut().push((buffer.id(), value));
        }
    }

    /// Computes the gradient of `loss` by every parameter that it depends on; [`Session::step`](crate::Session::step) then uses
    /// them. Gradients of several losses of one pass add up. Penalties are the caller's to add: `loss + pass.penalty()`, where
    /// there are any.
    ///
    /// # Panics
    /// When the loss is not a single number.
    #[track_caller]
    pub fn backward(&self, loss: Var<'t, Tensor<T>>) {
        let found = loss.backward();
        let places = self.notes.places.borrow();
        let reached = places.iter().filter_map(|&(id, place)| Some((id, found.get(self.tape.node(place))?)));
        let mut gradients = self.notes.gradients.borrow_mut();
        if gradients.is_empty() {
            gradients.extend(reached);
            return;
        }
        for (id, gradient) in reached {
            match gradients.binary_search_by_key(&id, |(id, _)| *id) {
                Ok(at) => gradients[at].1 += &gradient,
                Err(at) => gradients.insert(at, (id, gradient)),
            }
        }
    }
}

impl<T: Element> fmt::Debug for Pass<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("mode", &self.mode).finish_non_exhaustive()
    }
}
