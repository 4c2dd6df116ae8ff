//! Tensors on a tape.
//!
//! A node keeps its value, its parents and its operation; the operation's pullback turns an upstream gradient into gradients
//! of the operands. What a turn of a loop used, the next one uses again: places, boxes of operations, and every buffer.

mod broadcast;
mod contract;
mod curve;
pub(crate) mod elementwise;
mod operators;
mod plain;
mod record;

pub(crate) use contract::evaluate;
pub use contract::{Op, OpOfMany, Sink};
pub use plain::TensorOperand;

use crate::array::{Element, Pool, Shape, Tensor};
use crate::number::Number;
use crate::real::{Rule, Rule2, Rule3};
use crate::tape::{Index, Kept, Node, Noted, Operand, Tape, Value, Var, foreign_tape};
use elementwise::{After, Before, Map, Zip, Zip3};
use record::{Fixed, Many, Recorded, TensorAdjoint, Tensors};
use smallvec::SmallVec;
use std::fmt;
use std::panic::Location;

/// A tape of tensors of `f64`. For other elements write `Tape::<Tensor<f32>>::new()`, or `Tape::new()` where the tensors
/// that it will carry say their type.
pub type TensorTape = Tape<Tensor<f64>>;

/// What a variable of a tape of tensors holds beside its tape: its node; or, without a tape, a number that stands for a
/// tensor without axes.
#[derive(Clone, Copy)]
pub struct Handle<T> {
    index: Index,
    literal: T,
}

impl<'t, T: Element> Var<'t, Tensor<T>> {
    fn node_of(tape: &'t Tape<Tensor<T>>, index: Index) -> Self {
        Self { tape: Some(tape), handle: Handle { index, literal: T::zero() } }
    }

    /// A number beside tensors: it needs no tape, and no gradient flows into it.
    pub fn literal(value: T) -> Self {
        Self { tape: None, handle: Handle { index: 0, literal: value } }
    }

    /// The number, where this is one that needs no tape.
    pub(crate) fn as_literal(self) -> Option<T> {
        self.tape.is_none().then_some(self.handle.literal)
    }

    /// The size along each axis.
    pub fn shape(self) -> Shape {
        match self.tape {
            Some(tape) => tape.record.values().of(self.handle.index).shape().clone(),
            None => Shape::default(),
        }
    }

    /// The one element of this value.
    ///
    /// # Panics
    /// When there are more or fewer.
    #[track_caller]
    pub fn item(self) -> T {
        match self.tape {
            Some(tape) => tape.record.values().of(self.handle.index).item(),
            None => self.handle.literal,
        }
    }

    /// The operation that made this value, and its operand, if it is an operation of type `O` on one operand. An operation is
    /// kept where a gradient will flow through it: a value that depends on constants alone has none.
    ///
    /// This is how a loss finds the logits behind a softmax.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::op::Softmax;
    /// let tape = TensorTape::new();
    /// let logits = tape.var(Tensor::from([1.0, 2.0]));
    /// let (_, operand) = logits.softmax(-1).made_by::<Softmax>().unwrap();
    /// assert_eq!(operand.node(), logits.node());
    /// ```
    pub fn made_by<O: Op<T, 1> + Clone>(self) -> Option<(O, Self)> {
        let tape = self.tape?;
        let (operation, operand) = tape.record.made_by::<O>(self.handle.index)?;
        Some((operation, Self::node_of(tape, operand)))
    }

    /// [`made_by`](Self::made_by) for an elementwise rule, such as [`Sigmoid`](crate::rule::Sigmoid).
    pub fn made_by_rule<R: Rule>(self) -> Option<(R, Self)> {
        self.made_by::<Map<R>>().map(|(Map(rule), operand)| (rule, operand))
    }

    /// The index of this value's node on its tape; none for a number without a tape. [`Tape::node`] finds it again.
    pub fn node(self) -> Option<usize> {
        self.tape.map(|_| self.handle.index as usize)
    }

