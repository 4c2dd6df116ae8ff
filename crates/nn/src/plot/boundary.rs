//! What a classifier answers over the plane.

use std::collections::BTreeSet;
use std::ops::Range;

use chainrule::{Element, Tensor};
use plotters::style::RGBColor;

use super::colour::{COLOURS, between, of_class, pale};
use super::level::level_line;
use super::mark::Mark;
use super::number::shown;
use super::picture::Picture;
use super::problem;
use super::shading::{Grid, NOWHERE, Shading};
use crate::error::Result;

/// What a classifier answers, one for each row that it was given.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answers {
    /// A class for each row.
    Classes(Vec<usize>),
    /// A number for each row, which says class 0 below `middle` and class 1 above.
    Values {
        /// The numbers.
        values: Vec<f64>,
        /// Where the answer changes: 0.5 for probabilities, 0 for scores.
        middle: f64,
        /// How far from the middle the shade is fullest: 0.5 for probabilities.
        reach: f64,
    },
}

impl Answers {
    /// Probabilities of class 1: the answer changes at 0.5.
    pub fn probabilities(values: Vec<f64>) -> Self {
        Self::Values { values, middle: 0.5, reach: 0.5 }
    }

    /// Scores (logits) for class 1: the answer changes at 0. The largest of them in size gets the fullest shade.
    pub fn scores(values: Vec<f64>) -> Self {
        let reach =
            values.iter().filter(|value| value.is_finite()).fold(0.0_f64, |reach, value| reach.max(value.abs()));
        Self::Values { values, middle: 0.0, reach: if reach > 0.0 { reach } else { 1.0 } }
    }

    fn len(&self) -> usize {
        match self {
            Self::Classes(classes) => classes.len(),
            Self::Values { values, .. } => values.len(),
        }
    }
}

/// What can be read as the answers of a classifier: a model's predictions as they come, or a result of them.
///
/// | | read as |
/// |---|---|
/// | `Tensor<usize>`, `Vec<usize>` | classes |
/// | `Tensor<f32>`, `Tensor<f64>` of shape `[n]` or `[n, 1]`, `Vec<f64>` | [probabilities](Answers::probabilities) of class 1 |
/// | the same of shape `[n, classes]` | in each row the place of the largest: the first of equals |
pub trait IntoAnswers {
    /// Reads them.
    ///
    /// # Errors
    /// That of a result which is one.
    fn into_answers(self) -> Result<Answers>;
}

impl IntoAnswers for Answers {
    fn into_answers(self) -> Result<Answers> {
        Ok(self)
    }
}

impl IntoAnswers for Vec<usize> {
    fn into_answers(self) -> Result<Answers> {
        Ok(Answers::Classes(self))
    }
}

impl IntoAnswers for Tensor<usize> {
    fn into_answers(self) -> Result<Answers> {
        self.into_vec().into_answers()
    }
}

impl IntoAnswers for Vec<f64> {
    fn into_answers(self) -> Result<Answers> {
        Ok(Answers::probabilities(self))
    }
}

impl IntoAnswers for Tensor<f64> {
    fn into_answers(self) -> Result<Answers> {
        let columns = if self.rank() < 2 { 1 } else { self.shape()[self.rank() - 1] };
        if columns < 2 {
            return self.into_vec().into_answers();
        }
        self.as_slice().chunks(columns).map(first_largest).collect::<Vec<_>>().into_answers()
    }
}

impl IntoAnswers for Tensor<f32> {
    fn into_answers(self) -> Result<Answers> {
        self.cast::<f64>().into_answers()
    }
}

impl<A: IntoAnswers> IntoAnswers for Result<A> {
    fn into_answers(self) -> Result<Answers> {
        self?.into_answers()
    }
}

fn first_largest(row: &[f64]) -> usize {
    (1..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best })
}

