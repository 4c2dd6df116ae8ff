//! Formulas in `MathML`, which browsers show without any script.

use super::{Notation, stem_and_index};
use crate::explain::formula::Symbol;
use crate::explain::quantity::written;

/// For pages.
pub(in crate::explain) struct MathMl {
    pub(in crate::explain) decimals: usize,
    /// Values in place of names.
    pub(in crate::explain) numbers: bool,
}

/// Text within a page.
pub(in crate::explain) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn name(name: &str) -> String {
    match stem_and_index(name) {
        (stem, Some(index)) => format!("<msub><mi>{}</mi><mi>{}</mi></msub>", escaped(stem), escaped(index)),
        (stem, None) => format!("<mi>{}</mi>", escaped(stem)),
    }
}

fn operator(sign: &str) -> String {
    format!("<mo>{sign}</mo>")
}

fn row(parts: &str) -> String {
    format!("<mrow>{parts}</mrow>")
}

fn number(text: &str) -> String {
    let (digits, exponent) = text.split_once('e').map_or((text, None), |(digits, exponent)| (digits, Some(exponent)));
    let digits = match digits.strip_prefix('-') {
        Some(digits) => row(&format!("<mo form=\"prefix\">−</mo><mn>{digits}</mn>")),
        None => format!("<mn>{digits}</mn>"),
    };
    match exponent {
        Some(exponent) => {
            row(&format!("{digits}<mo>·</mo><msup><mn>10</mn><mn>{}</mn></msup>", exponent.replace('-', "−")))
        }
        None => digits,
    }
}

impl Notation for MathMl {
    fn number(&self, value: f64) -> String {
        number(&written(value, self.decimals))
    }
    fn symbol(&self, symbol: &Symbol) -> String {
        if !self.numbers {
            return name(&symbol.name);
        }
        match symbol.value.number() {
            Some(value) => number(&written(value, self.decimals)),
            None => format!("<mtext>{}</mtext>", escaped(&symbol.value.written(self.decimals))),
        }
    }
    fn sum(&self, terms: &[(bool, String)]) -> String {
        let mut text = String::new();
        for (i, (minus, term)) in terms.iter().enumerate() {
            match (i, minus) {
                (0, false) => {}
                (_, true) => text.push_str(&operator("−")),
                (_, false) => text.push_str(&operator("+")),
            }
            text.push_str(term);
        }
        row(&text)
    }
    fn product(&self, factors: &[String]) -> String {
        row(&factors.join(&operator("·")))
    }
    fn quotient(&self, a: &str, b: &str) -> String {
        format!("<mfrac>{}{}</mfrac>", row(a), row(b))
    }
    fn power(&self, base: &str, exponent: &str) -> String {
        format!("<msup>{}{}</msup>", row(base), row(exponent))
    }
    fn negative(&self, x: &str) -> String {
        row(&format!("<mo form=\"prefix\">−</mo>{x}"))
    }
    fn function(&self, function: &str, arguments: &[String]) -> String {
        let list = arguments.join(&operator(","));
        match function {
            "exp" => format!("<msup><mi>e</mi>{}</msup>", row(&list)),
            "sqrt" => format!("<msqrt>{list}</msqrt>"),
            "sigmoid" => row(&format!("<mi>σ</mi>{}", self.brackets(&list))),
            _ => row(&format!("<mi>{}</mi>{}", escaped(function), self.brackets(&list))),
        }
    }
    fn brackets(&self, inner: &str) -> String {
        row(&format!("<mo>(</mo>{inner}<mo>)</mo>"))
    }
    fn derivative(&self, of: &Symbol, by: &Symbol) -> String {
        let part = |symbol: &Symbol| row(&format!("<mo>∂</mo>{}", name(&symbol.name)));
        format!("<mfrac>{}{}</mfrac>", part(of), part(by))
    }
    fn dots(&self) -> &'static str {
        "<mo>…</mo>"
    }
    fn shows_values(&self) -> bool {
        self.numbers
    }
    fn has_bars(&self) -> bool {
        true
    }
}
