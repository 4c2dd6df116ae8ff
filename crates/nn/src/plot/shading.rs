//! Shaded ground: a surface over the plane as cells of colour.

use std::ops::Range;

use chainrule::{Element, Tensor};
use plotters::prelude::*;

use super::problem;
use crate::error::Result;

/// Places over a part of the plane, its edges among them.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pub(super) x: Tensor<f64>,
    pub(super) y: Tensor<f64>,
}

impl Grid {
    /// 120 steps along x and 80 along y, each cut into `fineness`.
    pub(super) fn over(x: &Range<f64>, y: &Range<f64>, fineness: usize) -> Result<Self> {
        for (name, range) in [("x", x), ("y", y)] {
            if !(range.start < range.end && (range.end - range.start).is_finite()) {
                return Err(problem(&format!("the range of {name} is {range:?}: give it from low to high")));
            }
        }
        let places = |range: &Range<f64>, steps| Tensor::linspace(range.start, range.end, steps * fineness + 1);
        Ok(Self { x: places(x, 120), y: places(y, 80) })
    }

    /// Every place, row by row from the bottom.
    pub(super) fn places(&self) -> impl Iterator<Item = (f64, f64)> {
        self.y.iter().flat_map(|&y| self.x.iter().map(move |&x| (x, y)))
    }

    /// The same as rows of a tensor `[places, 2]`.
    pub(super) fn points<T: Element>(&self) -> Tensor<T> {
        let coordinates = self.places().flat_map(|(x, y)| [T::literal(x), T::literal(y)]);
        Tensor::new([self.x.len() * self.y.len(), 2], coordinates.collect())
    }
}

/// The ground where a surface is not a number.
pub(super) const NOWHERE: RGBColor = RGBColor(150, 150, 150);

/// A colour for each place of a grid, and what the colours mean.
#[derive(Clone, Debug)]
pub(super) struct Shading {
    /// Left, right, bottom and top edge of each stretch of one colour.
    cells: Vec<([f64; 4], RGBColor)>,
    pub(super) key: Vec<(RGBColor, String)>,
}

impl Shading {
    /// One colour for each of the grid's places.
    pub(super) fn new(grid: &Grid, colours: &[RGBColor], key: Vec<(RGBColor, String)>) -> Self {
        let (x, y) = (edges(grid.x.as_slice()), edges(grid.y.as_slice()));
        let mut cells = Vec::new();
        for (row, colours) in colours.chunks(grid.x.len()).enumerate() {
            let mut column = 0;
            for stretch in colours.chunk_by(|left, right| left == right) {
                let end = column + stretch.len();
                cells.push(([x[column], x[end], y[row], y[row + 1]], stretch[0]));
                column = end;
            }
        }
        Self { cells, key }
    }

    pub(super) fn cells<'a>(
        &'a self,
        place: impl Fn((f64, f64)) -> (f64, f64) + 'a,
    ) -> impl Iterator<Item = Rectangle<(f64, f64)>> + 'a {
        let corners = move |[left, right, bottom, top]: [f64; 4]| [place((left, top)), place((right, bottom))];
        self.cells.iter().map(move |&(edges, colour)| Rectangle::new(corners(edges), colour.filled()))
    }
}

/// The edges of the cells around these places: halfway between them, and the first and last place themselves.
fn edges(places: &[f64]) -> Vec<f64> {
    let between = places.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
    places.first().copied().into_iter().chain(between).chain(places.last().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        Grid::over(&(0.0..12.0), &(-4.0..4.0), 1).unwrap()
    }

    #[test]
    fn a_grid_begins_at_the_bottom_left_and_goes_along_x() {
        let places: Vec<_> = grid().places().collect();
        assert_eq!((places[0], places[1]), ((0.0, -4.0), (0.1, -4.0)));
        assert_eq!(places[121], (0.0, -3.9));
        assert_eq!(places[121 * 81 - 1], (12.0, 4.0));
        assert_eq!(grid().points::<f32>().rows(1..2).to_vec(), [0.1, -4.0]);
    }

    #[test]
    fn cells_cover_the_plane_and_no_more() {
        let mut colours = vec![RED; 121 * 81];
        colours[0] = BLUE;
        let shading = Shading::new(&grid(), &colours, Vec::new());
        // one stretch a row, and the first row's blue place
        assert_eq!(shading.cells.len(), 81 + 1);
        let (first, blue) = shading.cells[0];
        assert_eq!((first[0], first[2], blue), (0.0, -4.0, BLUE));
        let top = shading.cells.last().unwrap().0;
        assert_eq!((top[1], top[3]), (12.0, 4.0));
    }

    #[test]
    fn ranges_the_wrong_way_round_are_refused() {
        assert!(Grid::over(&(1.0..0.0), &(0.0..1.0), 1).is_err());
        assert!(Grid::over(&(0.0..1.0), &(0.0..f64::INFINITY), 1).is_err());
    }
}
