//! The gradient checker: what the engine says against what finite differences say.

mod difference;
mod op;
mod report;
mod subject;

#[cfg(test)]
pub(crate) use op::{Applied, Checked, Fixed, Many, examine};
pub use op::{OpReport, check_op, check_op_of_many};
pub use report::{Entry, Report, Verdict};
pub use subject::Subject;

use crate::tape::{Tape, Var};
use difference::Difference;

/// How strictly to check; [`gradcheck`] uses the defaults.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::GradCheck;
/// let report = GradCheck::new().relative(1e-7).run(|[x, y]| x.atan2(y), [0.3, 0.4]);
/// assert!(report.is_ok(), "{report}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradCheck {
    relative: f64,
    absolute: f64,
    step: f64,
}

impl Default for GradCheck {
    /// Relative tolerance 1e-6, absolute 1e-9, first step 1e-2 of the size of each argument.
    fn default() -> Self {
        Self { relative: 1e-6, absolute: 1e-9, step: 1e-2 }
    }
}

impl GradCheck {
    /// The default strictness.
    pub fn new() -> Self {
        Self::default()
    }

    /// The tolerance relative to the larger of the two numbers compared.
    #[must_use]
    pub fn relative(self, relative: f64) -> Self {
        Self { relative, ..self }
    }

    /// The tolerance that is allowed whatever the size.
    #[must_use]
    pub fn absolute(self, absolute: f64) -> Self {
        Self { absolute, ..self }
    }

    /// The first step of the differences, relative to the size of the argument (or to 1 if that is larger); it is then
    /// halved and extrapolated. Make it small where the formula has features that are narrow.
    #[must_use]
    pub fn step(self, step: f64) -> Self {
        Self { step, ..self }
    }

    /// Compares every gradient of `formula` at `at` with extrapolated central differences. A result that is a tensor is
    /// weighted by numbers in no order first, so that a gradient that was transposed or summed wrongly shows.
    ///
    /// # Panics
    /// When the formula itself does.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the point is written in place")]
    pub fn run<V: Subject, const N: usize>(
        self,
        formula: impl for<'t> Fn([Var<'t, V>; N]) -> Var<'t, V>,
        at: [V; N],
    ) -> Report {
        let value = |x: [V; N]| {
            let tape = Tape::new();
            formula(x.map(|x| tape.constant(x))).value()
        };
        let weights = weights(&value(at.clone()));
        let tape = Tape::new();
        let variables = at.each_ref().map(|x| tape.var(x.clone()));
        let gradients = formula(variables).backward_seeded(weights.clone()).of_all(variables);
        let mut entries = Vec::new();
        for (argument, x) in at.iter().enumerate() {
            let analytic = gradients[argument].numbers();
            for (place, &number) in x.numbers().iter().enumerate() {
                let along = |t: f64| weigh(&weights, &value(moved(&at, argument, place, t)));
                let numeric = Difference::central(along, number, self.step);
                entries.push(self.judge(element(argument, x, place), analytic[place], &numeric));
            }
        }
        Report { at: at.iter().flat_map(Subject::numbers).collect(), entries }
    }

    /// Compares every second derivative of `formula` at `at`, from one reverse sweep over dual numbers for each direction,
    /// with differences of the gradient. A result that is a tensor is weighted first.
    ///
    /// # Panics
    /// When the formula itself does.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "the point is written in place")]
    pub fn run_second_order<V: Subject, const N: usize>(
        self,
        formula: impl for<'t> Fn([Var<'t, V::Dual>; N]) -> Var<'t, V::Dual>,
        at: [V; N],
    ) -> Report {
        // the gradient at x, every number of it, and its derivative along one number
        let sweep = |x: &[V; N], argument: usize, place: usize| -> (Vec<f64>, Vec<f64>) {
            let tape = Tape::new();
            let variables: [_; N] = std::array::from_fn(|k| {
                let mut direction = vec![0.0; x[k].numbers().len()];
                if k == argument {
                    direction[place] = 1.0;
                }
                tape.var(x[k].moving(&x[k].with_numbers(direction)))
            });
            let y = formula(variables);
            let gradients = y.backward_seeded(V::weights_over_duals(&y.value())).of_all(variables);
            let parts = gradients.iter().map(|gradient| V::parts(gradient));
            parts.fold((Vec::new(), Vec::new()), |(mut values, mut slopes), (value, slope)| {
                values.extend(value);
                slopes.extend(slope);
                (values, slopes)
            })
        };
        let elements: Vec<Vec<usize>> = (0..N)
            .flat_map(|argument| (0..at[argument].numbers().len()).map(move |place| (argument, place)))
            .map(|(argument, place)| element(argument, &at[argument], place))
            .collect();
        let mut entries = Vec::new();
        let mut column = 0;
        for (argument, x) in at.iter().enumerate() {
            for (place, &number) in x.numbers().iter().enumerate() {
                let (_, exact) = sweep(&at, argument, place);
                for (row, &exact) in exact.iter().enumerate() {
                    let along = |t: f64| sweep(&moved(&at, argument, place, t), argument, place).0[row];
                    let numeric = Difference::central(along, number, self.step);
                    let names = elements[row].iter().chain(&elements[column]).copied().collect();
                    entries.push(self.judge(names, exact, &numeric));
                }
                column += 1;
            }
        }
        Report { at: at.iter().flat_map(Subject::numbers).collect(), entries }
    }

    fn judge(&self, element: Vec<usize>, analytic: f64, numeric: &Difference) -> Entry {
        let error = (analytic - numeric.slope).abs();
        let allowed = self.absolute + self.relative * analytic.abs().max(numeric.slope.abs());
        let verdict = if !numeric.slope.is_finite() || numeric.one_sided {
            Verdict::Declined(
                "the two sides of the point have different slopes, or one of them none: a kink, a jump or a pole",
            )
        } else if error <= allowed {
            Verdict::Agrees
        } else if analytic.is_finite() && error <= numeric.uncertainty && numeric.uncertainty > allowed {
            Verdict::Declined("the differences themselves are too uncertain here to judge by this tolerance")
        } else {
            Verdict::Differs
        };
        Entry { element, analytic, numeric: numeric.slope, allowed, verdict }
    }
}

