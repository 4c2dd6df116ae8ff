//! Where a surface over the plane crosses zero: the decision boundary of a network.

/// The line along which `heights` is 0, as pieces with gaps between them, ready for
/// [`Picture::curve`](super::Picture::curve). The heights stand row by row: for each of `y` from the
/// first, one number for each of `x`.
///
/// Each cell of the grid is cut into two triangles, and in each the surface is taken to be flat.
///
/// # Panics
/// If there is not one height for each place of the grid.
pub fn level_line(x: &[f64], y: &[f64], heights: &[f64]) -> Vec<(f64, f64)> {
    assert_eq!(heights.len(), x.len() * y.len(), "one height for each place of the grid");
    let corner = |column: usize, row: usize| (x[column], y[row], heights[row * x.len() + column]);
    let mut line = Vec::new();
    for row in 1..y.len() {
        for column in 1..x.len() {
            let (low, high) = (corner(column - 1, row - 1), corner(column, row));
            for third in [corner(column, row - 1), corner(column - 1, row)] {
                let sides = [(low, third), (third, high), (high, low)];
                let crossings = sides.into_iter().filter_map(|(from, to)| crossing(from, to));
                let before = line.len();
                line.extend(crossings);
                if line.len() > before {
                    line.push((f64::NAN, f64::NAN));
                }
            }
        }
    }
    line
}

/// Where the height changes its sign between two places, if it does.
fn crossing(from: (f64, f64, f64), to: (f64, f64, f64)) -> Option<(f64, f64)> {
    if (from.2 < 0.0) == (to.2 < 0.0) {
        return None;
    }
    let part = from.2 / (from.2 - to.2);
    Some((from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1)))
}

#[cfg(test)]
mod tests {
    use super::level_line;

    #[test]
    fn a_circle_is_found_and_nothing_else() {
        let places: Vec<f64> = (-20..=20).map(|step| f64::from(step) / 10.0).collect();
        let heights: Vec<f64> = places.iter().flat_map(|y| places.iter().map(move |x| x * x + y * y - 1.0)).collect();
        let line = level_line(&places, &places, &heights);
        let radii: Vec<f64> = line.iter().map(|(x, y)| x.hypot(*y)).filter(|radius| radius.is_finite()).collect();
        assert!(radii.len() > 100 && radii.iter().all(|radius| (radius - 1.0).abs() < 0.01), "{radii:?}");
    }

    #[test]
    fn where_there_is_no_change_of_sign_there_is_no_line() {
        assert!(level_line(&[0.0, 1.0], &[0.0, 1.0], &[1.0, 2.0, 3.0, 0.5]).is_empty());
        assert!(level_line(&[0.0, 1.0], &[0.0, 1.0], &[-1.0; 4]).is_empty());
    }
}
