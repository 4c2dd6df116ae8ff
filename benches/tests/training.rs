//! The workloads learn as they do in `PyTorch`: from the same weights and batch, each loss of a hundred steps is the same.

use chainrule_benches::network::{WORKLOADS, Workload};
use std::collections::BTreeMap;

/// Losses by `PyTorch` 2.15, written by `peers/torch/losses.py`.
const REFERENCE: &str = include_str!("reference/training_losses.json");

/// What sums of `f32` in another order do to a loss over a hundred steps.
const TOLERANCE: f64 = 1e-4;

fn assert_learns_alike(name: &str, reference: &str) {
    let losses: BTreeMap<String, Vec<f64>> = serde_json::from_str(REFERENCE).expect("a table of losses");
    let mut network = Workload::named(name).expect("a workload").begin_to_compare();
    let expected = &losses[reference];
    assert_eq!(expected.len(), 100);
    for (step, &expected) in expected.iter().enumerate() {
        let loss = network.step();
        assert!((loss - expected).abs() <= TOLERANCE, "{name}, step {step}: {loss}, PyTorch {expected}");
    }
    let (first, last) = (expected[0], expected[99]);
    assert!(last < 0.999 * first, "{name}: nothing was learnt from {first} to {last}");
}

macro_rules! tests {
    ($($test:ident $name:literal $reference:literal)*) => { $(
        #[test]
        fn $test() {
            assert_learns_alike($name, $reference);
        }
    )* };
}

tests! {
    worked_of_tensors "W1" "W1"
    worked_of_numbers "W1-scalar" "W1"
    worked_as_a_model "W1-model" "W1"
    classifier "W2" "W2"
    dropped_classifier "W3" "W3"
    listing "W4" "W4"
    images "W5" "W5"
    regression "W6" "W6"
    attention "W7" "W7"
}

#[test]
fn every_workload_is_compared() {
    let losses: BTreeMap<String, Vec<f64>> = serde_json::from_str(REFERENCE).expect("a table of losses");
    let missing: Vec<_> = WORKLOADS.iter().filter(|workload| !losses.contains_key(&workload.name[..2])).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
