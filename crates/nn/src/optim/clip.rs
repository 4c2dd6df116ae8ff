//! Limits for gradients.

use chainrule::Element;

/// The limits that were asked for, of which there may be one.
#[derive(Clone, Copy, Default)]
pub(super) struct Clip {
    pub(super) value: Option<f64>,
    pub(super) norm: Option<f64>,
    pub(super) global_norm: Option<f64>,
}

impl Clip {
    fn all(self) -> [(&'static str, Option<f64>); 3] {
        [("clip_value", self.value), ("clip_norm", self.norm), ("global_clip_norm", self.global_norm)]
    }

    pub(super) fn is_set(self) -> bool {
        self.all().iter().any(|(_, limit)| limit.is_some())
    }

    pub(super) fn check(self) -> Result<(), String> {
        let mut set = self.all().into_iter().filter_map(|(name, limit)| Some((name, limit?)));
        let Some((name, limit)) = set.next() else { return Ok(()) };
        if let Some((other, _)) = set.next() {
            return Err(format!(
                "{name} and {other} are both set; gradients are clipped in one way: leave one of them away"
            ));
        }
        if limit > 0.0 {
            return Ok(());
        }
        Err(format!("{name} is {limit}, and must be greater than 0"))
    }
}

/// What a vector of this norm is multiplied by, so that it becomes no longer than the limit.
///
/// NaN if the norm is not finite: such a gradient has no direction, and must not pass for one.
pub(super) fn factor<T: Element>(norm: T, limit: f64) -> T {
    let limit = T::literal(limit);
    if norm <= limit {
        T::one()
    } else if norm.is_finite() {
        limit / norm
    } else {
        T::nan()
    }
}

/// `√Σx²`; nothing overflows or vanishes on the way.
pub(super) fn norm<T: Element>(x: &[T]) -> T {
    /// Few enough that in `f32`, too, the small terms are not lost in the sum.
    const BLOCK: usize = 1024;
    T::loops(|| {
        let largest = lanes(x, larger).into_iter().fold(T::zero(), larger);
        if largest.is_zero() || !largest.is_finite() {
            return largest;
        }
        // one over a smaller number would overflow
        let unit = largest.max(T::min_positive_value()).recip();
        let sum_of_block = |block| {
            let sums = lanes(block, |sum, x| {
                let share = x * unit;
                sum + share * share
            });
            sums.into_iter().fold(T::zero(), |sum, lane| sum + lane)
        };
        x.chunks(BLOCK).map(sum_of_block).fold(T::zero(), |sum, block| sum + block).sqrt() / unit
    })
}

/// The larger size; NaN propagates.
#[inline(always)]
fn larger<T: Element>(largest: T, x: T) -> T {
    let size = x.abs();
    if size > largest || size.is_nan() { size } else { largest }
}

/// Folds every eighth element, for wide vectors.
#[inline(always)]
fn lanes<T: Element>(x: &[T], fold: impl Fn(T, T) -> T) -> [T; 8] {
    let mut lanes = [T::zero(); 8];
    let (chunks, rest) = x.as_chunks::<8>();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = fold(*lane, x);
        }
    }
    for (lane, &x) in lanes.iter_mut().zip(rest) {
        *lane = fold(*lane, x);
    }
    lanes
}
