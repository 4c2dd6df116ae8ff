//! What several inputs have in common.

/// Refuses an input with `reason` unless `condition` holds.
pub(super) fn require(condition: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(reason()) }
}

/// The rows of a matrix one behind the other, if there are `count` of them, each `width` long.
pub(super) fn flatten(name: &str, rows: &[Vec<f64>], count: usize, width: usize) -> Result<Vec<f64>, String> {
    require(rows.len() == count, || format!("`{name}` has {} rows, not {count}", rows.len()))?;
    if let Some(at) = rows.iter().position(|row| row.len() != width) {
        return Err(format!("row {at} of `{name}` holds {} numbers, not {width}", rows[at].len()));
    }
    Ok(rows.concat())
}

/// `flat` as rows of `width`; as many empty ones as there are, where the width is 0.
pub(super) fn rows(flat: &[f64], count: usize, width: usize) -> Vec<&[f64]> {
    (0..count).map(|row| &flat[row * width..][..width]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_and_measured() {
        let matrix = [vec![1.0, 2.0], vec![3.0, 4.0]];
        assert_eq!(flatten("x", &matrix, 2, 2).unwrap(), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(flatten("x", &matrix, 3, 2).unwrap_err(), "`x` has 2 rows, not 3");
        assert_eq!(flatten("x", &matrix, 2, 3).unwrap_err(), "row 0 of `x` holds 2 numbers, not 3");
        assert_eq!(rows(&[1.0, 2.0, 3.0, 4.0], 2, 2), [&[1.0, 2.0], &[3.0, 4.0]]);
        assert_eq!(rows(&[], 2, 0), [&[] as &[f64]; 2]);
    }
}
