//! What the README prints beside its code. The code itself runs as documentation tests.

use chainrule::prelude::*;

/// The README, through the link that also brings it into the packaged crate.
const README: &str = include_str!("../src/readme.md");

#[test]
fn the_explanation_is_what_the_engine_prints() {
    let tape = ScalarTape::traced();
    let variable = |name: &str, value| tape.var(value).named(name);
    let (w, x, b) = (variable("w", 0.5), variable("x", 0.25), variable("b", 0.1));
    let out = (w * x + b).named("net").sigmoid().named("out");
    let error = (0.5 * (1.0 - out).powi(2)).named("E");
    let explanation = tape.explain(error, w).to_string();
    assert!(README.contains(&explanation), "the README does not hold this explanation:\n{explanation}");
    let distance = (x - 0.25).named("distance");
    let quotient = 1.0 / distance;
    let here = format!("{}:{}:20", file!(), line!() - 1);
    // the README's program is called main.rs
    let blame = tape.blame(quotient).unwrap().to_string().replace(&here, "src/main.rs:11:27");
    assert!(README.contains(&blame), "the README does not hold this blame:\n{blame}");
}
