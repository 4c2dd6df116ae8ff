//! Pictures: curves and points on plain axes, as SVG text.

mod clip;
mod gallery;
mod level;

pub use gallery::{Tile, gallery};
pub use level::level_line;

use std::ops::Range;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use crate::entry::Error;
use crate::report::shown;

/// Width and height of a picture.
const SIZE: (u32, u32) = (860, 480);
/// Width of the strip for the legend, where there is one.
const LEGEND: u32 = 190;
/// The drawing library rounds to whole pixels: draw this many times larger, to be shown smaller.
const FINENESS: u32 = 10;

/// Colours that stay apart for most eyes (Okabe and Ito).
const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(60, 60, 60),
];

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Curve,
    Dashes,
    Dots,
    Crosses,
}

#[derive(Clone, Debug)]
struct Series {
    label: String,
    mark: Mark,
    points: Vec<(f64, f64)>,
}

/// One axis: its name, its range if it is given, and whether it counts powers of ten.
#[derive(Clone, Debug, Default)]
struct Axis {
    name: String,
    range: Option<Range<f64>>,
    logarithmic: bool,
}

/// A picture in the making: series over a pair of axes.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    title: String,
    x: Axis,
    y: Axis,
    series: Vec<Series>,
}

impl Picture {
    /// An empty picture with a title and the names of its axes.
    pub fn new(title: impl Into<String>, x: impl Into<String>, y: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            x: Axis { name: x.into(), ..Axis::default() },
            y: Axis { name: y.into(), ..Axis::default() },
            series: Vec::new(),
        }
    }

    /// Shows this part of the x axis, whatever the points say.
    #[must_use]
    pub fn x_range(mut self, range: Range<f64>) -> Self {
        self.x.range = Some(range);
        self
    }

    /// Shows this part of the y axis, whatever the points say.
    #[must_use]
    pub fn y_range(mut self, range: Range<f64>) -> Self {
        self.y.range = Some(range);
        self
    }

    /// Counts powers of ten along x; points at 0 and below are left out.
    #[must_use]
    pub fn log_x(mut self) -> Self {
        self.x.logarithmic = true;
        self
    }

    /// Counts powers of ten along y; points at 0 and below are left out.
    #[must_use]
    pub fn log_y(mut self) -> Self {
        self.y.logarithmic = true;
        self
    }

    /// Adds a line through the points.
    #[must_use]
    pub fn curve(self, label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series(label, Mark::Curve, points)
    }

    /// Adds a dashed line through the points: a decision boundary, a reference.
    #[must_use]
    pub fn dashes(self, label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series(label, Mark::Dashes, points)
    }

    /// Adds the points as dots.
    #[must_use]
    pub fn dots(self, label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series(label, Mark::Dots, points)
    }

    /// Adds the points as crosses.
    #[must_use]
    pub fn crosses(self, label: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series(label, Mark::Crosses, points)
    }

    /// Adds `function` as a curve over `range`, at 241 places.
    #[must_use]
    pub fn function(self, label: impl Into<String>, range: Range<f64>, function: impl Fn(f64) -> f64) -> Self {
        let place = |step: u32| range.start + (range.end - range.start) * f64::from(step) / 240.0;
        let points: Vec<_> = (0..=240).map(place).map(|x| (x, function(x))).collect();
        self.curve(label, points)
    }

    /// Adds the line where `bias + by_x * x + by_y * y` is 0, dashed, inside the ranges.
    #[must_use]
    pub fn boundary(self, label: impl Into<String>, bias: f64, by_x: f64, by_y: f64) -> Self {
        let (x, y) = (self.x.extent(self.along_x()), self.y.extent(self.along_y()));
        let ends = if by_y.abs() >= by_x.abs() {
            [x.start, x.end].map(|x| (x, -(bias + by_x * x) / by_y))
        } else {
            [y.start, y.end].map(|y| (-(bias + by_y * y) / by_x, y))
        };
        let mut framed = self.dashes(label, ends);
        // The line's ends must not stretch the frame.
        (framed.x.range, framed.y.range) = (Some(x), Some(y));
        framed
    }

    fn series(mut self, label: impl Into<String>, mark: Mark, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.series.push(Series { label: label.into(), mark, points: points.into_iter().collect() });
        self
    }

    fn along_x(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| series.points.iter().map(|&(x, _)| x))
    }

    fn along_y(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| series.points.iter().map(|&(_, y)| y))
    }

    /// Draws it.
    ///
    /// # Errors
    /// [`Error::Picture`] with what the drawing library says.
    pub fn svg(&self) -> Result<String, Error> {
        let (width, height) = SIZE;
        let drawn = (width * FINENESS, height * FINENESS);
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, drawn).into_drawing_area();
            self.draw(&root).map_err(|error| Error::Picture(error.to_string()))?;
            root.present().map_err(|error| Error::Picture(error.to_string()))?;
        }
        let size = |(width, height): (u32, u32)| format!(r#"width="{width}" height="{height}""#);
        Ok(svg.replacen(&size(drawn), &size((width, height)), 1))
    }

    fn draw(&self, root: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), Drawing> {
        root.fill(&WHITE)?;
        let labelled = self.series.iter().any(|series| !series.label.is_empty());
        let (plane, legend) = root.split_horizontally((SIZE.0 - if labelled { LEGEND } else { 0 }) * FINENESS);
        let (x, y) = (self.x.extent(self.along_x()), self.y.extent(self.along_y()));
        let mut chart = ChartBuilder::on(&plane)
            .caption(&self.title, font(20))
            .margin(14 * FINENESS)
            .x_label_area_size(44 * FINENESS)
            .y_label_area_size(64 * FINENESS)
            .build_cartesian_2d(x.clone(), y.clone())?;
        chart
            .configure_mesh()
            .x_desc(&self.x.name)
            .y_desc(&self.y.name)
            .x_labels(self.x.label_count(&x))
            .y_labels(self.y.label_count(&y))
            .x_label_formatter(&|&at| self.x.label(at))
            .y_label_formatter(&|&at| self.y.label(at))
            .label_style(font(14))
            .set_all_tick_mark_size(6 * FINENESS)
            .axis_desc_style(font(15))
            .axis_style(BLACK.stroke_width(FINENESS))
            .light_line_style(TRANSPARENT)
            .bold_line_style(RGBColor(225, 225, 225).stroke_width(FINENESS))
            .draw()?;
        for (series, colour) in self.coloured() {
            let places: Vec<_> = series.points.iter().map(|&(x, y)| (self.x.place(x), self.y.place(y))).collect();
            let points = || places.iter().copied().filter(|&at| clip::inside(at, &x, &y));
            let lines = || clip::line(&places, &x, &y).into_iter();
            match series.mark {
                Mark::Curve => chart.draw_series(lines().map(|part| PathElement::new(part, line(colour)))).map(drop)?,
                Mark::Dashes => chart.draw_series(lines().map(|part| dashed(part, colour))).map(drop)?,
                Mark::Dots => chart.draw_series(points().map(|at| dot(at, colour))).map(drop)?,
                Mark::Crosses => chart.draw_series(points().map(|at| cross(at, colour))).map(drop)?,
            }
        }
        self.draw_legend(&legend)
    }

    /// Beside the plane, where it hides nothing.
    fn draw_legend(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), Drawing> {
        let labelled = self.coloured().filter(|(series, _)| !series.label.is_empty());
        for (row, (series, colour)) in (0..).zip(labelled) {
            // The library counts pixels in i32; a legend has few rows.
            let pixel = |at: i32| at * FINENESS.cast_signed();
            let y = pixel(54 + 22 * row);
            let (start, middle, end) = ((pixel(0), y), (pixel(11), y), (pixel(22), y));
            match series.mark {
                Mark::Curve => area.draw(&PathElement::new([start, end], line(colour)))?,
                Mark::Dashes => area.draw(&dashed(vec![start, end], colour))?,
                Mark::Dots => area.draw(&dot(middle, colour))?,
                Mark::Crosses => area.draw(&cross(middle, colour))?,
            }
            area.draw(&Text::new(series.label.as_str(), (pixel(30), y - pixel(7)), font(14)))?;
        }
        Ok(())
    }

    fn coloured(&self) -> impl Iterator<Item = (&Series, RGBColor)> {
        self.series.iter().zip(COLOURS.into_iter().cycle())
    }
}

