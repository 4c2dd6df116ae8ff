//! What all optimizers have in common.

use super::clip::{Clip, factor, norm};
use super::state::State;
use super::{Optimize, Slots, Step, UpdateRule};
use crate::error::{Error, Result};
use crate::files::State as Saved;
use crate::param::{Group, NamedParam, ParamId, check_not_negative};
use crate::schedule::Schedule;
use chainrule::{Element, Tensor};
use chainrule_kernels::threads::each_chunk_of;
use chainrule_kernels::vector::Work;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// How many elements are a piece of work for a thread: some microseconds.
const PIECE: usize = 16 * 1024;

/// How many elements go through clipping and the rule at once, so that they are read from memory once.
const BLOCK: usize = 1024;

/// An optimizer: a rule for the elements, and the options that all rules share.
///
/// In each step, in this order and as in Keras: the gradients are gathered ([`accumulate`](Self::accumulate)), clipped, the
/// weights decay, and the rule changes them. Rates may be numbers, [schedules](crate::schedule), or closures of the step.
///
/// A training loop by hand:
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::optim::Adam;
///
/// let x = Tensor::from([[0.0], [1.0], [2.0], [3.0]]);
/// let y = Tensor::from([[1.0], [3.0], [5.0], [7.0]]); // 2 x + 1
/// let (mut w, mut b) = (Tensor::from([[0.0]]), Tensor::from([0.0]));
/// let mut adam = Adam::new(0.1).clip_norm(1.0);
/// let mut tape = TensorTape::new();
/// for _ in 0..300 {
///     let (vw, vb) = (tape.var(w.clone()), tape.var(b.clone()));
///     let loss = (tape.constant(x.clone()).matmul(vw) + vb - &y).powi(2).mean();
///     let [dw, db] = loss.backward().of_all([vw, vb]);
///     tape.clear(); // gives the weights back, so that they change in place
///     adam.step([&mut w, &mut b], [&dw, &db]);
/// }
/// assert!((w.item() - 2.0f64).abs() < 0.01 && (b.item() - 1.0f64).abs() < 0.01);
/// ```
#[derive(Clone)]
pub struct Optimizer<R, T = f32> {
    pub(super) rule: R,
    pub(super) schedule: Arc<dyn Schedule>,
    clip: Clip,
    decay: f64,
    accumulate: u64,
    /// Steps that began.
    pub(super) batches: u64,
    /// Steps that changed, or change, the weights.
    pub(super) updates: u64,
    /// Of the step that began last.
    rate: f64,
    /// What all gradients of this step are multiplied by.
    scale: T,
    pub(super) states: BTreeMap<ParamId, State<T>>,
}

impl<R: UpdateRule, T> fmt::Debug for Optimizer<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(R::NAME).field("rate", &self.rate).field("updates", &self.updates).finish_non_exhaustive()
    }
}

impl<R: UpdateRule + Default, T: Element> Default for Optimizer<R, T> {
    fn default() -> Self {
        Self::new(R::RATE)
    }
}

impl<R: UpdateRule + Default, T: Element> Optimizer<R, T> {
    /// The rule with its defaults, at this learning rate.
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Self::with_rule(R::default(), rate)
    }
}

impl<R: UpdateRule, T: Element> Optimizer<R, T> {
    /// This rule, at this learning rate.
    pub fn with_rule(rule: R, rate: impl Schedule + 'static) -> Self {
        Self {
            rule,
            schedule: Arc::new(rate),
            clip: Clip::default(),
            decay: R::DECAY,
            accumulate: 1,
            batches: 0,
            updates: 0,
            rate: 0.0,
            scale: T::one(),
            states: BTreeMap::new(),
        }
    }

    /// The rule with its settings, for a loop of one's own; see [`UpdateRule`].
    pub fn into_rule(self) -> R {
        self.rule
    }

    /// Shortens the gradient of each parameter to this Euclidean norm, where it is longer.
    #[must_use]
    #[doc(alias = "clipnorm")]
    pub fn clip_norm(mut self, limit: f64) -> Self {
        self.clip.norm = Some(limit);
        self
    }

    /// Cuts each element of the gradients to between `-limit` and `limit`.
    #[must_use]
    #[doc(alias = "clipvalue")]
    pub fn clip_value(mut self, limit: f64) -> Self {
        self.clip.value = Some(limit);
        self
    }

