//! Where a surface over the plane crosses zero: a decision boundary, a level line.

use std::collections::HashMap;

type Place = (f64, f64);

/// The line along which `heights` is 0, as pieces with gaps between them, ready for
/// [`Picture::curve`](super::Picture::curve). The heights stand row by row: for each of `y` from the
/// first, one number for each of `x`. There is no line next to a height that is not finite.
///
/// Each cell of the grid is cut into two triangles, and in each the surface is taken to be flat.
///
/// ```
/// use chainrule_nn::plot::level_line;
///
/// let places = [0.0, 1.0];
/// // x - 0.25 at the corners of the unit square
/// let line = level_line(&places, &places, &[-0.25, 0.75, -0.25, 0.75]);
/// assert!(line.iter().all(|(x, _)| x.is_nan() || *x == 0.25));
/// ```
///
/// # Panics
/// If there is not one height for each place of the grid.
#[track_caller]
pub fn level_line(x: &[f64], y: &[f64], heights: &[f64]) -> Vec<(f64, f64)> {
    assert_eq!(heights.len(), x.len() * y.len(), "one height for each place of the grid");
    let corner = |column: usize, row: usize| (x[column], y[row], heights[row * x.len() + column]);
    let mut segments = Vec::new();
    for row in 1..y.len() {
        for column in 1..x.len() {
            let (low, high) = (corner(column - 1, row - 1), corner(column, row));
            for third in [corner(column, row - 1), corner(column - 1, row)] {
                let sides = [(low, third), (third, high), (high, low)];
                let mut crossings = sides.into_iter().filter_map(|(from, to)| crossing(from, to));
                if let (Some(from), Some(to)) = (crossings.next(), crossings.next())
                    && from != to
                {
                    segments.push([from, to]);
                }
            }
        }
    }
    joined(&segments)
}

/// Where the height changes its sign between two places, if it does: the same to the last bit from either side.
fn crossing(from: (f64, f64, f64), to: (f64, f64, f64)) -> Option<Place> {
    if (from.2 < 0.0) == (to.2 < 0.0) {
        return None;
    }
    let (from, to) = if from.2 < 0.0 { (from, to) } else { (to, from) };
    if to.2 == 0.0 {
        // The place itself, for all sides that end there.
        return Some((to.0, to.1));
    }
    let part = from.2 / (from.2 - to.2);
    let place = (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
    (place.0.is_finite() && place.1.is_finite() && to.2.is_finite()).then_some(place)
}

/// Lines through segments that meet, with a gap behind each.
fn joined(segments: &[[Place; 2]]) -> Vec<Place> {
    let key = |(x, y): Place| (x.to_bits(), y.to_bits());
    let mut at: HashMap<_, Vec<usize>> = HashMap::new();
    for (number, ends) in segments.iter().enumerate() {
        for &end in ends {
            at.entry(key(end)).or_default().push(number);
        }
    }
    let mut used = vec![false; segments.len()];
    let mut line = Vec::new();
    // From loose ends first, so that an open line is one piece; then round what is closed.
    let loose = |number: &usize| segments[*number].iter().any(|&end| at[&key(end)].len() == 1);
    for first in (0..segments.len()).filter(loose).chain(0..segments.len()) {
        if used[first] {
            continue;
        }
        let [one, other] = segments[first];
        let mut place = if at[&key(other)].len() == 1 { other } else { one };
        line.push(place);
        while let Some(&next) = at[&key(place)].iter().find(|number| !used[**number]) {
            used[next] = true;
            let [from, to] = segments[next];
            place = if key(from) == key(place) { to } else { from };
            line.push(place);
        }
        line.push((f64::NAN, f64::NAN));
    }
    line
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

    #[test]
    fn a_line_is_one_piece() {
        let places: Vec<f64> = (-20..=20).map(|step| f64::from(step) / 10.0).collect();
        let pieces = |height: fn(f64, f64) -> f64| {
            let heights: Vec<f64> = places.iter().flat_map(|&y| places.iter().map(move |&x| height(x, y))).collect();
            level_line(&places, &places, &heights).iter().filter(|(x, _)| x.is_nan()).count()
        };
        assert_eq!(pieces(|x, y| x * x + y * y - 1.03), 1, "a circle");
        assert_eq!(pieces(|x, y| y - x * x * x - 0.01), 1, "through the whole plane");
        assert_eq!(pieces(|x, y| x * y - 0.03), 2, "two branches");
    }

    #[test]
    fn heights_that_are_not_finite_have_no_line() {
        for height in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let line = level_line(&[0.0, 1.0], &[0.0, 1.0], &[-1.0, height, height, 1.0]);
            let places: Vec<_> = line.iter().filter(|(x, _)| !x.is_nan()).collect();
            assert!(places.iter().all(|(x, y)| x.is_finite() && y.is_finite()), "{height}: {places:?}");
        }
    }
}
