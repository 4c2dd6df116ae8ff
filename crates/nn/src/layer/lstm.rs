//! A state with a memory that gates write and clear.

use super::{Layer, Stored};
use super::recurrent::{Biases, Cell, Sequences, recurrent_layer};
#[cfg(test)]
use super::Sample;
use crate::pass::Pass;
use chainrule::rule::{Sigmoid, Tanh};
use chainrule::{Element, Op, Pool, Shape, Sink, Tensor, Var};
use chainrule_kernels::product::{Matrix, Onto};
use chainrule_kernels::vector::Work;

/// Long short-term memory (Hochreiter and Schmidhuber 1997; Gers and others 2000): with `z = xₜ W + hₜ₋₁ U + b` in four parts of
/// `units` columns each, in the order of Keras,
///
/// ```text
/// i = σ(z₁)   f = σ(z₂)   g = tanh(z₃)   o = σ(z₄)
/// cₜ = f cₜ₋₁ + i g
/// hₜ = o tanh(cₜ)
/// ```
///
/// from `h₀ = c₀ = 0`. Rows `[steps, features]` to the last state `[units]` (many to one), or with [`sequences`](Self::sequences)
/// to all states `[steps, units]` (many to many). `weights` W `[features, 4 units]` begin Glorot-uniform, `recurrent` U `[units, 4
/// units]` orthogonal, `bias` b `[4 units]` 0, and 1 in the part of f, so that nothing is forgotten at first (Jozefowicz and others
/// 2015).
///
/// A step that is padding keeps both states, so that many to one gives the state after the last real step; of many to many the
/// mask stays. A row of only padding stays 0.
///
/// Keras's and `PyTorch`'s `LSTM`; the latter's weights lie transposed, and it has two biases whose sum is this one.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new()
///     .add(Embedding::new(1000, 16).mask_zero().input(20))
///     .add(Lstm::new(32).sequences())
///     .add(Lstm::new(32))
///     .add(Dense::new(1).activation(Sigmoid));
/// network.build()?;
/// assert_eq!(network.weight("lstm.recurrent").unwrap().shape(), [32, 128]);
/// assert_eq!(network.output_row().unwrap(), &[1]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Lstm<T: Element = f32> {
    core: Cell<T>,
}

impl<T: Element> Lstm<T> {
    const PYTORCH_GATES: &[usize] = &[0, 1, 2, 3];

    /// A state of this many units, the last of which comes out.
    pub fn new(units: usize) -> Self {
        Self { core: Cell::new(units, 4, Biases::Forgetting) }
    }

    fn states<'t>(&self, x: Var<'t, Tensor<T>>, steps: Sequences, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let Cell { weights, recurrent, bias, .. } = &self.core;
        let projected = x.linear(pass.param(weights), pass.param(bias));
        pass.tape().record(Memory { steps, kept: None }, [projected, pass.param(recurrent)])
    }

    #[cfg(feature = "onnx")]
    #[expect(clippy::unnecessary_wraps, reason = "as for all recurrent layers")]
    #[expect(clippy::unused_self, reason = "as for all recurrent layers")]
    fn operator(&self) -> Result<super::recurrent::Operator, String> {
        Ok(super::recurrent::Operator { name: "LSTM", gates: &[0, 3, 1, 2], attributes: Vec::new() })
    }
}

recurrent_layer!(Lstm);

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(Lstm { core: Cell::restored(stored, 4, Biases::Forgetting)? }))
}

/// All steps as one operation, from `x W + b` `[rows, steps, 4 units]` and U to the states `[rows, steps, units]`. As one it writes
/// products straight into gates, and its gradient by U is a product of long matrices.
struct Memory<T> {
    steps: Sequences,
    kept: Option<Kept<T>>,
}

/// What the pullback needs.
struct Kept<T> {
    /// i, f, g, o; meaningless at padding.
    gates: Tensor<T>,
    cells: Tensor<T>,
    /// tanh(c)
    squashed: Tensor<T>,
}

impl<T: Element> Op<T, 2> for Memory<T> {
    const NAME: &'static str = "lstm";

    fn forward(&mut self, [x, u]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let (steps, units) = (&self.steps, u.shape()[0]);
        let shape: Shape = [steps.rows, steps.steps, units].into();
        let mut gates = pool.filled(x.shape(), |gates| gates.copy_from_slice(x.as_slice()));
        let [mut cells, mut squashed, mut y] = std::array::from_fn(|_| pool.scratch(&shape));
        for (step, before) in steps.order_of_slices() {
            let gates = gates.as_mut_slice();
            if let Some(before) = before {
                let state = steps.at(before, y.as_slice(), units);
                let (u, row_step) = (Matrix::rows(u.as_slice(), units, 4 * units), 4 * units * steps.steps);
                T::product(state, u, &mut gates[4 * units * step..], row_step, Onto::Sum);
            }
            let (cells, squashed, y) = (cells.as_mut_slice(), squashed.as_mut_slice(), y.as_mut_slice());
            T::loops(Forth { steps, step, before, units, gates, cells, squashed, y });
        }
        self.kept = Some(Kept { gates, cells, squashed });
        y
    }

