//! Tensors as text: `Display` as `NumPy` prints arrays, `Debug` with shape and elements.

use super::Tensor;
use num_traits::Float;
use std::any::Any;
use std::fmt::{self, Display, LowerExp, Write};

/// More elements than this are not all shown (`NumPy`'s `threshold`), ...
const MANY: usize = 1000;
/// ... but so many at either end of each axis (`edgeitems`).
const EDGE: usize = 3;
/// Rows longer than this are broken (`linewidth`).
const WIDTH: usize = 75;
/// Digits behind the point that are shown at most, if no precision is asked for (`precision`).
const DIGITS: usize = 8;

/// As `NumPy` 2.4 prints arrays: nested brackets, columns aligned, floats with as many digits as tell them apart but at most
/// eight behind the point, in scientific notation where they are very large, very small, or differ by more than a thousand
/// times; of more than 1000 elements only the corners. `{:.3}` shows exactly three digits behind the point. A tensor
/// without axes prints as its number, one without elements as `[]`.
///
/// ```
/// use chainrule::prelude::*;
/// let x = Tensor::from([[1.0, 2.5], [-3.0, 4.0]]);
/// assert_eq!(x.to_string(), "[[ 1.   2.5]\n [-3.   4. ]]");
/// assert_eq!(format!("{x:.2}"), "[[ 1.00  2.50]\n [-3.00  4.00]]");
/// ```
impl<T: Display + 'static> Display for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ([], [number]) = (&**self.shape(), self.as_slice()) {
            return f.write_str(&alone(number, f.precision()));
        }
        if self.is_empty() {
            return f.write_str("[]");
        }
        let summary = self.len() > MANY;
        let mut shown = Vec::new();
        corners(self.shape(), self.as_slice(), summary, &mut shown);
        let words = words(&shown, f.precision());
        // NumPy separates by spaces; a dual number has spaces within
        let separator = if words.iter().any(|word| word.trim().contains(' ')) { ", " } else { " " };
        let page = Page { separator, summary };
        f.write_str(&page.brackets(self.shape(), 1, WIDTH, &mut words.iter()))
    }
}

/// `Tensor(shape [2, 2], [1.0, 2.0, 3.0, 4.0])`; of more than 1000 elements only the first and last three.
impl<T: fmt::Debug> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor(shape {}, ", self.shape())?;
        let elements = self.as_slice();
        if elements.len() > MANY {
            let (head, tail) = (&elements[..EDGE], &elements[elements.len() - EDGE..]);
            f.debug_list().entries(head).entry(&format_args!("...")).entries(tail).finish()?;
        } else {
            f.debug_list().entries(elements).finish()?;
        }
        f.write_char(')')
    }
}

/// The elements that are shown, in row-major order.
fn corners<'a, T>(shape: &[usize], elements: &'a [T], summary: bool, shown: &mut Vec<&'a T>) {
    let Some((&size, inner)) = shape.split_first() else {
        shown.extend(elements);
        return;
    };
    let step = elements.len() / size;
    for at in 0..size {
        if !is_left_out(at, size, summary) {
            corners(inner, &elements[at * step..][..step], summary, shown);
        }
    }
}

fn is_left_out(at: usize, size: usize, summary: bool) -> bool {
    summary && size > 2 * EDGE && (EDGE..size - EDGE).contains(&at)
}

/// How words are set: `_formatArray` of `NumPy`.
struct Page {
    separator: &'static str,
    summary: bool,
}

impl Page {
    /// The tensor of this shape that the next words belong to, beginning in column `indent` of lines of `width`.
    fn brackets<'w>(
        &self,
        shape: &[usize],
        indent: usize,
        width: usize,
        words: &mut impl Iterator<Item = &'w String>,
    ) -> String {
        let Some((&size, inner)) = shape.split_first() else { return words.next().cloned().unwrap_or_default() };
        let text = if inner.is_empty() {
            self.row(size, indent, width, words)
        } else {
            let ending = self.separator.trim_end().to_owned() + &"\n".repeat(inner.len()) + &" ".repeat(indent);
            let mut items = Vec::new();
            for at in 0..size {
                if !is_left_out(at, size, self.summary) {
                    items.push(self.brackets(inner, indent + 1, width.saturating_sub(1), words));
                } else if at == EDGE {
                    items.push("...".to_owned());
                }
            }
            items.join(&ending)
        };
        format!("[{text}]")
    }

    /// Words side by side, in several lines where they are too long.
    fn row<'w>(
        &self,
        size: usize,
        indent: usize,
        width: usize,
        words: &mut impl Iterator<Item = &'w String>,
    ) -> String {
        // a place for the closing bracket stays free
        let width = width.saturating_sub(1);
        let mut lines = vec![" ".repeat(indent)];
        for at in 0..size {
            let left_out = is_left_out(at, size, self.summary);
            if left_out && at != EDGE {
                continue;
            }
            let word = if left_out { "..." } else { words.next().map_or("", String::as_str) };
            let line = lines.last_mut().expect("there is a first line");
            if count(line) + count(word) > width && count(line) > indent {
                line.truncate(line.trim_end().len());
                lines.push(" ".repeat(indent));
            }
            let line = lines.last_mut().expect("there is a first line");
            line.push_str(word);
            if at + 1 < size {
                line.push_str(self.separator);
            }
        }
        // the first line follows the opening bracket
        lines.join("\n").split_off(indent)
    }
}

