//! What recurrent layers share: settings, parameters, and the order in which a state goes through the steps.

use super::{Stored, steps_of};
use crate::init::Init;
use crate::param::Param;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};
use chainrule_kernels::product::{Matrix, Onto};

#[cfg(feature = "onnx")]
mod onnx;
#[cfg(feature = "onnx")]
pub(super) use onnx::Operator;

/// The methods of a recurrent layer with a field `core: Cell<T>`, a method `states` and a constant `PYTORCH_GATES`, and that it is
/// a layer; `own` is an activation among its settings.
macro_rules! recurrent_layer {
    ($Layer:ident $(, $own:ident)?) => {
        impl<T: Element> $Layer<T> {
            /// The state after every step comes out, `[steps, units]`, and not only the last.
            #[must_use]
            #[doc(alias = "return_sequences")]
            pub fn sequences(mut self) -> Self {
                self.core.sequences = true;
                self
            }

            /// From the last step to the first. With [`sequences`](Self::sequences) each state stands at the step that led to it, so
            /// that a mask still fits; Keras's `go_backwards` turns them round.
            #[must_use]
            #[doc(alias = "go_backwards")]
            pub fn reversed(mut self) -> Self {
                self.core.reversed = true;
                self
            }

            /// The shape of a row of input, `[steps, features]`: the first layer of a network says it.
            #[must_use]
            pub fn input(mut self, shape: [usize; 2]) -> Self {
                self.core.input = Some(shape.into());
                self
            }

            /// How `weights` begin.
            #[must_use]
            #[doc(alias = "kernel_initializer")]
            pub fn init(mut self, init: $crate::init::Init) -> Self {
                self.core.init = init;
                self
            }

            /// How `recurrent` begins.
            #[must_use]
            #[doc(alias = "recurrent_initializer")]
            pub fn recurrent_init(mut self, init: $crate::init::Init) -> Self {
                self.core.recurrent_init = init;
                self
            }
        }

        impl<T: Element> $crate::layer::Layer<T> for $Layer<T> {
            fn input_shape(&self) -> Option<Shape> {
                self.core.input.clone()
            }

            fn build(&mut self, input: &Shape, seeds: &mut $crate::random::Seeds) -> Result<Shape, String> {
                self.core.build(input, seeds)
            }

            fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
                let steps = self.core.steps(x, pass);
                let last = steps.last();
                let states = self.states(x, steps, pass);
                if self.core.sequences {
                    return states;
                }
                pass.set_mask(None);
                states.index(1, last)
            }

            fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut $crate::param::Param<T>)) {
                visit("weights", &mut self.core.weights);
                visit("recurrent", &mut self.core.recurrent);
                visit("bias", &mut self.core.bias);
            }

            fn settings(&self) -> Option<$crate::settings::Settings> {
                Some(self.core.settings()$(.with(stringify!($own), self.$own.name()))?)
            }

            fn pytorch(&mut self, _: &Shape, state: &mut $crate::pytorch::StateDict<T>) {
                self.core.pytorch(Self::PYTORCH_GATES, state);
            }

            #[cfg(feature = "onnx")]
            fn onnx(
                &self,
                graph: &mut $crate::onnx::Graph,
                x: &$crate::onnx::Value,
                _: &Shape,
            ) -> Result<$crate::onnx::Value, String> {
                self.core.onnx(graph, x, self.operator()?)
            }
        }
    };
}
pub(super) use recurrent_layer;

/// Settings and parameters.
#[derive(Clone, Debug)]
pub(super) struct Cell<T: Element> {
    units: usize,
    /// How many numbers of each unit the input is projected to.
    gates: usize,
    pub(super) sequences: bool,
    pub(super) reversed: bool,
    pub(super) input: Option<Shape>,
    pub(super) init: Init,
    pub(super) recurrent_init: Init,
    biases: Biases,
    pub(super) weights: Param<T>,
    pub(super) recurrent: Param<T>,
    pub(super) bias: Param<T>,
}

/// Which biases there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Biases {
    /// One for each column of the weights.
    Single,
    /// Such, of which those of the second gate begin as 1.
    Forgetting,
    /// Others too for the columns of `recurrent`.
    Double,
}

impl<T: Element> Cell<T> {
    pub(super) fn new(units: usize, gates: usize, biases: Biases) -> Self {
        Self {
            units,
            gates,
            sequences: false,
            reversed: false,
            input: None,
            init: Init::GlorotUniform,
            recurrent_init: Init::Orthogonal,
            biases,
            weights: Param::unbuilt(),
            recurrent: Param::unbuilt(),
            bias: Param::unbuilt(),
        }
    }

