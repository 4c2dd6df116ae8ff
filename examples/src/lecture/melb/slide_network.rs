//! The multi-layer perceptron of the slides, drawn with its numbers: x -> u -> z, and the class y.

use chainrule::prelude::*;

use super::network::{Example, HIDDEN, Pass, WEIGHTS};
use crate::network_drawing::{Edge, Ink, NetworkDrawing, Unit};

/// The slide's names for what stands on a traced tape: `v_ij`, `w_j`, `r_j`, `u_j`, s, z, L.
pub(super) fn name(theta: &[Var<'_, f64>; WEIGHTS], pass: &Pass<'_>) {
    for (at, weight) in theta.iter().enumerate() {
        let _ = weight.named(&weight_name(at));
    }
    for (j, (r, u)) in pass.r.iter().zip(&pass.u).enumerate() {
        let _ = (r.named(&format!("r_{}", j + 1)), u.named(&format!("u_{}", j + 1)));
    }
    let _ = (pass.s.named("s"), pass.z.named("z"), pass.loss.named("L"));
}

/// Three of each hidden unit, from `v_01` on, then `w_0` to `w_4`.
fn weight_name(at: usize) -> String {
    match at.checked_sub(3 * HIDDEN) {
        Some(j) => format!("w_{j}"),
        None => format!("v_{}{}", at % 3, at / 3 + 1),
    }
}

/// The network forward; with `gradients`, backward too.
pub(super) fn drawing(
    theta: &[Var<'_, f64>; WEIGHTS],
    pass: &Pass<'_>,
    ([x1, x2], y): Example,
    gradients: Option<&Gradients<'_, f64>>,
) -> NetworkDrawing {
    let neuron = |name: &str, [sum, out]: [(&str, Var<'_, f64>); 2]| {
        let inside = [sum, out].map(|(what, value)| format!("{what} {:.4}", value.value()));
        let below =
            gradients.map(|gradients| [out, sum].map(|(what, value)| format!("∂L/∂{what} {:.4}", gradients.of(value))));
        Unit::new(name).inside(inside).below(below.into_iter().flatten())
    };
    let hidden = (0..HIDDEN).map(|j| neuron(&format!("u{}", j + 1), [("r", pass.r[j]), ("u", pass.u[j])]));
    let ones = ["x0", "u0"].map(|name| Unit::bias(name).inside(["1"]));
    let [x0, u0] = ones;
    let mut drawing = NetworkDrawing::new("the multi-layer perceptron and its numbers")
        .layer([x0, Unit::new("x1").inside([x1.to_string()]), Unit::new("x2").inside([x2.to_string()])])
        .layer([u0].into_iter().chain(hidden))
        .layer([neuron("z", [("s", pass.s), ("z", pass.z)])])
        .layer([Unit::target("y").inside([y.to_string(), format!("L {:.4}", pass.loss.value())])]);
    for (at, &weight) in theta.iter().enumerate() {
        // The hidden units come after u0, and v_ij leads from x_i to u_j.
        let (from, to) = match at.checked_sub(3 * HIDDEN) {
            Some(j) => ((1, j), (2, 0)),
            None => ((0, at % 3), (1, 1 + at / 3)),
        };
        let mut label = vec![(Ink::Plain, format!("{} {:.4}", weight_name(at).replace('_', ""), weight.value()))];
        label.extend(gradients.map(|gradients| (Ink::Gradient, format!("∂ {:.4}", gradients.of(weight)))));
        drawing = drawing.edge(Edge::between(from, to).label(label));
    }
    drawing = drawing.edge(Edge::between((2, 0), (3, 0)));
    if gradients.is_some() { drawing.legend(Ink::Gradient, "∂ gradient of L") } else { drawing }
}
