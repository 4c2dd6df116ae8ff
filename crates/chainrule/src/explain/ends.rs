//! Where the paths from a variable end that the output does not depend on.

use super::blame::label;
use crate::tape::{Step, Table, Value};

/// How many ends are named.
const NAMED: usize = 3;

impl<V: Value> Table<V> {
    /// Says why nothing links `variable` to `output`: what was made of it, as far as it goes, and that it stops there.
    pub(super) fn where_paths_end(&self, output: usize, variable: usize) -> String {
        let step = |at: usize| &self.rows[at].step;
        let (of, by) = (label(step(output)), label(step(variable)));
        let mut depends = vec![false; self.rows.len()];
        let mut goes_on = vec![false; self.rows.len()];
        depends[variable] = true;
        for row in &self.rows[variable.min(self.rows.len())..] {
            for node in row.step.operands.iter().filter_map(|operand| operand.node) {
                if depends[node] {
                    depends[row.step.index] = true;
                    goes_on[node] = true;
                }
            }
        }
        let ends: Vec<&Step<V>> =
            self.rows.iter().map(|row| &row.step).filter(|step| depends[step.index] && !goes_on[step.index]).collect();
        let place = |step: &Step<V>| format!("{} (`{}`, {})", label(step), step.operation, step.place);
        if let [alone] = ends.as_slice()
            && alone.index == variable
        {
            return format!(
                "{of} does not depend on {by}: nothing on this tape was computed from it. It was made at {}; a value taken out of \
                 the tape with `value`, or left without history by `detach`, carries no gradient",
                alone.place
            );
        }
        let named: Vec<String> = ends.iter().take(NAMED).map(|step| place(step)).collect();
        let more = if ends.len() > NAMED { format!(" and {} more", ends.len() - NAMED) } else { String::new() };
        format!(
            "{of} does not depend on {by}: what was computed from it ends at {}{more}, and goes nowhere else",
            named.join(", ")
        )
    }
}
