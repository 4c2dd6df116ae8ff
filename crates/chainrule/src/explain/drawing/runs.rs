//! Runs: inputs and gates that are folded since there are too many of them, whether or not they have scopes.

use super::fold::fits;
use super::outline::Outline;
use super::quotient::{Groups, Quotient};
use std::collections::BTreeMap;

/// Joins inputs that are called alike (`w0 … w783`), and then neighbours, until at most `limit` boxes of inputs are left.
pub(super) fn inputs(outline: &Outline<'_>, groups: &[usize], limit: usize) -> Groups {
    let quotient = Quotient::new(outline, groups);
    let of_inputs = |rows: &[usize]| rows.iter().all(|&row| !outline.gate[row]);
    let boxes: Vec<&Vec<usize>> = quotient.rows.iter().filter(|rows| of_inputs(rows)).collect();
    let mut groups = groups.to_vec();
    if boxes.len() <= limit {
        return groups;
    }
    let mut alike: BTreeMap<&str, Vec<&Vec<usize>>> = BTreeMap::new();
    for rows in boxes {
        // what is already a box stays one at first
        let stem = if rows.len() == 1 { outline.names[rows[0]].map_or("", stem) } else { "" };
        alike.entry(stem).or_default().push(rows);
    }
    let mut joined: Vec<Vec<&Vec<usize>>> = alike.into_values().collect();
    joined.sort_by_key(|boxes| boxes[0][0]);
    let many = joined.len().div_ceil(limit);
    for boxes in joined.chunks(many) {
        let number = groups[boxes[0][0][0]];
        for &row in boxes.iter().flatten().copied().flatten() {
            groups[row] = number;
        }
    }
    groups
}

/// A name without the number at its end: `w` for `w12`, `w[12]` and `w_12`.
fn stem(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '_' | ',' | ' '))
}

/// Joins gates without names to runs; if that is not enough, those with names too, then scopes, until at most `limit` boxes with
/// gates are left.
pub(super) fn gates(outline: &Outline<'_>, groups: &[usize], limit: usize) -> Groups {
    if fits(outline, groups, limit) {
        return groups.to_vec();
    }
    let quotient = Quotient::new(outline, groups);
    let order = quotient.order();
    let mut joined = groups.to_vec();
    for kept in [Kept::Names, Kept::Scopes, Kept::Outputs, Kept::Nothing] {
        let stays: Vec<bool> = quotient.rows.iter().map(|rows| kept.holds(outline, rows)).collect();
        for apart in [true, false] {
            joined = join(outline, groups, (&quotient, &order), &stays, apart);
            if fits(outline, &joined, limit) {
                return joined;
            }
        }
    }
    joined
}

/// What is not joined; each also keeps what those behind it keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kept {
    Names,
    Scopes,
    Outputs,
    Nothing,
}

impl Kept {
    fn holds(self, outline: &Outline<'_>, rows: &[usize]) -> bool {
        let any = |of: &dyn Fn(usize) -> bool| rows.iter().any(|&row| of(row));
        self == Self::Names && any(&|row| outline.names[row].is_some())
            || self <= Self::Scopes && rows.len() > 1
            || self <= Self::Outputs && any(&|row| outline.is_output(row))
    }
}

/// Joins the groups that do not stay, as far as none that stays lies between them: those that are linked, or all of them if they need
/// not be kept `apart`.
fn join(
    outline: &Outline<'_>,
    groups: &[usize],
    (quotient, order): (&Quotient, &[usize]),
    stays: &[bool],
    apart: bool,
) -> Groups {
    let is_input = |group: usize| quotient.rows[group].iter().all(|&row| !outline.gate[row]);
    // how many of those that stay, at most, lie on a way to here; inputs begin all ways and need not be counted
    let mut stages = vec![0; quotient.len()];
    for &group in order {
        let of = |&used: &usize| {
            let raised = !is_input(used) && (stays[used] || stays[group]);
            stages[used] + usize::from(raised)
        };
        stages[group] = quotient.before[group].iter().map(of).max().unwrap_or(0);
    }
    let free = |group: usize| !stays[group] && !is_input(group);
    let mut sets = Sets((0..quotient.len()).collect());
    let mut first_of_stage = BTreeMap::new();
    for group in (0..quotient.len()).filter(|&group| free(group)) {
        if apart {
            let linked = quotient.before[group].iter().filter(|&&used| free(used) && stages[used] == stages[group]);
            linked.for_each(|&used| sets.join(used, group));
        } else {
            sets.join(*first_of_stage.entry(stages[group]).or_insert(group), group);
        }
    }
    let mut joined = groups.to_vec();
    for (row, number) in joined.iter_mut().enumerate().filter(|(row, _)| !outline.attached[*row]) {
        *number = groups[quotient.rows[sets.find(quotient.of[row])][0]];
    }
    joined
}

/// Disjoint sets: each element points towards the first of its set.
struct Sets(Vec<usize>);

impl Sets {
    fn find(&mut self, mut element: usize) -> usize {
        while self.0[element] != element {
            self.0[element] = self.0[self.0[element]];
            element = self.0[element];
        }
        element
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.find(one), self.find(other));
        self.0[one.max(other)] = one.min(other);
    }
}
