//! Training steps on tensors, timed as the peers' programs time theirs: ten steps to warm up, then the median of seven turns.
//!
//! `cargo run --release -p chainrule-benches --bin tensor -- [W1] [W2] [W3] [W4] [W5] [W7]`

use chainrule_benches::network::{
    AttentionPool, Classifier, DroppedClassifier, ImageClassifier, Listing, Network, Worked,
};
use std::time::{Duration, Instant};

/// How long a turn takes.
const TURN: Duration = Duration::from_millis(250);

fn measure<N: Network>(mut network: N) {
    let first = network.step();
    for _ in 0..10 {
        network.step();
    }
    let start = Instant::now();
    for _ in 0..10 {
        network.step();
    }
    let each = start.elapsed() / 10;
    let steps = u32::try_from(TURN.as_nanos() / each.as_nanos().max(1)).unwrap_or(u32::MAX).max(5);
    let mut last = first;
    let mut turns = [(); 7].map(|()| {
        let start = Instant::now();
        for _ in 0..steps {
            last = network.step();
        }
        start.elapsed().as_secs_f64() / f64::from(steps)
    });
    turns.sort_by(f64::total_cmp);
    let (least, median) = (turns[0] * 1e6, turns[3] * 1e6);
    println!("chainrule\tth1\t{}\t{median:.1} us/step\tmin {least:.1}\tloss {first:.3}->{last:.4}", N::NAME);
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| name.starts_with(wanted.as_str()));
    if wants(Worked::NAME) {
        measure(Worked::new());
    }
    if wants(Classifier::NAME) {
        measure(Classifier::new());
    }
    if wants(DroppedClassifier::NAME) {
        measure(DroppedClassifier::new());
    }
    if wants(Listing::NAME) {
        measure(Listing::new());
    }
    if wants(ImageClassifier::NAME) {
        measure(ImageClassifier::new());
    }
    if wants(AttentionPool::NAME) {
        measure(AttentionPool::new());
    }
}
