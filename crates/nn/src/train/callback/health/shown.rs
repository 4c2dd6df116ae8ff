//! The health of a training as a table and as pictures.

use super::{Health, LayerHealth};
#[cfg(feature = "plot")]
use crate::plot::{Picture, by_depth};
use std::fmt;

const HEADINGS: [&str; 8] =
    ["layer", "gradient", "zero gradients", "update/weight", "mean", "deviation", "zeros", "dead units"];

impl fmt::Display for Health {
    /// The table of the last epoch, with what looks ill behind each layer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(epoch) = self.epochs.last() else { return write!(f, "no epoch was looked at") };
        write!(f, "health in epoch {}", epoch + 1)?;
        let ills = self.ills();
        let rows = self.layers.iter().filter_map(|(name, epochs)| Some((name.as_str(), cells(name, epochs.last()?))));
        let rows: Vec<(&str, [String; 8])> = [("", HEADINGS.map(str::to_owned))].into_iter().chain(rows).collect();
        let widths: [usize; 8] =
            std::array::from_fn(|at| rows.iter().map(|(_, cells)| cells[at].chars().count()).max().unwrap_or(0));
        for (name, cells) in &rows {
            write!(f, "\n{:<1$}", cells[0], widths[0])?;
            for (cell, width) in cells.iter().zip(widths).skip(1) {
                write!(f, "  {cell:>width$}")?;
            }
            let own: Vec<String> = ills.iter().filter(|(of, _)| of == name).map(|(_, ill)| ill.to_string()).collect();
            if !own.is_empty() {
                write!(f, "  ! {}", own.join(", "))?;
            }
        }
        Ok(())
    }
}

/// A row of the table.
fn cells(name: &str, health: &LayerHealth) -> [String; 8] {
    let LayerHealth { gradient, zero_gradients, update, mean, deviation, zeros, dead } = *health;
    let size = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.1e}"));
    let share = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{:.0} %", 100.0 * value));
    [
        name.to_owned(),
        size(gradient),
        share(zero_gradients),
        size(update),
        format!("{mean:.3}"),
        format!("{deviation:.3}"),
        share(Some(zeros)),
        share(Some(dead)),
    ]
}

#[cfg(feature = "plot")]
impl Health {
    /// The norm of the gradient of each layer over the epochs, on a logarithmic axis: layers from the first, orange, to the last,
    /// blue. Curves that lie far below those of later layers are gradients that vanish.
    pub fn gradient_picture(&self) -> Picture {
        by_depth("Gradients", "norm of the gradient", self.series(|health| health.gradient), None).log_y()
    }

    /// The ratio of step to weights of each layer over the epochs, on a logarithmic axis, and dashed the 1e-3 that is usual.
    pub fn update_picture(&self) -> Picture {
        let series = self.series(|health| health.update);
        by_depth("Updates", "norm of the step / norm of the weights", series, Some(1e-3)).log_y()
    }

    /// The layers that have such a value, each with its epochs, counted from 1, and their values.
    fn series(&self, value: impl Fn(&LayerHealth) -> Option<f64>) -> Vec<(&str, Vec<(f64, f64)>)> {
        let points = |epochs: &[LayerHealth]| {
            let values = self.epochs.iter().zip(epochs.iter().map(&value));
            values.filter_map(|(&epoch, value)| Some((epoch as f64 + 1.0, value?))).collect::<Vec<_>>()
        };
        let series = self.layers.iter().map(|(name, epochs)| (name.as_str(), points(epochs)));
        series.filter(|(_, points)| !points.is_empty()).collect()
    }
}
