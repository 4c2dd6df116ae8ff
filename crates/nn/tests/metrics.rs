//! Metrics against Keras and scikit-learn, over batches, and at their edges.

use approx::assert_relative_eq;
use chainrule::prelude::*;
use chainrule::{Shape, Targets};
use chainrule_nn::metric::*;

/// A metric of the table by its name there.
fn metric(case: &str) -> Box<dyn Metric<f64>> {
    match case {
        "mean_squared_error" => Box::new(MeanSquaredError),
        "mean_absolute_error" => Box::new(MeanAbsoluteError),
        "root_mean_squared_error" => Box::new(RootMeanSquaredError),
        "r2" => Box::new(R2),
        "accuracy" => Box::new(Accuracy),
        "binary_accuracy 0.3" => Box::new(BinaryAccuracy.threshold(0.3)),
        "top_2_accuracy" => Box::new(TopKAccuracy::new(2)),
        "top_3_accuracy" => Box::new(TopKAccuracy::new(3)),
        "roc_auc" => Box::new(RocAuc),
        "precision" => Box::new(Precision),
        "precision 2" => Box::new(Precision.class(2)),
        "precision macro" => Box::new(Precision.macro_averaged()),
        "precision micro" => Box::new(Precision.micro_averaged()),
        "precision weighted" => Box::new(Precision.weighted()),
        "recall" => Box::new(Recall),
        "recall 2" => Box::new(Recall.class(2)),
        "recall macro" => Box::new(Recall.macro_averaged()),
        "recall micro" => Box::new(Recall.micro_averaged()),
        "recall weighted" => Box::new(Recall.weighted()),
        "f1" => Box::new(F1),
        "f1 2" => Box::new(F1.class(2)),
        "f1 macro" => Box::new(F1.macro_averaged()),
        "f1 micro" => Box::new(F1.micro_averaged()),
        "f1 weighted" => Box::new(F1.weighted()),
        "f1 macro each" => Box::new(F1.threshold(0.4).macro_averaged()),
        "f1 micro each" => Box::new(F1.threshold(0.4).micro_averaged()),
        "f1 weighted each" => Box::new(F1.threshold(0.4).weighted()),
        _ => panic!("the table has a case `{case}` that this test does not know"),
    }
}

fn rows_of(targets: &Targets<f64>, from: usize, to: usize) -> Targets<f64> {
    match targets {
        Targets::Classes(classes) => Targets::Classes(classes.rows(from..to)),
        Targets::Values(values) => Targets::Values(values.rows(from..to)),
    }
}

/// `metrics.csv`, which `metrics.py` beside it wrote with scikit-learn and Keras 3.15.1; in one batch, and in batches of 3.
#[test]
fn as_keras_and_scikit_learn_compute_them() {
    let mut rows = 0;
    for line in include_str!("reference/metrics.csv").lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let [case, columns, by_class, prediction, targets, weights, result] = fields[..] else {
            panic!("seven fields in each row: {line}")
        };
        let numbers = |field: &str| -> Vec<f64> { field.split_whitespace().map(|x| x.parse().unwrap()).collect() };
        let (prediction, targets, weights) = (numbers(prediction), numbers(targets), numbers(weights));
        let columns: usize = columns.parse().unwrap();
        let count = prediction.len() / columns;
        let prediction = Tensor::new([count, columns], prediction);
        let targets = if by_class == "1" {
            Targets::Classes(Tensor::from(targets).cast::<usize>())
        } else {
            Targets::Values(Tensor::new([count, columns], targets))
        };
        for batch in [count, 3] {
            let mut metric = metric(case);
            for from in (0..count).step_by(batch) {
                let to = count.min(from + batch);
                let (prediction, targets) = (prediction.rows(from..to), rows_of(&targets, from, to));
                assert_eq!(metric.check(prediction.shape(), &targets), Ok(()), "{case}");
                metric.update(&prediction, &targets, weights.get(from..to).filter(|weights| !weights.is_empty()));
            }
            assert_relative_eq!(metric.result(), numbers(result)[0], max_relative = 1e-12, epsilon = 1e-12);
            metric.reset();
            assert_eq!(metric.result(), 0.0, "{case}: nothing is left");
        }
        rows += 1;
    }
    assert!(rows > 150);
}

fn of<M: Metric<f64>>(mut metric: M, prediction: &Tensor<f64>, targets: impl Into<Targets<f64>>) -> f64 {
    metric.update(prediction, &targets.into(), None);
    metric.result()
}

