//! How the cost of a step grows with batch, width and depth, and with it memory: a table, and curves.

use crate::own;
use chainrule_benches::network::Stack;
use chainrule_nn::plot::Picture;
use std::path::Path;

const BASE: Stack = Stack { batch: 128, width: 512, depth: 2 };
/// Narrower, so that two hundred layers are soon done.
const SLIM: Stack = Stack { batch: 32, width: 64, depth: 2 };
const BATCHES: &[usize] = &[1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const WIDTHS: &[usize] = &[16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const DEPTHS: &[usize] = &[2, 5, 10, 20, 50, 100, 200];

/// One of the sizes that grow.
struct Way {
    name: &'static str,
    unit: &'static str,
    sizes: &'static [usize],
    stack: fn(usize) -> Stack,
    /// What is compared: microseconds for so much of the size.
    per: fn(Stack) -> f64,
}

const WAYS: [Way; 3] = [
    Way {
        name: "batch",
        unit: "rows of the batch; 2 hidden layers of 512",
        sizes: BATCHES,
        stack: |batch| Stack { batch, ..BASE },
        per: |stack| stack.batch as f64,
    },
    Way {
        name: "width",
        unit: "units of each of 2 hidden layers; batch 128",
        sizes: WIDTHS,
        stack: |width| Stack { width, ..BASE },
        per: |stack| (stack.width * stack.width) as f64 * 1e-6,
    },
    Way {
        name: "depth",
        unit: "hidden layers of 64; batch 32",
        sizes: DEPTHS,
        stack: |depth| Stack { depth, ..SLIM },
        per: |stack| stack.depth as f64,
    },
];

/// What was measured of one network.
struct Point {
    size: f64,
    microseconds: f64,
    peak: f64,
}

type Curve = Vec<Point>;

/// Measures, prints, draws.
pub(crate) fn run() -> Result<(), String> {
    println!(
        "| what grows | size | 1 thread, us | {} threads, us | us for each, 1 thread | peak, MiB |",
        most_threads()
    );
    println!("|---|--:|--:|--:|--:|--:|");
    let mut peaks = Vec::new();
    for way in &WAYS {
        let (one, all) = curves(way)?;
        draw(way, &one, &all)?;
        peaks.push((way, one));
    }
    draw_memory(&peaks)
}

/// Two, where the machine has them.
fn most_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(2)
}

/// With one thread and with two.
fn curves(way: &Way) -> Result<(Curve, Curve), String> {
    let (mut one, mut all) = (Vec::new(), Vec::new());
    for &size in way.sizes {
        let stack = (way.stack)(size);
        let [first, second] = [point(size, stack, 1)?, point(size, stack, most_threads())?];
        let each = first.microseconds / (way.per)(stack);
        println!(
            "| {} | {size} | {:.1} | {:.1} | {each:.2} | {:.1} |",
            way.name, first.microseconds, second.microseconds, first.peak
        );
        one.push(first);
        all.push(second);
    }
    Ok((one, all))
}

fn point(size: usize, stack: Stack, threads: usize) -> Result<Point, String> {
    let [batch, width, depth, threads] =
        [stack.batch, stack.width, stack.depth, threads].map(|number| number.to_string());
    let arguments = ["step", "--batch", &batch, "--width", &width, "--depth", &depth, "--threads", &threads];
    let line = own::output(arguments)?;
    let number = |before: &str, after: &str| {
        let field = line.trim_end().split('\t').find_map(|field| field.strip_prefix(before)?.strip_suffix(after));
        field.and_then(|field| field.parse().ok()).ok_or_else(|| format!("no number in {line:?}"))
    };
    Ok(Point { size: size as f64, microseconds: number("", " us/step")?, peak: number("peak ", " MiB")? })
}

fn draw(way: &Way, one: &Curve, all: &Curve) -> Result<(), String> {
    let times = |curve: &Curve| curve.iter().map(|point| (point.size, point.microseconds)).collect::<Vec<_>>();
    let picture = Picture::new(format!("A training step, by {}", way.name), way.unit, "microseconds");
    let picture = picture.curve("1 thread", times(one));
    let picture = picture.curve(format!("{} threads", most_threads()), times(all));
    save(&picture, way.name)
}

fn draw_memory(peaks: &[(&Way, Curve)]) -> Result<(), String> {
    let empty = Picture::new("Memory of a training, at its peak", "size of what grows", "MiB");
    let picture = peaks.iter().fold(empty, |picture, (way, curve)| {
        picture.curve(way.name, curve.iter().map(|point| (point.size, point.peak)))
    });
    save(&picture, "memory")
}

fn save(picture: &Picture, name: &str) -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures");
    std::fs::create_dir_all(&folder).map_err(|problem| format!("no folder for the pictures: {problem}"))?;
    picture
        .clone()
        .log_x()
        .log_y()
        .save(folder.join(format!("growth-{name}.svg")))
        .map_err(|problem| problem.to_string())
}
