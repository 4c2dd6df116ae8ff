//! What is drawn: nodes with their texts, and the edges between them.

use super::fold::{Wish, fold};
use super::outline::{Outline, is_attached};
use super::quotient::Quotient;
use super::sign::{any_order, sign};
use super::text::{clip, counted, printable, thousands};
use crate::explain::{Digits, Shown};
use crate::tape::Table;
use std::collections::BTreeMap;

/// More values that leave one box are counted and not named.
const MOST_OUTS: usize = 4;
/// How many elements of a tensor are shown.
const ELEMENTS: usize = 2;
/// Names are cut where they are longer than this; the tooltip has all of it.
const LONGEST_NAME: usize = 32;

/// The graph as it is drawn.
#[derive(Debug)]
pub(super) struct Graph {
    /// Operands come before what is made from them.
    pub(super) nodes: Vec<Node>,
    /// How many inputs and gates there are, folded or not.
    pub(super) inputs: usize,
    pub(super) gates: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A variable, or a constant with a name.
    Input,
    Gate,
    /// Several of them in one box.
    Box,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// What stands inside: a gate's sign, an input's name, a box's title.
    pub(super) sign: String,
    /// How many gates a box holds.
    pub(super) detail: String,
    /// What a pointer that rests on it is told.
    pub(super) tooltip: String,
    /// No output depends on it.
    pub(super) pale: bool,
    /// The edges that arrive may be drawn in any order.
    pub(super) any_order: bool,
    pub(super) ins: Vec<In>,
    pub(super) outs: Vec<Out>,
}

/// An edge that arrives.
#[derive(Clone, Debug)]
pub(super) struct In {
    /// The node it comes from, and which of its values.
    pub(super) from: (usize, usize),
    /// What flows back along this edge alone: local times upstream.
    pub(super) gradient: Option<Vec<String>>,
    pub(super) pale: bool,
}

/// A value that leaves a node.
#[derive(Clone, Debug)]
pub(super) struct Out {
    pub(super) name: Option<String>,
    pub(super) value: Vec<String>,
    /// All of the gradient that arrives at the value.
    pub(super) gradient: Option<Vec<String>>,
    /// How many edges begin here.
    pub(super) edges: usize,
    /// It is a result of the whole graph.
    pub(super) is_end: bool,
    pub(super) pale: bool,
}

impl In {
    /// What flows back along this edge: its share, or all that arrives at the value if no other edge leaves it.
    pub(super) fn share<'g>(&'g self, source: &'g Out) -> Option<&'g [String]> {
        let alone = source.gradient.as_ref().filter(|_| source.edges == 1 && !self.pale);
        self.gradient.as_ref().or(alone).map(Vec::as_slice)
    }
}

impl Node {
    /// What formats write into a node that place no texts of their own: its sign, how many gates it holds, its name, and the
    /// gradient that arrives where several edges leave.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.sign.clone(), self.detail.clone()];
        if let [out] = &self.outs[..] {
            // the name of a result stands at its end
            lines.extend(out.name.clone().filter(|_| !out.is_end));
            let gradient = out.gradient.as_ref().filter(|_| out.edges > 1);
            lines.extend(gradient.map(|gradient| format!("gradient {}", gradient.join(": "))));
        }
        lines.retain(|line| !line.is_empty());
        lines
    }
}

/// Makes the graph of a table.
struct Builder<'t, V> {
    table: &'t Table<V>,
    digits: Digits,
    outline: Outline<'t>,
    quotient: Quotient,
    /// By row: it is used outside of its group.
    leaves: Vec<bool>,
    /// By row: the node and the place among its `outs`.
    place: Vec<(usize, usize)>,
}

impl Graph {
    /// The value that an edge carries.
    pub(super) fn source(&self, edge: &In) -> &Out {
        &self.nodes[edge.from.0].outs[edge.from.1]
    }

