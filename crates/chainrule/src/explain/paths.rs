//! The paths from a variable to an output, from stop to stop.

use super::chain::Stops;
use super::formula::Formula;
use super::quantity::Shown;
use crate::tape::Table;
use smallvec::SmallVec;
use std::collections::{BTreeMap, VecDeque};

/// The part of a graph that lies between a variable and an output.
pub(super) struct Paths<'a, V> {
    table: &'a Table<V>,
    output: usize,
    /// For each node where in `users` those that it goes into begin.
    starts: Vec<usize>,
    /// The gates on the paths that a node goes into, each with the place of the operand.
    users: Vec<(usize, usize)>,
    /// Nodes at which a derivative is named; between them the slopes of gates are multiplied and added up.
    stops: Vec<bool>,
    /// Whether all nodes are.
    every_gate: bool,
}

/// How one stop depends on another one before it: by gates that have no name.
#[derive(Clone, Debug, Default)]
pub(super) struct Link {
    /// The derivative, where it is a number.
    pub(super) slope: Option<f64>,
    /// The gates on the way, each with the place of the operand; none where there are several ways, or too many gates.
    way: Option<SmallVec<[(usize, usize); MOST_SLOPES]>>,
}

/// `d of / d by`, as one factor of a product.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    pub(super) of: usize,
    pub(super) by: usize,
    /// None for the derivative of the output by a stop, which has an equation of its own.
    pub(super) link: Option<Link>,
}

/// The derivative of the output by one stop: a sum over the ways on, each a product of factors.
#[derive(Clone, Debug)]
pub(super) struct Equation {
    pub(super) by: usize,
    pub(super) terms: Vec<Vec<Factor>>,
    /// How many further terms the sum has, which are not written.
    pub(super) more: usize,
}

impl<'a, V: Shown> Paths<'a, V> {
    /// The paths between the two, with their stops.
    pub(super) fn new(table: &'a Table<V>, output: usize, variable: usize, stops: &Stops) -> Self {
        let on_path = on_paths(table, output, variable);
        let mut counts = vec![0; table.rows.len() + 1];
        let mut edges = Vec::new();
        for (at, _) in on_path.iter().enumerate().filter(|(_, on)| **on) {
            for (place, operand) in table.rows[at].step.operands.iter().enumerate() {
                if let Some(node) = operand.node.filter(|&node| on_path[node]) {
                    edges.push((node, (at, place)));
                    counts[node + 1] += 1;
                }
            }
        }
        let starts: Vec<usize> =
            counts.iter().scan(0, |sum, &count| Some(std::mem::replace(sum, *sum + count) + count)).collect();
        edges.sort_unstable();
        let named = |at: usize| table.rows[at].step.name.as_deref();
        let ends = [output, variable];
        let inner_names = || (0..on_path.len()).filter(|at| on_path[*at] && !ends.contains(at)).filter_map(named);
        let every_gate = match stops {
            Stops::EveryGate => true,
            Stops::Named => inner_names().next().is_none(),
            Stops::These(_) => false,
        };
        let is_stop = |at: usize| match stops {
            _ if every_gate || ends.contains(&at) => true,
            Stops::These(names) => named(at).is_some_and(|name| names.iter().any(|stop| stop == name)),
            _ => named(at).is_some(),
        };
        let stops = (0..on_path.len()).map(|at| on_path[at] && is_stop(at)).collect();
        Self { table, output, starts, users: edges.into_iter().map(|(_, user)| user).collect(), stops, every_gate }
    }

    /// Whether there is any way from the variable to the output.
    pub(super) fn are_linked(&self, variable: usize) -> bool {
        variable == self.output || !self.users_of(variable).is_empty()
    }

    fn users_of(&self, node: usize) -> &[(usize, usize)] {
        &self.users[self.starts[node]..self.starts[node + 1]]
    }

    /// The equations for the variable and for every stop that is named in one, nearest first, `limit` of them at most; and how many
    /// are left out.
    pub(super) fn equations(&self, variable: usize, limit: usize) -> (Vec<Equation>, usize) {
        let mut equations = Vec::new();
        let mut asked = vec![false; self.stops.len()];
        let mut waiting = VecDeque::from([variable]);
        asked[variable] = true;
        while let Some(by) = waiting.pop_front() {
            if equations.len() == limit {
                return (equations, 1 + waiting.len());
            }
            let equation = self.equation(by);
            for factor in equation.terms.iter().flatten().filter(|factor| factor.link.is_none()) {
                if !std::mem::replace(&mut asked[factor.by], true) {
                    waiting.push_back(factor.by);
                }
            }
            equations.push(equation);
        }
        (equations, 0)
    }

