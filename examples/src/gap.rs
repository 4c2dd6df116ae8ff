//! How far numbers are apart at worst.

/// The largest absolute value; NaN if a gap is NaN, and NaN for no gaps at all: then nothing has
/// been compared, and no check can pass.
pub fn farthest(gaps: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
    gaps.into_iter().map(f64::abs).reduce(larger).unwrap_or(f64::NAN)
}
