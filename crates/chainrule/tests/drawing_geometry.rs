//! Pictures of graphs, measured: nothing stands on top of anything else.

use chainrule::prelude::*;
use chainrule::tape::Table;
use proptest::prelude::*;

/// A box of the picture: what it is, left, top, right, bottom.
#[derive(Clone, Debug)]
pub(super) struct Area(String, [f64; 4]);

impl Area {
    fn meets(&self, other: &Self) -> bool {
        let ([l, t, r, b], [ol, ot, or, ob]) = (self.1, other.1);
        l < or - 0.2 && ol < r - 0.2 && t < ob - 0.2 && ot < b - 0.2
    }
}

fn attribute<'s>(tag: &'s str, name: &str) -> Option<&'s str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

fn length(tag: &str, name: &str) -> f64 {
    attribute(tag, name).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} of {tag}"))
}

/// Every text, by widths of its own: those of `DejaVu` Sans, rounded, which is wider than most fonts.
fn texts(svg: &str) -> Vec<Area> {
    let mut areas = Vec::new();
    for line in svg.lines() {
        let Some((_, text)) = line.split_once("<text") else { continue };
        let (tag, rest) = text.split_once('>').expect("an element");
        let (content, _) = rest.split_once("</text>").expect("the end of an element");
        let class = attribute(tag, "class").unwrap_or_default();
        let has = |name: &str| class.split(' ').any(|word| word == name);
        let size = if has("sign") { 14.0 } else { 12.0 } * if has("name") { 1.1 } else { 1.0 };
        let content = content.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        let letter = |c: char| match c {
            ' ' | '.' | ',' | ':' | 'i' | 'l' | '/' => 0.34,
            '-' | '(' | ')' | '[' | ']' => 0.4,
            'm' | 'w' | 'M' | 'W' | '…' => 0.98,
            '+' | '=' | 'A'..='Z' => 0.8,
            _ => 0.64,
        };
        let wide: f64 = content.chars().map(letter).sum::<f64>() * size;
        let (x, y) = (length(tag, "x"), length(tag, "y"));
        let left = if has("start") {
            x
        } else if has("end") {
            x - wide
        } else {
            x - wide / 2.0
        };
        areas.push(Area(content, [left, y - 0.76 * size, left + wide, y + 0.24 * size]));
    }
    areas
}

/// Every gate, and every box of a folded group.
pub(super) fn bodies(svg: &str) -> Vec<Area> {
    let is_body = |tag: &&str| tag.starts_with(" class=\"gate") || tag.starts_with(" class=\"box");
    let tags = svg.split("<rect").skip(1).map(|rest| rest.split_once('>').expect("an element").0).filter(is_body);
    tags.map(|tag| {
        let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| length(tag, name));
        Area("body".to_owned(), [x, y, x + width, y + height])
    })
    .collect()
}

/// Points along every edge, a few units apart.
fn points(svg: &str) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for rest in svg.split("<path class=\"edge").skip(1) {
        let tag = rest.split_once('>').expect("an element").0;
        let path = attribute(tag, "d").expect("a path");
        let (mut x, mut y) = (0.0, 0.0);
        let mut to = |from: (f64, f64), bends: [(f64, f64); 2], end: (f64, f64)| {
            for step in 0..=16 {
                let t = f64::from(step) / 16.0;
                let mix = |a: f64, b: f64, c: f64, d: f64| {
                    let s = 1.0 - t;
                    s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
                };
                points.push((mix(from.0, bends[0].0, bends[1].0, end.0), mix(from.1, bends[0].1, bends[1].1, end.1)));
            }
        };
        let mut rest = path;
        while let Some(command) = rest.chars().next() {
            let end = rest[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |at| at + 1);
            let n: Vec<f64> = rest[1..end].split_whitespace().map(|n| n.parse().expect("a number")).collect();
            let new = match command {
                'H' => (n[0], y),
                'h' => (x + n[0], y),
                _ => (n[n.len() - 2], n[n.len() - 1]),
            };
            match command {
                'M' => {}
                'C' => to((x, y), [(n[0], n[1]), (n[2], n[3])], new),
                _ => to((x, y), [(x, y), new], new),
            }
            (x, y) = new;
            rest = &rest[end..];
        }
    }
    points
}

