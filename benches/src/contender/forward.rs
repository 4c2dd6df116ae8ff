//! Gradients in forward mode: the program runs anew for every few of its variables.

use super::Contender;
use crate::program::Program;
use num_traits::Float;
use std::fmt::Debug;
use std::hint::black_box;

/// A number that carries derivatives along some directions, its lanes.
pub trait Directions: Float + Debug {
    /// What tables call it.
    const NAME: &'static str;

    /// How many directions one run follows.
    const LANES: usize;

    /// A number that varies along one direction, at rate 1.
    fn variable(value: f64, lane: usize) -> Self;

    /// The derivative along one direction.
    fn derivative(&self, lane: usize) -> f64;

    /// A number that does not vary.
    fn constant(value: f64) -> Self {
        crate::program::literal(value)
    }
}

/// As many runs of the program as it takes for every variable to have had a lane.
#[derive(Debug)]
pub struct Forward<N> {
    x: Vec<N>,
}

impl<N> Default for Forward<N> {
    fn default() -> Self {
        Self { x: Vec::new() }
    }
}

impl<N: Directions> Contender for Forward<N> {
    const NAME: &'static str = N::NAME;

    fn run(&mut self, program: &impl Program, gradient: &mut Vec<f64>) {
        let point = program.point();
        self.x.clear();
        self.x.extend(point.iter().map(|&value| N::constant(value)));
        gradient.clear();
        for first in (0..point.len()).step_by(N::LANES) {
            let turn = first..point.len().min(first + N::LANES);
            for (lane, i) in turn.clone().enumerate() {
                self.x[i] = N::variable(point[i], lane);
            }
            let y = program.value(black_box(&self.x));
            gradient.extend((0..turn.len()).map(|lane| y.derivative(lane)));
            for i in turn {
                self.x[i] = N::constant(point[i]);
            }
        }
    }
}
