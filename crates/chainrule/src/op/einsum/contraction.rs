//! The sum over products of two operands whose axes have labels, by matrix products.

use crate::array::shape::{Steps, signed};
use crate::array::strided::{Layout, sum, walk};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::op::rows::sum_of_pairs;
use chainrule_kernels::product::{Matrix, Onto};
use smallvec::SmallVec;

#[derive(Clone, Copy)]
struct Axis {
    label: u8,
    size: usize,
    step: usize,
}

type AxisList = SmallVec<[Axis; 6]>;

/// How a tensor lies beneath labels, each of which it has once: an axis that was named twice is a diagonal.
pub(super) struct Labelled(AxisList);

impl Labelled {
    pub(super) fn new(labels: &[u8], shape: &Shape) -> Self {
        let steps = shape.steps();
        let mut axes = AxisList::new();
        for ((&label, &size), step) in labels.iter().zip(shape.iter()).zip(&steps) {
            let step = step.unsigned_abs();
            match axes.iter_mut().find(|axis| axis.label == label) {
                Some(axis) => axis.step += step,
                None => axes.push(Axis { label, size, step }),
            }
        }
        Self(axes)
    }

    /// Axes with these labels and sizes, row-major.
    fn dense<'a>(axes: impl DoubleEndedIterator<Item = &'a Axis>) -> Self {
        let mut step = 1;
        let mut dense = AxisList::new();
        for axis in axes.rev() {
            dense.push(Axis { step, ..*axis });
            step *= axis.size;
        }
        dense.reverse();
        Self(dense)
    }

    fn find(&self, label: u8) -> Option<&Axis> {
        self.0.iter().find(|axis| axis.label == label)
    }

    fn has(&self, axis: &Axis) -> bool {
        self.find(axis.label).is_some()
    }

    fn elements(&self) -> usize {
        self.0.iter().map(|axis| axis.size).product()
    }

    fn shape(&self) -> Shape {
        Shape::new(self.0.iter().map(|axis| axis.size))
    }

    /// The step along each of these axes, 0 where this one is repeated.
    fn beneath(&self, axes: &[Axis]) -> Layout {
        let step = |axis: &Axis| self.find(axis.label).map_or(0, |own| signed(own.step));
        Layout { start: 0, steps: axes.iter().map(step).collect::<Steps>() }
    }

    /// The step along these axes if they can be counted through as one.
    fn joined(&self, axes: &[Axis]) -> Option<usize> {
        let mut joined: Option<Axis> = None;
        for axis in axes.iter().rev().filter(|axis| axis.size != 1) {
            let own = self.find(axis.label)?;
            joined = match joined {
                None => Some(*own),
                Some(inner) if own.step == inner.step * inner.size => {
                    Some(Axis { size: inner.size * own.size, ..inner })
                }
                Some(_) => return None,
            };
        }
        Some(joined.map_or(1, |axis| axis.step))
    }
}

/// Elements beneath labels.
#[derive(Clone, Copy)]
pub(super) struct Term<'a, T> {
    pub(super) elements: &'a [T],
    pub(super) axes: &'a Labelled,
}

/// Adds `source` to `result`: summed over labels that the result lacks, repeated along those that the source lacks.
pub(super) fn add<T: Element>(source: Term<'_, T>, result: &mut [T], to: &Labelled) {
    let mut axes = to.0.clone();
    axes.extend(source.axes.0.iter().filter(|axis| !to.has(axis)).copied());
    let layouts = [&to.beneath(&axes), &source.axes.beneath(&axes)];
    let sizes: SmallVec<[usize; 6]> = axes.iter().map(|axis| axis.size).collect();
    let x = source.elements;
    T::loops(|| {
        walk(&sizes, layouts, |run| {
            let [at, from] = run.at;
            match run.steps {
                [1, 1] => {
                    let both = result[at..at + run.length].iter_mut().zip(&x[from..]);
                    both.for_each(|(result, &x)| *result += x);
                }
                [0, 1] => result[at] += sum(&x[from..from + run.length]),
                _ => (0..run.length).for_each(|i| result[run.place(0, i)] += x[run.place(1, i)]),
            }
        });
    });
}

