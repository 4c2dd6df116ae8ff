//! How often each class is taken for which.

use chainrule::Tensor;

use super::canvas::{Anchor, Canvas, HEAD, TITLE, width_of};
use super::colour;
use super::problem;
use crate::error::Result;

/// Sizes of letters: counts and names, and shares.
const LETTERS: f64 = 14.0;
const SMALL: f64 = 10.0;
/// The least and the usual side of a cell, and how wide one may get for its column's name.
const LEAST: f64 = 26.0;
const USUAL: f64 = 56.0;
const WIDEST: f64 = 124.0;
/// More classes than this get small cells without shares.
const FEW: usize = 12;
const MARGIN: f64 = 16.0;
/// Names are cut behind so many letters.
const LONGEST: usize = 24;

/// A confusion matrix as a table of shades: `counts` of shape `[classes, classes]` has a row for each true class and a
/// column for each predicted one.
///
/// A cell is the darker the larger its share of its row, so that rare classes can be read like frequent ones; up to twelve
/// classes the share stands below the count. `names` may be empty: the classes are then called 0, 1, 2, ...
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::plot;
///
/// let counts = Tensor::from([[9_usize, 1], [2, 8]]);
/// let svg = plot::confusion("Held-out pets", &counts, &["cat", "dog"])?;
/// assert!(svg.contains(">9</text>") && svg.contains(">90.0%</text>"));
/// # chainrule_nn::Result::Ok(())
/// ```
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if `counts` is not square, or there are names, but not one for each class.
pub fn confusion(title: &str, counts: &Tensor<usize>, names: &[&str]) -> Result<String> {
    if counts.rank() != 2 || counts.shape()[0] != counts.shape()[1] {
        return Err(problem(&format!("confusion: counts of shape {:?}; it takes [classes, classes]", counts.shape())));
    }
    let classes = counts.shape()[0];
    if !names.is_empty() && names.len() != classes {
        return Err(problem(&format!(
            "confusion: {} names for {classes} classes; give one each, or none",
            names.len()
        )));
    }
    let names: Vec<String> = if names.is_empty() {
        (0..classes).map(|class| class.to_string()).collect()
    } else {
        names.iter().map(|name| cut(name)).collect()
    };
    let layout = Layout::new(title, counts, &names);
    let mut canvas = Canvas::new(layout.width, layout.height, title);
    for (row, counts) in counts.as_slice().chunks(classes.max(1)).enumerate() {
        let total: usize = counts.iter().sum();
        for (column, &count) in counts.iter().enumerate() {
            layout.count(&mut canvas, (row, column), count, total);
        }
    }
    layout.names(&mut canvas, &names);
    Ok(canvas.finished())
}

fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// Where things stand.
struct Layout {
    classes: usize,
    /// The width and height of a cell.
    cell: (f64, f64),
    left: f64,
    /// How far the longest name of a class reaches.
    name: f64,
    width: f64,
    height: f64,
    /// Whether the names of the columns are too wide to stand upright.
    slanted: bool,
}

impl Layout {
    fn new(title: &str, counts: &Tensor<usize>, names: &[String]) -> Self {
        let classes = names.len();
        let largest = counts.iter().max().copied().unwrap_or(0).to_string();
        let name = names.iter().map(|name| width_of(name, LETTERS)).fold(0.0, f64::max);
        let count = width_of(&largest, LETTERS) + 8.0;
        let cell = if classes > FEW {
            (count.max(LEAST), count.max(LEAST))
        } else {
            (count.max(USUAL).max((name + 10.0).min(WIDEST)), USUAL)
        };
        let slanted = name + 6.0 > cell.0;
        let (wide, high) = (classes as f64 * cell.0, classes as f64 * cell.1);
        let before = MARGIN + LETTERS + 10.0 + name + 8.0;
        let needed = before + wide + MARGIN;
        let width = needed.max(width_of(title, TITLE) + 2.0 * MARGIN);
        // A slanted name reaches down by the sine of 45 degrees.
        let below = if slanted { (0.71 * name).ceil() + 14.0 } else { 20.0 };
        let left = (before + (width - needed) / 2.0).round();
        Self { classes, cell, left, name, width, height: HEAD + high + below + 28.0, slanted }
    }

