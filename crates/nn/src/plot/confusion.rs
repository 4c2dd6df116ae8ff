//! How often each class is taken for which.

use chainrule::Tensor;

use super::canvas::{Anchor, Canvas, HEAD, TITLE, width_of};
use super::colour;
use super::number::shown;
use crate::metric::ConfusionMatrix;

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

/// A confusion matrix as a table of shades: a row for each true class and a column for each predicted one, under the names that
/// the matrix has.
///
/// A cell is the darker the larger its share of its row, so that rare classes can be read like frequent ones; up to twelve
/// classes the share stands below the count.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::{metric::ConfusionMatrix, plot};
///
/// let actual = Tensor::<usize>::from([0, 0, 0, 0, 1]);
/// let predicted = Tensor::<usize>::from([0, 0, 0, 1, 1]);
/// let matrix = ConfusionMatrix::of(&predicted, &actual, 2)?.names(["cat", "dog"]);
/// let svg = plot::confusion("Held-out pets", &matrix);
/// assert!(svg.contains(">3</text>") && svg.contains(">75.0%</text>"));
/// # chainrule_nn::Result::Ok(())
/// ```
pub fn confusion(title: &str, matrix: &ConfusionMatrix) -> String {
    let classes = matrix.classes();
    let names: Vec<String> = (0..classes).map(|class| cut(&matrix.name_of(class))).collect();
    let counts = matrix.counts();
    let layout = Layout::new(title, &counts, &names);
    let mut canvas = Canvas::new(layout.width, layout.height, title);
    for (row, counts) in counts.as_slice().chunks(classes.max(1)).enumerate() {
        let total: f64 = counts.iter().sum();
        for (column, &count) in counts.iter().enumerate() {
            layout.count(&mut canvas, (row, column), count, total);
        }
    }
    layout.names(&mut canvas, &names);
    canvas.finished()
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
    fn new(title: &str, counts: &Tensor<f64>, names: &[String]) -> Self {
        let classes = names.len();
        let largest = shown(counts.iter().copied().fold(0.0, f64::max), 1);
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

    fn count(&self, canvas: &mut Canvas, (row, column): (usize, usize), count: f64, total: f64) {
        let share = if total == 0.0 { 0.0 } else { count / total };
        let ground = colour::share(share);
        let (corner, ink) = (self.corner(row, column), colour::ink_on(ground));
        canvas.rectangle(corner, self.cell.0, self.cell.1, ground);
        canvas.frame(corner, self.cell.0, self.cell.1);
        let (x, middle) = (corner.0 + self.cell.0 / 2.0, corner.1 + self.cell.1 / 2.0 + 5.0);
        let with_share = self.classes <= FEW && count > 0.0;
        let y = if with_share { middle - 5.0 } else { middle };
        canvas.text((x, y), LETTERS, Anchor::Middle, ink, &shown(count, 1));
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

    /// The matrix with these counts.
    fn matrix<const N: usize>(counts: [[usize; N]; N]) -> ConfusionMatrix {
        let cells = (0..N).flat_map(|row| (0..N).map(move |column| (row, column)));
        let pairs = cells.flat_map(|(row, column)| std::iter::repeat_n((row, column), counts[row][column]));
        let (actual, predicted): (Vec<usize>, Vec<usize>) = pairs.unzip();
        ConfusionMatrix::of(&predicted.into(), &actual.into(), N).unwrap()
    }

    #[test]
    fn counts_stand_in_the_row_of_their_truth() {
        let counts = [[50, 0, 1], [2, 48, 0], [0, 0, 0]];
        let svg = confusion("three", &matrix(counts).names(["a", "b & c", "d"]));
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
        let svg = confusion("", &matrix([[7, 0], [0, 0]]));
        // the dark end of ColorBrewer's Blues, with white letters on it
        assert_eq!(svg.matches("fill=\"#084594\"").count(), 1);
        assert!(svg.contains("fill=\"#FFFFFF\">7</text>") && !svg.contains("NaN"));
    }

    #[test]
    fn nothing_is_fine() {
        assert!(confusion("nothing", &ConfusionMatrix).starts_with("<svg"));
    }
}
