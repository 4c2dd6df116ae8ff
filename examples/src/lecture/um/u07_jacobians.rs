//! U7, slides "Model Training - Backpropagation", equation (13.22): o = f4(f3(f2(f1(x)))), and its
//! Jacobian is the product of four.

mod matrices;

use chainrule::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "U7",
    name: "jacobians",
    group: None,
    lecture: Lecture::Um,
    title: "J_f = J_f4 J_f3 J_f2 J_f1 (13.22), multiplied in both orders",
    run,
};

type Matrix<const ROWS: usize, const COLUMNS: usize> = [[f64; COLUMNS]; ROWS];

const AT: [f64; 6] = [0.5, -1.0, 0.25, 1.5, -0.75, 0.1];

/// Four layers, of widths 6, 5, 4, 3, 2.
fn f1<N: Number>(x: [N; 6]) -> [N; 5] {
    weighted(1, x).map(N::tanh)
}
fn f2<N: Number>(x: [N; 5]) -> [N; 4] {
    weighted(2, x).map(N::sigmoid)
}
fn f3<N: Number>(x: [N; 4]) -> [N; 3] {
    weighted(3, x).map(N::softplus)
}
fn f4<N: Number>(x: [N; 3]) -> [N; 2] {
    weighted(4, x)
}
fn f<N: Number>(x: [N; 6]) -> [N; 2] {
    f4(f3(f2(f1(x))))
}

/// W x with weights that anyone can work out again: sin(layer + 3 row + 2 column), counted from 0.
fn weighted<N: Number, const IN: usize, const OUT: usize>(layer: u8, x: [N; IN]) -> [N; OUT] {
    std::array::from_fn(|to| {
        let weight = |from: usize| N::literal((f64::from(layer) + 3.0 * to as f64 + 2.0 * from as f64).sin());
        (1..IN).fold(weight(0) * x[0], |sum, from| sum + weight(from) * x[from])
    })
}

/// One reverse sweep for each output gives one row.
fn jacobian<const IN: usize, const OUT: usize>(
    function: impl for<'t> Fn([Var<'t, f64>; IN]) -> [Var<'t, f64>; OUT],
    at: [f64; IN],
) -> Matrix<OUT, IN> {
    let tape = ScalarTape::new();
    let x = tape.vars(at);
    function(x).map(|output| output.backward().of_all(x))
}

/// One forward pass for each input gives one column.
fn jacobian_by_columns<const IN: usize, const OUT: usize>(
    function: impl Fn([Dual<f64>; IN]) -> [Dual<f64>; OUT],
    at: [f64; IN],
) -> Matrix<OUT, IN> {
    let columns: [[f64; OUT]; IN] = std::array::from_fn(|along| {
        let x = std::array::from_fn(|i| Dual::new(at[i], if i == along { 1.0 } else { 0.0 }));
        function(x).map(|output| output.epsilon)
    });
    std::array::from_fn(|row| columns.map(|column| column[row]))
}

/// The product of two matrices, and how many multiplications it took.
fn product<const A: usize, const B: usize, const C: usize>(
    left: &Matrix<A, B>,
    right: &Matrix<B, C>,
    multiplications: &mut u32,
) -> Matrix<A, C> {
    left.map(|row| {
        std::array::from_fn(|column| {
            row.iter().zip(right).fold(0.0, |sum, (entry, other)| {
                *multiplications += 1;
                sum + entry * other[column]
            })
        })
    })
}

fn largest_gap<const ROWS: usize, const COLUMNS: usize>(
    left: &Matrix<ROWS, COLUMNS>,
    right: &Matrix<ROWS, COLUMNS>,
) -> f64 {
    farthest(left.iter().flatten().zip(right.iter().flatten()).map(|(a, b)| a - b))
}

fn run(board: &mut Board) -> Result<(), Error> {
    board.say(
        "o = f(x) = f4(f3(f2(f1(x)))) from R^6 by R^5, R^4, R^3 to R^2: tanh(W1 x), sigmoid(W2 x2), softplus(W3 x3),\n\
         W4 x4. With x2 = f1(x), x3 = f2(x2), x4 = f3(x3) the chain rule says\n\n\
         \u{20}   J_f(x) = J_f4(x4) J_f3(x3) J_f2(x2) J_f1(x)        2 x 6 = (2 x 3)(3 x 4)(4 x 5)(5 x 6)\n\n\
         Each Jacobian below comes from the engine: a tape of its own, one reverse sweep for each output.",
    );
    let whole = jacobian(|x| f(x), AT);
    // Differentiated numerically in forty digits, apart from the engine.
    board.printed("J_f, row 1, column 1", "0.0231978929844", whole[0][0], Source::Calc);
    board.printed("J_f, row 1, column 6", "-0.0236169412371", whole[0][5], Source::Calc);
    board.printed("J_f, row 2, column 4", "-0.029316793254", whole[1][3], Source::Calc);

    let x2 = f1(AT);
    let x3 = f2(x2);
    let x4 = f3(x3);
    let j1 = jacobian(|x| f1(x), AT);
    let j2 = jacobian(|x| f2(x), x2);
    let j3 = jacobian(|x| f3(x), x3);
    let j4 = jacobian(|x| f4(x), x4);
    multiply_in_both_orders(board, (&j4, &j3, &j2, &j1), &whole);

    board.say(
        "Reverse mode is the reverse order without ever writing a Jacobian down: one sweep carries one row through the\n\
         layers, 2 sweeps here. Forward mode is the forward order: one pass carries one column, 6 passes here.",
    );
    let gap = largest_gap(&jacobian_by_columns(f, AT), &whole);
    board.close("2 sweeps and 6 passes: largest gap", 0.0, gap, 1e-12, Source::Calc);
    matrices::on_tensors(board, &whole);
    Ok(())
}

type Factors<'j> = (&'j Matrix<2, 3>, &'j Matrix<3, 4>, &'j Matrix<4, 5>, &'j Matrix<5, 6>);

fn multiply_in_both_orders(board: &mut Board, (j4, j3, j2, j1): Factors<'_>, whole: &Matrix<2, 6>) {
    board.say(
        "The product is the same in every order, its price is not. A (p x q)(q x r) product takes p q r multiplications:\n\
         \u{20}   forward, from the input:    J4 (J3 (J2 J1))     4*5*6 + 3*4*6 + 2*3*6 = 120 + 72 + 36 = 228\n\
         \u{20}   reverse, from the output:   ((J4 J3) J2) J1     2*3*4 + 2*4*5 + 2*5*6 =  24 + 40 + 60 = 124",
    );
    let (mut forward, mut reverse) = (0, 0);
    let j21 = product(j2, j1, &mut forward);
    let j321 = product(j3, &j21, &mut forward);
    let from_the_input = product(j4, &j321, &mut forward);
    let j43 = product(j4, j3, &mut reverse);
    let j432 = product(&j43, j2, &mut reverse);
    let from_the_output = product(&j432, j1, &mut reverse);
    board.close("forward order: largest gap to J_f", 0.0, largest_gap(&from_the_input, whole), 1e-12, Source::Calc);
    board.close("reverse order: largest gap to J_f", 0.0, largest_gap(&from_the_output, whole), 1e-12, Source::Calc);
    board.exact("multiplications, forward order", 228.0, f64::from(forward), Source::Calc);
    board.exact("multiplications, reverse order", 124.0, f64::from(reverse), Source::Calc);
}