    fn equation(&self, by: usize) -> Equation {
        let mut links = self.links(by);
        if links.len() != 1 {
            let more = links.len().saturating_sub(MOST_TERMS);
            let terms = links.into_iter().take(MOST_TERMS).map(|(of, link)| {
                let rest = Factor { of: self.output, by: of, link: None };
                let own = Factor { of, by, link: Some(link) };
                if of == self.output { vec![own] } else { vec![rest, own] }
            });
            return Equation { by, terms: terms.collect(), more };
        }
        // one way on: a chain, as far as there is one
        let mut chain = Vec::new();
        let mut from = by;
        while let (Some((of, link)), true) = (links.pop_first(), links.is_empty()) {
            chain.push(Factor { of, by: from, link: Some(link) });
            from = of;
            if of == self.output {
                break;
            }
            links = self.links(of);
            if links.len() != 1 || chain.len() >= LONGEST {
                chain.push(Factor { of: self.output, by: of, link: None });
                break;
            }
        }
        chain.reverse();
        Equation { by, terms: vec![chain], more: 0 }
    }

    /// The next stops on the ways from `from`, and the derivative of each by it: slopes are carried forward through the gates between.
    fn links(&self, from: usize) -> BTreeMap<usize, Link> {
        let mut reached: BTreeMap<usize, Link> = BTreeMap::new();
        let mut found = BTreeMap::new();
        let origin = Link { slope: Some(1.0), way: Some(SmallVec::new()) };
        let mut here = (from, origin);
        loop {
            let (node, link) = &here;
            for &(gate, place) in self.users_of(*node) {
                let further = self.through(link, gate, place);
                reached.entry(gate).and_modify(|link| link.join(&further)).or_insert(further);
            }
            // gates in their order, so that all ways into one are there when its turn comes
            loop {
                let Some((node, link)) = reached.pop_first() else { return found };
                if self.stops[node] {
                    found.insert(node, link);
                } else {
                    here = (node, link);
                    break;
                }
            }
        }
    }

    /// A link, and then a gate by the operand at `place`.
    fn through(&self, link: &Link, gate: usize, place: usize) -> Link {
        let row = &self.table.rows[gate];
        let local = row.step.operands[place].local.as_ref().and_then(|local| local.quantity().number());
        let mut way = link.way.clone();
        match &mut way {
            Some(gates) if gates.len() < MOST_SLOPES => gates.push((gate, place)),
            _ => way = None,
        }
        Link { slope: link.slope.zip(local).map(|(before, local)| before * local), way }
    }

    /// The product of the slopes along a link, where there is one way only, and each slope is known as a formula.
    pub(super) fn formula(&self, link: &Link) -> Option<Formula> {
        let slope = |&(gate, place): &(usize, usize)| Formula::of_slope(&self.table.rows, gate, place, self.every_gate);
        let slopes: Option<Vec<Formula>> = link.way.as_ref()?.iter().rev().map(slope).collect();
        slopes.map(Formula::product)
    }
}

/// More terms than this are not written in one sum.
const MOST_TERMS: usize = 12;
/// More factors than this are not written in one product.
const LONGEST: usize = 12;
/// Nor more slopes in one formula.
const MOST_SLOPES: usize = 6;

impl Link {
    /// Another way to the same gate.
    fn join(&mut self, other: &Self) {
        self.slope = self.slope.zip(other.slope).map(|(one, two)| one + two);
        self.way = None;
    }
}

/// Which nodes lie on a way from the variable to the output.
fn on_paths<V>(table: &Table<V>, output: usize, variable: usize) -> Vec<bool> {
    let operands = |at: usize| table.rows[at].step.operands.iter().filter_map(|operand| operand.node);
    let mut depends = vec![false; table.rows.len()];
    depends[variable] = true;
    for at in variable + 1..=output.max(variable) {
        depends[at] = operands(at).any(|node| depends[node]);
    }
    let mut needed = vec![false; table.rows.len()];
    needed[output] = depends[output];
    for at in (variable..=output).rev().filter(|&at| depends[at]) {
        if needed[at] {
            operands(at).filter(|&node| depends[node]).for_each(|node| needed[node] = true);
        }
    }
    needed
}
