//! The worked example, stage by stage.

use chainrule_playground::worked::{Worked, stages};

#[test]
fn every_number_that_the_slides_print_agrees() {
    let stages = stages(Worked::default().numbers());
    assert_eq!(stages.len(), 8);
    let printed: Vec<_> =
        stages.iter().flat_map(|stage| &stage.numbers).filter(|number| number.slide.is_some()).collect();
    // 3 + 3 forward, 3 errors, 5 of w5, 8 new weights
    assert_eq!(printed.len(), 22);
    for number in printed {
        assert_eq!(number.agrees, Some(true), "{number:?}");
    }
    for stage in &stages {
        assert!(stage.html.contains("<math>") && stage.drawing.starts_with("<svg"), "{}", stage.title);
        assert!(!stage.text.is_empty() && !stage.numbers.is_empty());
    }
    // LEDGER H8 and H9, worked out apart from the engine
    let value = |name: &str| {
        let mut all = stages.iter().rev().flat_map(|stage| &stage.numbers);
        all.find(|number| number.name == name).unwrap_or_else(|| panic!("no {name}")).value.clone()
    };
    for (name, expected) in [
        ("delta_o1 = ∂E/∂net_o1", "0.138498562"),
        ("delta_h1", "0.008771355"),
        ("delta_h2", "0.009954255"),
        ("∂E/∂w1", "0.000438568"),
        ("E_total", "0.291027774"),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
}

#[test]
fn ten_thousand_updates_reach_the_lectures_error() {
    let mut worked = Worked::default();
    for _ in 0..10_000 {
        worked.update();
    }
    assert_eq!(worked.iteration(), 10_000);
    let error = *worked.errors().last().unwrap();
    // LEDGER H10, biases kept
    assert!((error - 3.5102e-5).abs() < 5e-10, "{error}");
}

#[test]
fn numbers_that_are_changed_are_not_compared_with_the_slide() {
    let mut worked = Worked::default();
    worked.set("w5", 0.9).unwrap();
    let stages = stages(worked.numbers());
    assert!(stages.iter().flat_map(|stage| &stage.numbers).all(|number| number.slide.is_none()));
    assert_eq!(worked.sliders()[4].value, 0.9);
    for (key, value) in [("w9", 1.0), ("w1", f64::NAN), ("rate", f64::INFINITY), ("i1", 1e300)] {
        worked.set(key, value).unwrap_err();
    }
    assert!(worked.graph().starts_with("<svg"));
}
