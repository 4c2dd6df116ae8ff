//! A convolution on paper: a 4 x 4 image, a 3 x 3 kernel, value and gradients, place by place.

use chainrule::Conv2d;
use chainrule::prelude::*;

use crate::board::{Board, Source};

const IMAGE: [[f64; 4]; 4] = [[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [2.0, 1.0, 0.0, 0.0], [1.0, 0.0, 2.0, 1.0]];
const KERNEL: [[f64; 3]; 3] = [[1.0, 0.0, -1.0], [2.0, 1.0, 0.0], [0.0, -1.0, 3.0]];
/// How much the loss asks for each of the four results: dL/dy.
const WISHES: [[f64; 2]; 2] = [[1.0, 2.0], [3.0, 4.0]];

/// Worked by hand, place by place, as the board shows for the first of each.
const RESULT: [[f64; 2]; 2] = [[1.0, 6.0], [8.0, 3.0]];
const BY_KERNEL: [[f64; 3]; 3] = [[9.0, 17.0, 15.0], [12.0, 10.0, 5.0], [7.0, 9.0, 10.0]];
const BY_IMAGE: [[f64; 4]; 4] =
    [[1.0, 2.0, -1.0, -2.0], [5.0, 9.0, -1.0, -4.0], [6.0, 10.0, 5.0, 6.0], [0.0, -3.0, 5.0, 12.0]];
/// With a border of zeros around the image: as large as the image itself. Worked out apart from the engine.
const PADDED: [[f64; 4]; 4] =
    [[4.0, 12.0, 4.0, 0.0], [-1.0, 1.0, 6.0, 7.0], [0.0, 8.0, 3.0, 2.0], [0.0, 4.0, 3.0, 5.0]];

pub(super) fn show(board: &mut Board) {
    board.say(
        "The slides draw the network and print no numbers; these are ours, small enough for paper.\n\n\
         \u{20}   image x              kernel k         dL/dy\n\
         \u{20}    1  2  0  1           1  0 -1         1  2\n\
         \u{20}    0  1  3  1           2  1  0         3  4\n\
         \u{20}    2  1  0  0           0 -1  3\n\
         \u{20}    1  0  2  1\n\n\
         The kernel lies on each 3 x 3 window in turn, and what lies on one another is multiplied and summed:\n\n\
         \u{20}   y_11 = 1(1) + 2(0) + 0(-1) + 0(2) + 1(1) + 3(0) + 2(0) + 1(-1) + 0(3) = 1\n\n\
         (Mathematicians would turn the kernel by 180 degrees first; deep learning does not.)",
    );
    let tape = TensorTape::new();
    // Images are [count, height, width, channels], kernels [height, width, channels in, channels out].
    let x = tape.var(Tensor::from(IMAGE).reshape([1, 4, 4, 1]));
    let kernel = tape.var(Tensor::from(KERNEL).reshape([3, 3, 1, 1]));
    let y = x.conv2d(kernel, Conv2d::new());
    let wishes = Tensor::from(WISHES).reshape([1, 2, 2, 1]);
    let gradients = (y * &wishes).sum().backward();
    compare(board, "y", &RESULT, &y.value());

    board.say(
        "Backwards, L = sum of dL/dy times y. A number of the kernel has touched each window once, one of the image\n\
         lies in one to four windows:\n\n\
         \u{20}   dL/dk_11 = 1(1) + 2(2) + 3(0) + 4(1) = 9        the image under k_11, times dL/dy\n\
         \u{20}   dL/dx_22 = 1(1) + 2(2) + 3(0) + 4(1) = 9        k_22, k_21, k_12, k_11, times dL/dy",
    );
    compare(board, "dL/dk", &BY_KERNEL, &gradients.of(kernel));
    compare(board, "dL/dx", &BY_IMAGE, &gradients.of(x));
    as_a_layer(board);
    padding_and_stride(board);
}

/// One check for each number, named by row and column from 1, as in `y_12`.
fn compare<const ROWS: usize, const COLUMNS: usize>(
    board: &mut Board,
    name: &str,
    by_hand: &[[f64; COLUMNS]; ROWS],
    computed: &Tensor<f64>,
) {
    assert_eq!(computed.len(), ROWS * COLUMNS, "as many as by hand");
    for (row, numbers) in by_hand.iter().enumerate() {
        for (column, &number) in numbers.iter().enumerate() {
            let what = format!("{name}_{}{}", row + 1, column + 1);
            board.exact(what, number, computed.as_slice()[row * COLUMNS + column], Source::Calc);
        }
    }
}

fn as_a_layer(board: &mut Board) {
    board.say(
        "It is a dense layer whose 16 x 4 weights are mostly 0 and otherwise shared: 9 different numbers, not 64. Row 4i+j\n\
         of W belongs to pixel ij, column 2p+q to result pq, and there stands k_(i-p)(j-q) where there is such a one.",
    );
    let tape = TensorTape::new();
    let image = Tensor::from(IMAGE).reshape([1, 16]);
    let weights = Tensor::from_fn([16, 4], |index| {
        let [pixel, result] = [index[0], index[1]];
        let place = |pixel: usize, result: usize| pixel.checked_sub(result).filter(|&place| place < 3);
        match (place(pixel / 4, result / 2), place(pixel % 4, result % 2)) {
            (Some(row), Some(column)) => KERNEL[row][column],
            _ => 0.0,
        }
    });
    let w = tape.var(weights);
    let y = tape.constant(image).matmul(w);
    for (number, (computed, wanted)) in y.value().iter().zip(RESULT.as_flattened()).enumerate() {
        board.exact(format!("x W, number {}", number + 1), *wanted, *computed, Source::Calc);
    }
    // A shared weight gathers what its copies would have got: the four places of k_33.
    let slopes = (y * &Tensor::from(WISHES).reshape([1, 4])).sum().backward().of(w);
    let copies = [(10, 0), (11, 1), (14, 2), (15, 3)].map(|(pixel, result)| slopes.at(&[pixel, result]));
    board.exact("dL/dk_33 as the sum over the places of k_33", BY_KERNEL[2][2], copies.iter().sum(), Source::Calc);
}

fn padding_and_stride(board: &mut Board) {
    board.say(
        "With a border of one zero around the image the result is as large as the image; stride 2 keeps every other.",
    );
    let x = Tensor::from(IMAGE).reshape([1, 4, 4, 1]);
    let kernel = Tensor::from(KERNEL).reshape([3, 3, 1, 1]);
    compare(board, "padded: y", &PADDED, &x.conv2d(&kernel, Conv2d::new().padding(1)));
    let every_other = [[PADDED[0][0], PADDED[0][2]], [PADDED[2][0], PADDED[2][2]]];
    compare(board, "padded, stride 2: y", &every_other, &x.conv2d(&kernel, Conv2d::new().padding(1).stride(2)));
}
