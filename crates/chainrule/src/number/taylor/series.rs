//! Arithmetic of power series, and the differential equation that puts a series through any rule.
//!
//! Every product but that of two values is the chain rule's, in which 0 times infinity is 0.

use super::{Taylor, count};
use crate::real::Real;

impl<T: Real, const K: usize> Taylor<T, K> {
    #[inline(always)]
    pub(super) fn value(&self) -> T {
        self.coefficients[0]
    }

    /// The coefficients that are known.
    #[inline(always)]
    pub(super) fn known(&self) -> &[T] {
        &self.coefficients[..self.terms]
    }

    #[inline(always)]
    pub(super) fn with_value(mut self, value: T) -> Self {
        self.coefficients[0] = value;
        self
    }

    /// The number does not vary, as far as it is known.
    #[inline(always)]
    pub(super) fn stands_still(&self) -> bool {
        self.known()[1..].iter().all(|c| c.is_nothing())
    }

    /// The same with no more than so many terms.
    #[inline(always)]
    pub(super) fn truncated(mut self, terms: usize) -> Self {
        self.terms = self.terms.min(terms);
        self
    }

    /// All of them with as many terms as the shortest.
    #[inline(always)]
    pub(super) fn of_equal_length<const N: usize>(numbers: [Self; N]) -> [Self; N] {
        let terms = numbers.iter().fold(K, |terms, x| terms.min(x.terms));
        numbers.map(|x| x.truncated(terms))
    }

    #[inline(always)]
    #[track_caller]
    pub(super) fn map(mut self, to: impl Fn(T) -> T) -> Self {
        for c in &mut self.coefficients[..self.terms] {
            *c = to(*c);
        }
        self
    }

    #[track_caller]
    pub(super) fn sum_with(self, other: Self) -> Self {
        let [mut x, y] = Self::of_equal_length([self, other]);
        for (x, y) in x.coefficients[..x.terms].iter_mut().zip(y.known()) {
            *x += *y;
        }
        x
    }

    /// The product in which the values too are multiplied as the chain rule does.
    #[track_caller]
    pub(super) fn chained(self, other: Self) -> Self {
        let [x, y] = Self::of_equal_length([self, other]);
        let mut z = x;
        for k in 0..x.terms {
            z.coefficients[k] = convolution(x.known(), y.known(), k);
        }
        z
    }

    /// The product. What does not vary contributes nothing but its value.
    #[track_caller]
    pub(super) fn product(self, other: Self) -> Self {
        let [x, y] = Self::of_equal_length([self, other]);
        let mut z = Self::constant(x.value() * y.value()).truncated(x.terms);
        match (x.stands_still(), y.stands_still()) {
            (true, true) => {}
            (false, true) => (1..x.terms).for_each(|k| z.coefficients[k] = x.coefficients[k].chain(y.value())),
            (true, false) => (1..x.terms).for_each(|k| z.coefficients[k] = x.value().chain(y.coefficients[k])),
            (false, false) => {
                (1..x.terms).for_each(|k| z.coefficients[k] = convolution(x.known(), y.known(), k));
            }
        }
        z
    }

    /// The quotient z, from x = z y: `z_k = (x_k - Σ z_i y_{k-i}) / y₀`.
    #[track_caller]
    pub(super) fn quotient(self, other: Self) -> Self {
        let [x, y] = Self::of_equal_length([self, other]);
        let mut z = x.with_value(x.value() / y.value());
        if x.stands_still() && y.stands_still() {
            return z;
        }
        let reciprocal = y.value().recip();
        for k in 1..z.terms {
            let rest =
                if y.stands_still() { T::zero() } else { convolution(&z.coefficients[..k], &y.known()[1..], k - 1) };
            z.coefficients[k] = reciprocal.chain(x.coefficients[k] - rest);
        }
        z
    }

