//! The ways of optimizers over a surface.

use std::ops::Range;

use plotters::style::RGBColor;

use super::colour::{mix, of_class};
use super::level::level_line;
use super::mark::Mark;
use super::number::shown;
use super::picture::Picture;
use super::shading::{Grid, NOWHERE, Shading};
use crate::error::Result;

/// How many stretches of height the surface is cut into.
const BANDS: usize = 12;
/// The ground at the lowest and at the highest heights: pale, so that the paths stand out.
const LOW: RGBColor = RGBColor(250, 250, 252);
const HIGH: RGBColor = RGBColor(172, 184, 204);
const LEVEL: RGBColor = RGBColor(140, 150, 170);
const START: RGBColor = RGBColor(0, 0, 0);

/// The paths of optimizers over the level lines of `surface`: pairs of a name and the points that it went through. A ring
/// marks where a path starts, a dot where it ends.
///
/// The levels lie closer where the surface is low: below the k-th of them lie (k/12)² of the plane. A path that leaves the
/// ranges is cut there; points that are not finite are gaps.
///
/// ```
/// use chainrule_nn::plot;
///
/// let valley = |x: f64, y: f64| x * x + 10.0 * y * y;
/// let mut path = vec![(-1.8, 0.8)];
/// for _ in 0..30 {
///     let (x, y) = path[path.len() - 1];
///     path.push((x - 0.08 * 2.0 * x, y - 0.08 * 20.0 * y));
/// }
/// let svg = plot::trajectory("A valley", -2.0..2.0, -1.0..1.0, valley, [("gradient descent", path)])?.svg()?;
/// assert!(svg.contains("gradient descent"));
/// # chainrule_nn::Result::Ok(())
/// ```
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if a range does not go from low to high.
pub fn trajectory<N: AsRef<str>, P: AsRef<[(f64, f64)]>>(
    title: impl Into<String>,
    x: Range<f64>,
    y: Range<f64>,
    surface: impl Fn(f64, f64) -> f64,
    paths: impl IntoIterator<Item = (N, P)>,
) -> Result<Picture> {
    let grid = Grid::over(&x, &y, 2)?;
    let heights: Vec<f64> = grid.places().map(|(x, y)| surface(x, y)).collect();
    let levels = levels(&heights);
    let colours: Vec<RGBColor> = heights.iter().map(|&height| ground(&levels, height)).collect();
    let mut key: Vec<_> = (0..levels.len()).map(|k| (band(k), format!("< {}", shown(levels[k], 3)))).collect();
    key.extend(levels.last().map(|last| (band(levels.len()), format!("≥ {}", shown(*last, 3)))));
    key.reverse();
    let mut picture = Picture::new(title, "x", "y").x_range(x).y_range(y).shaded(Shading::new(&grid, &colours, key));
    for level in levels {
        let above: Vec<f64> = heights.iter().map(|height| height - level).collect();
        picture = picture.coloured("", Mark::Thin, LEVEL, level_line(grid.x.as_slice(), grid.y.as_slice(), &above));
    }
    let mut starts = Vec::new();
    for (number, (name, path)) in paths.into_iter().enumerate() {
        let (path, colour) = (path.as_ref().to_vec(), of_class(number));
        starts.extend(path.first().copied());
        let end = path.last().copied();
        picture = picture.coloured(name.as_ref(), Mark::Curve, colour, path).coloured("", Mark::Rimmed, colour, end);
    }
    let label = if starts.is_empty() { "" } else { "start" };
    Ok(picture.coloured(label, Mark::Rings, START, starts))
}

/// The heights between the bands: none twice, and only finite ones.
fn levels(heights: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = heights.iter().copied().filter(|height| height.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let mut levels: Vec<f64> =
        (1..BANDS).filter_map(|k| sorted.get(k * k * sorted.len() / (BANDS * BANDS)).copied()).collect();
    levels.dedup();
    levels
}

fn ground(levels: &[f64], height: f64) -> RGBColor {
    if height.is_nan() { NOWHERE } else { band(levels.partition_point(|level| *level <= height)) }
}

fn band(number: usize) -> RGBColor {
    mix(LOW, HIGH, number as f64 / (BANDS - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_squares_of_shares() {
        let heights: Vec<f64> = (0..144).rev().map(f64::from).chain([f64::NAN, f64::INFINITY]).collect();
        assert_eq!(levels(&heights), [1.0, 4.0, 9.0, 16.0, 25.0, 36.0, 49.0, 64.0, 81.0, 100.0, 121.0]);
        assert_eq!(levels(&[2.0; 50]), [2.0]);
        assert!(levels(&[f64::NAN]).is_empty());
    }

    #[test]
    fn ground_rises_with_the_surface() {
        let levels = [1.0, 2.0];
        assert_eq!([0.5, 1.0, 5.0, f64::INFINITY].map(|height| ground(&levels, height)), [0, 1, 2, 2].map(band));
        assert_eq!(ground(&levels, f64::NAN), NOWHERE);
    }

    #[test]
    fn each_path_is_drawn_once_and_named_with_its_start_and_end() {
        let bowl = |x: f64, y: f64| x * x + y * y;
        let paths =
            [("SGD", vec![(0.5, 0.5), (0.25, 0.25)]), ("none", vec![]), ("lost", vec![(0.0, 1.0), (f64::NAN, 9.0)])];
        let svg = trajectory("bowl", -1.0..1.0, -1.0..1.0, bowl, paths).unwrap().svg().unwrap();
        // rings: two starts and the legend's; rimmed dots: one end in sight; two circles each
        assert_eq!(svg.matches("<circle").count(), 2 * (3 + 1));
        assert!(svg.contains("SGD") && svg.contains("none") && svg.contains("start") && !svg.contains("NaN"));
    }

    #[test]
    fn a_surface_without_a_number_is_grey_and_no_path_is_fine() {
        let none: [(&str, Vec<(f64, f64)>); 0] = [];
        let svg = trajectory("nothing", -1.0..1.0, -1.0..1.0, |_, _| f64::NAN, none).unwrap().svg().unwrap();
        assert!(svg.contains("#969696") && !svg.contains("start"));
    }
}