    pub(super) fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let [steps, features] = steps_of(input)?;
        let units = self.units;
        if steps == 0 || units == 0 {
            return Err(format!(
                "it has {units} units for sequences of {steps} steps; there must be at least 1 of each"
            ));
        }
        let columns = units.checked_mul(self.gates).ok_or_else(|| format!("{units} units are too many"))?;
        self.weights.build([features, columns], &self.init, seeds)?;
        self.recurrent.build([units, columns], &self.recurrent_init, seeds)?;
        let fresh = !self.bias.is_built();
        match self.biases {
            Biases::Double => self.bias.build([2, columns], &Init::Zeros, seeds)?,
            Biases::Single | Biases::Forgetting => self.bias.build([columns], &Init::Zeros, seeds)?,
        }
        if fresh && self.biases == Biases::Forgetting {
            self.bias.value.as_mut_slice()[units..2 * units].fill(T::one());
        }
        Ok(if self.sequences { [steps, units].into() } else { [units].into() })
    }

    pub(super) fn settings(&self) -> Settings {
        Settings::new()
            .with("units", self.units)
            .with("sequences", self.sequences)
            .with("reversed", self.reversed)
            .with("input", self.input.as_deref())
            .with("init", &self.init)
            .with("recurrent_init", &self.recurrent_init)
    }

    /// With settings from a file.
    pub(super) fn restored(stored: &mut Stored<'_, T>, gates: usize, biases: Biases) -> Result<Self, String> {
        Ok(Self {
            sequences: stored.get("sequences")?,
            reversed: stored.get("reversed")?,
            input: stored.shape("input")?,
            init: stored.get("init")?,
            recurrent_init: stored.get("recurrent_init")?,
            ..Self::new(stored.size("units")?, gates, biases)
        })
    }

    /// As the first layer of a recurrent module; `gates` are our gates in its order, and its gates in ours.
    pub(super) fn pytorch(&mut self, gates: &[usize], state: &mut StateDict<T>) {
        let ordered = |columns: &Tensor<T>| {
            let parts = columns.split(gates.len(), -1);
            Tensor::concat(&gates.iter().map(|&gate| &parts[gate]).collect::<Vec<_>>(), -1)
        };
        for (name, param) in [("weight_ih_l0", &mut self.weights), ("weight_hh_l0", &mut self.recurrent)] {
            param.value = ordered(&state.tensor(name, ordered(&param.value).transpose()).transpose());
        }
        let bias = ordered(&self.bias.value);
        let [of_input, of_state] = match self.biases {
            Biases::Double => [bias.index(0, 0), bias.index(0, 1)],
            Biases::Single | Biases::Forgetting => [bias.clone(), bias.zeros_like()],
        };
        let of_input = state.tensor("bias_ih_l0", of_input);
        let of_state = state.tensor("bias_hh_l0", of_state);
        self.bias.value = ordered(&match self.biases {
            Biases::Double => Tensor::stack(&[of_input, of_state], 0),
            Biases::Single | Biases::Forgetting => of_input + of_state,
        });
    }

    /// The steps of a batch.
    #[track_caller]
    pub(super) fn steps(&self, x: Var<'_, Tensor<T>>, pass: &Pass<'_, T>) -> Sequences {
        let shape = x.shape();
        Sequences { rows: shape[0], steps: shape[1], reversed: self.reversed, mask: pass.mask_for(&shape) }
    }
}

/// The steps of a batch of sequences: which are real, and in which order a state goes through them.
#[derive(Clone, Debug)]
pub(super) struct Sequences {
    pub(super) rows: usize,
    pub(super) steps: usize,
    pub(super) reversed: bool,
    pub(super) mask: Option<Tensor<bool>>,
}

impl Sequences {
    /// Every step in its turn, with the one before it.
    pub(super) fn order(&self) -> impl DoubleEndedIterator<Item = (usize, Option<usize>)> + use<> {
        let &Self { steps, reversed, .. } = self;
        let place = move |turn: usize| if reversed { steps - 1 - turn } else { turn };
        (0..steps).map(move |turn| (place(turn), turn.checked_sub(1).map(place)))
    }

    /// The same for work on slices, in which a batch without rows has no place for any step.
    pub(super) fn order_of_slices(&self) -> impl DoubleEndedIterator<Item = (usize, Option<usize>)> + use<> {
        let all = if self.rows == 0 { 0 } else { self.steps };
        Self { steps: all, mask: None, ..*self }.order()
    }

    /// The step at which the last state stands.
    pub(super) fn last(&self) -> usize {
        if self.reversed { 0 } else { self.steps.saturating_sub(1) }
    }

    pub(super) fn is_real(&self, row: usize, step: usize) -> bool {
        self.mask.as_ref().is_none_or(|mask| mask.as_slice()[row * self.steps + step])
    }

    /// One step of all rows, of data `[rows, steps, columns]`.
    pub(super) fn at<'a, T>(&self, step: usize, data: &'a [T], columns: usize) -> Matrix<'a, T> {
        Matrix {
            data: &data[step * columns..],
            rows: self.rows,
            columns,
            row_step: self.steps * columns,
            column_step: 1,
        }
    }

    /// The gradient by weights that a state is multiplied with before each step but the first: the sum over rows and steps of
    /// (state before)ᵀ (gradient of the product), from states `[rows, steps, units]` and gradients `[rows, steps, columns]`.
    pub(super) fn pull_weights<T: Element>(
        &self,
        (states, units): (&[T], usize),
        (gradients, columns): (&[T], usize),
        sum: &mut [T],
        mut onto: Onto,
    ) {
        if onto == Onto::Fresh && (self.rows == 0 || self.steps < 2) {
            sum.fill(T::zero());
        }
        if self.steps < 2 {
            return;
        }
        let pairs = self.steps - 1;
        let rows = states.chunks_exact(self.steps * units).zip(gradients.chunks_exact(self.steps * columns));
        for (states, gradients) in rows {
            let (states, gradients) = if self.reversed {
                (&states[units..], &gradients[..pairs * columns])
            } else {
                (&states[..pairs * units], &gradients[columns..])
            };
            let states = Matrix::rows(states, pairs, units).transposed();
            T::product(states, Matrix::rows(gradients, pairs, columns), sum, columns, onto);
            onto = Onto::Sum;
        }
    }
}
