//! Marks on a tape of numbers: where it can be rewound to, and where a sweep can stop.

use super::record::{ScalarNode, Scalars, Shape};
use crate::real::Real;
use crate::tape::{Gradients, Index, Node, Tape, Value, Var};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where a tape ended at some time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) nodes: usize,
    pub(super) terms: usize,
    pub(super) doubtful: bool,
}

/// The marks of a tape that can be rewound to, in the order they were made.
pub(super) type Marks = Vec<Live>;

/// A mark that can be rewound to.
#[derive(Debug)]
pub(super) struct Live {
    /// Of this mark alone among those of all tapes.
    id: u64,
    position: Position,
    /// The nodes of the marked values, in order.
    nodes: Vec<Range<usize>>,
}

/// The number of the next mark.
static NEXT: AtomicU64 = AtomicU64::new(0);

impl<T: Real> Scalars<T> {
    /// Whether `node` has a parent below `down_to` and not in `runs`.
    fn strays(&self, node: &ScalarNode<T>, down_to: usize, runs: &[Range<usize>]) -> bool {
        let strays = |parent: Index| {
            let at = parent as usize;
            at < down_to && !runs.get(runs.partition_point(|run| run.end <= at)).is_some_and(|run| run.contains(&at))
        };
        match node.shape() {
            Shape::Leaf => false,
            Shape::Pair([(_, i), (_, j)]) => strays(i) || strays(j),
            Shape::Statement(head) => {
                let mut any = false;
                self.visit_terms(head, |_, parent| any |= strays(parent));
                any
            }
        }
    }
}

impl<T: Real> Tape<T> {
    /// A mark behind everything that was recorded: its number, and the node of each value (none for a constant).
    #[track_caller]
    pub(crate) fn set_mark(&self, values: &[Var<'_, T>]) -> (u64, Vec<Option<Index>>) {
        let mut nodes = Vec::with_capacity(values.len());
        for &x in values {
            self.own_or_constant(x, "mark");
            nodes.push(match T::node(T::keep(x)) {
                Node::At(at) => Some(at),
                _ => None,
            });
        }
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let live = Live { id, position: self.record.position(), nodes: runs(&nodes) };
        self.record.marks.borrow_mut().push(live);
        (id, nodes)
    }

    /// Forgets everything behind a mark, later marks among it.
    #[track_caller]
    pub(crate) fn rewind_to_mark(&mut self, id: u64) {
        let marks = self.record.marks.get_mut();
        let Some(at) = find(marks, id) else { gone("rewind") };
        marks.truncate(at + 1);
        let position = marks[at].position;
        self.record.truncate(position);
        if let Some(trace) = &mut self.trace {
            trace.truncate(position.nodes);
        }
    }

    /// Panics unless the mark still stands.
    #[track_caller]
    pub(crate) fn assert_mark(&self, id: u64, asked: &str) {
        if find(&self.record.marks.borrow(), id).is_none() {
            gone(asked);
        }
    }

    /// The handle of a marked value.
    pub(crate) fn marked(&self, value: T, node: Option<Index>) -> Var<'_, T> {
        match node {
            None => Var::constant(value),
            Some(at) if self.is_traced() => Var::traced(self, value, at),
            Some(at) => Var::kept(self, value, at),
        }
    }

    /// The sweep from `outputs` down to a mark.
    #[track_caller]
    pub(crate) fn backward_to_mark<'t>(
        &'t self,
        id: u64,
        outputs: impl IntoIterator<Item = (Var<'t, T>, T)>,
    ) -> Gradients<'t, T> {
        let marks = self.record.marks.borrow();
        let Some(at) = find(&marks, id) else { gone("backward_to") };
        let Live { position, nodes, .. } = &marks[at];
        let down_to = position.nodes;
        match self.backward_part(outputs, down_to, nodes, |node| self.record.strays(node, down_to, nodes)) {
            Ok(gradients) => gradients,
            Err(_) => panic!(
                "backward_to: what was recorded after the mark uses a value from before it that was not marked, and the \
                 gradient by that value would be lost: give it to `mark` as well, and use the handle that `resume` returns"
            ),
        }
    }
}

/// The nodes in order, as runs.
#[track_caller]
fn runs(nodes: &[Option<Index>]) -> Vec<Range<usize>> {
    let mut sorted: Vec<usize> = nodes.iter().flatten().map(|&at| at as usize).collect();
    sorted.sort_unstable();
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in sorted {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end += 1,
            Some(run) if run.end > at => panic!(
                "mark: the same value was given twice, and its gradient would count twice: mark it once, and use the one \
                 handle in both places"
            ),
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

fn find(marks: &[Live], id: u64) -> Option<usize> {
    marks.binary_search_by_key(&id, |live| live.id).ok()
}

#[cold]
#[track_caller]
fn gone(asked: &str) -> ! {
    panic!(
        "{asked}: the mark does not stand any more: since it was made the tape was cleared, or rewound to an earlier mark; or it \
         is a mark of another tape. Make a new one with `Tape::mark`"
    )
}
