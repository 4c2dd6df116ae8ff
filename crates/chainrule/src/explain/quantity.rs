//! What explanations say of a value: a number as it is, a tensor by its shape, its norm and its first elements.

use super::digits::Digits;
use crate::array::{Element, Shape, Tensor};
use crate::real::Real;
use crate::tape::Value;

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
#[non_exhaustive]
pub enum Quantity {
    /// A number, of a dual number or a power series the value alone.
    Number(f64),
    /// A tensor.
    #[non_exhaustive]
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
#[non_exhaustive]
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

    /// In one line, with so many decimals at most: `0.593270`, or `[32, 10] norm 1.25: 0.1, -0.2, ...`.
    ///
    /// ```
    /// use chainrule::Tensor;
    /// use chainrule::explain::Shown;
    /// assert_eq!((0.5.quantity().written(3), 0.123456.quantity().written(3)), ("0.5".into(), "0.123".into()));
    /// assert_eq!(Tensor::from([3.0, 4.0]).quantity().written(1), "[2] norm 5: 3, 4");
    /// ```
    pub fn written(&self, decimals: usize) -> String {
        self.shown(Digits::Short(decimals), FIRST)
    }

    /// In lines that belong below each other: one for a number. Of a tensor with axes as many elements as are asked for.
    pub(super) fn lines(&self, digits: Digits, elements: usize) -> Vec<String> {
        let (shape, norm, first) = match self {
            Self::Number(number) => return vec![digits.write(*number)],
            Self::Tensor { shape, norm, first } => (shape, norm, first),
        };
        let count: usize = shape.iter().product();
        match first.as_slice() {
            [number] if shape.is_empty() => vec![digits.write(*number)],
            [] => vec![shape.to_string(), "empty".to_owned()],
            first => {
                let mut shown: Vec<String> =
                    first.iter().take(elements).map(|&element| digits.write(element)).collect();
                if count > shown.len() {
                    shown.push("...".to_owned());
                }
                vec![format!("{shape} norm {}", digits.write(*norm)), shown.join(", ")]
            }
        }
    }

    /// In one line.
    pub(super) fn shown(&self, digits: Digits, elements: usize) -> String {
        self.lines(digits, elements).join(": ")
    }

    /// What stands for the value within the sign of a gate, as the 2 in `*2`.
    pub(super) fn brief(&self, digits: Digits) -> String {
        match self {
            Self::Tensor { shape, .. } if !shape.is_empty() => shape.to_string(),
            _ => self.shown(digits, FIRST),
        }
    }
}

/// A number with so many decimals at most.
pub(super) fn written(number: f64, decimals: usize) -> String {
    Digits::Short(decimals).write(number)
}

/// The Euclidean norm, by numbers over the greatest of them, so that no square overflows.
fn norm(numbers: impl Iterator<Item = f64> + Clone) -> f64 {
    let greatest = numbers.clone().fold(0.0, |greatest: f64, x| if x.is_nan() { x } else { greatest.max(x.abs()) });
    if greatest == 0.0 || !greatest.is_finite() || numbers.clone().any(f64::is_nan) {
        return if numbers.clone().any(f64::is_nan) { f64::NAN } else { greatest };
    }
    greatest * numbers.map(|x| (x / greatest) * (x / greatest)).sum::<f64>().sqrt()
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
        Quantity::Tensor { shape: self.shape().clone(), norm: norm(numbers()), first: numbers().take(FIRST).collect() }
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
    use super::{Quantity, Shown};
    use crate::Tensor;

    #[test]
    fn tensors_are_told_by_shape_norm_and_first_elements() {
        let x = Tensor::from([[3.0, 4.0, 0.0], [0.0, 0.0, 12.0]]);
        assert_eq!(x.quantity().written(1), "[2, 3] norm 13: 3, 4, 0, 0, ...");
        assert_eq!(Tensor::from([2.5f32]).quantity().number(), Some(2.5));
        assert_eq!(Tensor::<f64>::zeros([0, 3]).quantity().written(1), "[0, 3]: empty");
        assert_eq!(Quantity::Number(1.0).number(), Some(1.0));
        assert_eq!(Tensor::scalar(2.5).quantity().written(1), "2.5");
        assert_eq!(Tensor::from([3e200, 4e200]).quantity().written(1), "[2] norm 5.0e200: 3.0e200, 4.0e200");
        assert_eq!(Tensor::from([f64::NAN, 1.0]).quantity().written(1), "[2] norm NaN: NaN, 1");
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
