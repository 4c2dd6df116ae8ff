//! Products and sums named by the labels of axes.

mod contraction;

use crate::array::{Element, Pool, Shape, Tensor};
use crate::tape::Var;
use crate::tensor::{Op, Sink, evaluate, record};
use chainrule_kernels::product::Onto;
use contraction::{Labelled, Term, add, contract};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::fmt;

/// `y[result] = Σ a[first] b[second]`, summed over the labels that the result lacks. The gradient by `a` is
/// `Σ ȳ[result] b[second]`, summed over the labels that `a` lacks and repeated along those that it alone has; by `b` alike.
///
/// Labels of both operands and the result are a batch, those of one operand and the result are rows or columns, those of
/// both operands alone are the inner axis of a matrix product, which a library computes. Axes are only brought into another
/// order where steps cannot say it.
#[derive(Clone, Debug)]
pub struct Einsum {
    operands: SmallVec<[Labels; 2]>,
    result: Labels,
}

type Labels = SmallVec<[u8; 6]>;

impl Einsum {
    /// The operation that an equation such as `ij,jk->ik` names: a letter for each axis of one or two operands, and after
    /// the arrow those of the result.
    ///
    /// # Panics
    /// When the equation is not of this form.
    #[track_caller]
    pub fn new(equation: &str) -> Self {
        let Some((left, right)) = equation.split_once("->") else {
            panic!(
                "einsum: the equation `{equation}` names no result; write its labels after `->`, as in `ij,jk->ik`, and \
                 nothing there for a single number"
            )
        };
        let mut operands = SmallVec::new();
        for labels in left.split(',') {
            operands.push(parse(equation, labels));
        }
        let given = operands.len();
        assert!(
            given <= 2,
            "einsum: the equation `{equation}` has {given} operands, and there may be one or two: take the product of more \
             step by step"
        );
        let result = parse(equation, right);
        for (place, label) in result.iter().enumerate() {
            let name = char::from(*label);
            assert!(
                !result[..place].contains(label),
                "einsum: the result of the equation `{equation}` names `{name}` twice"
            );
            assert!(
                operands.iter().any(|operand: &Labels| operand.contains(label)),
                "einsum: the result of the equation `{equation}` names `{name}`, which no operand has"
            );
        }
        Self { operands, result }
    }

    /// The shape of the result.
    #[track_caller]
    fn shape(&self, operands: &[&Shape]) -> Shape {
        assert!(
            operands.len() == self.operands.len(),
            "einsum: the equation `{self}` has {} operands, but {} were given",
            self.operands.len(),
            operands.len()
        );
        let mut sizes: SmallVec<[(u8, usize, usize); 12]> = SmallVec::new();
        for (place, (labels, shape)) in self.operands.iter().zip(operands).enumerate() {
            assert!(
                labels.len() == shape.len(),
                "einsum: operand {place} has shape {shape}, but the equation `{self}` names {} axes for it",
                labels.len()
            );
            for (&label, &size) in labels.iter().zip(shape.iter()) {
                match sizes.iter().find(|known| known.0 == label) {
                    None => sizes.push((label, size, place)),
                    Some(&(_, known, first)) => assert!(
                        known == size,
                        "einsum: in the equation `{self}` the axis `{}` has size {known} in operand {first}, of shape {}, \
                         and size {size} in operand {place}, of shape {shape}; sizes of the same label must be equal",
                        char::from(label),
                        operands[first]
                    ),
                }
            }
        }
        let size = |label: &u8| sizes.iter().find(|known| known.0 == *label).map_or(1, |known| known.1);
        Shape::new(self.result.iter().map(size))
    }

    fn labelled(&self, operand: usize, shape: &Shape) -> Labelled {
        Labelled::new(&self.operands[operand], shape)
    }
}

/// The labels of one operand.
#[track_caller]
fn parse(equation: &str, labels: &str) -> Labels {
    let mut parsed = Labels::new();
    for label in labels.chars().filter(|label| !label.is_whitespace()) {
        assert!(
            label.is_ascii_alphabetic(),
            "einsum: `{label}` in the equation `{equation}` is no label; labels are letters, one for each axis"
        );
        parsed.push(label as u8);
    }
    parsed
}

impl fmt::Display for Einsum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |labels: &Labels| labels.iter().map(|&label| char::from(label)).collect::<String>();
        for (place, labels) in self.operands.iter().enumerate() {
            write!(f, "{}{}", if place > 0 { "," } else { "" }, text(labels))?;
        }
        write!(f, "->{}", text(&self.result))
    }
}

