//! How a training step is timed, here and in the peers' programs: eleven steps to warm up, then five turns of a fifth of a second.

use crate::network::Network;
use std::time::{Duration, Instant};

const TURNS: usize = 5;
const TURN: Duration = Duration::from_millis(200);

/// What a step costs.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Seconds, the median of the turns.
    pub median: f64,
    /// Seconds, the least of the turns.
    pub least: f64,
    /// The loss before the first step.
    pub first: f64,
    /// The loss before the last step.
    pub last: f64,
    /// Memory of the whole process at its highest, in MiB.
    pub peak: f64,
}

impl Timing {
    /// As a line: name, threads, workload, median, least, rows a second, losses, peak of memory.
    pub fn line(&self, threads: usize, workload: &str, rows: usize) -> String {
        let Self { median, least, first, last, peak } = self;
        let (median, least, rows) = (median * 1e6, least * 1e6, rows as f64 / median);
        let digits = if median < 100.0 { 2 } else { 1 };
        format!(
            "chainrule\tth{threads}\t{workload}\t{median:.digits$} us/step\tmin {least:.digits$}\t{rows:.0} samples/s\t\
             loss {first:.3}->{last:.4}\tpeak {peak:.1} MiB"
        )
    }
}

/// Times the steps of a network.
pub fn measure(network: &mut dyn Network) -> Timing {
    let first = network.step();
    (0..10).for_each(|_| _ = network.step());
    let steps = steps_in_a_turn(network);
    let mut last = first;
    let mut turns = [(); TURNS].map(|()| {
        let start = Instant::now();
        for _ in 0..steps {
            last = network.step();
        }
        start.elapsed().as_secs_f64() / f64::from(steps)
    });
    turns.sort_by(f64::total_cmp);
    Timing { median: turns[TURNS / 2], least: turns[0], first, last, peak: peak_memory() }
}

fn steps_in_a_turn(network: &mut dyn Network) -> u32 {
    let start = Instant::now();
    (0..10).for_each(|_| _ = network.step());
    let each = start.elapsed() / 10;
    u32::try_from(TURN.as_nanos() / each.as_nanos().max(1)).unwrap_or(u32::MAX).max(3)
}

/// The most memory that the process ever held, in MiB, as Linux tells it; NaN elsewhere.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kibibytes.map_or(f64::NAN, |kibibytes| kibibytes / 1024.0)
}
