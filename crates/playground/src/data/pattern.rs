//! The four data sets of two classes of TensorFlow Playground (<https://playground.tensorflow.org>), point by point as its page draws
//! them: `dataset.ts` of <https://github.com/tensorflow/playground>.

use std::f64::consts::{PI, TAU};

use super::Point;
use crate::random::Random;

/// How far the sets reach from the middle.
const RADIUS: f64 = 5.0;

/// One of the four data sets to be classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// A disc of radius 2.5 within a ring from 3.5 to 5.
    Circle,
    /// Four quadrants, of which opposite ones are of one class, 0.3 away from the axes.
    Xor,
    /// Two normal clouds, around (2, 2) and (-2, -2).
    Gauss,
    /// Two arms of 1 3/4 turns.
    Spiral,
}

impl Pattern {
    /// All four, in the page's order.
    pub const ALL: [Self; 4] = [Self::Circle, Self::Xor, Self::Gauss, Self::Spiral];

    /// What the page's address calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Circle => "circle",
            Self::Xor => "xor",
            Self::Gauss => "gauss",
            Self::Spiral => "spiral",
        }
    }

    /// About `count` points, half of each class where classes come by halves; `noise` from 0 to 0.5 is a hundredth of the
    /// number on the page's slider.
    pub fn points(self, count: usize, noise: f64, random: &mut Random) -> Vec<Point> {
        let half = count.div_ceil(2);
        match self {
            Self::Circle => [0.0..0.5 * RADIUS, 0.7 * RADIUS..RADIUS]
                .into_iter()
                .flat_map(|radii| vec![radii; half])
                .map(|radii| {
                    let (radius, angle) = (random.uniform(radii), random.uniform(0.0..TAU));
                    let at = [radius * angle.sin(), radius * angle.cos()];
                    let [x1, x2] = moved(at, noise, random);
                    Point { at, label: sign(x1.hypot(x2) < 0.5 * RADIUS) }
                })
                .collect(),
            Self::Xor => (0..count)
                .map(|_| {
                    let at = [(); 2].map(|()| away_from_axis(random.uniform(-RADIUS..RADIUS)));
                    let [x1, x2] = moved(at, noise, random);
                    Point { at, label: sign(x1 * x2 >= 0.0) }
                })
                .collect(),
            Self::Gauss => [1.0, -1.0]
                .into_iter()
                .flat_map(|label| vec![label; half])
                .map(|label| {
                    // The variance goes from 0.5 to 4 as noise goes from 0 to 0.5.
                    let deviation = (0.5 + 7.0 * noise).sqrt();
                    Point { at: [(); 2].map(|()| 2.0 * label + deviation * random.normal()), label }
                })
                .collect(),
            Self::Spiral => [(1.0, 0.0), (-1.0, PI)]
                .into_iter()
                .flat_map(|(label, turned)| (0..half).map(move |step| (label, turned, step)))
                .map(|(label, turned, step)| {
                    let along = step as f64 / (count as f64 / 2.0);
                    let (radius, angle) = (RADIUS * along, 1.75 * TAU * along + turned);
                    let at = [radius * angle.sin(), radius * angle.cos()];
                    Point { at: at.map(|x| x + noise * random.uniform(-1.0..1.0)), label }
                })
                .collect(),
        }
    }
}

/// The place that decides about the class: elsewhere where there is noise.
fn moved(at: [f64; 2], noise: f64, random: &mut Random) -> [f64; 2] {
    at.map(|x| x + noise * random.uniform(-RADIUS..RADIUS))
}

fn away_from_axis(x: f64) -> f64 {
    x + if x > 0.0 { 0.3 } else { -0.3 }
}

fn sign(positive: bool) -> f64 {
    if positive { 1.0 } else { -1.0 }
}
