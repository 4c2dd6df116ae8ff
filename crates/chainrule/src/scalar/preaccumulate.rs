//! A block of operations, reduced to its Jacobian as soon as it has run.

use super::nary;
use crate::real::Real;
use crate::tape::{Tape, Var};

/// Runs `block` and keeps of it on the tape one statement for each result: its derivatives by the inputs.
///
/// The block is recorded on a spare tape, swept once in lanes, and forgotten. A block of many operations with few inputs and
/// results then takes `M` statements of `N` partials, and so do all later sweeps. The gradient is the same but for the last bits;
/// derivatives by what happens inside cannot be asked for.
///
/// ```
/// use chainrule::preaccumulate;
/// use chainrule::prelude::*;
/// let tape = ScalarTape::new();
/// let (x, y) = (tape.var(0.5), tape.var(2.0));
/// // the root of z = cos(x z) / y by forty steps of a fixed point iteration: one node
/// let [z] = preaccumulate([x, y], |[x, y]| [(0..40).fold(Var::constant(0.4), |z, _| (x * z).cos() / y)]);
/// assert_eq!(tape.len(), 3);
/// let g = z.backward();
/// // by the implicit function theorem
/// let (x, y, z, slope) = (g.of(x), g.of(y), z.value(), 2.0 + 0.5 * (0.5 * z.value()).sin());
/// assert!((x + z * (0.5 * z).sin() / slope).abs() < 1e-12);
/// assert!((y + z / slope).abs() < 1e-12);
/// ```
///
/// It works over numbers of any kind, and derivatives of higher order are right. An input that is a constant is one in the block too,
/// a result that is a constant stays one, and inputs may be the same variable. On a [traced](Tape::traced) tape each result is one step
/// named `preaccumulated`, on all inputs.
///
/// All variables that the block uses must come in as inputs. One of the outer tape that it captures instead does not live long enough
/// in the eyes of the compiler:
///
/// ```compile_fail
/// use chainrule::preaccumulate;
/// use chainrule::prelude::*;
/// let tape = ScalarTape::new();
/// let (x, y) = (tape.var(0.5), tape.var(2.0));
/// let [z] = preaccumulate([x], |[x]| [x * y]);
/// ```
///
/// # Panics
/// When inputs belong to different tapes.
#[track_caller]
pub fn preaccumulate<'t, T: Real, const N: usize, const M: usize>(
    inputs: [Var<'t, T>; N],
    block: impl for<'s> FnOnce([Var<'s, T>; N]) -> [Var<'s, T>; M],
) -> [Var<'t, T>; M] {
    let Some(outer) = inputs.iter().find_map(|x| x.tape) else {
        return block(inputs.map(|x| Var::constant(x.value()))).map(|y| Var::constant(y.value()));
    };
    for x in inputs {
        outer.own_or_constant(x, "preaccumulate");
    }
    let inner = outer.record.take_block();
    let (results, jacobian) = run(&inner, inputs, block);
    outer.record.give_block(inner);
    // a loop and not `map`: a closure would hide the caller's line from the trace
    let mut outputs = results.map(|(value, _)| Var::constant(value));
    for (lane, (output, (value, varies))) in outputs.iter_mut().zip(results).enumerate() {
        if varies {
            let partials = inputs.into_iter().zip(jacobian.iter().map(|partials| partials[lane]));
            // of no use to a sweep, but a step shows all its operands
            let useful = partials.filter(|(_, partial)| outer.is_traced() || !Real::is_nothing(*partial));
            *output = nary::statement("preaccumulated", value, useful);
        }
    }
    outputs
}

/// The results of the block, each with whether it varies at all, and their derivatives: `[input][result]`.
fn run<T: Real, const N: usize, const M: usize>(
    inner: &Tape<T>,
    inputs: [Var<'_, T>; N],
    block: impl for<'s> FnOnce([Var<'s, T>; N]) -> [Var<'s, T>; M],
) -> ([(T, bool); M], [[T; M]; N]) {
    let variables = inputs.map(|x| if x.is_constant() { Var::constant(x.value()) } else { inner.var(x.value()) });
    let results = block(variables);
    let jacobian = inner.backward_lanes(results).of_all(variables);
    (results.map(|y| (y.value(), !y.is_constant())), jacobian)
}
