//! The crate `echidna`: a tape that records every operation.

use super::Contender;
use crate::program::Program;
use echidna::Reverse;
use echidna::tape::{Tape, TapeGuard};

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
