//! A scene of cameras and points, made from seeds, so that the truth is known.

use super::camera::{Camera, View, project};
use chainrule::Tensor;
use chainrule::derivative::Parameters;

pub(crate) const CAMERAS: usize = 6;
pub(crate) const POINTS: usize = 60;
/// The standard deviation of each coordinate of a pixel.
pub(crate) const NOISE: f64 = 0.5;
/// The share of the points that a camera sees.
const SEEN: f64 = 0.83;

/// Cameras in a half circle around a cube of points.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) cameras: Vec<Camera<f64>>,
    pub(crate) points: Vec<[f64; 3]>,
}

/// That a camera sees a point, and where.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    pub(crate) camera: usize,
    pub(crate) point: usize,
    pub(crate) pixel: [f64; 2],
}

impl Scene {
    pub(crate) fn new(seed: u64) -> Self {
        let points = Tensor::<f64>::uniform([POINTS, 3], -1.0, 1.0, seed).to_vec();
        let jitter = Tensor::<f64>::normal([CAMERAS, 7], 0.0, 1.0, seed + 1).to_vec();
        let camera = |(place, jitter): (usize, &[f64; 7])| Camera {
            rotation: [0.2 * jitter[0], 0.5 * (place as f64 - 2.5), 0.2 * jitter[1]],
            translation: [0.1 * jitter[2], 0.1 * jitter[3], 4.0 + 0.2 * jitter[4]],
            focal: 600.0 + 20.0 * jitter[5],
            distortion: [-0.1 + 0.01 * jitter[6], 0.02],
        };
        Self {
            cameras: jitter.as_chunks().0.iter().enumerate().map(camera).collect(),
            points: points.as_chunks().0.to_vec(),
        }
    }

    /// A guess from which to start. The pose of the first camera and the first coordinate of where the last one stands are kept:
    /// they say in which frame and in which unit of length the scene is described, which no picture tells.
    pub(crate) fn disturbed(&self, seed: u64) -> Self {
        let scales = [0.02, 0.02, 0.02, 0.1, 0.1, 0.1, 20.0, 0.05, 0.01];
        let noise = Tensor::<f64>::normal([CAMERAS, 9], 0.0, 1.0, seed).to_vec();
        let points = Tensor::<f64>::normal([POINTS, 3], 0.0, 0.1, seed + 1).to_vec();
        let mut noise = noise.as_chunks::<9>().0.to_vec();
        for (camera, parameter) in HELD {
            noise[camera][parameter] = 0.0;
        }
        let moved = |(camera, noise): (&Camera<f64>, &[f64; 9])| {
            let flat = camera.flatten();
            camera.rebuild((0..9).map(|i| flat[i] + scales[i] * noise[i]))
        };
        Self {
            cameras: self.cameras.iter().zip(&noise).map(moved).collect(),
            points: self
                .points
                .iter()
                .zip(points.as_chunks::<3>().0)
                .map(|(point, noise)| std::array::from_fn(|i| point[i] + noise[i]))
                .collect(),
        }
    }

    pub(crate) fn view(&self, camera: usize, point: usize) -> View<f64> {
        View { camera: self.cameras[camera], point: self.points[point] }
    }

    /// What the cameras see, with noise of this deviation.
    pub(crate) fn observed(&self, noise: f64, seed: u64) -> Vec<Observation> {
        let seen = Tensor::<f64>::uniform([CAMERAS, POINTS], 0.0, 1.0, seed).to_vec();
        let errors = Tensor::<f64>::normal([CAMERAS, POINTS, 2], 0.0, noise, seed + 1).to_vec();
        let pairs = seen.iter().zip(errors.as_chunks::<2>().0).enumerate();
        pairs
            .filter(|&(_, (&chance, _))| chance < SEEN)
            .map(|(at, (_, error))| {
                let (camera, point) = (at / POINTS, at % POINTS);
                let [u, v] = project(self.view(camera, point));
                Observation { camera, point, pixel: [u + error[0], v + error[1]] }
            })
            .collect()
    }

    /// The root of the mean squared distance of the points from those of another scene.
    pub(crate) fn distance(&self, other: &Self) -> f64 {
        let differences = self.points.as_flattened().iter().zip(other.points.as_flattened());
        let sum: f64 = differences.map(|(one, other)| (one - other).powi(2)).sum();
        (sum / POINTS as f64).sqrt()
    }
}

/// Camera and parameter of what is held: rotation and translation of the first camera, and the first coordinate of the last one's
/// translation.
pub(crate) const HELD: [(usize, usize); 7] = [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (CAMERAS - 1, 5)];
