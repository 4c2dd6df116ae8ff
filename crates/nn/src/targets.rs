//! How targets fit predictions: what losses and metrics ask of them, in one place.
//!
//! Nothing is broadcast: targets have the shape of the predictions, but for a last axis of size 1, which either may have and the
//! other not. `[n]` beside `[n, 1]` is therefore n pairs, and never an n × n table.

use chainrule::{Element, Shape, Targets, Tensor};

/// Where probabilities are clipped, as Keras does it (`keras.config.epsilon()`).
pub(crate) const EPSILON: f64 = 1e-7;

/// Predictions with at least one row and one column.
pub(crate) fn check_prediction(prediction: &Shape) -> Result<(), String> {
    if prediction.is_empty() {
        return Err(
            "the prediction is a single number (shape []); its first axis must count the rows: `unsqueeze` it".into()
        );
    }
    if prediction.elements() == 0 {
        return Err(format!("the predictions have shape {prediction} and so no elements; give at least one row"));
    }
    Ok(())
}

/// Finite values, one for each element of the predictions.
pub(crate) fn check_values<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
    check_prediction(prediction)?;
    let Targets::Values(values) = targets else {
        return Err("the targets are classes, but values are to be predicted here: give a tensor of floats".into());
    };
    check_shape(prediction, values.shape())?;
    check_finite(values)
}

/// Probabilities or other weights of classes, one for each element of the predictions.
pub(crate) fn check_one_hot<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
    check_prediction(prediction)?;
    match targets {
        Targets::Values(values) => {
            if *values.shape() != *prediction {
                return Err(format!(
                    "the predictions have shape {prediction}, the targets {}; there must be one probability for each class: \
                     the same shape. Labels become such rows with `Tensor::one_hot(&labels, classes)`",
                    values.shape()
                ));
            }
            check_finite(values)
        }
        Targets::Classes(classes) => Err(format!(
            "the targets are classes, of shape {}, but one probability for each class is asked for: use the sparse variant \
             (`SparseCategoricalCrossEntropy`), or give `Tensor::one_hot(&labels, {})`",
            classes.shape(),
            prediction.last().unwrap_or(&0)
        )),
    }
}

/// Classes, one for each row of the predictions' last axis.
pub(crate) fn check_classes<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
    check_prediction(prediction)?;
    let classes = match targets {
        Targets::Classes(classes) => classes,
        Targets::Values(values) => {
            return Err(format!(
                "the targets are floats, of shape {}, but the class of each row is asked for: give labels as a \
                 `Tensor<usize>`; one-hot rows become labels with `.argmax(-1)`, or stay as they are with \
                 `CategoricalCrossEntropy`",
                values.shape()
            ));
        }
    };
    let (&columns, rows) = prediction.split_last().unwrap_or((&0, &[]));
    check_shape(&Shape::from(rows), classes.shape())?;
    let beyond = classes.iter().enumerate().find(|&(_, &class)| class >= columns);
    beyond.map_or(Ok(()), |(place, class)| {
        Err(format!(
            "target {place} is class {class}, but the predictions, of shape {prediction}, have {columns} columns; classes \
             count from 0"
        ))
    })
}

/// The class of each row, or one-hot rows.
pub(crate) fn check_labels<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
    match targets {
        Targets::Classes(_) => check_classes(prediction, targets),
        Targets::Values(_) => check_one_hot(prediction, targets),
    }
}

/// A yes or a no, one for each element of the predictions.
pub(crate) fn check_answers<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Result<(), String> {
    check_binary(prediction, targets, |t| t == T::zero() || t == T::one(), "0 or 1")
}

/// Answers to yes-or-no questions, one for each element of the predictions: classes 0 and 1, or values for which `allowed`
/// holds; `wanted` says in words which those are.
pub(crate) fn check_binary<T: Element>(
    prediction: &Shape,
    targets: &Targets<T>,
    allowed: impl Fn(T) -> bool,
    wanted: &str,
) -> Result<(), String> {
    check_prediction(prediction)?;
    match targets {
        Targets::Values(values) => {
            check_shape(prediction, values.shape())?;
            check_finite(values)?;
            let odd = values.iter().enumerate().find(|&(_, &value)| !allowed(value));
            odd.map_or(Ok(()), |(place, value)| Err(format!("target {place} is {value}, but targets must be {wanted}")))
        }
        Targets::Classes(classes) => {
            check_shape(prediction, classes.shape())?;
            let odd = classes.iter().enumerate().find(|&(_, &class)| class > 1);
            odd.map_or(Ok(()), |(place, class)| {
                Err(format!(
                    "target {place} is class {class}, but one column of predictions tells two classes apart, 0 and 1: for more, \
                     predict one column for each class"
                ))
            })
        }
    }
}

fn check_shape(expected: &Shape, targets: &Shape) -> Result<(), String> {
    if same_but_for_a_last_axis(expected, targets) {
        return Ok(());
    }
    Err(format!(
        "the targets have shape {targets}, but must have shape {expected}: that of what they are compared with"
    ))
}

fn same_but_for_a_last_axis(a: &[usize], b: &[usize]) -> bool {
    a == b || matches!(a, [rest @ .., 1] if rest == b) || matches!(b, [rest @ .., 1] if rest == a)
}

fn check_finite<T: Element>(values: &Tensor<T>) -> Result<(), String> {
    let odd = values.iter().enumerate().find(|(_, value)| !value.is_finite());
    odd.map_or(Ok(()), |(place, value)| {
        let rows = values.shape().first().copied().unwrap_or(1).max(1);
        Err(format!(
            "row {} of the targets holds {value}: leave out such rows, or fill in what is missing",
            place / (values.len() / rows)
        ))
    })
}

/// The targets as numbers in the shape of the predictions, which they fit; classes 0 and 1 become these numbers.
#[track_caller]
pub(crate) fn values<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Tensor<T> {
    match targets {
        Targets::Values(values) if values.shape() == prediction => values.clone(),
        Targets::Values(values) => values.reshape(prediction),
        Targets::Classes(classes) => {
            let numbers = classes.iter().map(|&class| if class == 0 { T::zero() } else { T::one() });
            Tensor::new(prediction, numbers.collect())
        }
    }
}

/// Where the greatest element of a row stands, the first of several; the first NaN, if there is one: `argmax` of a row, without
/// a tensor for the answer.
pub(crate) fn greatest<T: Element>(row: &[T]) -> usize {
    let mut best = 0;
    for (at, &x) in row.iter().enumerate().skip(1) {
        if x > row[best] || x.is_nan() && !row[best].is_nan() {
            best = at;
        }
    }
    best
}

/// The targets as classes, one for each row of the predictions, which they fit; that of a one-hot row is where its greatest
/// element stands.
pub(crate) fn classes<T: Element>(prediction: &Shape, targets: &Targets<T>) -> Tensor<usize> {
    let rows = &prediction[..prediction.len().saturating_sub(1)];
    match targets {
        Targets::Classes(classes) if *classes.shape() == *rows => classes.clone(),
        Targets::Classes(classes) => Tensor::from_slice(rows, classes.as_slice()),
        Targets::Values(values) => values.argmax(-1),
    }
}
