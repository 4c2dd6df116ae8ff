//! How fast the machine multiplies matrices: what no training step on it can be faster than.

use chainrule::{Element, Tensor};
use chainrule_benches::network::WORKLOADS;
use std::time::Instant;

/// Rows, columns and depth of the product that shows it.
const SIZE: usize = 1024;
const TURNS: usize = 7;

/// A line for each type of number, with additions and multiplications a second; then one for each workload, with those of its
/// products and what they take at that speed.
pub(crate) fn print(threads: usize) {
    let (single, double) = (fastest::<f32>(), fastest::<f64>());
    for (name, speed) in [("f32", single), ("f64", double)] {
        println!("ceiling\tth{threads}\t{name}\t{:.1} GFLOP/s", speed * 1e-9);
    }
    for workload in &WORKLOADS {
        let operations = workload.operations() as f64;
        let speed = if workload.width == 8 { double } else { single };
        let (millions, microseconds) = (operations * 1e-6, operations / speed * 1e6);
        println!("ceiling\tth{threads}\t{}\t{microseconds:.3} us/step\t{millions:.3} MFLOP", workload.name);
    }
}

/// Additions and multiplications a second of the fastest of some products.
fn fastest<T: Element>() -> f64 {
    let factor = || Tensor::<T>::full([SIZE, SIZE], T::literal(0.5));
    let (left, right) = (factor(), factor());
    let seconds = (0..TURNS).map(|_| {
        let start = Instant::now();
        std::hint::black_box(left.matmul(&right));
        start.elapsed().as_secs_f64()
    });
    2.0 * (SIZE as f64).powi(3) / seconds.fold(f64::INFINITY, f64::min)
}
