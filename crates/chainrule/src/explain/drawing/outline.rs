//! The graph of a table without its values: what folding looks at.

use crate::tape::{Step, Table};

/// The nodes and edges of a table, by row.
pub(super) struct Outline<'t> {
    /// Where the operands of each row begin in `operands`; one more at the end.
    starts: Vec<usize>,
    operands: Vec<usize>,
    /// An unnamed constant on a tape of tensors: it is written into the sign of its gates and is no node.
    pub(super) attached: Vec<bool>,
    /// It has operands, so that it is drawn as a gate.
    pub(super) gate: Vec<bool>,
    /// No other row uses it.
    pub(super) unused: Vec<bool>,
    /// A gradient arrives here, or at something that is made from it.
    pub(super) alive: Vec<bool>,
    pub(super) names: Vec<Option<&'t str>>,
    /// The scope that was noted while recording, joined with the one that the name has.
    pub(super) scopes: Vec<Option<String>>,
}

impl<'t> Outline<'t> {
    pub(super) fn of<V>(table: &'t Table<V>) -> Self {
        let rows = &table.rows;
        let attached: Vec<bool> = rows.iter().map(|row| is_attached(&row.step)).collect();
        let (mut starts, mut operands) = (vec![0], Vec::new());
        for row in rows {
            operands.extend(row.step.operands.iter().filter_map(|operand| operand.node).filter(|&at| !attached[at]));
            starts.push(operands.len());
        }
        let mut outline = Self {
            gate: rows.iter().map(|row| !row.step.operands.is_empty()).collect(),
            unused: vec![true; rows.len()],
            alive: rows.iter().map(|row| row.upstream.is_some()).collect(),
            names: rows.iter().map(|row| row.step.name.as_deref()).collect(),
            scopes: rows.iter().map(|row| scope(&row.step)).collect(),
            starts,
            operands,
            attached,
        };
        // operands come before what is made from them
        for row in (0..rows.len()).rev() {
            let (alive, range) = (outline.alive[row], outline.starts[row]..outline.starts[row + 1]);
            for at in range {
                let operand = outline.operands[at];
                outline.unused[operand] = false;
                outline.alive[operand] |= alive;
            }
        }
        outline
    }

    pub(super) fn len(&self) -> usize {
        self.attached.len()
    }

    /// The rows that `row` is made from and that are nodes, in the order of the call.
    pub(super) fn operands(&self, row: usize) -> &[usize] {
        &self.operands[self.starts[row]..self.starts[row + 1]]
    }

    /// Every edge, as (operand, row).
    pub(super) fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.len()).flat_map(|row| self.operands(row).iter().map(move |&operand| (operand, row)))
    }

    /// Whether this row is what was computed: nothing uses it, and a gradient started here.
    pub(super) fn is_output(&self, row: usize) -> bool {
        self.unused[row] && self.gate[row] && self.alive[row]
    }
}

/// Whether the value is written into signs and is no node.
pub(super) fn is_attached<V>(step: &Step<V>) -> bool {
    step.operation == "constant" && step.operands.is_empty() && step.name.is_none()
}

fn scope<V>(step: &Step<V>) -> Option<String> {
    let named = step.name.as_deref().and_then(|name| Some(&name[..name.rfind(['/', '.'])?]));
    match (step.scope.as_deref(), named.filter(|named| !named.is_empty())) {
        (Some(noted), Some(named)) if named.starts_with(noted) => Some(named.to_owned()),
        (Some(noted), Some(named)) => Some(format!("{noted}/{named}")),
        (noted, named) => noted.or(named).map(str::to_owned),
    }
}

/// The first `depth` parts of a scope.
pub(super) fn prefix(scope: &str, depth: usize) -> &str {
    match scope.match_indices(['/', '.']).nth(depth - 1) {
        Some((end, _)) => &scope[..end],
        None => scope,
    }
}

/// How many parts a scope has.
pub(super) fn depth(scope: &str) -> usize {
    1 + scope.matches(['/', '.']).count()
}
