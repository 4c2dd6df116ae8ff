//! The ways to run a program: its plain value, and gradients by one crate or another, in reverse mode and in forward mode.

mod chainrule;
mod echidna;
mod foreign;
mod forward;
mod num_dual;
mod reverse;

pub use self::chainrule::{Chainrule, ChainruleLibrary, nodes, variables};
pub use self::echidna::{Echidna, operations, record_echidna};
pub use self::foreign::Foreign;
pub use self::forward::{Directions, Forward};
pub use self::reverse::Reverse;
pub use ::chainrule::{Dual, DualVector};
pub use ::num_dual::Dual64;

use crate::program::Program;
use std::hint::black_box;

/// Something that runs a program and is timed doing so. It keeps its memory from one run to the next.
pub trait Contender: Default {
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

/// Panics unless the gradients by all tapes agree.
///
/// # Panics
/// When they differ from that of `echidna` by more than 1e-9, relative to the largest of its numbers.
pub fn check(program: &impl Program) {
    let expected = gradient::<Echidna>(program);
    compare::<Chainrule>(program, &expected);
    compare::<ChainruleLibrary>(program, &expected);
    compare::<Reverse>(program, &expected);
}

/// Panics unless the gradients in forward mode agree with those of a tape.
///
/// # Panics
/// As [`check`].
pub fn check_forward(program: &impl Program) {
    let expected = gradient::<Echidna>(program);
    compare::<Forward<Dual<f64>>>(program, &expected);
    compare::<Forward<DualVector<f64, 4>>>(program, &expected);
    compare::<Forward<DualVector<f64, 8>>>(program, &expected);
    compare::<Forward<Foreign<Dual64>>>(program, &expected);
}

fn gradient<C: Contender>(program: &impl Program) -> Vec<f64> {
    let mut gradient = Vec::new();
    C::default().run(program, &mut gradient);
    gradient
}

fn compare<C: Contender>(program: &impl Program, expected: &[f64]) {
    let (found, label) = (gradient::<C>(program), format!("{}, {}", program.name(), C::NAME));
    let scale = expected.iter().fold(0.0, |scale: f64, g| scale.max(g.abs()));
    assert!(scale > 0.0 && scale.is_finite(), "{label}: a gradient of size {scale} shows nothing");
    assert_eq!(found.len(), expected.len(), "{label}");
    let worst = found.iter().zip(expected).fold(0.0, |worst: f64, (a, b)| worst.max((a - b).abs()));
    assert!(worst <= 1e-9 * scale, "{label}: gradients differ by {worst:e}, their size being {scale:e}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{
        BinaryChain, Dot, GaussianMixture, LogSumExp, Lstm, Rosenbrock, Sum, UnaryChain, UnaryFunction,
    };

    #[test]
    fn every_program_has_one_gradient() {
        fn agree(program: &impl Program) {
            check(program);
            check_forward(program);
        }
        agree(&BinaryChain::new(20));
        agree(&UnaryChain::new(UnaryFunction::Sin, 20));
        agree(&UnaryChain::new(UnaryFunction::Exp, 20));
        agree(&UnaryChain::new(UnaryFunction::Tanh, 20));
        agree(&Rosenbrock::new(10));
        agree(&Sum::new(10));
        agree(&Dot::new(10));
        agree(&LogSumExp::new(10));
        agree(&GaussianMixture::new(4, 3, 5));
        agree(&Lstm::new(2, 5));
    }

    #[test]
    #[should_panic(expected = "gradients differ by")]
    fn a_wrong_gradient_is_found() {
        compare::<Chainrule>(&Sum::new(3), &[1.0, 1.0, 1.0 + 1e-8]);
    }

    #[test]
    fn operations_are_counted() {
        // three products, three sums
        assert_eq!(operations(&BinaryChain::new(3)), 6);
    }
}
