//! Where a loss that is not finite came from.

use super::batch::Rows;
use super::fit::total;
use crate::layer::Layer;
use crate::loss::Loss;
use crate::sequential::Sequential;
use crate::session::Session;
use chainrule::{Element, Tensor};

/// Runs the batch of the last training pass again, with the same random numbers, on a tape that remembers; says in words where
/// the first value arose that is not finite.
pub(super) fn first_not_finite<T: Element>(
    network: &mut Sequential<T>,
    loss: &dyn Loss<T>,
    last: &Session<T>,
    rows: &Rows<T>,
) -> String {
    let mut parameter = None;
    network.visit(&mut |name, param| {
        if parameter.is_none() && !is_finite(&param.value) {
            parameter =
                Some(format!("the parameter `{name}` is no longer finite: lower the learning rate, or clip gradients"));
        }
    });
    if let Some(parameter) = parameter {
        return parameter;
    }
    let mut session = last.again();
    // how long the tape is behind each layer
    let mut ends = Vec::new();
    {
        let pass = session.training();
        let prediction = network.running().fold(pass.constant(&rows.x), |x, (name, layer)| {
            let y = layer.forward(x, &pass);
            ends.push((name, pass.tape().len()));
            y
        });
        let _ = total(loss, prediction, rows, &pass);
    }
    let steps = session.tape().steps();
    let Some(at) = steps.iter().position(|step| !is_finite(&step.value)) else {
        return "the sum over the rows overflows".into();
    };
    let step = &steps[at];
    let place = ends.iter().find(|(_, end)| at < *end);
    let place = place.map_or_else(|| format!("the loss {}", loss.name()), |(name, _)| format!("the layer `{name}`"));
    format!("the first value that is not finite is the result of `{}` in {place} ({})", step.operation, step.place)
}

fn is_finite<T: Element>(x: &Tensor<T>) -> bool {
    x.iter().all(|value| value.is_finite())
}
