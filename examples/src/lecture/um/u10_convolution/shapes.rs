//! Rows of features and images as arrays.

use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::data::{TUMOUR_FEATURES, breast_cancer, digits};
use crate::entry::Error;

pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    let tumours = Tensor::from_rows(&breast_cancer().features);
    let images = digits().dataset::<f32>()?.x;
    let images = images.reshape([images.shape()[0], 8, 8, 1]);
    board.say(format!(
        "Tabular data is an N x D matrix: the tumours of U8 are {}, a sample a row, a feature a column. Columns may change\n\
         places and nothing is lost. An image is no row of features: its pixels have neighbours above, below and beside. N grey\n\
         images are N x H x W x 1, coloured ones N x H x W x 3, the last axis being channels: the embedded digits of U9 are\n\
         {}.",
        written(&tumours),
        written(&images),
    ));
    board.exact("tumours: N", 569.0, tumours.shape()[0] as f64, Source::Calc);
    board.exact("tumours: D", TUMOUR_FEATURES as f64, tumours.shape()[1] as f64, Source::Calc);
    for (axis, (name, size)) in [("N", 1797.0), ("H", 8.0), ("W", 8.0), ("C", 1.0)].into_iter().enumerate() {
        board.exact(format!("digits: {name}"), size, images.shape()[axis] as f64, Source::Calc);
    }
    counted(board)
}

/// `569 x 30`.
fn written<T>(tensor: &Tensor<T>) -> String {
    tensor.shape().iter().map(ToString::to_string).collect::<Vec<_>>().join(" x ")
}

fn counted(board: &mut Board) -> Result<(), Error> {
    board.say(
        "A dense layer flattens an image to 64 columns, and each output has 64 weights of its own. A filter of a convolution has\n\
         one weight for each pixel of its window and each channel, wherever the window lies, and one bias. For 16 numbers at\n\
         each of 8 x 8 places:\n\n\
         \u{20}   dense:              64 inputs (8 x 8 x 16) outputs + 8 x 8 x 16 biases\n\
         \u{20}   3 x 3 convolution:  3 x 3 x 1 weights x 16 filters + 16 biases",
    );
    let parameters = |network: Sequential| -> Result<f64, Error> {
        let mut network = network.input([8, 8, 1]);
        network.build()?;
        Ok(network.summary().total() as f64)
    };
    let dense = parameters(Sequential::new().add(Flatten).add(Dense::new(8 * 8 * 16)))?;
    let convolution = parameters(Sequential::new().add(Conv2d::new(16, 3).same()))?;
    board.exact("parameters, dense", 66_560.0, dense, Source::Calc);
    board.exact("parameters, convolution", 160.0, convolution, Source::Calc);
    Ok(())
}
