//! What is taken of one axis, as it is written: `s(1..3)`, `s(..).step(-1)`, `at(2)`.

use crate::array::AxisNumber;
use std::fmt;
use std::ops::{Bound, RangeBounds};

/// What is taken of one axis: made by [`s`] and [`at`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice(pub(super) Part);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    At(isize),
    Span { from: Bound<isize>, to: Bound<isize>, step: isize },
}

impl Slice {
    pub(super) const WHOLE: Self = Self(Part::Span { from: Bound::Unbounded, to: Bound::Unbounded, step: 1 });

    /// Every `step`-th place of the range. A negative step walks the same range backwards, from its last place:
    /// `s(a..b).step(-1)` are the places from `a` to `b - 1`, last first (in Python `x[a:b][::-1]`).
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::s;
    /// let x = Tensor::from([0.0, 1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(x.slice([s(..).step(2)]).to_vec(), [0.0, 2.0, 4.0]);
    /// assert_eq!(x.slice([s(1..).step(-2)]).to_vec(), [4.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// When `step` is 0, or this is a single place.
    #[must_use]
    #[track_caller]
    pub fn step(self, step: isize) -> Self {
        assert!(step != 0, "step: 0 would stay at the first place for ever; 1 takes each place, -1 each from the last");
        match self.0 {
            Part::Span { from, to, .. } => Self(Part::Span { from, to, step }),
            Part::At(place) => panic!("step: `at({place})` is a single place and has no step; `s` makes ranges"),
        }
    }
}

/// The places of a range along an axis, for [`slice`](crate::Tensor::slice): `s(1..3)`, `s(..)`, `s(2..)`, `s(..-1)`, `s(0..=4)`.
/// Negative bounds count from the back.
///
/// ```
/// use chainrule::prelude::*;
/// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(x.slice([s(..), s(1..)]), Tensor::from([[2.0, 3.0], [5.0, 6.0]]));
/// ```
pub fn s(places: impl Span) -> Slice {
    let (from, to) = places.bounds();
    Slice(Part::Span { from, to, step: 1 })
}

/// One place along an axis, for [`slice`](crate::Tensor::slice), which drops the axis. A negative place counts from the back.
///
/// ```
/// use chainrule::prelude::*;
/// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(x.slice([at(-1), s(..2)]), Tensor::from([4.0, 5.0]));
/// ```
pub fn at(place: impl AxisNumber) -> Slice {
    Slice(Part::At(place.number()))
}

/// A range of places along an axis: `1..3`, `..`, `2..`, `..-1`, `0..=4`. Negative bounds count from the back.
pub trait Span {
    /// The bounds as they were written.
    fn bounds(self) -> (Bound<isize>, Bound<isize>);
}

impl Span for std::ops::RangeFull {
    fn bounds(self) -> (Bound<isize>, Bound<isize>) {
        (Bound::Unbounded, Bound::Unbounded)
    }
}

macro_rules! spans {
    ($($integer:ident)*) => {
        $( spans!(of $integer; Range RangeInclusive RangeFrom RangeTo RangeToInclusive); )*
    };
    (of $integer:ident; $($Range:ident)*) => { $(
        impl Span for std::ops::$Range<$integer> {
            fn bounds(self) -> (Bound<isize>, Bound<isize>) {
                let number = |&bound: &$integer| isize::try_from(bound).unwrap_or(isize::MAX);
                (self.start_bound().map(number), self.end_bound().map(number))
            }
        }
    )* };
}
spans!(i32 isize usize);

/// As it would be written.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Part::At(place) => write!(f, "{place}"),
            Part::Span { from, to, step } => {
                if let Bound::Included(from) | Bound::Excluded(from) = from {
                    write!(f, "{from}")?;
                }
                match to {
                    Bound::Included(to) => write!(f, "..={to}")?,
                    Bound::Excluded(to) => write!(f, "..{to}")?,
                    Bound::Unbounded => write!(f, "..")?,
                }
                if step == 1 { Ok(()) } else { write!(f, " by {step}") }
            }
        }
    }
}
