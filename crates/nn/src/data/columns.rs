//! What scalers of columns share: which elements make a column, and which numbers are refused.

use crate::error::{Error, Result};
use chainrule::{Element, Tensor};

/// How many columns there are: the size of the last axis, and one in a plain list of numbers.
pub(super) fn count<T>(x: &Tensor<T>) -> usize {
    match **x.shape() {
        [] | [_] => 1,
        [.., columns] => columns,
    }
}

/// The rows of `x`, each with a number for every column; none where there are no numbers.
pub(super) fn rows<T>(x: &Tensor<T>) -> impl Iterator<Item = &[T]> + Clone {
    x.as_slice().chunks_exact(count(x).max(1))
}

/// The rows of `x`, which must be some, and finite.
pub(super) fn to_fit<'a, T: Element>(
    call: &'static str,
    x: &'a Tensor<T>,
) -> Result<impl Iterator<Item = &'a [T]> + Clone> {
    if x.is_empty() {
        let problem = format!("there is no number in shape {}, so nothing to learn from", x.shape());
        return Err(Error::Data { call, problem });
    }
    refuse_not_finite(call, x)?;
    Ok(rows(x))
}

/// Refuses numbers that no column can be scaled with, and says where they stand.
pub(super) fn refuse_not_finite<T: Element>(call: &'static str, x: &Tensor<T>) -> Result<()> {
    let Some(at) = x.iter().position(|x| !x.is_finite()) else { return Ok(()) };
    let (row, column) = (at / count(x).max(1), at % count(x).max(1));
    let place =
        if x.rank() > 2 { format!(" (of all but the last axis of shape {})", x.shape()) } else { String::new() };
    let problem = format!(
        "row {row}{place}, column {column} is {}, counted from 0; drop the row, or fill in a number",
        x.as_slice()[at]
    );
    Err(Error::Data { call, problem })
}

/// Refuses tensors with other columns than those that were fitted.
pub(super) fn refuse_other<T>(call: &'static str, x: &Tensor<T>, fitted: usize) -> Result<()> {
    if count(x) == fitted {
        return Ok(());
    }
    let problem = format!("shape {} has {} columns, but {fitted} were fitted", x.shape(), count(x));
    Err(Error::Data { call, problem })
}

/// `f(x, column)` for each element.
pub(super) fn map<T: Element>(x: &Tensor<T>, f: impl Fn(T, usize) -> T) -> Tensor<T> {
    let elements = rows(x).flat_map(|row| row.iter().enumerate().map(|(column, &x)| f(x, column))).collect();
    Tensor::new(x.shape(), elements)
}

/// The value as an `f64`, in which statistics are computed.
pub(super) fn wide<T: Element>(x: T) -> f64 {
    x.to_f64().unwrap_or(f64::NAN)
}
