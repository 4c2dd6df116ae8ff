//! Text as it takes room: how wide it is at most, and what of it is shown.

/// How wide `text` is at most, in letters of this size of a usual font without serifs. Fonts differ, so that this follows a wide
/// one: what does not overlap in it overlaps in no narrower one.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(of_letter).sum::<f64>() * size
}

/// The same for bold letters.
pub(super) fn bold_width(text: &str, size: f64) -> f64 {
    width(text, size) * 1.12
}

/// In units of the size.
fn of_letter(letter: char) -> f64 {
    match letter {
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '/' | '\\' | 'i' | 'j' | 'l' => 0.36,
        '-' | '(' | ')' | '[' | ']' | '"' | '`' | 'f' | 't' | 'r' | 'I' => 0.46,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 1.0,
        '+' | '=' | '<' | '>' | '#' | '~' | '^' | 'A'..='Z' => 0.84,
        ' '..='~' => 0.64,
        '\u{300}'..='\u{36f}' => 0.0,
        '\u{80}'..='\u{10ff}' => 0.86,
        _ => 1.3,
    }
}

/// At most `letters` of `text`, the last of them three dots where more were there.
pub(super) fn clip(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters - 1).chain(['…']).collect()
}

/// The text on one line, and without letters that no picture can show: control characters, and signs that turn the direction of
/// what follows.
pub(super) fn printable(text: &str) -> String {
    let kept = |letter: char| match letter {
        c if c.is_whitespace() || c.is_control() => Some(' '),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\u{fffe}' | '\u{ffff}' => Some('\u{fffd}'),
        c => Some(c),
    };
    text.chars().filter_map(kept).collect()
}

/// 1,234 for 1234.
pub(super) fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 gate`, `1,234 gates`.
pub(super) fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {one}{plural}", thousands(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_clipped_and_numbers_grouped() {
        assert_eq!(clip("weights", 7), "weights");
        assert_eq!(clip("weights", 4), "wei…");
        assert_eq!([1, 999, 1000, 1_234_567].map(thousands), ["1", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "gate") + &counted(2, "gate"), "1 gate2 gates");
        assert_eq!(printable("a\nb\u{7}c\u{202e}d"), "a b cd");
    }

    #[test]
    fn widths_grow_with_text_and_size() {
        assert!(width("net_h1", 12.0) < width("net_h10", 12.0));
        assert!(width("W", 12.0) < bold_width("W", 12.0));
        assert!((width("重", 10.0) - 13.0).abs() < 1e-9);
    }
}
