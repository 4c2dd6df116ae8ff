//! How many digits of a number are shown.

/// How many digits of a number are shown.
///
/// A number that would be hidden by this (one that is not 0 but has only zeros to show) or that would be very long is written with a
/// power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Digits {
    /// Exactly so many behind the point: `-2.00`.
    Decimals(usize),
    /// At most so many that count, without zeros at the end: `-2`, `0.1966`, `1.368`.
    Significant(usize),
    /// So many behind the point, or as few as the number has: `-2`, `0.15`, `0.593270`, as slides have it.
    Short(usize),
}

impl Default for Digits {
    /// Four significant digits.
    fn default() -> Self {
        Self::Significant(4)
    }
}

/// Numbers of at least this size are written with a power of ten.
const LARGE: f64 = 1e6;
/// So are numbers below this.
const SMALL: f64 = 1e-4;

impl Digits {
    /// A number with so many digits.
    pub(super) fn write(self, value: f64) -> String {
        if !value.is_finite() {
            return value.to_string();
        }
        let size = value.abs();
        match self {
            Self::Short(decimals) => short(value, decimals),
            Self::Decimals(decimals) => {
                let text = format!("{value:.decimals$}");
                let hidden = value != 0.0 && !text.contains(|c: char| ('1'..='9').contains(&c));
                if hidden || size >= LARGE { format!("{value:.decimals$e}") } else { text }
            }
            Self::Significant(count) => {
                let count = count.max(1);
                // rounded first: 9.9996 has two digits before the point once it is rounded to four
                let rounded = format!("{value:.*e}", count - 1);
                let (mantissa, exponent) = rounded.split_once('e').expect("a number in scientific notation");
                let exponent: i32 = exponent.parse().expect("an exponent is an integer");
                if value != 0.0 && !(SMALL..LARGE).contains(&size) {
                    return format!("{}e{exponent}", without_zeros(mantissa));
                }
                let behind = i32::try_from(count).unwrap_or(i32::MAX) - 1 - exponent;
                without_zeros(&format!("{value:.*}", usize::try_from(behind).unwrap_or(0))).to_owned()
            }
        }
    }
}

/// `1.50` as `1.5`, `2.00` as `2`.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// With so many decimals, or as short as the number is; with a power of ten where decimals would hide it or run on.
fn short(number: f64, decimals: usize) -> String {
    let short = number.to_string();
    if short.trim_start_matches('-').len() <= decimals + 2 {
        return short;
    }
    // at least half of the digits that were asked for are to be seen
    let least = 10f64.powi(-i32::try_from(decimals / 2).unwrap_or(i32::MAX));
    if number.abs() < least || number.abs() >= 1e9 {
        return format!("{number:.decimals$e}");
    }
    let text = format!("{number:.decimals$}");
    // 0.3925 may have come out as 0.39250000000000002: what the last bits made of it is not shown
    let shorter = without_zeros(&text);
    let same = shorter.parse().is_ok_and(|shown: f64| (shown - number).abs() <= 1e-14 * number.abs());
    if same { shorter.to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::Digits;

    #[test]
    fn numbers_are_short() {
        let shown =
            [0.0, -2.0, 0.731_058_579, 1.367_879_441, 123.456, 9.99996, 123_456.0].map(|x| Digits::default().write(x));
        assert_eq!(shown, ["0", "-2", "0.7311", "1.368", "123.5", "10", "123456"]);
        let shown = [1.5e7, 2e-9, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.5].map(|x| Digits::default().write(x));
        assert_eq!(shown, ["1.5e7", "2e-9", "NaN", "inf", "-inf", "-0.5"]);
        let shown = [0.0, -2.0, 0.001, 1e7].map(|x| Digits::Decimals(2).write(x));
        assert_eq!(shown, ["0.00", "-2.00", "1.00e-3", "1.00e7"]);
        let shown = [0.593_269_992, 4.25e-9, 0.4, -1.0, 1000.0, f64::NAN].map(|x| Digits::Short(6).write(x));
        assert_eq!(shown, ["0.593270", "4.250000e-9", "0.4", "-1", "1000", "NaN"]);
        assert_eq!(Digits::Short(6).write(0.1 + 0.2), "0.3");
        assert_eq!(Digits::Short(2).write(-2e12), "-2.00e12");
    }
}
