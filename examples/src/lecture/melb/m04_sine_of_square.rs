//! M4, slide "Chain rule": z = sin(x^2), dz/dx = 2x cos(x^2).

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "M4",
    name: "sine-of-square",
    group: None,
    lecture: Lecture::Melb,
    title: "the chain rule on z = sin(x^2)",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    board.say("u = x^2, z = sin u:  dz/dx = dz/du * du/dx = cos(u) * 2x");
    let tape = ScalarTape::traced();
    let x = tape.var(1.5).named("x");
    let u = x.powi(2).named("u");
    let z = u.sin().named("z");
    let gradients = z.backward();
    board.say(format!("At x = 1.5, on the tape:\n\n{}", tape.table(&gradients)));
    board.close("dz/du = cos(u) at x = 1.5", 2.25_f64.cos(), gradients.of(u), 1e-15, Source::Calc);
    for at in [-1.5, 0.0, 0.5, 2.0_f64] {
        let tape = ScalarTape::new();
        let x = tape.var(at);
        let slope = x.powi(2).sin().backward().of(x);
        board.close(format!("dz/dx at {at}"), 2.0 * at * (at * at).cos(), slope, 1e-12, Source::Calc);
    }
    let gaps = (-300..=300).map(|place| {
        let at = f64::from(place) / 100.0;
        let tape = ScalarTape::new();
        let x = tape.var(at);
        x.powi(2).sin().backward().of(x) - 2.0 * at * (at * at).cos()
    });
    board.close("farthest off, 601 places from -3 to 3", 0.0, farthest(gaps), 1e-12, Source::Calc);
    Ok(())
}
