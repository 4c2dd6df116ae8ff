//! The steps of a sequence as one row, weighted by learnt attention.

mod loops;

use super::rows::put;
use crate::array::strided::sum;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use chainrule_kernels::threads::{each_chunk, each_part};
use loops::{Block, Mask, Sizes};

/// `y = Σₜ aₜ xₜ` with `a = softmax(e)` along the steps and `eₜ = tanh(zₜ)`, `zₜ = xₜ w + b`, for `x` of `[rows, steps, features]`,
/// `w` of `[features, 1]` or `[features]`, `b` of `[1]`, and perhaps a mask `[rows, steps]` over the steps that take part.
///
/// With `āₜ = ȳ xₜ` and `sₜ = aₜ (āₜ - Σ aₖ āₖ) tanh'(zₜ)`, the gradients are `aₜ ȳ + sₜ w` by `xₜ`, `Σ sₜ xₜ` by `w` and `Σ sₜ` by `b`,
/// the sums over all rows and steps. Forwards and backwards, a row's steps are read twice in a row, the second time from
/// the nearest cache; in one operation each, they would be read four times from afar.
///
/// As `tanh` lies between -1 and 1, nothing overflows, and the largest score need not be looked for. Steps that are masked out
/// count nothing and get the gradient 0, whatever they are; a row of such steps alone becomes 0.
#[derive(Clone, Debug)]
pub struct AttentionPool<T> {
    /// Let go when the operation is forgotten, so that its owner can write to it again.
    mask: Option<Tensor<bool>>,
    /// Of the steps of each row `z`, `e` and `a`.
    kept: Option<Tensor<T>>,
}

impl<T: Element> AttentionPool<T> {
    #[track_caller]
    fn sizes(&self, [x, w, b]: [&Tensor<T>; 3]) -> Sizes {
        Sizes::new(x.shape(), w.shape(), b.shape(), self.mask.as_ref().map(Tensor::shape))
    }

    fn block<'a>(&'a self, sizes: Sizes, x: &'a Tensor<T>, block: usize) -> Block<'a, T> {
        let x = sizes.of_block(x.as_slice(), sizes.steps * sizes.features, block);
        Block { sizes, x, mask: Mask::of_block(self.mask.as_ref(), sizes, block) }
    }
}

impl<T: Element> Op<T, 3> for AttentionPool<T> {
    const NAME: &'static str = "attention_pool";

    #[track_caller]
    fn forward(&mut self, operands @ [x, w, b]: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        let sizes = self.sizes(operands);
        let (w, b) = (w.as_slice(), b.as_slice()[0]);
        let [mut kept, mut value] = [sizes.kept(), sizes.features].map(|size| pool.scratch([sizes.rows, size]));
        let parts = [(value.as_mut_slice(), sizes.block * sizes.features), (kept.as_mut_slice(), sizes.block * sizes.kept())];
        each_part(sizes.blocks(), parts, |block, [y, kept]| self.block(sizes, x, block).attend(w, b, y, kept));
        self.kept = Some(kept);
        value
    }

    fn pullback(
        &self,
        operands @ [x, w, _]: [&Tensor<T>; 3],
        _: &Tensor<T>,
        upstream: &Tensor<T>,
        into: &mut Sink<'_, T>,
    ) {
        let sizes = self.sizes(operands);
        let Sizes { rows, steps, features, .. } = sizes;
        let kept = self.kept.as_ref().expect("the value was computed before its gradient").as_slice();
        let (w, upstream, pool) = (w.as_slice(), upstream.as_slice(), into.pool());
        let kept = |block| sizes.of_block(kept, sizes.kept(), block);
        let upstream = |block| sizes.of_block(upstream, features, block);
        let by_weights = into.wants(1);
        // of each block its part of the gradient by the weights, and behind it every slope
        let size = features + sizes.block * steps;
        let results = pool.filled([sizes.blocks() * features + rows * steps], |results| {
            each_chunk(results, size.max(1), |block, result| {
                let (weights, slopes) = result.split_at_mut(features);
                let weights = by_weights.then_some(weights);
                self.block(sizes, x, block).pull_back(kept(block), upstream(block), slopes, weights);
            });
        });
        let all = results.as_slice();
        let of_block = |block: usize| all[block * size..all.len().min((block + 1) * size)].split_at(features);
        let blocks = || (0..sizes.blocks()).map(of_block);
        into.accumulate(0, |sum, onto| {
            each_chunk(sum, (sizes.block * steps * features).max(1), |block, sum| {
                let (_, slopes) = of_block(block);
                self.block(sizes, x, block).by_operand(kept(block), upstream(block), slopes, w, sum, onto);
            });
        });
        into.accumulate(1, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(T::zero());
            }
            for (weights, _) in blocks() {
                sum.iter_mut().zip(weights).for_each(|(sum, &s)| *sum += s);
            }
        });
        into.accumulate(2, |total, onto| {
            put(&mut total[0], onto, blocks().fold(T::zero(), |total, (_, slopes)| total + sum(slopes)));
        });
        pool.give(results);
    }

    fn forget(&mut self, pool: &Pool<T>) {
        self.mask = None;
        if let Some(kept) = self.kept.take() {
            pool.give(kept);
        }
    }
}