/// scikit-learn's documentation of `f1_score` and `r2_score`.
#[test]
fn as_documented_by_scikit_learn() {
    let (actual, predicted) = (Tensor::<usize>::from([0, 1, 2, 0, 1, 2]), Tensor::<usize>::from([0, 2, 1, 0, 0, 1]));
    let rows = Tensor::<f64>::one_hot(&predicted, 3);
    assert_relative_eq!(of(F1.macro_averaged(), &rows, &actual), 0.266_666_666_666_666_7, max_relative = 1e-12);
    assert_relative_eq!(of(F1.micro_averaged(), &rows, &actual), 1.0 / 3.0, max_relative = 1e-12);
    assert_relative_eq!(of(F1.weighted(), &rows, &actual), 0.266_666_666_666_666_7, max_relative = 1e-12);
    let mut f1 = F1;
    f1.update(&rows, &(&actual).into(), None);
    assert_eq!(f1.of_each_class(), [0.8, 0.0, 0.0]);
    let matrix = ConfusionMatrix::of(&predicted, &actual, 3).unwrap();
    assert_eq!((matrix.f1(0), matrix.f1(1)), (0.8, 0.0));
    assert_relative_eq!(matrix.macro_averaged().f1, 4.0 / 15.0, max_relative = 1e-12);
    assert_relative_eq!(matrix.weighted().f1, 4.0 / 15.0, max_relative = 1e-12);
    assert_eq!(matrix.micro_averaged().f1, matrix.accuracy());

    assert_relative_eq!(
        of(R2, &Tensor::from([2.5, 0.0, 2.0, 8.0]), Tensor::from([3.0, -0.5, 2.0, 7.0])),
        0.948_608_137_044_967_9,
        max_relative = 1e-12
    );
    let prediction = Tensor::from([[0.0, 2.0], [-1.0, 2.0], [8.0, -5.0]]);
    let targets = Tensor::from([[0.5, 1.0], [-1.0, 1.0], [7.0, -6.0]]);
    assert_relative_eq!(of(R2, &prediction, targets), 0.936_800_526_662_277_9, max_relative = 1e-12); // the user guide: 0.965 and 0.908
    // targets that do not vary: right is 1, wrong is 0
    let constant = Tensor::from([2.0, 2.0, 2.0]);
    assert_eq!((of(R2, &constant, &constant), of(R2, &Tensor::from([1.0, 2.0, 3.0]), &constant)), (1.0, 0.0));
    assert_eq!(of(R2, &Tensor::from([3.0, 2.0, 1.0]), Tensor::from([1.0, 2.0, 3.0])), -3.0);
}

#[test]
fn as_documented_by_keras() {
    let mut accuracy = BinaryAccuracy;
    let prediction = Tensor::from([[0.98], [1.0], [0.0], [0.6]]);
    accuracy.update(&prediction, &Tensor::from([[1.0], [1.0], [0.0], [0.0]]).into(), Some(&[1.0, 0.0, 0.0, 1.0]));
    assert_eq!(accuracy.result(), 0.5);
    let mut top = TopKAccuracy::new(1);
    let targets = Targets::from(Tensor::from([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]));
    top.update(&Tensor::from([[0.1, 0.9, 0.8], [0.05, 0.95, 0.0]]), &targets, Some(&[0.7, 0.3]));
    assert_relative_eq!(top.result(), 0.3, max_relative = 1e-12);
}

#[test]
fn edges() {
    // ties count half; one kind alone says nothing
    let tied = Tensor::from([0.5, 0.5, 0.5]);
    assert_eq!(of(RocAuc, &tied, Tensor::<usize>::from([0, 1, 1])), 0.5);
    assert!(of(RocAuc, &tied, Tensor::<usize>::from([1, 1, 1])).is_nan());
    assert!(of(RocAuc, &Tensor::from([f64::NAN, 0.5]), Tensor::<usize>::from([0, 1])).is_nan());
    // NaN predicts nothing that is right
    let nan = Tensor::from([[f64::NAN, 0.1, 0.9]]);
    assert_eq!(of(TopKAccuracy::new(1), &nan, Tensor::<usize>::from([0])), 0.0);
    assert_eq!(of(Accuracy, &Tensor::from([f64::NAN]), Tensor::from([1.0])), 0.0);
    // 0.5 is not above 0.5, and of equal elements the first counts
    assert_eq!(of(Accuracy, &Tensor::from([0.5]), Tensor::from([1.0])), 0.0);
    assert_eq!(of(Accuracy, &Tensor::from([[0.5, 0.5]]), Tensor::<usize>::from([0])), 1.0);
    // sequences: each step of a row weighs as the row does
    let steps = Tensor::from([[[0.9, 0.1], [0.1, 0.9]], [[0.9, 0.1], [0.9, 0.1]]]);
    let mut accuracy = Accuracy;
    accuracy.update(&steps, &Tensor::<usize>::from([[0, 0], [0, 0]]).into(), Some(&[1.0, 3.0]));
    assert_eq!(accuracy.result(), (1.0 + 2.0 * 3.0) / 8.0);
    // weights of 0 mask, and nothing but masked rows is nothing
    let mut masked = MeanSquaredError;
    masked.update(&Tensor::from([[1.0]]), &Tensor::from([[3.0]]).into(), Some(&[0.0]));
    assert_eq!(masked.result(), 0.0);
}

