//! Formulas as lines of text.

use super::Notation;
use crate::explain::formula::Symbol;
use crate::explain::quantity::written;

/// With the names.
pub(in crate::explain) struct Text {
    pub(in crate::explain) decimals: usize,
}

/// The same with values in place of names.
pub(in crate::explain) struct Numbers {
    pub(in crate::explain) decimals: usize,
}

macro_rules! lines_of_text {
    ($Notation:ident, $values:literal, |$self:ident, $symbol:ident| $name:expr) => {
        impl Notation for $Notation {
            fn number(&self, number: f64) -> String {
                written(number, self.decimals)
            }
            fn symbol(&$self, $symbol: &Symbol) -> String {
                $name
            }
            fn product(&self, factors: &[String]) -> String {
                factors.join(" × ")
            }
            fn quotient(&self, a: &str, b: &str) -> String {
                format!("{a} / {b}")
            }
            fn power(&self, base: &str, exponent: &str) -> String {
                format!("{base}^{exponent}")
            }
            fn function(&self, name: &str, arguments: &[String]) -> String {
                format!("{name}({})", arguments.join(", "))
            }
            fn brackets(&self, inner: &str) -> String {
                format!("({inner})")
            }
            fn derivative(&self, of: &Symbol, by: &Symbol) -> String {
                format!("d{}/d{}", of.name, by.name)
            }
            fn dots(&self) -> &'static str {
                "..."
            }
            fn shows_values(&self) -> bool {
                $values
            }
            fn has_bars(&self) -> bool {
                false
            }
        }
    };
}
lines_of_text!(Text, false, |self, symbol| symbol.name.clone());
lines_of_text!(Numbers, true, |self, symbol| symbol.value.written(self.decimals));