impl<T: Element> Op<T, 1> for Einsum {
    const NAME: &'static str = "einsum";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let shape = self.shape(&[x.shape()]);
        let (from, to) = (self.labelled(0, x.shape()), Labelled::new(&self.result, &shape));
        pool.filled(shape, |y| {
            y.fill(T::zero());
            add(Term { elements: x.as_slice(), axes: &from }, y, &to);
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (to, from) = (self.labelled(0, x.shape()), Labelled::new(&self.result, y.shape()));
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(T::zero());
            }
            add(Term { elements: upstream.as_slice(), axes: &from }, sum, &to);
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("einsum({self})"))
    }
}

impl<T: Element> Op<T, 2> for Einsum {
    const NAME: &'static str = "einsum";

    #[track_caller]
    fn forward(&mut self, [a, b]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let shape = self.shape(&[a.shape(), b.shape()]);
        let (first, second) = (self.labelled(0, a.shape()), self.labelled(1, b.shape()));
        let to = Labelled::new(&self.result, &shape);
        let a = Term { elements: a.as_slice(), axes: &first };
        let b = Term { elements: b.as_slice(), axes: &second };
        pool.filled(shape, |y| contract(a, b, y, &to, Onto::Fresh, pool))
    }

    fn pullback(&self, [a, b]: [&Tensor<T>; 2], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (first, second) = (self.labelled(0, a.shape()), self.labelled(1, b.shape()));
        let from = Labelled::new(&self.result, y.shape());
        let upstream = Term { elements: upstream.as_slice(), axes: &from };
        let pool = into.pool();
        into.accumulate(0, |sum, onto| {
            contract(upstream, Term { elements: b.as_slice(), axes: &second }, sum, &first, onto, pool);
        });
        into.accumulate(1, |sum, onto| {
            contract(Term { elements: a.as_slice(), axes: &first }, upstream, sum, &second, onto, pool);
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("einsum({self})"))
    }
}

impl<T: Element> Tensor<T> {
    /// The sum of products that an equation names: `ij,jk->ik` is the matrix product, `ij->ji` the transpose, `ii->` the
    /// trace. One or two operands, a letter for each of their axes, and after the arrow those of the result; what the
    /// result lacks is summed over, and a letter that an operand has twice is its diagonal.
    ///
    /// The gradient by each operand is that of such an equation again.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(Tensor::einsum("ij,kj->ik", [&a, &a]), a.matmul(&a.transpose()));
    /// assert_eq!(Tensor::einsum("ii->", [&a]).item(), 5.0);
    /// ```
    ///
    /// # Panics
    /// When the equation is not of this form, or does not fit the operands.
    #[must_use]
    #[track_caller]
    pub fn einsum<'a>(equation: &str, operands: impl AsRef<[&'a Self]>) -> Self {
        let operation = Einsum::new(equation);
        match *operands.as_ref() {
            [x] => evaluate(operation, [x]),
            [a, b] => evaluate(operation, [a, b]),
            ref others => wrong_count(&operation, others.len()),
        }
    }
}

impl<T: Element> Var<'_, Tensor<T>> {
    /// [`Tensor::einsum`] on variables: `Var::einsum("ij,jk->ik", [a, b])`.
    ///
    /// # Panics
    /// As there.
    #[must_use]
    #[track_caller]
    pub fn einsum(equation: &str, operands: impl AsRef<[Self]>) -> Self {
        let operation = Einsum::new(equation);
        match *operands.as_ref() {
            [x] => record(operation, [x]),
            [a, b] => record(operation, [a, b]),
            ref others => wrong_count(&operation, others.len()),
        }
    }
}

#[track_caller]
fn wrong_count(operation: &Einsum, given: usize) -> ! {
    panic!("einsum: the equation `{operation}` has {} operands, but {given} were given", operation.operands.len())
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw, each_index, from_index};

/// Random labels from `abcd`, and the shape that they give.
#[cfg(test)]
fn labels(draw: &mut Draw, sizes: [usize; 4], most: usize) -> (String, Shape) {
    let chosen: Vec<usize> = (0..draw.below(most + 1)).map(|_| draw.below(4)).collect();
    let text = chosen.iter().map(|&label| ["a", "b", "c", "d"][label]).collect();
    (text, Shape::new(chosen.iter().map(|&label| sizes[label])))
}

