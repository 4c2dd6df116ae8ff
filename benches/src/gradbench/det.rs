//! `det`: a determinant by expansion along the first row, again and again.

use super::input::require;
use super::reverse::Reverse;
use super::{Module, prepare};
use num_traits::Float;
use serde::Deserialize;

pub(super) const MODULE: Module = Module {
    name: "det",
    functions: &[
        ("primal", |input| prepare(input, |Input { a, size }, y: &mut f64| *y = determinant(a, *size))),
        ("gradient", |input| {
            prepare(input, |Input { a, size }, gradient: &mut Reverse| {
                gradient.differentiate(|a| determinant(a, *size), a.iter().copied());
            })
        }),
    ],
};

#[derive(Deserialize)]
#[serde(try_from = "Message")]
struct Input {
    /// A matrix, row by row.
    a: Vec<f64>,
    size: usize,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "A")]
    a: Vec<f64>,
    ell: usize,
}

impl TryFrom<Message> for Input {
    type Error = String;

    fn try_from(Message { a, ell }: Message) -> Result<Self, String> {
        require(ell >= 1 && ell.checked_mul(ell) == Some(a.len()), || {
            format!("`A` holds {} numbers, which are no square matrix with `ell` = {ell} rows", a.len())
        })?;
        Ok(Self { a, size: ell })
    }
}

/// The rows and columns of a matrix that are left in a minor, as two rings: each names the next, and the last place the first.
struct Minor {
    next_row: Vec<usize>,
    next_column: Vec<usize>,
}

fn determinant<T: Float>(a: &[T], size: usize) -> T {
    let ring: Vec<usize> = (1..=size).chain([0]).collect();
    determinant_of_minor(a, size, size, &mut Minor { next_row: ring.clone(), next_column: ring })
}

/// The determinant of what is left of `a`, which is `left` rows and columns. The minor is the same again afterwards.
fn determinant_of_minor<T: Float>(a: &[T], size: usize, left: usize, minor: &mut Minor) -> T {
    let row = minor.next_row[size];
    let mut column = minor.next_column[size];
    if left == 1 {
        return a[row * size + column];
    }
    minor.next_row[size] = minor.next_row[row];
    let mut determinant = T::zero();
    let mut before = size;
    for at in 0..left {
        minor.next_column[before] = minor.next_column[column];
        let term = a[row * size + column] * determinant_of_minor(a, size, left - 1, minor);
        minor.next_column[before] = column;
        determinant = if at % 2 == 0 { determinant + term } else { determinant - term };
        before = column;
        column = minor.next_column[column];
    }
    minor.next_row[size] = row;
    determinant
}

#[cfg(test)]
mod tests {
    use super::super::evaluate;
    use super::MODULE;
    use serde_json::json;

    #[test]
    fn the_gradient_is_the_cofactors() {
        // by hand: |2 0 1; 1 3 2; 1 1 4| = 2 (12 - 2) - 0 + 1 (1 - 3) = 18, and its cofactors
        let input = json!({ "A": [2.0, 0.0, 1.0, 1.0, 3.0, 2.0, 1.0, 1.0, 4.0], "ell": 3 });
        assert_eq!(evaluate(MODULE, "primal", input.clone()), Ok(json!(18.0)));
        let cofactors = json!([10.0, -2.0, -2.0, 1.0, 7.0, -2.0, -3.0, -3.0, 6.0]);
        assert_eq!(evaluate(MODULE, "gradient", input), Ok(cofactors));
    }

    #[test]
    fn one_number_is_its_own_determinant() {
        let input = json!({ "A": [-7.0], "ell": 1 });
        assert_eq!(evaluate(MODULE, "primal", input.clone()), Ok(json!(-7.0)));
        assert_eq!(evaluate(MODULE, "gradient", input), Ok(json!([1.0])));
    }

    #[test]
    fn what_is_no_input_is_refused() {
        for ell in [json!(0), json!(3), json!(u64::MAX)] {
            let refused = evaluate(MODULE, "primal", json!({ "A": [1.0, 2.0], "ell": ell })).unwrap_err();
            assert!(refused.contains("no square matrix"), "{refused}");
        }
        assert!(evaluate(MODULE, "primal", json!({ "A": [1.0], "ell": -1 })).unwrap_err().contains("expected usize"));
    }
}
