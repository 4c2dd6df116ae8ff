//! Entries as one page: it holds its own style and pictures, and asks no other host for anything.

pub mod picture;
pub mod words;

use std::fmt::Write;

use super::{number, shown, summary, verdict};
use crate::board::{Check, Line, Relation};
use crate::entry::{Outcome, Verdict};
use crate::lecture::Lecture;

/// Colours and sizes: for a beamer in a bright or a dark room, and for paper.
const STYLE: &str = include_str!("page.css");

/// The page of these entries, in their order.
pub fn page(outcomes: &[Outcome]) -> String {
    let title = title(outcomes);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    );
    if outcomes.len() > 1 {
        // Writing into a String cannot fail, here and below.
        let _ = writeln!(page, "<header>\n<h1>{title}</h1>\n<p>{}</p>\n</header>", escaped(&summary(outcomes)));
        contents(&mut page, outcomes);
    }
    page.push_str("<main>\n");
    for outcome in outcomes {
        entry(&mut page, outcome, if outcomes.len() > 1 { "h2" } else { "h1" });
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// The only entry's title, or what the entries have in common.
fn title(outcomes: &[Outcome]) -> String {
    let Some(first) = outcomes.first() else { return "No entries".to_owned() };
    let lecture = first.entry.lecture;
    let same = |test: &dyn Fn(&Outcome) -> bool| outcomes.iter().all(test);
    escaped(&match first.entry.group {
        _ if outcomes.len() == 1 => format!("{}: {}", first.entry.id, first.entry.title),
        Some(group) if same(&|other| other.entry.group == Some(group)) => format!("{group}: {}", lecture.title()),
        _ if same(&|other| other.entry.lecture == lecture) => lecture.title().to_owned(),
        _ => "The lectures' numbers".to_owned(),
    })
}

/// A list of the entries, with a heading wherever another lecture begins.
fn contents(page: &mut String, outcomes: &[Outcome]) {
    let mut lecture: Option<Lecture> = outcomes.first().map(|first| first.entry.lecture);
    if outcomes.iter().any(|other| Some(other.entry.lecture) != lecture) {
        // With one lecture the page's own title says it.
        lecture = None;
    }
    page.push_str("<nav aria-label=\"Entries\">\n<ul>\n");
    for Outcome { entry, verdict, .. } in outcomes {
        if lecture != Some(entry.lecture) {
            let _ = writeln!(page, "<li class=\"heading\">{}</li>", escaped(entry.lecture.title()));
            lecture = Some(entry.lecture);
        }
        let mark = match verdict {
            Verdict::Agrees => "",
            Verdict::Disagrees | Verdict::Failed(_) => " <strong class=\"disagrees\">DISAGREES</strong>",
            Verdict::Skipped(_) => " <small>skipped</small>",
        };
        let (id, title) = (entry.id, escaped(entry.title));
        let _ = writeln!(page, "<li><a href=\"#{id}\"><b>{id}</b> {title}</a>{mark}</li>");
    }
    page.push_str("</ul>\n</nav>\n");
}

/// One entry; its parts are sections, each up to the next heading.
fn entry(page: &mut String, outcome: &Outcome, heading: &str) {
    let entry = outcome.entry;
    let (id, title, lecture) = (entry.id, escaped(entry.title), escaped(entry.lecture.title()));
    let _ = writeln!(
        page,
        "<article id=\"{id}\">\n<{heading}><span class=\"id\">{id}</span> {title}</{heading}>\n<p class=\"lecture\">{lecture}</p>"
    );
    let below = if heading == "h1" { "h2" } else { "h3" };
    let mut in_step = false;
    let mut lines = outcome.lines.as_slice();
    while let Some((line, rest)) = lines.split_first() {
        match line {
            Line::Step(step) => {
                page.push_str(if in_step { "</section>\n" } else { "" });
                let _ = writeln!(page, "<section>\n<{below}>{}</{below}>", escaped(step));
                in_step = true;
            }
            Line::Text(text) => words::write(page, text),
            Line::Formulas(formulas) => page.push_str(&formulas.html),
            Line::Check(_) => {
                let table: Vec<&Check> = lines
                    .iter()
                    .map_while(|line| if let Line::Check(check) = line { Some(check) } else { None })
                    .collect();
                checks(page, &table);
                lines = &lines[table.len()..];
                continue;
            }
            Line::Erratum(text) => {
                let _ = writeln!(page, "<p class=\"erratum\"><b>Erratum.</b> {}</p>", escaped(text));
            }
            Line::Picture { file, svg } => picture::write(page, file, svg),
        }
        lines = rest;
    }
    page.push_str(if in_step { "</section>\n" } else { "" });
    let class = match outcome.verdict {
        Verdict::Agrees => "agrees",
        Verdict::Disagrees | Verdict::Failed(_) => "disagrees",
        Verdict::Skipped(_) => "skipped",
    };
    let _ = writeln!(page, "<p class=\"verdict {class}\">{}</p>\n</article>", escaped(&verdict(outcome)));
}

/// Numbers that stand under one another.
fn checks(page: &mut String, checks: &[&Check]) {
    page.push_str(
        "<div class=\"checks\">\n<table>\n<thead><tr><th>number</th><th>ours</th><th>slide</th><th>agrees</th></tr></thead>\n<tbody>\n",
    );
    for check in checks {
        let source = check.source.word();
        // What stands on no slide says where it comes from.
        let source = if source == "slide" { String::new() } else { format!(" <small>{source}</small>") };
        let (class, word) = if check.ok() { ("agrees", "agrees") } else { ("disagrees", "DISAGREES") };
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}{source}</td><td class=\"{class}\">{word}{}</td></tr>",
            escaped(&check.what),
            escaped(&number::computed(check)),
            escaped(&number::expected(check)),
            tolerance(check),
        );
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

/// A one-sided promise has said all with its bound.
fn tolerance(check: &Check) -> String {
    match check.relation {
        Relation::Equal if check.tolerance == 0.0 => " <small>exactly</small>".to_owned(),
        Relation::Equal => format!(" <small>within {}</small>", shown(check.tolerance, 2)),
        Relation::AtLeast(_) | Relation::AtMost(_) => String::new(),
    }
}

/// Text within a page.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
