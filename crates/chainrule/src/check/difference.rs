//! Difference quotients, extrapolated.

/// The slope of a function of one number as its values tell it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference {
    /// The extrapolated central difference.
    pub(super) slope: f64,
    /// How far the last extrapolations still moved, and what rounding may add.
    pub(super) uncertainty: f64,
    /// Whether the slopes to the left and to the right do not approach each other: a kink, a jump or a pole.
    pub(super) one_sided: bool,
}

/// How often the step is halved.
const LEVELS: usize = 9;

impl Difference {
    /// Ridders' method: central differences at steps that halve, extrapolated to step 0 by a Neville tableau; the entry
    /// that moved least is the answer. Source: C. Ridders, Advances in Engineering Software 4 (1982).
    pub(super) fn central(f: impl Fn(f64) -> f64, x: f64, relative_step: f64) -> Self {
        let size = x.abs().max(1.0);
        let mut step = relative_step * size;
        let centre = f(x);
        let mut noise = 0.0;
        let mut best = Self { slope: f64::NAN, uncertainty: f64::INFINITY, one_sided: false };
        let mut sides = [(0.0, 0.0); LEVELS];
        let mut previous: [f64; LEVELS] = [f64::NAN; LEVELS];
        for (level, sides) in sides.iter_mut().enumerate() {
            let (high, low) = (x + step, x - step);
            let (above, below) = (f(high), f(low));
            *sides = ((above - centre) / (high - x), (centre - below) / (x - low));
            let mut row = [f64::NAN; LEVELS];
            row[0] = (above - below) / (high - low);
            noise = f64::EPSILON * (above.abs() + below.abs()) / (high - low);
            let mut factor = 4.0;
            for order in 1..=level {
                row[order] = row[order - 1] + (row[order - 1] - previous[order - 1]) / (factor - 1.0);
                factor *= 4.0;
                let moved = (row[order] - row[order - 1]).abs().max((row[order] - previous[order - 1]).abs()) + noise;
                if moved < best.uncertainty {
                    best = Self { slope: row[order], uncertainty: moved, one_sided: false };
                }
            }
            previous = row;
            step *= 0.5;
        }
        best.one_sided = Self::never_meet(&sides, best.uncertainty, noise);
        best
    }

    /// The one-sided quotients of a smooth function differ by `step f''` and odd powers of the step beyond. So twice their
    /// distance at the last step less that at the last but one is nearly 0; at a kink it is the angle, and at a jump or pole
    /// it grows. Where the tangent is vertical the quotients agree and grow together.
    fn never_meet(sides: &[(f64, f64); LEVELS], uncertainty: f64, noise: f64) -> bool {
        let apart = |(right, left): (f64, f64)| right - left;
        let size = |(right, left): (f64, f64)| right.abs().max(left.abs());
        // the first steps may have left the domain
        let Some(&first) = sides[..LEVELS - 3].iter().find(|&&sides| apart(sides).is_finite()) else { return true };
        let (previous, last) = (sides[LEVELS - 2], sides[LEVELS - 1]);
        let angle = (2.0 * apart(last) - apart(previous)).abs();
        if !angle.is_finite() {
            return true;
        }
        let split = angle > 1e-4 * size(last) + 16.0 * noise + 1e-12;
        let vertical = size(last) > 8.0 * size(first) && uncertainty > 0.01 * size(last);
        split || vertical
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smooth_functions_are_differentiated_to_ten_digits() {
        type Case = (fn(f64) -> f64, f64, f64);
        let cases: [Case; 4] = [
            (f64::sin, 1.0, 0.540_302_305_868_139_7),
            (f64::exp, -3.0, 0.049_787_068_367_863_94),
            (|x| x.powi(5), 2.0, 80.0),
            (f64::sqrt, 900.0, 1.0 / 60.0),
        ];
        for (f, x, slope) in cases {
            let found = Difference::central(f, x, 1e-2);
            assert!((found.slope - slope).abs() < 1e-10 * slope.abs().max(0.1), "{found:?} at {x}, not {slope}");
            assert!(!found.one_sided, "{found:?} at {x}");
        }
    }

    #[test]
    fn kinks_jumps_and_poles_are_noticed() {
        type Case = (fn(f64) -> f64, f64);
        let cases: [Case; 7] = [
            (f64::abs, 0.0),
            (|x| x.max(0.3 * x), 0.0),
            (f64::floor, 2.0),
            (f64::recip, 0.0),
            (f64::cbrt, 0.0),
            // the first steps leave the domain
            (|x| x.abs() + (x + 0.005).ln(), 0.0),
            (|x| x.max(0.5 * x) + (x + 0.005).sqrt(), 0.0),
        ];
        for (f, x) in cases {
            let found = Difference::central(f, x, 1e-2);
            assert!(found.one_sided || !found.slope.is_finite(), "{found:?} at {x}");
        }
    }
}
