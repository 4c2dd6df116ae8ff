//! What explanations say of a value: a number as it is, a tensor by its shape, its norm and its first elements.

use crate::array::{Element, Shape, Tensor};
use crate::real::Real;
use crate::tape::Value;
use std::fmt::Write;

/// How many elements of a tensor are shown.
const FIRST: usize = 4;

/// A value that explanations can show: numbers and tensors.
pub trait Shown: Value {
    /// What is said of it.
    fn quantity(&self) -> Quantity;

    /// What is wrong with it, if anything is.
    fn flaw(&self) -> Option<Flaw>;

    /// Its element at this place of the row-major order, if it has that many; a number is its own first element.
    fn element(&self, at: usize) -> Option<f64>;
}

/// What is said of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// A number, of a dual number or a power series the value alone.
    Number(f64),
    /// A tensor.
    Tensor {
        /// Its shape.
        shape: Shape,
        /// The root of the sum of its elements' squares.
        norm: f64,
        /// Its first elements, four at most.
        first: Vec<f64>,
    },
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Flaw {
    /// The first element that is not finite: NaN or an infinity.
    pub value: f64,
    /// Where it stands in the row-major order; 0 of a number.
    pub at: usize,
    /// Its index along each axis; none of a number.
    pub index: Vec<usize>,
    /// How many elements are not finite.
    pub count: usize,
}

impl Quantity {
    /// The number, or the only element of a tensor.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Tensor { shape, first, .. } => {
                first.first().copied().filter(|_| shape.iter().product::<usize>() == 1)
            }
        }
    }

    /// In words, with so many decimals at most: `0.593270`, or `[32, 10] of norm 1.25: 0.1, -0.2, ...`.
    ///
    /// ```
    /// use chainrule::Tensor;
    /// use chainrule::explain::Shown;
    /// assert_eq!((0.5.quantity().written(3), 0.123456.quantity().written(3)), ("0.5".into(), "0.123".into()));
    /// assert_eq!(Tensor::from([3.0, 4.0]).quantity().written(1), "[2] of norm 5: 3, 4");
    /// ```
    pub fn written(&self, decimals: usize) -> String {
        match self {
            Self::Number(number) => written(*number, decimals),
            Self::Tensor { shape, norm, first } => {
                let mut text = format!("{shape} of norm {}", written(*norm, decimals));
                for (i, number) in first.iter().enumerate() {
                    let separator = if i == 0 { ": " } else { ", " };
                    let _ = write!(text, "{separator}{}", written(*number, decimals));
                }
                if shape.iter().product::<usize>() > first.len() {
                    text.push_str(", ...");
                }
                text
            }
        }
    }
}

/// A number with so many decimals, or as short as it is; with a power of ten where decimals would hide it or run on.
pub(super) fn written(number: f64, decimals: usize) -> String {
    let short = number.to_string();
    if !number.is_finite() || short.trim_start_matches('-').len() <= decimals + 2 {
        return short;
    }
    // at least half of the digits that were asked for are to be seen
    let least = 10f64.powi(-i32::try_from(decimals / 2).unwrap_or(i32::MAX));
    if number.abs() < least || number.abs() >= 1e9 {
        return format!("{number:.decimals$e}");
    }
    format!("{number:.decimals$}")
}

/// The value of a number of any kind, without derivatives.
fn plain<T: Real>(number: T) -> f64 {
    number.to_f64().unwrap_or(f64::NAN)
}

impl<T: Real> Shown for T
where
    T: Value,
{
    fn quantity(&self) -> Quantity {
        Quantity::Number(plain(*self))
    }

    fn flaw(&self) -> Option<Flaw> {
        let value = if self.holds_nan() { f64::NAN } else { plain(*self) };
        (!value.is_finite()).then(|| Flaw { value, at: 0, index: Vec::new(), count: 1 })
    }

    fn element(&self, at: usize) -> Option<f64> {
        (at == 0).then(|| plain(*self))
    }
}

impl<T: Element> Shown for Tensor<T> {
    fn quantity(&self) -> Quantity {
        let numbers = || self.iter().map(|&element| plain(element));
        Quantity::Tensor {
            shape: self.shape().clone(),
            norm: numbers().fold(0.0, f64::hypot),
            first: numbers().take(FIRST).collect(),
        }
    }

    fn flaw(&self) -> Option<Flaw> {
        let flawed = |element: &T| element.holds_nan() || !element.is_finite();
        let mut at_fault = self.iter().enumerate().filter(|(_, element)| flawed(element));
        let (at, &first) = at_fault.next()?;
        let value = if first.holds_nan() { f64::NAN } else { plain(first) };
        let mut rest = at;
        let mut index = vec![0; self.shape().len()];
        for (index, &size) in index.iter_mut().zip(self.shape().iter()).rev() {
            (*index, rest) = (rest % size, rest / size);
        }
        Some(Flaw { value, at, index, count: 1 + at_fault.count() })
    }

    fn element(&self, at: usize) -> Option<f64> {
        self.as_slice().get(at).map(|&element| plain(element))
    }
}

#[cfg(test)]
mod tests {
    use super::{Quantity, Shown, written};
    use crate::Tensor;

    #[test]
    fn numbers_are_never_hidden_by_their_decimals() {
        assert_eq!(written(0.593_269_992, 6), "0.593270");
        assert_eq!(written(4.25e-9, 6), "4.250000e-9");
        assert_eq!(written(-2e12, 2), "-2.00e12");
        assert_eq!([written(0.4, 6), written(-1.0, 6), written(1000.0, 6)], ["0.4", "-1", "1000"]);
        assert_eq!([written(0.0, 6), written(f64::NAN, 6), written(f64::NEG_INFINITY, 6)], ["0", "NaN", "-inf"]);
    }

    #[test]
    fn tensors_are_told_by_shape_norm_and_first_elements() {
        let x = Tensor::from([[3.0, 4.0, 0.0], [0.0, 0.0, 12.0]]);
        assert_eq!(x.quantity().written(1), "[2, 3] of norm 13: 3, 4, 0, 0, ...");
        assert_eq!(Tensor::from([2.5f32]).quantity().number(), Some(2.5));
        assert_eq!(Tensor::<f64>::zeros([0, 3]).quantity().written(1), "[0, 3] of norm 0");
        assert_eq!(Quantity::Number(1.0).number(), Some(1.0));
    }

    #[test]
    fn the_first_flaw_is_found_with_its_index() {
        let mut x = Tensor::<f64>::zeros([2, 3]);
        assert_eq!(x.flaw(), None);
        x.as_mut_slice()[4] = f64::INFINITY;
        x.as_mut_slice()[5] = f64::NAN;
        let flaw = x.flaw().unwrap();
        assert_eq!((flaw.value, flaw.at, flaw.index, flaw.count), (f64::INFINITY, 4, vec![1, 1], 2));
        assert!(f64::NAN.flaw().unwrap().value.is_nan());
    }
}
