//! The multi-layer perceptron of the slides: x -> r -> u -> s -> z, sigmoid twice, and the binary
//! cross-entropy of z.

use chainrule::prelude::*;

/// Hidden units.
pub(super) const HIDDEN: usize = 4;
/// Weights in all: `v_0j`, `v_1j`, `v_2j` for each hidden unit j, then `w_0` to `w_4`.
pub(super) const WEIGHTS: usize = 3 * HIDDEN + HIDDEN + 1;

/// Two inputs, and the class: 1 or 0.
pub(super) type Example = ([f64; 2], f64);

/// One example on its way through.
pub(super) struct Pass<'t> {
    pub(super) r: [Var<'t, f64>; HIDDEN],
    pub(super) u: [Var<'t, f64>; HIDDEN],
    pub(super) s: Var<'t, f64>,
    pub(super) z: Var<'t, f64>,
    pub(super) loss: Var<'t, f64>,
}

/// `r_j = sum x_i v_ij`, `u_j = sigmoid(r_j)`, `s = sum u_j w_j`, `z = sigmoid(s)` with `x_0` = `u_0` = 1, and
/// `L = -[y log z + (1 - y) log(1 - z)]`.
pub(super) fn forward<'t>(theta: &[Var<'t, f64>; WEIGHTS], ([x1, x2], y): Example) -> Pass<'t> {
    let (v, w) = theta.split_at(3 * HIDDEN);
    let r = std::array::from_fn(|j| v[3 * j] + x1 * v[3 * j + 1] + x2 * v[3 * j + 2]);
    let u = r.map(|r| r.sigmoid());
    let s = u.iter().zip(&w[1..]).fold(w[0], |s, (&u, &w)| s + u * w);
    let z = s.sigmoid();
    let loss = -(y * z.ln() + (1.0 - y) * (1.0 - z).ln());
    Pass { r, u, s, z, loss }
}

/// The mean loss over the examples.
pub(super) fn mean_loss<'t>(theta: &[Var<'t, f64>; WEIGHTS], examples: &[Example]) -> Var<'t, f64> {
    let losses = examples.iter().map(|&example| forward(theta, example).loss);
    losses.sum::<Var<'_, f64>>() / examples.len() as f64
}

/// One example forward and backward by the slide's formulas, in plain numbers: what the engine is
/// compared with.
pub(super) struct ByHand {
    pub(super) loss: f64,
    pub(super) by_z: f64,
    pub(super) by_s: f64,
    pub(super) by_u: [f64; HIDDEN],
    pub(super) by_r: [f64; HIDDEN],
    /// By all weights, in their order.
    pub(super) by_theta: [f64; WEIGHTS],
}

/// `dL/dz = -y/z + (1 - y)/(1 - z)`, `dL/ds = z - y`, `dL/dw_j = dL/ds u_j`, `dL/du_j = dL/ds w_j`,
/// `dL/dr_j = dL/du_j u_j (1 - u_j)`, `dL/dv_ij = dL/dr_j x_i`.
pub(super) fn by_hand(theta: &[f64; WEIGHTS], ([x1, x2], y): Example) -> ByHand {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let (v, w) = theta.split_at(3 * HIDDEN);
    let u: [f64; HIDDEN] = std::array::from_fn(|j| sigmoid(v[3 * j] + v[3 * j + 1] * x1 + v[3 * j + 2] * x2));
    let z = sigmoid(w[0] + u.iter().zip(&w[1..]).map(|(u, w)| u * w).sum::<f64>());
    let by_s = z - y;
    // The bias w_0 leads to no hidden unit.
    let by_u: [f64; HIDDEN] = std::array::from_fn(|j| by_s * w[1 + j]);
    let by_r: [f64; HIDDEN] = std::array::from_fn(|j| by_u[j] * u[j] * (1.0 - u[j]));
    let by_v = by_r.iter().flat_map(|by_r| [1.0, x1, x2].map(|x| by_r * x));
    let by_w = std::iter::once(1.0).chain(u).map(|u| by_s * u);
    let mut by_theta = [0.0; WEIGHTS];
    by_theta.iter_mut().zip(by_v.chain(by_w)).for_each(|(slot, slope)| *slot = slope);
    let loss = if y == 1.0 { -z.ln() } else { -(1.0 - z).ln() };
    ByHand { loss, by_z: -y / z + (1.0 - y) / (1.0 - z), by_s, by_u, by_r, by_theta }
}