/// The sum by its definition: over every value of every label.
#[cfg(test)]
fn naive(equation: &str, sizes: [usize; 4], operands: &[&Tensor<f64>]) -> Tensor<f64> {
    let (left, right) = equation.split_once("->").unwrap();
    let used: Vec<char> = "abcd".chars().filter(|&label| left.contains(label)).collect();
    let size = |label: &char| sizes["abcd".find(*label).unwrap()];
    let summed: Vec<char> = used.iter().copied().filter(|&label| !right.contains(label)).collect();
    let result = Shape::new(right.chars().map(|label| size(&label)));
    from_index(&result, |place| {
        let mut total = 0.0;
        each_index(&Shape::new(summed.iter().map(size)), |other| {
            let value = |label: char| match right.find(label) {
                Some(at) => place[at],
                None => other[summed.iter().position(|&summed| summed == label).unwrap()],
            };
            let mut product = 1.0;
            for (labels, operand) in left.split(',').zip(operands) {
                product *= operand.at(&labels.chars().map(value).collect::<Vec<_>>());
            }
            total += product;
        });
        total
    })
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    for two in [false, true] {
        check.each(move |draw| {
            let sizes = [draw.below(4), draw.below(3), 1 + draw.below(3), 1 + draw.below(2)];
            let ((first, a_shape), (second, b_shape)) = (labels(draw, sizes, 4), labels(draw, sizes, 3));
            let left = if two { format!("{first},{second}") } else { first };
            let order = draw.permutation(4).into_iter().map(|label| ["a", "b", "c", "d"][label]);
            let result: String = order.filter(|label| left.contains(label) && draw.below(3) > 0).collect();
            let equation = format!("{left}->{result}");
            let operation = Einsum::new(&equation);
            let (a, b) = (draw.tensor(&a_shape), draw.tensor(&b_shape));
            if two {
                Case::new(operation, [a, b], move |operands| naive(&equation, sizes, &operands))
            } else {
                Case::new(operation, [a], move |operands| naive(&equation, sizes, &operands))
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn equations_that_everybody_knows() {
        let a = Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3]);
        let b = Tensor::arange(1.0, 13.0, 1.0).reshape([3, 4]);
        assert_eq!(Tensor::einsum("ij,jk->ik", [&a, &b]), a.matmul(&b));
        assert_eq!(Tensor::einsum("ij,jk->ki", [&a, &b]), a.matmul(&b).transpose());
        assert_eq!(Tensor::einsum(" i j -> j ", [&a]), a.sum_along(0));
        let rows = Tensor::arange(0.0, 24.0, 1.0).reshape([2, 3, 4]);
        assert_eq!(Tensor::einsum("bij,bkj->bik", [&rows, &rows]), rows.matmul(rows.transpose()));
        // numpy.einsum("bhqd,bkhd->bhqk", x, y) is attention's first product, with heads in another place
        let (q, k) = (rows.reshape([1, 2, 3, 4]), rows.reshape([1, 3, 2, 4]));
        let scores = Tensor::einsum("bhqd,bkhd->bhqk", [&q, &k]);
        assert_eq!(scores, q.matmul(k.permute([0, 2, 3, 1])));
    }

    #[test]
    fn on_a_tape() {
        let tape = TensorTape::new();
        let a = tape.var(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
        let trace = Var::einsum("ii->", [a]);
        assert_eq!(trace.backward().of(a).to_vec(), [1.0, 0.0, 0.0, 1.0]);
        let square = Var::einsum("ij,ij->", [a, a]);
        assert_eq!((square.item(), square.backward().of(a).to_vec()), (30.0, vec![2.0, 4.0, 6.0, 8.0]));
    }

    macro_rules! refused {
        ($($test:ident: $equation:literal $shapes:expr, $words:literal;)*) => { $(
            #[test]
            #[should_panic(expected = $words)]
            fn $test() {
                let operands: Vec<Tensor<f64>> = $shapes.iter().map(|shape: &&[usize]| Tensor::zeros(*shape)).collect();
                let _ = Tensor::einsum($equation, operands.iter().collect::<Vec<_>>());
            }
        )* };
    }
    refused! {
        sizes_must_agree: "ij,jk->ik" [&[2, 3][..], &[4, 5]], "the axis `j` has size 3 in operand 0, of shape [2, 3], and \
            size 4 in operand 1, of shape [4, 5]";
        diagonals_must_be_square: "ii->i" [&[2, 3][..]], "the axis `i` has size 2 in operand 0";
        axes_must_be_named: "ij->i" [&[2, 3, 4][..]], "operand 0 has shape [2, 3, 4], but the equation `ij->i` names 2 axes";
        operands_must_be_there: "ij,jk->ik" [&[2, 3][..]], "the equation `ij,jk->ik` has 2 operands, but 1 were given";
        three_are_too_many: "i,i,i->i" [&[2][..]], "has 3 operands";
        the_result_must_be_named: "ij,jk" [&[2, 3][..]], "the equation `ij,jk` names no result";
        the_result_has_no_diagonal: "i->ii" [&[2][..]], "names `i` twice";
        the_result_comes_from_operands: "i->j" [&[2][..]], "names `j`, which no operand has";
        labels_are_letters: "...i->i" [&[2][..]], "`.` in the equation `...i->i` is no label";
    }
}
