//! Elementary functions over 64k numbers, in numbers a second: the C library, the polynomials as any machine runs them, and
//! compiled for wide vectors; beside them what memory allows, and the rules of activations over tensors.

use chainrule::{Tape, Tensor};
use chainrule_kernels::math::{self, Error, Parts};
use chainrule_kernels::vector::{Work, vectorised};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::time::Duration;

const COUNT: usize = 1 << 16;

/// A function over slices, as a type: see [`Work`].
struct Over<'a, T, F>(F, &'a [T], &'a mut [T]);

/// What [`Over`] computes; a closure would not be inlined into the loop.
trait Function<T> {
    fn of(x: T) -> T;
}

impl<T: Copy, F: Function<T>> Work for Over<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, &x) in self.2.iter_mut().zip(self.1) {
            *y = F::of(x);
        }
    }
}

fn measure<T: Copy + Default, F: Function<T> + Copy>(
    criterion: &mut Criterion,
    (name, float): (&str, &str),
    function: F,
    x: &[T],
    library: fn(T) -> T,
) {
    let mut y = vec![T::default(); x.len()];
    let mut group = criterion.benchmark_group(format!("{name} {float}"));
    group.throughput(Throughput::Elements(x.len() as u64));
    group.bench_function("library", |bencher| {
        bencher.iter(|| y.iter_mut().zip(x).for_each(|(y, &x)| *y = library(x)));
    });
    group.bench_function("portable", |bencher| bencher.iter(|| Over(function, x, &mut y).run()));
    group.bench_function("vectorised", |bencher| bencher.iter(|| vectorised(Over(function, x, &mut y))));
    group.finish();
}

/// Numbers of both signs, or positive ones.
fn inputs(positive: bool) -> (Vec<f32>, Vec<f64>) {
    let x = Tensor::<f32>::uniform([COUNT], if positive { 0.01 } else { -10.0 }, 10.0, 1).to_vec();
    let wide = x.iter().map(|&x| f64::from(x)).collect();
    (x, wide)
}

macro_rules! functions {
    ($($Name:ident $name:literal $positive:literal $function:path, $single:expr, $double:expr;)*) => {
        $(
            #[derive(Clone, Copy)]
            struct $Name;
            impl<T: Parts + Error> Function<T> for $Name {
                #[inline(always)]
                fn of(x: T) -> T {
                    $function(x)
                }
            }
        )*
        fn elementary(criterion: &mut Criterion) { $(
            let (single, double) = inputs($positive);
            measure(criterion, ($name, "f32"), $Name, &single, $single);
            measure(criterion, ($name, "f64"), $Name, &double, $double);
        )* }
    };
}
functions! {
    Exp "exp" false math::exp, f32::exp, f64::exp;
    Exp2 "exp2" false math::exp2, f32::exp2, f64::exp2;
    ExpM1 "exp_m1" false math::exp_m1, f32::exp_m1, f64::exp_m1;
    Ln "ln" true math::ln, f32::ln, f64::ln;
    Ln1p "ln_1p" true math::ln_1p, f32::ln_1p, f64::ln_1p;
    Log2 "log2" true math::log2, f32::log2, f64::log2;
    Log10 "log10" true math::log10, f32::log10, f64::log10;
    Tanh "tanh" false math::tanh, f32::tanh, f64::tanh;
    Sinh "sinh" false math::sinh, f32::sinh, f64::sinh;
    Cosh "cosh" false math::cosh, f32::cosh, f64::cosh;
    Sigmoid "sigmoid" false math::sigmoid, |x| 1.0 / (1.0 + (-x).exp()), |x| 1.0 / (1.0 + (-x).exp());
    Erf "erf" false Error::erf, chainrule::Real::erf, chainrule::Real::erf;
    Erfc "erfc" false Error::erfc, chainrule::Real::erfc, chainrule::Real::erfc;
}

/// `y = x/2 + y`: what reading and writing alone cost.
struct Axpy<'a>(&'a [f32], &'a mut [f32]);

impl Work for Axpy<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (y, &x) in self.1.iter_mut().zip(self.0) {
            *y += 0.5 * x;
        }
    }
}

fn ceiling(criterion: &mut Criterion) {
    let (x, mut y) = (inputs(false).0, vec![0.0; COUNT]);
    let mut group = criterion.benchmark_group("ceiling f32");
    group.throughput(Throughput::Elements(COUNT as u64));
    group.bench_function("copy", |bencher| bencher.iter(|| y.copy_from_slice(&x)));
    group.bench_function("x/2 + y", |bencher| bencher.iter(|| vectorised(Axpy(&x, &mut y))));
    group.finish();
}

macro_rules! activations {
    ($criterion:ident: $($name:ident($($parameter:expr)?))*) => { $(
        let x = Tensor::<f32>::uniform([COUNT], -6.0, 6.0, 1);
        let seed = Tensor::<f32>::uniform([COUNT], -1.0, 1.0, 2);
        let mut tape = Tape::<Tensor<f32>>::new();
        let mut group = $criterion.benchmark_group(concat!(stringify!($name), " of a tensor, f32"));
        group.throughput(Throughput::Elements(COUNT as u64));
        group.bench_function("value", |bencher| {
            bencher.iter(|| {
                tape.clear();
                _ = tape.constant(x.clone()).$name($($parameter)?);
            });
        });
        group.bench_function("value and gradient", |bencher| {
            bencher.iter(|| {
                tape.clear();
                drop(tape.var(x.clone()).$name($($parameter)?).backward_seeded(seed.clone()));
            });
        });
        group.finish();
    )* };
}

fn tensors(criterion: &mut Criterion) {
    activations!(criterion: relu() sigmoid() tanh() softplus() gelu() silu() mish() elu(1.0) softmax(-1));
}

criterion_group! {
    name = elementwise;
    config = Criterion::default().warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500)).sample_size(20);
    targets = ceiling, elementary, tensors
}
criterion_main!(elementwise);