/// Adds the products element by element, summed over labels that the result lacks.
fn add_products<T: Element>(a: Term<'_, T>, b: Term<'_, T>, result: &mut [T], to: &Labelled) {
    let mut axes = to.0.clone();
    axes.extend(a.axes.0.iter().filter(|axis| !to.has(axis)).copied());
    axes.extend(b.axes.0.iter().filter(|axis| !to.has(axis) && !a.axes.has(axis)).copied());
    let layouts = [&to.beneath(&axes), &a.axes.beneath(&axes), &b.axes.beneath(&axes)];
    let sizes: SmallVec<[usize; 6]> = axes.iter().map(|axis| axis.size).collect();
    let (a, b) = (a.elements, b.elements);
    T::loops(|| {
        walk(&sizes, layouts, |run| {
            let [at, a_at, b_at] = run.at;
            let length = run.length;
            match run.steps {
                [1, 1, 1] => {
                    let factors = a[a_at..].iter().zip(&b[b_at..]);
                    let all = result[at..at + length].iter_mut().zip(factors);
                    all.for_each(|(result, (&a, &b))| *result += a * b);
                }
                [0, 1, 1] => {
                    result[at] += sum_of_pairs(&a[a_at..a_at + length], &b[b_at..b_at + length], |a, b| a * b);
                }
                _ => (0..length).for_each(|i| result[run.place(0, i)] += a[run.place(1, i)] * b[run.place(2, i)]),
            }
        });
    });
}

/// Which part each label plays in a contraction.
struct Plan {
    /// Labels of both operands and the result.
    batch: AxisList,
    /// Labels of the first operand and the result.
    rows: AxisList,
    /// Labels of both operands, summed over.
    inner: AxisList,
    /// Labels of the second operand and the result.
    columns: AxisList,
    /// Whether an operand has labels that nothing else has, over which it is summed alone.
    lonely: [bool; 2],
    /// Whether the result has labels that no operand has, along which it is repeated.
    repeated: bool,
}

impl Plan {
    fn new(a: &Labelled, b: &Labelled, to: &Labelled) -> Self {
        let select = |from: &Labelled, wanted: [bool; 2], others: [&Labelled; 2]| -> AxisList {
            from.0.iter().filter(|axis| others.map(|other| other.has(axis)) == wanted).copied().collect()
        };
        Self {
            batch: select(to, [true, true], [a, b]),
            rows: select(to, [true, false], [a, b]),
            columns: select(to, [false, true], [a, b]),
            inner: select(a, [true, false], [b, to]),
            lonely: [[a, b], [b, a]].map(|[own, other]| !select(own, [false, false], [other, to]).is_empty()),
            repeated: !select(to, [false, false], [a, b]).is_empty(),
        }
    }
}

fn count(axes: &[Axis]) -> usize {
    axes.iter().map(|axis| axis.size).product()
}

/// An operand or a result as a batch of matrices: where it lies, with a step from row to row and from column to column.
struct Batched {
    axes: Labelled,
    row_step: usize,
    column_step: usize,
    /// The elements, where they had to be brought into this order first.
    packed: bool,
}

impl Batched {
    /// The operand as it lies, if its rows and columns can be counted through; else as it will be packed.
    fn new(axes: &Labelled, plan: &Plan, [rows, columns]: [&[Axis]; 2], as_it_lies: bool) -> Self {
        if as_it_lies && let (Some(row_step), Some(column_step)) = (axes.joined(rows), axes.joined(columns)) {
            return Self { axes: Labelled(axes.0.clone()), row_step, column_step, packed: false };
        }
        let axes = Labelled::dense(plan.batch.iter().chain(rows).chain(columns));
        Self { axes, row_step: count(columns), column_step: 1, packed: true }
    }

    /// The elements in the order of the matrices, if they had to be brought into it.
    fn pack<T: Element>(&self, term: Term<'_, T>, pool: &Pool<T>) -> Option<Tensor<T>> {
        self.packed.then(|| {
            pool.filled(self.axes.shape(), |packed| {
                packed.fill(T::zero());
                add(term, packed, &self.axes);
            })
        })
    }

