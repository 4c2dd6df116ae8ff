//! Training: compile, fit, evaluate, predict, and what they promise.

use chainrule_nn::prelude::*;
use chainrule_nn::{Error, Result};
use std::sync::Arc;

/// Points of two classes, above and below the diagonal, with a margin.
fn halves(count: usize, seed: u64) -> (Tensor<f32>, Tensor<usize>) {
    let x = Tensor::<f32>::uniform([count, 2], -1.0, 1.0, seed);
    let labels: Vec<usize> = x.as_slice().chunks(2).map(|point| usize::from(point[1] > point[0])).collect();
    (x, labels.into())
}

fn classifier(seed: u64) -> Model {
    Sequential::new()
        .add(Dense::new(16).activation(Relu).input(2))
        .add(Dropout::new(0.1))
        .add(Dense::new(2).activation(Softmax))
        .seed(seed)
        .compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy])
        .unwrap()
}

fn bits(weights: &[(String, Tensor<f32>)]) -> Vec<u32> {
    weights.iter().flat_map(|(_, value)| value.iter().map(|number| number.to_bits()).collect::<Vec<_>>()).collect()
}

#[test]
fn a_network_learns_and_is_judged_on_other_points() {
    let ((x, y), (x_test, y_test)) = (halves(600, 1), halves(200, 2));
    let mut model = classifier(3);
    let history = model.fit(&x, &y, Fit::epochs(40).validation_split(0.1).silent()).unwrap();
    assert_eq!(history.len(), 40);
    assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "accuracy", "val_loss", "val_accuracy"]);
    assert!(history["loss"][39] < 0.3 * history["loss"][0]);
    let score = model.evaluate(&x_test, &y_test).unwrap();
    assert!(score["accuracy"] > 0.95, "{score}");
    let shares = model.predict(&x_test).unwrap();
    assert_eq!(shares.shape(), [200, 2]);
    let right = shares.argmax(-1).iter().zip(y_test.iter()).filter(|(guess, label)| guess == label).count();
    assert!((right as f64 / 200.0 - score["accuracy"]).abs() < 1e-12);
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let (x, y) = halves(200, 1);
    let train = |seed| {
        let mut model = classifier(seed);
        let history = model.fit(&x, &y, Fit::epochs(5).silent()).unwrap();
        (bits(&model.weights()), history)
    };
    let first = train(7);
    assert_eq!(first, train(7), "run after run");
    assert_ne!(first.0, train(8).0, "another seed");
    let at_once: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| train(7))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(at_once.iter().all(|other| *other == first), "two at once, each on a thread of its own");
}

#[test]
fn a_model_moves_to_another_thread_and_its_network_is_shared() {
    let (x, y) = halves(64, 1);
    let mut model = classifier(1);
    let model = std::thread::spawn(move || {
        model.fit(&x, &y, Fit::epochs(1).silent()).unwrap();
        model
    });
    let network = Arc::new(model.join().unwrap().network);
    let (x, _) = halves(8, 2);
    let expected = network.predict(&x).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert_eq!(network.predict(&x).unwrap(), expected));
        }
    });
}

/// One step by hand: w = (0, 0), b = 0, x = (1, 2), target 3, loss (wx + b - 3)²; slopes (-6, -12), -6.
#[test]
fn a_step_follows_the_gradient() -> Result<()> {
    let mut model =
        Sequential::new().add(Dense::new(1).init(Init::Zeros).input(2)).compile(MeanSquaredError, Sgd::new(0.1), ())?;
    let score = model.train_on_batch(&Tensor::from([[1.0, 2.0]]), Tensor::from([[3.0]]))?;
    assert_eq!(score.loss, 9.0);
    let weights = model.weights();
    assert_eq!(weights[0].0, "dense.weights");
    let near = |value: &Tensor<f32>, expected: &[f32]| value.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(near(&weights[0].1, &[0.6, 1.2]) && near(&weights[1].1, &[0.6]), "{weights:?}");
    Ok(())
}

