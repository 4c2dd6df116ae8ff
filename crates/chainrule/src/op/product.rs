//! Products over axes.

use crate::array::shape::Shape;
use crate::array::strided::{Layout, walk};
use crate::array::{Axes, AxisSet, Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;

/// `y = Π x` over some axes; the gradient by each element is the product of the others, times upstream. The product of nothing
/// is 1.
///
/// Nothing is divided: the product of those before an element meets the product of those after it. So zeros are exact, also in
/// second order: at [2, 0, 3, 4] the gradient is [0, 24, 0, 0], and with two zeros all 0.
#[derive(Clone, Debug)]
pub struct Product(AxisSet);

impl<T: Element> Op<T, 1> for Product {
    const NAME: &'static str = "prod";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let reduction = self.0.reduce("prod", x.shape());
        let mut product = pool.full(&reduction.result, T::one());
        multiply(x, &reduction.kept, product.as_mut_slice(), |_, _| {});
        product
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let kept = self.0.reduce("prod", x.shape()).kept;
        let pool = into.pool();
        into.accumulate(0, |sum, onto| {
            // going forward, the product of the elements before each
            let mut before = pool.scratch(x.shape());
            let mut running = pool.full([upstream.len()], T::one());
            let prefixes = before.as_mut_slice();
            multiply(x, &kept, running.as_mut_slice(), |at, product| prefixes[at] = product);
            // going back, the gradient by that product: upstream times the elements after it
            running.as_mut_slice().copy_from_slice(upstream.as_slice());
            multiply_back(x, &kept, running.as_mut_slice(), |at, gradient| {
                let share = prefixes[at].chain(gradient);
                sum[at] = if onto == Onto::Fresh { share } else { sum[at] + share };
            });
            pool.give(before);
            pool.give(running);
        });
    }
}

/// Multiplies every element onto its product, and shows the product of those before it to `see`.
#[inline(always)]
fn multiply<T: Element>(x: &Tensor<T>, kept: &Shape, products: &mut [T], mut see: impl FnMut(usize, T)) {
    let elements = x.as_slice();
    walk(x.shape(), [&Layout::dense(x.shape()), &Layout::broadcast(kept, x.shape())], |run| {
        for i in 0..run.length {
            let (at, product) = (run.place(0, i), &mut products[run.place(1, i)]);
            see(at, *product);
            *product *= elements[at];
        }
    });
}

/// From the last element to the first: shows the gradient by each running product to `see`, and hands it on to the one before.
#[inline(always)]
fn multiply_back<T: Element>(x: &Tensor<T>, kept: &Shape, gradients: &mut [T], mut see: impl FnMut(usize, T)) {
    let (elements, shape) = (x.as_slice(), x.shape());
    let layouts = [Layout::dense(shape), Layout::broadcast(kept, shape)].map(|layout| reversed(shape, layout));
    walk(shape, layouts.each_ref(), |run| {
        for i in 0..run.length {
            let (at, gradient) = (run.place(0, i), &mut gradients[run.place(1, i)]);
            see(at, *gradient);
            *gradient = elements[at].chain(*gradient);
        }
    });
}

/// The same elements from the last to the first.
fn reversed(shape: &Shape, mut layout: Layout) -> Layout {
    for (step, &size) in layout.steps.iter_mut().zip(shape.iter()) {
        // an axis without elements is never walked
        layout.start += size.saturating_sub(1) * step.unsigned_abs();
        *step = -*step;
    }
    layout
}

methods! {
    /// The product of all elements, a single number; 1 for none.
    ///
    /// Its gradient by each element is the product of the others, exact also where some are 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let tape = TensorTape::new();
    /// let x = tape.var(Tensor::from([2.0, 0.0, 3.0, 4.0]));
    /// assert_eq!(x.prod().backward().of(x).to_vec(), [0.0, 24.0, 0.0, 0.0]);
    /// ```
    fn prod(x) => Product(AxisSet::new(..));

    /// The product over some axes: `1`, `[0, -1]`, `..`, or [`keepdims`](crate::keepdims) of these; 1 along axes without
    /// elements.
    ///
    /// Its gradient by each element is the product of the others, times upstream, exact also where some are 0.
    ///
    /// # Panics
    /// When an axis does not exist, or is named twice.
    fn prod_along(x; axes: impl Axes) => Product(AxisSet::new(axes));
}

#[cfg(test)]
use super::{
    along::plain,
    checking::{Case, Checks},
};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let mut x = draw.tensor(draw.shape());
        if draw.flag() {
            for element in x.as_mut_slice() {
                *element = if draw.below(6) == 0 { 0.0 } else { *element };
            }
        }
        let axes = plain::axes(draw, x.shape());
        Case::new(Product(axes.clone()), [x], move |[x]| plain::reduce(x, &axes, |group| group.iter().product()))
    });
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;

    fn gradient(x: [f64; 4]) -> Vec<f64> {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from(x));
        x.prod().backward().of(x).to_vec()
    }

    #[test]
    fn zeros_are_exact() {
        assert_eq!(gradient([2.0, 0.0, 3.0, 4.0]), [0.0, 24.0, 0.0, 0.0]);
        assert_eq!(gradient([2.0, 0.0, 0.0, 4.0]), [0.0; 4]);
    }

    #[test]
    fn zeros_are_exact_in_second_order() {
        // of wxyz at [2, 0, 3, 4], along x and z: the slopes xyz, wyz, wxz and wxy change by yz + xy, wy, wz + wx and wy
        let tape = Tape::new();
        let moved = [(2.0, 0.0), (0.0, 1.0), (3.0, 0.0), (4.0, 1.0)].map(|(x, v)| Dual::new(x, v));
        let x = tape.var(Tensor::from(moved));
        let curvature = x.prod().backward().of(x).map(|slope| slope.epsilon);
        assert_eq!(curvature.to_vec(), [12.0, 6.0, 8.0, 6.0]);
        // two zeros: only the second derivative by both is not 0
        let tape = Tape::new();
        let x = tape.var(Tensor::from([(2.0, 0.0), (0.0, 1.0), (0.0, 0.0)].map(|(x, v)| Dual::new(x, v))));
        let curvature = x.prod().backward().of(x).map(|slope| slope.epsilon);
        assert_eq!(curvature.to_vec(), [0.0, 0.0, 2.0]);
    }

    #[test]
    fn the_product_of_nothing_is_1() {
        assert_eq!(Tensor::<f32>::zeros([0, 2]).prod_along(0).to_vec(), [1.0, 1.0]);
        assert!(Tensor::from([2.0, f64::NAN, 0.0]).prod().item().is_nan());
    }

    #[test]
    fn an_element_that_counts_nothing_stops_an_infinite_upstream() {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::from([0.0, 3.0]));
        // the slope of the root is infinite at 0, and that of the product by the second element 0
        assert_eq!(x.prod().sqrt().backward().of(x).to_vec(), [f64::INFINITY, 0.0]);
    }

    #[test]
    #[should_panic(expected = "prod: there is no axis 0 in a single number (shape [])")]
    fn a_missing_axis_is_named() {
        let _ = Tensor::scalar(1.0).prod_along(0);
    }
}
