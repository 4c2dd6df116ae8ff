//! Whole gradients, `program/contender`: the tapes of this project, of `echidna` and of `reverse`, and where variables are few also
//! dual numbers of this project and of `num-dual`.

use chainrule_benches::contender::{
    Chainrule, ChainruleLibrary, Contender, Dual, Dual64, DualVector, Echidna, Foreign, Forward, Reverse, Value, check,
    check_forward,
};
use chainrule_benches::program::{
    BinaryChain, Dot, GaussianMixture, LogSumExp, Lstm, Program, Rosenbrock, UnaryChain, UnaryFunction,
};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use std::time::Duration;

fn run<C: Contender>(group: &mut BenchmarkGroup<WallTime>, program: &impl Program) {
    let (mut contender, mut gradient) = (C::default(), Vec::new());
    group.bench_function(C::NAME, |bencher| bencher.iter(|| contender.run(program, &mut gradient)));
}

fn run_tapes<P: Program>(group: &mut BenchmarkGroup<WallTime>, program: &P) {
    check(program);
    run::<Value>(group, program);
    run::<Chainrule>(group, program);
    if P::USES_LIBRARY {
        run::<ChainruleLibrary>(group, program);
    }
    run::<Echidna>(group, program);
    run::<Reverse>(group, program);
}

fn run_duals(group: &mut BenchmarkGroup<WallTime>, program: &impl Program) {
    check_forward(program);
    run::<Forward<Dual<f64>>>(group, program);
    run::<Forward<Foreign<Dual64>>>(group, program);
    run::<Forward<DualVector<f64, 4>>>(group, program);
    run::<Forward<DualVector<f64, 8>>>(group, program);
}

fn of_many_variables(criterion: &mut Criterion, program: &impl Program) {
    let mut group = criterion.benchmark_group(program.name());
    run_tapes(&mut group, program);
    group.finish();
}

fn of_few_variables(criterion: &mut Criterion, program: &impl Program) {
    let mut group = criterion.benchmark_group(program.name());
    run_tapes(&mut group, program);
    run_duals(&mut group, program);
    group.finish();
}

fn many_variables(criterion: &mut Criterion) {
    of_many_variables(criterion, &GaussianMixture::new(10, 25, 20));
    of_many_variables(criterion, &Lstm::new(2, 16));
    of_many_variables(criterion, &Rosenbrock::new(1000));
    of_many_variables(criterion, &Dot::new(10_000));
    of_many_variables(criterion, &LogSumExp::new(10_000));
}

fn few_variables(criterion: &mut Criterion) {
    of_few_variables(criterion, &Rosenbrock::new(2));
    of_few_variables(criterion, &Rosenbrock::new(30));
    of_few_variables(criterion, &LogSumExp::new(30));
    of_few_variables(criterion, &BinaryChain::new(10_000));
    of_few_variables(criterion, &UnaryChain::new(UnaryFunction::Sin, 10_000));
}

/// Twenty samples in a second: all of them take about two minutes.
fn settings() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! {
    name = gradients;
    config = settings();
    targets = many_variables, few_variables
}
criterion_main!(gradients);
