//! Sweeps over a part of a tape.

use super::sweep::Part;
use super::{Gradients, Record, Tape, Value, Var};
use std::ops::Range;

impl<V: Value> Tape<V> {
    /// The sweep from `outputs` through the nodes from `down_to` on. Of the nodes below, those in `kept_below` keep what arrives;
    /// `strays` says of a node whether it hands on to another one below.
    ///
    /// # Errors
    /// When something strayed, or an output stands below: then some gradients are lost.
    #[track_caller]
    pub(crate) fn backward_part<'t>(
        &'t self,
        outputs: impl IntoIterator<Item = (Var<'t, V>, V)>,
        down_to: usize,
        kept_below: &[Range<usize>],
        strays: impl Fn(&<V::Record as Record>::Node) -> bool,
    ) -> Result<Gradients<'t, V>, Strayed> {
        let mut sweeps = self.seeded(outputs, "backward_to");
        let is_kept = |at: usize| at >= down_to || kept_below.iter().any(|run| run.contains(&at));
        let mut strayed = sweeps.seeds.iter().any(|seed| !is_kept(seed.at as usize));
        if !strayed {
            sweeps.run_part(self, &Part { down_to, kept_below }, |node| strayed |= strays(node));
        }
        // the slots of a sweep that strayed are not clean, and do not go back to the tape
        if strayed { Err(Strayed) } else { Ok(Gradients::new(self, sweeps)) }
    }
}

/// A gradient arrived below a partial sweep, where nobody would ask for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strayed;
