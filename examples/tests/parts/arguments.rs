//! What the words of the command line choose.

use chainrule_examples::arguments::{ArgumentError, Arguments, Task};
use chainrule_examples::lecture;
use chainrule_examples::report::Format;
use std::ffi::OsString;

fn parse(words: &[&str]) -> Result<Arguments, ArgumentError> {
    Arguments::parse(words.iter().map(OsString::from))
}

fn ids(words: &[&str]) -> Vec<&'static str> {
    match parse(words).expect("a valid command line").task {
        Task::Run(entries) => entries.iter().map(|entry| entry.id).collect(),
        other => panic!("{words:?} gave {other:?}"),
    }
}

#[test]
fn names_ids_and_groups_choose_entries() {
    assert_eq!(ids(&["backprop"]), ["H5", "H6", "H7", "H8", "H9"]);
    assert_eq!(ids(&["h7"]), ["H7"]);
    assert_eq!((ids(&["mlp"]), ids(&["circuit"])), (vec!["M5"], vec!["S2"]));
    assert_eq!(ids(&["Chain-Rule", "H5", "H7"]), ["H7", "H5"]);
    assert_eq!(ids(&[]).len(), lecture::entries().count());
}

#[test]
fn flags_put_another_network_in_an_entrys_place() {
    let titles = |words: &[&str]| match parse(words).expect("a valid command line").task {
        Task::Run(entries) => entries.iter().map(|entry| entry.title).collect::<Vec<_>>(),
        other => panic!("{words:?} gave {other:?}"),
    };
    assert_eq!(titles(&["mnist", "--cnn", "--cnn"]), ["MNIST by a convolutional network"]);
    assert_ne!(titles(&["mnist"]), titles(&["mnist", "--cnn"]));
    let error = parse(&["backprop", "--cnn"]).unwrap_err();
    assert_eq!(error.to_string(), "--cnn suits none of these entries; it is meant for U9: `mnist --cnn`");
    assert_eq!(ids(&["sentiment", "--attention"]), ["S15"]);
}

#[test]
fn words_choose_the_format() {
    assert_eq!(parse(&[]).unwrap().format, Format::Overview);
    assert_eq!(parse(&["H5"]).unwrap().format, Format::Full);
    assert_eq!(parse(&["H5", "--json"]).unwrap().format, Format::Json);
}

#[test]
fn an_unknown_word_is_answered_with_close_names() {
    let error = parse(&["backprob"]).unwrap_err();
    assert!(error.to_string().contains("did you mean backprop"), "{error}");
    assert!(parse(&["mlps"]).unwrap_err().to_string().contains("mlp"));
    assert!(parse(&["--jason"]).is_err());
    assert_eq!(parse(&[""]).unwrap_err().to_string(), "no entry is called ``");
}

#[test]
fn paths_are_taken_with_care() {
    for option in ["--data-dir", "--pictures", "--html"] {
        assert!(matches!(parse(&[option, "--json"]), Err(ArgumentError::NoValue { .. })), "{option}");
        assert!(matches!(parse(&[option, ""]), Err(ArgumentError::NoValue { .. })), "{option}");
        assert!(matches!(parse(&[option]), Err(ArgumentError::Option(_))), "{option}");
    }
    assert!(matches!(parse(&["--data-dir", "no/such/folder"]), Err(ArgumentError::NoFolder(_))));
    let (here, odd) = (parse(&["--data-dir", "src"]).unwrap(), parse(&["--pictures=-p"]).unwrap());
    assert_eq!((here.data_dir.0, odd.pictures), (Some("src".into()), "-p".into()));
    let error = parse(&["--html", "--json"]).unwrap_err();
    assert_eq!(error.to_string(), "--html needs a file, not `--json`; one of such a name is written --html=NAME");
    let page = parse(&["hcmus", "--html", "page.html"]).unwrap();
    assert_eq!((page.html, page.format), (Some("page.html".into()), Format::Full));
}
