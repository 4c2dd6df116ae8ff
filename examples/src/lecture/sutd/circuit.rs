//! The circuit of the slides "Another example": f(w, x) = 1 / (1 + e^-(w0 x0 + w1 x1 + w2)).

use chainrule::prelude::*;

/// w0, w1, w2, as the drawing has them.
pub(super) const WEIGHTS: [f64; 3] = [2.0, -3.0, -3.0];
/// x0, x1, as the drawing has them.
pub(super) const INPUTS: [f64; 2] = [-1.0, -2.0];

/// The circuit's inputs: what its gradients are taken by.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'t> {
    pub(super) w: [Var<'t, f64>; 3],
    pub(super) x: [Var<'t, f64>; 2],
}

/// The first gates, up to the weighted sum.
#[derive(Clone, Copy)]
pub(super) struct First<'t> {
    pub(super) products: [Var<'t, f64>; 2],
    pub(super) both: Var<'t, f64>,
    pub(super) sum: Var<'t, f64>,
}

/// The last four gates, from the weighted sum to f.
#[derive(Clone, Copy)]
pub(super) struct Last<'t> {
    pub(super) minus: Var<'t, f64>,
    pub(super) power: Var<'t, f64>,
    pub(super) below: Var<'t, f64>,
    pub(super) f: Var<'t, f64>,
}

/// The drawing's numbers as variables.
pub(super) fn inputs(tape: &ScalarTape) -> Inputs<'_> {
    let [w0, w1, w2] = WEIGHTS;
    let [x0, x1] = INPUTS;
    Inputs {
        w: [tape.var(w0).named("w0"), tape.var(w1).named("w1"), tape.var(w2).named("w2")],
        x: [tape.var(x0).named("x0"), tape.var(x1).named("x1")],
    }
}

/// w0 x0 + w1 x1 + w2, gate by gate.
pub(super) fn weighted_sum(Inputs { w: [w0, w1, w2], x: [x0, x1] }: Inputs<'_>) -> First<'_> {
    let products = [(w0 * x0).named("w0x0"), (w1 * x1).named("w1x1")];
    let both = (products[0] + products[1]).named("both");
    First { products, both, sum: (both + w2).named("sum") }
}

/// 1 / (1 + e^-sum), gate by gate.
pub(super) fn last_four(sum: Var<'_, f64>) -> Last<'_> {
    let minus = (-sum).named("minus");
    let power = minus.exp().named("power");
    let below = (power + 1.0).named("below");
    Last { minus, power, below, f: below.recip().named("f") }
}
