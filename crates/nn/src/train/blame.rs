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
    if let Some(name) = spoiled_parameter(network) {
        return format!("the parameter `{name}` is no longer finite: lower the learning rate, or clip gradients");
    }
    let mut session = last.again();
    // how long the tape is behind each layer
    let mut ends = Vec::new();
    {
        let pass = session.training();
        let prediction = (0..network.steps()).fold(pass.constant(&rows.x), |x, step| {
            let y = network.run(step, x, &pass);
            ends.push((network.name_at(step), pass.tape().len()));
            y
        });
        let _ = total(loss, prediction, rows, &pass);
    }
    let steps = session.tape().steps();
    let Some(at) = steps.iter().position(|step| !is_finite(&step.value)) else {
        return "the sum over the rows overflows. This batch changed no weight".into();
    };
    let step = &steps[at];
    let place = ends.iter().find(|(_, end)| at < *end);
    let place = place.map_or_else(|| format!("the loss {}", loss.name()), |(name, _)| format!("the layer `{name}`"));
    // a place within this crate would not help
    let inside = file!().strip_suffix("train/blame.rs").is_some_and(|source| step.place.file().starts_with(source));
    let line = if inside { String::new() } else { format!(" ({})", step.place) };
    format!(
        "the first value that is not finite is the result of `{}` in {place}{line}. This batch changed no weight",
        step.operation
    )
}

/// The first parameter that holds NaN or an infinity.
pub(super) fn spoiled_parameter<T: Element>(network: &mut Sequential<T>) -> Option<String> {
    let mut spoiled = None;
    network.visit(&mut |name, param| {
        if spoiled.is_none() && !is_finite(&param.value) {
            spoiled = Some(name.to_owned());
        }
    });
    spoiled
}

fn is_finite<T: Element>(x: &Tensor<T>) -> bool {
    x.iter().all(|value| value.is_finite())
}
