//! Colours that can be told apart, and palettes for values.

use plotters::style::{RGBColor, WHITE};

/// Colours that stay apart for most eyes, for series and for classes.
///
/// M. Okabe and K. Ito, Color Universal Design, 2008, less the yellow, which is too pale for a line on white.
pub(super) const COLOURS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(60, 60, 60),
];

/// The ends of a palette around white (`ColorBrewer` `RdBu`).
const NEGATIVE: RGBColor = RGBColor(33, 102, 172);
const POSITIVE: RGBColor = RGBColor(178, 24, 43);

/// The dark end of a palette from white for shares of a whole (`ColorBrewer` `Blues`).
const WHOLE: RGBColor = RGBColor(8, 69, 148);

/// The colour of a series or a class; after the last one they begin again.
pub(super) fn of_class(class: usize) -> RGBColor {
    COLOURS[class % COLOURS.len()]
}

/// From 0, orange, to 1, blue: the layers of a network, from the first to the last.
pub(super) fn of_depth(part: f64) -> RGBColor {
    mix(COLOURS[4], COLOURS[0], part)
}

/// `part` of the way from one colour to another, `part` from 0 to 1.
pub(super) fn mix(from: RGBColor, to: RGBColor, part: f64) -> RGBColor {
    let part = part.clamp(0.0, 1.0);
    // Between two bytes there are only bytes.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let channel = |from: u8, to: u8| (f64::from(from) + part * (f64::from(to) - f64::from(from))).round() as u8;
    RGBColor(channel(from.0, to.0), channel(from.1, to.1), channel(from.2, to.2))
}

/// A colour for ground behind points of the same colour.
pub(super) fn pale(colour: RGBColor) -> RGBColor {
    mix(WHITE, colour, 0.4)
}

/// From 0, white, to 1, dark blue.
pub(super) fn share(value: f64) -> RGBColor {
    mix(WHITE, WHOLE, value)
}

/// From -1, blue, over 0, white, to 1, red.
pub(super) fn signed(value: f64) -> RGBColor {
    between(NEGATIVE, POSITIVE, value)
}

/// From -1, the one colour, over 0, white, to 1, the other.
pub(super) fn between(negative: RGBColor, positive: RGBColor, value: f64) -> RGBColor {
    mix(WHITE, if value < 0.0 { negative } else { positive }, value.abs())
}

/// As SVG writes it: `#0072B2`.
pub(super) fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// Black or white, whichever reads better on this ground.
pub(super) fn ink_on(ground: RGBColor) -> &'static str {
    // Where the contrast with both is the same: 1.05/(l + 0.05) = (l + 0.05)/0.05.
    if luminance(ground) > 0.179 { "#000000" } else { "#FFFFFF" }
}

/// Relative luminance, from 0 to 1 (WCAG 2.2).
fn luminance(RGBColor(red, green, blue): RGBColor) -> f64 {
    let linear = |channel: u8| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_palette_is_symmetric_around_white() {
        assert_eq!(hex(signed(0.0)), "#FFFFFF");
        assert_eq!((hex(signed(-1.0)), hex(signed(1.0))), ("#2166AC".to_owned(), "#B2182B".to_owned()));
        assert_eq!(signed(7.0), signed(1.0), "beyond the scale: its end");
        // halfway between 255 and 33, 102, 172
        assert_eq!(hex(signed(-0.5)), "#90B3D6");
    }

    #[test]
    fn text_can_be_read_on_every_shade() {
        for step in 0..=100 {
            let ground = share(f64::from(step) / 100.0);
            let ink = if ink_on(ground) == "#FFFFFF" { 1.0 } else { 0.0 };
            let (light, dark) = (luminance(ground).max(ink), luminance(ground).min(ink));
            // WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1
            assert!((light + 0.05) / (dark + 0.05) >= 4.5, "{ground:?}");
        }
    }
}
