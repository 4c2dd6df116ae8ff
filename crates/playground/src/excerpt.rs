//! The beginning of what somebody gave, for a message about it.

/// So many characters are shown.
const LENGTH: usize = 24;

/// The text, or its beginning where it is long.
pub(crate) fn excerpt(text: &str) -> String {
    if text.chars().count() <= LENGTH { text.to_owned() } else { text.chars().take(LENGTH).chain(['…']).collect() }
}
