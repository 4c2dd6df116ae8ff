//! Nanoseconds an operation: recording and sweeping apart, beside the plain value and beside echidna.
//!
//! `time` is for one run of a program; `thrpt` shares it among the program's operations, whose number is the same for every
//! contender.

mod per_operation;

use chainrule::ScalarTape;
use chainrule_benches::contender::{check, operations, record_echidna, variables};
use chainrule_benches::program::{
    BinaryChain, Dot, GaussianMixture, LogSumExp, Lstm, Program, Rosenbrock, Sum, UnaryChain, UnaryFunction,
};
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use echidna::tape::Tape;
use per_operation::PerOperation;
use std::hint::black_box;
use std::time::Duration;

fn value(group: &mut BenchmarkGroup<PerOperation>, program: &impl Program) {
    group.bench_function("value only", |bencher| bencher.iter(|| program.value(black_box(program.point()))));
}

fn chainrule(group: &mut BenchmarkGroup<PerOperation>, program: &impl Program) {
    let mut tape = ScalarTape::new();
    group.bench_function("chainrule/record", |bencher| {
        bencher.iter(|| {
            tape.clear();
            program.value(&variables(&tape, program.point())).value()
        });
    });
    tape.clear();
    let output = program.value(&variables(&tape, program.point()));
    group.bench_function("chainrule/sweep", |bencher| bencher.iter(|| drop(black_box(output.backward()))));
}

fn chainrule_library<P: Program>(group: &mut BenchmarkGroup<PerOperation>, program: &P) {
    if !P::USES_LIBRARY {
        return;
    }
    let mut tape = ScalarTape::new();
    group.bench_function("chainrule, n-ary/record", |bencher| {
        bencher.iter(|| {
            tape.clear();
            program.with_library(&variables(&tape, program.point())).value()
        });
    });
    tape.clear();
    let output = program.with_library(&variables(&tape, program.point()));
    group.bench_function("chainrule, n-ary/sweep", |bencher| bencher.iter(|| drop(black_box(output.backward()))));
}

fn echidna(group: &mut BenchmarkGroup<PerOperation>, program: &impl Program) {
    let mut tape = Tape::new();
    group.bench_function("echidna/record", |bencher| bencher.iter(|| record_echidna(&mut tape, program)));
    let output = record_echidna(&mut tape, program);
    group.bench_function("echidna/sweep", |bencher| bencher.iter(|| tape.reverse(black_box(output))));
}

fn measure(criterion: &mut Criterion<PerOperation>, program: &impl Program) {
    check(program);
    let mut group = criterion.benchmark_group(program.name());
    group.throughput(Throughput::Elements(operations(program) as u64));
    value(&mut group, program);
    chainrule(&mut group, program);
    chainrule_library(&mut group, program);
    echidna(&mut group, program);
    group.finish();
}

fn chains(criterion: &mut Criterion<PerOperation>) {
    measure(criterion, &BinaryChain::new(10_000));
    measure(criterion, &UnaryChain::new(UnaryFunction::Sin, 10_000));
    measure(criterion, &UnaryChain::new(UnaryFunction::Exp, 10_000));
    measure(criterion, &UnaryChain::new(UnaryFunction::Tanh, 10_000));
}

fn series(criterion: &mut Criterion<PerOperation>) {
    measure(criterion, &Sum::new(10_000));
    measure(criterion, &Dot::new(10_000));
    measure(criterion, &LogSumExp::new(10_000));
}

fn formulas(criterion: &mut Criterion<PerOperation>) {
    measure(criterion, &Rosenbrock::new(2));
    measure(criterion, &Rosenbrock::new(1000));
    measure(criterion, &GaussianMixture::new(10, 25, 20));
    measure(criterion, &Lstm::new(2, 16));
}

/// Thirty samples in two seconds: all of them take about three minutes.
fn settings() -> Criterion<PerOperation> {
    Criterion::default()
        .with_measurement(PerOperation)
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! {
    name = scalar;
    config = settings();
    targets = chains, series, formulas
}
criterion_main!(scalar);
