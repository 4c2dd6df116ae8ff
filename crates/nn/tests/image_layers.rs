//! Layers for images, and normalisations: against `PyTorch`'s numbers, and at their edges.

use crate::case::{Mode, cases};
use chainrule_nn::prelude::*;

/// The layer of a case of `reference/image_layers.py`.
fn layer<T: Element>(name: &str) -> Box<dyn Layer<T>> {
    let conv = |filters, size: [usize; 2]| Conv2d::<T>::new(filters, size);
    let conv: Conv2d<T> = match name {
        "conv valid" => conv(3, [3, 3]),
        "conv same" => conv(3, [3, 3]).same(),
        "conv one pixel" => Conv2d::new(4, 1).without_bias(),
        "conv one pixel stride 2" => Conv2d::new(2, 1).stride(2).same(),
        "conv stride 2" => conv(2, [3, 3]).stride(2),
        "conv same stride 2" => conv(2, [3, 3]).stride(2).same(),
        "conv stride 3 1" => conv(2, [2, 3]).stride([3, 1]).activation(Tanh),
        "conv same stride 2 3" => conv(2, [2, 5]).stride([2, 3]).same(),
        "conv dilation 2" => conv(3, [3, 3]).dilation(2),
        "conv same dilation 2 3" => conv(2, [2, 3]).dilation([2, 3]).same(),
        "conv rectangle" => conv(2, [1, 4]),
        "conv even same" => conv(2, [2, 4]).same(),
        "conv even same stride 2" => conv(2, [4, 2]).stride(2).same(),
        "conv larger than the image" => conv(2, [5, 4]).same(),
        "conv groups 2" => conv(6, [3, 2]).groups(2),
        "conv groups same stride 2" => conv(2, [3, 3]).stride(2).groups(2).same(),
        "conv depthwise" => conv(3, [3, 3]).groups(3),
        "conv depthwise times 2" => conv(4, [2, 2]).groups(2).same(),
        "conv padding 1 stride 2" => conv(2, [3, 3]).padding(1).stride(2),
        "conv padding 0 1" => conv(2, [2, 3]).padding([0, 1]),
        "conv padding of four sides" => conv(2, [3, 3]).padding([[2, 0], [0, 1]]).stride([2, 1]),
        "conv groups dilation" => conv(2, [2, 2]).dilation(2).groups(2).without_bias(),
        _ => return pool_or_norm(name),
    };
    Box::new(conv)
}

fn pool_or_norm<T: Element>(name: &str) -> Box<dyn Layer<T>> {
    let (max, avg) = (|size: [usize; 2]| MaxPool2d::new(size), |size: [usize; 2]| AvgPool2d::new(size));
    let (batch, row) = (BatchNorm::<T>::new().momentum(0.9), LayerNorm::<T>::new());
    match name {
        "max 2" | "max 2 with a rest" => Box::new(MaxPool2d::new(2)),
        "avg 2" | "avg 2 with a rest" => Box::new(AvgPool2d::new(2)),
        "max 3 stride 2" => Box::new(max([3, 3]).stride(2)),
        "avg 3 stride 2" => Box::new(avg([3, 3]).stride(2)),
        "max 2 3 stride 1 2" => Box::new(max([2, 3]).stride([1, 2])),
        "avg 2 3 stride 1 2" => Box::new(avg([2, 3]).stride([1, 2])),
        "max 2 same" => Box::new(max([2, 2]).same()),
        "avg 2 same" => Box::new(avg([2, 2]).same()),
        "max 3 same stride 1" => Box::new(max([3, 3]).stride(1).same()),
        "avg 3 same stride 1" => Box::new(avg([3, 3]).stride(1).same()),
        "max 4 2 same stride 3 1" => Box::new(max([4, 2]).stride([3, 1]).same()),
        "avg 4 2 same stride 3 1" => Box::new(avg([4, 2]).stride([3, 1]).same()),
        "max padding 1 stride 2" => Box::new(max([3, 3]).stride(2).padding(1)),
        "avg padding 1 stride 2" => Box::new(avg([3, 3]).stride(2).padding(1)),
        "max padding 0 1" => Box::new(max([2, 3]).stride(1).padding([0, 1])),
        "avg padding 0 1" => Box::new(avg([2, 3]).stride(1).padding([0, 1])),
        "max padding of four sides" => Box::new(max([3, 3]).stride([2, 1]).padding([[2, 0], [0, 1]])),
        "avg padding of four sides" => Box::new(avg([3, 3]).stride([2, 1]).padding([[2, 0], [0, 1]])),
        "global avg" => Box::new(GlobalAvgPool2d),
        "global max" => Box::new(GlobalMaxPool2d),
        "batch norm 2 axes" | "batch norm many rows" | "batch norm evaluated" => Box::new(batch),
        "batch norm 3 axes" => Box::new(BatchNorm::new()),
        "batch norm 4 axes" => Box::new(batch.epsilon(0.1).momentum(0.5)),
        "batch norm evaluated 4 axes" => Box::new(batch.epsilon(0.1)),
        "batch norm without gain" | "batch norm evaluated without gain" => Box::new(batch.without_gain()),
        "batch norm without shift" => Box::new(batch.without_shift()),
        "batch norm evaluated without both" => Box::new(batch.without_gain().without_shift()),
        "layer norm 2 axes" | "layer norm 4 axes" => Box::new(row),
        "layer norm 3 axes" => Box::new(row.epsilon(0.1)),
        "layer norm without gain" => Box::new(row.without_gain()),
        "layer norm without shift" => Box::new(row.without_shift()),
        "layer norm without both" => Box::new(row.without_gain().without_shift()),
        _ => panic!("no layer for case `{name}`"),
    }
}

