//! S2, slides "Another example": a circuit of gates, forward with values, backward with local times
//! upstream gradient. All numbers are read off a traced tape.

use std::fmt::Write;

use chainrule::prelude::*;
use chainrule::tape::Table;

use super::circuit::{First, Inputs, Last, inputs, last_four, weighted_sum};
use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::formulas::Formulas;
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "S2",
    name: "circuit",
    group: None,
    lecture: Lecture::Sutd,
    title: "a circuit, gate by gate: value, local gradient, upstream gradient",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    let tape = ScalarTape::traced();
    let inputs = inputs(&tape);
    let first = weighted_sum(inputs);
    let last = last_four(first.sum);
    let gradients = last.f.backward();
    let table = tape.table(&gradients);
    board.step("The circuit: values above, gradients below");
    board.picture("gates", table.drawing().to_svg());
    forward(board, &tape, first, last);
    backward(board, first, last, &table, &gradients);
    board.step("One way through every gate: df/dw0");
    board.explain(Formulas::from(tape.explain(last.f, inputs.w[0]).every_gate().decimals(9)).without_values());
    at_the_inputs(board, inputs, &table, &gradients);
    Ok(())
}

fn forward(board: &mut Board, tape: &ScalarTape, first: First<'_>, last: Last<'_>) {
    board.step("Forward, one gate after the other");
    board.say("f(w, x) = 1 / (1 + e^-(w0 x0 + w1 x1 + w2)), w = (2, -3, -3), x = (-1, -2)");
    board.explain(tape.computation().decimals(9));
    let values = [
        ("w0 x0", "-2", first.products[0]),
        ("w1 x1", "6", first.products[1]),
        ("w0 x0 + w1 x1", "4", first.both),
        ("... + w2", "1", first.sum),
        ("... times -1", "-1", last.minus),
        ("e^...", "0.367879441", last.power),
        ("... + 1", "1.367879441", last.below),
        ("1 / ...", "0.731058579", last.f),
    ];
    for (gate, printed, variable) in values {
        board.printed(gate, printed, variable.value(), Source::Calc);
    }
}

fn backward(board: &mut Board, first: First<'_>, last: Last<'_>, table: &Table<f64>, gradients: &Gradients<'_, f64>) {
    board.step("Backward, from the output to the inputs");
    // A drawing of the gates, with values above and gradients below their edges, has its place here.
    board.say(format!(
        "Each gate knows its local gradient since the way forward; it is handed the upstream gradient df/d(its value),\n\
         starting with df/df = 1, and hands [local] x [upstream] on:\n\n{}",
        backward_table(table)
    ));
    let local = [
        ("local gradient of 1/x at 1.367879441", "-0.534446645", "below"),
        ("local gradient of c + x", "1", "power"),
        ("local gradient of e^x at -1", "0.367879441", "minus"),
        ("local gradient of ax, a = -1", "-1", "sum"),
    ];
    for (gate, printed, input) in local {
        board.printed(gate, printed, where_entering(table, input).0, Source::Calc);
    }
    let upstream = [
        ("df/df", "1", last.f),
        ("df/d(e^... + 1)", "-0.534446645", last.below),
        ("df/d(e^...)", "-0.534446645", last.power),
        ("df/d(-sum)", "-0.196611933", last.minus),
        ("df/d(sum)", "0.196611933", first.sum),
    ];
    for (gate, printed, variable) in upstream {
        board.printed(gate, printed, gradients.of(variable), Source::Calc);
    }
    board.say("In this circuit each value enters one gate, so what that gate hands on is all the gradient it gets:");
    // A gradient that did not arrive is as far off as can be.
    let gaps: Vec<f64> = table
        .rows
        .iter()
        .flat_map(|row| row.step.operands.iter().zip(&row.gradients))
        .filter_map(|(operand, gradient)| Some((*gradient, gradients.at(operand.node?))))
        .map(|(handed_on, got)| handed_on.zip(got).map_or(f64::NAN, |(handed_on, got)| handed_on - got))
        .collect();
    board.exact("ways into the gates", 12.0, gaps.len() as f64, Source::Calc);
    board.exact("local x upstream, farthest off, all gates", 0.0, farthest(gaps), Source::Slide);
}

fn at_the_inputs(board: &mut Board, inputs: Inputs<'_>, table: &Table<f64>, gradients: &Gradients<'_, f64>) {
    let Inputs { w: [w0, w1, w2], x: [x0, x1] } = inputs;
    let at_first_gate = [("x0", "2", ".4", x0), ("w0", "-1", "-.2", w0)];
    let lines = at_first_gate.map(|(name, .., variable)| {
        let (local, upstream) = where_entering(table, name);
        format!("{name}: [{local}] x [{upstream:.1}] = {:.1}", gradients.of(variable))
    });
    let (_, upstream) = where_entering(table, "x0");
    board.step("At the inputs");
    board.say(format!(
        "The additions hand {upstream:.1} on unchanged, to both products and to w2. A product hands each side the\n\
         other's value times {upstream:.1}, as the slide has it:\n\n{}",
        lines.join("        ")
    ));
    for (name, printed_local, printed, variable) in at_first_gate {
        let (local, upstream) = where_entering(table, name);
        board.printed(format!("local gradient by {name}"), printed_local, local, Source::Slide);
        board.printed(format!("upstream gradient at {name}'s gate"), ".2", upstream, Source::Slide);
        board.printed(format!("df/d{name}, to the slide's digit"), printed, gradients.of(variable), Source::Slide);
    }
    board.say(format!("The slide rounds {upstream:.9} to {upstream:.1} first. To nine digits:"));
    let all = [
        ("df/dx0", "0.393223866", x0),
        ("df/dw0", "-0.196611933", w0),
        ("df/dx1", "-0.589835800", x1),
        ("df/dw1", "-0.393223866", w1),
        ("df/dw2", "0.196611933", w2),
    ];
    for (name, printed, variable) in all {
        board.printed(name, printed, gradients.of(variable), Source::Calc);
    }
}

/// Local and upstream gradient of the gate that the value called `name` enters.
fn where_entering(table: &Table<f64>, name: &str) -> (f64, f64) {
    let gate = table.rows.iter().find_map(|row| {
        let operand =
            row.step.operands.iter().find(|operand| operand.node.is_some_and(|at| table.label(at) == name))?;
        Some((operand.local?, row.upstream?))
    });
    gate.unwrap_or_else(|| panic!("{name} enters no gate that the output depends on"))
}

/// Each gate with local times upstream for each of its inputs, from the output back.
fn backward_table(table: &Table<f64>) -> String {
    let mut text = format!(
        "{:<8}{:<16}{:>14}    {:<8}{:>14}{:>16}{:>16}",
        "gate", "computes", "value", "by", "[local]", "x [upstream]", "= gradient"
    );
    for row in table.rows.iter().rev() {
        let mut head = [table.label(row.step.index), table.expression(&row.step), format!("{:.9}", row.step.value)];
        for (operand, gradient) in row.step.operands.iter().zip(&row.gradients) {
            let (Some(node), Some(local), Some(upstream), Some(gradient)) =
                (operand.node, operand.local, row.upstream, gradient)
            else {
                continue;
            };
            // A gate of two inputs takes two lines, and is named once.
            let [gate, formula, value] = std::mem::take(&mut head);
            let by = table.label(node);
            let _ = write!(
                text,
                "\n{gate:<8}{formula:<16}{value:>14}    {by:<8}{local:>14.9}{upstream:>16.9}{gradient:>16.9}"
            );
        }
    }
    text
}
