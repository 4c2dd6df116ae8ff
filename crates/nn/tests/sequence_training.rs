//! Trainings over padded sequences beside Keras 3's, number by number, from the same first weights: `reference/sequence_training.py`
//! ran them. And what depends on data is refused.

use chainrule_nn::prelude::*;
use std::collections::HashMap;

/// What a run of Keras was given and gave.
struct Run(HashMap<String, Vec<f64>>);

impl Run {
    fn named(name: &str) -> Self {
        let mut columns: HashMap<String, Vec<f64>> = HashMap::new();
        for line in include_str!("reference/sequence_training.csv").lines() {
            let cells: Vec<&str> = line.split(',').collect();
            if cells[0] == name {
                columns.entry(cells[1].to_owned()).or_default().push(cells[3].parse().unwrap());
            }
        }
        assert!(!columns.is_empty(), "no run `{name}`");
        Self(columns)
    }

    fn near(&self, what: &str, found: &[f64]) {
        let expected = &self.0[what];
        assert_eq!(found.len(), expected.len(), "{what}");
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert!(
                (found - expected).abs() <= 1e-10 * expected.abs().max(1.0),
                "{what} {at}: {found}, Keras {expected}"
            );
        }
    }

    /// Trains and evaluates as Keras did, and compares everything.
    fn agrees(
        &self,
        layers: Sequential<f64>,
        targets: impl Into<Targets<f64>>,
        loss: impl Loss<f64> + 'static,
        metric: &str,
    ) {
        let targets = targets.into();
        let x = Tensor::new([10, 5], self.0["x"].clone());
        let network = layers.input(5);
        let optimizer = Sgd::new(0.5);
        let mut model = match metric {
            "binary_accuracy" => network.compile(loss, optimizer, (BinaryAccuracy, Weighted(BinaryAccuracy))),
            "mean_absolute_error" => network.compile(loss, optimizer, (MeanAbsoluteError, Weighted(MeanAbsoluteError))),
            _ => network.compile(loss, optimizer, (SparseCategoricalAccuracy, Weighted(SparseCategoricalAccuracy))),
        }
        .unwrap();
        let mut first = &self.0["first"][..];
        let mut weights = model.weights();
        for (_, value) in &mut weights {
            let (own, rest) = first.split_at(value.len());
            (*value, first) = (Tensor::new(value.shape(), own.to_vec()), rest);
        }
        assert!(first.is_empty());
        model.set_weights(&weights).unwrap();
        let mut fit = Fit::epochs(3).batch_size(4).shuffle(false).verbose(Verbose::Silent);
        if let Some(weights) = self.0.get("sample_weight") {
            fit = fit.sample_weights(&Tensor::from(weights.clone()));
        }
        let history = model.fit(&x, targets.clone(), fit).unwrap();
        let score = model.evaluate_with(&x, targets, Evaluate::batch_size(4)).unwrap();
        for name in ["loss".to_owned(), metric.to_owned(), format!("weighted_{metric}")] {
            self.near(&name, &history[&*name]);
            self.near(&format!("evaluate {name}"), &[score[&*name]]);
        }
        let last: Vec<f64> = model.weights().iter().flat_map(|(_, value)| value.to_vec()).collect();
        self.near("last", &last);
    }

    fn tags(&self) -> Tensor<usize> {
        Tensor::new([10, 5], self.0["y"].iter().map(|tag| (0..3).position(|t| f64::from(t) == *tag).unwrap()).collect())
    }
}

fn words() -> Sequential<f64> {
    Sequential::default().add(Embedding::new(7, 3).mask_zero())
}

#[test]
fn a_tag_for_every_word() {
    let run = Run::named("tags");
    let layers = words().add(Lstm::new(4).sequences()).add(Dense::new(3).activation(Softmax));
    run.agrees(layers, run.tags(), SparseCategoricalCrossEntropy, "sparse_categorical_accuracy");
}

#[test]
fn a_tag_for_every_word_of_weighted_sentences() {
    let run = Run::named("weighted_tags");
    let layers = words().add(Gru::new(4).sequences()).add(Dense::new(3).activation(Softmax));
    run.agrees(layers, run.tags(), SparseCategoricalCrossEntropy, "sparse_categorical_accuracy");
}

#[test]
fn values_for_every_word() {
    let run = Run::named("values");
    let layers = words().add(SimpleRnn::new(4).sequences()).add(Dense::new(2));
    let values = Tensor::new([10, 5, 2], run.0["y"].clone());
    run.agrees(layers, &values, MeanSquaredError, "mean_absolute_error");
}

#[test]
fn an_answer_for_every_sentence() {
    let run = Run::named("answers");
    let layers = words().add(Lstm::new(3).sequences()).add(Gru::new(4)).add(Dense::new(1).activation(Sigmoid));
    run.agrees(layers, Tensor::new([10, 1], run.0["y"].clone()), BinaryCrossEntropy, "binary_accuracy");
}

#[test]
fn words_that_are_not_there_are_refused_before_anything_is_computed() {
    let network =
        Sequential::<f64>::default().add(Input::new(2)).add(Embedding::new(7, 3)).add(Lstm::new(2)).add(Dense::new(1));
    let mut model = network.compile(MeanSquaredError, Sgd::new(0.1), ()).unwrap();
    let y = Tensor::<f64>::zeros([2, 1]);
    for (word, text) in [(7.0, "is 7"), (-1.0, "is -1"), (0.5, "is 0.5")] {
        let x = Tensor::from([[0.0, 6.0], [1.0, word]]);
        for error in [
            model.fit(&x, &y, Fit::epochs(1).verbose(Verbose::Silent)).unwrap_err(),
            model.evaluate(&x, &y).unwrap_err(),
            model.predict(&x).unwrap_err(),
            model.network.predict_until("lstm", &x).unwrap_err(),
        ] {
            let message = error.to_string();
            assert!(
                message.contains(text) && message.contains("element 3") && message.contains("below 7"),
                "{message}"
            );
        }
    }
}

#[test]
fn sentences_without_words_train_nothing() {
    let layers = words().add(Lstm::new(4).sequences()).add(Dense::new(3).activation(Softmax)).input(5);
    let mut model = layers.compile(SparseCategoricalCrossEntropy, Sgd::new(0.5), [Accuracy]).unwrap();
    let before = model.weights();
    let (x, y) = (Tensor::zeros([3, 5]), Tensor::full([3, 5], 0_usize));
    let score = model.train_on_batch(&x, &y).unwrap();
    assert_eq!((score.loss, score["accuracy"]), (0.0, 0.0));
    assert_eq!(model.weights(), before);
}
