//! A reader of pages: each tag closed, each attribute in quotes, each id once, and no other host asked for anything.

use std::collections::BTreeSet;

/// Elements that have no end in HTML; on these pages they end themselves.
const VOID: [&str; 4] = ["meta", "br", "hr", "img"];
/// Attributes that make a browser load something.
const LOADING: [&str; 8] = ["src", "href", "xlink:href", "srcset", "data", "poster", "action", "background"];

/// Fails where a page is not well formed or would load something from elsewhere.
#[track_caller]
pub(crate) fn check(page: &str) {
    let body = page.strip_prefix("<!DOCTYPE html>\n").expect("a page begins with its kind");
    let (mut open, mut ids): (Vec<&str>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    let mut rest = body;
    while let Some((text, after)) = rest.split_once('<') {
        check_text(text);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").expect("a comment ends").1;
            continue;
        }
        let (tag, behind) = after.split_once('>').unwrap_or_else(|| panic!("`{after}` does not end"));
        rest = behind;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "`</{name}>` closes another element");
            continue;
        }
        let inside = tag.strip_suffix('/');
        let (name, attributes) = split_name(inside.unwrap_or(tag));
        check_attributes(name, attributes, &mut ids);
        if inside.is_none() {
            assert!(!VOID.contains(&name), "<{name}> is not closed");
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} are left open, or something follows: {rest}");
    let lower = page.to_lowercase();
    for word in
        ["@import", "<script", "<link", "<iframe", "javascript:", "url(http", "url(\"http", "url('http", "url(//"]
    {
        assert!(!lower.contains(word), "{word} on a page that has to stand alone");
    }
}

fn split_name(tag: &str) -> (&str, &str) {
    tag.split_once(char::is_whitespace).unwrap_or((tag, ""))
}

/// Characters of its own meaning are written as entities.
#[track_caller]
fn check_text(text: &str) {
    assert!(!text.contains('>') || text.contains('{'), "`>` in the text `{text}`");
    for part in text.split('&').skip(1) {
        let entity = part.split_once(';').map(|(entity, _)| entity);
        let known = |entity: &str| ["amp", "lt", "gt", "quot", "apos"].contains(&entity) || entity.starts_with('#');
        assert!(entity.is_some_and(known), "`&{part}` is no entity");
    }
}

#[track_caller]
fn check_attributes<'a>(element: &str, attributes: &'a str, ids: &mut BTreeSet<&'a str>) {
    let mut rest = attributes.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("`{rest}` in <{element}> has no value"));
        let (value, behind) = after.split_once('"').unwrap_or_else(|| panic!("`{after}` in <{element}> has no end"));
        let name = name.trim();
        assert!(!name.contains(char::is_whitespace), "`{name}` in <{element}> is no attribute");
        check_text(value);
        // Namespaces are names, not places.
        assert!(name.starts_with("xmlns") || !value.contains("//"), "{name}=\"{value}\" in <{element}>");
        assert!(!LOADING.contains(&name) || value.starts_with('#'), "{name}=\"{value}\" in <{element}>");
        assert!(name != "id" || ids.insert(value), "two elements have the id {value}");
        rest = behind.trim();
    }
}
