//! Numbers as people read them.

/// The number with so many significant digits and no zeros behind them; powers of ten for the very
/// small and the very large.
///
/// ```
/// use chainrule_nn::plot::shown;
/// assert_eq!(shown(0.1 + 0.2, 9), "0.3");
/// assert_eq!(shown(3.510_187e-5, 5), "3.5102e-5");
/// ```
pub fn shown(value: f64, digits: usize) -> String {
    if !value.is_finite() || value == 0.0 {
        return format!("{value}");
    }
    let scientific = format!("{value:.*e}", digits.max(1) - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..9).contains(&exponent) {
        let decimals = i32::try_from(digits).unwrap_or(i32::MAX) - 1 - exponent;
        trimmed(&format!("{value:.*}", usize::try_from(decimals).unwrap_or(0))).to_owned()
    } else {
        format!("{}e{exponent}", trimmed(mantissa))
    }
}

fn trimmed(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_short_and_true() {
        assert_eq!(shown(0.1 + 0.2, 9), "0.3");
        assert_eq!(shown(30.0, 9), "30");
        assert_eq!(shown(-0.000_043, 3), "-4.3e-5");
        assert_eq!(shown(3.510_187e-5, 5), "3.5102e-5");
        assert_eq!(shown(0.0, 5), "0");
        assert_eq!(shown(-6.0, 12), "-6");
        assert_eq!(shown(1_234_567.891, 4), "1234568");
        assert_eq!(shown(f64::INFINITY, 5), "inf");
    }
}
