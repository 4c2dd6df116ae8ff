//! What an operation on tensors is: a value, and a pullback that says how its upstream gradient flows on.

use super::elementwise::absent;
use super::record::{Recorded, Slot, TensorAdjoint};
use crate::array::strided::{Layout, scatter_add};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tape::Index;
use chainrule_kernels::product::Onto;
use std::borrow::Cow;
use std::fmt;

/// A differentiable operation on `N` tensors.
///
/// Its user records it with [`Tape::record`](crate::Tape::record); there is no other door, and the operations of this
/// library use the same one. An operation that was written for every [`Element`] also runs on dual numbers, and so has second
/// derivatives.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule::{Element, Op, Pool, Sink};
///
/// /// y = x³, elementwise.
/// #[derive(Clone)]
/// struct Cube;
/// impl<T: Element> Op<T, 1> for Cube {
///     const NAME: &'static str = "cube";
///     fn forward(&mut self, [x]: [&Tensor<T>; 1], _: &Pool<T>) -> Tensor<T> {
///         x * x * x
///     }
///     fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
///         into.add(0, |_| x * x * T::literal(3.0) * upstream);
///     }
/// }
///
/// let tape = TensorTape::new();
/// let x = tape.var(Tensor::from([1.0, 2.0]));
/// let g = tape.record(Cube, [x]).sum().backward();
/// assert_eq!(g.of(x).to_vec(), [3.0, 12.0]);
/// check_op(Cube, [Tensor::from([0.5, -2.0])]).assert_ok();
/// ```
pub trait Op<T: Element, const N: usize>: Send + 'static {
    /// What tables, graphs and errors call it, in lower case: `"matmul"`.
    const NAME: &'static str;

    /// The value. What the pullback will need beside operands and value, the operation keeps in itself.
    ///
    /// It must not record on a tape. `pool` lends buffers; the result should come from it.
    ///
    /// # Panics
    /// Where the shapes do not fit, with the operation, the shapes, the axis and what to do about it.
    #[track_caller]
    fn forward(&mut self, operands: [&Tensor<T>; N], pool: &Pool<T>) -> Tensor<T>;

    /// The chain rule: given the gradient `upstream` of the result `value`, adds `local derivative * upstream` for every
    /// operand that wants it.
    fn pullback(&self, operands: [&Tensor<T>; N], value: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>);

    /// Gives what the operation keeps in itself back to the pool.
    fn forget(&mut self, _pool: &Pool<T>) {}

    /// At how many elements the operation stands at a kink, a jump or a pole: what [`Tape::kinks`](crate::Tape::kinks) lists. Asked on
    /// traced tapes only.
    fn kinks(&self, _operands: [&Tensor<T>; N]) -> usize {
        0
    }

    /// The name with the operation's parameters, as tables show it: `softmax(1)`.
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::NAME)
    }
}

/// An operation on any number of tensors. Everything else is as in [`Op`].
pub trait OpOfMany<T: Element>: Send + 'static {
    /// See [`Op::NAME`].
    const NAME: &'static str;

    /// See [`Op::forward`].
    #[track_caller]
    fn forward(&mut self, operands: &[&Tensor<T>], pool: &Pool<T>) -> Tensor<T>;

    /// See [`Op::pullback`].
    fn pullback(&self, operands: &[&Tensor<T>], value: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>);

    /// See [`Op::forget`].
    fn forget(&mut self, _pool: &Pool<T>) {}

    /// See [`Op::kinks`].
    fn kinks(&self, _operands: &[&Tensor<T>]) -> usize {
        0
    }

    /// See [`Op::name`].
    fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::NAME)
    }
}

/// The value of an operation without a tape.
#[track_caller]
pub(crate) fn evaluate<T: Element, O: Op<T, N>, const N: usize>(mut op: O, operands: [&Tensor<T>; N]) -> Tensor<T> {
    op.forward(operands, &Pool::default())
}

/// Where a pullback puts its answers: operands that want no gradient are skipped, broadcasting is undone, and contributions
/// are gathered in place.
pub struct Sink<'a, T: Element> {
    pub(super) operation: &'a dyn Recorded<T>,
    pub(super) slots: &'a [Slot<T>],
    pub(super) parents: &'a [Index],
    pub(super) adjoints: &'a mut [TensorAdjoint<T>],
    /// Whether negative zero in the upstream gradient stands for "nothing contributed".
    pub(super) knows_absence: bool,
    pub(super) pool: &'a Pool<T>,
}

impl<T: Element> fmt::Debug for Sink<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").field("operands", &self.parents.len()).finish_non_exhaustive()
    }
}

impl<'a, T: Element> Sink<'a, T> {
    /// Whether operand `operand` wants a gradient.
    pub fn wants(&self, operand: usize) -> bool {
        self.slots[self.parents[operand] as usize].wants
    }

    /// Whether negative zero in the upstream gradient stands for "nothing contributed": see
    /// [`absent`](super::elementwise::absent).
    pub(crate) fn knows_absence(&self) -> bool {
        self.knows_absence
    }

    /// From here on it does: this operation does not take some elements.
    pub(crate) fn mark_absence(&mut self) {
        self.knows_absence = true;
    }

    /// The gradient of an element that nothing contributes to.
    pub(crate) fn nothing(&self) -> T {
        if self.knows_absence { absent() } else { T::zero() }
    }

    /// Lends buffers for intermediate results.
    pub fn pool(&self) -> &'a Pool<T> {
        self.pool
    }

    /// Adds a gradient by operand `operand`, which is only computed when it is wanted. It may have the shape of the
    /// operand, or one that the operand was broadcast to: then it is summed over the axes that were repeated.
    ///
    /// # Panics
    /// When the gradient has another shape than these.
    pub fn add(&mut self, operand: usize, gradient: impl FnOnce(&Pool<T>) -> Tensor<T>) {
        if !self.wants(operand) {
            return;
        }
        let gradient = gradient(self.pool);
        let shape = self.slots[self.parents[operand] as usize].value().shape();
        let gradient = if gradient.shape() == shape { gradient } else { self.unbroadcast(operand, gradient, shape) };
        self.adjoints[self.parents[operand] as usize].gather(gradient, self.knows_absence, self.pool);
    }

    /// Adds a gradient by operand `operand` by writing it straight into the buffer where it is gathered: `write` gets the
    /// elements in the operand's shape and is told to overwrite them ([`Onto::Fresh`]) or to add to them ([`Onto::Sum`]).
    pub fn accumulate(&mut self, operand: usize, write: impl FnOnce(&mut [T], Onto)) {
        if self.wants(operand) {
            let parent = self.parents[operand] as usize;
            self.adjoints[parent].accumulate(self.slots[parent].value(), self.knows_absence, self.pool, write);
        }
    }

    /// The sum over the axes along which an operand of this shape was repeated.
    #[cold]
    fn unbroadcast(&self, operand: usize, gradient: Tensor<T>, shape: &Shape) -> Tensor<T> {
        let whole = gradient.shape().clone();
        assert!(
            shape.broadcast(&whole).as_ref() == Some(&whole),
            "{}: the pullback gave a gradient of shape {whole} by operand {operand}, whose shape is {shape}",
            self.operation.name()
        );
        let sum = self.pool.filled(shape, |sum| {
            sum.fill(self.nothing());
            scatter_add(&whole, gradient.as_slice(), &Layout::broadcast(shape, &whole), sum);
        });
        self.pool.give(gradient);
        sum
    }
}
