//! Nodes in layers from left to right, and their order within a layer, so that few edges cross.
//!
//! The method of Sugiyama, Tagawa and Toda (<https://doi.org/10.1109/TSMC.1981.4308636>): layers by the longest path, way points where an
//! edge passes a layer, and orders by the mean of the neighbours, in sweeps to and fro.

use super::graph::Graph;
use super::shape::Shape;

/// Sweeps to and fro.
const SWEEPS: usize = 12;
/// Above this many places, neighbours are not tried in both orders.
const SMALL: usize = 600;
/// Above this many way points for each node, inputs stand beside what uses them first and not on the left.
const LONG: usize = 20;

/// A place in a layer: a node, or a point that an edge passes.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) layer: usize,
    /// Nothing for a way point.
    pub(super) node: Option<usize>,
    /// Links that arrive and links that leave.
    pub(super) arriving: Vec<usize>,
    pub(super) leaving: Vec<usize>,
}

/// A piece of an edge, from one layer to the next. Edges of one value share their pieces as far as they run together.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) from: usize,
    /// The value of the node that it begins at.
    pub(super) out: usize,
    pub(super) to: usize,
    /// The edge of the node that it ends at.
    pub(super) port: Option<usize>,
    pub(super) pale: bool,
    /// How high it begins and ends, from the middle of its places.
    pub(super) heights: (f64, f64),
}

#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) places: Vec<Place>,
    pub(super) links: Vec<Link>,
    /// The places of each layer, from top to bottom.
    pub(super) order: Vec<Vec<usize>>,
}

impl Layers {
    pub(super) fn of(graph: &Graph, shapes: &mut [Shape]) -> Self {
        let mut layers = Self::default();
        let numbers = numbers(graph);
        layers.order.resize(numbers.iter().max().map_or(0, |last| last + 1), Vec::new());
        for (node, &layer) in numbers.iter().enumerate() {
            layers.add(layer, Some(node));
        }
        layers.link(graph, shapes);
        layers.sort(graph);
        layers.assign_ports(graph, shapes);
        layers
    }

    fn add(&mut self, layer: usize, node: Option<usize>) -> usize {
        self.order[layer].push(self.places.len());
        self.places.push(Place { layer, node, arriving: Vec::new(), leaving: Vec::new() });
        self.places.len() - 1
    }

    /// Pieces of edges, with the way points between.
    fn link(&mut self, graph: &Graph, shapes: &[Shape]) {
        // the last way point of each value, by node and value, as its edges are followed
        let mut ways: Vec<Vec<Vec<usize>>> = graph.nodes.iter().map(|node| vec![Vec::new(); node.outs.len()]).collect();
        for (to, node) in graph.nodes.iter().enumerate() {
            for (port, edge) in node.ins.iter().enumerate() {
                let (from, out) = edge.from;
                let way = &mut ways[from][out];
                let start = self.places[from].layer + 1;
                let leaves = shapes[from].outs[out].0;
                for layer in start..self.places[to].layer {
                    let passed = layer - start;
                    if let Some(&place) = way.get(passed) {
                        let link = self.places[place].arriving[0];
                        self.links[link].pale &= edge.pale;
                        continue;
                    }
                    let before = if passed == 0 { from } else { way[passed - 1] };
                    let place = self.add(layer, None);
                    let height = if passed == 0 { leaves } else { 0.0 };
                    self.connect(Link {
                        from: before,
                        out,
                        to: place,
                        port: None,
                        pale: edge.pale,
                        heights: (height, 0.0),
                    });
                    way.push(place);
                }
                let passed = self.places[to].layer - start;
                let before = if passed == 0 { from } else { way[passed - 1] };
                let heights = (if passed == 0 { leaves } else { 0.0 }, shapes[to].ports[port].height);
                self.connect(Link { from: before, out, to, port: Some(port), pale: edge.pale, heights });
            }
        }
    }

    fn connect(&mut self, link: Link) {
        self.places[link.from].leaving.push(self.links.len());
        self.places[link.to].arriving.push(self.links.len());
        self.links.push(link);
    }

