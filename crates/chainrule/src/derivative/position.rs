//! Positions on a tape: sweeping a part of it, and going back.

use super::Parameters;
use crate::real::Real;
use crate::tape::{Index, Tape, Var};

/// A position on a tape of numbers, with values to come back to: see [`Tape::mark`]. It holds no borrow of the tape.
#[derive(Clone, Debug)]
#[must_use = "a mark is there to be rewound to"]
pub struct Mark<Q> {
    id: u64,
    values: Q,
    nodes: Vec<Option<Index>>,
}

impl<T: Real> Tape<T> {
    /// Marks the end of what was recorded, as a place to [rewind](Self::rewind) to and to [sweep down to](Self::backward_to), with
    /// the values that what follows is made from: an array, a slice, a `Vec`, a struct of one's own (any
    /// [`Parameters`]). Each of them is [kept](Var::keep).
    ///
    /// So a part that is common to many evaluations is recorded once, and the tape is never longer than that and one
    /// evaluation; the gradient is that of the whole:
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let data = [1.0, 2.0, 3.0];
    /// let mut tape = ScalarTape::new();
    /// let w = tape.var(0.7);
    /// let mark = tape.mark([w, w.exp()]); // what is common
    /// let mut upstream = [0.0; 2];
    /// for x in data {
    ///     tape.rewind(&mark);
    ///     let [w, e] = tape.resume(&mark);
    ///     let loss = (e * x - w).powi(2);
    ///     let found = tape.backward_to(&mark, [(loss, 1.0)]); // by w and e, as far as the loss goes
    ///     upstream = [upstream[0] + found[0], upstream[1] + found[1]];
    /// }
    /// tape.rewind(&mark);
    /// let [w, e] = tape.resume(&mark);
    /// let gradient = tape.backward([(w, upstream[0]), (e, upstream[1])]).of(w);
    ///
    /// let whole = grad(|w| data.iter().map(|x| (w.exp() * *x - w).powi(2)).sum::<Var<f64>>(), 0.7);
    /// assert!((gradient - whole).abs() < 1e-12);
    /// ```
    ///
    /// On a [traced](Self::traced) tape the trace is rewound with it. Tapes of tensors cannot be marked.
    ///
    /// # Panics
    /// When a value belongs to another tape, or is given twice: then its gradient would count twice.
    #[track_caller]
    pub fn mark<'t, P: Parameters<Value = Var<'t, T>>>(&'t self, values: P) -> Mark<P::Of<T>> {
        let (id, nodes) = self.set_mark(&values.flatten());
        Mark { id, values: values.map(|x| x.value()), nodes }
    }

    /// Forgets everything that was recorded after `mark`, and every mark made after it; the memory stays. `mark` itself can be
    /// rewound to again.
    ///
    /// It wants the tape for itself, so that no variable or gradient of before can be used after; [`resume`](Self::resume) gives the
    /// marked values anew.
    ///
    /// ```compile_fail
    /// use chainrule::prelude::*;
    /// let mut tape = ScalarTape::new();
    /// let x = tape.var(1.0);
    /// let mark = tape.mark([x]);
    /// let y = x * x;
    /// tape.rewind(&mark);
    /// let _ = y + 1.0; // y does not live that long
    /// ```
    ///
    /// # Panics
    /// When the mark does not stand any more: the tape was [cleared](Self::clear), or rewound to an earlier mark; or when it is a
    /// mark of another tape.
    #[track_caller]
    pub fn rewind<Q>(&mut self, mark: &Mark<Q>) {
        self.rewind_to_mark(mark.id);
    }

    /// The marked values again, as they were marked. Their gradients can be asked for.
    ///
    /// # Panics
    /// As [`rewind`](Self::rewind).
    #[track_caller]
    pub fn resume<Q: Parameters<Value = T>>(&self, mark: &Mark<Q>) -> Q::Of<Var<'_, T>> {
        self.assert_mark(mark.id, "resume");
        let mut nodes = mark.nodes.iter();
        mark.values.map(|&value| self.marked(value, nodes.next().copied().flatten()))
    }

    /// The gradient of `Σ seed · output` by the marked values as far as what was recorded after the mark goes, in a sweep over that
    /// part alone.
    ///
    /// As seeds of a later sweep from the marked values, added up where there are several, these adjoints give the gradient of the
    /// whole: the same bits that one unbroken sweep finds if the marked values were nodes before (variables and
    /// [kept](Var::keep) values).
    ///
    /// Variables made after the mark are constants to this sweep; ask for their gradients with [`backward`](Self::backward).
    ///
    /// # Panics
    /// - What was recorded after the mark uses a value from before it that was not marked; its gradient would be lost.
    /// - As [`rewind`](Self::rewind).
    /// - When an output belongs to another tape.
    #[track_caller]
    pub fn backward_to<'t, Q: Parameters<Value = T>>(
        &'t self,
        mark: &Mark<Q>,
        outputs: impl IntoIterator<Item = (Var<'t, T>, T)>,
    ) -> Q::Of<T> {
        let gradients = self.backward_to_mark(mark.id, outputs);
        let mut nodes = mark.nodes.iter();
        mark.values.map(|value| gradients.of(self.marked(*value, nodes.next().copied().flatten())))
    }
}
