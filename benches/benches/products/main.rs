//! Products of matrices, in additions and multiplications a second: the shapes that networks have, as they come and transposed, with one
//! thread and with two. The ceiling beside them is the product of 1024 x 1024, which is bound by arithmetic alone; where one operand is
//! a vector, it is a plain loop, and the reading of the matrix.

use chainrule::threads;
use chainrule_kernels::product::{Float, Matrix, Onto};
use chainrule_kernels::vector::{Work, vectorised};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::time::Duration;

/// How the operands of a product lie.
#[derive(Clone, Copy)]
enum Order {
    /// `X W`, the forward pass.
    Plain,
    /// `Ȳ Wᵀ`, the gradient by the operand.
    RightTransposed,
    /// `Xᵀ Ȳ`, the gradient by the weights.
    LeftTransposed,
}

const ORDERS: [(Order, &str); 3] =
    [(Order::Plain, "NN"), (Order::RightTransposed, "NT"), (Order::LeftTransposed, "TN")];

/// Rows, depth and columns.
const LARGE: [[usize; 3]; 7] =
    [[64, 64, 64], [256, 256, 256], [1024, 1024, 1024], [128, 784, 512], [32, 784, 128], [32, 128, 10], [128, 512, 10]];

/// With a vector on one side: W7's scores and W6's logits, and a batch of one row.
const VECTORS: [[usize; 3]; 4] = [[1600, 64, 1], [569, 30, 1], [1, 784, 512], [784, 1, 512]];

fn numbers<T: From<f32>>(count: usize) -> Vec<T> {
    (0..count).map(|i| T::from((i % 17) as f32 - 8.0)).collect()
}

/// One product, again and again.
fn bench<T: Float + From<f32>>(criterion: &mut Criterion, float: &str, shapes: &[[usize; 3]]) {
    for &[rows, depth, columns] in shapes {
        let (a, b) = (numbers::<T>(rows * depth), numbers::<T>(depth * columns));
        let mut result = vec![T::default(); rows * columns];
        let mut group = criterion.benchmark_group(format!("{rows}x{depth} times {depth}x{columns} {float}"));
        group.throughput(Throughput::Elements(2 * (rows * depth * columns) as u64));
        for (order, name) in ORDERS {
            let left = match order {
                Order::LeftTransposed => Matrix::rows(&a, depth, rows).transposed(),
                _ => Matrix::rows(&a, rows, depth),
            };
            let right = match order {
                Order::RightTransposed => Matrix::rows(&b, columns, depth).transposed(),
                _ => Matrix::rows(&b, depth, columns),
            };
            for count in [1, 2] {
                threads::set_count(count);
                group.bench_function(BenchmarkId::new(name, format!("th{count}")), |bencher| {
                    bencher.iter(|| T::product(left, right, &mut result, columns, Onto::Fresh));
                });
            }
        }
        if rows == 1 || columns == 1 {
            let (matrix, vector) = if columns == 1 { (&a, &b) } else { (&b, &a) };
            group.bench_function("plain loop", |bencher| {
                bencher.iter(|| vectorised(PlainLoop { matrix, vector, columns, result: &mut result }));
            });
            let mut copy = matrix.clone();
            group.bench_function("copy of the matrix", |bencher| bencher.iter(|| copy.copy_from_slice(matrix)));
        }
        group.finish();
    }
}

/// A matrix times a column, or a row times a matrix, as one writes it at first.
struct PlainLoop<'a, T> {
    matrix: &'a [T],
    vector: &'a [T],
    /// Of the result.
    columns: usize,
    result: &'a mut [T],
}

impl<T: Float> Work for PlainLoop<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { matrix, vector, columns, result } = self;
        if columns == 1 {
            for (place, row) in result.iter_mut().zip(matrix.chunks_exact(vector.len())) {
                *place = row.iter().zip(vector).fold(T::default(), |sum, (&x, &w)| sum + x * w);
            }
        } else {
            result.fill(T::default());
            for (&factor, row) in vector.iter().zip(matrix.chunks_exact(columns)) {
                result.iter_mut().zip(row).for_each(|(place, &x)| *place += factor * x);
            }
        }
    }
}

fn large(criterion: &mut Criterion) {
    bench::<f32>(criterion, "f32", &LARGE);
    bench::<f64>(criterion, "f64", &LARGE[..4]);
}

fn vectors(criterion: &mut Criterion) {
    bench::<f32>(criterion, "f32", &VECTORS);
    bench::<f64>(criterion, "f64", &VECTORS[1..2]);
}

criterion_group! {
    name = products;
    config = Criterion::default().warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500)).sample_size(20);
    targets = large, vectors
}
criterion_main!(products);
