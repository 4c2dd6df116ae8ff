//! `Csv::read_from`: refuses, or gives finite numbers, one row as long as another, and reads the same file alike.
//!
//! The first two bytes choose how the file is read; the rest is the file.

use chainrule::{Element, Targets};
use chainrule_nn::data::{Csv, Missing, Table};

/// Panics where a promise is broken.
pub(crate) fn check(input: &[u8]) {
    let [how, roles, file @ ..] = input else { return };
    let reader = reader(*how, *roles);
    check_as::<f32>(&reader, file);
    check_as::<f64>(&reader, file);
}

fn reader(how: u8, roles: u8) -> Csv {
    let csv = Csv::new().delimiter([b',', b';', b'\t', b'|'][usize::from(how & 3)]);
    let csv = if how & 4 == 0 { csv } else { csv.without_header() };
    let missing = [Missing::Refuse, Missing::DropRow, Missing::Mean, Missing::Median, Missing::Constant(-1.5)];
    let csv = csv.missing(missing[usize::from(how >> 3) % missing.len()]);
    let csv = if roles & 1 == 0 { csv.target_values(0) } else { csv.target_classes(0) };
    match (roles >> 1) & 3 {
        0 => csv,
        1 => csv.one_hot(1),
        2 => csv.ordinal(1),
        _ => csv.without(1),
    }
}

fn check_as<T: Element>(reader: &Csv, file: &[u8]) {
    let Ok(table) = reader.read_from::<T>(file) else { return };
    let rows = rows(&table);
    assert!(rows > 0);
    assert_eq!(*table.data.x.shape(), [rows, table.columns.len()]);
    assert!(table.data.x.as_slice().iter().all(|x| x.is_finite()));
    if let Some(classes) = table.data.y.classes() {
        assert!(classes.as_slice().iter().all(|&class| class < table.classes.len()));
    }
    let again = table.read_alike_from(file).expect("what was read is read alike");
    assert_eq!(again.data.x, table.data.x);
    assert_eq!(again.classes, table.classes);
}

fn rows<T: Element>(table: &Table<T>) -> usize {
    match &table.data.y {
        Targets::Values(values) => values.shape()[0],
        Targets::Classes(classes) => classes.shape()[0],
    }
}
