//! The drawing as SVG text.

use std::fmt::Write;

use super::layout::{Area, LETTERS, LINE, Layout, RADIUS, width};
use super::{Edge, Ink, NetworkDrawing, Shape, Unit};

/// Colours and letters. A picture within a page shares the page's style, so all of it is said of `.network` alone.
const STYLE: &str = include_str!("network.css");
/// The room that the legend takes.
const LEGEND: f64 = 40.0;

/// Writes a drawing that is laid out.
pub(super) fn write(drawing: &NetworkDrawing, layout: &Layout) -> String {
    let (wide, units_high) = layout.size;
    let high = units_high + if drawing.legend.is_empty() { 0.0 } else { LEGEND };
    let what = escaped(&drawing.what);
    let mut svg = format!(
        "<svg class=\"network\" width=\"{wide:.0}\" height=\"{high:.0}\" viewBox=\"0 0 {wide:.0} {high:.0}\" \
         xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{what}\">\n<title>{what}</title>\n\
         <style>\n{STYLE}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n"
    );
    // Writing into a String cannot fail, here and below.
    for (edge, ((x0, y0), (x1, y1))) in drawing.edges.iter().zip(&layout.lines) {
        let lit = if edge.lit { " lit" } else { "" };
        let _ =
            writeln!(svg, "<line class=\"edge{lit}\" x1=\"{x0:.1}\" y1=\"{y0:.1}\" x2=\"{x1:.1}\" y2=\"{y1:.1}\"/>");
    }
    for (column, (middles, below)) in drawing.layers.iter().zip(layout.units.iter().zip(&layout.below)) {
        for (one, (&middle, area)) in column.iter().zip(middles.iter().zip(below)) {
            unit(&mut svg, one, middle);
            if let Some(area) = area {
                let lines: Vec<_> = one.below.iter().map(|text| (Ink::Gradient, text.as_str())).collect();
                label(&mut svg, *area, &lines);
            }
        }
    }
    for (Edge { label: lines, .. }, area) in drawing.edges.iter().zip(&layout.labels) {
        if let Some(area) = area {
            label(&mut svg, *area, &lines.iter().map(|(ink, text)| (*ink, text.as_str())).collect::<Vec<_>>());
        }
    }
    legend(&mut svg, drawing, units_high);
    svg.push_str("</svg>\n");
    svg
}

fn unit(svg: &mut String, unit: &Unit, (x, y): (f64, f64)) {
    let lit = if unit.lit { " lit" } else { "" };
    let _ = match unit.shape {
        Shape::Circle => writeln!(svg, "<circle class=\"unit{lit}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{RADIUS}\"/>"),
        Shape::Bias => writeln!(svg, "<circle class=\"unit bias{lit}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{RADIUS}\"/>"),
        Shape::Square => {
            let (left, top, side) = (x - RADIUS, y - RADIUS, 2.0 * RADIUS);
            writeln!(
                svg,
                "<rect class=\"unit target{lit}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{side}\" height=\"{side}\" rx=\"10\"/>"
            )
        }
    };
    let lines = 1 + unit.inside.len();
    let mut baseline = y - lines as f64 * LINE / 2.0 + 0.8 * LINE;
    text(svg, (x, baseline), "name", &unit.name);
    for line in &unit.inside {
        baseline += LINE;
        text(svg, (x, baseline), "inside", line);
    }
}

/// Lines on a ground of the paper's colour, so that an edge does not go through them.
fn label(svg: &mut String, area: Area, lines: &[(Ink, &str)]) {
    let (x, middle) = area.centre();
    let _ = writeln!(
        svg,
        "<rect class=\"ground\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
        area.left,
        area.top,
        area.right - area.left,
        area.bottom - area.top,
    );
    let mut baseline = middle - lines.len() as f64 * LINE / 2.0 + 0.78 * LINE;
    for (ink, line) in lines {
        text(svg, (x, baseline), class(*ink), line);
        baseline += LINE;
    }
}

fn legend(svg: &mut String, drawing: &NetworkDrawing, top: f64) {
    let mut x = LETTERS;
    for (ink, says) in &drawing.legend {
        let _ = writeln!(
            svg,
            "<text class=\"legend {}\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            class(*ink),
            top + 0.6 * LEGEND,
            escaped(says)
        );
        x += width([says.as_str()]) + 2.0 * LETTERS;
    }
}

fn class(ink: Ink) -> &'static str {
    match ink {
        Ink::Plain => "value",
        Ink::Gradient => "gradient",
        Ink::New => "new",
    }
}

fn text(svg: &mut String, (x, y): (f64, f64), class: &str, text: &str) {
    let _ = writeln!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", escaped(text));
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