/// The arguments with one number replaced.
fn moved<V: Subject, const N: usize>(at: &[V; N], argument: usize, place: usize, number: f64) -> [V; N] {
    let mut moved = at.clone();
    let mut numbers = at[argument].numbers();
    numbers[place] = number;
    moved[argument] = at[argument].with_numbers(numbers);
    moved
}

/// How a report names a number: the argument, and the index within it.
fn element<V: Subject>(argument: usize, x: &V, place: usize) -> Vec<usize> {
    std::iter::once(argument).chain(x.index(place)).collect()
}

/// The upstream gradient that a result is weighted by: 1 for a single number.
fn weights<V: Subject>(y: &V) -> V {
    let count = y.numbers().len();
    y.with_numbers(subject::scattered(count))
}

fn weigh<V: Subject>(weights: &V, y: &V) -> f64 {
    weights.numbers().iter().zip(y.numbers()).map(|(w, y)| w * y).sum()
}

/// Checks the gradient of `formula` at `at` against central differences: see [`GradCheck`] for the tolerances.
///
/// ```
/// use chainrule::prelude::*;
/// gradcheck(|[x, y]| x * y + x.sin(), [2.0, 3.0]).assert_ok();
///
/// let (a, b) = (Tensor::from([[1.0, 2.0], [0.5, -1.0]]), Tensor::from([[0.3], [0.7]]));
/// gradcheck(|[a, b]| a.matmul(b).tanh(), [a, b]).assert_ok();
/// ```
///
/// At a kink the two sides differ and no difference quotient can decide: the checker declines to judge and says so.
///
/// ```
/// use chainrule::prelude::*;
/// let report = gradcheck(|[x]| x.abs(), [0.0]);
/// assert!(!report.is_ok() && report.differing().count() == 0);
/// assert!(report.to_string().contains("kink"));
/// ```
///
/// # Panics
/// When the formula itself does.
#[track_caller]
pub fn gradcheck<V: Subject, const N: usize>(
    formula: impl for<'t> Fn([Var<'t, V>; N]) -> Var<'t, V>,
    at: [V; N],
) -> Report {
    GradCheck::new().run(formula, at)
}

/// Checks the second derivatives of `formula` at `at`, all of them.
///
/// ```
/// use chainrule::prelude::*;
/// gradcheck_second_order(|[x, y]| x * x * y + y.exp(), [2.0, 3.0]).assert_ok();
/// ```
///
/// # Panics
/// When the formula itself does.
#[track_caller]
pub fn gradcheck_second_order<V: Subject, const N: usize>(
    formula: impl for<'t> Fn([Var<'t, V::Dual>; N]) -> Var<'t, V::Dual>,
    at: [V; N],
) -> Report {
    GradCheck::new().run_second_order(formula, at)
}
