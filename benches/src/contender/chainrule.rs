//! This project: its tape, under a program as it stands and in the words of the library, and its dual numbers.

use super::Contender;
use super::forward::Directions;
use crate::program::Program;
use chainrule::{Dual, DualVector, ScalarTape, Var};

/// A tape of this project under the program as it stands.
#[derive(Debug, Default)]
pub struct Chainrule {
    tape: ScalarTape,
}

impl Contender for Chainrule {
    const NAME: &'static str = "chainrule";

    fn run(&mut self, program: &impl Program, gradient: &mut Vec<f64>) {
        self.tape.clear();
        let x = variables(&self.tape, program.point());
        collect(program.value(&x), &x, gradient);
    }
}

/// How many nodes a program leaves on a tape of this project, beside its variables.
pub fn nodes(program: &impl Program) -> usize {
    let tape = ScalarTape::new();
    program.value(&variables(&tape, program.point()));
    tape.len() - program.point().len()
}

/// The same tape under the program in the words of the library.
#[derive(Debug, Default)]
pub struct ChainruleLibrary {
    tape: ScalarTape,
}

impl Contender for ChainruleLibrary {
    const NAME: &'static str = "chainrule, n-ary";

    fn run(&mut self, program: &impl Program, gradient: &mut Vec<f64>) {
        self.tape.clear();
        let x = variables(&self.tape, program.point());
        collect(program.with_library(&x), &x, gradient);
    }
}

/// One variable for each coordinate of `point`.
pub fn variables<'t>(tape: &'t ScalarTape, point: &[f64]) -> Vec<Var<'t, f64>> {
    point.iter().map(|&x| tape.var(x)).collect()
}

fn collect(y: Var<'_, f64>, x: &[Var<'_, f64>], gradient: &mut Vec<f64>) {
    let gradients = y.backward();
    gradient.clear();
    gradient.extend(x.iter().map(|&x| gradients.of(x)));
}

impl Directions for Dual<f64> {
    const NAME: &'static str = "chainrule dual";
    const LANES: usize = 1;

    fn variable(value: f64, _lane: usize) -> Self {
        Self::variable(value)
    }

    fn derivative(&self, _lane: usize) -> f64 {
        self.epsilon
    }
}

macro_rules! lanes {
    ($($lanes:literal $name:literal),*) => {$(
        impl Directions for DualVector<f64, $lanes> {
            const NAME: &'static str = $name;
            const LANES: usize = $lanes;

            fn variable(value: f64, lane: usize) -> Self {
                Self::variable(value, lane)
            }

            fn derivative(&self, lane: usize) -> f64 {
                self.epsilons[lane]
            }
        }
    )*};
}
lanes!(4 "chainrule dual, 4 lanes", 8 "chainrule dual, 8 lanes");
