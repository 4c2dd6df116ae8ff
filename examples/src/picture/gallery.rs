//! Small grey images in rows, each with a word below it, as SVG text.

use std::fmt::Write;

/// One image of a gallery.
#[derive(Clone, Debug)]
pub struct Tile {
    /// The ink of each pixel row by row, from 0 (paper) to 1.
    pub pixels: Vec<f64>,
    /// How many pixels a row has.
    pub width: usize,
    /// The word below it.
    pub caption: String,
    /// Whether the word is red.
    pub marked: bool,
}

/// Size of a pixel, of the gap between images, of the strip for a caption, of the title's strip.
const PIXEL: usize = 8;
const GAP: usize = 14;
const CAPTION: usize = 22;
const TITLE: usize = 44;

/// The images of one size in rows of `columns`, under a title.
pub fn gallery(title: &str, columns: usize, tiles: &[Tile]) -> String {
    let columns = columns.max(1);
    let width = tiles.iter().map(|tile| tile.width).max().unwrap_or(0) * PIXEL;
    let height = tiles.iter().map(|tile| tile.pixels.len() / tile.width.max(1)).max().unwrap_or(0) * PIXEL;
    let whole_width = GAP + columns * (width + GAP);
    let whole_height = TITLE + tiles.len().div_ceil(columns) * (height + CAPTION + GAP);
    let mut svg = format!(
        "<svg width=\"{whole_width}\" height=\"{whole_height}\" viewBox=\"0 0 {whole_width} {whole_height}\" \
         xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" text-anchor=\"middle\">\n\
         <rect width=\"{whole_width}\" height=\"{whole_height}\" fill=\"#FFFFFF\"/>\n\
         <text x=\"{}\" y=\"28\" font-size=\"18\">{}</text>\n",
        whole_width / 2,
        escaped(title)
    );
    for (number, tile) in tiles.iter().enumerate() {
        let (left, top) = (GAP + number % columns * (width + GAP), TITLE + number / columns * (height + CAPTION + GAP));
        draw(&mut svg, tile, left, top);
        let colour = if tile.marked { "#D55E00" } else { "#000000" };
        let (x, y) = (left + width / 2, top + height + 17);
        // Writing into a String cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"14\" fill=\"{colour}\">{}</text>",
            escaped(&tile.caption)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, tile: &Tile, left: usize, top: usize) {
    let (width, height) = (tile.width * PIXEL, tile.pixels.len() / tile.width.max(1) * PIXEL);
    let _ = writeln!(
        svg,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\" stroke=\"#B0B0B0\"/>"
    );
    for (place, ink) in tile.pixels.iter().enumerate().filter(|(_, ink)| **ink > 0.0) {
        let (x, y) = (left + place % tile.width * PIXEL, top + place / tile.width * PIXEL);
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{PIXEL}\" height=\"{PIXEL}\" fill-opacity=\"{:.3}\"/>",
            ink.min(1.0)
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_inked_pixel_and_every_caption_is_drawn() {
        let tile =
            |caption: &str| Tile { pixels: vec![0.0, 1.0, 0.5, 0.0], width: 2, caption: caption.into(), marked: false };
        let svg = gallery("two < three", 2, &[tile("a"), tile("b"), tile("c")]);
        assert_eq!(svg.matches("fill-opacity").count(), 6);
        assert!(svg.contains(">c</text>") && svg.contains("two &lt; three"));
    }
}
