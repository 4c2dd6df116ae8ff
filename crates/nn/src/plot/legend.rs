//! The legend beside the plane: the series, and below them what the colours of the ground mean.

use plotters::prelude::*;

use super::mark::{CHARACTER, FINENESS, Mark, cross, dashed, dot, font};
use super::picture::{Area, Drawn, Picture, Series};

/// Least width of the strip for the legend, where there is one.
const LEGEND: u32 = 190;
/// Where the legend's rows begin, and how far one is from the next.
const FIRST_ROW: u32 = 54;
const ROW: u32 = 22;
/// Width of the signs before the labels.
const SIGN: u32 = 30;

impl Picture {
    /// Beside the plane, where it hides nothing.
    pub(super) fn draw_legend(&self, area: &Area<'_>) -> Drawn {
        // The library counts pixels in i32; a legend has few rows.
        let pixel = |at: u32| (at * FINENESS).cast_signed();
        let mut rows = (0..).map(|row| pixel(FIRST_ROW + ROW * row));
        for (series, y) in self.labelled().zip(&mut rows) {
            let (start, middle, end) = ((pixel(0), y), (pixel(11), y), (pixel(22), y));
            let (mark, colour) = (series.mark, series.colour);
            match mark {
                Mark::Curve | Mark::Thin => area.draw(&mark.path(vec![start, end], colour))?,
                Mark::Dashes => area.draw(&dashed(vec![start, end], colour))?,
                Mark::Dots => area.draw(&dot(middle, colour))?,
                Mark::Rimmed | Mark::Rings => mark.discs(middle, colour).iter().try_for_each(|disc| area.draw(disc))?,
                Mark::Crosses => area.draw(&cross(middle, colour))?,
            }
            area.draw(&Text::new(series.label.as_str(), (pixel(SIGN), y - pixel(5)), font(14)))?;
        }
        for ((colour, label), y) in self.key().iter().zip(rows.map(|y| y + pixel(ROW / 2))) {
            let corners = [(pixel(0), y - pixel(ROW / 2)), (pixel(22), y + pixel(ROW / 2))];
            area.draw(&Rectangle::new(corners, colour.filled()))?;
            let [(left, top), (right, bottom)] = corners;
            let round = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
            area.draw(&PathElement::new(round, RGBColor(128, 128, 128).stroke_width(FINENESS)))?;
            area.draw(&Text::new(label.as_str(), (pixel(SIGN), y - pixel(5)), font(14)))?;
        }
        Ok(())
    }

    fn labelled(&self) -> impl Iterator<Item = &Series> {
        self.series.iter().filter(|series| !series.label.is_empty())
    }

    /// What the colours of the ground mean.
    fn key(&self) -> &[(RGBColor, String)] {
        self.ground.as_ref().map_or(&[], |ground| &ground.key)
    }

    /// Down to the last row.
    pub(super) fn legend_height(&self) -> u32 {
        // More rows than any screen has are cut.
        let rows = u32::try_from(self.labelled().count() + self.key().len()).map_or(1000, |rows| rows.min(1000));
        FIRST_ROW + ROW * (rows + 1)
    }

    /// Wide enough for the longest label; nothing without labels.
    pub(super) fn legend_width(&self) -> u32 {
        let labels = self.labelled().map(|series| &series.label).chain(self.key().iter().map(|(_, label)| label));
        let longest = labels.map(|label| label.chars().count()).max();
        // A label longer than any screen is cut.
        longest.map_or(0, |longest| LEGEND.max(SIGN + CHARACTER * u32::try_from(longest).unwrap_or(200).min(200) + 10))
    }
}
