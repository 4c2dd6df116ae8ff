//! What a traced tape keeps beside its nodes.

use super::{Index, Tape, Value};
use crate::real::{Real, Rule, Rule2};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::cell::RefCell;
use std::panic::Location;
use std::sync::Arc;

/// One operation of a traced tape.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step<V> {
    /// Its place on the tape; operands come before.
    pub index: usize,
    /// The rule's name with its parameters, as `mul` or `powi(2)`; `var` for a variable.
    pub operation: Cow<'static, str>,
    /// The name given by [`Var::named`](super::Var::named).
    pub name: Option<String>,
    /// The scopes it was recorded in, the outermost first, joined by `/`: see [`Tape::in_scope`].
    pub scope: Option<Arc<str>>,
    /// The result.
    pub value: V,
    /// What it was made from, in the order of the call.
    pub operands: Vec<StepOperand<V>>,
    /// The line of the source that asked for it.
    pub place: &'static Location<'static>,
    /// At how many elements it was evaluated at a kink, a jump or a pole of its rule.
    pub kinks: usize,
}

/// What an operation was made from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepOperand<V> {
    /// The node it came from; `None` for a constant.
    pub node: Option<usize>,
    /// Its value.
    pub value: V,
    /// The local derivative of the operation by it; `None` for a constant.
    pub local: Option<V>,
}

/// An operand as it is kept: local derivatives stand in the nodes already.
#[derive(Clone, Debug)]
pub(crate) struct Kept<V> {
    pub(crate) node: Option<Index>,
    pub(crate) value: V,
}

/// What a traced tape notes of an operation beside its value and operands.
pub(crate) struct Noted {
    /// The name with its parameters.
    pub(crate) operation: Cow<'static, str>,
    /// See [`Step::kinks`].
    pub(crate) kinks: usize,
}

impl Noted {
    /// An operation without kinks.
    pub(crate) fn smooth(operation: impl Into<Cow<'static, str>>) -> Self {
        Self { operation: operation.into(), kinks: 0 }
    }

    /// A rule at `x`.
    pub(crate) fn rule<T: Real>(rule: impl Rule, x: T) -> Self {
        let kinks = x.to_f64().is_some_and(|x| rule.is_kink(x));
        Self { operation: rule.name(), kinks: usize::from(kinks) }
    }

    /// A rule of two arguments.
    pub(crate) fn rule2<T: Real>(rule: impl Rule2, x: T, y: T) -> Self {
        let kinks = x.to_f64().zip(y.to_f64()).is_some_and(|(x, y)| rule.is_kink(x, y));
        Self { operation: rule.name(), kinks: usize::from(kinks) }
    }
}

struct Entry<V> {
    kinks: usize,
    operation: Cow<'static, str>,
    name: Option<String>,
    scope: Option<Arc<str>>,
    value: V,
    operands: SmallVec<[Kept<V>; 2]>,
    place: &'static Location<'static>,
}

/// Names, operands, values and places, one for each node; and the scope that is open.
pub(crate) struct Trace<V> {
    entries: RefCell<Vec<Entry<V>>>,
    scope: RefCell<Option<Arc<str>>>,
}

impl<V> Default for Trace<V> {
    fn default() -> Self {
        Self { entries: RefCell::default(), scope: RefCell::default() }
    }
}

/// A scope that is open until this is dropped, also by a panic.
struct Open<'t, V> {
    trace: &'t Trace<V>,
    before: Option<Arc<str>>,
}

impl<V> Drop for Open<'_, V> {
    fn drop(&mut self) {
        *self.trace.scope.borrow_mut() = self.before.take();
    }
}

impl<V> Trace<V> {
    pub(crate) fn push(
        &self,
        Noted { operation, kinks }: Noted,
        value: V,
        operands: impl IntoIterator<Item = Kept<V>>,
        place: &'static Location<'static>,
    ) {
        let operands = operands.into_iter().collect();
        let scope = self.scope.borrow().clone();
        self.entries.borrow_mut().push(Entry { kinks, operation, name: None, scope, value, operands, place });
    }

    /// Adds an operand to a step: a constant that is part of the operation, and no node.
    pub(crate) fn constant(&self, at: Index, position: usize, value: V) {
        if let Some(entry) = self.entries.borrow_mut().get_mut(at as usize) {
            entry.operands.insert(position, Kept { node: None, value });
        }
    }

    pub(super) fn name(&self, at: Index, name: &str) {
        if let Some(entry) = self.entries.borrow_mut().get_mut(at as usize) {
            entry.name = Some(name.to_owned());
        }
    }

    fn open(&self, name: &str) -> Open<'_, V> {
        let before = self.scope.borrow().clone();
        let path = match &before {
            Some(outer) => format!("{outer}/{name}").into(),
            None => name.into(),
        };
        *self.scope.borrow_mut() = Some(path);
        Open { trace: self, before }
    }

    pub(super) fn clear(&mut self) {
        self.truncate(0);
    }

    /// Forgets what stands behind the first `nodes`.
    pub(crate) fn truncate(&mut self, nodes: usize) {
        self.entries.get_mut().truncate(nodes);
    }
}

impl<V: Value> Tape<V> {
    /// Every operation with its operands, local derivatives, value, name and place, in the order they ran. Empty for a
    /// tape that is not traced.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let (x, y) = (tape.var(2.0).named("x"), tape.var(3.0).named("y"));
    /// let _ = x * y;
    /// let step = &tape.steps()[2];
    /// assert_eq!((step.operation.as_ref(), step.value), ("mul", 6.0));
    /// assert_eq!(step.operands[0].local, Some(3.0)); // by x: y
    /// ```
    pub fn steps(&self) -> Vec<Step<V>> {
        let Some(trace) = self.trace.as_deref() else { return Vec::new() };
        trace.entries.borrow().iter().enumerate().map(|(index, entry)| self.step(index, entry)).collect()
    }

    /// Runs `record`, and notes the scope `name` for every operation that it records on this tape. Scopes within scopes are joined
    /// by `/`. Pictures of large graphs show a scope as one box. Only a traced tape notes scopes; elsewhere `record` is run and
    /// nothing else is done.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = ScalarTape::traced();
    /// let x = tape.var(2.0);
    /// let y = tape.in_scope("model", || tape.in_scope("dense_1", || x * 3.0).tanh());
    /// let scopes: Vec<_> = tape.steps().into_iter().map(|step| step.scope).collect();
    /// assert_eq!(scopes[0], None);
    /// assert_eq!(scopes[1].as_deref(), Some("model/dense_1"));
    /// assert_eq!(scopes[2].as_deref(), Some("model"));
    /// # let _ = y;
    /// ```
    pub fn in_scope<R>(&self, name: &str, record: impl FnOnce() -> R) -> R {
        let _open = self.trace.as_deref().map(|trace| trace.open(name));
        record()
    }

    fn step(&self, index: usize, entry: &Entry<V>) -> Step<V> {
        let at = Index::try_from(index).expect("the tape's nodes are numbered in 32 bits");
        let mut locals = V::locals(self, at).into_iter();
        let operands = entry.operands.iter().map(|kept| StepOperand {
            node: kept.node.map(|node| node as usize),
            value: kept.value.clone(),
            local: kept.node.and_then(|_| locals.next()),
        });
        Step {
            index,
            operation: entry.operation.clone(),
            name: entry.name.clone(),
            scope: entry.scope.clone(),
            value: entry.value.clone(),
            operands: operands.collect(),
            place: entry.place,
            kinks: entry.kinks,
        }
    }
}
