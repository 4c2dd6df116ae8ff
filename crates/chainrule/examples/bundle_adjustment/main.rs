//! A small bundle adjustment: `cargo run --release -p chainrule --example bundle_adjustment`.
//!
//! Six cameras see sixty points; where each camera stands and how its lens draws, and where the points lie, follow from the pixels at
//! which they are seen, as the least sum of squared distances between where a point is seen and where it should be. Each residual knows
//! one camera and one point, so the Jacobian is a list of small blocks: this library gives each from the generic function `camera::project`, and
//! none of the zeros between them is ever computed or stored. The crate `argmin` minimises, by conjugate gradients within a region of
//! trust, which ask for nothing but products with `JᵀJ`.

mod camera;
mod problem;
mod scene;

use argmin::core::observers::{Observe, ObserverMode};
use argmin::core::{Error, Executor, IterState, KV, KvValue, State};
use argmin::solver::trustregion::{Steihaug, TrustRegion};
use problem::{BlockJacobian, Problem};
use scene::{NOISE, Scene};

/// The state of the search: point, gradient and, in place of a Hessian, the blocks of the Jacobian.
type Search = IterState<Vec<f64>, Vec<f64>, (), BlockJacobian, (), f64>;

/// Prints a line for each iteration.
struct Table {
    residuals: usize,
}
impl Observe<Search> for Table {
    fn observe_init(&mut self, _: &str, state: &Search, _: &KV) -> Result<(), Error> {
        println!("{:>9} {:>14} {:>12} {:>14} {:>10}", "iteration", "cost", "RMS, pixels", "gradient norm", "radius");
        self.line("start", state, None);
        Ok(())
    }
    fn observe_iter(&mut self, state: &Search, log: &KV) -> Result<(), Error> {
        let radius = log.get("radius").and_then(KvValue::get_float);
        self.line(&(state.get_iter() + 1).to_string(), state, radius);
        Ok(())
    }
}
impl Table {
    fn line(&self, iteration: &str, state: &Search, radius: Option<f64>) {
        let cost = state.get_cost();
        let rms = (2.0 * cost / self.residuals as f64).sqrt();
        let gradient = state.get_gradient().map_or(f64::NAN, |gradient| length(gradient));
        let radius = radius.map_or(String::new(), |radius| format!("{radius:.3e}"));
        println!("{iteration:>9} {cost:>14.6e} {rms:>12.6} {gradient:>14.3e} {radius:>10}");
    }
}

/// The scene as it is found from what the cameras saw.
fn adjusted(problem: Problem, observer: Option<Table>) -> Result<Scene, Error> {
    let start = vec![0.0; problem.unknowns()];
    let guess = problem.clone();
    let solver = TrustRegion::new(Steihaug::new().with_epsilon(1e-8)?.with_max_iters(1000))
        .with_radius(1e3)?
        .with_max_radius(1e5)?;
    let mut executor = Executor::new(problem, solver).configure(|state| state.param(start).max_iters(8));
    if let Some(table) = observer {
        executor = executor.add_observer(table, ObserverMode::Always);
    }
    let run = executor.run()?;
    Ok(guess.scene_at(run.state().get_best_param().expect("argmin keeps the best point")))
}

fn length(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The root of the mean square of the residuals, in pixels.
fn rms(problem: &Problem, scene: &Scene) -> f64 {
    let residuals = problem.residuals(scene);
    length(residuals.as_flattened()) / (residuals.as_flattened().len() as f64).sqrt()
}

/// What the root of the mean square should be for noise of this deviation: `n` free parameters take up `n` of `m` residuals.
fn expected_rms(problem: &Problem) -> f64 {
    let residuals = 2.0 * problem.observations.len() as f64;
    NOISE * ((residuals - problem.free() as f64) / residuals).sqrt()
}

fn main() -> Result<(), Error> {
    let truth = Scene::new(1);
    let problem = Problem::new(&truth.disturbed(2), truth.observed(NOISE, 3));
    let (residuals, unknowns) = (2 * problem.observations.len(), problem.unknowns());
    println!(
        "{} cameras, {} points, {residuals} residuals, {unknowns} unknowns, {} of them free",
        truth.cameras.len(),
        truth.points.len(),
        problem.free()
    );
    println!("Jacobian: {} numbers in blocks, {} with zeros\n", 12 * residuals, residuals * unknowns);
    let found = adjusted(problem.clone(), Some(Table { residuals }))?;
    println!(
        "\nRMS of the residuals  {:.4} pixels; expected of noise of {NOISE}: {:.4}",
        rms(&problem, &found),
        expected_rms(&problem)
    );
    println!(
        "points off the truth  {:.4} at the start, {:.4} at the end",
        problem.guess.distance(&truth),
        found.distance(&truth)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The residuals of a fit have the variance of the noise, less what the parameters take up. Its relative deviation is
    /// `1/√(2 (m - n))` in the RMS, about 4 per cent here; 4 of them are allowed.
    #[test]
    fn what_remains_is_the_noise() -> Result<(), Error> {
        let truth = Scene::new(1);
        let problem = Problem::new(&truth.disturbed(2), truth.observed(NOISE, 3));
        let found = adjusted(problem.clone(), None)?;
        let freedom = (2 * problem.observations.len() - problem.free()) as f64;
        let ratio = rms(&problem, &found) / expected_rms(&problem);
        assert!((ratio - 1.0).abs() < 4.0 / (2.0 * freedom).sqrt(), "RMS is {ratio} of what is expected");
        assert!(found.distance(&truth) < problem.guess.distance(&truth) / 5.0);
        Ok(())
    }

    #[test]
    fn without_noise_the_scene_is_found_as_it_is() -> Result<(), Error> {
        let truth = Scene::new(1);
        let problem = Problem::new(&truth.disturbed(2), truth.observed(0.0, 3));
        assert!(problem.guess.distance(&truth) > 0.01);
        let found = adjusted(problem.clone(), None)?;
        assert!(found.distance(&truth) < 1e-6, "points are {} off", found.distance(&truth));
        for (found, truth) in found.cameras.iter().zip(&truth.cameras) {
            assert!((found.focal - truth.focal).abs() < 1e-3, "{} is not {}", found.focal, truth.focal);
        }
        Ok(())
    }
}