    /// Shortens the gradients of all parameters, taken as one vector, to this Euclidean norm, where it is longer.
    #[must_use]
    #[doc(alias = "global_clipnorm")]
    pub fn global_clip_norm(mut self, limit: f64) -> Self {
        self.clip.global_norm = Some(limit);
        self
    }

    /// `w -= w decay rate` before each update, apart from the gradient (Loshchilov and Hutter, 2019).
    #[must_use]
    pub fn weight_decay(mut self, decay: f64) -> Self {
        self.decay = decay;
        self
    }

    /// Gathers the gradients of this many steps and updates once by their mean; between, the weights stay.
    ///
    /// A schedule still counts every step.
    #[must_use]
    #[doc(alias = "gradient_accumulation_steps")]
    pub fn accumulate(mut self, steps: u64) -> Self {
        self.accumulate = steps;
        self
    }

    /// One step over plain tensors, each with its gradient, in the same order each time: arrays, slices or lists of them. From
    /// the second step on it allocates nothing, provided that nobody else looks at the weights.
    ///
    /// # Panics
    /// When an option or the learning rate makes no sense ([`begin_step`](Optimize::begin_step)), when there are not as many
    /// gradients as weights, or when shapes differ, among them or from those of the steps before.
    #[track_caller]
    pub fn step<'a, G>(
        &mut self,
        weights: impl IntoIterator<Item = &'a mut Tensor<T>>,
        gradients: impl IntoIterator<Item = &'a Tensor<T>, IntoIter = G>,
    ) where
        G: Iterator<Item = &'a Tensor<T>> + Clone,
    {
        let mut gradients = (0..).map(ParamId::at).zip(gradients);
        if let Err(problem) = self.begin_step(&mut gradients.clone()) {
            panic!("{problem}");
        }
        for weights in weights {
            let Some((id, gradient)) = gradients.next() else { panic!("{}: more weights than gradients", R::NAME) };
            self.update(id, Group::default(), weights, gradient);
        }
        assert!(gradients.next().is_none(), "{}: more gradients than weights", R::NAME);
    }

    /// The rate of the step that begins: a schedule whose numbers make sense may still leave them on its way.
    fn checked_rate(&self) -> Result<f64> {
        let rate = self.schedule.rate(self.batches);
        check_not_negative("the learning rate", rate).map_err(|problem| Error::Option {
            call: R::NAME,
            problem: format!("at step {}, counted from 0, {problem}", self.batches),
        })?;
        Ok(rate)
    }

    fn gathers(&self) -> bool {
        self.accumulate > 1
    }

    /// Whether this step changes the weights.
    fn is_due(&self) -> bool {
        self.accumulate == 1 || self.batches.is_multiple_of(self.accumulate)
    }
}

impl<R: UpdateRule, T: Element> Optimize<T> for Optimizer<R, T> {
    fn check(&self) -> Result<()> {
        let steps = if self.accumulate == 0 { Err("accumulate is 0, and must be at least 1".into()) } else { Ok(()) };
        self.schedule
            .check()
            .and(self.rule.check())
            .and(self.clip.check())
            .and(check_not_negative("weight_decay", self.decay))
            .and(steps)
            .map_err(|problem| Error::Option { call: R::NAME, problem })
    }

    #[track_caller]
    fn begin_step(&mut self, gradients: &mut dyn Iterator<Item = (ParamId, &Tensor<T>)>) -> Result<()> {
        self.check()?;
        self.rate = self.checked_rate()?;
        self.batches += 1;
        let (due, gathers) = (self.is_due(), self.gathers());
        let limit = self.clip.global_norm.filter(|_| due);
        let mut total = T::zero();
        if gathers || limit.is_some() {
            for (id, gradient) in gradients {
                let mut elements = gradient.as_slice();
                if gathers {
                    let state = State::of(&mut self.states, id, gradient.shape(), &self.rule, gathers);
                    state.sum.iter_mut().zip(elements).for_each(|(sum, &g)| *sum += g);
                    elements = &state.sum;
                }
                if limit.is_some() {
                    total = total.hypot(norm(elements));
                }
            }
        }
        if due {
            self.updates += 1;
            self.rule.begin_step(self.updates);
            let mean = T::literal((self.accumulate as f64).recip());
            self.scale = limit.map_or(mean, |limit| mean * factor(total * mean, limit));
        }
        Ok(())
    }

