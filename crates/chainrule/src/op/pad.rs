//! A border of a constant.

use crate::array::shape::Shape;
use crate::array::strided::{Layout, gather, walk};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use smallvec::SmallVec;
use std::borrow::Cow;

/// `y[i + before] = x[i]` along each axis, and a constant around it; `x̄` is `ȳ` without the border.
#[derive(Clone, Debug)]
pub struct Pad {
    widths: SmallVec<[(usize, usize); 6]>,
    value: f64,
}

impl Pad {
    /// The shape of the result, and how the result lies beneath `x`.
    #[track_caller]
    fn plan(&self, x: &Shape) -> (Shape, Layout) {
        let widths = &self.widths;
        assert!(
            widths.len() == x.len(),
            "pad: shape {x} has {} axes, but {} widths were given; give one pair (before, after) for each axis, (0, 0) \
             where nothing is added",
            x.len(),
            widths.len()
        );
        let result = Shape::new(x.iter().zip(widths).map(|(&size, &(before, after))| before + size + after));
        let steps = result.steps();
        let start = steps.iter().zip(widths).map(|(step, &(before, _))| before * step.unsigned_abs()).sum();
        (result, Layout { start, steps })
    }
}

impl<T: Element> Op<T, 1> for Pad {
    const NAME: &'static str = "pad";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let (result, layout) = self.plan(x.shape());
        let (shape, x) = (x.shape(), x.as_slice());
        pool.filled(result, |y| {
            y.fill(T::literal(self.value));
            walk(shape, [&Layout::dense(shape), &layout], |run| {
                let [from, to] = run.at;
                let x = &x[from..from + run.length];
                if run.steps[1] == 1 {
                    y[to..to + run.length].copy_from_slice(x);
                } else {
                    x.iter().enumerate().for_each(|(i, &x)| y[run.place(1, i)] = x);
                }
            });
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let (_, layout) = self.plan(x.shape());
        into.accumulate(0, |sum, onto| T::loops(|| gather(x.shape(), upstream.as_slice(), &layout, sum, onto)));
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("pad({:?}, {})", self.widths, self.value))
    }
}

methods! {
    /// A border of `value` around this value: for each axis, how many places come before and after.
    ///
    /// Its gradient is the upstream gradient without the border.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0]]);
    /// assert_eq!(x.pad([(0, 1), (2, 0)], 0.5), Tensor::from([[0.5, 0.5, 1.0, 2.0], [0.5, 0.5, 0.5, 0.5]]));
    /// ```
    ///
    /// # Panics
    /// Unless there is one pair for each axis.
    fn pad(x; widths: impl AsRef<[(usize, usize)]>, value: f64) =>
        Pad { widths: widths.as_ref().iter().copied().collect(), value };
}

#[cfg(test)]
use super::checking::{Case, Checks, broadcast_at, from_index};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        // three axes with borders are enough, and many elements
        let shape = Shape::from(&draw.shape()[..draw.shape().len().min(3)]);
        let x = draw.tensor(&shape);
        let widths: SmallVec<[(usize, usize); 6]> = shape.iter().map(|_| (draw.below(3), draw.below(3))).collect();
        let value = draw.number(-1.0, 1.0);
        Case::new(Pad { widths: widths.clone(), value }, [x], move |[x]| {
            let sizes = x.shape().iter().zip(&widths).map(|(size, (before, after))| size + before + after);
            from_index(&Shape::new(sizes), |index| {
                let place = |axis: usize| index[axis].checked_sub(widths[axis].0).filter(|&i| i < x.shape()[axis]);
                let own: Option<Vec<usize>> = (0..index.len()).map(place).collect();
                own.map_or(value, |own| broadcast_at(x, &own))
            })
        })
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    #[test]
    fn an_infinite_border_does_not_touch_the_gradient() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([3.0]));
        let y = x.pad([(1, 1)], f64::NEG_INFINITY);
        assert_eq!(y.value().to_vec(), [f64::NEG_INFINITY, 3.0, f64::NEG_INFINITY]);
        assert_eq!(y.exp().sum().backward().of(x).to_vec(), [3f64.exp()]);
    }

    #[test]
    #[should_panic(expected = "pad: shape [2, 3] has 2 axes, but 1 widths were given")]
    fn a_width_for_each_axis() {
        let _ = Tensor::<f64>::zeros([2, 3]).pad([(1, 1)], 0.0);
    }
}
