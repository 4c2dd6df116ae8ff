//! Every `f32` there is, through every function.

#![allow(
    clippy::float_cmp,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "bits and roundings are what is tested"
)]

#[allow(dead_code, reason = "the other test needs more of it")]
mod functions;

use functions::{FUNCTIONS, greatest};
use std::thread;

#[test]
#[ignore = "minutes: cargo test --release -p chainrule-kernels --test exhaustive -- --ignored"]
fn single_precision_is_within_two_units_everywhere() {
    let threads = thread::available_parallelism().map_or(1, usize::from) as u64;
    let piece = (1u64 << 32) / threads;
    let mut beyond = Vec::new();
    for function in FUNCTIONS {
        let (worst, x) = thread::scope(|scope| {
            let pieces: Vec<_> = (0..threads)
                .map(|i| (i * piece, if i + 1 == threads { 1 << 32 } else { (i + 1) * piece }))
                .map(|(from, to)| scope.spawn(move || greatest(function, from, to, 1)))
                .collect();
            let each = pieces.into_iter().map(|piece| piece.join().expect("no piece panics"));
            each.fold((0.0, 0.0), |worst, other| if other.0 > worst.0 { other } else { worst })
        });
        println!("{:8} {worst:.3} units at {x:e}", function.name);
        if worst > 2.0 {
            beyond.push(function.name);
        }
    }
    assert!(beyond.is_empty(), "beyond two units: {beyond:?}");
}
