//! How the programs in Rust time their steps, as `turns.py` does: eleven to warm up, then five turns of a fifth of a second.
//!
//! The number of threads is `RAYON_NUM_THREADS`, as the libraries have it.

use std::time::Instant;

const TURNS: usize = 5;
const SECONDS: f64 = 0.2;

fn rows(workload: &str) -> f64 {
    match workload {
        "W2" | "W7" => 32.0,
        "W3" | "W4" => 128.0,
        "W5" => 64.0,
        "W6" => 569.0,
        _ => 1.0,
    }
}

/// The workloads that were asked for.
pub fn wanted(all: &[&str]) -> Vec<String> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    if names.is_empty() { all.iter().map(|name| (*name).to_owned()).collect() } else { names }
}

/// Times `step`, which returns the loss before it as the library holds it; `loss_of` makes it a number.
pub fn measure<L>(name: &str, workload: &str, mut step: impl FnMut() -> L, loss_of: impl Fn(L) -> f64) {
    let first = loss_of(step());
    for _ in 0..10 {
        step();
    }
    let start = Instant::now();
    for _ in 0..9 {
        step();
    }
    loss_of(step());
    let steps = ((SECONDS / (start.elapsed().as_secs_f64() / 10.0)) as usize).max(3);
    let mut last = first;
    let mut turns: Vec<f64> = (0..TURNS)
        .map(|_| {
            let start = Instant::now();
            for _ in 1..steps {
                step();
            }
            last = loss_of(step());
            start.elapsed().as_secs_f64() / steps as f64
        })
        .collect();
    turns.sort_by(f64::total_cmp);
    let (median, least) = (turns[TURNS / 2], turns[0]);
    let threads = std::env::var("RAYON_NUM_THREADS").unwrap_or_else(|_| "all".to_owned());
    println!(
        "{name}\tth{threads}\t{workload}\t{:.1} us/step\tmin {:.1}\t{:.0} samples/s\tloss {first:.3}->{last:.4}\tpeak {:.1} MiB",
        median * 1e6,
        least * 1e6,
        rows(workload) / median,
        peak_memory()
    );
}

/// The most memory that the process ever held, in MiB.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).map_or(f64::NAN, |kibibytes| kibibytes / 1024.0)
}