#[test]
fn the_last_smaller_batch_counts_by_its_rows() -> Result<()> {
    // a network that answers 0: the loss of each row is its target squared; batches (0, 1), (2, 3), (4)
    let x = Tensor::zeros([5, 1]);
    let y = Tensor::from([[0.0], [1.0], [2.0], [3.0], [4.0]]);
    let mut model = Sequential::new().add(Dense::new(1).without_bias().input(1)).compile(
        MeanSquaredError,
        Sgd::new(0.0),
        [MeanAbsoluteError],
    )?;
    let history = model.fit(&x, &y, Fit::epochs(1).batch_size(2).silent())?;
    assert_eq!((history["loss"][0], history["mean_absolute_error"][0]), (6.0, 2.0));
    let score = model.evaluate_with(&x, &y, Evaluate::batch_size(2))?;
    assert_eq!(score.loss, 6.0);
    Ok(())
}

#[test]
fn sample_weights_divide_by_the_number_of_rows() -> Result<()> {
    // losses 1 and 9, weights 2 and 1: (2 + 9) / 2, as Keras 3 reduces (sum_over_batch_size)
    let (x, y) = (Tensor::zeros([2, 1]), Tensor::from([[1.0], [3.0]]));
    let mut model =
        Sequential::new().add(Dense::new(1).without_bias().input(1)).compile(MeanSquaredError, Sgd::new(0.0), ())?;
    let weights = Tensor::from([2.0, 1.0]);
    let history = model.fit(&x, &y, Fit::epochs(1).sample_weights(&weights).silent())?;
    assert_eq!(history["loss"], [5.5]);
    assert_eq!(model.evaluate_with(&x, &y, Evaluate::default().sample_weights(&weights))?.loss, 5.5);
    Ok(())
}

#[test]
fn class_weights_multiply_the_rows_of_their_class() -> Result<()> {
    // a network without weights to speak of: each class has probability 1/2, each row loses ln 2
    let (x, y) = (Tensor::zeros([4, 1]), Tensor::from([0_usize, 0, 0, 1]));
    let network = || Sequential::new().add(Dense::new(2).init(Init::Zeros).activation(Softmax).input(1));
    let fit = || Fit::epochs(1).full_batch().class_weights([(1, 5.0)]).silent();
    let mut sparse = network().compile(SparseCategoricalCrossEntropy, Sgd::new(0.0), ())?;
    let expected = (3.0 + 5.0) * 2_f64.ln() / 4.0;
    assert!((sparse.fit(&x, &y, fit())?["loss"][0] - expected).abs() < 1e-6);
    let mut dense = network().compile(CategoricalCrossEntropy, Sgd::new(0.0), ())?;
    assert!((dense.fit(&x, Tensor::<f32>::one_hot(&y, 2), fit())?["loss"][0] - expected).abs() < 1e-6);
    // scikit-learn: n_samples / (n_classes * np.bincount(y))
    let balanced = ClassWeights::balanced(&y);
    let loss = sparse.fit(&x, &y, Fit::epochs(1).full_batch().class_weights(balanced).silent())?["loss"][0];
    assert!((loss - (3.0 * 4.0 / 6.0 + 4.0 / 2.0) * 2_f64.ln() / 4.0).abs() < 1e-6);
    Ok(())
}

#[test]
fn penalties_are_part_of_the_loss() -> Result<()> {
    // w = 2 everywhere: L2(0.1) of [3, 1] weights is 0.1 · 12, beside a loss of (2 · 3 - 0)² = 36
    let (x, y) = (Tensor::ones([1, 3]), Tensor::<f32>::zeros([1, 1]));
    let mut model = Sequential::new()
        .add(Dense::new(1).init(Init::Constant(2.0)).regularizer(L2(0.1)).input(3))
        .compile(MeanSquaredError, Sgd::new(0.0), ())?;
    assert!((model.fit(&x, &y, Fit::epochs(1).silent())?["loss"][0] - 37.2).abs() < 1e-5);
    assert!((model.evaluate(&x, &y)?.loss - 37.2).abs() < 1e-5);
    Ok(())
}

