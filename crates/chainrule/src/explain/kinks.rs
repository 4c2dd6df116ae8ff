//! The kinks that a computation touched.

use super::blame::label;
use super::quantity::Shown;
use crate::tape::{Step, Tape};
use std::fmt;
use std::panic::Location;

/// An operation that was evaluated at a kink, a jump or a pole of its rule, where its slope is a convention: relu at 0, the larger of two
/// equal numbers. A check by finite differences fails there, and an optimizer may stand still.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kink {
    /// Its place on the tape.
    pub node: usize,
    /// The name of the result, or its number.
    pub name: String,
    /// The operation with its parameters.
    pub operation: String,
    /// At how many elements.
    pub count: usize,
    /// The line of the source that asked for it.
    pub place: &'static Location<'static>,
}

impl<V: Shown> Tape<V> {
    /// The rules that were evaluated at a kink, a jump or a pole, in the order they ran.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::traced();
    /// let x = tape.var(Tensor::from([-1.0, 0.0, 2.0]));
    /// let _ = x.relu().exp();
    /// let kinks = tape.kinks();
    /// assert_eq!((kinks.len(), kinks[0].operation.as_str(), kinks[0].count), (1, "relu", 1));
    /// ```
    ///
    /// # Panics
    /// When the tape is not traced.
    #[track_caller]
    pub fn kinks(&self) -> Vec<Kink> {
        assert!(self.is_traced(), "kinks: this tape keeps no operands; make it with `Tape::traced()`");
        let touched = |step: &Step<V>| step.kinks > 0;
        let kink = |step: Step<V>| Kink {
            node: step.index,
            name: label(&step),
            operation: step.operation.to_string(),
            count: step.kinks,
            place: step.place,
        };
        self.steps().into_iter().filter(touched).map(kink).collect()
    }
}

impl fmt::Display for Kink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, operation, count, place, .. } = self;
        write!(f, "{name}: `{operation}` at {place} stands at a kink")?;
        if *count > 1 { write!(f, " at {count} elements") } else { Ok(()) }
    }
}
