//! What a tape of tensors keeps, and how it is swept.

use super::contract::{Op, OpOfMany, Sink};
use crate::array::{Element, Pool, Tensor};
use crate::tape::{Adjoint, Fate, Index, Record};
use chainrule_kernels::product::Onto;
use smallvec::SmallVec;
use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell, RefMut};
use std::fmt;
use std::ops::Range;

/// An operation as the tape keeps it: its type forgotten, but for the recovery of its box.
pub(super) trait Recorded<T: Element>: Any + Send {
    fn name(&self) -> Cow<'static, str>;
    fn kinks(&self, operands: &[&Tensor<T>]) -> usize;
    fn forget(&mut self, pool: &Pool<T>);
    fn pull_back(&self, operands: &[&Tensor<T>], value: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>);
}

/// An operation on a fixed number of operands.
pub(super) struct Fixed<O, const N: usize>(pub(super) O);

impl<T: Element, O: Op<T, N>, const N: usize> Recorded<T> for Fixed<O, N> {
    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }
    fn kinks(&self, operands: &[&Tensor<T>]) -> usize {
        self.0.kinks(operands.try_into().expect("as many operands as were recorded"))
    }
    fn forget(&mut self, pool: &Pool<T>) {
        self.0.forget(pool);
    }
    fn pull_back(&self, operands: &[&Tensor<T>], value: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let operands = operands.try_into().expect("as many operands as were recorded");
        self.0.pullback(operands, value, upstream, into);
    }
}

/// An operation on any number of operands.
pub(super) struct Many<O>(pub(super) O);

impl<T: Element, O: OpOfMany<T>> Recorded<T> for Many<O> {
    fn name(&self) -> Cow<'static, str> {
        self.0.name()
    }
    fn kinks(&self, operands: &[&Tensor<T>]) -> usize {
        self.0.kinks(operands)
    }
    fn forget(&mut self, pool: &Pool<T>) {
        self.0.forget(pool);
    }
    fn pull_back(&self, operands: &[&Tensor<T>], value: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        self.0.pullback(operands, value, upstream, into);
    }
}

/// A place for one node. It outlives the node: the next turn of a loop finds the box of its operation and the list of its
/// parents here, and uses them again where the types agree.
pub(super) struct Slot<T: Element> {
    value: Option<Tensor<T>>,
    /// Of this node if it was computed and wants a gradient; else of an earlier turn.
    operation: Option<Box<dyn Recorded<T>>>,
    parents: SmallVec<[Index; 3]>,
    /// Whether a gradient by this node is of use: it is a variable, or depends on one.
    pub(super) wants: bool,
    /// Whether its gradient may be asked for.
    kept: bool,
    /// Whether the value was computed here, so that its buffer may be used again.
    computed: bool,
}

impl<T: Element> Slot<T> {
    fn empty() -> Self {
        Self { value: None, operation: None, parents: SmallVec::new(), wants: false, kept: false, computed: false }
    }

    /// Whether the operation that stands here is this node's.
    fn has_operation(&self) -> bool {
        self.computed && self.wants
    }

    pub(super) fn value(&self) -> &Tensor<T> {
        self.value.as_ref().expect("a node below the length of its tape has a value")
    }
}

/// The nodes of a tape of tensors, and the buffers that they use again.
pub struct Tensors<T: Element> {
    slots: RefCell<Vec<Slot<T>>>,
    length: Cell<usize>,
    pub(super) pool: Pool<T>,
    /// The seed of most sweeps.
    one: Tensor<T>,
}

impl<T: Element> Default for Tensors<T> {
    fn default() -> Self {
        Self { slots: RefCell::default(), length: Cell::new(0), pool: Pool::default(), one: Tensor::scalar(T::one()) }
    }
}

impl<T: Element> fmt::Debug for Tensors<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tensors").field("nodes", &self.length.get()).finish_non_exhaustive()
    }
}

impl<T: Element> Record for Tensors<T> {
    type Node = Index;

    fn len(&self) -> usize {
        self.length.get()
    }

    fn clear(&mut self) {
        let length = self.length.replace(0);
        let slots = &mut self.slots.get_mut()[..length];
        // first what was given: a constant may share the buffer of a value that was computed here
        for slot in slots.iter_mut().filter(|slot| !slot.computed) {
            slot.value = None;
        }
        for slot in slots {
            if slot.has_operation()
                && let Some(operation) = &mut slot.operation
            {
                operation.forget(&self.pool);
            }
            if let Some(value) = slot.value.take()
                && slot.computed
            {
                self.pool.give(value);
            }
        }
        self.pool.turn();
    }