#[test]
fn in_single_precision_sums_do_not_drift() {
    let prediction = Tensor::<f32>::full([100_000, 1], 0.1);
    let mut error = MeanAbsoluteError;
    error.update(&prediction, &Tensor::<f32>::zeros([100_000, 1]).into(), None);
    assert_relative_eq!(error.result(), f64::from(0.1f32), max_relative = 1e-12);
}

#[test]
fn confusion_matrices() {
    let mut matrix = ConfusionMatrix;
    assert_eq!((matrix.result(), matrix.classes()), (0.0, 0));
    let prediction = Tensor::from([[0.9], [0.2], [0.7]]);
    matrix.update(&prediction, &Tensor::<usize>::from([1, 1, 0]).into(), Some(&[1.0, 2.0, 0.5]));
    assert_eq!(matrix.counts(), Tensor::from([[0.0, 0.5], [2.0, 1.0]]));
    matrix.update(&prediction, &Tensor::from([[0.0], [0.0], [0.0]]).into(), None);
    assert_eq!(matrix.counts(), Tensor::from([[1.0, 2.5], [2.0, 1.0]]));
    assert_eq!(matrix.of_class(1).support, 3.0);
    assert_eq!(matrix.of_class(7), Scores { precision: 0.0, recall: 0.0, f1: 0.0, support: 0.0 });
    matrix.reset();
    assert_eq!((matrix.result(), matrix.count(1, 1)), (0.0, 0.0));

    let labels = Tensor::<usize>::from([0, 3]);
    let refused = ConfusionMatrix::of(&Tensor::from([0, 1]), &labels, 3).unwrap_err().to_string();
    assert!(refused.contains("the true class of row 1 is 3"), "{refused}");
    let refused = ConfusionMatrix::of(&Tensor::from([0]), &labels, 4).unwrap_err().to_string();
    assert!(refused.contains("1 predicted classes and 2 true ones"), "{refused}");
    assert_eq!(ConfusionMatrix::of(&Tensor::from(vec![]), &Tensor::from(vec![]), 2).unwrap().accuracy(), 0.0);
}

fn said<M: Metric<f64>>(metric: &M, prediction: impl Into<Shape>, targets: impl Into<Targets<f64>>) -> String {
    metric.check(&prediction.into(), &targets.into()).err().unwrap_or("it fits".into())
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let (labels, rows) = (Tensor::<usize>::from([0, 2]), Tensor::<f64>::zeros([2, 3]));
    let cases = [
        (said(&Accuracy, [2, 3], &labels), "it fits"),
        (said(&Accuracy, [2, 3], &rows), "it fits"),
        (said(&Accuracy, [2, 2], &labels), "target 1 is class 2"),
        (said(&Accuracy, [2, 1], &labels), "target 1 is class 2"),
        (said(&Accuracy, [2, 1], Tensor::from([0.5, 1.0])), "target 0 is 0.5, but targets must be 0 or 1"),
        (said(&Accuracy, [2, 3], Tensor::from([0.0, 1.0])), "one_hot"),
        (said(&CategoricalAccuracy, [2, 3], &labels), "one_hot"),
        (said(&SparseCategoricalAccuracy, [2, 3], &rows), "Tensor<usize>"),
        (said(&TopKAccuracy::new(0), [2, 3], &labels), "k is 0"),
        (said(&Precision, [2, 3], &labels), "choose `.class(..)`, or an average"),
        (said(&Recall.class(3), [2, 3], &labels), "no class 3 among the 3"),
        (said(&F1.threshold(0.5).weighted(), [2, 3], &labels), "leave out the threshold"),
        (said(&F1.class(0), [2], Tensor::from([0.0, 1.0])), "it fits"),
        (said(&RocAuc, [2, 3], &rows), "choose a column"),
        (said(&R2, [2, 3], &labels), "classes, but values are to be predicted"),
        (said(&ConfusionMatrix::of(&labels, &labels, 4).unwrap(), [2, 3], &labels), "one of 4 classes"),
    ];
    for (place, (said, expected)) in cases.iter().enumerate() {
        assert!(said.contains(expected), "case {place}: `{said}` does not say `{expected}`");
    }
}

#[test]
#[should_panic(expected = "there are 1 weights for the 2 rows of shape [2, 1]")]
fn there_is_a_weight_for_each_row() {
    let mut accuracy = Accuracy;
    accuracy.update(&Tensor::from([[0.0], [1.0]]), &Tensor::from([0.0, 1.0]).into(), Some(&[1.0]));
}
