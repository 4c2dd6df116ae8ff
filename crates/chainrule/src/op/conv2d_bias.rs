//! Convolutions of images, and a bias.

use super::conv2d::{Around, Back, Conv2d, Plan};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use std::borrow::Cow;

/// [`Conv2d`] and one number for each filter: `y = x * w + b`. Gradients by images and kernel are those of the convolution, and the
/// sum of the pixels of `ȳ` by the bias. The bias is added to a stretch of the convolution while that is in the cache.
#[derive(Clone, Copy, Debug)]
pub struct Conv2dBias(Conv2d);

impl Conv2dBias {
    pub(super) const fn new(options: Conv2d) -> Self {
        Self(options)
    }

    /// The convolution, rectified or not.
    #[track_caller]
    pub(super) fn value<T: Element>(
        &self,
        operation: &str,
        [x, kernel, bias]: [&Tensor<T>; 3],
        rectified: bool,
        pool: &Pool<T>,
    ) -> Tensor<T> {
        let plan = Plan::new(&self.0, x.shape(), kernel.shape());
        let filters = kernel.shape()[3];
        assert!(
            *bias.shape() == [filters],
            "{operation}: the kernel has shape {} and the bias {}; the bias needs one number for each filter: shape [{filters}]",
            kernel.shape(),
            bias.shape()
        );
        let around = Around { bias: Some(bias.as_slice()), rectified };
        pool.filled(plan.shape(), |y| plan.write([x.as_slice(), kernel.as_slice()], around, y, pool))
    }

    /// The gradients; of a rectified convolution where its result is given.
    pub(super) fn pull<T: Element>(
        &self,
        [x, kernel]: [&Tensor<T>; 2],
        rectified: Option<&Tensor<T>>,
        upstream: &Tensor<T>,
        into: &mut Sink<'_, T>,
    ) {
        let plan = Plan::new(&self.0, x.shape(), kernel.shape());
        Back { plan, x, kernel, biased: true, rectified, upstream }.pull(into);
    }

    pub(super) fn text(&self, operation: &str) -> String {
        self.0.text(operation)
    }
}

impl<T: Element> Op<T, 3> for Conv2dBias {
    const NAME: &'static str = "conv2d_bias";

    #[track_caller]
    fn forward(&mut self, operands: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        self.value("conv2d_bias", operands, false, pool)
    }

    fn pullback(
        &self,
        [x, kernel, _]: [&Tensor<T>; 3],
        _: &Tensor<T>,
        upstream: &Tensor<T>,
        into: &mut Sink<'_, T>,
    ) {
        self.pull([x, kernel], None, upstream, into);
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(self.text("conv2d_bias"))
    }
}

methods! {
    /// [`conv2d`](Self::conv2d) with a bias of shape `[filters]`, one number that is added to each pixel of a filter's result: what
    /// a layer computes, without a pass over the images for the sum.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::Conv2d;
    /// let images = Tensor::<f32>::ones([8, 28, 28, 1]);
    /// let y = images.conv2d_bias(Tensor::ones([3, 3, 1, 2]), Tensor::from([0.0, 0.5]), Conv2d::new());
    /// assert_eq!((y.at(&[0, 0, 0, 0]), y.at(&[0, 0, 0, 1])), (9.0, 9.5));
    /// ```
    ///
    /// # Panics
    /// As [`conv2d`](Self::conv2d), and when the bias is not of this shape.
    fn conv2d_bias(x, kernel, bias; options: Conv2d) => Conv2dBias(options);
}

#[cfg(test)]
use super::checking::{Case, Checks};
#[cfg(test)]
use super::conv2d::{naive, random};

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (options, sides, [x, kernel]) = random(draw)?;
        let bias = draw.tensor([kernel.shape()[3]]);
        let operands = [x, kernel, bias];
        Some(Case::new(Conv2dBias(options), operands, move |[x, kernel, bias]| naive(&options, sides, x, kernel) + bias))
    });
}

#[cfg(test)]
mod tests {
    use super::Conv2d;
    use crate::prelude::*;

    #[test]
    #[should_panic(expected = "conv2d_bias: the kernel has shape [1, 1, 1, 8] and the bias [1, 8]; the bias needs one number")]
    fn the_bias_must_fit() {
        let x = Tensor::<f64>::zeros([1, 4, 4, 1]);
        let _ = x.conv2d_bias(Tensor::zeros([1, 1, 1, 8]), Tensor::zeros([1, 8]), Conv2d::new());
    }
}
