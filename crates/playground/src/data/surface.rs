//! The two data sets of numbers of TensorFlow Playground: `dataset.ts` of <https://github.com/tensorflow/playground>.

use super::Point;
use crate::random::Random;

/// How far the points reach from the middle.
const RADIUS: f64 = 6.0;

/// A data set of numbers from -1 to 1 over the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// (x1 + x2)/10, cut off nowhere.
    Plane,
    /// Three hills and three hollows, each a cone of radius 2 around its middle.
    Gauss,
}

/// Where hills (1) and hollows (-1) are.
const CONES: [([f64; 2], f64); 6] = [
    ([-4.0, 2.5], 1.0),
    ([0.0, 2.5], -1.0),
    ([4.0, 2.5], 1.0),
    ([-4.0, -2.5], -1.0),
    ([0.0, -2.5], 1.0),
    ([4.0, -2.5], -1.0),
];

impl Surface {
    /// Both, in the page's order.
    pub const ALL: [Self; 2] = [Self::Plane, Self::Gauss];

    /// What the page's address calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plane => "reg-plane",
            Self::Gauss => "reg-gauss",
        }
    }

    /// So many points anywhere in the square; with noise, from 0 to 0.5, the number is that of a place nearby.
    pub fn points(self, count: usize, noise: f64, random: &mut Random) -> Vec<Point> {
        (0..count)
            .map(|_| {
                let at = [(); 2].map(|()| random.uniform(-RADIUS..RADIUS));
                let label = self.height(at.map(|x| x + noise * random.uniform(-RADIUS..RADIUS)));
                Point { at, label }
            })
            .collect()
    }

    /// The number at a place.
    pub fn height(self, [x1, x2]: [f64; 2]) -> f64 {
        match self {
            Self::Plane => (x1 + x2) / 10.0,
            Self::Gauss => CONES.iter().fold(0.0, |highest: f64, ([m1, m2], sign)| {
                let height = sign * (1.0 - (x1 - m1).hypot(x2 - m2) / 2.0).max(0.0);
                if height.abs() > highest.abs() { height } else { highest }
            }),
        }
    }
}
