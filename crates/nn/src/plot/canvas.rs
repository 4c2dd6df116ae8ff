//! SVG by hand, for pictures without axes.

use std::fmt::Write;

use plotters::style::RGBColor;

use super::colour::hex;

/// Where a text stands at its place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Middle,
    End,
}

/// An SVG picture that grows.
pub(super) struct Canvas(String);

// Writing into a String cannot fail: what `write!` returns is dropped.
impl Canvas {
    /// White paper with a title in the middle of its head.
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let mut canvas = Self(format!(
            "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#FFFFFF\"/>\n"
        ));
        canvas.text((width / 2.0, 28.0), TITLE, Anchor::Middle, "#000000", title);
        canvas
    }

    pub(super) fn text(&mut self, at: (f64, f64), size: f64, anchor: Anchor, ink: &str, text: &str) {
        self.turned(at, 0.0, size, anchor, ink, text);
    }

    /// A text turned clockwise around its place, by degrees.
    pub(super) fn turned(&mut self, (x, y): (f64, f64), angle: f64, size: f64, anchor: Anchor, ink: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let turn = if angle == 0.0 { String::new() } else { format!(" transform=\"rotate({angle} {x} {y})\"") };
        let _ = writeln!(
            self.0,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{ink}\"{turn}>{}</text>",
            escaped(text)
        );
    }

    pub(super) fn rectangle(&mut self, (x, y): (f64, f64), width: f64, height: f64, fill: RGBColor) {
        let fill = hex(fill);
        let _ = writeln!(self.0, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>");
    }

    pub(super) fn frame(&mut self, (x, y): (f64, f64), width: f64, height: f64) {
        let _ = writeln!(
            self.0,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"none\" stroke=\"#808080\"/>"
        );
    }

    /// Pixels row by row, each a square of `side`.
    pub(super) fn pixels(&mut self, (x, y): (f64, f64), side: f64, width: usize, pixels: &[RGBColor]) {
        let _ = writeln!(self.0, "<g transform=\"translate({x} {y}) scale({side})\" shape-rendering=\"crispEdges\">");
        for (row, pixels) in pixels.chunks(width.max(1)).enumerate() {
            let mut column = 0;
            for stretch in pixels.chunk_by(|left, right| left == right) {
                let (long, fill) = (stretch.len(), hex(stretch[0]));
                if fill != "#FFFFFF" {
                    let _ = writeln!(self.0, "<path fill=\"{fill}\" d=\"M{column} {row}h{long}v1h-{long}z\"/>");
                }
                column += long;
            }
        }
        self.0.push_str("</g>\n");
    }

    pub(super) fn finished(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}

/// Size of a title's letters, and height of its strip.
pub(super) const TITLE: f64 = 18.0;
pub(super) const HEAD: f64 = 44.0;

/// About how wide a text is, rather too wide: the widths of letters are known to the viewer alone.
pub(super) fn width_of(text: &str, size: f64) -> f64 {
    (text.chars().count() as f64 * 0.62 * size).ceil()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_escaped() {
        assert!(Canvas::new(10.0, 10.0, "2 < 3 & 4").finished().contains(">2 &lt; 3 &amp; 4</text>"));
    }

    #[test]
    fn pixels_of_one_colour_are_one_stretch() {
        let (blue, white) = (RGBColor(0, 0, 255), RGBColor(255, 255, 255));
        let mut canvas = Canvas::new(10.0, 10.0, "");
        canvas.pixels((0.0, 0.0), 2.0, 3, &[white, blue, blue, blue, white, blue]);
        let svg = canvas.finished();
        let paths: Vec<_> = svg.lines().filter_map(|line| line.split(" d=\"").nth(1)).collect();
        assert_eq!(paths, ["M1 0h2v1h-2z\"/>", "M0 1h1v1h-1z\"/>", "M2 1h1v1h-1z\"/>"]);
    }
}
