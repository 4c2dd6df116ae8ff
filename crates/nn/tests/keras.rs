//! Whole trainings beside Keras 3's, number by number: `reference/fit.py` ran them and wrote `reference/fit.csv`.

use chainrule_nn::prelude::*;
use chainrule_nn::{Metrics, Optimize};
use std::collections::HashMap;

/// What a run of Keras was given and gave.
struct Run(HashMap<String, Vec<f64>>);

impl Run {
    fn named(name: &str) -> Self {
        let mut columns: HashMap<String, Vec<f64>> = HashMap::new();
        for line in include_str!("reference/fit.csv").lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            if cells[0] == name {
                columns.entry(cells[1].to_owned()).or_default().push(cells[3].parse().unwrap());
            }
        }
        assert!(!columns.is_empty(), "no run `{name}`");
        Self(columns)
    }

    fn of(&self, what: &str) -> &[f64] {
        &self.0[what]
    }

    fn x(&self) -> Tensor<f64> {
        Tensor::new([10, 3], self.of("x").to_vec())
    }

    fn y(&self, columns: usize) -> Tensor<f64> {
        Tensor::new([10, columns], self.of("y").to_vec())
    }

    fn labels(&self) -> Tensor<usize> {
        let class = |label: &f64| (0..4).position(|class| f64::from(class) == *label).unwrap();
        Tensor::from(self.of("y").iter().map(class).collect::<Vec<_>>())
    }

    /// The network with Keras's first weights, compiled.
    fn model(
        &self,
        network: Sequential<f64>,
        loss: impl Loss<f64> + 'static,
        optimizer: impl Optimize<f64> + 'static,
        metrics: impl Metrics<f64>,
    ) -> Model<f64> {
        let mut model = network.input(3).compile(loss, optimizer, metrics).unwrap();
        let mut first = self.of("first");
        let weights: Vec<_> = model
            .weights()
            .into_iter()
            .map(|(name, value)| {
                let (own, rest) = first.split_at(value.len());
                first = rest;
                (name, Tensor::new(value.shape(), own.to_vec()))
            })
            .collect();
        assert!(first.is_empty());
        model.set_weights(&weights).unwrap();
        model
    }

    /// Trains, and compares all that Keras wrote down.
    fn compare(
        &self,
        mut model: Model<f64>,
        x: &Tensor<f64>,
        y: impl Into<Targets<f64>>,
        fit: Fit<'_, f64>,
        names: &[(&str, &str)],
    ) {
        let y = y.into();
        let history = model.fit(x, &y, fit.shuffle(false).silent()).unwrap();
        for (keras, ours) in names {
            agree(keras, self.of(keras), &history[ours]);
        }
        let last: Vec<f64> = model.weights().iter().flat_map(|(_, value)| value.to_vec()).collect();
        agree("the last weights", self.of("last"), &last);
        agree("predictions", self.of("predictions"), model.predict(x).unwrap().as_slice());
        let score = model.evaluate_with(x, &y, Evaluate::batch_size(4)).unwrap();
        let values: Vec<f64> = score.values().map(|(_, value)| value).collect();
        agree("evaluate", self.of("evaluate"), &values);
    }
}

#[track_caller]
fn agree(what: &str, expected: &[f64], found: &[f64]) {
    assert_eq!(expected.len(), found.len(), "{what}");
    for (at, (expected, found)) in expected.iter().zip(found).enumerate() {
        assert!(
            (expected - found).abs() <= 1e-12 * expected.abs().max(1.0),
            "{what} {at}: {found}, and Keras has {expected}"
        );
    }
}

#[test]
fn a_classifier_with_one_hot_targets_and_adam() {
    let run = Run::named("categorical");
    let network = Sequential::default()
        .add(Dense::new(6).activation(Relu))
        .add(Dense::new(5).activation(Relu))
        .add(Dense::new(4).activation(Softmax));
    let model = run.model(network, CategoricalCrossEntropy, Adam::new(0.05), [Accuracy]);
    let names = [("loss", "loss"), ("accuracy", "accuracy")];
    run.compare(model, &run.x(), run.y(4), Fit::epochs(6).batch_size(4), &names);
}

#[test]
fn a_classifier_with_labels_validation_and_nesterov() {
    let run = Run::named("sparse");
    let network = Sequential::default().add(Dense::new(6).activation(Tanh)).add(Dense::new(4).activation(Softmax));
    let sgd = Sgd::new(0.2).momentum(0.9).nesterov();
    let model = run.model(network, SparseCategoricalCrossEntropy, sgd, [Accuracy]);
    let names = ["loss", "accuracy", "val_loss", "val_accuracy"].map(|name| (name, name));
    run.compare(model, &run.x(), run.labels(), Fit::epochs(5).batch_size(4).validation_split(0.4), &names);
}

#[test]
fn a_binary_classifier_with_class_weights_and_rmsprop() {
    let run = Run::named("binary");
    let network = Sequential::default().add(Dense::new(5).activation(Elu(1.0))).add(Dense::new(1).activation(Sigmoid));
    let model = run.model(network, BinaryCrossEntropy, RmsProp::new(0.05), [Accuracy]);
    let names = [("loss", "loss"), ("accuracy", "accuracy")];
    let fit = Fit::epochs(5).batch_size(4).class_weights([(0, 1.0), (1, 3.0)]);
    run.compare(model, &run.x(), run.y(1), fit, &names);
}

#[test]
fn a_regression_with_penalties_sample_weights_and_nadam() {
    let run = Run::named("regression");
    let network = Sequential::default()
        .add(Dense::new(4).activation(Gelu).regularizer(L2(0.01)).bias_regularizer(L1(0.02)))
        .add(Dense::new(2).regularizer(L1L2 { l1: 0.003, l2: 0.004 }));
    let nadam = Nadam::new(0.03).global_clip_norm(1.0);
    let model = run.model(network, MeanSquaredError, nadam, [MeanAbsoluteError]);
    let weights = Tensor::from(run.of("sample_weight").to_vec());
    let names = [("loss", "loss"), ("mae", "mean_absolute_error")];
    run.compare(model, &run.x(), run.y(2), Fit::epochs(5).batch_size(4).sample_weights(&weights), &names);
}
