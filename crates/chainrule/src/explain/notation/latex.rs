//! Formulas in LaTeX.

use super::{Notation, stem_and_index};
use crate::explain::formula::Symbol;
use crate::explain::quantity::written;

/// For the mathematical mode of LaTeX, `KaTeX` and `MathJax`.
pub(in crate::explain) struct Latex {
    pub(in crate::explain) decimals: usize,
    /// Values in place of names.
    pub(in crate::explain) numbers: bool,
}

/// Plain text within a formula.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '#' | '$' | '%' | '&' | '_' | '{' | '}' => escaped.extend(['\\', c]),
            '\\' => escaped.push_str("\\backslash{}"),
            '^' => escaped.push_str("\\hat{}"),
            '~' => escaped.push_str("\\sim{}"),
            '\n' | '\r' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A name: one letter in italics, a word upright, with its index below.
fn name(name: &str) -> String {
    let upright = |text: &str| {
        let alone = text.chars().count() == 1 && text.chars().all(char::is_alphabetic);
        if alone { text.to_owned() } else { format!("\\mathrm{{{}}}", escaped(text)) }
    };
    match stem_and_index(name) {
        (stem, Some(index)) if index.chars().all(|c| c.is_ascii_digit()) => format!("{}_{{{index}}}", upright(stem)),
        (stem, Some(index)) => format!("{}_{{\\mathrm{{{}}}}}", upright(stem), escaped(index)),
        (stem, None) => upright(stem),
    }
}

/// A number, with a power of ten where it has one.
fn number(text: &str) -> String {
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{digits} \\cdot 10^{{{exponent}}}"),
        None => text.replace("inf", "\\infty").replace("NaN", "\\mathrm{NaN}"),
    }
}

impl Notation for Latex {
    fn number(&self, value: f64) -> String {
        number(&written(value, self.decimals))
    }
    fn symbol(&self, symbol: &Symbol) -> String {
        if !self.numbers {
            return name(&symbol.name);
        }
        match symbol.value.number() {
            Some(value) => number(&written(value, self.decimals)),
            None => format!("\\text{{{}}}", escaped(&symbol.value.written(self.decimals))),
        }
    }
    fn product(&self, factors: &[String]) -> String {
        factors.join(" \\cdot ")
    }
    fn quotient(&self, a: &str, b: &str) -> String {
        format!("\\frac{{{a}}}{{{b}}}")
    }
    fn power(&self, base: &str, exponent: &str) -> String {
        format!("{base}^{{{exponent}}}")
    }
    fn function(&self, function: &str, arguments: &[String]) -> String {
        let list = arguments.join(", ");
        match function {
            "exp" => format!("e^{{{list}}}"),
            "sqrt" => format!("\\sqrt{{{list}}}"),
            "abs" => format!("\\left|{list}\\right|"),
            "sigmoid" => format!("\\sigma\\left({list}\\right)"),
            "ln" | "sin" | "cos" | "tan" | "tanh" | "sinh" | "cosh" | "max" | "min" => {
                format!("\\{function}\\left({list}\\right)")
            }
            _ => format!("\\operatorname{{{}}}\\left({list}\\right)", escaped(function)),
        }
    }
    fn brackets(&self, inner: &str) -> String {
        format!("\\left({inner}\\right)")
    }
    fn derivative(&self, of: &Symbol, by: &Symbol) -> String {
        format!("\\frac{{\\partial {}}}{{\\partial {}}}", name(&of.name), name(&by.name))
    }
    fn dots(&self) -> &'static str {
        "\\dots"
    }
    fn shows_values(&self) -> bool {
        self.numbers
    }
    fn has_bars(&self) -> bool {
        true
    }
}
