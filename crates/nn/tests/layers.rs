//! Layers: gradients, shapes, and how they act in training and at inference.

use chainrule_nn::check_layer;
use chainrule_nn::prelude::*;

/// Random inputs away from 0, where rectifiers have their kink.
fn inputs(shape: impl Into<Shape>, seed: u64) -> Tensor<f64> {
    Tensor::uniform(shape, 0.1, 1.5, seed)
}

fn right(layer: impl Layer<f64> + 'static, x: &Tensor<f64>) {
    let kind = layer.kind();
    let report = check_layer(layer, x).unwrap_or_else(|error| panic!("{kind}: {error}"));
    assert!(report.is_ok(), "{kind}: {report}");
}

#[test]
fn the_gradients_of_every_layer_are_right() {
    let x = inputs([3, 4], 1);
    right(Dense::new(5), &x);
    right(Dense::new(5).without_bias(), &x);
    right(Dense::new(2).activation(Tanh), &inputs([2, 3, 4], 2));
    right(Dense::new(3).activation(Softmax), &x);
    right(Dense::new(3).regularizer(L2(0.3)).bias_regularizer(L1(0.2)).bias_init(Init::Constant(0.5)), &x);
    right(Dense::new(3).regularizer(L1L2 { l1: 0.1, l2: 0.2 }), &x);
    right(Dropout::new(0.4), &inputs([20, 5], 3));
    right(GaussianNoise::new(0.3), &x);
    right(Activation::new(Gelu), &x);
    right(Activation::new(Elu(0.5)), &x);
    right(Softmax, &x);
    right(LogSoftmax, &x);
    right(Maxout::new(3), &x);
    right(Maxout::new(2).pieces(4), &inputs([2, 3, 4], 4));
    right(Flatten, &inputs([2, 3, 4], 5));
    right(Reshape::new([6, 2]), &inputs([2, 3, 4], 6));
    right(Input::new(4), &x);
    let network = Sequential::default()
        .add(Dense::new(4).activation(Tanh))
        .add(Dropout::new(0.5))
        .add(Dense::new(4).activation(Sigmoid))
        .reuse("dense")
        .add(Maxout::new(2));
    right(network, &x);
}

/// A layer whose gradient is off by a thousandth.
#[derive(Clone)]
struct Off;

impl Layer<f64> for Off {
    fn forward<'t>(&self, x: Var<'t, Tensor<f64>>, pass: &Pass<'t, f64>) -> Var<'t, Tensor<f64>> {
        // right in its value; a thousandth of x² passes by the tape
        let hidden = x.value().powi(2) * 0.001;
        x.powi(2) * 0.999 + pass.constant(&hidden)
    }
}

#[test]
fn a_gradient_off_by_a_thousandth_is_refused() {
    let report = check_layer(Off, &inputs([2, 2], 7)).unwrap();
    assert!(!report.is_ok() && report.to_string().contains("WRONG"), "{report}");
}

/// By hand: x = (1, 2), W = [[1, -1], [2, 0]], b = (0.5, 0.25) gives (5.5, -0.75), rectified (5.5, 0).
#[test]
fn dense_maps_rows() {
    let dense = || {
        let (weights, bias) = (vec![1.0, -1.0, 2.0, 0.0], vec![0.5, 0.25]);
        Dense::new(2).init(Init::Values(weights)).bias_init(Init::Values(bias)).input(2)
    };
    let x = Tensor::from([[1.0, 2.0]]);
    let mut plain = Sequential::new().add(dense());
    plain.build().unwrap();
    assert_eq!(plain.predict(&x).unwrap().to_vec(), [5.5, -0.75]);
    let mut rectified = Sequential::new().add(dense().activation(Relu));
    rectified.build().unwrap();
    assert_eq!(rectified.predict(&x).unwrap().to_vec(), [5.5, 0.0]);
}

