//! Layers: what they compute, and how they act in training and at inference. (Their gradients are checked from the list that
//! declares them.)

use chainrule_nn::prelude::*;

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

/// What a dense layer does in one operation with its rectifier and the dropout behind it is what three layers do one by one. That they
/// are one is seen by how short the tape is.
#[test]
fn a_dense_layer_takes_the_rectifier_and_the_dropout_along() {
    let x: Tensor<f32> = Tensor::uniform([16, 6], -1.0, 1.0, 3);
    let y: Tensor<f32> = Tensor::ones([16, 3]);
    let weights: Vec<Tensor<f32>> = [vec![6, 8], vec![8], vec![8, 3], vec![3]]
        .into_iter()
        .zip(1..)
        .map(|(shape, seed)| Tensor::uniform(shape, -1.0, 1.0, seed))
        .collect();
    let train = |network: Sequential| {
        let mut model = network.compile(MeanSquaredError, Sgd::new(0.1), ()).unwrap();
        let names: Vec<String> = model.weights().into_iter().map(|(name, _)| name).collect();
        model.set_weights(&names.into_iter().zip(weights.clone()).collect::<Vec<_>>()).unwrap();
        for _ in 0..5 {
            model.train_on_batch(&x, &y).unwrap();
        }
        let mut session = Session::new(1);
        let pass = session.training();
        let _ = model.network.forward(pass.constant(&x), &pass);
        (model.weights().into_iter().map(|(_, weights)| weights).collect::<Vec<_>>(), pass.tape().len())
    };
    let together =
        Sequential::new().add(Dense::new(8).activation(Relu).input(6)).add(Dropout::new(0.4)).add(Dense::new(3));
    let apart = Sequential::new()
        .add(Dense::new(8).input(6))
        .add(Activation::new(Relu))
        .add(Dropout::new(0.4))
        .add(Dense::new(3));
    let ((together, length), (apart, longer)) = (train(together), train(apart));
    assert_eq!(together, apart);
    assert_eq!(length + 2, longer);
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
