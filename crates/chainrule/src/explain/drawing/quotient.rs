//! Rows in groups, and the order that their edges give them.

use super::outline::Outline;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Which rows belong together: rows with the same number are one group. Numbers need not be dense.
pub(super) type Groups = Vec<usize>;

/// The graph of the groups.
pub(super) struct Quotient {
    /// The rows of each group, in order.
    pub(super) rows: Vec<Vec<usize>>,
    /// The group of each row; `usize::MAX` for constants that are no nodes.
    pub(super) of: Vec<usize>,
    /// The groups that each group uses, without doubles.
    pub(super) before: Vec<Vec<usize>>,
}

impl Quotient {
    /// Groups are numbered anew by their first rows.
    pub(super) fn new(outline: &Outline<'_>, groups: &[usize]) -> Self {
        let mut number = vec![usize::MAX; groups.iter().max().map_or(0, |last| last + 1)];
        let mut of = vec![usize::MAX; outline.len()];
        let mut rows: Vec<Vec<usize>> = Vec::new();
        for row in (0..outline.len()).filter(|&row| !outline.attached[row]) {
            let at = &mut number[groups[row]];
            if *at == usize::MAX {
                *at = rows.len();
                rows.push(Vec::new());
            }
            of[row] = *at;
            rows[*at].push(row);
        }
        let mut before = vec![Vec::new(); rows.len()];
        for (operand, row) in outline.edges() {
            if of[operand] != of[row] {
                before[of[row]].push(of[operand]);
            }
        }
        for groups in &mut before {
            groups.sort_unstable();
            groups.dedup();
        }
        Self { rows, of, before }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The groups that use each group.
    pub(super) fn after(&self) -> Vec<Vec<usize>> {
        let mut after = vec![Vec::new(); self.len()];
        for (group, before) in self.before.iter().enumerate() {
            for &used in before {
                after[used].push(group);
            }
        }
        after
    }

    /// Every group behind those it uses, early rows first; shorter than `len` if there is a cycle.
    pub(super) fn order(&self) -> Vec<usize> {
        let after = self.after();
        let mut missing: Vec<usize> = self.before.iter().map(Vec::len).collect();
        let mut ready: BinaryHeap<_> = (0..self.len()).filter(|&group| missing[group] == 0).map(Reverse).collect();
        let mut order = Vec::with_capacity(self.len());
        while let Some(Reverse(group)) = ready.pop() {
            order.push(group);
            for &next in &after[group] {
                missing[next] -= 1;
                if missing[next] == 0 {
                    ready.push(Reverse(next));
                }
            }
        }
        order
    }

    /// The strongly connected component of each group: groups with the same number lie on a cycle. Tarjan's algorithm
    /// (<https://doi.org/10.1137/0201010>) with a stack of its own, since a graph may be a million groups deep.
    pub(super) fn components(&self) -> Vec<usize> {
        const NEW: usize = usize::MAX;
        let count = self.len();
        let (mut index, mut low) = (vec![NEW; count], vec![0; count]);
        let (mut component, mut open, mut calls) = (vec![NEW; count], Vec::new(), Vec::new());
        let (mut next, mut found) = (0, 0);
        for root in 0..count {
            if index[root] == NEW {
                calls.push((root, 0));
            }
            while let Some((group, edge)) = calls.pop() {
                if edge == 0 {
                    (index[group], low[group]) = (next, next);
                    next += 1;
                    open.push(group);
                }
                let Some(&used) = self.before[group].get(edge) else {
                    if low[group] == index[group] {
                        while let Some(member) = open.pop() {
                            component[member] = found;
                            if member == group {
                                break;
                            }
                        }
                        found += 1;
                    }
                    if let Some(&(caller, _)) = calls.last() {
                        low[caller] = low[caller].min(low[group]);
                    }
                    continue;
                };
                calls.push((group, edge + 1));
                if index[used] == NEW {
                    calls.push((used, 0));
                } else if component[used] == NEW {
                    low[group] = low[group].min(index[used]);
                }
            }
        }
        component
    }
}