    fn corner(&self, row: usize, column: usize) -> (f64, f64) {
        (self.left + column as f64 * self.cell.0, HEAD + row as f64 * self.cell.1)
    }

    fn count(&self, canvas: &mut Canvas, (row, column): (usize, usize), count: usize, total: usize) {
        let share = if total == 0 { 0.0 } else { count as f64 / total as f64 };
        let ground = colour::share(share);
        let (corner, ink) = (self.corner(row, column), colour::ink_on(ground));
        canvas.rectangle(corner, self.cell.0, self.cell.1, ground);
        canvas.frame(corner, self.cell.0, self.cell.1);
        let (x, middle) = (corner.0 + self.cell.0 / 2.0, corner.1 + self.cell.1 / 2.0 + 5.0);
        let with_share = self.classes <= FEW && count > 0;
        let y = if with_share { middle - 5.0 } else { middle };
        canvas.text((x, y), LETTERS, Anchor::Middle, ink, &count.to_string());
        if with_share {
            canvas.text((x, middle + 10.0), SMALL, Anchor::Middle, ink, &format!("{:.1}%", 100.0 * share));
        }
    }

    fn names(&self, canvas: &mut Canvas, names: &[String]) {
        let (right, bottom) = self.corner(self.classes, self.classes);
        let ink = "#000000";
        for (class, name) in names.iter().enumerate() {
            let middle = class as f64 + 0.5;
            let (x, y) = (self.left + middle * self.cell.0, HEAD + middle * self.cell.1);
            canvas.text((self.left - 8.0, y + 5.0), LETTERS, Anchor::End, ink, name);
            if self.slanted {
                canvas.turned((x + 5.0, bottom + 14.0), -45.0, LETTERS, Anchor::End, ink, name);
            } else {
                canvas.text((x, bottom + 18.0), LETTERS, Anchor::Middle, ink, name);
            }
        }
        let (x, y) = (f64::midpoint(self.left, right), f64::midpoint(HEAD, bottom));
        canvas.text((x, self.height - 10.0), LETTERS, Anchor::Middle, ink, "prediction");
        canvas.turned((self.left - self.name - 18.0, y), -90.0, LETTERS, Anchor::Middle, ink, "truth");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stand_in_the_row_of_their_truth() {
        let counts = Tensor::from([[50_usize, 0, 1], [2, 48, 0], [0, 0, 0]]);
        let svg = confusion("three", &counts, &["a", "b & c", "d"]).unwrap();
        let place = |text: &str| {
            let line = svg.lines().find(|line| line.contains(&format!(">{text}</text>"))).unwrap();
            let number = |name: &str| -> f64 {
                let rest = line.split(&format!(" {name}=\"")).nth(1).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            };
            (number("x"), number("y"))
        };
        // 1 of truth a called d is right of 50 in its row; 2 of truth b called a is below 50 in its column
        assert!(place("1").0 > place("50").0 && place("1").1 == place("50").1);
        assert!(place("2").0 == place("50").0 && place("2").1 > place("50").1);
        assert!(svg.contains(">b &amp; c</text>") && svg.contains(">96.0%</text>"));
        assert_eq!(svg.matches(">0</text>").count(), 5);
    }

    #[test]
    fn a_full_row_is_dark_and_an_empty_one_white() {
        let svg = confusion("", &Tensor::from([[7_usize, 0], [0, 0]]), &[]).unwrap();
        // the dark end of ColorBrewer's Blues, with white letters on it
        assert_eq!(svg.matches("fill=\"#084594\"").count(), 1);
        assert!(svg.contains("fill=\"#FFFFFF\">7</text>") && !svg.contains("NaN"));
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_nothing_is_fine() {
        assert!(confusion("", &Tensor::new([2, 3], vec![0; 6]), &[]).is_err());
        assert!(confusion("", &Tensor::from([[1_usize]]), &["a", "b"]).is_err());
        assert!(confusion("nothing", &Tensor::new([0, 0], Vec::new()), &[]).is_ok());
    }
}