/// max(w1 x + b1, w2 x + b2) with w1 = 1, w2 = -1 is |x|.
#[test]
fn maxout_of_x_and_minus_x_is_its_size() {
    let mut network = Sequential::new().input(1).add(Maxout::new(1).init(Init::Values(vec![1.0, -1.0])));
    network.build().unwrap();
    assert_eq!(network.predict(&Tensor::from([[-2.0], [3.0], [0.0]])).unwrap().to_vec(), [2.0, 3.0, 0.0]);
}

/// The output of a layer in training, from a seed.
fn trained(layer: &dyn Layer, x: &Tensor<f32>, seed: u64) -> Tensor<f32> {
    let mut session = Session::new(seed);
    let pass = session.training();
    layer.forward(pass.constant(x), &pass).value()
}

#[test]
fn dropout_drops_its_share_and_keeps_the_expectation() {
    let x = Tensor::ones([1000, 100]);
    for rate in [0.1, 0.5, 0.9] {
        let y = trained(&Dropout::new(rate), &x, 1);
        let dropped = y.iter().filter(|y| **y == 0.0).count() as f64 / 100_000.0;
        let deviation = (rate * (1.0 - rate) / 100_000.0).sqrt();
        assert!((dropped - rate).abs() < 5.0 * deviation, "{dropped} of {rate}");
        assert!(y.iter().all(|&y| y == 0.0 || (f64::from(y) * (1.0 - rate) - 1.0).abs() < 1e-6));
    }
}

#[test]
fn dropout_is_seeded_and_differs_from_pass_to_pass() {
    let x = Tensor::ones([10, 10]);
    let dropout = Dropout::new(0.5);
    assert_eq!(trained(&dropout, &x, 1), trained(&dropout, &x, 1));
    assert_ne!(trained(&dropout, &x, 1), trained(&dropout, &x, 2));
    let mut session = Session::new(1);
    let mut pass = || {
        let pass = session.training();
        let x = pass.constant(&x);
        [dropout.forward(x, &pass).value(), dropout.forward(x, &pass).value()]
    };
    let ([first, second], [third, _]) = (pass(), pass());
    assert_ne!(first, second, "two layers of one pass");
    assert_ne!(first, third, "two passes");
}

#[test]
fn at_inference_nothing_is_dropped_or_disturbed() {
    let x = Tensor::uniform([4, 5], -1.0, 1.0, 3);
    for layer in [Box::new(Dropout::new(0.9)) as Box<dyn Layer>, Box::new(GaussianNoise::new(9.0))] {
        let mut session = Session::new(1);
        let pass = session.inference();
        assert_eq!(layer.forward(pass.constant(&x), &pass).value(), x);
        let pass = session.evaluation();
        assert_eq!(layer.forward(pass.constant(&x), &pass).value(), x);
    }
}

#[test]
fn noise_is_standard_normal_times_its_deviation() {
    let x = Tensor::full([200, 500], 3.0_f32);
    let y = trained(&GaussianNoise::new(0.5), &x, 5).map(f64::from);
    assert!((y.mean().item() - 3.0).abs() < 5.0 * 0.5 / 100_000_f64.sqrt());
    assert!((y.std().item() - 0.5).abs() < 5.0 * 0.5 / 200_000_f64.sqrt());
    // 68.27 % of a normal distribution lie within one deviation
    let within = y.iter().filter(|y| (**y - 3.0).abs() < 0.5).count() as f64 / 100_000.0;
    assert!((within - 0.6827).abs() < 0.01, "{within}");
}

#[test]
fn dropped_numbers_do_not_let_gradients_through() {
    let mut session = Session::<f32>::new(1);
    let pass = session.training();
    let x = pass.tape().var(Tensor::ones([50, 4]));
    let y = Dropout::new(0.5).forward(x, &pass);
    let gradient = y.sum().backward().of(x);
    assert_eq!(gradient, y.value(), "each 0 or 2, at the same places");
}
