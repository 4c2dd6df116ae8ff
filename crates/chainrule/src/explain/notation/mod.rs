//! Ways to write a formula down: as text, with numbers in place of names, in LaTeX, and in `MathML`.

mod latex;
mod mathml;
mod text;

pub(super) use latex::Latex;
pub(super) use mathml::{MathMl, escaped};
pub(super) use text::{Numbers, Text};

use super::formula::{Formula, Symbol};

/// A way to write. Parts that are handed over are written already.
pub(super) trait Notation {
    fn number(&self, number: f64) -> String;
    fn symbol(&self, symbol: &Symbol) -> String;
    fn sum(&self, terms: &[(bool, String)]) -> String {
        let mut text = String::new();
        for (i, (minus, term)) in terms.iter().enumerate() {
            text.push_str(match (i, minus) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            });
            text.push_str(term);
        }
        text
    }
    fn product(&self, factors: &[String]) -> String;
    fn quotient(&self, a: &str, b: &str) -> String;
    fn power(&self, base: &str, exponent: &str) -> String;
    fn negative(&self, x: &str) -> String {
        format!("-{x}")
    }
    fn function(&self, name: &str, arguments: &[String]) -> String;
    fn brackets(&self, inner: &str) -> String;
    /// The derivative of one value by another.
    fn derivative(&self, of: &Symbol, by: &Symbol) -> String;
    /// What stands for terms that are left out.
    fn dots(&self) -> &'static str;
    /// Whether values stand in place of names.
    fn shows_values(&self) -> bool;
    /// Whether a quotient sets its parts apart by itself.
    fn has_bars(&self) -> bool;
}

/// How closely a formula holds together: what binds less needs brackets within what binds more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Sum,
    Product,
    Power,
    Atom,
}

impl Formula {
    /// Whether it is written with a minus before it.
    fn begins_with_minus(&self, notation: &dyn Notation) -> bool {
        match self {
            Self::Number(number) => *number < 0.0,
            Self::Negative(_) => true,
            Self::Symbol(symbol) => notation.shows_values() && symbol.value.number().is_some_and(|value| value < 0.0),
            _ => false,
        }
    }

    fn binding(&self, notation: &dyn Notation) -> Binding {
        match self {
            Self::Quotient(_) if notation.has_bars() => Binding::Atom,
            _ if self.begins_with_minus(notation) => Binding::Sum,
            Self::Sum(_) | Self::Negative(_) => Binding::Sum,
            Self::Product(_) | Self::Quotient(_) => Binding::Product,
            Self::Power(_) => Binding::Power,
            Self::Number(_) | Self::Symbol(_) | Self::Function(..) => Binding::Atom,
        }
    }

    /// In this notation.
    pub(super) fn write(&self, notation: &dyn Notation) -> String {
        match self {
            Self::Number(number) => notation.number(*number),
            Self::Symbol(symbol) => notation.symbol(symbol),
            Self::Sum(terms) => {
                let write = |(i, (minus, term)): (usize, &(bool, Self))| {
                    // a negative number behind a plus or a minus
                    let least = if *minus || (i > 0 && term.begins_with_minus(notation)) {
                        Binding::Product
                    } else {
                        Binding::Sum
                    };
                    (*minus, term.within(least, notation))
                };
                notation.sum(&terms.iter().enumerate().map(write).collect::<Vec<_>>())
            }
            Self::Product(factors) => {
                let factors: Vec<String> =
                    factors.iter().map(|factor| factor.within(Binding::Product, notation)).collect();
                notation.product(&factors)
            }
            Self::Quotient(parts) => {
                let [a, b] = &**parts;
                if notation.has_bars() {
                    return notation.quotient(&a.write(notation), &b.write(notation));
                }
                notation.quotient(&a.within(Binding::Product, notation), &b.within(Binding::Power, notation))
            }
            Self::Power(parts) => {
                let [base, exponent] = &**parts;
                notation.power(&base.within(Binding::Atom, notation), &exponent.write(notation))
            }
            Self::Negative(x) => notation.negative(&x.within(Binding::Product, notation)),
            Self::Function(name, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(|argument| argument.write(notation)).collect();
                notation.function(name, &arguments)
            }
        }
    }

    /// In brackets where it binds less than `least`.
    fn within(&self, least: Binding, notation: &dyn Notation) -> String {
        let written = self.write(notation);
        if self.binding(notation) < least { notation.brackets(&written) } else { written }
    }
}

/// A name as stem and index: `out_h1` as out and h1, `w5` as w and 5.
fn stem_and_index(name: &str) -> (&str, Option<&str>) {
    if let Some((stem, index)) = name.split_once('_') {
        return (stem, Some(index).filter(|index| !index.is_empty()));
    }
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let at = name.len() - digits;
    let is_letters = at > 0 && name[..at].chars().all(char::is_alphabetic);
    if digits > 0 && is_letters { (&name[..at], Some(&name[at..])) } else { (name, None) }
}
