//! One axis: which part of it is shown, and its labels.

use std::ops::Range;

use plotters::coord::ranged1d::Ranged;
use plotters::coord::types::RangedCoordf64;

use super::number::shown;
use super::problem;
use crate::error::Result;

/// How many labels an axis has at most.
const LABELS: usize = 9;

/// One axis: its name, its range if it is given, and how it counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    pub(super) name: String,
    pub(super) range: Option<Range<f64>>,
    pub(super) scale: Scale,
}

/// How an axis counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Scale {
    #[default]
    Even,
    /// Even, with labels at whole numbers alone: epochs.
    Whole,
    /// By powers of ten.
    Logarithmic,
}

impl Axis {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Where a value stands along the axis.
    pub(super) fn place(&self, value: f64) -> f64 {
        if self.scale == Scale::Logarithmic { value.log10() } else { value }
    }

    /// The part of the axis to show: the given range, else all values and a little margin.
    pub(super) fn extent(&self, values: impl Iterator<Item = f64>) -> Range<f64> {
        if let Some(range) = &self.range {
            return self.place(range.start)..self.place(range.end);
        }
        let places = values.map(|value| self.place(value)).filter(|place| place.is_finite());
        let (low, high) =
            places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| (low.min(place), high.max(place)));
        if low > high {
            return 0.0..1.0;
        }
        let size = low.abs().max(high.abs());
        // Values that differ in their last digits are one value to the eye.
        let margin = if high - low > 1e-9 * size { 0.05 * (high - low) } else { 0.5 * size.max(1.0) };
        low - margin..high + margin
    }

    /// Refuses a part of the axis that has no width, no direction or no end.
    pub(super) fn check(&self, extent: &Range<f64>) -> Result<()> {
        let width = extent.end - extent.start;
        if width.is_finite() && width > 1e-12 * extent.start.abs().max(extent.end.abs()) {
            return Ok(());
        }
        let shown = self.range.as_ref().map_or_else(|| "its values".to_owned(), |range| format!("{range:?}"));
        let above = if self.scale == Scale::Logarithmic { ", above 0 on a logarithmic axis" } else { "" };
        Err(problem(&format!("the axis `{}` cannot show {shown}: give it a range from low to high{above}", self.name)))
    }

    pub(super) fn label_count(&self, extent: &Range<f64>) -> usize {
        let width = extent.end - extent.start;
        // A small whole number: the powers of ten, or the whole numbers, in sight.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = |most: f64| width.ceil().clamp(2.0, most) as usize;
        match self.scale {
            Scale::Even => LABELS,
            Scale::Whole => whole(LABELS as f64),
            Scale::Logarithmic => whole(12.0) + 1,
        }
    }

    /// How many characters its longest label has.
    pub(super) fn longest_label(&self, extent: &Range<f64>) -> usize {
        let places = RangedCoordf64::from(extent.clone()).key_points(self.label_count(extent));
        places.into_iter().map(|place| self.label(place, extent).chars().count()).max().unwrap_or(0)
    }

    pub(super) fn label(&self, place: f64, extent: &Range<f64>) -> String {
        let whole = (place - place.round()).abs() < 1e-9;
        match self.scale {
            Scale::Logarithmic if whole && !(-2.0..=3.0).contains(&place.round()) => format!("1e{}", place.round()),
            // Numbers between powers of ten, where few of those are in sight.
            Scale::Logarithmic => shown(10.0_f64.powf(place), 2),
            Scale::Whole if whole => format!("{}", place.round()),
            Scale::Whole => String::new(),
            // Sums of steps such as 0.1 leave a trace in the last digits: beside them, 1e-17 is 0.
            Scale::Even if place.abs() < 1e-9 * (extent.end - extent.start) => "0".to_owned(),
            Scale::Even => shown(place, 6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(values: &[f64]) -> Range<f64> {
        Axis::default().extent(values.iter().copied())
    }

    #[test]
    fn every_value_is_in_sight_with_a_margin() {
        assert_eq!(extent(&[0.0, f64::NAN, 20.0, f64::INFINITY, 10.0]), -1.0..21.0);
        assert_eq!(extent(&[]), 0.0..1.0);
        assert_eq!(extent(&[3.0]), 1.5..4.5);
    }

    #[test]
    fn values_that_differ_in_the_last_digit_leave_a_frame_with_a_width() {
        for value in [0.3, 0.0, -1e20, 1e300] {
            let extent = extent(&[value, value + value * f64::EPSILON]);
            assert!(Axis::default().check(&extent).is_ok(), "{value}: {extent:?}");
        }
    }

    #[test]
    fn small_numbers_keep_their_labels() {
        let axis = Axis::default();
        assert_eq!(axis.label(2e-12, &(0.0..4e-12)), "2e-12");
        assert_eq!(axis.label(1e-17, &(-1.0..1.0)), "0");
        let decades = Axis { scale: Scale::Logarithmic, ..Axis::default() };
        assert_eq!([-4.0, -0.5, 0.0].map(|place| decades.label(place, &(-4.0..0.0))), ["1e-4", "0.32", "1"]);
    }

    #[test]
    fn ranges_that_show_nothing_are_refused() {
        let refused = |axis: Axis| axis.check(&axis.extent([].into_iter())).unwrap_err().to_string();
        let ranged = |range, scale| Axis { range: Some(range), scale, ..Axis::new("loss") };
        assert!(refused(ranged(1.0..1.0, Scale::Even)).contains("`loss` cannot show 1.0..1.0"));
        refused(ranged(2.0..1.0, Scale::Even));
        refused(ranged(f64::NAN..1.0, Scale::Even));
        assert!(refused(ranged(0.0..1.0, Scale::Logarithmic)).contains("above 0"));
    }
}
