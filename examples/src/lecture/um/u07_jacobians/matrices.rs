//! The same on tensors: a Jacobian is a matrix, a seed chooses its row, and the layers may be wide.

use chainrule::prelude::*;

use super::{AT, Matrix};
use crate::board::{Board, Source};
use crate::gap::farthest;
use crate::random::Random;

/// x to g(W x); W has a row for each unit.
struct Layer {
    weights: Tensor<f64>,
    activation: Activation,
}

type Activation = for<'t> fn(Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>>;

impl Layer {
    fn of<'t>(&self, x: Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>> {
        // x W^T for a row x is W x for a column.
        (self.activation)(x.matmul(self.weights.transpose()))
    }
}

/// The four functions f1 to f4.
struct Network([Layer; 4]);

impl Network {
    /// f1 to f4 between layers of these widths, their weights by a rule.
    fn of_widths(widths: [usize; 5], mut weight: impl FnMut(usize, &[usize]) -> f64) -> Self {
        const ACTIVATIONS: [Activation; 4] = [|v| v.tanh(), |v| v.sigmoid(), |v| v.softplus(), |v| v];
        Self(std::array::from_fn(|at| Layer {
            weights: Tensor::from_fn([widths[at + 1], widths[at]], |index| weight(at, index)),
            activation: ACTIVATIONS[at],
        }))
    }

    fn of<'t>(&self, x: Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>> {
        self.0.iter().fold(x, |x, layer| layer.of(x))
    }

    /// The Jacobians of f1 to f4, each at what comes out of the one before.
    fn jacobians(&self, x: &Tensor<f64>) -> [Tensor<f64>; 4] {
        let mut at = x.clone();
        self.0.each_ref().map(|layer| {
            let (value, jacobian) = jacobian(|x| layer.of(x), &at);
            at = value;
            jacobian
        })
    }
}

/// The value of a function from vectors to vectors, and its Jacobian: one reverse sweep for each output, from the seed that is
/// 1 there and 0 elsewhere, gives one row.
fn jacobian(
    function: impl for<'t> Fn(Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>>,
    at: &Tensor<f64>,
) -> (Tensor<f64>, Tensor<f64>) {
    let tape = TensorTape::new();
    let x = tape.var(at.clone());
    let y = function(x);
    let seeds = Tensor::eye(y.value().len());
    let rows: Vec<Vec<f64>> = seeds.outer_iter().map(|seed| y.backward_seeded(seed).of(x).into_vec()).collect();
    (y.value(), Tensor::from_rows(&rows))
}

/// The product of four matrices in both orders, with the multiplications that each takes.
struct Products {
    from_the_input: Tensor<f64>,
    from_the_output: Tensor<f64>,
    forward: usize,
    reverse: usize,
}

impl Products {
    fn of([j1, j2, j3, j4]: &[Tensor<f64>; 4]) -> Self {
        let (mut forward, mut reverse) = (0, 0);
        let from_the_input =
            [j2, j3, j4].into_iter().fold(j1.clone(), |product, next| counted(next, &product, &mut forward));
        let from_the_output =
            [j3, j2, j1].into_iter().fold(j4.clone(), |product, next| counted(&product, next, &mut reverse));
        Self { from_the_input, from_the_output, forward, reverse }
    }
}

/// A product, and p q r multiplications for (p x q)(q x r).
fn counted(left: &Tensor<f64>, right: &Tensor<f64>, multiplications: &mut usize) -> Tensor<f64> {
    *multiplications += left.shape()[0] * left.shape()[1] * right.shape()[1];
    left.matmul(right)
}

pub(super) fn on_tensors(board: &mut Board, by_number: &Matrix<2, 6>) {
    board.say(
        "On tensors x is a vector, each Jacobian a matrix, and o.backward_seeded(e_k) carries its row k: the seed e_k is 1 at\n\
         output k and 0 elsewhere.",
    );
    let network = Network::of_widths([6, 5, 4, 3, 2], |layer, index| {
        (1.0 + layer as f64 + 3.0 * index[0] as f64 + 2.0 * index[1] as f64).sin()
    });
    let x = Tensor::from(AT);
    let (_, whole) = jacobian(|x| network.of(x), &x);
    let gaps = &whole - &Tensor::from(*by_number);
    board.close(
        "consistency: J_f, tensors and numbers, largest gap",
        0.0,
        farthest(gaps.to_vec()),
        1e-12,
        Source::Calc,
    );
    let products = Products::of(&network.jacobians(&x));
    compare(board, "6 to 2", &products, &whole);

    board.say(
        "A network is wide at the input and has one number, the loss, at the end. Widths 784, 128, 64, 32, 1, random weights:\n\
         \u{20}   forward, from the input:    64*128*784 + 32*64*784 + 32*784 = 8,053,248\n\
         \u{20}   reverse, from the output:   32*64 + 64*128 + 128*784        =   110,592    73 times less\n\n\
         And no Jacobian has to be written down for it: a single sweep gives the one row. That is why training propagates\n\
         backwards.",
    );
    let mut random = Random::seeded(13);
    let network = Network::of_widths([784, 128, 64, 32, 1], |_, _| random.normal() / 10.0);
    let x = Tensor::<f64>::uniform([784], -1.0, 1.0, 22);
    let (_, gradient) = jacobian(|x| network.of(x), &x);
    let products = Products::of(&network.jacobians(&x));
    compare(board, "784 to 1", &products, &gradient);
    board.exact("784 to 1: multiplications, forward order", 8_053_248.0, products.forward as f64, Source::Calc);
    board.exact("784 to 1: multiplications, reverse order", 110_592.0, products.reverse as f64, Source::Calc);
}

fn compare(board: &mut Board, what: &str, products: &Products, whole: &Tensor<f64>) {
    // Measured against the largest slope: a gap between small numbers is small by itself.
    let largest = farthest(whole.to_vec());
    for (order, product) in [("forward", &products.from_the_input), ("reverse", &products.from_the_output)] {
        let gap = farthest((product - whole).to_vec()) / largest;
        board.close(format!("{what}, {order} order: largest relative gap to J_f"), 0.0, gap, 1e-12, Source::Calc);
    }
}
