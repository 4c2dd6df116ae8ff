//! Pictures with axes: curves, points and shaded ground.

use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::axis::{Axis, Scale};
use super::colour::of_class;
use super::mark::{CHARACTER, FINENESS, Mark, cross, dashed, dot, font};
use super::shading::Shading;
use super::{clip, problem, save};
use crate::error::Result;

/// Width and height of the part with the axes.
const PLANE: (u32, u32) = (670, 480);
/// Height of the title's strip.
const HEAD: u32 = 36;

#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) label: String,
    pub(super) mark: Mark,
    pub(super) colour: RGBColor,
    points: Vec<(f64, f64)>,
}

/// A picture in the making: series over a pair of axes.
///
/// Each series gets the next of seven colours. A label of `""` keeps a series out of the legend. Points that are not finite
/// are left out, and are gaps in lines.
///
/// ```
/// use chainrule_nn::plot::Picture;
///
/// let svg = Picture::new("Fit", "x", "y")
///     .dots("data", [(0.0, 0.1), (1.0, 0.9), (2.0, 4.2)])
///     .function("x²", 0.0..2.0, |x| x * x)
///     .svg()?;
/// assert!(svg.contains("data"));
/// # chainrule_nn::Result::Ok(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Picture {
    title: String,
    x: Axis,
    y: Axis,
    pub(super) ground: Option<Shading>,
    pub(super) series: Vec<Series>,
}

impl Picture {
    /// An empty picture with a title and the names of its axes.
    pub fn new(title: impl Into<String>, x: impl Into<String>, y: impl Into<String>) -> Self {
        Self { title: title.into(), x: Axis::new(x), y: Axis::new(y), ..Self::default() }
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
        self.x.scale = Scale::Logarithmic;
        self
    }

    /// Counts powers of ten along y; points at 0 and below are left out.
    #[must_use]
    pub fn log_y(mut self) -> Self {
        self.y.scale = Scale::Logarithmic;
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

    fn series(self, label: impl Into<String>, mark: Mark, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let colour = of_class(self.series.len());
        self.coloured(label, mark, colour, points)
    }

    pub(super) fn coloured(
        mut self,
        label: impl Into<String>,
        mark: Mark,
        colour: RGBColor,
        points: impl IntoIterator<Item = (f64, f64)>,
    ) -> Self {
        self.series.push(Series { label: label.into(), mark, colour, points: points.into_iter().collect() });
        self
    }

    /// Labels the x axis at whole numbers alone.
    pub(super) fn whole_x(mut self) -> Self {
        self.x.scale = Scale::Whole;
        self
    }

    pub(super) fn shaded(mut self, ground: Shading) -> Self {
        self.ground = Some(ground);
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
    /// [`Error::Picture`](crate::Error::Picture) where an axis is given a range that shows nothing, and with what the
    /// drawing library says.
    pub fn svg(&self) -> Result<String> {
        let (x, y) = (self.x.extent(self.along_x()), self.y.extent(self.along_y()));
        self.x.check(&x)?;
        self.y.check(&y)?;
        let (width, height) = (PLANE.0 + self.legend_width(), PLANE.1.max(self.legend_height()));
        let drawn = (width * FINENESS, height * FINENESS);
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, drawn).into_drawing_area();
            self.draw(&root, x, y).map_err(|error| problem(&error))?;
            root.present().map_err(|error| problem(&error))?;
        }
        let size = |(width, height): (u32, u32)| format!(r#"width="{width}" height="{height}""#);
        let svg = svg.replacen(&size(drawn), &size((width, height)), 1);
        // Cells of shaded ground that meet would show fine seams if their edges were smoothed.
        Ok(svg.replace("<rect ", "<rect shape-rendering=\"crispEdges\" "))
    }

    /// Draws it into a file.
    ///
    /// # Errors
    /// Those of [`svg`](Self::svg) and of [`save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        save(path, &self.svg()?)
    }

    fn draw(&self, root: &Area<'_>, x: Range<f64>, y: Range<f64>) -> Drawn {
        root.fill(&WHITE)?;
        let (plane, legend) = root.split_horizontally(PLANE.0 * FINENESS);
        let (plane, _) = plane.split_vertically(PLANE.1 * FINENESS);
        let title = TextStyle::from(font(20)).pos(Pos::new(HPos::Center, VPos::Center));
        let middle = (PLANE.0 * FINENESS / 2, HEAD * FINENESS / 2);
        plane.draw(&Text::new(self.title.as_str(), (middle.0.cast_signed(), middle.1.cast_signed()), title))?;
        let mut chart = ChartBuilder::on(&plane)
            .margin(14 * FINENESS)
            .margin_top(HEAD * FINENESS)
            .x_label_area_size(44 * FINENESS)
            .y_label_area_size(self.beside_y(&y) * FINENESS)
            .build_cartesian_2d(x.clone(), y.clone())?;
        if let Some(ground) = &self.ground {
            let place = |(at_x, at_y)| (self.x.place(at_x), self.y.place(at_y));
            chart.draw_series(ground.cells(place))?;
        }
        let grid = if self.ground.is_some() { TRANSPARENT } else { RGBColor(225, 225, 225).into() };
        chart
            .configure_mesh()
            .x_desc(&self.x.name)
            .y_desc(&self.y.name)
            .x_labels(self.x.label_count(&x))
            .y_labels(self.y.label_count(&y))
            .x_label_formatter(&|&at| self.x.label(at, &x))
            .y_label_formatter(&|&at| self.y.label(at, &y))
            .label_style(font(14))
            .set_all_tick_mark_size(6 * FINENESS)
            .axis_desc_style(font(15))
            .axis_style(BLACK.stroke_width(FINENESS))
            .light_line_style(TRANSPARENT)
            .bold_line_style(grid.stroke_width(FINENESS))
            .draw()?;
        self.draw_series(&mut chart, &x, &y)?;
        self.draw_legend(&legend)
    }

