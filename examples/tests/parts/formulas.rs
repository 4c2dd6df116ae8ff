//! Formulas on the board, as text and as a piece of a page.

use chainrule::prelude::*;
use chainrule_examples::formulas::{Formulas, Update};

#[test]
fn an_update_is_a_line_in_text_and_in_html() {
    let update = Update { names: ("E_total", 7), old: 0.5, rate: 0.5, slope: -0.022_602_54, new: 0.511_301_27 };
    let formulas = Formulas::from([update].as_slice());
    let line = "w7+ = w7 - eta × dE_total/dw7 = 0.5 - 0.5 × (-0.022602540) = 0.511301270\n";
    assert_eq!(formulas.text, line);
    assert!(formulas.html.contains("<msub><mi>E</mi><mi>total</mi></msub>"), "{}", formulas.html);
    assert_eq!(formulas.html.matches("<math>").count(), 4);
}

#[test]
fn a_tape_says_the_same_twice() {
    let tape = ScalarTape::traced();
    let x = tape.var(0.5).named("x");
    let y = (2.0 * x.sin().named("s")).named("y");
    let formulas = Formulas::from(tape.explain(y, x));
    assert!(formulas.text.starts_with("dy/dx = "), "{}", formulas.text);
    assert!(formulas.html.contains("<math>") && formulas.html.contains("0.877583"), "{}", formulas.html);
    let (short, factors) = (formulas.clone().without_details(), formulas.clone().without_values());
    assert_eq!((short.text.lines().count(), short.html.lines().count()), (3, 3), "{short:?}");
    assert!(factors.text.contains("ds/dx = cos(x)") && !factors.text.contains("s = sin(x)"), "{factors:?}");
    assert!(factors.html.contains("<mi>cos</mi>") && !factors.html.contains("<mi>sin</mi>"), "{factors:?}");
    assert!(formulas.text.starts_with(&factors.text) && formulas.html.contains("<mi>sin</mi>"), "{formulas:?}");
}
