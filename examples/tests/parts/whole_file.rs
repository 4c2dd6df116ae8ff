//! Files that are written whole or not at all.

use chainrule_examples::whole_file::{check, write};
use std::fs;
use std::path::Path;

#[test]
fn nothing_else_is_left_in_the_folder() {
    let folder = std::env::temp_dir().join(format!("chainrule-whole-{}", std::process::id()));
    fs::create_dir_all(folder.join("taken")).unwrap();
    let page = folder.join("page.html");
    for text in ["one", "another"] {
        write(&page, text).unwrap();
        assert_eq!(fs::read_to_string(&page).unwrap(), text);
    }
    assert!(write(&folder.join("taken"), "a folder is in the way").is_err());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
    assert!(check(&folder.join("taken")).is_err() && check(&page).is_ok() && check(Path::new("page.html")).is_ok());
    let error = check(&folder.join("none/page.html")).unwrap_err().to_string();
    assert!(error.contains(&folder.join("none").display().to_string()), "{error}");
    fs::remove_dir_all(folder).unwrap();
}