fn count(text: &str) -> usize {
    text.chars().count()
}

/// The elements as `NumPy` prints them within an array, all of one width.
fn words<T: Display + 'static>(shown: &[&T], precision: Option<usize>) -> Vec<String> {
    if let Some(floats) = all_as::<T, f64>(shown) {
        // 1e8, as NumPy has it for doubles
        return Columns::new(&floats, precision, 1e8).words(&floats);
    }
    if let Some(floats) = all_as::<T, f32>(shown) {
        return Columns::new(&floats, precision, 1e6).words(&floats);
    }
    if let Some(answers) = all_as::<T, bool>(shown) {
        return answers.iter().map(|&yes| if yes { " True" } else { "False" }.to_owned()).collect();
    }
    let words: Vec<String> = shown.iter().map(|&element| by_itself(element, precision)).collect();
    let width = words.iter().map(|word| count(word)).max().unwrap_or(0);
    words.iter().map(|word| format!("{word:>width$}")).collect()
}

/// The elements as what they are, if they are `U`s. Floats and truth values are not printed as their `Display` does it; asking
/// for their type leaves `Display` for tensors of everything else, in generic code too.
fn all_as<T: 'static, U: Copy + 'static>(shown: &[&T]) -> Option<Vec<U>> {
    shown.iter().map(|&element| (element as &dyn Any).downcast_ref::<U>().copied()).collect()
}

fn by_itself(element: &impl Display, precision: Option<usize>) -> String {
    precision.map_or_else(|| format!("{element}"), |digits| format!("{element:.digits$}"))
}

/// The number of a tensor without axes, as `NumPy` prints its scalars: all digits, and `1.0` rather than `1.`.
fn alone<T: Display + 'static>(number: &T, precision: Option<usize>) -> String {
    let any: &dyn Any = number;
    if let Some(&yes) = any.downcast_ref::<bool>() {
        return if yes { "True" } else { "False" }.to_owned();
    }
    if let Some(&x) = any.downcast_ref::<f64>() {
        return float_alone(x, precision, 1e16);
    }
    if let Some(&x) = any.downcast_ref::<f32>() {
        return float_alone(x, precision, 1e6);
    }
    by_itself(number, precision)
}

fn float_alone<F: Float + Display + LowerExp>(x: F, precision: Option<usize>, largest: f64) -> String {
    if !x.is_finite() {
        return non_finite(x.to_string());
    }
    if precision.is_some() {
        return by_itself(&x, precision);
    }
    let size = x.abs().to_f64().unwrap_or(0.0);
    if size != 0.0 && !(1e-4..largest).contains(&size) {
        let text = scientific(x, usize::MAX, None);
        let (mantissa, exponent) = parts(&text);
        return format!("{mantissa}e{}", padded(exponent, 2));
    }
    let text = positional(x, usize::MAX, None);
    if text.contains('.') { text } else { text + ".0" }
}

/// `nan` as `NumPy` writes it; infinities are the same in Rust.
fn non_finite(text: String) -> String {
    if text == "NaN" { "nan".to_owned() } else { text }
}

/// How floats are set so that their points stand below each other: `FloatingFormat` of `NumPy`.
struct Columns {
    scientific: bool,
    precision: Option<usize>,
    /// Signs left of the point.
    left: usize,
    /// Digits right of the point.
    right: usize,
    /// Digits of exponents, where there are some.
    exponent: usize,
}