#[test]
fn frozen_layers_stay_and_groups_have_their_own_rate() -> Result<()> {
    let (x, y) = halves(64, 1);
    let mut model = classifier(1);
    let before = model.weights();
    model.freeze("dense")?;
    assert_eq!((model.summary().trained(), model.summary().not_trained()), (34, 48));
    model.fit(&x, &y, Fit::epochs(2).silent())?;
    let after = model.weights();
    assert_eq!(before[0], after[0], "frozen");
    assert_ne!(before[2], after[2], "trained");
    model.unfreeze("dense")?;
    model.group("dense_1.bias", Group::rate(0.0))?;
    model.fit(&x, &y, Fit::epochs(1).silent())?;
    let last = model.weights();
    assert_ne!(after[0], last[0], "trained again");
    assert_eq!(after[3], last[3], "a rate of 0");
    assert!(matches!(model.freeze("dens"), Err(Error::Unknown { .. })));
    Ok(())
}

#[test]
fn weights_are_read_and_put_back_whole_or_not_at_all() -> Result<()> {
    let (mut one, other) = (classifier(1), classifier(2));
    let mut weights = other.weights();
    weights.reverse();
    one.set_weights(&weights)?;
    assert_eq!(bits(&one.weights()), bits(&other.weights()));
    let before = one.weights();
    for (spoil, message) in [
        (
            Box::new(|weights: &mut Vec<_>| drop(weights.pop())) as Box<dyn Fn(&mut Vec<(String, Tensor<f32>)>)>,
            "no weights",
        ),
        (Box::new(|weights: &mut Vec<_>| weights.push(("attic".into(), Tensor::zeros([1])))), "`attic`"),
        (Box::new(|weights: &mut Vec<_>| weights[0].1 = Tensor::zeros([1])), "shape [1]"),
        (Box::new(|weights: &mut Vec<_>| weights.push(weights[0].clone())), "twice"),
    ] {
        let mut wrong = classifier(3).weights();
        spoil(&mut wrong);
        let error = one.set_weights(&wrong).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert_eq!(bits(&one.weights()), bits(&before), "untouched");
    }
    Ok(())
}

#[test]
fn a_clone_trains_apart() -> Result<()> {
    let (x, y) = halves(64, 1);
    let mut network = Sequential::new().add(Dense::new(2).activation(Softmax).input(2));
    network.build()?;
    let copy = network.clone();
    assert_eq!(network.weights(), copy.weights());
    let mut model = network.compile(SparseCategoricalCrossEntropy, Sgd::new(0.1), ())?;
    model.fit(&x, &y, Fit::epochs(1).silent())?;
    assert_ne!(model.weights(), copy.weights());
    Ok(())
}

/// Shared weights: y = w (w x), by hand dy/dw = 2 w x.
#[test]
fn a_layer_used_twice_gathers_both_gradients() -> Result<()> {
    let mut network = Sequential::new()
        .add_named("twice", Dense::new(1).without_bias().init(Init::Constant(3.0)).input(1))
        .reuse("twice");
    network.build()?;
    assert_eq!(network.summary().total(), 1);
    let mut session = Session::new(0);
    let pass = session.training();
    let y = network.forward(pass.constant(&Tensor::from([[2.0]])), &pass);
    assert_eq!(y.item(), 18.0);
    pass.backward(y.sum());
    assert_eq!(session.gradients()[0].1.to_vec(), [12.0]);
    let copy = network.clone();
    assert_eq!((copy.summary().total(), copy.predict(&Tensor::from([[2.0]]))?.item()), (1, 18.0));
    Ok(())
}