    /// Orders every layer.
    fn sort(&mut self, graph: &Graph) {
        let mut rank = vec![0; self.places.len()];
        let mut best = (usize::MAX, Vec::new());
        for sweep in 0..SWEEPS {
            let forwards = sweep % 2 == 0;
            let count = self.order.len();
            for step in 0..count {
                self.sort_layer(if forwards { step } else { count - 1 - step }, forwards, &mut rank);
            }
            if self.places.len() <= SMALL {
                self.exchange(graph, &mut rank);
            }
            let crossings = self.crossings(graph, &rank);
            if crossings < best.0 {
                best = (crossings, self.order.clone());
            }
            if crossings == 0 {
                break;
            }
        }
        self.order = best.1;
    }

    /// Orders one layer by the mean rank of the neighbours on one side; who has none there stays where it is.
    fn sort_layer(&mut self, layer: usize, forwards: bool, rank: &mut [usize]) {
        let mut wanted: Vec<(f64, usize)> = Vec::with_capacity(self.order[layer].len());
        for (at, &place) in self.order[layer].iter().enumerate() {
            let here = &self.places[place];
            let links = if forwards { &here.arriving } else { &here.leaving };
            let total: f64 = links
                .iter()
                .map(|&link| {
                    let link = &self.links[link];
                    // where several edges meet one node, those that leave it higher come first
                    let (other, height) =
                        if forwards { (link.from, link.heights.0) } else { (link.to, link.heights.1) };
                    rank[other] as f64 + height / 1e4
                })
                .sum();
            wanted.push((if links.is_empty() { at as f64 } else { total / links.len() as f64 }, place));
        }
        wanted.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        self.order[layer] = wanted.into_iter().map(|(_, place)| place).collect();
        self.number(layer, rank);
    }

    fn number(&self, layer: usize, rank: &mut [usize]) {
        for (at, &place) in self.order[layer].iter().enumerate() {
            rank[place] = at;
        }
    }

    /// Where a link begins and ends, as far as the order of the places tells.
    fn ends(&self, graph: &Graph, rank: &[usize], link: usize) -> ((usize, usize), (usize, usize)) {
        let link = &self.links[link];
        let port = match (link.port, self.places[link.to].node) {
            (Some(port), Some(node)) if !graph.nodes[node].any_order => port,
            _ => 0,
        };
        ((rank[link.from], link.out), (rank[link.to], port))
    }

    /// Exchanges neighbours as long as fewer edges cross then.
    fn exchange(&mut self, graph: &Graph, rank: &mut [usize]) {
        for layer in 0..self.order.len() {
            for _ in 0..self.order[layer].len() {
                let mut better = false;
                for at in 1..self.order[layer].len() {
                    let (above, below) = (self.order[layer][at - 1], self.order[layer][at]);
                    if self.pair(graph, rank, above, below) > self.pair(graph, rank, below, above) {
                        self.order[layer].swap(at - 1, at);
                        rank.swap(above, below);
                        better = true;
                    }
                }
                if !better {
                    break;
                }
            }
        }
    }

    /// How many edges of two neighbours cross if the first stands above.
    fn pair(&self, graph: &Graph, rank: &[usize], above: usize, below: usize) -> usize {
        let [above, below] = [&self.places[above], &self.places[below]];
        let far = |link: &usize, leaving: bool| {
            let (from, to) = self.ends(graph, rank, *link);
            if leaving { to } else { from }
        };
        let side = |one: &[usize], other: &[usize], leaving: bool| {
            let crossed = |a: &usize| other.iter().filter(|b| far(a, leaving) > far(b, leaving)).count();
            one.iter().map(crossed).sum::<usize>()
        };
        side(&above.leaving, &below.leaving, true) + side(&above.arriving, &below.arriving, false)
    }

