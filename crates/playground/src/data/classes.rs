//! Data sets of more than two classes, which TensorFlow Playground has not.

use std::f64::consts::TAU;

use super::Point;
use crate::random::Random;

/// A data set of more than two classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Classes {
    /// Four normal clouds, one in each quadrant.
    Clouds,
    /// A disc and two rings around it.
    Rings,
    /// Three arms of a spiral, of one turn.
    Arms,
}

impl Classes {
    /// All of them, in the page's order.
    pub const ALL: [Self; 3] = [Self::Clouds, Self::Rings, Self::Arms];

    /// What the page's address calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clouds => "clouds",
            Self::Rings => "rings",
            Self::Arms => "arms",
        }
    }

    /// How many classes it has.
    pub fn count(self) -> usize {
        match self {
            Self::Clouds => 4,
            Self::Rings | Self::Arms => 3,
        }
    }

    /// `count` points, each class as often as the others but for one; `noise` from 0 to 0.5.
    pub fn points(self, count: usize, noise: f64, random: &mut Random) -> Vec<Point> {
        let classes = self.count();
        (0..count)
            .map(|number| {
                let class = number % classes;
                // how far along its class, for an arm
                let along = (number / classes) as f64 / (count as f64 / classes as f64);
                Point { at: self.place(class, along, noise, random), label: class as f64 }
            })
            .collect()
    }

    fn place(self, class: usize, along: f64, noise: f64, random: &mut Random) -> [f64; 2] {
        match self {
            Self::Clouds => {
                let middle = [[2.5, 2.5], [-2.5, 2.5], [-2.5, -2.5], [2.5, -2.5]][class];
                // The variance goes from 0.5 to 4 as noise goes from 0 to 0.5, as with two clouds.
                let deviation = (0.5 + 7.0 * noise).sqrt();
                middle.map(|middle| (middle + deviation * random.normal()).clamp(-6.0, 6.0))
            }
            Self::Rings => {
                let radii = [0.0..1.2, 2.0..3.2, 4.0..5.2][class].clone();
                let (radius, angle) = (random.uniform(radii), random.uniform(0.0..TAU));
                [radius * angle.sin(), radius * angle.cos()].map(|x| x + noise * random.uniform(-2.0..2.0))
            }
            Self::Arms => {
                let (radius, angle) = (0.3 + 4.7 * along, TAU * (along + class as f64 / 3.0));
                [radius * angle.sin(), radius * angle.cos()].map(|x| x + noise * random.uniform(-1.0..1.0))
            }
        }
    }
}