    /// The index of this value on `tape`, where a number without a tape becomes a constant.
    #[track_caller]
    fn index_on(self, tape: &'t Tape<Tensor<T>>, operation: &str) -> Index {
        match self.tape {
            Some(own) if std::ptr::eq(own, tape) => self.handle.index,
            Some(_) => foreign_tape(operation),
            None if tape.is_traced() => leaf(tape, Tensor::scalar(self.handle.literal), false, Location::caller()),
            None => tape.record.number(self.handle.literal),
        }
    }
}

/// A new variable or constant.
fn leaf<T: Element>(tape: &Tape<Tensor<T>>, value: Tensor<T>, wants: bool, place: &'static Location<'static>) -> Index {
    if let Some(trace) = &tape.trace {
        trace.push(Noted::smooth(if wants { "var" } else { "constant" }), value.clone(), [], place);
    }
    tape.record.leaf(value, wants)
}

/// The tape that the operands stand on; none when all are numbers without one.
fn tape_of<'t, T: Element>(operands: &[Var<'t, Tensor<T>>]) -> Option<&'t Tape<Tensor<T>>> {
    operands.iter().find_map(|operand| operand.tape)
}

impl<T: Element> Tape<Tensor<T>> {
    /// Runs an operation on variables of this tape and remembers it: the door by which the operations of this library
    /// enter, and those of its users.
    ///
    /// # Panics
    /// When the operation does, and when an operand belongs to another tape.
    #[track_caller]
    pub fn record<'t, O: Op<T, N>, const N: usize>(
        &'t self,
        op: O,
        operands: [Var<'t, Tensor<T>>; N],
    ) -> Var<'t, Tensor<T>> {
        let mut op = Fixed(op);
        // not inside a closure, which would hide the caller's line
        let mut indices = [0; N];
        for (index, operand) in indices.iter_mut().zip(operands) {
            *index = operand.index_on(self, O::NAME);
        }
        let value = {
            let values = self.record.values();
            // not by `map`, which is called and not inlined
            let mut operands = [self.record.placeholder(); N];
            for (operand, &index) in operands.iter_mut().zip(&indices) {
                *operand = values.of(index);
            }
            op.0.forward(operands, &self.record.pool)
        };
        self.written(op, &indices, value, Location::caller())
    }

    /// [`record`](Self::record) for an operation on any number of operands.
    ///
    /// # Panics
    /// As [`record`](Self::record).
    #[track_caller]
    pub fn record_many<'t, O: OpOfMany<T>>(&'t self, op: O, operands: &[Var<'t, Tensor<T>>]) -> Var<'t, Tensor<T>> {
        let mut op = Many(op);
        let mut indices: SmallVec<[Index; 8]> = SmallVec::new();
        for operand in operands {
            indices.push(operand.index_on(self, O::NAME));
        }
        let value = {
            let values = self.record.values();
            let operands: SmallVec<[&Tensor<T>; 8]> = indices.iter().map(|&index| values.of(index)).collect();
            op.0.forward(&operands, &self.record.pool)
        };
        self.written(op, &indices, value, Location::caller())
    }

    /// The value that stands at this [node](Var::node).
    ///
    /// # Panics
    /// When the tape is shorter.
    #[track_caller]
    pub fn node(&self, index: usize) -> Var<'_, Tensor<T>> {
        assert!(index < self.len(), "Tape::node: there is no node {index} on a tape of {} nodes", self.len());
        Var::node_of(self, Index::try_from(index).expect("a tape of tensors has fewer than 2^32 nodes"))
    }

    /// The buffers that this tape uses again.
    pub(crate) fn pool(&self) -> &Pool<T> {
        &self.record.pool
    }

    fn written<R: Recorded<T>>(
        &self,
        operation: R,
        parents: &[Index],
        value: Tensor<T>,
        place: &'static Location<'static>,
    ) -> Var<'_, Tensor<T>> {
        if let Some(trace) = &self.trace {
            let kept = parents.iter().map(|&parent| Kept { node: Some(parent), value: self.record.value(parent) });
            let operands: SmallVec<[Tensor<T>; 4]> = parents.iter().map(|&parent| self.record.value(parent)).collect();
            let operands: SmallVec<[&Tensor<T>; 4]> = operands.iter().collect();
            let noted = Noted { operation: operation.name(), kinks: operation.kinks(&operands) };
            trace.push(noted, value.clone(), kept, place);
        }
        Var::node_of(self, self.record.operation(operation, parents, value, self.is_traced()))
    }
}

