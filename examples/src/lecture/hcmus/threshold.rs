//! The network of the slides "Example" and "Training": two units feed a third, no biases.

use chainrule::prelude::*;

/// Its weights, in the order w13, w23, w14, w24, w35, w45.
pub(super) const NAMES: [&str; 6] = ["w13", "w23", "w14", "w24", "w35", "w45"];
/// The slide's values for them.
pub(super) const WEIGHTS: [f64; 6] = [2.0, -3.0, 1.0, 4.0, 2.0, -1.0];

/// Sums and outputs of the units 3, 4 and 5.
pub(super) struct Units<'t> {
    pub(super) v: [Var<'t, f64>; 3],
    pub(super) y: [Var<'t, f64>; 3],
}

/// Sends the inputs through, each unit answering with `activation` of its weighted sum.
pub(super) fn forward<'t>(
    [w13, w23, w14, w24, w35, w45]: [Var<'t, f64>; 6],
    [x1, x2]: [f64; 2],
    activation: impl Fn(Var<'t, f64>) -> Var<'t, f64>,
) -> Units<'t> {
    let v3 = w13 * x1 + w23 * x2;
    let v4 = w14 * x1 + w24 * x2;
    let (y3, y4) = (activation(v3), activation(v4));
    let v5 = w35 * y3 + w45 * y4;
    Units { v: [v3, v4, v5], y: [y3, y4, activation(v5)] }
}
