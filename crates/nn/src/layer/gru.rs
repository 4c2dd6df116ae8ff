//! A state that gates keep or renew.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
use super::recurrent::{Biases, Cell, Sequences, recurrent_layer};
use crate::pass::Pass;
use chainrule::rule::{Sigmoid, Tanh};
use chainrule::{Element, Op, Pool, Shape, Sink, Tensor, Var};
use chainrule_kernels::product::{Matrix, Onto};
use chainrule_kernels::vector::Work;

/// Gated recurrent unit (Cho and others 2014): with `p = xₜ W + b` and `q = hₜ₋₁ U + c` in three parts of `units` columns each, in the
/// order of Keras,
///
/// ```text
/// z = σ(p₁ + q₁)   r = σ(p₂ + q₂)   g = tanh(p₃ + r q₃)
/// hₜ = z hₜ₋₁ + (1 - z) g
/// ```
///
/// from `h₀ = 0`: the reset gate r acts behind the product, as in cuDNN (Keras's `reset_after=True`, its default). Rows `[steps,
/// features]` to the last state `[units]` (many to one), or with [`sequences`](Self::sequences) to all states `[steps, units]` (many
/// to many). `weights` W `[features, 3 units]` begin Glorot-uniform, `recurrent` U `[units, 3 units]` orthogonal, `bias` `[2, 3 units]`,
/// b above c, 0.
///
/// A step that is padding keeps the state, so that many to one gives the state after the last real step; of many to many the mask
/// stays. A row of only padding stays 0.
///
/// Keras's and `PyTorch`'s `GRU`; in the latter's transposed weights r comes before z.
///
/// ```
/// use chainrule_nn::prelude::*;
/// let mut network = Sequential::new().add(Gru::new(8).sequences().input([20, 3])).add(Dense::new(2).activation(Softmax));
/// network.build()?;
/// assert_eq!(network.weight("gru.bias").unwrap().shape(), [2, 24]);
/// assert_eq!(network.output_row().unwrap(), &[20, 2]);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Gru<T: Element = f32> {
    core: Cell<T>,
}

impl<T: Element> Gru<T> {
    /// r before z.
    const PYTORCH_GATES: &[usize] = &[1, 0, 2];

    /// A state of this many units, the last of which comes out.
    pub fn new(units: usize) -> Self {
        Self { core: Cell::new(units, 3, Biases::Double) }
    }

    fn states<'t>(&self, x: Var<'t, Tensor<T>>, steps: Sequences, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let Cell { weights, recurrent, bias, .. } = &self.core;
        let bias = pass.param(bias);
        let projected = x.linear(pass.param(weights), bias.index(0, 0));
        let operands = [projected, pass.param(recurrent), bias.index(0, 1)];
        pass.tape().record(Gated { steps, kept: None }, operands)
    }

    #[cfg(feature = "onnx")]
    #[expect(clippy::unnecessary_wraps, reason = "as for all recurrent layers")]
    #[expect(clippy::unused_self, reason = "as for all recurrent layers")]
    fn operator(&self) -> Result<super::recurrent::Operator, String> {
        let attributes = vec![("linear_before_reset", 1.into())];
        Ok(super::recurrent::Operator { name: "GRU", gates: &[0, 1, 2], attributes })
    }
}

recurrent_layer!(Gru);

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(Gru { core: Cell::restored(stored, 3, Biases::Double)? }))
}

/// All steps as one operation, from p `[rows, steps, 3 units]`, U and c to the states `[rows, steps, units]`.
struct Gated<T> {
    steps: Sequences,
    kept: Option<Kept<T>>,
}

/// What the pullback needs; meaningless at padding.
struct Kept<T> {
    /// z, r, g
    gates: Tensor<T>,
    /// q, `[rows, steps, 3 units]`
    products: Tensor<T>,
}

impl<T: Element> Op<T, 3> for Gated<T> {
    const NAME: &'static str = "gru";

    fn forward(&mut self, [x, u, bias]: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        let (steps, units) = (&self.steps, u.shape()[0]);
        let columns = 3 * units;
        let mut gates = pool.filled(x.shape(), |gates| gates.copy_from_slice(x.as_slice()));
        let mut products = pool.filled(x.shape(), |products| {
            products.chunks_exact_mut(columns).for_each(|row| row.copy_from_slice(bias.as_slice()));
        });
        let shape: Shape = [steps.rows, steps.steps, units].into();
        let mut y = pool.scratch(shape);
        for (step, before) in steps.order_of_slices() {
            let (gates, products) = (gates.as_mut_slice(), products.as_mut_slice());
            if let Some(before) = before {
                let state = steps.at(before, y.as_slice(), units);
                let u = Matrix::rows(u.as_slice(), units, columns);
                T::product(state, u, &mut products[columns * step..], columns * steps.steps, Onto::Sum);
            }
            T::loops(Forth { steps, step, before, units, gates, products, y: y.as_mut_slice() });
        }
        self.kept = Some(Kept { gates, products });
        y
    }