#[test]
fn layers_compute_what_pytorch_computes() {
    let cases = cases(include_str!("reference/image_layers.csv"));
    assert_eq!(cases.len(), 60);
    for case in &cases {
        let mode = if case.name.contains("evaluated") { Mode::Evaluation } else { Mode::Training };
        case.compare::<f64>(layer(&case.name), mode, 1e-10);
        case.compare::<f32>(layer(&case.name), mode, 1e-6);
    }
}

/// What building a layer for such rows says.
fn refusal(mut layer: impl Layer, row: &[usize]) -> String {
    layer.build(&row.into(), &mut Seeds::new(1)).expect_err("it is to be refused")
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let far = 1 << 32;
    let most = usize::MAX;
    for (found, words) in [
        (refusal(Conv2d::new(4, 3), &[28, 28]), "a row of input has shape [28, 28]; images have three axes"),
        (refusal(Conv2d::new(4, 3), &[28, 0, 1]), "and so no pixels"),
        (refusal(Conv2d::new(0, 3), &[8, 8, 1]), "it has 0 filters"),
        (
            refusal(Conv2d::new(4, [3, 9]), &[8, 8, 1]),
            "images of width 8 are smaller than the window, which reaches over 9",
        ),
        (
            refusal(Conv2d::new(4, 3).dilation(4), &[8, 8, 1]),
            "images of height 8 are smaller than the window, which reaches over 9",
        ),
        (refusal(Conv2d::new(4, 3).stride([0, 1]), &[8, 8, 1]), "along the height, the window has size 3, stride 0"),
        (refusal(Conv2d::new(4, 3).groups(3), &[8, 8, 4]), "4 channels and 4 filters cannot be cut into 3 groups"),
        (refusal(Conv2d::new(4, 3).groups(0), &[8, 8, 4]), "cut into 0 groups"),
        (refusal(Conv2d::new(4, far).dilation(most).same(), &[8, 8, 1]), "reach further than can be counted"),
        (
            refusal(Conv2d::new(far, far).same(), &[8, 8, 1]),
            "shape [4294967296, 4294967296, 1, 4294967296] has more elements than any memory",
        ),
        (
            refusal(Conv2d::new(4, 1), &[far, far, 1]),
            "shape [4294967296, 4294967296, 4] has more elements than any memory",
        ),
        (refusal(Conv2d::new(4, 1).regularizer(L2(-1.0)), &[8, 8, 1]), "L2: the factor is -1"),
        (refusal(Conv2d::new(4, 9).padding([1, 2]), &[4, 4, 1]), "images of height 6 are smaller than the window"),
        (refusal(Conv2d::new(4, 1).padding(most), &[8, 8, 1]), "reach further than can be counted"),
        (refusal(MaxPool2d::new(2).padding([0, 2]), &[4, 4, 1]), "a window could lie in the padding alone"),
        (refusal(MaxPool2d::new(5), &[4, 6, 1]), "images of height 4 are smaller than the window"),
        (refusal(AvgPool2d::new(2).stride(0), &[4, 6, 1]), "stride 0"),
        (refusal(MaxPool2d::new(most).same(), &[4, 6, 1]), "reach further than can be counted"),
        (refusal(GlobalAvgPool2d, &[4, 6]), "images have three axes"),
        (refusal(GlobalMaxPool2d, &[0, 6, 2]), "no pixels"),
        (refusal(BatchNorm::new(), &[]), "a single number without axes"),
        (refusal(BatchNorm::new(), &[4, 0]), "and so no features"),
        (refusal(BatchNorm::new().momentum(1.5), &[4]), "the momentum is 1.5"),
        (refusal(BatchNorm::new().epsilon(-1.0), &[4]), "epsilon is -1"),
        (refusal(LayerNorm::new().epsilon(f64::NAN), &[4]), "epsilon is NaN"),
    ] {
        assert!(found.contains(words), "`{found}` does not say `{words}`");
    }
}