    fn leading_variables(&self) -> usize {
        0
    }

    fn visit_back(&self, nodes: Range<usize>, mut visit: impl FnMut(usize, Index)) {
        for at in nodes.rev() {
            visit(at, index(at));
        }
    }

    fn wants_care(&self) -> bool {
        false
    }
}

#[inline]
fn index(place: usize) -> Index {
    Index::try_from(place).expect("a tape of tensors has fewer than 2^32 nodes")
}

impl<T: Element> Tensors<T> {
    /// The number 1, shared.
    pub(super) fn one(&self) -> Tensor<T> {
        self.one.clone()
    }

    /// Some tensor, where one must stand until it is replaced.
    pub(super) fn placeholder(&self) -> &Tensor<T> {
        &self.one
    }

    /// The values of all nodes, to be looked at. Meanwhile nothing can be recorded.
    pub(super) fn values(&self) -> Values<'_, T> {
        Values(self.slots.borrow())
    }

    /// The value of a node; its elements are shared, not copied.
    pub(super) fn value(&self, at: Index) -> Tensor<T> {
        self.slots.borrow()[at as usize].value().clone()
    }

    /// The operation that made a node and its operand, where the operation was kept and is of this type.
    pub(super) fn made_by<O: Op<T, 1> + Clone>(&self, at: Index) -> Option<(O, Index)> {
        let slots = self.slots.borrow();
        let slot = &slots[at as usize];
        let operation: &dyn Any = slot.operation.as_deref().filter(|_| slot.has_operation())?;
        operation.downcast_ref::<Fixed<O, 1>>().map(|Fixed(operation)| (operation.clone(), slot.parents[0]))
    }

    pub(super) fn is_kept(&self, at: Index) -> bool {
        self.slots.borrow()[at as usize].kept
    }

    pub(super) fn wants(&self, at: Index) -> bool {
        self.slots.borrow()[at as usize].wants
    }

    /// From now on, the gradient by a node may be asked for.
    pub(super) fn keep(&self, at: Index) {
        let slot = &mut self.slots.borrow_mut()[at as usize];
        slot.kept = slot.wants;
    }

    /// A variable, or a constant.
    pub(super) fn leaf(&self, value: Tensor<T>, wants: bool) -> Index {
        let (at, mut slots) = self.next();
        let slot = &mut slots[at as usize];
        slot.value = Some(value);
        slot.parents.clear();
        (slot.wants, slot.kept, slot.computed) = (wants, wants, false);
        at
    }

    /// A number among tensors, as a constant without axes.
    pub(super) fn number(&self, value: T) -> Index {
        let number = self.pool.full([], value);
        let (at, mut slots) = self.next();
        let slot = &mut slots[at as usize];
        slot.value = Some(number);
        slot.parents.clear();
        (slot.wants, slot.kept, slot.computed) = (false, false, true);
        at
    }

    /// The result of an operation. The operation itself is kept only if a gradient will flow through it.
    pub(super) fn operation<R: Recorded<T>>(
        &self,
        operation: R,
        parents: &[Index],
        value: Tensor<T>,
        keep: bool,
    ) -> Index {
        let (at, mut slots) = self.next();
        let wants = parents.iter().any(|&parent| slots[parent as usize].wants);
        let slot = &mut slots[at as usize];
        slot.value = Some(value);
        slot.parents.clear();
        // one by one: for the few that there are, better than two calls that copy memory
        for &parent in parents {
            slot.parents.push(parent);
        }
        (slot.wants, slot.kept, slot.computed) = (wants, wants && keep, true);
        if wants {
            slot.put(operation);
        } else {
            let mut operation = operation;
            operation.forget(&self.pool);
        }
        at
    }

    /// The next place, to be filled.
    #[inline]
    fn next(&self) -> (Index, RefMut<'_, Vec<Slot<T>>>) {
        let at = self.length.get();
        let Ok(mut slots) = self.slots.try_borrow_mut() else {
            panic!(
                "an operation was recorded while another one ran: neither a value nor a pullback may record on the tape that it \
                 belongs to"
            )
        };
        if slots.len() == at {
            slots.push(Slot::empty());
        }
        self.length.set(at + 1);
        (index(at), slots)
    }
}

/// A look at the values of a tape.
pub(super) struct Values<'a, T: Element>(Ref<'a, Vec<Slot<T>>>);

impl<T: Element> Values<'_, T> {
    pub(super) fn of(&self, at: Index) -> &Tensor<T> {
        self.0[at as usize].value()
    }
}