/// What stands on top of something else.
pub(super) fn overlaps(svg: &str) -> Vec<String> {
    let (texts, bodies) = (texts(svg), bodies(svg));
    let mut found = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        found.extend(
            texts[at + 1..].iter().filter(|other| text.meets(other)).map(|other| format!("{text:?} {other:?}")),
        );
        // a sign stands in its gate
        let inside = |body: &&Area| body.1[0] <= text.1[0] + 4.0 && text.1[2] <= body.1[2] + 4.0 && text.meets(body);
        found.extend(
            bodies.iter().filter(|body| text.meets(body) && !inside(body)).map(|body| format!("{text:?} {body:?}")),
        );
    }
    for (at, body) in bodies.iter().enumerate() {
        found.extend(
            bodies[at + 1..].iter().filter(|other| body.meets(other)).map(|other| format!("{body:?} {other:?}")),
        );
    }
    for (x, y) in points(svg) {
        let point = Area("edge".to_owned(), [x, y, x, y]);
        let crossed = texts.iter().chain(&bodies).find(|area| {
            let [l, t, r, b] = area.1;
            // edges end at the rounded side of a gate, a little within its box
            let inset = if area.0 == "body" { 18.0 } else { 0.5 };
            Area(String::new(), [l + inset, t + 0.5, r - inset, b - 0.5]).meets(&point)
        });
        found.extend(crossed.map(|area| format!("{area:?} {point:?}")));
    }
    let (_, size) = svg.split_once("viewBox=\"0 0 ").expect("a size");
    let size: Vec<f64> = size.split(['"', ' ']).take(2).map(|n| n.parse().expect("a number")).collect();
    found.extend(
        texts
            .iter()
            .chain(&bodies)
            .filter(|area| {
                let [l, t, r, b] = area.1;
                l < 0.0 || t < 0.0 || r > size[0] || b > size[1]
            })
            .map(|area| format!("outside: {area:?}")),
    );
    found
}

/// A graph in which each operation takes operands from among all before it.
fn random_graph(inputs: usize, operations: &[(u8, usize, usize)], names: bool) -> Table<f64> {
    let tape = ScalarTape::traced();
    let mut values: Vec<_> = (0..inputs).map(|i| tape.var(0.3 + i as f64).named(&format!("x{i}"))).collect();
    for (number, &(kind, one, other)) in operations.iter().enumerate() {
        let (a, b) = (values[one % values.len()], values[other % values.len()]);
        let value = match kind % 9 {
            0 => a + b,
            1 => a * b,
            2 => a - b,
            3 => a.sin(),
            4 => a / b,
            5 => sum(&[a, b, values[(one + other) % values.len()]]),
            6 => a.max(1.5),
            7 => a * 2.5,
            _ => (a.leaky_relu(0.01)).min(b),
        };
        let name = format!("{}value_{number}", ["part_a/", "part_b/", ""][number % 3]);
        values.push(if names && kind % 2 == 0 { value.named(&name) } else { value });
    }
    let last = *values.last().expect("a value");
    tape.table(&last.backward())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_in_random_graphs(
        inputs in 1usize..6,
        operations in prop::collection::vec((any::<u8>(), any::<usize>(), any::<usize>()), 0..40),
        names in any::<bool>(),
        limit in 1usize..50,
    ) {
        let operations: Vec<_> = operations.into_iter().map(|(kind, a, b)| (kind, a % 1000, b % 1000)).collect();
        let table = random_graph(inputs, &operations, names);
        for drawing in [table.drawing(), table.drawing().limit(limit), table.drawing().scope_depth(1)] {
            let svg = drawing.to_svg();
            prop_assert_eq!(overlaps(&svg), Vec::<String>::new());
            prop_assert_eq!(&svg, &drawing.to_svg());
        }
        let drawn = bodies(&table.drawing().limit(limit).to_svg()).len();
        prop_assert!(drawn <= 2 * limit, "{drawn} boxes at a limit of {limit}");
    }
}
