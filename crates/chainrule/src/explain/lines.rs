//! Equations as lines, and how lines become text, Markdown, LaTeX and HTML.

use super::notation::{Latex, MathMl, Notation, Numbers, Text, escaped};
use std::fmt::{self, Write};

/// What is to be said: equations, each as its sides, and remarks.
#[derive(Default)]
pub(super) struct Lines {
    /// One side below the other.
    pub(super) equations: Vec<Vec<String>>,
    /// What stands behind the equations, each on a line of its own, with the word that begins it.
    pub(super) groups: Vec<(&'static str, Vec<Vec<String>>)>,
    pub(super) remarks: Vec<String>,
}

/// A notation with names, and the same with numbers in their place.
pub(super) struct Notations<'a> {
    pub(super) names: &'a dyn Notation,
    pub(super) numbers: &'a dyn Notation,
}

/// Something that can be said in any notation.
pub(super) trait Said {
    fn lines(&self, notations: &Notations<'_>) -> Lines;
    fn decimals(&self) -> usize;
}

pub(super) fn to_text(said: &impl Said, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let decimals = said.decimals();
    let lines = said.lines(&Notations { names: &Text { decimals }, numbers: &Numbers { decimals } });
    for sides in &lines.equations {
        let (first, others) = (&sides[0], &sides[1..]);
        for (i, side) in others.iter().enumerate() {
            let left = if i == 0 { first.as_str() } else { "" };
            writeln!(f, "{left:<width$} = {side}", width = first.chars().count())?;
        }
    }
    for (word, group) in lines.groups.iter().filter(|(_, group)| !group.is_empty()) {
        let indent = if word.is_empty() { "" } else { "  " };
        if !word.is_empty() {
            writeln!(f, "{word}")?;
        }
        for sides in group {
            writeln!(f, "{indent}{}", sides.join(" = "))?;
        }
    }
    lines.remarks.iter().try_for_each(|remark| writeln!(f, "{remark}"))
}

fn in_latex(said: &impl Said) -> Lines {
    let notation = |numbers| Latex { decimals: said.decimals(), numbers };
    said.lines(&Notations { names: &notation(false), numbers: &notation(true) })
}

pub(super) fn to_markdown(said: &impl Said) -> String {
    let lines = in_latex(said);
    let mut text = String::new();
    for line in &lines.equations {
        let _ = writeln!(text, "$$\\begin{{aligned}}\n{}\n\\end{{aligned}}$$\n", aligned(line));
    }
    for (word, group) in lines.groups.iter().filter(|(_, group)| !group.is_empty()) {
        if !word.is_empty() {
            let _ = writeln!(text, "{word}\n");
        }
        for line in group {
            let _ = writeln!(text, "- ${}$", line.join(" = "));
        }
        text.push('\n');
    }
    for remark in &lines.remarks {
        let _ = writeln!(text, "{remark}\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

pub(super) fn to_latex(said: &impl Said) -> String {
    let lines = in_latex(said);
    let groups = lines.groups.iter().flat_map(|(_, group)| group);
    let all: Vec<String> = lines.equations.iter().chain(groups).map(|line| aligned(line)).collect();
    let mut text = format!("\\begin{{aligned}}\n{}\n\\end{{aligned}}\n", all.join(" \\\\\n"));
    for remark in &lines.remarks {
        let _ = writeln!(text, "% {remark}");
    }
    text
}

pub(super) fn to_html(said: &impl Said) -> String {
    let notation = |numbers| MathMl { decimals: said.decimals(), numbers };
    let lines = said.lines(&Notations { names: &notation(false), numbers: &notation(true) });
    let mut text = String::from("<div class=\"chain-rule\">\n");
    let mut write = |class: &str, sides: &[String]| {
        let line = sides.join("<mo>=</mo>");
        let _ = writeln!(text, "<p class=\"{class}\"><math><mrow>{line}</mrow></math></p>");
    };
    lines.equations.iter().for_each(|sides| write("equation", sides));
    for (_, group) in &lines.groups {
        for sides in group {
            write("detail", sides);
        }
    }
    for remark in &lines.remarks {
        let _ = writeln!(text, "<p class=\"remark\">{}</p>", escaped(remark));
    }
    text.push_str("</div>\n");
    text
}

/// The sides of an equation, one below the other.
fn aligned(sides: &[String]) -> String {
    let (first, others) = sides.split_first().map_or(("", [].as_slice()), |(first, others)| (first.as_str(), others));
    let others: Vec<String> = others.iter().map(|side| format!("&= {side}")).collect();
    format!("{first} {}", others.join(" \\\\\n"))
}

/// Implements the ways to write something down, for a type that is [`Said`].
macro_rules! written_down {
    ($Type:ident) => {
        impl<V: $crate::explain::Shown> $Type<V> {
            /// How many decimals numbers have: 6 unless told.
            #[must_use]
            pub fn decimals(mut self, decimals: usize) -> Self {
                self.decimals = decimals;
                self
            }

            /// In Markdown, with formulas in LaTeX between dollar signs.
            pub fn to_markdown(&self) -> String {
                $crate::explain::lines::to_markdown(self)
            }

            /// In LaTeX, for a display: an `aligned` environment.
            pub fn to_latex(&self) -> String {
                $crate::explain::lines::to_latex(self)
            }

            /// A piece of HTML, with formulas in `MathML`, which browsers show without a script: a `div` of the class `chain-rule`.
            pub fn to_html(&self) -> String {
                $crate::explain::lines::to_html(self)
            }
        }

        impl<V: $crate::explain::Shown> std::fmt::Display for $Type<V> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::explain::lines::to_text(self, f)
            }
        }
    };
}
pub(super) use written_down;
