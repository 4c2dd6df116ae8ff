//! Where everything stands.

use super::layers::Layers;
use super::shape::Shape;

/// Between places of one layer.
const APART: f64 = 10.0;
/// Between an edge that passes and what it passes.
const WAY: f64 = 5.0;
/// Around the picture.
pub(super) const EDGE: f64 = 16.0;
/// Between two layers, at least and at most.
const NARROW: f64 = 22.0;
const WIDE: f64 = 110.0;
/// Sweeps to and fro that straighten edges.
const SWEEPS: usize = 16;

/// A layer, from left to right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) left: f64,
    pub(super) middle: f64,
    pub(super) right: f64,
}

#[derive(Debug)]
pub(super) struct Placed {
    /// The height of each place of the layers.
    pub(super) heights: Vec<f64>,
    pub(super) columns: Vec<Column>,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Placed {
    /// Places everything below `top`.
    pub(super) fn of(layers: &Layers, shapes: &[Shape], top: f64) -> Self {
        let mut heights = stacked(layers, shapes);
        for sweep in 0..SWEEPS {
            let count = layers.order.len();
            for step in 0..count {
                let (layer, sides) = match sweep % 3 {
                    0 => (step, (true, false)),
                    1 => (count - 1 - step, (false, true)),
                    _ => (if sweep % 2 == 0 { step } else { count - 1 - step }, (true, true)),
                };
                straighten(layers, shapes, layer, sides, &mut heights);
            }
        }
        let highest = layers.extents(shapes, &heights, |place, up, _| place - up).fold(f64::INFINITY, f64::min);
        for height in &mut heights {
            *height += top - highest;
        }
        let lowest = layers.extents(shapes, &heights, |place, _, down| place + down).fold(top, f64::max);
        let columns = columns(layers, shapes, &heights);
        let width = columns.last().map_or(0.0, |column| column.right) + EDGE;
        Self { heights, columns, width, height: lowest + EDGE }
    }
}

impl Layers {
    fn extents(
        &self,
        shapes: &[Shape],
        heights: &[f64],
        of: impl Fn(f64, f64, f64) -> f64,
    ) -> impl Iterator<Item = f64> {
        (0..self.places.len()).map(move |place| {
            let (up, down) = self.extent(shapes, place);
            of(heights[place], up, down)
        })
    }

    /// How much room a place takes above and below.
    fn extent(&self, shapes: &[Shape], place: usize) -> (f64, f64) {
        match self.places[place].node {
            Some(node) => (shapes[node].up, shapes[node].down),
            None => (WAY, WAY),
        }
    }

    /// How far the middles of two neighbours must be apart.
    fn distance(&self, shapes: &[Shape], above: usize, below: usize) -> f64 {
        let ways = self.places[above].node.is_none() && self.places[below].node.is_none();
        let apart = if ways { 2.0 } else { APART };
        self.extent(shapes, above).1 + self.extent(shapes, below).0 + apart
    }
}

/// One below the other.
fn stacked(layers: &Layers, shapes: &[Shape]) -> Vec<f64> {
    let mut heights = vec![0.0; layers.places.len()];
    for layer in &layers.order {
        let mut height = 0.0;
        for (at, &place) in layer.iter().enumerate() {
            if at > 0 {
                height += layers.distance(shapes, layer[at - 1], place);
            }
            heights[place] = height;
        }
        // centred, as a start
        for &place in layer {
            heights[place] -= height / 2.0;
        }
    }
    heights
}

/// Moves the places of one layer to where their edges run straight, as far as their order and distances allow: the least sum of
/// squares, by pooling neighbours that want to pass each other.
fn straighten(layers: &Layers, shapes: &[Shape], layer: usize, sides: (bool, bool), heights: &mut [f64]) {
    let order = &layers.order[layer];
    // a pool: how many places, their weight, and the mean of where their first would stand
    let mut pools: Vec<(usize, f64, f64)> = Vec::with_capacity(order.len());
    let mut offsets = Vec::with_capacity(order.len());
    let mut offset = 0.0;
    for (at, &place) in order.iter().enumerate() {
        if at > 0 {
            offset += layers.distance(shapes, order[at - 1], place);
        }
        offsets.push(offset);
        let (wanted, weight) = wanted(layers, place, sides, heights);
        let mut pool = (1, weight, wanted - offset);
        while let Some(&(count, weight, mean)) = pools.last() {
            if mean < pool.2 {
                break;
            }
            pools.pop();
            let total = weight + pool.1;
            pool = (count + pool.0, total, (mean * weight + pool.2 * pool.1) / total);
        }
        pools.push(pool);
    }
    let mut at = 0;
    for (count, _, mean) in pools {
        for _ in 0..count {
            heights[order[at]] = mean + offsets[at];
            at += 1;
        }
    }
}

/// Where a place would have its edges straight, and how much that counts. Long edges count more: their bends are seen.
fn wanted(layers: &Layers, place: usize, (left, right): (bool, bool), heights: &[f64]) -> (f64, f64) {
    let here = &layers.places[place];
    let is_way = here.node.is_none();
    let (mut total, mut weight) = (0.0, 0.0);
    let arriving = here.arriving.iter().filter(|_| left).map(|&link| (link, true));
    let leaving = here.leaving.iter().filter(|_| right).map(|&link| (link, false));
    for (link, arrives) in arriving.chain(leaving) {
        let link = &layers.links[link];
        let other = if arrives { link.from } else { link.to };
        let (theirs, ours) = if arrives { link.heights } else { (link.heights.1, link.heights.0) };
        let both = is_way && layers.places[other].node.is_none();
        let counts = if both { 8.0 } else { 1.0 };
        total += counts * (heights[other] + theirs - ours);
        weight += counts;
    }
    if weight == 0.0 { (heights[place], 0.01) } else { (total / weight, weight) }
}

/// The layers side by side, further apart where edges between them rise or fall a lot.
fn columns(layers: &Layers, shapes: &[Shape], heights: &[f64]) -> Vec<Column> {
    let mut left = EDGE;
    let mut columns = Vec::new();
    for order in &layers.order {
        let nodes = order.iter().filter_map(|&place| layers.places[place].node);
        let (mut before, mut behind) = (0f64, 0f64);
        for node in nodes {
            before = before.max(shapes[node].left);
            behind = behind.max(shapes[node].right);
        }
        columns.push(Column { left, middle: left + before, right: left + before + behind });
        let leaving = order.iter().flat_map(|&place| &layers.places[place].leaving).map(|&link| {
            let link = &layers.links[link];
            (heights[link.to] + link.heights.1 - heights[link.from] - link.heights.0).abs()
        });
        left += before + behind + (NARROW + 0.3 * leaving.fold(0.0, f64::max)).min(WIDE);
    }
    columns
}