/// 256 relu, dropout, 256 relu, dropout, 5 softmax on 800 words: the counts that Keras prints for the lecture's listing.
#[test]
fn the_summary_is_keras_s_table() {
    let mut network = Sequential::new()
        .add(Dense::new(256).activation(Relu).input(800))
        .add(Dropout::new(0.5))
        .add(Dense::new(256).activation(Relu))
        .add(Dropout::new(0.5))
        .add(Dense::new(5).activation(Softmax));
    network.build().unwrap();
    let table = "\
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape ┃ Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ dense (Dense)       │ (None, 256)  │ 205,056 │
├─────────────────────┼──────────────┼─────────┤
│ dropout (Dropout)   │ (None, 256)  │       0 │
├─────────────────────┼──────────────┼─────────┤
│ dense_1 (Dense)     │ (None, 256)  │  65,792 │
├─────────────────────┼──────────────┼─────────┤
│ dropout_1 (Dropout) │ (None, 256)  │       0 │
├─────────────────────┼──────────────┼─────────┤
│ dense_2 (Dense)     │ (None, 5)    │   1,285 │
└─────────────────────┴──────────────┴─────────┘
 Total params: 272,133 (1.04 MB)
 Trainable params: 272,133 (1.04 MB)
 Non-trainable params: 0 (0.00 B)";
    assert_eq!(network.summary().to_string(), table);
}

/// Keeps a running mean of what passes, as a buffer.
#[derive(Clone)]
struct Watch(Param);

impl Layer for Watch {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> std::result::Result<Shape, String> {
        self.0.build([1], &Init::Zeros, seeds)?;
        self.0.role = Role::Buffer;
        Ok(input.clone())
    }
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        pass.write(&self.0, x.value().mean().reshape([1]));
        x
    }
    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param)) {
        visit("mean", &mut self.0);
    }
}

#[test]
fn buffers_are_written_in_training_and_are_no_parameters() -> Result<()> {
    let (x, y) = (Tensor::full([4, 1], 3.0), Tensor::<f32>::zeros([4, 1]));
    let mut model = Sequential::new().add(Input::new(1)).add(Watch(Param::unbuilt())).add(Dense::new(1)).compile(
        MeanSquaredError,
        Sgd::new(0.01),
        (),
    )?;
    assert_eq!((model.summary().trained(), model.summary().not_trained()), (2, 1));
    model.evaluate(&x, &y)?;
    assert_eq!(model.weights()[0].1.to_vec(), [0.0], "nothing is written at inference");
    model.fit(&x, &y, Fit::epochs(1).silent())?;
    assert_eq!(model.weights()[0], ("watch.mean".into(), Tensor::from([3.0])));
    Ok(())
}

#[test]
fn a_second_fit_goes_on_with_other_shuffles() -> Result<()> {
    let (x, y) = halves(100, 1);
    let (mut whole, mut parts) = (classifier(5), classifier(5));
    whole.fit(&x, &y, Fit::epochs(4).silent())?;
    parts.fit(&x, &y, Fit::epochs(2).silent())?;
    parts.fit(&x, &y, Fit::epochs(4).first_epoch(2).silent())?;
    assert_eq!(bits(&whole.weights()), bits(&parts.weights()));
    Ok(())
}

#[test]
fn f64_works_the_same_way() -> Result<()> {
    let x = Tensor::<f64>::uniform([50, 3], -1.0, 1.0, 1);
    let y = x.matmul(Tensor::from([[1.0], [-2.0], [0.5]])) + 0.25;
    let mut model =
        Sequential::<f64>::default().add(Dense::new(1).input(3)).compile(MeanSquaredError, Sgd::new(0.5), ())?;
    model.fit(&x, &y, Fit::epochs(300).full_batch().silent())?;
    let found = model.weights();
    for (found, expected) in found[0].1.iter().chain(found[1].1.iter()).zip([1.0, -2.0, 0.5, 0.25]) {
        assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
    }
    Ok(())
}