    fn matrix<'a, T>(&self, elements: &'a [T], rows: usize, columns: usize) -> Matrix<'a, T> {
        Matrix { data: elements, rows, columns, row_step: self.row_step, column_step: self.column_step }
    }
}

/// `result = Σ a b`, or added to it: summed over labels that the result lacks, repeated along those that it alone has.
pub(super) fn contract<T: Element>(
    a: Term<'_, T>,
    b: Term<'_, T>,
    result: &mut [T],
    to: &Labelled,
    onto: Onto,
    pool: &Pool<T>,
) {
    let plan = Plan::new(a.axes, b.axes, to);
    let direct = Batched::new(to, &plan, [&plan.rows, &plan.columns], !plan.repeated);
    let upright = !direct.packed && (direct.column_step == 1 || count(&plan.columns) == 1);
    let lying = !direct.packed && (direct.row_step == 1 || count(&plan.rows) == 1);
    let empty = [a.axes, b.axes, to].iter().any(|axes| axes.elements() == 0);
    let dots = count(&plan.rows) == 1 && count(&plan.columns) == 1;
    let whole = (upright || lying) && !dots && !empty && to.elements() == result.len();
    let onto = match onto {
        Onto::Fresh if !whole => {
            result.fill(T::zero());
            Onto::Sum
        }
        onto => onto,
    };
    if empty {
    } else if dots {
        add_products(a, b, result, to);
    } else if upright || lying {
        multiply(&plan, a, b, result, &direct, upright, onto, pool);
    } else {
        let apart = Batched::new(to, &plan, [&plan.rows, &plan.columns], false);
        let product = pool.filled(apart.axes.shape(), |product| {
            multiply(&plan, a, b, product, &apart, true, Onto::Fresh, pool);
        });
        add(Term { elements: product.as_slice(), axes: &apart.axes }, result, to);
        pool.give(product);
    }
}

/// The products of matrices, one for each place of the batch; `upright` if the result has neighbours in a row, else in a
/// column.
#[expect(clippy::too_many_arguments, reason = "two operands, a result, and how they lie")]
fn multiply<T: Element>(
    plan: &Plan,
    a: Term<'_, T>,
    b: Term<'_, T>,
    result: &mut [T],
    direct: &Batched,
    upright: bool,
    onto: Onto,
    pool: &Pool<T>,
) {
    let left = Batched::new(a.axes, plan, [&plan.rows, &plan.inner], !plan.lonely[0]);
    let right = Batched::new(b.axes, plan, [&plan.inner, &plan.columns], !plan.lonely[1]);
    let (packed_a, packed_b) = (left.pack(a, pool), right.pack(b, pool));
    let a = packed_a.as_ref().map_or(a.elements, Tensor::as_slice);
    let b = packed_b.as_ref().map_or(b.elements, Tensor::as_slice);
    let (rows, inner, columns) = (count(&plan.rows), count(&plan.inner), count(&plan.columns));
    let sizes: SmallVec<[usize; 6]> = plan.batch.iter().map(|axis| axis.size).collect();
    let layouts = [&left, &right, direct].map(|batched| batched.axes.beneath(&plan.batch));
    walk(&sizes, layouts.each_ref(), |run| {
        for i in 0..run.length {
            let a = left.matrix(&a[run.place(0, i)..], rows, inner);
            let b = right.matrix(&b[run.place(1, i)..], inner, columns);
            let result = &mut result[run.place(2, i)..];
            if upright {
                // a single row has no step to the next
                let row_step = if rows == 1 { columns } else { direct.row_step };
                T::product(a, b, result, row_step, onto);
            } else {
                let row_step = if columns == 1 { rows } else { direct.column_step };
                T::product(b.transposed(), a.transposed(), result, row_step, onto);
            }
        }
    });
    [packed_a, packed_b].into_iter().flatten().for_each(|packed| pool.give(packed));
}