/// Of one row at one position, the mean is the row, and the variance 0: the shift is left. Keras 3.15 gives the same.
#[test]
fn a_batch_of_one_number_a_channel_becomes_the_shift() {
    let mut network = Sequential::new().input(2).add(BatchNorm::new().momentum(0.75));
    network.build().unwrap();
    let mut weights = network.weights();
    weights[1].1 = Tensor::from([0.5, -2.0]);
    network.set_weights(&weights).unwrap();
    let mut session = Session::new(1);
    let pass = session.training();
    let y = network.forward(pass.constant(&Tensor::from([[3.0, 8.0]])), &pass);
    assert_eq!(y.value().to_vec(), [0.5, -2.0]);
    pass.backward(y.sum());
    session.step(&mut network, &mut Sgd::new(0.0)).unwrap();
    let weights = network.weights();
    assert_eq!(weights[2].1.to_vec(), [0.75, 2.0], "the mean has moved by a quarter");
    assert_eq!(weights[3].1.to_vec(), [0.75, 0.75]);
}

#[test]
#[should_panic(expected = "moments: the operand has shape [0, 2], and so no rows")]
fn a_batch_without_rows_has_no_mean() {
    let mut layer: BatchNorm = BatchNorm::new();
    layer.build(&[2].into(), &mut Seeds::new(1)).unwrap();
    let mut session = Session::new(1);
    let pass = session.training();
    let _ = layer.forward(pass.constant(&Tensor::zeros([0, 2])), &pass);
}

/// Keras: a layer with `trainable = False` runs in inference mode.
#[test]
fn a_frozen_batch_norm_acts_as_at_inference() {
    let build = || {
        let mut network = Sequential::new().input(3).add(BatchNorm::new()).add(Dense::new(1)).seed(3);
        network.build().unwrap();
        network
    };
    let x = Tensor::normal([8, 3], 2.0, 3.0, 5);
    let after_step = |mut network: Sequential| {
        let expected = network.predict(&x).unwrap();
        let mut session = Session::new(1);
        let pass = session.training();
        let y = network.forward(pass.constant(&x), &pass);
        let same = y.value() == expected;
        pass.backward(y.sum());
        session.step(&mut network, &mut Sgd::new(0.1)).unwrap();
        (same, network.weights()[..4].iter().map(|(_, value)| value.to_vec()).collect::<Vec<_>>())
    };
    let mut frozen = build();
    frozen.freeze("batch_norm").unwrap();
    let (same, weights) = after_step(frozen);
    assert!(same);
    assert_eq!(weights, [[1.0; 3], [0.0; 3], [0.0; 3], [1.0; 3]]);
    let (same, weights) = after_step(build());
    assert!(!same);
    assert!(weights[2].iter().all(|mean| *mean != 0.0));
}

#[test]
fn what_was_left_out_is_not_a_weight() {
    let names = |layer: BatchNorm| {
        let mut network = Sequential::new().input(3).add(layer);
        network.build().unwrap();
        network.weights().into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(BatchNorm::new().without_gain()), ["batch_norm.shift", "batch_norm.mean", "batch_norm.variance"]);
    assert_eq!(names(BatchNorm::new().without_gain().without_shift()), ["batch_norm.mean", "batch_norm.variance"]);
}

/// One that learns with everything left out has nothing to be trained, yet its running values move.
#[test]
fn convolutions_and_normalisations_learn_together() {
    // which half of the image is brighter?
    let x = Tensor::<f32>::uniform([200, 6, 6, 1], 0.0, 1.0, 1);
    let half = |image: &[f32]| image[..18].iter().sum::<f32>() > image[18..].iter().sum::<f32>();
    let labels = Tensor::from(x.as_slice().chunks(36).map(|image| usize::from(half(image))).collect::<Vec<_>>());
    let mut model = Sequential::new()
        .add(Conv2d::new(4, 3).same().without_bias().input([6, 6, 1]))
        .add(BatchNorm::new().momentum(0.9))
        .add(Activation::new(Relu))
        .add(AvgPool2d::new(2))
        .add(Flatten)
        .add(LayerNorm::new())
        .add(Dense::new(2).activation(Softmax))
        .seed(7)
        .compile(SparseCategoricalCrossEntropy, Adam::new(0.02), [Accuracy])
        .unwrap();
    model.fit(&x, &labels, Fit::epochs(40).verbose(Verbose::Silent)).unwrap();
    assert!(model.evaluate(&x, &labels).unwrap()["accuracy"] > 0.9);
}