/// Notes the number in an operation that has one, for tables and pictures.
fn beside<T: Element>(result: Var<'_, Tensor<T>>, position: usize, number: T) -> Var<'_, Tensor<T>> {
    if let Some(trace) = result.tape.and_then(|tape| tape.trace.as_ref()) {
        trace.constant(result.handle.index, position, Tensor::scalar(number));
    }
    result
}

/// Records an operation on the tape that its operands stand on; numbers without a tape are computed at once.
#[track_caller]
pub(crate) fn record<T: Element, O: Op<T, N>, const N: usize>(
    op: O,
    operands: [Var<'_, Tensor<T>>; N],
) -> Var<'_, Tensor<T>> {
    if let Some(tape) = tape_of(&operands) {
        return tape.record(op, operands);
    }
    let values = operands.map(|operand| Tensor::scalar(operand.handle.literal));
    without_a_tape(O::NAME, &evaluate(op, values.each_ref()))
}

/// The result of an operation on numbers alone.
#[track_caller]
fn without_a_tape<'t, T: Element>(operation: &str, value: &Tensor<T>) -> Var<'t, Tensor<T>> {
    assert!(
        value.rank() == 0,
        "{operation}: all operands are plain numbers, but the result is a tensor of shape {}, which needs a tape: \
         put an operand on one with `tape.constant(...)`",
        value.shape()
    );
    Var::literal(value.as_slice()[0])
}

/// The same value as a node of its own.
struct Keep;

impl<T: Element> Op<T, 1> for Keep {
    const NAME: &'static str = "keep";

    fn forward(&mut self, [x]: [&Tensor<T>; 1], _: &Pool<T>) -> Tensor<T> {
        x.clone()
    }

    fn pullback(&self, _: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.add(0, |_| upstream.clone());
    }
}

impl<T: Element> Value for Tensor<T> {
    type Handle = Handle<T>;
    type Record = Tensors<T>;
    type Adjoint = TensorAdjoint<T>;
    type CarefulAdjoint = TensorAdjoint<T>;
    const TELLS_DISCONNECTED: bool = true;

    #[track_caller]
    fn variable(tape: &Tape<Self>, value: Self) -> Var<'_, Self> {
        Var::node_of(tape, leaf(tape, value, true, Location::caller()))
    }

    #[track_caller]
    fn constant(tape: &Tape<Self>, value: Self) -> Var<'_, Self> {
        Var::node_of(tape, leaf(tape, value, false, Location::caller()))
    }

    #[track_caller]
    fn beside(constant: Self, x: Var<'_, Self>) -> Var<'_, Self> {
        match x.tape {
            Some(tape) => Self::constant(tape, constant),
            None => without_a_tape("a constant beside a number", &constant),
        }
    }

    fn value(x: Var<'_, Self>) -> Self {
        match x.tape {
            Some(tape) => tape.record.value(x.handle.index),
            None => Self::scalar(x.handle.literal),
        }
    }

    #[track_caller]
    fn apply<R: Rule>(x: Var<'_, Self>, rule: R) -> Var<'_, Self> {
        const { assert!(!R::PROBES.is_empty(), "a rule must name probes, or nothing could check it") };
        record(Map(rule), [x])
    }

    #[track_caller]
    fn apply2<'t, R: Rule2>(x: Var<'t, Self>, y: Var<'t, Self>, rule: R) -> Var<'t, Self> {
        const { assert!(!R::PROBES.is_empty(), "a rule must name probes, or nothing could check it") };
        match (x.tape, y.tape) {
            (Some(_), None) => beside(record(Before { rule, constant: y.handle.literal }, [x]), 1, y.handle.literal),
            (None, Some(_)) => beside(record(After { rule, constant: x.handle.literal }, [y]), 0, x.handle.literal),
            _ => record(Zip(rule), [x, y]),
        }
    }

    #[track_caller]
    fn apply3<R: Rule3>(arguments: [Var<'_, Self>; 3], rule: R) -> Var<'_, Self> {
        const { assert!(!R::PROBES.is_empty(), "a rule must name probes, or nothing could check it") };
        record(Zip3(rule), arguments)
    }

    #[track_caller]
    fn keep(x: Var<'_, Self>) -> Var<'_, Self> {
        let Some(tape) = x.tape else { return x };
        if Self::node(x) != Node::Folded {
            return x;
        }
        let kept = tape.record(Keep, [x]);
        tape.record.keep(kept.handle.index);
        kept
    }

    fn node(x: Var<'_, Self>) -> Node {
        match x.tape {
            None => Node::Constant,
            Some(tape) if !tape.record.wants(x.handle.index) => Node::Constant,
            Some(tape) if !tape.record.is_kept(x.handle.index) => Node::Folded,
            Some(_) => Node::At(x.handle.index),
        }
    }

    fn top(y: Var<'_, Self>) -> Option<Index> {
        y.tape.filter(|tape| tape.record.wants(y.handle.index)).map(|_| y.handle.index)
    }

    fn place(x: Var<'_, Self>) -> Option<Index> {
        x.tape.map(|_| x.handle.index)
    }

    fn check_seed(output: Var<'_, Self>, seed: &Self) -> Result<(), String> {
        let shape = output.shape();
        if *seed.shape() == shape {
            return Ok(());
        }
        Err(format!(
            "the seed has shape {}, but the output {shape}; a seed is the gradient by the output",
            seed.shape()
        ))
    }

    fn one(output: Var<'_, Self>) -> Result<Self, String> {
        let shape = output.shape();
        if shape.is_empty() {
            let one = output.tape.map(|tape| tape.record.one());
            return Ok(one.unwrap_or_else(|| Self::scalar(<T as num_traits::One>::one())));
        }
        Err(format!(
            "the value has shape {shape}, and a gradient is that of a single number: reduce it, as with `.sum()` or \
             `.mean()`; or give the upstream gradient with `.backward_seeded(seed)`; for all derivatives of all \
             elements, take a jacobian, one seed for each element"
        ))
    }

    fn zero(&self) -> Self {
        Self::new(self.shape(), vec![<T as num_traits::Zero>::zero(); self.len()])
    }

    fn locals(_: &Tape<Self>, _: Index) -> Vec<Self> {
        Vec::new()
    }

    fn contribution(local: &Self, upstream: &Self) -> Self {
        local * upstream
    }
}

impl<T: Element> Number for Var<'_, Tensor<T>> {
    fn literal(value: f64) -> Self {
        Var::literal(T::literal(value))
    }
    #[track_caller]
    fn apply<R: Rule>(self, rule: R) -> Self {
        Value::apply(self, rule)
    }
    #[track_caller]
    fn apply2<R: Rule2>(self, other: Self, rule: R) -> Self {
        Value::apply2(self, other, rule)
    }
    #[track_caller]
    fn apply3<R: Rule3>(self, second: Self, third: Self, rule: R) -> Self {
        Value::apply3([self, second, third], rule)
    }
}

impl<T: Element> fmt::Debug for Var<'_, Tensor<T>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if Value::node(*self) == Node::Constant { "Constant" } else { "Var" };
        write!(f, "{kind}({:?})", self.value())
    }
}

impl<T: Element> fmt::Display for Var<'_, Tensor<T>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}

/// A plain number beside tensors.
impl<'t, T: Element> Operand<'t, Tensor<T>> for T {
    fn beside(self, _: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        Var::literal(self)
    }
}

/// A tensor that is used again, as a constant.
impl<'t, T: Element> Operand<'t, Tensor<T>> for &Tensor<T> {
    #[track_caller]
    fn beside(self, x: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        Value::beside(self.clone(), x)
    }
}