    /// How many edges cross in all.
    fn crossings(&self, graph: &Graph, rank: &[usize]) -> usize {
        let mut total = 0;
        for layer in &self.order {
            let mut ends: Vec<_> = layer
                .iter()
                .flat_map(|&place| &self.places[place].leaving)
                .map(|&link| self.ends(graph, rank, link))
                .collect();
            ends.sort_unstable();
            let targets: Vec<_> = ends.into_iter().map(|(_, to)| to).collect();
            total += inversions(&targets);
        }
        total
    }

    /// Edges that may arrive in any order arrive in the order that they come in.
    fn assign_ports(&mut self, graph: &Graph, shapes: &mut [Shape]) {
        let mut rank = vec![0; self.places.len()];
        for layer in 0..self.order.len() {
            self.number(layer, &mut rank);
        }
        for (number, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.any_order) {
            let mut arriving = self.places[number].arriving.clone();
            arriving.sort_by(|&one, &other| {
                let [one, other] = [&self.links[one], &self.links[other]];
                let by_rank = rank[one.from].cmp(&rank[other.from]);
                by_rank.then(one.heights.0.total_cmp(&other.heights.0)).then(one.port.cmp(&other.port))
            });
            let shape = &mut shapes[number];
            let mut ports = shape.ports.clone();
            for (&link, free) in arriving.iter().zip(&shape.ports) {
                let Some(port) = self.links[link].port else { continue };
                let labelled = ports[port].labelled;
                ports[port] = super::shape::Port { labelled, ..*free };
                self.links[link].heights.1 = free.height;
            }
            debug_assert_eq!(ports.len(), node.ins.len());
            shape.ports = ports;
        }
    }
}

/// The layer of each node: one behind the last of those it is made from; inputs on the left.
fn numbers(graph: &Graph) -> Vec<usize> {
    let mut layers = vec![0; graph.nodes.len()];
    for (at, node) in graph.nodes.iter().enumerate() {
        layers[at] = node.ins.iter().map(|edge| layers[edge.from.0] + 1).max().unwrap_or(0);
    }
    let mut last = layers.clone();
    let mut first = vec![usize::MAX; graph.nodes.len()];
    for (at, node) in graph.nodes.iter().enumerate() {
        for edge in &node.ins {
            last[edge.from.0] = last[edge.from.0].max(layers[at]);
            first[edge.from.0] = first[edge.from.0].min(layers[at]);
        }
    }
    let passed: usize = last.iter().zip(&layers).map(|(last, layer)| last - layer).sum();
    if passed > LONG * graph.nodes.len() + 1000 {
        for (at, node) in graph.nodes.iter().enumerate() {
            if node.ins.is_empty() && first[at] != usize::MAX {
                layers[at] = first[at] - 1;
            }
        }
    }
    layers
}

/// How many pairs stand in the wrong order, by merging halves from the bottom up.
fn inversions<T: Ord + Copy>(values: &[T]) -> usize {
    let (mut values, mut total, mut width) = (values.to_vec(), 0, 1);
    while width < values.len() {
        for chunk in values.chunks_mut(2 * width) {
            let (left, right) = chunk.split_at(width.min(chunk.len()));
            let mut merged = Vec::with_capacity(chunk.len());
            let (mut l, mut r) = (0, 0);
            while l < left.len() || r < right.len() {
                if r == right.len() || (l < left.len() && left[l] <= right[r]) {
                    merged.push(left[l]);
                    l += 1;
                } else {
                    total += left.len() - l;
                    merged.push(right[r]);
                    r += 1;
                }
            }
            chunk.copy_from_slice(&merged);
        }
        width *= 2;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::inversions;

    #[test]
    fn inversions_are_pairs_in_the_wrong_order() {
        let values = [5, 1, 4, 1, 3, 9, 2, 6, 5, 3, 5];
        let pairs = |i: usize| values[i + 1..].iter().filter(|&&later| later < values[i]).count();
        assert_eq!(inversions(&values), (0..values.len()).map(pairs).sum());
        assert_eq!(inversions::<u8>(&[]), 0);
    }
}
