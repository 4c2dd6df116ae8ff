//! Pictures within a page.

use std::fmt::Write;

use super::escaped;

/// Writes a picture: the SVG text itself. Names within it get the file's before them, since a page has one space of names.
pub fn write(page: &mut String, file: &str, svg: &str) {
    let name = file.trim_end_matches(".svg");
    // What knows the dark stands on the page itself, what was drawn on white paper keeps that.
    let class = if svg.contains("prefers-color-scheme") { "drawing" } else { "paper" };
    // Writing into a String cannot fail.
    let _ = writeln!(
        page,
        "<figure class=\"{class}\" id=\"{}\">\n{}\n</figure>",
        escaped(name),
        with_own_names(without_prolog(svg), name).trim_end()
    );
}

/// The element itself, without what stands before it in a file.
fn without_prolog(svg: &str) -> &str {
    svg.find("<svg").map_or(svg, |at| &svg[at..])
}

/// The picture with `prefix` before each of its ids, and before these where they are used.
fn with_own_names(svg: &str, prefix: &str) -> String {
    let mut ids: Vec<&str> = svg.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    // Each once: what bears a prefix already must not get another.
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().fold(svg.to_owned(), |svg, id| {
        svg.replace(&format!(" id=\"{id}\""), &format!(" id=\"{prefix}-{id}\""))
            .replace(&format!("=\"#{id}\""), &format!("=\"#{prefix}-{id}\""))
            .replace(&format!("url(#{id})"), &format!("url(#{prefix}-{id})"))
    })
}
