//! The sum of squares of a bundle adjustment, with its Jacobian in blocks, as `argmin` asks for it.

use super::camera::{View, project};
use super::scene::{HELD, Observation, Scene};
use argmin::core::{CostFunction, Error, Gradient, Hessian};
use argmin_math::ArgminDot;
use chainrule::derivative::Parameters;
use chainrule::jacobian;

/// How many numbers describe a camera, and a point.
const CAMERA: usize = 9;
const POINT: usize = 3;

/// Half of the sum of squared residuals, as a function of `u`: the scene is the guess plus `scale * u`, parameter by parameter.
///
/// The scales make columns of the Jacobian equally long at the guess, so that one step of `u` means as much in pixels for an angle as for a
/// focal length: conjugate gradients and the region of trust, a ball, want it so. What is held has scale 0.
#[derive(Clone)]
pub(crate) struct Problem {
    pub(crate) guess: Scene,
    pub(crate) observations: Vec<Observation>,
    scale: Vec<f64>,
}

impl Problem {
    pub(crate) fn new(guess: &Scene, observations: Vec<Observation>) -> Self {
        let unknowns = CAMERA * guess.cameras.len() + POINT * guess.points.len();
        let mut problem = Self { guess: guess.clone(), observations, scale: vec![1.0; unknowns] };
        let lengths = problem.jacobian(&vec![0.0; unknowns]).column_lengths();
        problem.scale = lengths.into_iter().map(|length| if length > 0.0 { 1.0 / length } else { 0.0 }).collect();
        for (camera, parameter) in HELD {
            problem.scale[CAMERA * camera + parameter] = 0.0;
        }
        problem
    }

    pub(crate) fn unknowns(&self) -> usize {
        self.scale.len()
    }

    /// How many of the unknowns are not held.
    pub(crate) fn free(&self) -> usize {
        self.scale.iter().filter(|&&scale| scale != 0.0).count()
    }

    pub(crate) fn scene_at(&self, u: &[f64]) -> Scene {
        let (cameras, points) = u.split_at(CAMERA * self.guess.cameras.len());
        let (camera_scales, point_scales) = self.scale.split_at(cameras.len());
        Scene {
            cameras: moved(&self.guess.cameras, camera_scales, cameras),
            points: moved(&self.guess.points, point_scales, points),
        }
    }

    pub(crate) fn residuals(&self, scene: &Scene) -> Vec<[f64; 2]> {
        let residual = |seen: &Observation| {
            let [x, y] = project(scene.view(seen.camera, seen.point));
            [x - seen.pixel[0], y - seen.pixel[1]]
        };
        self.observations.iter().map(residual).collect()
    }

    /// The blocks of the Jacobian: of each residual by its camera and by its point, by reverse mode on a tape that the thread keeps.
    pub(crate) fn jacobian(&self, u: &[f64]) -> BlockJacobian {
        let scene = self.scene_at(u);
        let first_point = CAMERA * scene.cameras.len();
        let block = |seen: &Observation| {
            let (camera, point) = (CAMERA * seen.camera, first_point + POINT * seen.point);
            let rows = jacobian(|view| project(view), &scene.view(seen.camera, seen.point));
            let scaled =
                |slopes: Vec<f64>, from: usize| slopes.into_iter().zip(&self.scale[from..]).map(|(s, c)| s * c);
            let rows = rows.map(|View { camera: by_camera, point: by_point }| {
                let slopes = scaled(by_camera.flatten(), camera).chain(scaled(by_point.to_vec(), point));
                let mut row = [0.0; CAMERA + POINT];
                row.iter_mut().zip(slopes).for_each(|(entry, slope)| *entry = slope);
                row
            });
            Block { camera, point, rows }
        };
        BlockJacobian { columns: u.len(), blocks: self.observations.iter().map(block).collect() }
    }
}

/// Each of `these` by its part of `u`, times the scales.
fn moved<P: Parameters<Value = f64, Of<f64> = P>>(these: &[P], scale: &[f64], u: &[f64]) -> Vec<P> {
    let mut steps = scale.iter().zip(u).map(|(scale, u)| scale * u);
    these.iter().map(|one| one.map(|x| x + steps.next().expect("a step for each parameter"))).collect()
}

