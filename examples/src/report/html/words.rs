//! The text of a board on a page: sentences flow, tables stay aligned.

use std::fmt::Write;

use super::escaped;

/// A line this long was broken for want of room, unless the next begins with a capital letter; a shorter one is a line of its own.
const LONG: usize = 80;

/// Writes a text, block by block: what stands between blank lines.
pub fn write(page: &mut String, text: &str) {
    let mut table = String::new();
    for block in text.trim_end().split("\n\n") {
        if is_aligned(block) {
            // Tables that follow one another stay one.
            table.push_str(if table.is_empty() { "" } else { "\n\n" });
            table.push_str(block);
            continue;
        }
        preformatted(page, &mut table);
        let _ = writeln!(page, "<p>{}</p>", flowing(block.trim()));
    }
    preformatted(page, &mut table);
}

fn preformatted(page: &mut String, table: &mut String) {
    if !table.is_empty() {
        // The style makes the letters as large as the widest line allows. Writing into a String cannot fail.
        let columns = table.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        let _ = writeln!(page, "<pre style=\"--columns: {columns}\">{}</pre>", escaped(table));
        table.clear();
    }
}

/// Two spaces are there to bring something below something else.
fn is_aligned(block: &str) -> bool {
    block.contains("  ") || block.lines().any(|line| line.starts_with([' ', '\t']))
}

/// The lines of a block: joined after a long one, broken after a short one.
fn flowing(block: &str) -> String {
    let mut text = String::new();
    let mut lines = block.lines().peekable();
    while let Some(line) = lines.next() {
        text.push_str(&escaped(line));
        if let Some(next) = lines.peek() {
            let goes_on = line.chars().count() >= LONG && !next.starts_with(char::is_uppercase);
            text.push_str(if goes_on { "\n" } else { "<br/>\n" });
        }
    }
    text
}
