//! How a series is drawn, in the plane and in the legend alike.

use plotters::element::DashedPathElement;
use plotters::prelude::*;

/// The drawing library rounds to whole pixels: draw this many times larger, to be shown smaller.
pub(super) const FINENESS: u32 = 10;

/// About how wide a character of a label is.
pub(super) const CHARACTER: u32 = 7;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Curve,
    /// A thin line: a level line behind the series.
    Thin,
    Dashes,
    Dots,
    /// Dots with a white rim, to be seen on coloured ground.
    Rimmed,
    /// Open circles: where something starts.
    Rings,
    Crosses,
}

impl Mark {
    pub(super) fn path<At: Clone>(self, points: Vec<At>, colour: RGBColor) -> PathElement<At> {
        let style = if self == Self::Thin { colour.stroke_width(FINENESS) } else { line(colour) };
        PathElement::new(points, style)
    }

    /// A rimmed dot or a ring: one disc upon another.
    pub(super) fn discs<At: Clone>(self, at: At, colour: RGBColor) -> [Circle<At, u32>; 2] {
        let (outer, radius, inner) = if self == Self::Rings { (colour, 7, WHITE) } else { (WHITE, 5, colour) };
        [(radius, outer), (4, inner)]
            .map(|(radius, colour)| Circle::new(at.clone(), radius * FINENESS, colour.filled()))
    }
}

pub(super) fn font(size: u32) -> (&'static str, u32) {
    ("sans-serif", size * FINENESS)
}

pub(super) fn line(colour: RGBColor) -> ShapeStyle {
    colour.stroke_width(2 * FINENESS)
}

pub(super) fn dot<At>(at: At, colour: RGBColor) -> Circle<At, u32> {
    Circle::new(at, 4 * FINENESS, colour.filled())
}

pub(super) fn cross<At>(at: At, colour: RGBColor) -> Cross<At, u32> {
    Cross::new(at, 5 * FINENESS, line(colour))
}

pub(super) fn dashed<At: Clone>(points: Vec<At>, colour: RGBColor) -> DashedPathElement<std::vec::IntoIter<At>, u32> {
    DashedPathElement::new(points, 8 * FINENESS, 5 * FINENESS, line(colour))
}
