//! The ways to run a program: its plain value, and gradients by one tape or another.

use crate::program::Program;
use chainrule::{ScalarTape, Var};
use echidna::Reverse;
use echidna::tape::{Tape, TapeGuard};
use std::hint::black_box;

/// Something that runs a program and is timed doing so. It keeps its memory from one run to the next.
pub trait Contender {
    /// What tables call it.
    const NAME: &'static str;

    /// Runs `program`; the gradient, if there is one, ends up in `gradient`.
    fn run(&mut self, program: &impl Program, gradient: &mut Vec<f64>);
}

/// The value on plain `f64`: what no gradient can be cheaper than.
#[derive(Debug, Default)]
pub struct Value;

impl Contender for Value {
    const NAME: &'static str = "value only";

    fn run(&mut self, program: &impl Program, gradient: &mut Vec<f64>) {
        gradient.clear();
        black_box(program.value(black_box(program.point())));
    }
}

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

impl Chainrule {
    /// How many nodes the last run left on the tape, its variables among them.
    pub fn nodes(&self) -> usize {
        self.tape.len()
    }
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

/// The crate `echidna`, by its function for gradients, which keeps its tape from one call to the next.
#[derive(Debug, Default)]
pub struct Echidna;

impl Contender for Echidna {
    const NAME: &'static str = "echidna";

    fn run(&mut self, program: &impl Program, gradient: &mut Vec<f64>) {
        *gradient = echidna::grad(|x| program.value(x), program.point());
    }
}

/// Records `program` on a tape of `echidna` and says where its output stands.
pub fn record_echidna(tape: &mut Tape<f64>, program: &impl Program) -> u32 {
    tape.clear();
    let x: Vec<_> = program
        .point()
        .iter()
        .map(|&x| {
            let (index, value) = tape.new_variable(x);
            Reverse::from_tape(value, index)
        })
        .collect();
    let _active = TapeGuard::new(tape);
    program.value(&x).index()
}

/// How many operations a program consists of, by the count of a tape that records every one.
pub fn operations(program: &impl Program) -> usize {
    record_echidna(&mut Tape::new(), program) as usize + 1 - program.point().len()
}

/// Panics unless the gradients by both tapes agree.
///
/// # Panics
/// When they differ by more than 1e-9, relative to the largest of them.
pub fn check(program: &impl Program) {
    let (mut ours, mut library, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    Chainrule::default().run(program, &mut ours);
    ChainruleLibrary::default().run(program, &mut library);
    Echidna.run(program, &mut theirs);
    let scale = theirs.iter().fold(0.0, |scale: f64, g| scale.max(g.abs()));
    assert!(scale > 0.0 && scale.is_finite(), "{}: a gradient of size {scale} shows nothing", program.name());
    for gradient in [ours, library] {
        assert_eq!(gradient.len(), theirs.len(), "{}", program.name());
        let worst = gradient.iter().zip(&theirs).fold(0.0, |worst: f64, (a, b)| worst.max((a - b).abs()));
        assert!(worst <= 1e-9 * scale, "{}: gradients differ by {worst:e}, their size being {scale:e}", program.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{
        BinaryChain, Dot, GaussianMixture, LogSumExp, Lstm, Rosenbrock, Sum, UnaryChain, UnaryFunction,
    };

    #[test]
    fn every_program_has_one_gradient() {
        check(&BinaryChain::new(20));
        check(&UnaryChain::new(UnaryFunction::Sin, 20));
        check(&UnaryChain::new(UnaryFunction::Exp, 20));
        check(&UnaryChain::new(UnaryFunction::Tanh, 20));
        check(&Rosenbrock::new(10));
        check(&Sum::new(10));
        check(&Dot::new(10));
        check(&LogSumExp::new(10));
        check(&GaussianMixture::new(4, 3, 5));
        check(&Lstm::new(2, 5));
    }

    #[test]
    fn operations_are_counted() {
        // three products, three sums
        assert_eq!(operations(&BinaryChain::new(3)), 6);
    }
}
