//! Losses and metrics over the epochs.

use super::colour::{COLOURS, of_class, of_depth};
use super::mark::Mark;
use super::picture::Picture;

/// What stands before the name of a metric on the validation data.
const VALIDATION: &str = "val_";

/// Curves over the epochs, counted from 1: pairs of a name and its values. `val_loss` gets the colour of `loss` and is
/// dashed, whichever comes first; so for every metric.
///
/// Values that are not finite are skipped and their neighbours joined; a single value is a dot. Where sizes differ much,
/// draw a picture for each metric, or call [`log_y`](Picture::log_y).
///
/// ```
/// use chainrule_nn::plot;
///
/// let (loss, val_loss) = (vec![0.9, 0.5, 0.3, 0.2], vec![1.0, 0.7, 0.6, 0.6]);
/// let svg = plot::curves("Training", [("loss", &loss), ("val_loss", &val_loss)]).svg()?;
/// assert!(svg.contains("val_loss"));
/// # chainrule_nn::Result::Ok(())
/// ```
pub fn curves<N: AsRef<str>, V: AsRef<[f64]>>(
    title: impl Into<String>,
    series: impl IntoIterator<Item = (N, V)>,
) -> Picture {
    let series: Vec<(N, V)> = series.into_iter().collect();
    let mut metrics: Vec<&str> = Vec::new();
    for (name, _) in &series {
        let metric = metric(name.as_ref());
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    let y = if let [metric] = metrics[..] { metric } else { "" };
    let picture = Picture::new(title, "epoch", y).whole_x();
    series.iter().fold(picture, |picture, (name, values)| {
        let name = name.as_ref();
        let points = values.as_ref().iter().zip(1_u32..).filter(|(value, _)| value.is_finite());
        let points: Vec<_> = points.map(|(&value, epoch)| (f64::from(epoch), value)).collect();
        let mark = match (points.len(), name.starts_with(VALIDATION)) {
            (1, false) => Mark::Dots,
            (1, true) => Mark::Rings,
            (_, false) => Mark::Curve,
            (_, true) => Mark::Dashes,
        };
        let colour = metrics.iter().position(|known| *known == metric(name)).map_or(of_class(0), of_class);
        picture.coloured(name, mark, colour, points)
    })
}

/// Curves over the epochs, a line for each layer of a network from the first, orange, to the last, blue, so that depth is seen. A
/// single value is a dot; a dashed line shows what is usual.
pub(crate) fn by_depth(title: &str, y: &str, layers: Vec<(&str, Vec<(f64, f64)>)>, usual: Option<f64>) -> Picture {
    let deepest = layers.len().saturating_sub(1).max(1) as f64;
    let epochs: Vec<f64> = layers.iter().flat_map(|(_, points)| points.iter().map(|&(epoch, _)| epoch)).collect();
    let picture = Picture::new(title, "epoch", y).whole_x();
    let picture = layers.into_iter().enumerate().fold(picture, |picture, (depth, (name, points))| {
        let mark = if points.len() == 1 { Mark::Dots } else { Mark::Curve };
        picture.coloured(name, mark, of_depth(depth as f64 / deepest), points)
    });
    usual.into_iter().fold(picture, |picture, usual| {
        let line = epochs.iter().map(|&epoch| (epoch, usual));
        let (first, last) = (line.clone().next(), line.max_by(|one, other| one.0.total_cmp(&other.0)));
        picture.coloured(format!("{usual:e}"), Mark::Dashes, COLOURS[6], first.into_iter().chain(last))
    })
}

fn metric(name: &str) -> &str {
    name.strip_prefix(VALIDATION).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colours of the lines of one kind, in order.
    fn strokes<'a>(svg: &'a str, tag: &str) -> Vec<&'a str> {
        let lines = svg.lines().filter(|line| line.starts_with(tag) && line.contains("stroke-width=\"20\""));
        lines.filter_map(|line| line.split("stroke=\"").nth(1)?.get(..7)).collect()
    }

    #[test]
    fn a_metric_keeps_its_colour_on_the_validation_data() {
        let values = [3.0, 2.0, 1.0];
        let series = [("val_loss", values), ("accuracy", values), ("loss", values), ("val_accuracy", values)];
        let svg = curves("both", series).svg().unwrap();
        let (blue, vermilion) = ("#0072B2", "#D55E00");
        let mut colours = strokes(&svg, "<polyline");
        colours.dedup();
        // Okabe and Ito's blue and vermilion; dashes are many short lines, the legend repeats all four
        let once = [blue, vermilion, blue, vermilion];
        assert_eq!(colours, [once, once].concat());
    }

    #[test]
    fn values_that_are_not_finite_are_skipped() {
        let svg = curves("gaps", [("loss", [1.0, f64::NAN, 0.5, f64::INFINITY, 0.25])]).svg().unwrap();
        let line = svg.lines().find(|line| line.starts_with("<polyline") && line.contains("#0072B2")).unwrap();
        let points = line.split("points=\"").nth(1).unwrap();
        assert_eq!(points.matches(',').count(), 3, "{line}");
    }

    #[test]
    fn no_epoch_and_one_epoch_are_pictures_too() {
        let none: [(&str, &[f64]); 2] = [("loss", &[]), ("val_loss", &[f64::NAN])];
        assert!(curves("none", none).svg().unwrap().contains("val_loss"));
        let svg = curves("one", [("loss", [0.5])]).svg().unwrap();
        // in the plane and in the legend
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(curves("nothing", [("", [0.0; 0]); 0]).svg().is_ok());
    }

    #[test]
    fn epochs_are_whole() {
        let svg = curves("three", [("loss", [1.0, 2.0, 1.0])]).svg().unwrap();
        assert!(svg.contains("\n1\n") && svg.contains("\n2\n") && svg.contains("\n3\n"));
        assert!(!svg.contains("\n2.5\n"));
    }
}
