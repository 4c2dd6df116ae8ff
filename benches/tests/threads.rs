//! The same bits for any number of threads: losses, and all weights at the end.

use chainrule::threads;
use chainrule_benches::network::{WORKLOADS, Workload};

/// Losses of some steps, and the weights after them, as bits.
fn trained(workload: &Workload, count: usize) -> (Vec<u64>, Vec<u64>) {
    threads::set_count(count);
    let mut network = workload.begin();
    let losses = (0..4).map(|_| network.step().to_bits()).collect();
    (losses, network.weights().into_iter().map(f64::to_bits).collect())
}

/// One test: how many threads there are is said for the whole program.
#[test]
fn results_do_not_depend_on_threads() {
    for workload in &WORKLOADS {
        let (losses, weights) = trained(workload, 1);
        for count in [2, 3] {
            let (others, other_weights) = trained(workload, count);
            assert_eq!(losses, others, "{workload:?}: losses with {count} threads");
            let differ = weights.iter().zip(&other_weights).filter(|(one, other)| one != other).count();
            assert_eq!(differ, 0, "{workload:?}: of {} weights with {count} threads", weights.len());
        }
    }
}