    fn pullback(&self, [x, u, _]: [&Tensor<T>; 3], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let Self { steps, kept: Some(kept) } = self else { unreachable!("a value came before its gradient") };
        let (pool, units) = (into.pool(), u.shape()[0]);
        let columns = 3 * units;
        let [mut by_gates, mut by_products] = std::array::from_fn(|_| pool.scratch(x.shape()));
        let mut by_state = pool.full([steps.rows, units], T::zero());
        let u = Matrix::rows(u.as_slice(), units, columns).transposed();
        for (step, before) in steps.order_of_slices().rev() {
            let (by_gates, by_products) = (by_gates.as_mut_slice(), by_products.as_mut_slice());
            let (by_state, y, upstream) = (by_state.as_mut_slice(), y.as_slice(), upstream.as_slice());
            T::loops(Back { steps, step, before, units, kept, y, upstream, by_gates, by_products, by_state });
            if before.is_some() {
                T::product(steps.at(step, by_products, columns), u, by_state, units, Onto::Sum);
            }
        }
        into.accumulate(1, |sum, onto| {
            steps.pull_weights((y.as_slice(), units), (by_products.as_slice(), columns), sum, onto);
        });
        into.accumulate(2, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(T::zero());
            }
            for row in by_products.as_slice().chunks_exact(columns) {
                sum.iter_mut().zip(row).for_each(|(sum, &by)| *sum += by);
            }
        });
        into.add(0, |_| by_gates.clone());
        for scratch in [by_gates, by_products, by_state] {
            pool.give(scratch);
        }
    }

    fn forget(&mut self, pool: &Pool<T>) {
        self.steps.mask = None;
        if let Some(Kept { gates, products }) = self.kept.take() {
            pool.give(gates);
            pool.give(products);
        }
    }
}

/// One step of all rows, where `gates` hold p.
struct Forth<'a, T> {
    steps: &'a Sequences,
    step: usize,
    before: Option<usize>,
    units: usize,
    gates: &'a mut [T],
    products: &'a [T],
    y: &'a mut [T],
}

impl<T: Element> Work for Forth<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { steps, step, before, units, gates, products, y } = self;
        for row in 0..steps.rows {
            let at = (row * steps.steps + step) * units;
            let before = before.map(|before| (row * steps.steps + before) * units);
            if !steps.is_real(row, step) {
                match before {
                    None => y[at..at + units].fill(T::zero()),
                    Some(before) => y.copy_within(before..before + units, at),
                }
                continue;
            }
            let (gates, products) = (&mut gates[3 * at..][..3 * units], &products[3 * at..][..3 * units]);
            for k in 0..units {
                let z = (gates[k] + products[k]).apply(Sigmoid);
                let r = (gates[units + k] + products[units + k]).apply(Sigmoid);
                let g = (gates[2 * units + k] + r * products[2 * units + k]).apply(Tanh);
                (gates[k], gates[units + k], gates[2 * units + k]) = (z, r, g);
                let kept = before.map_or(T::zero(), |before| z * y[before + k]);
                y[at + k] = kept + (T::one() - z) * g;
            }
        }
    }
}

/// The gradients of one step of all rows: `by_state` holds that of hₜ from later steps, and leaves as that of hₜ₋₁ but for what comes
/// through q.
struct Back<'a, T> {
    steps: &'a Sequences,
    step: usize,
    before: Option<usize>,
    units: usize,
    kept: &'a Kept<T>,
    y: &'a [T],
    upstream: &'a [T],
    by_gates: &'a mut [T],
    by_products: &'a mut [T],
    by_state: &'a mut [T],
}

impl<T: Element> Work for Back<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { steps, step, before, units, kept, y, upstream, by_gates, by_products, by_state } = self;
        let (gates, products) = (kept.gates.as_slice(), kept.products.as_slice());
        let one = T::one();
        for row in 0..steps.rows {
            let at = (row * steps.steps + step) * units;
            let before = before.map(|before| (row * steps.steps + before) * units);
            let whole = 3 * at..3 * (at + units);
            let (by_gates, by_products) = (&mut by_gates[whole.clone()], &mut by_products[whole.clone()]);
            let by_state = &mut by_state[row * units..][..units];
            let upstream = &upstream[at..at + units];
            if !steps.is_real(row, step) {
                by_gates.fill(T::zero());
                by_products.fill(T::zero());
                by_state.iter_mut().zip(upstream).for_each(|(sum, &upstream)| *sum += upstream);
                continue;
            }
            let (gates, products) = (&gates[whole.clone()], &products[whole]);
            for k in 0..units {
                let [z, r, g] = std::array::from_fn(|part| gates[part * units + k]);
                let earlier = before.map_or(T::zero(), |before| y[before + k]);
                let by_y = by_state[k] + upstream[k];
                let by_z = by_y * (earlier - g) * z * (one - z);
                let by_g = by_y * (one - z) * (one - g) * (one + g);
                let by_r = by_g * products[2 * units + k] * r * (one - r);
                (by_gates[k], by_gates[units + k], by_gates[2 * units + k]) = (by_z, by_r, by_g);
                (by_products[k], by_products[units + k], by_products[2 * units + k]) = (by_z, by_r, by_g * r);
                by_state[k] = by_y * z;
            }
        }
    }
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample::new(Gru::new(3), [2, 4, 2]),
        Sample::new(Gru::new(2).sequences(), [2, 3, 3]),
        Sample::new(Gru::new(2).sequences().reversed(), [2, 3, 2]),
        Sample::new(Gru::new(2), [1, 1, 2]),
    ]
}
