//! What the reader of CSV files makes of good and of bad ones.

use super::*;
use chainrule::Tensor;
use proptest::prelude::*;

/// Five rows of Fisher's irises (1936).
const IRISES: &str = "\
sepal length,sepal width,petal length,petal width,species
5.1,3.5,1.4,0.2,setosa
7.0,3.2,4.7,1.4,versicolor
6.3,3.3,6.0,2.5,virginica
4.9,3.0,1.4,0.2,setosa
5.8,2.7,5.1,1.9,virginica
";

fn read(csv: &Csv, text: &str) -> Table<f64> {
    csv.read_from(text.as_bytes()).unwrap()
}

fn problem(csv: &Csv, text: impl AsRef<[u8]>) -> String {
    csv.read_from::<f32>(text.as_ref()).unwrap_err().to_string()
}

/// The values of the second column, where the first is the target.
fn second(csv: Csv, text: &str) -> Vec<f64> {
    read(&csv.target_values(0), text).data.x.to_vec()
}

#[test]
fn classes_are_chosen_by_name_or_place() {
    for csv in [Csv::new().target_classes("species"), Csv::new().target_classes(4)] {
        let table = read(&csv, IRISES);
        assert_eq!(table.columns, ["sepal length", "sepal width", "petal length", "petal width"]);
        assert_eq!(table.classes, ["setosa", "versicolor", "virginica"]);
        assert_eq!(table.data.y.classes().unwrap().to_vec(), [0, 1, 2, 0, 2]);
        assert_eq!(table.data.x.shape(), [5, 4]);
        assert_eq!(table.data.x.rows(1..2).to_vec(), [7.0, 3.2, 4.7, 1.4]);
    }
}

#[test]
fn values_may_be_the_target_and_columns_left_out() {
    let table = read(&Csv::new().target_values("petal width").without("species").without(0), IRISES);
    assert_eq!(table.columns, ["sepal width", "petal length"]);
    assert_eq!(table.data.y.values().unwrap().to_vec(), [0.2, 1.4, 2.5, 0.2, 1.9]);
    assert!(table.classes.is_empty());
}

#[test]
fn other_ways_of_writing() {
    let csv = Csv::new().without_header().delimiter(b';').target_values(0);
    let table = read(&csv, "\u{feff}1; 2 ;\"3\"\r\n4;-5e-1;+6\r\n");
    assert_eq!(table.data.x, Tensor::from([[2.0, 3.0], [-0.5, 6.0]]));
    assert_eq!(table.columns, ["1", "2"]);
    let table = read(&Csv::new().target_values("a \"b\""), "\"a \"\"b\"\"\",c\n1,2");
    assert_eq!(table.columns, ["c"]);
}

