//! Which rows a drawing shows as one box.
//!
//! Whatever is folded, the graph of the boxes has no cycle, so that it can be drawn from left to right.

use super::outline::{Outline, depth, prefix};
use super::quotient::{Groups, Quotient};
use super::runs;
use std::collections::BTreeMap;

/// What is to be folded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// At most so many gates, and as many inputs; `None` for any number.
    pub(super) limit: Option<usize>,
    /// Scopes are folded at this many parts of their path, however small the graph is.
    pub(super) depth: Option<usize>,
}

/// The groups that are drawn.
pub(super) fn fold(outline: &Outline<'_>, wish: Wish) -> Quotient {
    let single: Groups = (0..outline.len()).collect();
    let mut groups = match wish.depth {
        Some(depth) => scopes(outline, depth.max(1)),
        None => single,
    };
    let Some(limit) = wish.limit.map(|limit| limit.max(1)) else { return Quotient::new(outline, &groups) };
    groups = runs::inputs(outline, &groups, limit);
    let deepest = outline.scopes.iter().flatten().map(|scope| depth(scope)).max().unwrap_or(0);
    // a path of many parts is shortened in few steps
    let depths = (1..=deepest.min(8)).rev().filter(|&depth| wish.depth.is_none_or(|wished| depth < wished));
    for depth in depths {
        if fits(outline, &groups, limit) {
            break;
        }
        groups = runs::inputs(outline, &scopes(outline, depth), limit);
    }
    Quotient::new(outline, &runs::gates(outline, &groups, limit))
}

/// Whether there are at most `limit` boxes with gates, and at most `limit` of inputs alone.
pub(super) fn fits(outline: &Outline<'_>, groups: &[usize], limit: usize) -> bool {
    let mut has_gate = vec![None; groups.iter().max().map_or(0, |last| last + 1)];
    for row in (0..outline.len()).filter(|&row| !outline.attached[row]) {
        *has_gate[groups[row]].get_or_insert(false) |= outline.gate[row];
    }
    let count = |gate| has_gate.iter().filter(|&&has| has == Some(gate)).count();
    count(true) <= limit && count(false) <= limit
}

/// Rows of the same scope as one group each; the others alone.
fn scopes(outline: &Outline<'_>, depth: usize) -> Groups {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let groups: Groups = outline
        .scopes
        .iter()
        .enumerate()
        .map(|(row, scope)| scope.as_deref().map_or(row, |scope| *first.entry(prefix(scope, depth)).or_insert(row)))
        .collect();
    untangle(outline, groups)
}

/// Takes the cycles out of the groups. What lies between the members of one scope and has no name belongs to it; where that is not
/// enough, since two scopes use each other, the scope is cut into several boxes.
fn untangle(outline: &Outline<'_>, mut groups: Groups) -> Groups {
    let quotient = Quotient::new(outline, &groups);
    if quotient.order().len() == quotient.len() {
        return groups;
    }
    let mut cycles: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (group, component) in quotient.components().into_iter().enumerate() {
        cycles.entry(component).or_default().push(group);
    }
    let levels = levels(outline, &groups);
    let mut next = outline.len();
    for members in cycles.into_values().filter(|members| members.len() > 1) {
        let (scoped, free): (Vec<usize>, Vec<usize>) =
            members.into_iter().partition(|&group| outline.scopes[quotient.rows[group][0]].is_some());
        let unnamed = free.iter().flat_map(|&group| &quotient.rows[group]).all(|&row| outline.names[row].is_none());
        if let [scope] = scoped[..]
            && unnamed
        {
            let number = groups[quotient.rows[scope][0]];
            for &row in free.iter().flat_map(|&group| &quotient.rows[group]) {
                groups[row] = number;
            }
            continue;
        }
        for group in scoped {
            let mut parts = BTreeMap::new();
            for &row in &quotient.rows[group] {
                groups[row] = *parts.entry(levels[row]).or_insert_with(|| {
                    next += 1;
                    next
                });
            }
        }
    }
    groups
}

/// A number for each row that no edge lowers and that every edge between two groups raises: groups that are cut at it have no
/// cycle. Inputs, which nothing comes before, take the number of what uses them first.
fn levels(outline: &Outline<'_>, groups: &[usize]) -> Vec<usize> {
    let mut levels = vec![0; outline.len()];
    for (operand, row) in outline.edges() {
        let raised = usize::from(groups[operand] != groups[row]);
        levels[row] = levels[row].max(levels[operand] + raised);
    }
    let mut lifted = vec![usize::MAX; outline.len()];
    for (operand, row) in outline.edges().filter(|&(operand, _)| !outline.gate[operand]) {
        let raised = usize::from(groups[operand] != groups[row]);
        lifted[operand] = lifted[operand].min(levels[row] - raised);
    }
    for (level, lifted) in levels.iter_mut().zip(lifted).filter(|(_, lifted)| *lifted != usize::MAX) {
        *level = lifted;
    }
    levels
}
