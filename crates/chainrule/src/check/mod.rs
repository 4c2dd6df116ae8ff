//! The gradient checker: what the engine says against what finite differences say.

mod difference;
mod op;
mod report;

#[cfg(test)]
pub(crate) use op::{Applied, Fixed, Many, examine};
pub use op::{OpReport, check_op, check_op_of_many};
pub use report::{Entry, Report, Verdict};

use crate::number::Dual;
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
#[derive(Clone, Copy, Debug)]
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

    /// Compares every gradient of `formula` at `at` with extrapolated central differences.
    ///
    /// # Panics
    /// When the formula itself does.
    #[track_caller]
    pub fn run<const N: usize>(
        self,
        formula: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>,
        at: [f64; N],
    ) -> Report {
        let tape = Tape::new();
        let variables = tape.vars(at);
        let gradients = formula(variables).backward();
        let value = |x: [f64; N]| formula(x.map(Var::constant)).value();
        let entries = (0..N).map(|i| {
            let along = |t: f64| value(std::array::from_fn(|k| if k == i { t } else { at[k] }));
            let numeric = Difference::central(along, at[i], self.step);
            self.judge(vec![i], gradients.of(variables[i]), &numeric)
        });
        Report { at: at.to_vec(), entries: entries.collect() }
    }

    /// Compares every second derivative of `formula` at `at`, from one reverse sweep over dual numbers for each direction,
    /// with differences of the gradient.
    ///
    /// # Panics
    /// When the formula itself does.
    #[track_caller]
    pub fn run_second_order<const N: usize>(
        self,
        formula: impl for<'t> Fn([Var<'t, Dual<f64>>; N]) -> Var<'t, Dual<f64>>,
        at: [f64; N],
    ) -> Report {
        // the gradient at x and its derivative along axis `moving`
        let sweep = |x: [f64; N], moving: usize| -> [Dual<f64>; N] {
            let tape = Tape::new();
            let duals = std::array::from_fn(|k| Dual::new(x[k], if k == moving { 1.0 } else { 0.0 }));
            let variables = tape.vars(duals);
            formula(variables).backward().of_all(variables)
        };
        let mut entries = Vec::with_capacity(N * N);
        for j in 0..N {
            let column = sweep(at, j);
            for (i, exact) in column.iter().enumerate() {
                let along = |t: f64| sweep(std::array::from_fn(|k| if k == j { t } else { at[k] }), j)[i].value;
                let numeric = Difference::central(along, at[j], self.step);
                entries.push(self.judge(vec![i, j], exact.epsilon, &numeric));
            }
        }
        Report { at: at.to_vec(), entries }
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

/// Checks the gradient of `formula` at `at` against central differences: see [`GradCheck`] for the tolerances.
///
/// ```
/// use chainrule::prelude::*;
/// gradcheck(|[x, y]| x * y + x.sin(), [2.0, 3.0]).assert_ok();
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
#[track_caller]
pub fn gradcheck<const N: usize>(formula: impl for<'t> Fn([Var<'t, f64>; N]) -> Var<'t, f64>, at: [f64; N]) -> Report {
    GradCheck::new().run(formula, at)
}

/// Checks the second derivatives of `formula` at `at`, all of them.
///
/// ```
/// use chainrule::prelude::*;
/// gradcheck_second_order(|[x, y]| x * x * y + y.exp(), [2.0, 3.0]).assert_ok();
/// ```
#[track_caller]
pub fn gradcheck_second_order<const N: usize>(
    formula: impl for<'t> Fn([Var<'t, Dual<f64>>; N]) -> Var<'t, Dual<f64>>,
    at: [f64; N],
) -> Report {
    GradCheck::new().run_second_order(formula, at)
}
