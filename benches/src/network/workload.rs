//! The list of workloads, and what their products of matrices cost.

use super::{Network, model, regression, worked};

/// One of the networks that the peers train too.
pub struct Workload {
    /// What tables call it.
    pub name: &'static str,
    /// What it is, in a word.
    pub network: &'static str,
    /// Rows of a batch.
    pub rows: usize,
    /// Its products of matrices, from which follows what a step costs at least.
    pub products: &'static [Product],
    /// Bytes of a number.
    pub width: usize,
    new: fn(f64) -> Box<dyn Network>,
}

impl std::fmt::Debug for Workload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.name, self.network)
    }
}

impl Workload {
    /// The workload of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        WORKLOADS.iter().find(|workload| workload.name == name)
    }

    /// The network with its first weights and its batch, and dropout at its rate of a half where it has any.
    pub fn begin(&self) -> Box<dyn Network> {
        (self.new)(0.5)
    }

    /// The same without dropout, whose random numbers no other library has.
    pub fn begin_without_dropout(&self) -> Box<dyn Network> {
        (self.new)(0.0)
    }

    /// [`begin_without_dropout`](Self::begin_without_dropout), in `f64` where rounding in `f32` would decide how the training goes: for W5.
    pub fn begin_to_compare(&self) -> Box<dyn Network> {
        if self.name == "W5" { Box::new(model::images::<f64>()) } else { self.begin_without_dropout() }
    }

    /// Additions and multiplications of the products in one step.
    pub fn operations(&self) -> usize {
        self.products.iter().map(Product::operations).sum()
    }
}

/// A product of matrices in the forward pass, `[rows, inner]` times `[inner, columns]`, and how many of its size a step takes: two
/// more in the backward pass, or one where the input wants no gradient.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    rows: usize,
    inner: usize,
    columns: usize,
    times: usize,
}

impl Product {
    const fn first(rows: usize, inner: usize, columns: usize) -> Self {
        Self { rows, inner, columns, times: 2 }
    }

    const fn inner(rows: usize, inner: usize, columns: usize) -> Self {
        Self { rows, inner, columns, times: 3 }
    }

    fn operations(&self) -> usize {
        2 * self.rows * self.inner * self.columns * self.times
    }
}

const SMALL: &[Product] = &[Product::first(1, 2, 2), Product::inner(1, 2, 2)];
const CLASSIFIER: &[Product] = &[Product::first(32, 784, 128), Product::inner(32, 128, 10)];
const DROPPED_CLASSIFIER: &[Product] =
    &[Product::first(128, 784, 512), Product::inner(128, 512, 512), Product::inner(128, 512, 10)];
const LISTING: &[Product] =
    &[Product::first(128, 800, 256), Product::inner(128, 256, 256), Product::inner(128, 256, 5)];
const IMAGES: &[Product] = &[
    Product::first(64 * 26 * 26, 9, 32),
    Product::inner(64 * 11 * 11, 288, 64),
    Product::inner(64, 1600, 128),
    Product::inner(64, 128, 10),
];
const REGRESSION: &[Product] = &[Product::first(569, 30, 1)];
/// The scores of the steps, their weighted sum, the classes.
const ATTENTION: &[Product] =
    &[Product::first(32 * 50, 64, 1), Product::first(32 * 50, 1, 64), Product::inner(32, 64, 5)];

macro_rules! workload {
    ($name:literal, $network:literal, $rows:literal, $products:expr, $rate:pat => $new:expr) => {
        Workload {
            name: $name,
            network: $network,
            rows: $rows,
            products: $products,
            width: 4,
            new: |$rate| Box::new($new),
        }
    };
}

/// All of them. W1 stands here three times: directly on a tape of tensors, on a tape of numbers, and as a model of `chainrule-nn`.
pub static WORKLOADS: [Workload; 9] = [
    workload!("W1", "2-2-2", 1, SMALL, _ => worked::OfTensors::new()),
    workload!("W1-scalar", "2-2-2 of numbers", 1, SMALL, _ => worked::OfScalars::new()),
    workload!("W1-model", "2-2-2 as a model", 1, SMALL, _ => model::worked()),
    workload!("W2", "784-128-10", 32, CLASSIFIER, _ => model::classifier()),
    workload!("W3", "784-512-512-10", 128, DROPPED_CLASSIFIER, rate => model::dropped_classifier(rate)),
    workload!("W4", "800-256-256-5", 128, LISTING, rate => model::listing(rate)),
    workload!("W5", "convolutions", 64, IMAGES, _ => model::images::<f32>()),
    Workload {
        width: 8,
        ..workload!("W6", "logistic regression", 569, REGRESSION, _ => regression::Regression::new())
    },
    workload!("W7", "attention pooling", 32, ATTENTION, _ => model::attention()),
];