impl Columns {
    fn new<F: Float + Display + LowerExp>(floats: &[F], precision: Option<usize>, largest: f64) -> Self {
        let finite = floats.iter().copied().filter(|x| x.is_finite());
        let mut columns =
            Self { scientific: is_wide(finite.clone(), largest), precision, left: 0, right: 0, exponent: 0 };
        for x in finite {
            let (whole, fraction, exponent) = if columns.scientific {
                let text = scientific(x, DIGITS, precision);
                let (mantissa, exponent) = parts(&text);
                let (whole, fraction) = split(mantissa);
                (whole.len(), fraction.len(), exponent.trim_start_matches('-').len().max(2))
            } else {
                let text = positional(x, DIGITS, precision);
                let (whole, fraction) = split(&text);
                (whole.len(), fraction.len(), 0)
            };
            columns.left = columns.left.max(whole);
            columns.right = columns.right.max(fraction);
            columns.exponent = columns.exponent.max(exponent);
        }
        // `nan`, `inf` and `-inf` reach over the whole width
        for x in floats.iter().filter(|x| !x.is_finite()) {
            let length = if x.is_infinite() && x.is_sign_negative() { 4 } else { 3 };
            columns.left = columns.left.max(length - columns.behind().min(length));
        }
        columns
    }

    /// The width of the point and all behind it.
    fn behind(&self) -> usize {
        let exponent = if self.scientific { self.exponent + 2 } else { 0 };
        1 + self.right + exponent
    }

    fn words<F: Float + Display + LowerExp>(&self, floats: &[F]) -> Vec<String> {
        floats.iter().map(|&x| self.word(x)).collect()
    }

    fn word<F: Float + Display + LowerExp>(&self, x: F) -> String {
        let (left, right) = (self.left, self.right);
        if !x.is_finite() {
            return format!("{:>width$}", non_finite(x.to_string()), width = left + self.behind());
        }
        if !self.scientific {
            let text = positional(x, DIGITS, self.precision);
            let (whole, fraction) = split(&text);
            return format!("{whole:>left$}.{fraction:<right$}");
        }
        let text = format!("{x:.right$e}");
        let (mantissa, exponent) = parts(&text);
        let (whole, fraction) = split(mantissa);
        format!("{whole:>left$}.{fraction}e{}", padded(exponent, self.exponent))
    }
}

/// Whether these numbers want scientific notation.
fn is_wide<F: Float>(finite: impl Iterator<Item = F>, largest: f64) -> bool {
    let number = |x: f64| F::from(x).unwrap_or_else(F::infinity);
    let sizes = finite.map(F::abs).filter(|x| !x.is_zero());
    let Some((least, most)) = sizes
        .fold(None, |range: Option<(F, F)>, x| Some(range.map_or((x, x), |(least, most)| (least.min(x), most.max(x)))))
    else {
        return false;
    };
    most >= number(largest) || least < number(1e-4) || most / least > number(1000.0)
}

/// The digits that tell `x` from its neighbours (ties to even, which the shortest form of Rust does not promise), `most` behind the point at most; or the precision asked for.
fn positional<F: Display>(x: F, most: usize, precision: Option<usize>) -> String {
    if let Some(digits) = precision {
        return format!("{x:.digits$}");
    }
    let shortest = x.to_string();
    match split(&shortest).1.len() {
        0 => shortest,
        digits => as_short(&format!("{x:.digits$}", digits = digits.min(most))).to_owned(),
    }
}

/// The same in scientific notation.
fn scientific<F: LowerExp>(x: F, most: usize, precision: Option<usize>) -> String {
    if let Some(digits) = precision {
        return format!("{x:.digits$e}");
    }
    let shortest = format!("{x:e}");
    let digits = split(parts(&shortest).0).1.len().min(most);
    let rounded = format!("{x:.digits$e}");
    let (mantissa, exponent) = parts(&rounded);
    format!("{}e{exponent}", as_short(mantissa))
}

/// Without zeros at the end.
fn as_short(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Before and behind the `e`.
fn parts(text: &str) -> (&str, &str) {
    text.split_once('e').unwrap_or((text, "0"))
}

/// Before and behind the point.
fn split(text: &str) -> (&str, &str) {
    text.split_once('.').unwrap_or((text, ""))
}

/// An exponent with its sign and at least so many digits.
fn padded(exponent: &str, digits: usize) -> String {
    let size = exponent.trim_start_matches('-');
    let sign = if exponent.starts_with('-') { '-' } else { '+' };
    format!("{sign}{size:0>digits$}")
}