impl<T: Element> Slot<T> {
    /// Keeps an operation, in the box of the one before where that was of the same type.
    fn put<R: Recorded<T>>(&mut self, operation: R) {
        let old = self.operation.as_deref_mut().map(|old| old as &mut dyn Any);
        let same = old.and_then(|old| old.downcast_mut::<R>());
        match same {
            Some(old) => *old = operation,
            None => self.operation = Some(Box::new(operation)),
        }
    }
}

/// As many operands as nearly all operations have.
const FEW: usize = 4;

/// The gradient that has arrived at a node so far.
#[derive(Clone, Debug)]
pub struct TensorAdjoint<T> {
    gradient: Option<Tensor<T>>,
    /// Whether negative zero in it stands for "nothing contributed": see [`absent`](super::elementwise::absent).
    knows_absence: bool,
}

impl<T> Default for TensorAdjoint<T> {
    fn default() -> Self {
        Self { gradient: None, knows_absence: false }
    }
}

impl<T: Element> TensorAdjoint<T> {
    /// Adds a contribution of the node's own shape.
    pub(super) fn gather(&mut self, contribution: Tensor<T>, knows_absence: bool, pool: &Pool<T>) {
        if self.gradient.is_none() {
            self.gradient = Some(contribution);
            self.knows_absence = knows_absence;
            return;
        }
        self.accumulate(&contribution, knows_absence, pool, |sum, _| {
            let x = contribution.as_slice();
            T::loops(|| sum.iter_mut().zip(x).for_each(|(sum, &x)| *sum += x));
        });
        pool.give(contribution);
    }

    /// Has a contribution written into the buffer itself, which has the shape of `node`.
    pub(super) fn accumulate(
        &mut self,
        node: &Tensor<T>,
        knows_absence: bool,
        pool: &Pool<T>,
        write: impl FnOnce(&mut [T], Onto),
    ) {
        self.knows_absence |= knows_absence;
        let (sum, onto) = match &mut self.gradient {
            Some(sum) => {
                if !sum.is_unique() {
                    let mut own = pool.alike(sum);
                    own.as_mut_slice().copy_from_slice(sum.as_slice());
                    pool.give(std::mem::replace(sum, own));
                }
                (sum, Onto::Sum)
            }
            nothing => (nothing.insert(pool.alike(node)), Onto::Fresh),
        };
        write(sum.as_mut_slice(), onto);
    }
}

impl<T: Element> Adjoint<Tensor<T>> for TensorAdjoint<T> {
    const IN_PLACE: bool = true;

    fn nothing() -> Self {
        Self::default()
    }

    fn is_nothing(&self) -> bool {
        self.gradient.is_none()
    }

    fn is_doubtful(&self) -> bool {
        false
    }

    fn seed(&mut self, _: super::Handle<T>, seed: &Tensor<T>) {
        match &mut self.gradient {
            None => self.gradient = Some(seed.clone()),
            Some(sum) => sum.as_mut_slice().iter_mut().zip(seed.as_slice()).for_each(|(sum, &seed)| *sum += seed),
        }
    }

    fn pull_back(record: &Tensors<T>, node: Index, upstream: &Self, parents: &mut [Self]) -> Fate {
        let slots = record.slots.borrow();
        let slot = &slots[node as usize];
        let Self { gradient: Some(upstream), knows_absence } = upstream else { return Fate::HandedOn };
        if let (true, Some(operation)) = (slot.has_operation(), &slot.operation) {
            // an array where it can be: a `SmallVec` is filled more slowly than a small operation runs
            let value = |&parent: &Index| slots[parent as usize].value();
            let (mut few, many): ([&Tensor<T>; FEW], Vec<&Tensor<T>>);
            let operands = match &slot.parents[..] {
                parents if parents.len() > FEW => {
                    many = parents.iter().map(value).collect();
                    &many[..]
                }
                parents => {
                    few = [slot.value(); FEW];
                    few.iter_mut().zip(parents).for_each(|(operand, parent)| *operand = value(parent));
                    &few[..parents.len()]
                }
            };
            let mut into = Sink {
                operation: operation.as_ref(),
                slots: &slots,
                parents: &slot.parents,
                adjoints: parents,
                knows_absence: *knows_absence,
                pool: &record.pool,
            };
            operation.pull_back(operands, slot.value(), upstream, &mut into);
        }
        if slot.kept { Fate::Kept } else { Fate::HandedOn }
    }

    fn arrived(&self) -> Option<Tensor<T>> {
        self.gradient.clone()
    }

    fn discard(self, record: &Tensors<T>) {
        if let Some(gradient) = self.gradient {
            record.pool.give(gradient);
        }
    }
}