    #[track_caller]
    fn update(&mut self, id: ParamId, group: Group, weights: &mut Tensor<T>, gradient: &Tensor<T>) {
        assert!(self.batches > 0, "{}: `begin_step` comes before the first `update`", R::NAME);
        assert!(
            weights.shape() == gradient.shape(),
            "{}: weights of shape {} with a gradient of shape {}",
            R::NAME,
            weights.shape(),
            gradient.shape()
        );
        if !self.is_due() {
            return;
        }
        let gathers = self.gathers();
        let step = Step { count: self.updates, rate: self.rate * group.rate };
        let decay = group.decay.unwrap_or(self.decay) * step.rate;
        let Self { rule, clip, states, .. } = self;
        let State { slots, sum, .. } = State::of(states, id, weights.shape(), rule, gathers);
        let gradient = if gathers { &**sum } else { gradient.as_slice() };
        let scale = clip.norm.map_or(self.scale, |limit| self.scale * factor(norm(gradient) * self.scale, limit));
        let prepares = (gathers || clip.is_set()).then(|| (scale, clip.value.map(T::literal)));
        let pass = Pass { rule: &*rule, step, decay: T::literal(decay), prepares };
        let [first, second, third] = slots;
        each_chunk_of([weights.as_mut_slice(), first, second, third], PIECE, |piece, [weights, slots @ ..]| {
            pass.over(weights, &gradient[piece * PIECE..][..weights.len()], slots);
        });
        sum.fill(T::zero());
    }

    fn rate(&self) -> f64 {
        self.schedule.rate(self.batches)
    }

    fn set_rate(&mut self, rate: f64) {
        self.schedule = Arc::new(rate);
    }

    fn has_schedule(&self) -> bool {
        !self.schedule.is_constant()
    }

    fn state(&self, params: &[NamedParam]) -> Option<Saved<T>> {
        Some(self.saved(params))
    }

    fn restore(&mut self, params: &[NamedParam], state: &Saved<T>) -> std::result::Result<(), String> {
        self.go_on(params, state)
    }
}

/// What one step does to the elements of one parameter.
struct Pass<'a, R, T> {
    rule: &'a R,
    step: Step,
    /// By how much of themselves weights shrink.
    decay: T,
    /// What gradients are multiplied by, and where they are cut off, if anything is done to them.
    prepares: Option<(T, Option<T>)>,
}

impl<R: UpdateRule, T: Element> Pass<'_, R, T> {
    /// A piece of the parameter.
    fn over(&self, weights: &mut [T], gradient: &[T], slots: Slots<'_, T>) {
        let Self { rule, step, decay, prepares } = *self;
        let Some((scale, limit)) = prepares else {
            return T::loops(Updated { rule, step, decay, weights, gradient, slots });
        };
        let mut prepared = [T::zero(); BLOCK];
        let mut slots = slots.map(|slot| slot.chunks_mut(BLOCK));
        for (weights, gradient) in weights.chunks_mut(BLOCK).zip(gradient.chunks(BLOCK)) {
            prepare(gradient, scale, limit, &mut prepared);
            let slots = slots.each_mut().map(|blocks| blocks.next().unwrap_or_default());
            let gradient = &prepared[..gradient.len()];
            T::loops(Updated { rule, step, decay, weights, gradient, slots });
        }
    }
}

/// A rule at work on some elements.
///
/// Not a closure: those are not always inlined into the code for wide vectors.
struct Updated<'a, R, T> {
    rule: &'a R,
    step: Step,
    decay: T,
    weights: &'a mut [T],
    gradient: &'a [T],
    slots: Slots<'a, T>,
}

impl<R: UpdateRule, T: Element> Work for Updated<'_, R, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { rule, step, decay, weights, gradient, slots } = self;
        if decay != T::zero() {
            for w in &mut *weights {
                *w -= *w * decay;
            }
        }
        rule.update(step, weights, gradient, slots);
    }
}

/// Scales a piece of a gradient, and cuts its elements; NaN stays.
fn prepare<T: Element>(gradient: &[T], scale: T, limit: Option<T>, prepared: &mut [T]) {
    T::loops(|| match limit {
        None => prepared.iter_mut().zip(gradient).for_each(|(to, &g)| *to = g * scale),
        Some(limit) => prepared.iter_mut().zip(gradient).for_each(|(to, &g)| {
            let g = g * scale;
            let above = if g > limit { limit } else { g };
            *to = if above < -limit { -limit } else { above };
        }),
    });
}
