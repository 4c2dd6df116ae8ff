//! Numbers as people read them.

use chainrule_nn::plot::shown;

use crate::board::{Check, Relation};

/// The expected number as its source prints it, with `at least` or `at most` where that is meant.
pub(super) fn expected(check: &Check) -> String {
    bound(check).unwrap_or_else(|| check.printed.clone().unwrap_or_else(|| shown(check.expected, 9)))
}

/// A one-sided promise in words: `at least 0.96`.
pub(super) fn bound(check: &Check) -> Option<String> {
    match check.relation {
        Relation::Equal => None,
        Relation::AtLeast(low) => Some(format!("at least {}", shown(low, 9))),
        Relation::AtMost(high) => Some(format!("at most {}", shown(high, 9))),
    }
}

/// The computed number, with three digits more than its tolerance asks for.
pub(super) fn computed(check: &Check) -> String {
    let size = check.computed.abs();
    let digits = if check.relation != Relation::Equal || check.tolerance <= 0.0 || size <= check.tolerance {
        // Too few to tell apart, or too many: what an expected number gets.
        9.0
    } else {
        (size / check.tolerance).log10().ceil() + 3.0
    };
    // A count of digits: small, positive, whole; a non-finite one saturates.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let digits = digits.clamp(4.0, 16.0) as usize;
    shown(check.computed, digits)
}
