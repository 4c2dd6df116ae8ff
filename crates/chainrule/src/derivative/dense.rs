//! Small dense matrices of plain floats.

/// The inverse of a row-major matrix; none where it is singular to working precision.
///
/// Gauss-Jordan elimination with partial pivoting. Rows and columns are scaled first, so that the units in which equations and
/// unknowns are measured do not decide what counts as singular.
pub(super) fn inverse(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let largest = |line: &mut dyn Iterator<Item = f64>| line.fold(0.0, |largest: f64, x| largest.max(x.abs()));
    let reciprocal = |scale: f64| (scale > 0.0 && scale.is_finite()).then(|| scale.recip());
    let scale_of_row = |i: usize| reciprocal(largest(&mut matrix[i * size..][..size].iter().copied()));
    let rows = (0..size).map(scale_of_row).collect::<Option<Vec<f64>>>()?;
    let scale_of_column = |j: usize| reciprocal(largest(&mut (0..size).map(|i| rows[i] * matrix[i * size + j])));
    let columns = (0..size).map(scale_of_column).collect::<Option<Vec<f64>>>()?;

    // each row of the scaled matrix, and beside it what the identity becomes
    let mut lines: Vec<Vec<f64>> = (0..size)
        .map(|i| {
            let scaled = (0..size).map(|j| rows[i] * matrix[i * size + j] * columns[j]);
            scaled.chain((0..size).map(|j| if i == j { 1.0 } else { 0.0 })).collect()
        })
        .collect();
    for k in 0..size {
        let pivot = (k..size).max_by(|&i, &j| lines[i][k].abs().total_cmp(&lines[j][k].abs()))?;
        lines.swap(k, pivot);
        let diagonal = lines[k][k];
        if diagonal.is_nan() || diagonal.abs() <= size as f64 * f64::EPSILON {
            return None;
        }
        lines[k].iter_mut().for_each(|x| *x /= diagonal);
        let row = lines[k].clone();
        for (i, line) in lines.iter_mut().enumerate() {
            let factor = line[k];
            if i != k {
                line.iter_mut().zip(&row).for_each(|(x, &y)| *x -= factor * y);
            }
        }
    }
    let unscaled = |i: usize, j: usize| columns[i] * lines[i][size + j] * rows[j];
    Some((0..size * size).map(|at| unscaled(at / size, at % size)).collect())
}

#[cfg(test)]
mod tests {
    use super::inverse;

    /// The inverse of the Hilbert matrix of size 3, whose elements are whole (sympy); the same with rows and columns in units far
    /// apart.
    #[test]
    fn the_hilbert_matrix() {
        let hilbert: Vec<f64> = (0..9_u32).map(|at| 1.0 / f64::from(at / 3 + at % 3 + 1)).collect();
        let exact = [9.0, -36.0, 30.0, -36.0, 192.0, -180.0, 30.0, -180.0, 180.0];
        let close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-12;
        assert!(inverse(&hilbert, 3).unwrap().iter().zip(exact).all(|(&found, expected)| close(found, expected)));
        let unit = |i: usize| [1e-90, 1.0, 1e80][i];
        let scaled: Vec<f64> = (0..9).map(|at| hilbert[at] * unit(at / 3) * unit(at % 3)).collect();
        let unscaled = inverse(&scaled, 3).unwrap();
        assert!((0..9).all(|at| close(unscaled[at] * unit(at / 3) * unit(at % 3), exact[at])));
    }

    #[test]
    fn singular_matrices_and_those_that_are_no_numbers() {
        assert_eq!(inverse(&[0.1, 0.2, 0.3, 0.6], 2), None);
        assert_eq!(inverse(&[0.0], 1), None);
        assert_eq!(inverse(&[f64::NAN], 1), None);
        assert_eq!(inverse(&[f64::INFINITY, 1.0, 1.0, 1.0], 2), None);
        assert_eq!(inverse(&[0.0, 2.0, 4.0, 0.0], 2).unwrap(), [0.0, 0.25, 0.5, 0.0]);
        assert_eq!(inverse(&[], 0).unwrap(), []);
    }
}