    fn pullback(&self, [x, u]: [&Tensor<T>; 2], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let Self { steps, kept: Some(kept) } = self else { unreachable!("a value came before its gradient") };
        let (pool, units) = (into.pool(), u.shape()[0]);
        let mut by_gates = pool.scratch(x.shape());
        let [mut by_state, mut by_cell] = std::array::from_fn(|_| pool.full([steps.rows, units], T::zero()));
        let u = Matrix::rows(u.as_slice(), units, 4 * units).transposed();
        for (step, before) in steps.order_of_slices().rev() {
            let (by_state, by_gates) = (by_state.as_mut_slice(), by_gates.as_mut_slice());
            let by_cell = by_cell.as_mut_slice();
            T::loops(Back { steps, step, before, units, kept, upstream: upstream.as_slice(), by_gates, by_state, by_cell });
            if before.is_some() {
                T::product(steps.at(step, by_gates, 4 * units), u, by_state, units, Onto::Sum);
            }
        }
        into.accumulate(1, |sum, onto| {
            steps.pull_weights((y.as_slice(), units), (by_gates.as_slice(), 4 * units), sum, onto);
        });
        into.add(0, |_| by_gates.clone());
        for scratch in [by_gates, by_state, by_cell] {
            pool.give(scratch);
        }
    }

    fn forget(&mut self, pool: &Pool<T>) {
        self.steps.mask = None;
        if let Some(Kept { gates, cells, squashed }) = self.kept.take() {
            for kept in [gates, cells, squashed] {
                pool.give(kept);
            }
        }
    }
}

/// One step of all rows, where `gates` hold z.
struct Forth<'a, T> {
    steps: &'a Sequences,
    step: usize,
    before: Option<usize>,
    units: usize,
    gates: &'a mut [T],
    cells: &'a mut [T],
    squashed: &'a mut [T],
    y: &'a mut [T],
}

impl<T: Element> Work for Forth<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { steps, step, before, units, gates, cells, squashed, y } = self;
        for row in 0..steps.rows {
            let at = (row * steps.steps + step) * units;
            let before = before.map(|before| (row * steps.steps + before) * units);
            if !steps.is_real(row, step) {
                for states in [&mut *cells, &mut *y] {
                    match before {
                        None => states[at..at + units].fill(T::zero()),
                        Some(before) => states.copy_within(before..before + units, at),
                    }
                }
                continue;
            }
            let gates = &mut gates[4 * at..][..4 * units];
            for (part, gates) in gates.chunks_exact_mut(units).enumerate() {
                let squash = |z: &mut T| *z = if part == 2 { z.apply(Tanh) } else { z.apply(Sigmoid) };
                gates.iter_mut().for_each(squash);
            }
            for k in 0..units {
                let [i, f, g, o] = std::array::from_fn(|part| gates[part * units + k]);
                let kept = before.map_or(T::zero(), |before| f * cells[before + k]);
                let cell = kept + i * g;
                cells[at + k] = cell;
                squashed[at + k] = cell.apply(Tanh);
                y[at + k] = o * squashed[at + k];
            }
        }
    }
}

/// The gradients of one step of all rows: `by_state` and `by_cell` hold those of hₜ and cₜ from later steps. `by_cell` leaves as that
/// of cₜ₋₁, and `by_state` as that of hₜ₋₁ but for what comes through z.
struct Back<'a, T> {
    steps: &'a Sequences,
    step: usize,
    before: Option<usize>,
    units: usize,
    kept: &'a Kept<T>,
    upstream: &'a [T],
    by_gates: &'a mut [T],
    by_state: &'a mut [T],
    by_cell: &'a mut [T],
}

impl<T: Element> Work for Back<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { steps, step, before, units, kept, upstream, by_gates, by_state, by_cell } = self;
        let (gates, cells, squashed) = (kept.gates.as_slice(), kept.cells.as_slice(), kept.squashed.as_slice());
        let one = T::one();
        for row in 0..steps.rows {
            let at = (row * steps.steps + step) * units;
            let before = before.map(|before| (row * steps.steps + before) * units);
            let by_gates = &mut by_gates[4 * at..][..4 * units];
            let (by_state, by_cell) = (&mut by_state[row * units..][..units], &mut by_cell[row * units..][..units]);
            let upstream = &upstream[at..at + units];
            if !steps.is_real(row, step) {
                by_gates.fill(T::zero());
                by_state.iter_mut().zip(upstream).for_each(|(sum, &upstream)| *sum += upstream);
                continue;
            }
            let gates = &gates[4 * at..][..4 * units];
            for k in 0..units {
                let [i, f, g, o] = std::array::from_fn(|part| gates[part * units + k]);
                let squashed = squashed[at + k];
                let by_y = by_state[k] + upstream[k];
                let by_c = by_cell[k] + by_y * o * (one - squashed) * (one + squashed);
                let earlier = before.map_or(T::zero(), |before| cells[before + k]);
                by_gates[k] = by_c * g * i * (one - i);
                by_gates[units + k] = by_c * earlier * f * (one - f);
                by_gates[2 * units + k] = by_c * i * (one - g) * (one + g);
                by_gates[3 * units + k] = by_y * squashed * o * (one - o);
                by_cell[k] = by_c * f;
                by_state[k] = T::zero();
            }
        }
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new(Lstm::new(3), [2, 4, 2]),
        Sample::new(Lstm::new(2).sequences(), [2, 3, 3]),
        Sample::new(Lstm::new(2).sequences().reversed(), [2, 3, 2]),
        Sample::new(Lstm::new(2), [1, 1, 2]),
    ]
}