#[test]
fn metrics_count_rows_alike_unless_they_are_weighted() -> Result<()> {
    // errors 1 and 3, weights 3 and 1: plain mean 2, weighted (3 + 3) / 4
    let (x, y) = (Tensor::zeros([2, 1]), Tensor::from([[1.0], [3.0]]));
    let mut model = Sequential::new().add(Dense::new(1).without_bias().input(1)).compile(
        MeanSquaredError,
        Sgd::new(0.0),
        (MeanAbsoluteError, Weighted(MeanAbsoluteError)),
    )?;
    let score = model.evaluate_with(&x, &y, Evaluate::default().sample_weights(&Tensor::from([3.0, 1.0])))?;
    assert_eq!((score["mean_absolute_error"], score["weighted_mean_absolute_error"]), (2.0, 1.5));
    Ok(())
}

/// Keras 3.15 adds the penalty of a layer once, however often it is used, and not that of a frozen one: losses 16 and 0 for ones in
/// a 4 by 4 matrix.
#[test]
fn penalties_count_once_and_only_for_what_is_trained() -> Result<()> {
    let (x, y) = (Tensor::zeros([1, 4]), Tensor::<f32>::zeros([1, 4]));
    let dense = || Dense::new(4).without_bias().init(Init::Ones).regularizer(L2(1.0)).input(4);
    let mut twice = Sequential::new().add(dense()).reuse("dense").compile(MeanSquaredError, Sgd::new(0.1), ())?;
    assert_eq!(twice.evaluate(&x, &y)?.loss, 16.0);
    twice.train_on_batch(&x, &y)?;
    assert!((twice.network.weight("dense.weights").unwrap().as_slice()[0] - 0.8).abs() < 1e-6);
    let mut frozen = Sequential::new().add(dense()).compile(MeanSquaredError, Sgd::new(0.1), ())?;
    frozen.freeze("dense")?;
    assert_eq!(frozen.evaluate(&x, &y)?.loss, 0.0);
    Ok(())
}

#[test]
fn metrics_of_one_name_get_numbers() -> Result<()> {
    let (x, y) = halves(40, 1);
    let mut model = Sequential::new().add(Dense::new(2).activation(Softmax).input(2)).compile(
        SparseCategoricalCrossEntropy,
        Sgd::new(0.1),
        vec![F1.class(0), F1.class(1)],
    )?;
    let history = model.fit(&x, &y, Fit::epochs(2).silent())?;
    assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "f1", "f1_1"]);
    assert!(history.columns().all(|(_, values)| values.len() == 2));
    Ok(())
}

#[test]
fn the_history_survives_an_error_and_so_do_the_best_weights() -> Result<()> {
    // a rate that makes w grow: 1, -5, 25, ... until the loss overflows
    let (x, y) = (Tensor::ones([1, 1]), Tensor::<f32>::zeros([1, 1]));
    let mut model = Sequential::new().add(Dense::new(1).without_bias().init(Init::Ones).input(1)).compile(
        MeanSquaredError,
        Sgd::new(3.0),
        (),
    )?;
    let stopping = EarlyStopping::watching("loss").patience(100).restore_best_weights();
    let outcome = model.fit(&x, &y, Fit::epochs(200).callback(stopping).silent());
    assert!(outcome.is_err());
    assert!(model.history().len() > 10);
    let best = model.network.weight("dense.weights").unwrap().item();
    assert_eq!(best, -5.0, "the weights after the epoch of the least loss, which is the first");
    Ok(())
}

#[test]
fn a_model_that_is_frozen_as_a_whole_stays_as_it_is() -> Result<()> {
    let (x, y) = halves(40, 1);
    let mut model = classifier(1);
    let before = model.weights();
    model.freeze("dense")?;
    model.freeze("dense_1")?;
    assert_eq!(model.fit(&x, &y, Fit::epochs(2).silent())?.len(), 2);
    assert_eq!(model.weights(), before);
    Ok(())
}
