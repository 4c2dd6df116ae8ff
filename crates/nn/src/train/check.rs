//! Data is looked at before anything is trained with it.

use super::batch::Rows;
use super::options::ClassWeights;
use super::{Model, refuse};
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::sequential::Sequential;
use chainrule::{Element, Shape, Targets, Tensor};

/// Refuses inputs that a network cannot take.
pub(super) fn check_inputs<T: Element>(
    network: &Sequential<T>,
    call: &'static str,
    what: &str,
    x: &Tensor<T>,
) -> Result<()> {
    let (Some(row), Some(_)) = (network.input_row(), network.output_row()) else {
        return Err(refuse(call, "the network is not built yet: call `build()` or `compile(...)` first"));
    };
    let shape = x.shape();
    if shape.is_empty() || shape[1..] != **row {
        let sizes = row.iter().map(ToString::to_string);
        let expected = ["rows".to_owned()].into_iter().chain(sizes).collect::<Vec<_>>().join(", ");
        return Err(refuse(
            call,
            format!(
                "{what} has shape {shape}, but the network takes [{expected}]: the first axis counts rows, the others are those \
                 of one row of input; `reshape` it, or build the network for such rows"
            ),
        ));
    }
    if shape[0] == 0 {
        return Err(refuse(call, format!("{what} has no rows (shape {shape}); give at least one")));
    }
    finite(call, what, x)?;
    network.check_input(x).map_err(|problem| refuse(call, format!("{what} does not suit the network: {problem}")))
}

/// Refuses a batch of no rows.
pub(super) fn check_batch_size(call: &'static str, rows: usize) -> Result<()> {
    if rows > 0 {
        return Ok(());
    }
    Err(Error::Option { call, problem: "the batch size is 0; a batch has at least 1 row".into() })
}

impl<T: Element> Model<T> {
    /// The shape of the predictions for so many rows.
    pub(super) fn prediction_shape(&self, rows: usize) -> Shape {
        let output = self.network.output_row().into_iter().flat_map(|row| row.iter().copied());
        [rows].into_iter().chain(output).collect()
    }

    /// Puts rows together that belong together, or says why they do not.
    pub(super) fn rows(
        &self,
        call: &'static str,
        [x_name, y_name]: [&str; 2],
        x: &Tensor<T>,
        targets: Targets<T>,
        weights: Option<Tensor<T>>,
    ) -> Result<Rows<T>> {
        check_inputs(&self.network, call, x_name, x)?;
        let rows = x.shape()[0];
        let shape = targets.shape();
        if shape.first() != Some(&rows) {
            return Err(refuse(
                call,
                format!(
                    "{x_name} has {rows} rows (shape {}), but {y_name} has shape {shape}; each row needs its target",
                    x.shape()
                ),
            ));
        }
        if let Some(values) = targets.values() {
            finite(call, y_name, values)?;
        }
        let prediction = self.prediction_shape(rows);
        self.loss.check(&prediction, &targets).map_err(|problem| {
            refuse(call, format!("{y_name} does not suit the loss {}: {problem}", self.loss.name()))
        })?;
        for metric in &self.metrics {
            metric.check(&prediction, &targets).map_err(|problem| {
                refuse(call, format!("{y_name} does not suit the metric {}: {problem}", metric.name()))
            })?;
        }
        if let Some(weights) = &weights {
            check_weights(call, rows, weights)?;
        }
        Ok(Rows { x: x.clone(), targets, weights })
    }
}

fn check_weights<T: Element>(call: &'static str, rows: usize, weights: &Tensor<T>) -> Result<()> {
    if *weights.shape() != [rows] {
        return Err(refuse(
            call,
            format!(
                "the sample weights have shape {}, but there are {rows} rows: give shape [{rows}]",
                weights.shape()
            ),
        ));
    }
    match weights.iter().position(|&weight| !(weight >= T::zero() && weight.is_finite())) {
        None => Ok(()),
        Some(row) => Err(refuse(
            call,
            format!("the sample weight of row {row} is {}; weights are finite and at least 0", weights.as_slice()[row]),
        )),
    }
}

/// Refuses NaN and infinities, with the first place.
fn finite<T: Element>(call: &'static str, what: &str, x: &Tensor<T>) -> Result<()> {
    // without a way out of the loop, so that it is compiled for wide vectors
    let elements = x.as_slice();
    if T::loops(|| elements.iter().fold(true, |all, value| all & value.is_finite())) {
        return Ok(());
    }
    let Some(at) = x.iter().position(|value| !value.is_finite()) else { return Ok(()) };
    let row: usize = x.shape()[1..].iter().product();
    Err(refuse(
        call,
        format!(
            "{what} holds {} in row {}, element {}; every value must be finite: replace missing values, or leave such rows out",
            x.as_slice()[at],
            at / row,
            at % row
        ),
    ))
}

/// The weights of rows by their class, times those that were given.
pub(super) fn weighted<T: Element>(
    call: &'static str,
    classes: &ClassWeights,
    targets: &Targets<T>,
    given: Option<Tensor<T>>,
) -> Result<Tensor<T>> {
    let refuse = |problem: String| Err(refuse(call, problem));
    if let Some((class, weight)) = classes.0.iter().find(|(_, weight)| !(**weight >= 0.0 && weight.is_finite())) {
        return refuse(format!("the weight of class {class} is {weight}; weights are finite and at least 0"));
    }
    let rows = targets.shape()[0];
    let labels = match targets {
        Targets::Classes(classes) if classes.len() == rows => classes.to_vec(),
        Targets::Values(values) if values.rank() == 2 && values.shape()[1] > 1 => values.argmax(-1).to_vec(),
        Targets::Values(values) if values.len() == rows && values.iter().all(|value| is_answer(*value)) => {
            values.iter().map(|value| usize::from(*value == T::one())).collect()
        }
        Targets::Classes(_) | Targets::Values(_) => {
            return refuse(
                "class weights need one class for each row: labels, 0 or 1, or a row of shares for each".into(),
            );
        }
    };
    let weights = labels.iter().map(|label| T::literal(classes.0.get(label).copied().unwrap_or(1.0)));
    let weights = Tensor::from(weights.collect::<Vec<T>>());
    Ok(match given {
        Some(given) => weights * given,
        None => weights,
    })
}

/// Whether this is a label of one of two classes: 0 or -1, and 1.
fn is_answer<T: Element>(value: T) -> bool {
    value == T::zero() || value == T::one() || value == -T::one()
}
