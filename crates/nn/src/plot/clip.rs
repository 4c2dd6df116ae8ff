//! Keeping lines inside the frame. The drawing library would pull points outside to its edge.

use std::ops::Range;

type Point = (f64, f64);

/// The parts of the line through `points` that lie inside the frame, each a line of its own; a
/// point that is not finite is a gap.
pub(super) fn line(points: &[Point], x: &Range<f64>, y: &Range<f64>) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = segment(pair[0], pair[1], x, y) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts
}

/// Whether a point lies inside the frame.
pub(super) fn inside((at_x, at_y): Point, x: &Range<f64>, y: &Range<f64>) -> bool {
    (x.start..=x.end).contains(&at_x) && (y.start..=y.end).contains(&at_y)
}

/// The part of a segment inside the frame, after Liang and Barsky.
fn segment(from: Point, to: Point, x: &Range<f64>, y: &Range<f64>) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if !(dx.is_finite() && dy.is_finite()) {
        return None;
    }
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    // How fast the segment moves towards each edge, and how far off that edge is.
    let edges = [(-dx, from.0 - x.start), (dx, x.end - from.0), (-dy, from.1 - y.start), (dy, y.end - from.1)];
    for (speed, distance) in edges {
        if speed == 0.0 {
            if distance < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            enter = enter.max(distance / speed);
        } else {
            leave = leave.min(distance / speed);
        }
    }
    let at = |part: f64| (from.0 + part * dx, from.1 + part * dy);
    let start = if enter > 0.0 { at(enter) } else { from };
    let end = if leave < 1.0 { at(leave) } else { to };
    (enter <= leave).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Range<f64> = 0.0..1.0;

    #[test]
    fn a_line_is_cut_at_the_frame() {
        let cut = |points: &[Point]| line(points, &FRAME, &FRAME);
        assert_eq!(cut(&[(-1.0, -1.0), (2.0, 2.0)]).len(), 1);
        assert_eq!(cut(&[(-1.0, 0.5), (0.5, 0.5), (0.5, 3.0)]), [[(0.0, 0.5), (0.5, 0.5), (0.5, 1.0)]]);
        assert!(cut(&[(-1.0, 0.5), (-0.5, 2.0), (0.5, 3.0)]).is_empty());
    }

    #[test]
    fn a_point_that_is_not_finite_is_a_gap() {
        let points = [(0.0, 0.0), (0.2, 0.2), (0.4, f64::NAN), (0.6, 0.6), (0.8, 0.8)];
        assert_eq!(line(&points, &FRAME, &FRAME).len(), 2);
        assert!(!inside((0.5, f64::NAN), &FRAME, &FRAME));
    }
}
