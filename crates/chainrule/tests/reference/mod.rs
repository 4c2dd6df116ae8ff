//! The committed table of 50-digit values, as `generate.py` beside it wrote it with mpmath.

/// One row: a rule, its parameters, the point, and the quantities there; `None` where no convention fixes one.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) parameters: Vec<f64>,
    pub(crate) point: Vec<f64>,
    pub(crate) quantities: Vec<Option<f64>>,
}

/// The rows of rules of one argument: value, slope, second derivative.
pub(crate) fn one_argument() -> Vec<Row> {
    parse(include_str!("rules.csv"), 1, 3)
}

/// The rows of rules of two arguments: value, two slopes, and the second derivatives xx, xy, yy.
pub(crate) fn two_arguments() -> Vec<Row> {
    parse(include_str!("rules2.csv"), 2, 6)
}

/// The rows of rules of three arguments: value, three slopes, and the second derivatives by the first and each.
pub(crate) fn three_arguments() -> Vec<Row> {
    parse(include_str!("rules3.csv"), 3, 7)
}

fn parse(text: &'static str, arguments: usize, quantities: usize) -> Vec<Row> {
    text.lines().skip(1).map(|line| row(line, arguments, quantities)).collect()
}

fn row(line: &'static str, arguments: usize, quantities: usize) -> Row {
    let fields: Vec<&str> = line.split(',').collect();
    assert_eq!(fields.len(), 2 + arguments + quantities, "malformed row: {line}");
    let number = |field: &&str| field.parse::<f64>().unwrap_or_else(|_| panic!("no number: {field} in {line}"));
    Row {
        name: fields[0],
        parameters: fields[1].split(':').filter(|field| !field.is_empty()).map(|field| number(&field)).collect(),
        point: fields[2..2 + arguments].iter().map(number).collect(),
        quantities: fields[2 + arguments..].iter().map(|field| (!field.is_empty()).then(|| number(field))).collect(),
    }
}
