//! Batches and first weights by a formula, so that programs in other languages begin with the very same numbers.

use chainrule::{Element, Shape, Tensor};

/// The stream of numbers that batches are made of. Parameters have those of their places in the network: 1, 2, ...
const BATCH: u32 = 0;

/// A number in [0, 1) that is a multiple of 2^-24, and so exact in `f32`: the mixing function "lowbias32" of stream and place.
/// Source: Wellons, "Prospecting for hash functions", 2018.
fn fraction(stream: u32, place: u32) -> f64 {
    let mut x = place.wrapping_add(stream.wrapping_mul(0x9e37_79b9));
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^= x >> 16;
    f64::from(x >> 8) / f64::from(1 << 24)
}

fn tensor<T: Element>(shape: Shape, number: impl Fn(u32) -> f64) -> Tensor<T> {
    let count = u32::try_from(shape.iter().product::<usize>()).expect("a workload is small");
    Tensor::new(shape, (0..count).map(|place| T::literal(number(place))).collect::<Vec<_>>())
}

/// Rows of numbers in [0, 1).
pub(super) fn batch<T: Element>(shape: impl Into<Shape>) -> Tensor<T> {
    tensor(shape.into(), |place| fraction(BATCH, place))
}

/// The parameter at `place` of a network, counted from 0: uniform within one over the square root of `inputs`, as `PyTorch` has it.
pub(super) fn parameter<T: Element>(place: usize, shape: impl Into<Shape>, inputs: usize) -> Tensor<T> {
    let (stream, reach) = (u32::try_from(place + 1).expect("few parameters"), 1.0 / (inputs as f64).sqrt());
    tensor(shape.into(), |place| (2.0 * fraction(stream, place) - 1.0) * reach)
}

/// `count` labels that go round: 0, 1, .., classes - 1, 0, ...
pub(super) fn labels(count: usize, classes: usize) -> Tensor<usize> {
    Tensor::from((0..count).map(|i| i % classes).collect::<Vec<_>>())
}
