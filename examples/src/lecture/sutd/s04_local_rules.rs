//! S4, slides "Another example": the four local rules, each against finite differences.

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S4",
    name: "local-rules",
    group: None,
    lecture: Lecture::Sutd,
    title: "the rules of e^x, ax, 1/x and c + x against finite differences",
    run,
};

/// A rule of the slide: the function for the engine, and its derivative by hand.
struct LocalRule {
    name: &'static str,
    function: for<'t> fn(Var<'t, f64>) -> Var<'t, f64>,
    derivative: fn(f64) -> f64,
    /// Where the circuit meets it, and another place.
    places: [f64; 2],
}

/// The circuit multiplies by -1 and adds 1.
const A: f64 = -1.0;
const C: f64 = 1.0;

const RULES: [LocalRule; 4] = [
    LocalRule { name: "e^x", function: |x| x.exp(), derivative: f64::exp, places: [-1.0, 2.0] },
    LocalRule { name: "ax", function: |x| A * x, derivative: |_| A, places: [1.0, -0.5] },
    LocalRule { name: "1/x", function: |x| x.recip(), derivative: |x| -1.0 / (x * x), places: [1.367_879_441, -3.0] },
    LocalRule { name: "c+x", function: |x| C + x, derivative: |_| 1.0, places: [0.367_879_441, -2.0] },
];

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "f(x) = e^x  ->  df/dx = e^x            f(x) = 1/x    ->  df/dx = -1/x^2\n\
         f(x) = ax   ->  df/dx = a              f(x) = c + x  ->  df/dx = 1\n\n\
         Each at the place where the circuit meets it (a = -1, c = 1) and at another. First the slide's formula\n\
         beside the engine's slope, then central differences (f(x + h) - f(x - h)) / 2h beside it, h going to 0.",
    );
    for LocalRule { name, function, derivative, places } in RULES {
        for at in places {
            let tape = ScalarTape::new();
            let x = tape.var(at);
            let slope = function(x).backward().of(x);
            let expected = derivative(at);
            board.close(format!("d({name})/dx at {at}"), expected, slope, 1e-15 * expected.abs(), Source::Calc);
            for entry in gradcheck(|[x]| function(x), [at]).entries {
                board.close(format!("d({name})/dx at {at}, differences"), entry.numeric, slope, 1e-9, Source::Calc);
            }
        }
    }
    Ok(())
}
