//! Where everything stands: units in columns, labels on their edges such that none covers another or a unit.

use super::NetworkDrawing;

/// The radius of a unit.
pub const RADIUS: f64 = 68.0;
/// The size of the letters of labels and gradients, and from line to line.
pub const LETTERS: f64 = 17.0;
/// Height of a line of text.
pub const LINE: f64 = 21.0;
/// How wide a letter is at most, as a part of its size: digits of wide fonts.
const LETTER_WIDTH: f64 = 0.62;
/// Around the whole drawing, and between labels.
const MARGIN: f64 = 12.0;
const AIR: f64 = 8.0;
/// Between the columns of units whose edges have labels or none, and between the rows.
const GAP: f64 = 200.0;
const BARE_GAP: f64 = 70.0;
const ROW_GAP: f64 = 26.0;

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its right edge.
    pub right: f64,
    /// Its lower edge.
    pub bottom: f64,
}

impl Area {
    /// Around a point.
    pub fn around((x, y): (f64, f64), width: f64, height: f64) -> Self {
        Self { left: x - width / 2.0, top: y - height / 2.0, right: x + width / 2.0, bottom: y + height / 2.0 }
    }

    /// Its middle.
    pub fn centre(&self) -> (f64, f64) {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }

    /// Whether the two come nearer than `air`.
    pub fn meets(&self, other: &Self, air: f64) -> bool {
        self.left < other.right + air
            && other.left < self.right + air
            && self.top < other.bottom + air
            && other.top < self.bottom + air
    }

    /// Whether a straight line goes through, by what of it lies between the sides, then between top and bottom.
    fn is_crossed_by(&self, ((x0, y0), (x1, y1)): Line) -> bool {
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (start, along, low, high) in [(x0, x1 - x0, self.left, self.right), (y0, y1 - y0, self.top, self.bottom)] {
            if along == 0.0 {
                if start < low || start > high {
                    return false;
                }
                continue;
            }
            let (a, b) = ((low - start) / along, (high - start) / along);
            from = from.max(a.min(b));
            to = to.min(a.max(b));
        }
        from <= to
    }
}

/// From a point to another.
pub type Line = ((f64, f64), (f64, f64));

/// The places of all parts.
pub struct Layout {
    /// The middle of each unit, layer by layer.
    pub units: Vec<Vec<(f64, f64)>>,
    /// What is below each unit, layer by layer; none for nothing.
    pub below: Vec<Vec<Option<Area>>>,
    /// Each edge, from rim to rim.
    pub lines: Vec<Line>,
    /// Each edge's label; none for nothing.
    pub labels: Vec<Option<Area>>,
    /// Of the units with their gradients; the legend comes below.
    pub size: (f64, f64),
}

/// How wide these lines of text are at most.
pub fn width<'a>(lines: impl IntoIterator<Item = &'a str>) -> f64 {
    lines.into_iter().map(|line| line.chars().count() as f64).fold(0.0, f64::max) * LETTERS * LETTER_WIDTH
}

impl Layout {
    /// Lays a drawing out: with more room between units, until each label has a place.
    pub fn of(drawing: &NetworkDrawing) -> Self {
        let mut room = 0.0;
        loop {
            let mut layout = Self::of_units(drawing, room);
            if layout.place_labels(drawing) {
                return layout;
            }
            // With as much room as all labels together want there is a place for each.
            room += 30.0;
        }
    }

