//! Tables of one's own.

use chainrule_playground::data::{Own, Target};
use chainrule_playground::playground::Playground;
use chainrule_playground::settings::Settings;
use proptest::prelude::*;

#[test]
fn titles_separators_and_quotes_are_understood() {
    let comma = "x,y,kind\n0,0,cat\n10,0,dog\n\n0,20,cat\n10,20,\"dog\"\n";
    let semicolon = "0;0;cat\r\n10;0;dog\r\n0;20;cat\r\n10;20;dog";
    let tab = "\u{feff}0\t0\tcat\n10\t0\tdog\n0\t20\tcat\n10\t20\tdog\n";
    for text in [comma, semicolon, tab] {
        let own = Own::read(text, false).unwrap();
        assert_eq!(own.names, ["cat", "dog"]);
        assert_eq!(own.target, Target::TwoClasses);
        let rows: Vec<_> = own.points.iter().map(|point| (point.at, point.label)).collect();
        assert_eq!(rows, [([-5.0, -5.0], -1.0), ([5.0, -5.0], 1.0), ([-5.0, 5.0], -1.0), ([5.0, 5.0], 1.0)]);
        assert!(own.told.starts_with("4 rows, each with one of 2 classes."), "{}", own.told);
    }
}

#[test]
fn classes_by_number_and_numbers_to_learn() {
    let own = Own::read("1,1,10\n2,2,9\n3,3,-1\n4,4,10", false).unwrap();
    assert_eq!((own.names, own.target), (["-1", "9", "10"].map(String::from).to_vec(), Target::Classes(3)));
    let own = Own::read("1,7,0\n2,7,50\n3,7,100\n4,7,25", true).unwrap();
    let labels: Vec<f64> = own.points.iter().map(|point| point.label).collect();
    assert_eq!((labels, own.target), (vec![-1.0, 0.0, 1.0, -0.5], Target::Number));
    // a column without differences
    assert!(own.points.iter().all(|point| point.at[1] == 0.0));
    let own = Own::read("1e308,0,a\n-1e308,1,b\n0,0,a\n0,1,b", false).unwrap();
    assert!(own.points.iter().all(|point| point.at.iter().all(|x| x.abs() <= 5.0)));
}

#[test]
fn tables_that_cannot_be_used_are_refused_with_the_line() {
    for (text, numbers, told) in [
        ("", false, "a table of 0 rows is too little"),
        ("1,2,a\n3,4,b", false, "a table of 2 rows"),
        ("1,2\n3,4", false, "line 1 has 2 columns, and three are needed"),
        ("1,2,a\n3,4,b,c\n", false, "line 2 has 4 columns"),
        ("1,2,a\n3,four,b\n5,6,a\n7,8,b", false, "line 2: `four` is not a number"),
        ("1,2,a\n3,NaN,b\n5,6,a\n7,8,b", false, "line 2: `NaN` is not a number that is finite"),
        ("1,2,a\ninf,4,b\n5,6,a\n7,8,b", false, "line 2: `inf`"),
        ("1,2,a\n3,4,a\n5,6,a\n7,8,a", false, "all rows are of the class `a`"),
        ("1,2,a\n3,4,b\n5,6,c\n7,8,d\n1,1,e\n1,1,f\n1,1,g\n1,1,h", false, "line 8: `h` is the 8th class"),
        ("1,2,1\n3,4,2\n5,6,many\n7,8,3", true, "line 3: `many` is not a number, as regression needs it"),
        ("\"1,2,a", false, "line 1 has 1 column,"),
        ("<html><body>404</body></html>", false, "line 1 has 1 column,"),
    ] {
        let problem = Own::read(text, numbers).unwrap_err();
        assert!(problem.contains(told), "{text}: {problem}");
    }
    let long = "1,2,a\n3,4,b\n".repeat(3000);
    assert!(Own::read(&long, false).unwrap_err().contains("more than 5000 rows"));
    let wide = format!("1,2,{}\n", "x".repeat(1_000_000)).repeat(2);
    assert!(Own::read(&wide, false).unwrap_err().len() < 200);
}

#[test]
fn a_refused_table_changes_nothing() {
    let mut page = Playground::new(Settings::default());
    page.train(2).unwrap();
    let (losses, address) = (page.losses(), page.settings().address());
    page.load("not a table").unwrap_err();
    assert_eq!((page.losses(), page.settings().address()), (losses, address));
}

#[test]
fn own_data_are_learned_and_told_by_name() {
    let row = |row: usize| format!("{},{},{}\n", row, row * row % 7, ["low", "middle", "high"][row / 20]);
    let table = (0..60).map(row).collect::<Vec<_>>().concat();
    let mut page = Playground::new(Settings::default());
    page.load(&table).unwrap();
    assert_eq!(page.class_names(), ["high", "low", "middle"]);
    assert_eq!(page.points().len(), 60);
    page.train(100).unwrap();
    assert!(page.accuracies()[0] > 0.7, "{:?}", page.accuracies());
    // another set, and back again
    page.set("dataset", "xor").unwrap();
    assert!(page.own().is_none() && page.own_waits());
    page.set("dataset", "own").unwrap();
    assert!(page.own().is_some() && !page.own_waits());
    page.set("networkShape", "3").unwrap();
    assert_eq!(page.points().len(), 60);
    // regression has its own
    page.set("problem", "regression").unwrap();
    assert!(page.own().is_none() && !page.own_waits());
    page.set("regDataset", "own").unwrap_err();
}

proptest! {
    #[test]
    fn any_text_is_a_table_or_refused(text in prop_oneof!["\\PC{0,200}", "([0-9ab.,;\"\n-]{0,9}\n?){0,40}"], numbers: bool) {
        if let Ok(own) = Own::read(&text, numbers) {
            prop_assert!(own.points.len() >= 4);
            prop_assert!(own.points.iter().all(|point| point.at.iter().all(|x| x.abs() <= 5.0 + 1e-9)));
            prop_assert!(own.points.iter().all(|point| point.label.is_finite()));
        }
    }
}