#[test]
fn categories_become_columns_or_numbers() {
    let table =
        read(&Csv::new().target_values(0).one_hot("size").ordinal("class"), "y,size,class\n0,S,10\n1,L,9\n2,S,2");
    assert_eq!(table.columns, ["size=L", "size=S", "class"]);
    // numbers are numbered by value: 2, 9, 10
    assert_eq!(table.data.x, Tensor::from([[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]));
}

#[test]
fn missing_values_are_treated_as_asked() {
    let text = "y,x\n0,1\n1,NA\n2,6\n3,?\n4,2\n";
    let with = |missing| second(Csv::new().missing(missing), text);
    assert_eq!(with(Missing::Mean), [1.0, 3.0, 6.0, 3.0, 2.0]);
    assert_eq!(with(Missing::Median), [1.0, 2.0, 6.0, 2.0, 2.0]);
    assert_eq!(with(Missing::Constant(-1.0)), [1.0, -1.0, 6.0, -1.0, 2.0]);
    assert_eq!(with(Missing::DropRow), [1.0, 6.0, 2.0]);
    // of an even number, the mean of the middle two
    assert_eq!(second(Csv::new().missing(Missing::Median), "y,x\n0,1\n0,\n0,4\n"), [1.0, 2.5, 4.0]);
    let marked = Csv::new().missing_marks(["-"]).missing(Missing::Constant(7.0));
    assert_eq!(second(marked.clone(), "y,x\n0,-\n1,2"), [7.0, 2.0]);
    assert!(problem(&marked.target_values(0), "y,x\n0,NA").contains("`NA` is not a number"));
}

#[test]
fn nothing_is_made_up_unasked() {
    let csv = Csv::new().target_values(0);
    let told =
        "the value is missing; fill it in, or choose what to do with `missing` (for targets and words: `DropRow`)";
    assert_eq!(problem(&csv, "y,x\n0,1\n1,\n"), format!("CSV: line 3, column `x`: {told}"));
    let mean = csv.clone().missing(Missing::Mean);
    assert_eq!(problem(&mean, "y,x\nnan,1\n1,\n"), format!("CSV: line 2, column `y`: {told}"));
    assert_eq!(
        problem(&mean, "y,x\n0,?\n"),
        "CSV: line 2, column `x`: the value is missing, as all others of this column"
    );
    assert_eq!(problem(&mean.one_hot(1), "y,x\n0,?\n"), format!("CSV: line 2, column `x`: {told}"));
    let nan = csv.clone().missing(Missing::Constant(f64::NAN));
    assert!(problem(&nan, "y,x\n0,?\n").ends_with("the value is missing, and NaN is no finite number for it"));
    let drop = csv.missing(Missing::DropRow);
    assert_eq!(problem(&drop, "y,x\n0,?\n"), "CSV: misses a value in every row, so that none is left");
    // what is left out may miss
    assert_eq!(second(Csv::new().without("z").missing(Missing::DropRow), "y,x,z\n0,1,\n"), [1.0]);
}

#[test]
fn hostile_files_are_told_by_line_and_column() {
    let csv = Csv::new().target_values(0);
    assert_eq!(problem(&csv, "y,x\n0,1\n\n1,2,3\n"), "CSV: line 4 has 3 fields, but line 1 has 2");
    assert_eq!(problem(&csv, "y,x\r\n0,1\r\n1\r\n"), "CSV: line 3 has 1 fields, but line 1 has 2");
    assert_eq!(problem(&csv, "y,x\r\"0\",\"1\r\n2\"\r3\r"), "CSV: line 4 has 1 fields, but line 1 has 2");
    assert_eq!(problem(&csv, b"y,x\n0,1\n1,\xff\n"), "CSV: line 3, column 1 (counted from 0): not UTF-8");
    assert_eq!(
        problem(&csv, "y,x\r\n0,1\r\n1,two\r\n"),
        "CSV: line 3, column `x`: `two` is not a number; words are for `one_hot`, `ordinal`, `target_classes` or `without`"
    );
    assert_eq!(problem(&csv, "y,x\n0,1e39"), "CSV: line 2, column `x`: `1e39` is not a finite number of this type");
    assert_eq!(second(Csv::new(), "y,x\n0,1e39"), [1e39]);
    assert!(problem(&csv, "y,x\n0,inf").contains("`inf` is not a finite number"));
    let long = "9".repeat(100_000);
    assert!(problem(&csv, format!("y,x\n0,{long}")).len() < 400);
    assert!(problem(&csv, "y,x\n\"0,1\n1,2\n").contains("line 2 has 1 fields"));
    assert_eq!(problem(&csv, "y,x\n"), "CSV: has a line of names, but no rows");
    assert_eq!(problem(&csv, "\n\n"), "CSV: is empty");
    assert_eq!(problem(&csv, "y\n1\n"), "CSV: has no column beside the target to learn from");
    assert!(matches!(csv.read::<f32>("no such file").unwrap_err(), Error::Io { .. }));
}

#[test]
fn columns_that_cannot_be_chosen_are_told() {
    let text = "a,b,a\n1,2,3\n";
    let chosen = |csv: Csv| problem(&csv, text);
    assert_eq!(chosen(Csv::new()), "CSV: has no target yet: choose it with `target_values` or `target_classes`");
    assert_eq!(chosen(Csv::new().target_values("c")), "CSV: has no column called `c`; there are: a, b, a");
    assert_eq!(chosen(Csv::new().target_values(3)), "CSV: has no column 3; there are 3, counted from 0");
    assert!(chosen(Csv::new().target_values("a")).contains("several columns called `a`"));
    assert_eq!(chosen(Csv::new().target_values(1).one_hot("b")), "CSV: column `b` is chosen twice");
    assert_eq!(chosen(Csv::new().target_values(1).target_classes(0)), "CSV: column `a` is chosen as a second target");
}

/// The table of one text, read as that of another.
fn alike(csv: &Csv, first: &str, next: &str) -> Table<f64> {
    read(csv, first).read_alike_from(next.as_bytes()).unwrap()
}

fn problem_alike(csv: &Csv, first: &str, next: &str) -> String {
    read(csv, first).read_alike_from(next.as_bytes()).unwrap_err().to_string()
}

#[test]
fn further_files_have_the_categories_of_the_first() {
    let csv = Csv::new().target_classes("y").one_hot("colour").ordinal("size");
    let first = "y,colour,size\na,red,10\nb,green,9\nc,blue,2\n";
    let next = "y,colour,size\nc,red,9\na,blue,10\n"; // no b, no green, no 2
    let table = alike(&csv, first, next);
    assert_eq!(table.classes, ["a", "b", "c"]);
    assert_eq!(table.data.y.classes().unwrap().to_vec(), [2, 0]);
    assert_eq!(table.columns, ["colour=blue", "colour=green", "colour=red", "size"]);
    assert_eq!(table.data.x, Tensor::from([[0.0, 0.0, 1.0, 1.0], [1.0, 0.0, 0.0, 2.0]]));
    // a reader of its own numbers the next file apart, which is what this is for
    assert_eq!(read(&csv, next).data.y.classes().unwrap().to_vec(), [1, 0]);
    // what was read alike is read on from as the first
    let third = table.read_alike_from("y,colour,size\nb,green,2\n".as_bytes()).unwrap();
    assert_eq!(third.data.y.classes().unwrap().to_vec(), [1]);
    assert_eq!(third.data.x, Tensor::from([[0.0, 1.0, 0.0, 0.0]]));
}

#[test]
fn further_files_are_filled_in_from_the_first() {
    let first = "y,x,z\n0,1,5\n1,NA,5\n2,6,5\n3,2,5\n";
    let next = "y,x,z\n0,100,?\n1,?,7\n";
    let with = |missing| alike(&Csv::new().target_values("y").missing(missing), first, next).data.x;
    assert_eq!(with(Missing::Mean), Tensor::from([[100.0, 5.0], [3.0, 7.0]])); // (1 + 6 + 2)/3
    assert_eq!(with(Missing::Median), Tensor::from([[100.0, 5.0], [2.0, 7.0]]));
    assert_eq!(with(Missing::Constant(-1.0)), Tensor::from([[100.0, -1.0], [-1.0, 7.0]]));
    let drop = Csv::new().target_values("y").missing(Missing::DropRow);
    assert_eq!(alike(&drop, first, "y,x,z\n0,?,1\n4,2,3\n").data.x, Tensor::from([[2.0, 3.0]]));
    assert_eq!(problem_alike(&drop, first, next), "CSV: misses a value in every row, so that none is left");
    let refuse = Csv::new().target_values("y");
    assert!(
        problem_alike(&refuse, "y,x\n0,1\n", "y,x\n0,1\n\n0,?\n").starts_with("CSV: line 4, column `x`: the value")
    );
    let mean = Csv::new().target_values("y").missing(Missing::Mean);
    assert!(problem_alike(&mean, first, "y,x,z\n?,1,1\n").starts_with("CSV: line 2, column `y`: the value"));
}

#[test]
fn columns_of_further_files_are_found_by_name_or_place() {
    let csv = Csv::new().target_values("y").without("id");
    let first = "id,y,a,b\n1,0,2,3\n";
    for next in ["b,a,y\n6,5,4\n", "b,id,y,a\n6,x,4,5\n"] {
        let table = alike(&csv, first, next);
        assert_eq!(table.columns, ["a", "b"]);
        assert_eq!(table.data.x, Tensor::from([[5.0, 6.0]]));
        assert_eq!(table.data.y.values().unwrap().to_vec(), [4.0]);
    }
    let csv = Csv::new().without_header().target_values(0).without(3);
    assert_eq!(alike(&csv, "0,1,2,x\n", "4,5,6,?\n").data.x, Tensor::from([[5.0, 6.0]]));
    let other = "CSV: has other columns than the file that was read first: it";
    assert_eq!(problem_alike(&csv, "0,1,2,x\n", "4,5,6\n"), format!("{other} lacks `3`"));
    let twice = Csv::new().target_values(0);
    assert_eq!(alike(&twice, "y,a,a\n0,1,2\n", "a,y,a\n1,0,2\n").data.x, Tensor::from([[1.0, 2.0]]));
}

#[test]
fn further_files_that_do_not_fit_are_told() {
    let csv = Csv::new().target_classes("y").one_hot("c");
    let first = "y,c,x\nno,red,1\nyes,blue,2\n";
    let told = |next: &str| problem_alike(&csv, first, next);
    let known = "of the file that was read first, which has";
    assert_eq!(
        told("y,c,x\nno,red,1\n\nperhaps,red,1\n"),
        format!("CSV: line 4, column `y`: `perhaps` is no category {known}: no, yes")
    );
    assert_eq!(
        told("c,x,y\nblue,1,no\npink,1,no\n"),
        format!("CSV: line 3, column `c`: `pink` is no category {known}: blue, red")
    );
    let other = "CSV: has other columns than the file that was read first: it";
    assert_eq!(told("y\nno\n"), format!("{other} lacks `c`, `x`"));
    assert_eq!(
        told("y,c,x,z,c\nno,red,1,2,3\n"),
        format!("{other} has `z`, `c` besides; remove what the model does not know")
    );
    assert_eq!(told("y,c,X\nno,red,1\n"), format!("{other} lacks `x`, and has `X` instead"));
    assert_eq!(told("y,c,x\n"), "CSV: has a line of names, but no rows");
    assert!(matches!(read(&csv, first).read_alike("no such file").unwrap_err(), Error::Io { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_bytes_cause_a_panic(bytes: Vec<u8>, text in "[01,;\n\r\"NAé.e-]{0,60}", header: bool) {
        for missing in [Missing::Refuse, Missing::Mean, Missing::Median, Missing::DropRow] {
            let csv = Csv::new().missing(missing).target_classes(0);
            let csv = if header { csv } else { csv.without_header() };
            for input in [&bytes[..], text.as_bytes()] {
                if let Ok(table) = csv.read_from::<f32>(input) {
                    prop_assert_eq!(&table.data.x.shape()[..], &[table.data.len(), table.columns.len()]);
                    prop_assert!(table.data.x.iter().all(|x| x.is_finite()));
                    // each file is alike to itself
                    let again = table.read_alike_from(input).unwrap();
                    prop_assert_eq!(&again.data.x, &table.data.x);
                    prop_assert_eq!(again.data.y.classes(), table.data.y.classes());
                }
            }
        }
    }
}
