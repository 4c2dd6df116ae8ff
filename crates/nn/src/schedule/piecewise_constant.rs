//! Constant rates, one after the other.

use super::{Schedule, check_rate};

/// The first rate up to the first boundary and at it, the second up to the second, and so on; the last after the last boundary.
///
/// Source: <https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/>.
///
/// ```
/// use chainrule_nn::schedule::{PiecewiseConstant, Schedule};
/// let pieces = PiecewiseConstant::new([100, 110], [1.0, 0.1, 0.01]);
/// assert_eq!([0, 100, 101, 110, 111].map(|step| pieces.rate(step)), [1.0, 1.0, 0.1, 0.1, 0.01]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[doc(alias = "PiecewiseConstantDecay")]
pub struct PiecewiseConstant {
    boundaries: Vec<u64>,
    rates: Vec<f64>,
}

impl PiecewiseConstant {
    /// The last steps of all pieces but the last, in ascending order, and the rates of all pieces: one more.
    pub fn new(boundaries: impl Into<Vec<u64>>, rates: impl Into<Vec<f64>>) -> Self {
        Self { boundaries: boundaries.into(), rates: rates.into() }
    }
}

impl Schedule for PiecewiseConstant {
    fn rate(&self, step: u64) -> f64 {
        let piece = self.boundaries.partition_point(|&boundary| boundary < step);
        self.rates.get(piece).copied().unwrap_or(f64::NAN)
    }

    fn check(&self) -> Result<(), String> {
        let (boundaries, rates) = (self.boundaries.len(), self.rates.len());
        if boundaries + 1 != rates {
            return Err(format!(
                "PiecewiseConstant: {boundaries} boundaries and {rates} rates; there must be one rate more than boundaries"
            ));
        }
        if !self.boundaries.is_sorted() {
            return Err(format!("PiecewiseConstant: the boundaries {:?} must ascend", self.boundaries));
        }
        self.rates.iter().try_for_each(|&rate| check_rate("PiecewiseConstant: a rate", rate))
    }
}