    /// The derivative by t; its last coefficient would need one term more, and is dropped.
    #[track_caller]
    pub(super) fn differentiated(self) -> Self {
        let mut derivative = Self::constant(T::zero()).truncated(self.terms - 1);
        for k in 1..self.terms {
            derivative.coefficients[k - 1] = scaled(self.coefficients[k], k);
        }
        derivative
    }

    /// The coefficient of order `k + 1`, when that of order `k` of the derivative is given.
    #[track_caller]
    pub(super) fn set_from_rate(&mut self, k: usize, rate: T) {
        self.coefficients[k + 1] = if k == 0 { rate } else { rate / count(k + 1) };
    }

    /// Adds slope · derivative, leaving out the coefficients below order `first`. What is known afterwards ends where one of the three ends.
    #[track_caller]
    fn add_rate(&mut self, first: usize, slope: Self, derivative: Self) {
        self.terms = self.terms.min(slope.terms).min(derivative.terms);
        for k in first..self.terms {
            self.coefficients[k] += convolution(slope.known(), derivative.known(), k);
        }
    }

    /// The series y with this value and y′ = Σ slope · operand′, where the slopes come from the operands and from y itself.
    #[track_caller]
    pub(super) fn integrate<const N: usize>(
        value: T,
        operands: [Self; N],
        slopes: impl Fn([Self; N], Self) -> [Self; N],
    ) -> Self {
        let derivatives = operands.map(Self::differentiated);
        Self::solve(value, operands[0].terms, |rate, y| {
            let slopes = slopes(operands.map(|x| x.truncated(rate.terms)), y);
            for (slope, derivative) in slopes.into_iter().zip(derivatives) {
                rate.add_rate(y.terms - 1, slope, derivative);
            }
        })
    }

    /// A function of many operands with this value; `slope` gives its derivative by one of them from that one and from the result.
    #[track_caller]
    pub(crate) fn gather(value: T, operands: &[Self], slope: impl Fn(Self, Self) -> Self) -> Self {
        let terms = operands.iter().fold(K, |terms, x| terms.min(x.terms));
        Self::solve(value, terms, |rate, y| {
            for x in operands {
                rate.add_rate(y.terms - 1, slope(x.truncated(rate.terms), y), x.differentiated());
            }
        })
    }

    /// The series with this value and so many terms whose derivative is what `add_rate` adds to its first argument, given the
    /// series as far as it is known. As many coefficients are asked for as that argument has terms; the first ones, as many
    /// as are known of the series less one, have been used and need not be given again.
    ///
    /// A derivative that does not depend on the series is complete at once. One that does is known as far as the series is, and
    /// carries it one term further each time.
    #[track_caller]
    fn solve(value: T, terms: usize, mut add_rate: impl FnMut(&mut Self, Self)) -> Self {
        let mut y = Self::constant(value).truncated(1);
        let mut asked = terms - 1;
        while y.terms < terms {
            let mut rate = Self::constant(T::zero()).truncated(asked);
            add_rate(&mut rate, y);
            for k in y.terms - 1..rate.terms {
                y.set_from_rate(k, rate.coefficients[k]);
            }
            debug_assert!(rate.terms >= y.terms, "a rate is known as far as what it is made of");
            y.terms = rate.terms + 1;
            asked = y.terms;
        }
        y
    }
}

/// `n c`
#[inline(always)]
#[track_caller]
fn scaled<T: Real>(c: T, n: usize) -> T {
    if n == 1 || c.is_nothing() { c } else { c * count(n) }
}

/// `Σ a_i b_{k-i}`, the coefficient of order `k` of a product.
#[inline]
#[track_caller]
pub(super) fn convolution<T: Real>(a: &[T], b: &[T], k: usize) -> T {
    let mut sum = T::zero();
    for (&a, &b) in a[..=k].iter().zip(b[..=k].iter().rev()) {
        // over variables, what is nothing need not be recorded
        let nothing = |x: T, beside: T| !T::PLAIN && x.is_nothing() && !beside.holds_nan();
        if !nothing(a, b) && !nothing(b, a) {
            sum += a.chain(b);
        }
    }
    sum
}