methods! {
    /// The steps of sequences, `[rows, steps, features]`, as one row each, `[rows, features]`: their mean, weighted by
    /// `softmax(tanh(x w + b))` along the steps, with weights `w` of shape `[features, 1]` or `[features]` and a bias `b` of shape
    /// `[1]`. Where a mask of shape `[rows, steps]` does not hold, a step counts nothing, whatever it is; a row without any
    /// step that counts becomes 0.
    ///
    /// With shares `a`, `āₜ = ȳ xₜ` and `sₜ = aₜ (āₜ - Σ aₖ āₖ) tanh'(xₜ w + b)`, its gradients are `aₜ ȳ + sₜ w` by step `xₜ`, the sum of
    /// `sₜ xₜ` by the weights, and the sum of `sₜ` by the bias.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[[1.0, 5.0], [3.0, 5.0]]]);
    /// let (w, b) = (Tensor::from([0.0, 1.0]), Tensor::from([0.0]));
    /// assert_eq!(x.attention_pool(&w, &b, None).to_vec(), [2.0, 5.0]);
    /// let mask = Tensor::from([[true, false]]);
    /// assert_eq!(x.attention_pool(&w, &b, Some(&mask)).to_vec(), [1.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// When this value has not three axes, or the weights, the bias or the mask are not of these shapes.
    fn attention_pool(x, w, b; mask: Option<&Tensor<bool>>) => AttentionPool { mask: mask.cloned(), kept: None };
}

#[cfg(test)]
use super::checking::{Case, Checks};

/// The operation for every kind of number, with nothing kept: what a check asks for.
#[cfg(test)]
#[derive(Clone)]
struct OfAnyElement(Option<Tensor<bool>>);

#[cfg(test)]
impl<T: Element> Op<T, 3> for OfAnyElement {
    const NAME: &'static str = "attention_pool";

    fn forward(&mut self, operands: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        AttentionPool { mask: self.0.clone(), kept: None }.forward(operands, pool)
    }

