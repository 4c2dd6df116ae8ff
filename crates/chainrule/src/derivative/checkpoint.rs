//! Loops whose tape would be too long: states are stored now and then, and steps are run again when their turn comes backwards.

use super::schedule::{Action, Schedule};
use super::{OnTape, Parameters};
use crate::real::{Real, Rule};
use crate::tape::{Tape, Value, Var};

/// One step of a loop: from its number, the state and the parameters to the next state. Any closure of this form is one.
///
/// It is a trait of its own for the reason told at [`Formula`](super::Formula).
pub trait LoopStep<X, Y>: Fn(usize, X, &Y) -> X {}
impl<X, Y, F: Fn(usize, X, &Y) -> X> LoopStep<X, Y> for F {}

/// The result of a loop: from the last state and the parameters to one variable of the tape `B`. Any closure of this form is one.
pub trait LoopEnd<X, Y, B: OnTape>: Fn(X, &Y) -> B::Var {}
impl<X, Y, B: OnTape, F: Fn(X, &Y) -> B::Var> LoopEnd<X, Y, B> for F {}

/// How much of a loop is remembered while it is differentiated: `state(i + 1) = step(i, state(i), parameters)` for a number of steps,
/// then `result = finish(state(n), parameters)`.
///
/// One tape for all steps grows with their number. [`binomial`](Self::binomial) keeps a few states instead, and one step on the tape at
/// any time; the other states are computed again when their turn comes backwards.
///
/// The schedule is the one of Griewank and Walther (Algorithm 799, "revolve", ACM Transactions on Mathematical Software 26, 2000): with
/// `s` states and `n` steps it runs `r n - β(s+1, r-1)` steps without recording them, where `β(s, r) = (s+r)!/(s! r!)` and `r` is the
/// least number with `β(s, r) >= n`; none needs fewer. Then each step is recorded once. With 10 states, 1000 steps are run 3.6 times
/// each on average.
///
/// **The gradient is the same to the last bit** as with [`everything`](Self::everything) on one tape (NaN aside). There, each value of
/// a state is made a node of its own between two steps, so that nothing is folded across; then the sweep adds the same products in the
/// same order, whether it goes on from one step to the one before, or begins anew with the adjoints of the state and of the parameters
/// as seeds. The steps that are run again get constants, so that nothing of them is recorded.
///
/// ```
/// use chainrule::derivative::Checkpoints;
/// use chainrule::prelude::*;
/// // a pendulum, 1000 steps: how does the last angle depend on the first state and on the length?
/// fn swing<N: Number>([angle, speed]: [N; 2], length: N) -> [N; 2] {
///     let dt = N::literal(0.01);
///     let speed = speed - dt * N::literal(9.81) / length * angle.sin();
///     [angle + dt * speed, speed]
/// }
/// let gradient = |memory: Checkpoints| {
///     memory.gradient(1000, |_, state, &length| swing(state, length), |[angle, _], _| angle, [0.5, 0.0], 1.2)
/// };
/// let few = gradient(Checkpoints::binomial(10));
/// let all = gradient(Checkpoints::everything());
/// assert_eq!((few.value, few.by_state, few.by_parameters), (all.value, all.by_state, all.by_parameters));
/// assert_eq!((few.rerun, few.snapshots), (3636, 10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoints {
    /// How many states may be kept; none where all steps stand on one tape.
    snapshots: Option<usize>,
}

/// The gradient of a loop, and what it took: see [`Checkpoints::gradient`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LoopGradient<V, S, P> {
    /// The result of the loop.
    pub value: V,
    /// The gradient by the first state.
    pub by_state: S,
    /// The gradient by the parameters.
    pub by_parameters: P,
    /// How many steps were run without being recorded, beside the `n` that were.
    pub rerun: usize,
    /// How many states were kept at most at any time, the first among them.
    pub snapshots: usize,
}

impl Checkpoints {
    /// Keeps at most `snapshots` states, the first among them, at the steps that need the fewest runs.
    ///
    /// # Panics
    /// When it is 0: the first state is needed.
    #[track_caller]
    pub fn binomial(snapshots: usize) -> Self {
        assert!(
            snapshots > 0,
            "Checkpoints::binomial: the first state is kept in any case, so allow 1 snapshot at least"
        );
        Self { snapshots: Some(snapshots) }
    }

    /// Records all steps on one tape: nothing is run again, and the memory grows with the number of steps.
    pub fn everything() -> Self {
        Self { snapshots: None }
    }

    /// The result of a loop of `steps` steps and its gradient by the first state and by the parameters, each in any arrangement of
    /// [`Parameters`] (a state has the same one after each step).
    ///
    /// `step` may be run several times for the same number, and must give the same state each time. With no steps at all the result is
    /// that of the first state.
    ///
    /// # Panics
    /// When a step changes the number of values in a state, or the result is not a single number.
    #[track_caller]
    pub fn gradient<V: Value, S: Parameters<Value = V>, P: Parameters<Value = V>>(
        self,
        steps: usize,
        step: impl for<'t> LoopStep<S::Of<Var<'t, V>>, P::Of<Var<'t, V>>>,
        finish: impl for<'t> LoopEnd<S::Of<Var<'t, V>>, P::Of<Var<'t, V>>, &'t Tape<V>>,
        state: S,
        parameters: P,
    ) -> LoopGradient<V, S::Of<V>, P::Of<V>> {
        let mut run = Run { tape: Tape::new(), at: state.flatten(), state, parameters, adjoints: None, rerun: 0 };
        let mut most = 0;
        match self.snapshots {
            None => run.reverse(0..steps, &step, &finish),
            Some(_) if steps == 0 => run.reverse(0..0, &step, &finish),
            Some(snapshots) => {
                let mut stored: Vec<Vec<V>> = Vec::new();
                for action in Schedule::new(steps, snapshots) {
                    match action {
                        Action::Store => stored.push(run.at.clone()),
                        Action::Restore => {
                            run.at.clone_from(stored.last().expect("the first state is kept to the end"));
                        }
                        Action::Discard => drop(stored.pop()),
                        Action::Advance { from, to } => (from..to).for_each(|i| run.advance(i, &step)),
                        Action::Reverse(i) => run.reverse(i..i + 1, &step, &finish),
                    }
                    most = most.max(stored.len());
                }
            }
        }
        run.found(most)
    }
}