fn font(size: u32) -> (&'static str, u32) {
    ("sans-serif", size * FINENESS)
}

fn line(colour: RGBColor) -> ShapeStyle {
    colour.stroke_width(2 * FINENESS)
}

fn dot<At>(at: At, colour: RGBColor) -> Circle<At, u32> {
    Circle::new(at, 4 * FINENESS, colour.filled())
}

fn cross<At>(at: At, colour: RGBColor) -> Cross<At, u32> {
    Cross::new(at, 5 * FINENESS, line(colour))
}

fn dashed<At: Clone>(points: Vec<At>, colour: RGBColor) -> DashedPathElement<std::vec::IntoIter<At>, u32> {
    DashedPathElement::new(points, 8 * FINENESS, 5 * FINENESS, line(colour))
}

/// What goes wrong while drawing.
type Drawing = DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>;

impl Axis {
    /// Where a value stands along the axis.
    fn place(&self, value: f64) -> f64 {
        if self.logarithmic { value.log10() } else { value }
    }

    /// The part of the axis to show: the given range, else all values and a little margin.
    fn extent(&self, values: impl Iterator<Item = f64>) -> Range<f64> {
        if let Some(range) = &self.range {
            return self.place(range.start)..self.place(range.end);
        }
        let places = values.map(|value| self.place(value)).filter(|place| place.is_finite());
        let (low, high) =
            places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| (low.min(place), high.max(place)));
        if low > high {
            return 0.0..1.0;
        }
        let margin = if high > low { 0.05 * (high - low) } else { 0.5 };
        low - margin..high + margin
    }

    fn label_count(&self, extent: &Range<f64>) -> usize {
        if self.logarithmic {
            // A small whole number: the powers of ten in sight.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let powers = (extent.end - extent.start).ceil().clamp(2.0, 12.0) as usize;
            powers + 1
        } else {
            9
        }
    }

    fn label(&self, place: f64) -> String {
        if !self.logarithmic {
            // Sums of steps such as 0.1 leave a trace in the last digits: 1e-17 is 0 here.
            return shown((place * 1e9).round() / 1e9, 6);
        }
        if (place - place.round()).abs() < 1e-9 { format!("1e{}", place.round()) } else { String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_short() {
        let svg = Picture::new("sine", "x", "sin x").function("sin x", -1.0..1.0, f64::sin).svg().unwrap();
        assert!(svg.starts_with("<svg") && svg.contains("sin x"));
        assert!(!svg.contains("00000000"), "a label with all its binary digits");
        assert!(svg.contains("\n0.6\n"), "{svg}");
    }

    #[test]
    fn logarithmic_axes_leave_out_what_has_no_logarithm() {
        let svg = Picture::new("error", "dx", "error")
            .log_x()
            .log_y()
            .curve("", [(1e-8, 1e-7), (1e-4, 1e-3), (0.0, 1.0), (1e-2, 0.0)])
            .svg()
            .unwrap();
        assert!(svg.contains("1e-6") && !svg.contains("NaN") && !svg.contains("inf"));
    }
}