    pub(super) fn of<V: Shown>(table: &Table<V>, digits: Digits, wish: Wish) -> Self {
        let outline = Outline::of(table);
        let quotient = fold(&outline, wish);
        let mut leaves = outline.unused.clone();
        for (operand, row) in outline.edges() {
            leaves[operand] |= quotient.of[operand] != quotient.of[row];
        }
        let place = vec![(usize::MAX, 0); outline.len()];
        let mut builder = Builder { table, digits, outline, quotient, leaves, place };
        let mut nodes = Vec::new();
        for group in builder.quotient.order() {
            let node = builder.node(group, nodes.len());
            nodes.push(node);
        }
        for node in 0..nodes.len() {
            for edge in nodes[node].ins.clone() {
                nodes[edge.from.0].outs[edge.from.1].edges += 1;
            }
        }
        let drawn = |gate| {
            let outline = &builder.outline;
            (0..outline.len()).filter(|&row| !outline.attached[row] && outline.gate[row] == gate).count()
        };
        Self { nodes, inputs: drawn(false), gates: drawn(true) }
    }
}

impl<V: Shown> Builder<'_, V> {
    fn node(&mut self, group: usize, number: usize) -> Node {
        let rows = std::mem::take(&mut self.quotient.rows[group]);
        let node = if let [row] = rows[..] { self.single(row, number) } else { self.joined(&rows, number) };
        self.quotient.rows[group] = rows;
        node
    }

    fn single(&mut self, row: usize, number: usize) -> Node {
        self.place[row] = (number, 0);
        let step = &self.table.rows[row].step;
        let label = self.table.label(row);
        let is_gate = self.outline.gate[row];
        let mut out = self.out(row);
        let sign = if is_gate {
            let operands: Vec<_> = step.operands.iter().map(|operand| self.constant(operand)).collect();
            sign(&step.operation, &operands)
        } else {
            out.name = None;
            clip(&printable(&label), LONGEST_NAME)
        };
        let ins = self.outline.operands(row).iter().copied();
        Node {
            kind: if is_gate { Kind::Gate } else { Kind::Input },
            sign,
            detail: String::new(),
            tooltip: format!("{label}: {} = {}", step.operation, step.value.quantity().shown(self.digits, ELEMENTS)),
            pale: !self.outline.alive[row],
            any_order: any_order(&step.operation),
            ins: ins.zip(self.contributions(row)).map(|(from, gradient)| self.edge(from, row, gradient)).collect(),
            outs: vec![out],
        }
    }

    /// A constant's text; nothing for what arrives on an edge.
    fn constant(&self, operand: &crate::tape::StepOperand<V>) -> Option<String> {
        let is_constant = operand.node.is_none_or(|node| is_attached(&self.table.rows[node].step));
        is_constant.then(|| operand.value.quantity().brief(self.digits))
    }

    /// Local times upstream for each operand of a row that is a node.
    fn contributions(&self, row: usize) -> impl Iterator<Item = Option<Vec<String>>> + '_ {
        let row = &self.table.rows[row];
        let nodes = row.step.operands.iter().zip(&row.gradients);
        let drawn = nodes.filter(|(operand, _)| operand.node.is_some_and(|node| !self.outline.attached[node]));
        // a tape of tensors has no local derivatives
        drawn.map(|(_, gradient)| gradient.as_ref().map(|gradient| gradient.quantity().lines(self.digits, ELEMENTS)))
    }

    fn edge(&self, from: usize, row: usize, gradient: Option<Vec<String>>) -> In {
        In { from: self.place[from], gradient, pale: !self.outline.alive[row] }
    }

    fn out(&self, row: usize) -> Out {
        let entry = &self.table.rows[row];
        Out {
            name: entry.step.name.as_deref().map(|name| clip(&printable(name), LONGEST_NAME)),
            value: entry.step.value.quantity().lines(self.digits, ELEMENTS),
            gradient: entry.upstream.as_ref().map(|gradient| gradient.quantity().lines(self.digits, ELEMENTS)),
            edges: 0,
            is_end: self.outline.unused[row] && self.outline.gate[row],
            pale: !self.outline.alive[row],
        }
    }

    /// Several rows as one box.
    fn joined(&mut self, rows: &[usize], number: usize) -> Node {
        // what nothing uses, and is no output either, ends inside
        let outline = &self.outline;
        let seen = |&row: &usize| self.leaves[row] && (!outline.unused[row] || outline.is_output(row));
        let leaving: Vec<usize> = rows.iter().copied().filter(seen).collect();
        let outs = if leaving.len() <= MOST_OUTS {
            leaving.iter().map(|&row| self.out(row)).collect()
        } else {
            vec![self.counted(&leaving)]
        };
        for (at, &row) in leaving.iter().enumerate() {
            self.place[row] = (number, if outs.len() == leaving.len() { at } else { 0 });
        }
        let gates = rows.iter().filter(|&&row| self.outline.gate[row]).count();
        let (title, all) = self.title(rows, gates);
        let detail = match (gates, rows.len() - gates) {
            (0, inputs) => counted(inputs, "input"),
            (gates, 0) => counted(gates, "gate"),
            (gates, inputs) => format!("{}, {}", counted(gates, "gate"), counted(inputs, "input")),
        };
        Node {
            kind: Kind::Box,
            tooltip: if all.is_empty() { detail.clone() } else { format!("{all}: {detail}") },
            sign: title,
            detail,
            pale: rows.iter().all(|&row| !self.outline.alive[row]),
            any_order: true,
            ins: self.border(rows),
            outs,
        }
    }

    /// The edges into a box: one for each value, however often it is used inside.
    fn border(&self, rows: &[usize]) -> Vec<In> {
        let mut found: Vec<In> = Vec::new();
        let mut known: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for &row in rows {
            for (&from, gradient) in self.outline.operands(row).iter().zip(self.contributions(row)) {
                if self.quotient.of[from] == self.quotient.of[row] {
                    continue;
                }
                let edge = self.edge(from, row, gradient);
                if let Some(&at) = known.get(&edge.from) {
                    let known: &mut In = &mut found[at];
                    // several uses inside: what flows back is their sum, which no row of the table holds
                    known.gradient = None;
                    known.pale &= edge.pale;
                } else {
                    known.insert(edge.from, found.len());
                    found.push(edge);
                }
            }
        }
        found
    }

    /// Many values on one line.
    fn counted(&self, rows: &[usize]) -> Out {
        Out {
            name: None,
            value: vec![format!("{} values", thousands(rows.len()))],
            gradient: None,
            edges: 0,
            is_end: rows.iter().any(|&row| self.outline.is_output(row)),
            pale: rows.iter().all(|&row| !self.outline.alive[row]),
        }
    }

    /// What a box is called, clipped and in full: the scope that all its rows with one share, or its first and last names. A run of
    /// unnamed gates has no name.
    fn title(&self, rows: &[usize], gates: usize) -> (String, String) {
        let scopes: Vec<&str> = rows.iter().filter_map(|&row| self.outline.scopes[row].as_deref()).collect();
        let common = scopes.iter().copied().reduce(|one, other| shared(one, other)).unwrap_or("");
        let names: Vec<&str> = rows.iter().filter_map(|&row| self.outline.names[row]).collect();
        let ends = |all: &[&str]| match *all {
            [] => String::new(),
            [one] => one.to_owned(),
            [first, .., last] if first == last => first.to_owned(),
            [first, .., last] => format!("{first} … {last}"),
        };
        let all = if !common.is_empty() {
            common.to_owned()
        } else if !scopes.is_empty() {
            ends(&scopes)
        } else if names.is_empty() && gates == 0 {
            format!("#{} … #{}", rows[0], rows[rows.len() - 1])
        } else {
            ends(&names)
        };
        let all = printable(&all);
        (clip(&all, LONGEST_NAME), all)
    }
}

/// The parts that two scopes begin with.
fn shared<'s>(one: &'s str, other: &str) -> &'s str {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    if same == one.len() && (same == other.len() || other[same..].starts_with(['/', '.'])) {
        return one;
    }
    if same == other.len() && one[same..].starts_with(['/', '.']) {
        return &one[..same];
    }
    one.as_bytes()[..same].iter().rposition(|byte| b"/.".contains(byte)).map_or("", |end| &one[..end])
}