    /// Units and edges, with so much more room between them than usual.
    fn of_units(drawing: &NetworkDrawing, room: f64) -> Self {
        let lines_below = drawing.layers.iter().flatten().map(|unit| unit.below.len()).max().unwrap_or(0);
        let row = 2.0 * RADIUS + lines_below as f64 * LINE + ROW_GAP + room / 3.0;
        let rows = drawing.layers.iter().map(Vec::len).max().unwrap_or(0) as f64;
        // Texts below may be wider than their unit.
        let widest_below =
            width(drawing.layers.iter().flatten().flat_map(|unit| unit.below.iter().map(String::as_str)));
        let half = RADIUS.max(widest_below / 2.0);
        let mut x = MARGIN + half;
        let (mut units, mut below) = (Vec::new(), Vec::new());
        for (layer, column) in drawing.layers.iter().enumerate() {
            if layer > 0 {
                let arriving = drawing.edges.iter().filter(|edge| edge.to.0 == layer);
                // Higher labels want longer edges, so that these are seen to go on.
                let gap = match arriving.map(|edge| edge.label.len()).max().unwrap_or(0) {
                    0 => BARE_GAP.max(2.0 * (half - RADIUS) + MARGIN),
                    lines => GAP + lines as f64 * LINE + room,
                };
                x += 2.0 * RADIUS + gap;
            }
            let top = MARGIN + RADIUS + (rows - column.len() as f64) * row / 2.0;
            let middles: Vec<(f64, f64)> = (0..column.len()).map(|at| (x, top + at as f64 * row)).collect();
            below.push(column.iter().zip(&middles).map(|(unit, &middle)| below_unit(unit, middle)).collect());
            units.push(middles);
        }
        let lines = drawing.edges.iter().map(|edge| {
            let (from, to): ((f64, f64), (f64, f64)) = (units[edge.from.0][edge.from.1], units[edge.to.0][edge.to.1]);
            let (along, across) = (to.0 - from.0, to.1 - from.1);
            let share = RADIUS / along.hypot(across);
            let inward = (along * share, across * share);
            ((from.0 + inward.0, from.1 + inward.1), (to.0 - inward.0, to.1 - inward.1))
        });
        let lines: Vec<Line> = lines.collect();
        let size = (x + half + MARGIN, rows * row - ROW_GAP - room / 3.0 + 2.0 * MARGIN);
        Self { labels: vec![None; lines.len()], units, below, lines, size }
    }

    /// Finds a place on its edge for each label; false where one finds none.
    fn place_labels(&mut self, drawing: &NetworkDrawing) -> bool {
        let circles = self.units.iter().flatten().map(|&middle| Area::around(middle, 2.0 * RADIUS, 2.0 * RADIUS));
        let taken: Vec<Area> = circles.chain(self.below.iter().flatten().flatten().copied()).collect();
        // Those that come first do not know where the others will be: each may move once these are there.
        for _round in 0..4 {
            for (at, edge) in drawing.edges.iter().enumerate().filter(|(_, edge)| !edge.label.is_empty()) {
                let wide = width(edge.label.iter().map(|(_, text)| text.as_str())) + 6.0;
                let high = edge.label.len() as f64 * LINE + 4.0;
                self.labels[at] = None;
                self.labels[at] = self.best_place(at, wide, high, &taken);
            }
        }
        drawing.edges.iter().zip(&self.labels).all(|(edge, label)| edge.label.is_empty() || label.is_some())
    }

    /// The place on an edge that covers nothing, crosses the fewest other edges, and lies nearest to the middle.
    fn best_place(&self, edge: usize, wide: f64, high: f64, taken: &[Area]) -> Option<Area> {
        let ((x0, y0), (x1, y1)) = self.lines[edge];
        let mut best: Option<(f64, Area)> = None;
        for step in 1..40 {
            let part = f64::from(step) / 40.0;
            let area = Area::around((x0 + part * (x1 - x0), y0 + part * (y1 - y0)), wide, high);
            let free = |other: &Area| !area.meets(other, AIR);
            if !taken.iter().all(free) || !self.labels.iter().flatten().all(free) {
                continue;
            }
            let others = self.lines.iter().enumerate().filter(|(other, _)| *other != edge);
            let crossed = others.filter(|(_, line)| area.is_crossed_by(**line)).count();
            let cost = crossed as f64 + (part - 0.5).abs();
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, area));
            }
        }
        best.map(|(_, area)| area)
    }
}

fn below_unit(unit: &super::Unit, (x, y): (f64, f64)) -> Option<Area> {
    let high = unit.below.len() as f64 * LINE;
    let wide = width(unit.below.iter().map(String::as_str));
    (high > 0.0).then(|| Area::around((x, y + RADIUS + 3.0 + high / 2.0), wide, high))
}
