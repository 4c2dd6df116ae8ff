//! H3, slides "Example" and "Solution": what does the network put out for x = (1, 0)?

use chainrule::prelude::*;

use super::threshold::{WEIGHTS, forward};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "H3",
    name: "threshold-network",
    group: None,
    lecture: Lecture::Hcmus,
    title: "two threshold units feed a third: forward by hand",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "w13 = 2, w23 = -3, w14 = 1, w24 = 4, w35 = 2, w45 = -1;  f(v) = 1 if v >= 0, else 0;  x1 = 1, x2 = 0\n\n\
         1. Weighted sums:     v3 = w13 x1 + w23 x2 = 2*1 - 3*0 = 2,   v4 = w14 x1 + w24 x2 = 1*1 + 4*0 = 1\n\
         2. Activation:        y3 = f(2) = 1,   y4 = f(1) = 1\n\
         3. Sum of node 5:     v5 = w35 y3 + w45 y4 = 2*1 - 1*1 = 1\n\
         4. Output:            y5 = f(1) = 1",
    );
    let tape = ScalarTape::new();
    let units = forward(tape.vars(WEIGHTS), [1.0, 0.0], |v| v.step());
    let [v3, v4, v5] = units.v.map(|v| v.value());
    let [y3, y4, y5] = units.y.map(|y| y.value());
    let numbers =
        [("v3", "2", v3), ("v4", "1", v4), ("y3", "1", y3), ("y4", "1", y4), ("v5", "1", v5), ("y5", "1", y5)];
    for (name, printed, value) in numbers {
        board.printed(name, printed, value, Source::Slide);
    }
    Ok(())
}
