//! The mean of each window of an image.

use super::max_pool2d::Pool2d;
use super::pooling::{Covered, Plan};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use std::borrow::Cow;

/// `y` is the mean of each window's pixels, channel by channel; each pixel gets its share of `ȳ`, `ȳ / count`. Padding does not
/// count: at a border, the mean is that of the pixels within the image, as in TensorFlow and Keras; other libraries count zeros.
#[derive(Clone, Copy, Debug)]
pub struct AvgPool2d(Pool2d);

impl<T: Element> Op<T, 1> for AvgPool2d {
    const NAME: &'static str = "avg_pool2d";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let plan = Plan::new("avg_pool2d", self.0, x.shape());
        let x = x.as_slice();
        pool.filled(plan.shape(), |y| {
            plan.by_pieces(y, false, |plan, y, [image, _]| T::loops(|| means(plan, &x[image..], y)));
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let plan = Plan::new("avg_pool2d", self.0, x.shape());
        let upstream = upstream.as_slice();
        into.accumulate(0, |sum, onto| {
            plan.by_pieces(sum, true, |plan, sum, [_, result]| {
                if onto == Onto::Fresh {
                    sum.fill(nothing);
                }
                T::loops(|| give_shares(plan, &upstream[result..], sum));
            });
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(self.0.text("avg_pool2d"))
    }
}

#[inline(always)]
fn means<T: Element>(plan: Plan, x: &[T], y: &mut [T]) {
    plan.each(|at, covered: Covered| {
        let y = &mut y[at..at + plan.channels];
        y.fill(T::zero());
        for from in covered.pixels() {
            y.iter_mut().zip(&x[from..]).for_each(|(y, &x)| *y += x);
        }
        let count = T::literal(covered.count() as f64);
        for y in y {
            *y /= count;
        }
    });
}

/// Each pixel of a window gets an equal share.
#[inline(always)]
fn give_shares<T: Element>(plan: Plan, upstream: &[T], sum: &mut [T]) {
    plan.each(|at, covered: Covered| {
        let upstream = &upstream[at..at + plan.channels];
        let count = T::literal(covered.count() as f64);
        for from in covered.pixels() {
            let sum = sum[from..].iter_mut().zip(upstream);
            sum.for_each(|(sum, &upstream)| *sum += upstream / count);
        }
    });
}

methods! {
    /// The mean of each window that slides over images, `[images, height, width, channels]`, channel by channel;
    /// [`Pool2d`] holds size, stride and padding. Padding does not count: at a border the mean is that of the pixels within the
    /// image.
    ///
    /// Each pixel of a window gets an equal share of the upstream gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::Pool2d;
    /// let image = Tensor::from([[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 5.0]]).reshape([1, 2, 4, 1]);
    /// assert_eq!(image.avg_pool2d(Pool2d::new(2)).to_vec(), [2.5, 1.25]);
    /// ```
    ///
    /// # Panics
    /// When there are not four axes, images are empty or smaller than a window, or the padding is not smaller than one.
    fn avg_pool2d(x; options: Pool2d) => AvgPool2d(options);
}

#[cfg(test)]
use super::checking::{Case, Checks};
#[cfg(test)]
use super::max_pool2d::{naive, random};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (options, sides, shape) = random(draw)?;
        let x = draw.tensor(&shape);
        Some(Case::new(AvgPool2d(options), [x], move |[x]| {
            naive(x, options, sides, |pixels| pixels.iter().sum::<f64>() / pixels.len() as f64)
        }))
    });
}

#[cfg(test)]
mod tests {
    use super::Pool2d;
    use crate::prelude::*;

    #[test]
    fn padding_does_not_count() {
        let x = Tensor::<f64>::ones([1, 3, 3, 2]);
        assert_eq!(x.avg_pool2d(Pool2d::new(3).stride(1).padding(1)), Tensor::ones([1, 3, 3, 2]));
        assert_eq!(x.avg_pool2d(Pool2d::new(2).same()), Tensor::ones([1, 2, 2, 2]));
    }

    #[test]
    fn nan_spreads_to_its_windows() {
        let x = Tensor::new([1, 1, 3, 1], vec![f64::NAN, 1.0, 3.0]);
        let y = x.avg_pool2d(Pool2d::new([1, 2]).stride(1));
        assert!(y.at(&[0, 0, 0, 0]).is_nan() && y.at(&[0, 0, 1, 0]) == 2.0);
    }

    #[test]
    #[should_panic(expected = "avg_pool2d: the operand has shape [4, 4]; images have four axes")]
    fn images_have_four_axes() {
        let _ = Tensor::<f64>::zeros([4, 4]).avg_pool2d(Pool2d::new(2));
    }
}
