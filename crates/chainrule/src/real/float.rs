//! Plain floats: a rule is its value, and nothing is remembered.

use super::{Real, Rule, Rule2, Rule3, RuleOfMany, special};
use std::convert::identity;

macro_rules! plain_float {
    ($float:ident, $from_f64:expr) => {
        impl Real for $float {
            const PLAIN: bool = true;
            const ORDER: usize = 0;

            #[inline(always)]
            fn literal(value: f64) -> Self {
                $from_f64(value)
            }

            #[inline(always)]
            fn is_nothing(self) -> bool {
                self == 0.0
            }

            #[inline(always)]
            fn holds_nan(self) -> bool {
                self.is_nan()
            }

            #[inline(always)]
            fn chain(self, upstream: Self) -> Self {
                let product = self * upstream;
                // A NaN that neither factor brought along is 0 times infinity.
                if product.is_nan() && !self.is_nan() && !upstream.is_nan() { 0.0 } else { product }
            }

            #[inline(always)]
            fn apply<R: Rule>(self, rule: R) -> Self {
                rule.value(self)
            }

            #[inline(always)]
            fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self {
                rule.value(self, other)
            }

            #[inline(always)]
            fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self {
                rule.value([self, second, third])
            }

            #[inline(always)]
            fn apply_many<R: RuleOfMany>(arguments: &[Self], rule: &R) -> Self {
                rule.value(arguments)
            }

            fn erf(self) -> Self {
                $from_f64(special::erf(f64::from(self)))
            }

            fn erfc(self) -> Self {
                $from_f64(special::erfc(f64::from(self)))
            }

            fn lgamma(self) -> Self {
                $from_f64(special::lgamma(f64::from(self)))
            }

            fn polygamma(self, order: u32) -> Self {
                $from_f64(special::polygamma(order, f64::from(self)))
            }
        }
    };
}

plain_float!(f64, identity);
plain_float!(f32, nearest);

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "rounding to the nearest f32 is what is asked")]
fn nearest(value: f64) -> f32 {
    value as f32
}