/// The regions of a classifier of two inputs, and the data over them: `points` of shape `[n, 2]` with their `classes`.
///
/// `classify` is called once, with a grid of 121 by 81 places over the ranges, as rows of a tensor `[places, 2]`; what it may
/// return stands at [`IntoAnswers`]. Classes colour the plane; values shade it from class 0, blue, to class 1, orange, with
/// a line where the answer changes; grey is where an answer is not a number. The points wear the colours of their
/// own classes, so that one that is classified wrongly stands on ground of another colour.
///
/// More can be laid over the picture: lines of hidden units by [`Picture::boundary`], say.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::plot;
///
/// let points = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
/// let xor = Tensor::from([0_usize, 1, 1, 0]);
/// let inside = |grid: &Tensor<f64>| -> Vec<f64> {
///     grid.outer_iter().map(|place| (place.at(&[0]) - place.at(&[1])).powi(2)).collect()
/// };
/// let svg = plot::boundary("XOR", -0.5..1.5, -0.5..1.5, inside, &points, &xor)?.svg()?;
/// assert!(svg.contains("class 1"));
/// # chainrule_nn::Result::Ok(())
/// ```
///
/// # Errors
/// [`Error::Picture`](crate::Error::Picture) if a range does not go from low to high, if there is not one answer for each
/// place of the grid, or not one class for each row of `points` with two columns; and the error that `classify` returned.
pub fn boundary<T: Element + Into<f64>, A: IntoAnswers>(
    title: impl Into<String>,
    x: Range<f64>,
    y: Range<f64>,
    classify: impl FnOnce(&Tensor<T>) -> A,
    points: &Tensor<T>,
    classes: &Tensor<usize>,
) -> Result<Picture> {
    if points.rank() != 2 || points.shape()[1] != 2 || points.shape()[0] != classes.len() {
        return Err(problem(&format!(
            "boundary: points of shape {:?} with {} classes; it takes [n, 2] with n classes",
            points.shape(),
            classes.len()
        )));
    }
    let grid = Grid::over(&x, &y, 1)?;
    let answers = classify(&grid.points()).into_answers()?;
    let places = grid.places().count();
    if answers.len() != places {
        return Err(problem(&format!("boundary: {} answers for {places} rows; return one for each", answers.len())));
    }
    let mut picture = Picture::new(title, "x1", "x2").x_range(x).y_range(y);
    match &answers {
        Answers::Classes(regions) => {
            let colours: Vec<RGBColor> = regions.iter().map(|&class| pale(of_class(class))).collect();
            picture = picture.shaded(Shading::new(&grid, &colours, Vec::new()));
        }
        Answers::Values { values, middle, reach } => {
            let colours: Vec<RGBColor> = values.iter().map(|value| shade((value - middle) / reach)).collect();
            let key = [1.0, 0.5, 0.0, -0.5, -1.0].map(|at| (shade(at), shown(middle + at * reach, 3)));
            let heights: Vec<f64> = values.iter().map(|value| value - middle).collect();
            let line = level_line(grid.x.as_slice(), grid.y.as_slice(), &heights);
            picture =
                picture.shaded(Shading::new(&grid, &colours, key.into())).coloured("", Mark::Thin, COLOURS[6], line);
        }
    }
    for class in classes.iter().copied().collect::<BTreeSet<usize>>() {
        let own = points.as_slice().chunks(2).zip(classes.iter()).filter(|(_, of)| **of == class);
        let places: Vec<_> = own.map(|(place, _)| (place[0].into(), place[1].into())).collect();
        picture = picture.coloured(format!("class {class}"), Mark::Rimmed, of_class(class), places);
    }
    Ok(picture)
}

/// From -1, class 0, to 1, class 1, in few enough shades for wide stretches of one.
fn shade(value: f64) -> RGBColor {
    if value.is_nan() {
        return NOWHERE;
    }
    between(pale(of_class(0)), pale(of_class(1)), (value * 16.0).round() / 16.0)
}

#[cfg(test)]
mod tests {
    use super::super::colour::hex;
    use super::*;

    fn over_unit<A: IntoAnswers>(classify: impl FnOnce(&Tensor<f64>) -> A) -> Result<Picture> {
        let (points, classes) = (Tensor::from([[0.25, 0.5], [0.75, 0.5]]), Tensor::from([0_usize, 1]));
        boundary("halves", 0.0..1.0, 0.0..1.0, classify, &points, &classes)
    }

