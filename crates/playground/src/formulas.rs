//! Formulas with numbers, as lines of text and as HTML that says the same.

use std::fmt::Write;

use chainrule::explain::{Computation, Explanation, Shown};

/// Formulas, twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formulas {
    /// As lines of text.
    pub text: String,
    /// As a piece of HTML, the formulas in `MathML`.
    pub html: String,
}

/// How a line of HTML begins that says how a factor or a value came about, and that of a factor: it begins with a fraction.
const DETAIL: &str = "<p class=\"detail\">";
const FACTOR: &str = "<p class=\"detail\"><math><mrow><mfrac>";

impl Formulas {
    /// The equations alone, without what is said of their factors and values.
    #[must_use]
    pub fn without_details(self) -> Self {
        let is_detail = |line: &str| line.starts_with(DETAIL) || line.starts_with("<p class=\"remark\">");
        self.kept(|line| line != "where" && line != "with" && line.contains('='), |line| !is_detail(line))
    }

    /// The equations and their factors, without the values, where these have been told before.
    #[must_use]
    pub fn without_values(self) -> Self {
        self.kept(|line| line != "with", |line| !line.starts_with(DETAIL) || line.starts_with(FACTOR))
    }

    /// The lines of text up to the first that is not `told`, and all lines of HTML that are `shown`.
    fn kept(self, told: impl Fn(&str) -> bool, shown: impl Fn(&str) -> bool) -> Self {
        let text = self.text.lines().take_while(|line| told(line)).flat_map(|line| [line, "\n"]).collect();
        let html = self.html.lines().filter(|line| shown(line)).flat_map(|line| [line, "\n"]).collect();
        Self { text, html }
    }
}

/// The parts of a line can stand below one another where a page is narrow: each side of an equation is a formula of its own.
fn breakable(html: &str) -> String {
    html.replace("<mo>=</mo>", "</mrow></math> <math><mrow><mo form=\"infix\">=</mo>")
}

impl<V: Shown> From<Explanation<V>> for Formulas {
    fn from(explanation: Explanation<V>) -> Self {
        Self { text: explanation.to_string(), html: breakable(&explanation.to_html()) }
    }
}

impl<V: Shown> From<Computation<V>> for Formulas {
    fn from(computation: Computation<V>) -> Self {
        Self { text: computation.to_string(), html: breakable(&computation.to_html()) }
    }
}

/// One step of gradient descent for one weight.
#[derive(Clone, Copy, Debug)]
pub struct Update<'a> {
    /// The error's name and the index of the weight `w`.
    pub names: (&'a str, usize),
    /// The weight before the step.
    pub old: f64,
    /// The learning rate.
    pub rate: f64,
    /// The derivative of the error by the weight.
    pub slope: f64,
    /// The weight after the step.
    pub new: f64,
}

impl From<&[Update<'_>]> for Formulas {
    /// A line for each: `w5+ = w5 - eta × dE/dw5 = 0.4 - 0.5 × 0.082167041 = 0.358916480`.
    fn from(updates: &[Update<'_>]) -> Self {
        let mut formulas = Self { text: String::new(), html: "<div class=\"chain-rule\">\n".to_owned() };
        for &Update { names: (error, at), old, rate, slope, new } in updates {
            // A negative slope stands in brackets. Writing into a String cannot fail.
            let [open, close] = if slope < 0.0 { ["(", ")"] } else { ["", ""] };
            let _ = writeln!(
                formulas.text,
                "w{at}+ = w{at} - eta × d{error}/dw{at} = {} - {rate} × {open}{slope:.9}{close} = {new:.9}",
                trimmed(old, 9)
            );
            let [open, close] =
                if slope < 0.0 { ["<mo>(</mo><mo form=\"prefix\">−</mo>", "<mo>)</mo>"] } else { ["", ""] };
            let line = format!(
                "<msubsup><mi>w</mi><mn>{at}</mn><mo>+</mo></msubsup><mo>=</mo>\
                 <msub><mi>w</mi><mn>{at}</mn></msub><mo>−</mo><mi>η</mi><mo>·</mo>\
                 <mfrac><mrow><mo>∂</mo>{}</mrow><mrow><mo>∂</mo><msub><mi>w</mi><mn>{at}</mn></msub></mrow></mfrac>\
                 <mo>=</mo><mn>{}</mn><mo>−</mo><mn>{rate}</mn><mo>·</mo>{open}<mn>{:.9}</mn>{close}\
                 <mo>=</mo><mn>{new:.9}</mn>",
                indexed(error),
                trimmed(old, 9),
                slope.abs(),
            );
            let _ = writeln!(formulas.html, "<p class=\"detail\"><math><mrow>{}</mrow></math></p>", breakable(&line));
        }
        formulas.html.push_str("</div>\n");
        formulas
    }
}

/// A number with so many digits behind the point at most: `0.15`.
pub fn trimmed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A name with what stands behind its `_` below it.
fn indexed(name: &str) -> String {
    match name.split_once('_') {
        Some((stem, index)) => format!("<msub><mi>{stem}</mi><mi>{index}</mi></msub>"),
        None => format!("<mi>{name}</mi>"),
    }
}
