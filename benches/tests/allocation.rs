//! From its second step on, a training takes nothing from the allocator.
//!
//! The test has no harness, whose own thread would be counted too; an allocator that counts stands in for the system's.

use chainrule::threads;
use chainrule_benches::network::WORKLOADS;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often the steps after the first asked for memory, one after another.
fn allocations(name: &str) -> [usize; 5] {
    let workload = WORKLOADS.iter().find(|workload| workload.name == name).expect("a workload");
    let mut network = workload.begin();
    network.step();
    [(); 5].map(|()| {
        let region = Region::new(COUNTING);
        network.step();
        let change = region.change();
        change.allocations + change.reallocations
    })
}

fn main() {
    threads::set_count(1);
    let mut wrong = Vec::new();
    for workload in &WORKLOADS {
        let counts = allocations(workload.name);
        println!("{workload:?}: {counts:?}");
        if counts != [0; 5] {
            wrong.push((workload, counts));
        }
    }
    assert!(wrong.is_empty(), "allocations of the steps after the first: {wrong:?}");
}