/// A loop while it is differentiated.
struct Run<V: Value, S, P> {
    tape: Tape<V>,
    state: S,
    parameters: P,
    /// The values of the state at hand.
    at: Vec<V>,
    /// Of what was reversed so far.
    adjoints: Option<Adjoints<V>>,
    rerun: usize,
}

/// The result of a loop, and its derivatives by the state and the parameters as far as it was reversed; `None` where nothing arrived.
struct Adjoints<V> {
    value: V,
    by_state: Vec<Option<V>>,
    by_parameters: Vec<Option<V>>,
}

impl<V: Value, S: Parameters<Value = V>, P: Parameters<Value = V>> Run<V, S, P> {
    /// Runs step `i` without recording it.
    #[track_caller]
    fn advance(&mut self, i: usize, step: &impl for<'t> LoopStep<S::Of<Var<'t, V>>, P::Of<Var<'t, V>>>) {
        self.tape.clear();
        let tape = &self.tape;
        let parameters = self.parameters.map(|value| tape.constant(value.clone()));
        let next = step(i, self.state.rebuild(self.at.iter().map(|value| tape.constant(value.clone()))), &parameters);
        let before = self.at.len();
        self.at.clear();
        self.state.for_each(next, |y| self.at.push(y.value()));
        check_length(i, before, self.at.len());
        self.rerun += 1;
    }

    /// Records steps one after another and sweeps them; the first time with the result, later from the adjoints found before.
    #[track_caller]
    fn reverse(
        &mut self,
        steps: std::ops::Range<usize>,
        step: &impl for<'t> LoopStep<S::Of<Var<'t, V>>, P::Of<Var<'t, V>>>,
        finish: &impl for<'t> LoopEnd<S::Of<Var<'t, V>>, P::Of<Var<'t, V>>, &'t Tape<V>>,
    ) {
        self.tape.clear();
        let tape = &self.tape;
        let parameters = variables(tape, &self.parameters.flatten());
        let first = variables(tape, &self.at);
        let arranged = self.parameters.rebuild(parameters.iter().copied());
        let mut last = first.clone();
        for i in steps {
            let next = step(i, self.state.rebuild(last.drain(..)), &arranged);
            self.state.for_each(next, |y| last.push(between(tape, y)));
            check_length(i, first.len(), last.len());
        }
        let (value, gradients) = match self.adjoints.take() {
            None => {
                let result = finish(self.state.rebuild(last), &arranged);
                (result.value(), result.backward())
            }
            Some(found) => {
                let seeds = parameters.iter().zip(found.by_parameters).chain(last.iter().zip(found.by_state));
                let seeds = seeds.filter_map(|(&x, adjoint)| Some((x, adjoint?)));
                (found.value, tape.backward(seeds))
            }
        };
        let by = |variables: &[Var<'_, V>]| variables.iter().map(|&x| gradients.get(x)).collect();
        self.adjoints = Some(Adjoints { value, by_state: by(&first), by_parameters: by(&parameters) });
    }

    fn found(self, snapshots: usize) -> LoopGradient<V, S::Of<V>, P::Of<V>> {
        let Adjoints { value, by_state, by_parameters } = self.adjoints.expect("something was reversed");
        LoopGradient {
            value,
            by_state: arrange(&self.state, by_state),
            by_parameters: arrange(&self.parameters, by_parameters),
            rerun: self.rerun,
            snapshots,
        }
    }
}

#[track_caller]
fn check_length(i: usize, before: usize, after: usize) {
    assert!(
        before == after,
        "Checkpoints::gradient: step {i} made a state of {after} values from one of {before}; a state keeps its length"
    );
}

fn variables<'t, V: Value>(tape: &'t Tape<V>, values: &[V]) -> Vec<Var<'t, V>> {
    values.iter().map(|value| tape.var(value.clone())).collect()
}

/// Gradients in the arrangement of `at`, 0 where nothing arrived.
fn arrange<Q: Parameters<Value: Value>>(at: &Q, gradients: Vec<Option<Q::Value>>) -> Q::Of<Q::Value> {
    let mut gradients = gradients.into_iter();
    at.map(|value| gradients.next().flatten().unwrap_or_else(|| value.zero()))
}

/// A value of a state as a node of its own, also where it is a constant or was a node already.
#[track_caller]
fn between<'t, V: Value>(tape: &'t Tape<V>, y: Var<'t, V>) -> Var<'t, V> {
    if y.is_constant() { tape.var(y.value()) } else { y.apply(Between).keep() }
}

/// The value itself: a boundary between two steps.
#[derive(Clone, Copy)]
struct Between;
impl Rule for Between {
    const NAME: &'static str = "between";
    const PROBES: &'static [f64] = &[1.0];
    fn value<T: Real>(self, x: T) -> T {
        x
    }
    fn slope<T: Real>(self, _: T, _: T) -> T {
        T::one()
    }
}
