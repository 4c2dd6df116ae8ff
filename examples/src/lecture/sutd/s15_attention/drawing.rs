//! Sentences as rows of coloured words.

use std::fmt::Write;

use chainrule_nn::prelude::*;

/// A sentence to be drawn.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    /// Its words, and how much each counts.
    words: Vec<(String, f64)>,
    /// What stands behind it.
    verdict: String,
    /// Whether that is red.
    marked: bool,
}

impl Sentence {
    /// `weights` begins with one number for each word; a verdict that is wrong is red.
    pub(super) fn new(text: &str, weights: &Tensor<f32>, verdict: String, marked: bool) -> Self {
        let words = text.split_whitespace().zip(weights).map(|(word, &weight)| (word.to_owned(), f64::from(weight)));
        Self { words: words.collect(), verdict, marked }
    }
}

const LETTERS: f64 = 14.0;
/// Of a letter of even width, in its size.
const WIDTH: f64 = 0.602;
const ROW: f64 = 32.0;
const HEAD: f64 = 48.0;
const GAP: f64 = 4.0;
const MARGIN: f64 = 16.0;

/// The sentences below one another. A word's ground is the darker the more it counts, each sentence by a scale of its own from
/// 0, white, to its most important word.
pub(super) fn sentences(title: &str, sentences: &[Sentence]) -> String {
    let wide = |text: &str| text.chars().count() as f64 * WIDTH * LETTERS + 8.0;
    let length = |sentence: &Sentence| sentence.words.iter().map(|(word, _)| wide(word) + GAP).sum::<f64>();
    let verdicts = MARGIN + sentences.iter().map(length).fold(0.0, f64::max) + 12.0;
    let width = verdicts + sentences.iter().map(|sentence| wide(&sentence.verdict)).fold(0.0, f64::max) + MARGIN;
    let width = width.max(title.chars().count() as f64 * 0.6 * 17.0 + 2.0 * MARGIN).ceil();
    let height = HEAD + ROW * sentences.len() as f64 + 12.0;
    let mut svg = format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" xmlns=\"http://www.w3.org/2000/svg\" \
         font-family=\"monospace\" font-size=\"{LETTERS}\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n\
         <text x=\"{}\" y=\"28\" font-family=\"sans-serif\" font-size=\"17\" text-anchor=\"middle\">{}</text>\n",
        width / 2.0,
        escaped(title),
    );
    // Writing into a String cannot fail: what `write!` returns is dropped.
    for (row, sentence) in sentences.iter().enumerate() {
        let (top, mut x) = (HEAD + row as f64 * ROW, MARGIN);
        let most = sentence.words.iter().map(|&(_, weight)| weight).fold(f64::MIN_POSITIVE, f64::max);
        for (word, weight) in &sentence.words {
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{top}\" width=\"{:.1}\" height=\"24\" rx=\"3\" fill=\"#E69F00\" fill-opacity=\"{:.3}\" \
                 stroke=\"#D0D0D0\"/><text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                wide(word),
                weight / most,
                x + wide(word) / 2.0,
                top + 17.0,
                escaped(word),
            );
            x += wide(word) + GAP;
        }
        let ink = if sentence.marked { "#D55E00" } else { "#000000" };
        let _ = writeln!(
            svg,
            "<text x=\"{verdicts:.1}\" y=\"{}\" font-family=\"sans-serif\" fill=\"{ink}\">{}</text>",
            top + 17.0,
            escaped(&sentence.verdict),
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
