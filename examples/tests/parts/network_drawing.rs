//! No label covers another or a unit, whatever the layers.

use chainrule_examples::network_drawing::layout::{Area, Layout, RADIUS};
use chainrule_examples::network_drawing::{Edge, Ink, NetworkDrawing, Unit};

/// A network of these layers, each unit joined to each of the next layer, with so many lines on every edge and below every unit.
fn network(layers: &[usize], on_edges: usize, below: usize) -> NetworkDrawing {
    let mut drawing = NetworkDrawing::new("trial");
    for &units in layers {
        let units = (0..units).map(|at| {
            Unit::new(format!("u{at}"))
                .inside(["net 0.123456", "out 0.123456"])
                .below(vec!["∂E/∂net -0.123456"; below])
        });
        drawing = drawing.layer(units);
    }
    for (layer, pair) in layers.windows(2).enumerate() {
        for (from, to) in (0..pair[0]).flat_map(|from| (0..pair[1]).map(move |to| (from, to))) {
            let label = vec![(Ink::Plain, "w12 -0.123456"); on_edges];
            drawing = drawing.edge(Edge::between((layer, from), (layer + 1, to)).label(label));
        }
    }
    drawing
}

#[track_caller]
fn check(layers: &[usize], on_edges: usize, below: usize) {
    let drawing = network(layers, on_edges, below);
    let layout = Layout::of(&drawing);
    let circles = layout.units.iter().flatten().map(|&middle| Area::around(middle, 2.0 * RADIUS, 2.0 * RADIUS));
    let labels: Vec<Area> = layout.labels.iter().flatten().copied().collect();
    assert_eq!(labels.len(), if on_edges == 0 { 0 } else { drawing.edges.len() });
    let all: Vec<Area> = circles.chain(layout.below.iter().flatten().flatten().copied()).chain(labels).collect();
    let (wide, high) = layout.size;
    for (at, area) in all.iter().enumerate() {
        assert!(
            area.left >= 0.0 && area.top >= 0.0 && area.right <= wide && area.bottom <= high,
            "{area:?} is cut off"
        );
        for other in &all[..at] {
            assert!(!area.meets(other, 0.0), "{area:?} and {other:?} overlap in {layers:?}");
        }
    }
}

#[test]
fn nothing_overlaps_in_networks_of_many_shapes() {
    for on_edges in 0..=3 {
        for below in 0..=2 {
            check(&[3, 3, 2, 2], on_edges, below);
            check(&[3, 5, 1, 1], on_edges, below);
        }
    }
    check(&[1, 1], 1, 0);
    check(&[4, 6, 6, 3], 2, 1);
    check(&[1, 7, 1], 3, 2);
}

#[test]
fn a_drawing_says_what_it_shows() {
    let svg = network(&[2, 1], 1, 1).legend(Ink::Gradient, "gradient < 1").to_svg();
    assert_eq!((svg.matches("<circle").count(), svg.matches("class=\"edge\"").count()), (3, 2));
    for part in
        ["aria-label=\"trial\"", "class=\"gradient\"", "gradient &lt; 1", "w12 -0.123456", "prefers-color-scheme"]
    {
        assert!(svg.contains(part), "{part} is missing in {svg}");
    }
}

#[test]
#[should_panic(expected = "there is no unit 2 in layer 1")]
fn an_edge_wants_both_its_units() {
    let _ = network(&[1, 2], 0, 0).edge(Edge::between((0, 0), (1, 2)));
}