    /// Whether there is a rectangle of this colour that reaches to the left of x.
    fn reaches_left_of(svg: &str, colour: RGBColor, x: f64) -> bool {
        let fill = format!("fill=\"{}\"", hex(colour));
        let rectangles = svg.lines().filter(|line| line.starts_with("<rect") && line.contains(&fill));
        let lefts = rectangles.filter_map(|line| line.split(" x=\"").nth(1)?.split('"').next()?.parse::<f64>().ok());
        lefts.into_iter().any(|left| left < x)
    }

    #[test]
    fn the_classifier_is_asked_once_and_its_classes_stand_where_they_belong() {
        let mut calls = 0;
        let svg = over_unit(|grid| {
            calls += 1;
            assert_eq!(grid.shape()[1], 2);
            grid.outer_iter().map(|place| usize::from(place.at(&[0]) > 0.5)).collect::<Vec<_>>()
        });
        let svg = svg.unwrap().svg().unwrap();
        assert_eq!(calls, 1);
        // the frame is from 770 to 6560 tenths of a pixel: blue begins on the left, orange in the middle
        assert!(reaches_left_of(&svg, pale(of_class(0)), 800.0));
        assert!(reaches_left_of(&svg, pale(of_class(1)), 3700.0) && !reaches_left_of(&svg, pale(of_class(1)), 3600.0));
    }

    #[test]
    fn values_are_shaded_around_their_middle_with_a_line_there() {
        let first = |grid: &Tensor<f64>| grid.as_slice().chunks(2).map(|place| place[0]).collect::<Vec<f64>>();
        let picture = over_unit(first).unwrap();
        let svg = picture.svg().unwrap();
        assert!(!reaches_left_of(&svg, pale(of_class(1)), 6000.0), "certain of class 1 at the right edge alone");
        assert!(svg.contains("\n0.25\n") && svg.contains("\n0.75\n"), "the key");
        assert!(svg.lines().any(|line| line.starts_with("<polyline") && line.contains("#3C3C3C")), "the line");
        let scores = over_unit(|grid| Answers::scores(first(grid).iter().map(|x| 8.0 * x - 4.0).collect()));
        assert!(scores.unwrap().svg().unwrap().contains("\n-4\n"));
    }

    #[test]
    fn predictions_are_read_by_their_shape() {
        let wide = Tensor::from([[0.1_f32, 0.7, 0.2], [0.5, 0.0, 0.5]]);
        assert_eq!(wide.into_answers().unwrap(), Answers::Classes(vec![1, 0]));
        let narrow = Tensor::from([[0.25_f32], [0.75]]);
        assert_eq!(narrow.into_answers().unwrap(), Answers::probabilities(vec![0.25, 0.75]));
    }

    #[test]
    fn answers_that_are_not_numbers_are_grey() {
        let svg = over_unit(|grid| vec![f64::NAN; grid.shape()[0]]).unwrap().svg().unwrap();
        assert!(reaches_left_of(&svg, NOWHERE, 800.0) && !svg.contains("NaN"));
        assert!(over_unit(|grid| Answers::scores(vec![0.0; grid.shape()[0]])).unwrap().svg().is_ok());
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(over_unit(|_| vec![0.0]).unwrap_err().to_string().contains("1 answers for 9801 rows"));
        let failed = over_unit(|_| Result::<Vec<f64>>::Err(problem(&"no model")));
        assert_eq!(failed.unwrap_err().to_string(), "picture: no model");
        let strange = Tensor::from([usize::MAX]);
        let zeros = |grid: &Tensor<f64>| vec![0_usize; grid.shape()[0]];
        let picture = boundary("", 0.0..1.0, 0.0..1.0, zeros, &Tensor::from([[0.5, f64::NAN]]), &strange);
        assert!(picture.unwrap().svg().unwrap().contains(&format!("class {}", usize::MAX)));
        let none = (Tensor::<f32>::zeros([0, 2]), Tensor::from(Vec::<usize>::new()));
        let all_one = |grid: &Tensor<f32>| vec![1_usize; grid.shape()[0]];
        assert!(boundary("no data", 0.0..1.0, 0.0..1.0, all_one, &none.0, &none.1).unwrap().svg().is_ok());
        assert!(boundary("", 0.0..1.0, 0.0..1.0, all_one, &Tensor::zeros([1, 3]), &none.1).is_err());
    }
}
