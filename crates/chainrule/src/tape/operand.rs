//! What may stand beside a variable.

use super::{Value, Var};

/// The second operand of a function of two values: another variable, or a constant.
///
/// Plain values are constants; beside a variable of tensors so are plain numbers.
pub trait Operand<'t, V: Value> {
    /// This operand as a variable that can be combined with `x`.
    #[track_caller]
    fn beside(self, x: Var<'t, V>) -> Var<'t, V>;
}

impl<'t, V: Value> Operand<'t, V> for Var<'t, V> {
    #[inline(always)]
    fn beside(self, _: Self) -> Self {
        self
    }
}

impl<'t, V: Value> Operand<'t, V> for V {
    #[inline(always)]
    #[track_caller]
    fn beside(self, x: Var<'t, V>) -> Var<'t, V> {
        V::beside(self, x)
    }
}
