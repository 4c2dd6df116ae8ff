//! Convolutions of images with a bias, rectified.

use super::conv2d::Conv2d;
use super::conv2d_bias::Conv2dBias;
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use std::borrow::Cow;

/// `y = max(0, x * w + b)`: [`Conv2dBias`] and [`Relu`](crate::rule::Relu) as one operation.
///
/// Each stretch of the convolution is rectified in its place while it is in the cache, and only the result is kept: where it is above 0,
/// the gradient flows on. The gradient before the rectifier exists for a stretch at a time. Values and gradients are those of the two
/// operations to the last bit.
#[derive(Clone, Copy, Debug)]
pub struct Conv2dRelu(Conv2dBias);

impl<T: Element> Op<T, 3> for Conv2dRelu {
    const NAME: &'static str = "conv2d_relu";

    #[track_caller]
    fn forward(&mut self, operands: [&Tensor<T>; 3], pool: &Pool<T>) -> Tensor<T> {
        self.0.value("conv2d_relu", operands, true, pool)
    }

    fn pullback(
        &self,
        [x, kernel, _]: [&Tensor<T>; 3],
        value: &Tensor<T>,
        upstream: &Tensor<T>,
        into: &mut Sink<'_, T>,
    ) {
        self.0.pull([x, kernel], Some(value), upstream, into);
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(self.0.text("conv2d_relu"))
    }
}

methods! {
    /// `x.conv2d_bias(kernel, bias, options).relu()` as one operation: a layer with a rectifier.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::Conv2d;
    /// let images = Tensor::<f32>::ones([8, 28, 28, 1]);
    /// let y = images.conv2d_relu(Tensor::ones([3, 3, 1, 2]), Tensor::from([0.5, -10.0]), Conv2d::new());
    /// assert_eq!((y.at(&[0, 0, 0, 0]), y.at(&[0, 0, 0, 1])), (9.5, 0.0));
    /// ```
    ///
    /// # Panics
    /// As [`conv2d_bias`](Self::conv2d_bias).
    fn conv2d_relu(x, kernel, bias; options: Conv2d) => Conv2dRelu(Conv2dBias::new(options));
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
        let op = Conv2dRelu(Conv2dBias::new(options));
        Some(Case::new(op, [x, kernel, bias], move |[x, kernel, bias]| {
            (naive(&options, sides, x, kernel) + bias).map(|y| y.max(0.0))
        }))
    });
}

#[cfg(test)]
mod tests {
    use super::Conv2d;
    use crate::prelude::*;

    /// A value and the gradients by images, kernel and bias.
    fn outcome(
        operands: &[Tensor<f32>; 3],
        f: impl for<'t> Fn([Var<'t, Tensor<f32>>; 3]) -> Var<'t, Tensor<f32>>,
    ) -> [Tensor<f32>; 4] {
        let tape = Tape::new();
        let variables = operands.each_ref().map(|operand| tape.var(operand.clone()));
        let y = f(variables);
        let seed = y.value().map(|y| 1.0 + y.cos());
        let [x, kernel, bias] = y.backward_seeded(seed).of_all(variables);
        [y.value(), x, kernel, bias]
    }

    #[test]
    fn one_operation_is_the_two_to_the_last_bit() {
        let cases = [
            // several pieces of several stretches, the last of each smaller
            ([19, 20, 21, 8], [3, 3, 8, 24], Conv2d::new()),
            ([5, 28, 28, 1], [3, 3, 1, 16], Conv2d::new().same().stride([2, 1])),
            ([3, 9, 9, 6], [2, 3, 3, 4], Conv2d::new().groups(2).padding(1).dilation(2)),
            ([9, 30, 31, 16], [3, 3, 1, 16], Conv2d::new().groups(16)),
            ([9, 30, 31, 16], [1, 1, 16, 24], Conv2d::new()),
            ([0, 9, 9, 2], [3, 3, 2, 4], Conv2d::new()),
        ];
        for (seed, (x, kernel, options)) in cases.into_iter().enumerate() {
            let draw = |shape: &[usize], more| Tensor::<f32>::uniform(shape, -1.0, 1.0, seed as u64 + more);
            let operands = [draw(&x, 0), draw(&kernel, 10), draw(&kernel[3..], 20)];
            let plain = outcome(&operands, |[x, kernel, bias]| x.conv2d_bias(kernel, bias, options).relu());
            assert_eq!(outcome(&operands, |[x, kernel, bias]| x.conv2d_relu(kernel, bias, options)), plain);
        }
    }

    #[test]
    fn nan_comes_through() {
        let one = |x: f64| Tensor::new([1, 1, 1, 1], vec![x]);
        assert!(one(f64::NAN).conv2d_relu(one(1.0), Tensor::from([0.0]), Conv2d::new()).item().is_nan());
    }

    #[test]
    #[should_panic(expected = "conv2d_relu: the kernel has shape [1, 1, 1, 8] and the bias [1, 8]; the bias needs one number")]
    fn the_bias_must_fit() {
        let x = Tensor::<f64>::zeros([1, 4, 4, 1]);
        let _ = x.conv2d_relu(Tensor::zeros([1, 1, 1, 8]), Tensor::zeros([1, 8]), Conv2d::new());
    }
}
