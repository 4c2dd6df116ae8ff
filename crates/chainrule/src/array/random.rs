//! Tensors of random numbers: one seed, one tensor, run after run.
//!
//! Numbers are drawn in `f64` and then rounded to the element type, so that `f32` and `f64` see the same ones. They come from
//! a permuted congruential generator (PCG 64), which the crate `rand_pcg` promises to keep as it is.

use super::Tensor;
use super::element::Element;
use super::shape::Shape;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use rand_pcg::Pcg64;

/// The standard deviation of a normal distribution of deviation 1 that is cut off at -2 and 2.
const CUT_DEVIATION: f64 = 0.879_625_661_034_239_8;

/// The constructors that draw numbers. Those named after people are for the weights of a layer; they look at its fans: in a
/// matrix of shape `[inputs, outputs]` these two numbers; in a kernel of shape `[.., inputs, outputs]` the same times the
/// number of places that the kernel covers (height × width); in a vector its length for both; in a single number 1. Formulas
/// are those of Keras 3, also in that its normal variants are *cut off*: a number beyond two deviations is drawn again, and
/// the deviation is divided by .87962566103423978, that of the cut distribution, so that the stated one results.
impl<T: Element> Tensor<T> {
    /// Numbers drawn evenly from `low` up to `high`, which is reached by rounding alone.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::<f64>::uniform([100, 2], -1.0, 1.0, 7);
    /// assert!(x.iter().all(|&x| (-1.0..1.0).contains(&x)));
    /// assert_eq!(x, Tensor::uniform([100, 2], -1.0, 1.0, 7)); // the same seed, the same numbers
    /// ```
    ///
    /// # Panics
    /// When `high` is below `low`, or their distance is not finite.
    #[track_caller]
    pub fn uniform(shape: impl Into<Shape>, low: f64, high: f64, seed: u64) -> Self {
        assert!(
            low <= high && (high - low).is_finite(),
            "uniform: the range from {low} to {high} is not one of finite numbers in ascending order"
        );
        drawn(shape.into(), seed, |random| low + (high - low) * random.random::<f64>())
    }

    /// Numbers drawn from the normal distribution with this mean and standard deviation.
    ///
    /// # Panics
    /// When the deviation is negative or NaN.
    #[track_caller]
    pub fn normal(shape: impl Into<Shape>, mean: f64, deviation: f64, seed: u64) -> Self {
        assert!(deviation >= 0.0, "normal: the standard deviation is {deviation}, but cannot be below 0");
        drawn(shape.into(), seed, |random| mean + deviation * random.sample::<f64, _>(StandardNormal))
    }

    /// Evenly within ±√(6 / (fan in + fan out)): Glorot and Bengio 2010, Keras's choice for dense and convolutional layers.
    pub fn glorot_uniform(shape: impl Into<Shape>, seed: u64) -> Self {
        scaled_uniform(shape.into(), seed, |fan_in, fan_out| 2.0 / (fan_in + fan_out).max(2.0))
    }

    /// Cut normal with deviation √(2 / (fan in + fan out)).
    pub fn glorot_normal(shape: impl Into<Shape>, seed: u64) -> Self {
        scaled_normal(shape.into(), seed, |fan_in, fan_out| 2.0 / (fan_in + fan_out).max(2.0))
    }

    /// Evenly within ±√(6 / fan in): He and others 2015, for layers before a relu.
    pub fn he_uniform(shape: impl Into<Shape>, seed: u64) -> Self {
        scaled_uniform(shape.into(), seed, |fan_in, _| 2.0 / fan_in.max(1.0))
    }

    /// Cut normal with deviation √(2 / fan in).
    pub fn he_normal(shape: impl Into<Shape>, seed: u64) -> Self {
        scaled_normal(shape.into(), seed, |fan_in, _| 2.0 / fan_in.max(1.0))
    }

    /// Evenly within ±√(3 / fan in): `LeCun` and others 1998, for layers before a selu.
    pub fn lecun_uniform(shape: impl Into<Shape>, seed: u64) -> Self {
        scaled_uniform(shape.into(), seed, |fan_in, _| 1.0 / fan_in.max(1.0))
    }

    /// Cut normal with deviation √(1 / fan in).
    pub fn lecun_normal(shape: impl Into<Shape>, seed: u64) -> Self {
        scaled_normal(shape.into(), seed, |fan_in, _| 1.0 / fan_in.max(1.0))
    }
}

impl Tensor<usize> {
    /// The numbers from 0 to `n - 1` in random order, each order as likely: what shuffles the rows of a data set.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let mut order = Tensor::permutation(5, 7).to_vec();
    /// order.sort();
    /// assert_eq!(order, [0, 1, 2, 3, 4]);
    /// ```
    pub fn permutation(n: usize, seed: u64) -> Self {
        let mut order: Vec<usize> = (0..n).collect();
        order.shuffle(&mut Pcg64::seed_from_u64(seed));
        order.into()
    }
}

fn drawn<T: Element>(shape: Shape, seed: u64, mut draw: impl FnMut(&mut Pcg64) -> f64) -> Tensor<T> {
    let mut random = Pcg64::seed_from_u64(seed);
    let elements = (0..shape.elements()).map(|_| T::literal(draw(&mut random))).collect();
    Tensor::new(shape, elements)
}

/// Evenly, with the variance that `variance` makes of the two fans: within ±√(3 variance).
fn scaled_uniform<T: Element>(shape: Shape, seed: u64, variance: impl Fn(f64, f64) -> f64) -> Tensor<T> {
    let (fan_in, fan_out) = fans(&shape);
    let limit = (3.0 * variance(fan_in, fan_out)).sqrt();
    Tensor::uniform(shape, -limit, limit, seed)
}

/// Normal, cut off at two deviations, with the variance that `variance` makes of the two fans.
fn scaled_normal<T: Element>(shape: Shape, seed: u64, variance: impl Fn(f64, f64) -> f64) -> Tensor<T> {
    let (fan_in, fan_out) = fans(&shape);
    let deviation = variance(fan_in, fan_out).sqrt() / CUT_DEVIATION;
    drawn(shape, seed, |random| {
        loop {
            let number: f64 = random.sample(StandardNormal);
            if number.abs() <= 2.0 {
                return deviation * number;
            }
        }
    })
}

/// How many numbers flow into one output of a layer with weights of this shape, and out of one input.
fn fans(shape: &Shape) -> (f64, f64) {
    match **shape {
        [] => (1.0, 1.0),
        [n] => (n as f64, n as f64),
        [ref places @ .., inputs, outputs] => {
            let places: usize = places.iter().product();
            ((places * inputs) as f64, (places * outputs) as f64)
        }
    }
}
