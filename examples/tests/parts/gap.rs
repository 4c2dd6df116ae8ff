//! The largest of several gaps.

use chainrule_examples::gap::farthest;

#[test]
fn is_the_largest_absolute_value() {
    assert_eq!(farthest([0.5, -2.0, 1.0]).to_bits(), 2.0_f64.to_bits());
    assert_eq!(farthest([-0.0]).to_bits(), 0.0_f64.to_bits());
    assert_eq!(farthest([1.0, f64::NEG_INFINITY]).to_bits(), f64::INFINITY.to_bits());
}

#[test]
fn is_nan_wherever_a_gap_is() {
    for place in 0..3 {
        let mut gaps = [1.0, f64::INFINITY, 3.0];
        gaps[place] = f64::NAN;
        assert!(farthest(gaps).is_nan(), "NaN in place {place}");
    }
}

#[test]
fn is_nan_for_no_gaps() {
    assert!(farthest([]).is_nan());
}