    fn pullback(&self, operands: [&Tensor<T>; 3], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let mut operation = AttentionPool { mask: self.0.clone(), kept: None };
        into.pool().give(operation.forward(operands, into.pool()));
        operation.pullback(operands, y, upstream, into);
        operation.forget(into.pool());
    }
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    for masked in [false, true] {
        check.each(move |draw| {
            let [rows, steps, features] = [draw.below(11), draw.below(7), draw.below(4)];
            let mask = masked.then(|| Tensor::new([rows, steps], (0..rows * steps).map(|_| draw.flag()).collect()));
            let matrix = draw.flag();
            let w = if matrix { draw.tensor([features, 1]) } else { draw.tensor([features]) };
            let operands = [draw.tensor([rows, steps, features]), w, draw.tensor([1])];
            Some(Case::new(OfAnyElement(mask.clone()), operands, move |[x, w, b]| {
                let mut y = vec![0.0; rows * features];
                for row in 0..rows {
                    let takes_part = |step: usize| mask.as_ref().is_none_or(|mask| mask[[row, step]]);
                    let (mut shares, mut total) = (vec![0.0; steps], 0.0);
                    for step in (0..steps).filter(|&step| takes_part(step)) {
                        let mut score = b.as_slice()[0];
                        for feature in 0..features {
                            score += x.at(&[row, step, feature]) * w.as_slice()[feature];
                        }
                        shares[step] = score.tanh().exp();
                        total += shares[step];
                    }
                    for step in (0..steps).filter(|&step| takes_part(step)) {
                        for feature in 0..features {
                            y[row * features + feature] += shares[step] / total * x.at(&[row, step, feature]);
                        }
                    }
                }
                Tensor::new([rows, features], y)
            }))
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    type Operands = [Tensor<f64>; 3];

    fn operands(rows: usize, steps: usize, features: usize) -> Operands {
        [
            Tensor::normal([rows, steps, features], 0.0, 1.0, 1),
            Tensor::normal([features, 1], 0.0, 1.0, 2),
            Tensor::from([0.25]),
        ]
    }

    /// Value and gradients, where the upstream gradients are no two the same.
    fn all(operands: &Operands, pool: impl for<'t> Fn([Var<'t, Tensor<f64>>; 3]) -> Var<'t, Tensor<f64>>) -> [Tensor<f64>; 4] {
        let tape = TensorTape::new();
        let variables = operands.each_ref().map(|x| tape.var(x.clone()));
        let y = pool(variables);
        let g = y.backward_seeded(Tensor::normal(&*y.shape(), 0.0, 1.0, 3));
        let [x, w, b] = variables.map(|x| g.of(x));
        [y.value(), x, w, b]
    }

    #[test]
    fn it_is_its_parts_one_after_the_other() {
        let [rows, steps, features] = [19, 13, 21];
        let mask = Tensor::<f64>::uniform([rows, steps], 0.0, 1.0, 4).map(|x| x > 0.4);
        for mask in [None, Some(&mask)] {
            let operands = operands(rows, steps, features);
            let fused = all(&operands, |[x, w, b]| x.attention_pool(w, b, mask));
            let parts = all(&operands, |[x, w, b]| {
                let scores = x.linear(w, b).tanh().reshape([rows, steps]);
                let shares = mask.map_or_else(|| scores.softmax(-1), |mask| scores.masked_softmax(mask, -1));
                shares.reshape([rows, 1, steps]).matmul(x).reshape([rows, features])
            });
            for (fused, parts) in fused.iter().zip(&parts) {
                let apart = (fused - parts).to_vec().into_iter().fold(0.0, |most: f64, apart| most.max(apart.abs()));
                assert!(apart < 1e-13, "{apart}");
            }
        }
    }

    #[test]
    fn what_is_masked_out_does_not_matter() {
        let mask = Tensor::from([[true, false, true, true, true], [false, false, false, false, false]]);
        let [x, w, b] = operands(2, 5, 3);
        let mut spoilt = x.clone();
        for (step, takes_part) in mask.to_vec().into_iter().enumerate() {
            let step = &mut spoilt.as_mut_slice()[3 * step..][..3];
            if !takes_part {
                step.copy_from_slice(&[f64::NAN, f64::INFINITY, 1e300]);
            }
        }
        let pooled = |x: Tensor<f64>| all(&[x, w.clone(), b.clone()], |[x, w, b]| x.attention_pool(w, b, Some(&mask)));
        let [right, found] = [pooled(x), pooled(spoilt)];
        assert_eq!(found, right);
        assert_eq!(found[0].rows(1..2).to_vec(), [0.0; 3]);
        assert_eq!(found[1].rows(1..2).to_vec(), [0.0; 15]);
        assert_eq!(found[1].as_slice()[3..6], [0.0; 3]);
    }

    #[test]
    fn scores_may_be_as_large_as_they_like() {
        let x = Tensor::from([[[1e200], [-1e200], [f64::INFINITY]]]);
        let y = x.attention_pool(Tensor::from([1e200]), Tensor::from([0.0]), Some(&Tensor::from([[true, true, false]])));
        // the scores are 1 and -1, and so the shares those of the sigmoid at 2 and -2
        let share = 1.0 / (1.0 + (-2.0f64).exp());
        assert!((y.item() / 1e200 - (share - (1.0 - share))).abs() < 1e-15);
    }

    #[test]
    #[should_panic(expected = "attention_pool: the operand has shape [2, 3]; it must have three axes")]
    fn sequences_have_three_axes() {
        let _ = Tensor::<f64>::zeros([2, 3]).attention_pool(Tensor::zeros([3]), Tensor::zeros([1]), None);
    }

    #[test]
    #[should_panic(expected = "the operand has shape [2, 3, 4] and the weights [4, 2]; they need one number for each feature")]
    fn weights_must_fit() {
        let _ = Tensor::<f64>::zeros([2, 3, 4]).attention_pool(Tensor::zeros([4, 2]), Tensor::zeros([1]), None);
    }

    #[test]
    #[should_panic(expected = "the operand has shape [2, 3, 4] and the mask [2, 4]; it says for each step")]
    fn masks_must_fit() {
        let mask = Tensor::full([2, 4], true);
        let _ = Tensor::<f64>::zeros([2, 3, 4]).attention_pool(Tensor::zeros([4]), Tensor::zeros([1]), Some(&mask));
    }
}