    fn draw_series(&self, chart: &mut Chart<'_, '_>, x: &Range<f64>, y: &Range<f64>) -> Drawn {
        for &Series { mark, colour, ref points, .. } in &self.series {
            let places: Vec<_> = points.iter().map(|&(x, y)| (self.x.place(x), self.y.place(y))).collect();
            let points = || places.iter().copied().filter(|&at| clip::inside(at, x, y));
            let lines = || clip::line(&places, x, y).into_iter();
            match mark {
                Mark::Curve | Mark::Thin => chart.draw_series(lines().map(|part| mark.path(part, colour))).map(drop)?,
                Mark::Dashes => chart.draw_series(lines().map(|part| dashed(part, colour))).map(drop)?,
                Mark::Dots => chart.draw_series(points().map(|at| dot(at, colour))).map(drop)?,
                Mark::Rimmed | Mark::Rings => {
                    chart.draw_series(points().flat_map(|at| mark.discs(at, colour))).map(drop)?;
                }
                Mark::Crosses => chart.draw_series(points().map(|at| cross(at, colour))).map(drop)?,
            }
        }
        Ok(())
    }

    /// Room for the labels of the y axis and its name.
    fn beside_y(&self, y: &Range<f64>) -> u32 {
        28 + CHARACTER * u32::try_from(self.y.longest_label(y)).unwrap_or(20).clamp(5, 20)
    }
}

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// What comes of drawing.
pub(super) type Drawn =
    std::result::Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

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

    #[test]
    fn a_point_stands_where_its_numbers_say() {
        let corners_and_middle = [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)];
        let picture = Picture::new("", "", "").x_range(0.0..2.0).y_range(0.0..2.0).dots("", corners_and_middle);
        let svg = picture.svg().unwrap();
        let all = |name: &str| -> Vec<f64> {
            let values = svg.split(name).skip(1).filter_map(|rest| rest.split('"').nth(1));
            values.map(|value| value.parse().unwrap()).collect()
        };
        // 670 by 480 in tenths, less margins of 14 and labels of 63 and 44; y counts downwards
        let (x, y) = (all("cx"), all("cy"));
        assert!((x[0] - 780.0).abs() < 20.0 && (x[1] - 3670.0).abs() < 20.0 && (x[2] - 6560.0).abs() < 20.0, "{x:?}");
        assert!((y[0] - 4220.0).abs() < 20.0 && (y[1] - f64::midpoint(y[0], y[2])).abs() < 20.0, "{y:?}");
        assert!(y[2] < y[1]);
    }

    #[test]
    fn nothing_to_draw_is_an_empty_frame() {
        let nothing = [(f64::NAN, 1.0), (2.0, f64::INFINITY)];
        let picture = Picture::new("empty", "x", "y").curve("none", []).dots("not finite", nothing);
        let svg = picture.log_y().svg().unwrap();
        assert!(svg.contains("not finite") && !svg.contains("NaN") && !svg.contains("inf\""));
    }

    #[test]
    fn a_long_label_gets_a_wider_picture() {
        let width = |label: &str| {
            let svg = Picture::new("", "", "").curve(label, []).svg().unwrap();
            svg.split('"').nth(1).unwrap().parse::<u32>().unwrap()
        };
        assert_eq!((width(""), width("loss")), (670, 860));
        assert!(width(&"x".repeat(40)) > 670 + 40 * 6);
    }

    #[test]
    fn long_labels_of_the_y_axis_get_more_room() {
        let left = |size: f64| {
            let svg = Picture::new("", "", "").y_range(0.0..size).dots("", [(0.0, size / 2.0)]).x_range(0.0..1.0).svg();
            let svg = svg.unwrap();
            svg.split("cx=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().parse::<f64>().unwrap()
        };
        // in tenths of a pixel: margin, name, then 5 characters or the 9 of 100000000
        assert!((left(1.0) - 770.0).abs() < 20.0 && (left(1e8) - 1050.0).abs() < 20.0, "{} {}", left(1.0), left(1e8));
    }

    #[test]
    fn a_range_without_width_is_an_error() {
        assert!(Picture::new("", "x", "y").x_range(1.0..1.0).svg().is_err());
        assert!(Picture::new("", "x", "y").log_x().x_range(0.0..1.0).svg().is_err());
    }
}