/// The rows of one observation, without their zeros: the derivatives by its camera, and then those by its point.
#[derive(Clone)]
struct Block {
    /// The first column of the camera, and that of the point.
    camera: usize,
    point: usize,
    rows: [[f64; CAMERA + POINT]; 2],
}

impl Block {
    fn columns(&self) -> impl Iterator<Item = usize> {
        (self.camera..self.camera + CAMERA).chain(self.point..self.point + POINT)
    }
}

/// A Jacobian `J` of two rows for each observation. To the solver it stands for `JᵀJ`.
#[derive(Clone)]
pub(crate) struct BlockJacobian {
    columns: usize,
    blocks: Vec<Block>,
}

impl BlockJacobian {
    /// `J u`.
    pub(crate) fn times(&self, u: &[f64]) -> Vec<[f64; 2]> {
        let product =
            |block: &Block| block.rows.map(|row| row.iter().zip(block.columns()).map(|(j, at)| j * u[at]).sum());
        self.blocks.iter().map(product).collect()
    }

    /// `Jᵀ r`.
    pub(crate) fn transposed_times(&self, residuals: &[[f64; 2]]) -> Vec<f64> {
        let mut sums = vec![0.0; self.columns];
        for (block, residual) in self.blocks.iter().zip(residuals) {
            for (row, residual) in block.rows.iter().zip(residual) {
                block.columns().zip(row).for_each(|(at, slope)| sums[at] += slope * residual);
            }
        }
        sums
    }

    fn column_lengths(&self) -> Vec<f64> {
        let mut squares = vec![0.0; self.columns];
        for block in &self.blocks {
            for row in &block.rows {
                block.columns().zip(row).for_each(|(at, slope)| squares[at] += slope * slope);
            }
        }
        squares.into_iter().map(f64::sqrt).collect()
    }
}

/// `JᵀJ u`, which Gauss and Newton put in place of the Hessian.
impl ArgminDot<Vec<f64>, Vec<f64>> for BlockJacobian {
    fn dot(&self, u: &Vec<f64>) -> Vec<f64> {
        self.transposed_times(&self.times(u))
    }
}

impl CostFunction for Problem {
    type Param = Vec<f64>;
    type Output = f64;
    fn cost(&self, u: &Vec<f64>) -> Result<f64, Error> {
        let residuals = self.residuals(&self.scene_at(u));
        Ok(0.5 * residuals.as_flattened().iter().map(|residual| residual * residual).sum::<f64>())
    }
}
impl Gradient for Problem {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;
    fn gradient(&self, u: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.jacobian(u).transposed_times(&self.residuals(&self.scene_at(u))))
    }
}
impl Hessian for Problem {
    type Param = Vec<f64>;
    type Hessian = BlockJacobian;
    fn hessian(&self, u: &Vec<f64>) -> Result<BlockJacobian, Error> {
        Ok(self.jacobian(u))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `J v` and `vᵀ Jᵀ r` against central differences of residuals and of cost along a direction, away from the guess.
    #[test]
    fn the_blocks_stand_in_their_places() -> Result<(), Error> {
        let truth = Scene::new(1);
        let problem = Problem::new(&truth.disturbed(2), truth.observed(0.5, 3));
        let direction: Vec<f64> = (0..problem.unknowns()).map(|i| (i as f64).sin()).collect();
        let along = |step: f64| -> Vec<f64> { direction.iter().map(|v| 0.3 + step * v).collect() };
        let (at, ahead, behind) = (along(0.0), along(1e-3), along(-1e-3));
        let product = problem.jacobian(&at).times(&direction);
        let residuals = |u: &[f64]| problem.residuals(&problem.scene_at(u));
        let (high, low) = (residuals(&ahead), residuals(&behind));
        for ((product, high), low) in product.iter().zip(high).zip(low) {
            for i in 0..2 {
                assert!((product[i] - (high[i] - low[i]) / 2e-3).abs() < 1e-6);
            }
        }
        let slope: f64 = problem.gradient(&at)?.iter().zip(&direction).map(|(g, v)| g * v).sum();
        let difference = (problem.cost(&ahead)? - problem.cost(&behind)?) / 2e-3;
        assert!((slope / difference - 1.0).abs() < 1e-6, "{slope} is not {difference}");
        Ok(())
    }
}
