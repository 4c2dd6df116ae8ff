//! Gradients by the tape that the thread keeps, with buffers that are kept from run to run.

use chainrule::Var;
use chainrule::derivative::Leaf;
use serde::{Serialize, Serializer};

/// The gradient of a function of many numbers; the room for the variables and for the gradient is used again.
pub(super) struct Reverse<V: Leaf + 'static = f64> {
    variables: Vec<Var<'static, V>>,
    gradient: Vec<V>,
}

impl<V: Leaf + 'static> Default for Reverse<V> {
    fn default() -> Self {
        Self { variables: Vec::new(), gradient: Vec::new() }
    }
}

impl<V: Leaf + 'static> Reverse<V> {
    /// Differentiates `f` at `x`.
    pub(super) fn differentiate(
        &mut self,
        f: impl for<'t> FnOnce(&[Var<'t, V>]) -> Var<'t, V>,
        x: impl IntoIterator<Item = V>,
    ) {
        let tape = V::lend();
        let mut variables = emptied(std::mem::take(&mut self.variables));
        variables.extend(x.into_iter().map(|x| tape.var(x)));
        let gradients = f(&variables).backward();
        self.gradient.clear();
        self.gradient.extend(variables.iter().map(|&x| gradients.of(x)));
        drop(gradients);
        self.variables = emptied(variables);
        V::take_back(tape);
    }

    /// What was found last.
    pub(super) fn gradient(&self) -> &[V] {
        &self.gradient
    }
}

impl Serialize for Reverse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.gradient.serialize(serializer)
    }
}

/// The memory of a vector for variables of another tape. (Collecting from a vector into one of the same layout reuses it.)
fn emptied<'t, V: Leaf>(mut variables: Vec<Var<'_, V>>) -> Vec<Var<'t, V>> {
    variables.clear();
    variables.into_iter().map(|_| unreachable!("nothing is left in it")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again() {
        let mut reverse = Reverse::<f64>::default();
        let mut place = None;
        for _ in 0..2 {
            reverse.differentiate(|x| x[0] * x[1], [2.0, 3.0]);
            assert_eq!(reverse.gradient(), [3.0, 2.0]);
            let now = (reverse.variables.as_ptr(), reverse.gradient.as_ptr());
            assert!(place.is_none_or(|before| before == now));
            place = Some(now);
        }
    }
}
