//! Convolutions of images.

mod backward;
mod depthwise;
mod forward;
mod layout;
mod plan;

use super::window::{HeightWidth, Padding};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
pub(super) use backward::Back;
pub(super) use forward::Around;
pub(super) use plan::Plan;
use std::borrow::Cow;

/// The options of [`conv2d`](Tensor::conv2d), and the operation.
///
/// `y[n, i, j, o] = Σ x[n, i·stride + k·dilation - padding, .., c] w[k, l, c, o]`, over the kernel's rows `k`, columns `l` and
/// the channels `c` of the group of `o`; images are `[images, height, width, channels]`, kernels
/// `[height, width, channels / groups, filters]`.
///
/// The windows of a stretch of the result are laid out as rows of a matrix, which is multiplied by the kernel. Gradients:
/// `w̄` is the transpose of that matrix times `ȳ`, and `x̄` gathers the rows of `ȳ Wᵀ` back from the windows. The windows are
/// laid out again for the pullback rather than kept: a stretch fits the cache, while all windows take as many times the
/// image's memory as the kernel has pixels, and to write them whole was slower than to lay them out twice (measured for 32
/// channels and more). Nothing is laid out for a kernel of one pixel, which is a matrix product, nor for one filter a channel,
/// which is a sum of products of whole rows.
///
/// Threads share the images. Each piece of them has its own sum of the kernel's gradient, and these are added in their order:
/// results do not depend on how many threads there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv2d {
    stride: HeightWidth,
    dilation: HeightWidth,
    padding: Padding,
    groups: usize,
}

impl Default for Conv2d {
    fn default() -> Self {
        Self::new()
    }
}

impl Conv2d {
    /// Stride 1, no padding, no dilation, one group.
    #[must_use]
    pub fn new() -> Self {
        Self { stride: 1.into(), dilation: 1.into(), padding: 0.into(), groups: 1 }
    }

    /// How many pixels lie from one window to the next: a number, or `[height, width]`.
    #[must_use]
    pub fn stride(self, stride: impl Into<HeightWidth>) -> Self {
        Self { stride: stride.into(), ..self }
    }

    /// How many zeros are imagined around each image: a number, `[height, width]`, or `[[top, bottom], [left, right]]`.
    #[must_use]
    pub fn padding(self, padding: impl Into<Padding>) -> Self {
        Self { padding: padding.into(), ..self }
    }

    /// So much padding that the result has the size of the image divided by the stride, rounded up, as in TensorFlow.
    #[must_use]
    pub fn same(self) -> Self {
        Self { padding: Padding::Same, ..self }
    }

    /// From one pixel of a window to the next: a number, or `[height, width]`.
    #[must_use]
    pub fn dilation(self, dilation: impl Into<HeightWidth>) -> Self {
        Self { dilation: dilation.into(), ..self }
    }

    /// Channels and filters are cut into so many groups, and each group of filters sees its group of channels alone. As many
    /// groups as channels make a depthwise convolution.
    #[must_use]
    pub fn groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }

    pub(super) fn text(&self, operation: &str) -> String {
        let Self { stride: HeightWidth(stride), dilation: HeightWidth(dilation), padding, groups } = self;
        format!("{operation}(stride {stride:?}, padding {padding:?}, dilation {dilation:?}, groups {groups})")
    }
}

impl<T: Element> Op<T, 2> for Conv2d {
    const NAME: &'static str = "conv2d";

    #[track_caller]
    fn forward(&mut self, [x, kernel]: [&Tensor<T>; 2], pool: &Pool<T>) -> Tensor<T> {
        let plan = Plan::new(self, x.shape(), kernel.shape());
        let around = Around { bias: None, rectified: false };
        pool.filled(plan.shape(), |y| plan.write([x.as_slice(), kernel.as_slice()], around, y, pool))
    }

    fn pullback(&self, [x, kernel]: [&Tensor<T>; 2], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let plan = Plan::new(self, x.shape(), kernel.shape());
        Back { plan, x, kernel, biased: false, rectified: None, upstream }.pull(into);
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(self.text("conv2d"))
    }
}

methods! {
    /// The convolution of images, `[images, height, width, channels]`, with a kernel,
    /// `[height, width, channels / groups, filters]`: each filter weighs the pixels of a window that slides over the image. As
    /// in all of deep learning, the kernel is not mirrored. [`Conv2d`] holds stride, padding, dilation and groups.
    ///
    /// Its gradient by the kernel sums the windows, each times the upstream gradient of its pixel; by the images, each window
    /// gets back the kernel times that gradient.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::Conv2d;
    /// let images = Tensor::<f32>::ones([8, 28, 28, 1]);
    /// let kernel = Tensor::<f32>::ones([3, 3, 1, 16]);
    /// assert_eq!(*images.conv2d(&kernel, Conv2d::new()).shape(), [8, 26, 26, 16]);
    /// let y = images.conv2d(&kernel, Conv2d::new().stride(2).same());
    /// assert_eq!(*y.shape(), [8, 14, 14, 16]);
    /// assert_eq!(y.at(&[0, 0, 0, 0]), 9.0);
    /// ```
    ///
    /// # Panics
    /// When the shapes are not of this form, the channels differ or cannot be cut into groups, a window is larger than the
    /// padded image, or a stride or dilation is 0.
    fn conv2d(x, kernel; options: Conv2d) => options;
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw, from_index};
#[cfg(test)]
use crate::array::Shape;

/// A convolution, the padding of its two axes, its images and its kernel.
#[cfg(test)]
type Drawn = (Conv2d, [[usize; 2]; 2], [Tensor<f64>; 2]);

/// A random convolution, if the draw makes sense.
#[cfg(test)]
pub(super) fn random(draw: &mut Draw) -> Option<Drawn> {
    let depthwise = draw.below(4) == 0;
    let groups = 1 + draw.below(3);
    let (inputs, filters) = if depthwise { (1, groups) } else { (draw.below(3), groups * draw.below(3)) };
    let mut pair = |low: usize, high: usize| [low + draw.below(high - low + 1), low + draw.below(high - low + 1)];
    let (size, stride, dilation) = (pair(1, 3), pair(1, 2), pair(1, 2));
    let sides = [pair(0, 2), pair(0, 2)];
    let image = pair(1, 5);
    let images = draw.below(3);
    let options = Conv2d::new().stride(stride).dilation(dilation).groups(groups);
    let fits = |axis: usize| sides[axis][0] + image[axis] + sides[axis][1] > (size[axis] - 1) * dilation[axis];
    let (options, sides) = if draw.below(3) == 0 {
        // the formula of TensorFlow's documentation
        let sides = [0, 1].map(|axis| {
            let out = image[axis].div_ceil(stride[axis]);
            let all = ((out - 1) * stride[axis] + (size[axis] - 1) * dilation[axis] + 1).saturating_sub(image[axis]);
            [all / 2, all - all / 2]
        });
        (options.same(), sides)
    } else if fits(0) && fits(1) {
        (options.padding(sides), sides)
    } else {
        return None;
    };
    let x = draw.tensor([images, image[0], image[1], inputs * groups]);
    let kernel = draw.tensor([size[0], size[1], inputs, filters]);
    Some((options, sides, [x, kernel]))
}

/// A convolution by a plain loop.
#[cfg(test)]
pub(super) fn naive(options: &Conv2d, sides: [[usize; 2]; 2], x: &Tensor<f64>, kernel: &Tensor<f64>) -> Tensor<f64> {
    let (&[images, height, width, _], &[rows, columns, inputs, filters]) = (&x.shape()[..], &kernel.shape()[..]) else {
        unreachable!("four axes")
    };
    let Conv2d { stride: HeightWidth(stride), dilation: HeightWidth(dilation), groups, .. } = *options;
    let (image, size) = ([height, width], [rows, columns]);
    let [out_height, out_width] = [0, 1].map(|axis| {
        (sides[axis][0] + image[axis] + sides[axis][1] - (size[axis] - 1) * dilation[axis] - 1) / stride[axis] + 1
    });
    from_index(&Shape::from([images, out_height, out_width, filters]), |index| {
        let &[image, i, j, filter] = index else { unreachable!() };
        let group = filter / (filters / groups);
        let mut sum = 0.0;
        for k in 0..rows {
            for l in 0..columns {
                for channel in 0..inputs {
                    let y = (i * stride[0] + k * dilation[0]).wrapping_sub(sides[0][0]);
                    let z = (j * stride[1] + l * dilation[1]).wrapping_sub(sides[1][0]);
                    if y < height && z < width {
                        let weight = kernel.at(&[k, l, channel, filter]);
                        sum += x.at(&[image, y, z, group * inputs + channel]) * weight;
                    }
                }
            }
        }
        sum
    })
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (options, sides, operands) = random(draw)?;
        Some(Case::new(options, operands, move |[x, kernel]| naive(&options, sides, x, kernel)))
    });
}

#[cfg(test)]
mod tests {
    use super::Conv2d;
    use crate::prelude::*;

    /// Its gradients are added, not written, so the sums must be cleared before.
    #[test]
    fn one_pixel_with_one_filter_for_each_channel() {
        let (x, kernel) = (Tensor::uniform([1, 2, 2, 2], -2.0, 2.0, 1), Tensor::uniform([1, 1, 1, 2], 0.1, 1.0, 2));
        check_op(Conv2d::new().groups(2), [x, kernel]).assert_ok();
    }

    #[test]
    fn the_kernel_is_not_mirrored() {
        let x = Tensor::from([1.0, 2.0, 3.0]).reshape([1, 1, 3, 1]);
        let kernel = Tensor::from([10.0, 1.0]).reshape([1, 2, 1, 1]);
        assert_eq!(x.conv2d(&kernel, Conv2d::new()).to_vec(), [12.0, 23.0]);
        // of an odd padding, TensorFlow puts the larger half behind
        assert_eq!(x.conv2d(&kernel, Conv2d::new().same()).to_vec(), [12.0, 23.0, 30.0]);
    }

    #[test]
    fn stretches_do_not_show() {
        // several stretches, of which the last is shorter
        let (x, kernel) =
            (Tensor::<f64>::normal([3, 33, 31, 5], 0.0, 1.0, 1), Tensor::normal([3, 3, 5, 4], 0.0, 1.0, 2));
        let tape = TensorTape::new();
        let (all, weights) = (tape.var(x.clone()), tape.var(kernel.clone()));
        let options = Conv2d::new().stride([1, 2]).same();
        let y = all.conv2d(weights, options);
        let seed = Tensor::normal(&*y.shape(), 0.0, 1.0, 3);
        let g = y.backward_seeded(seed.clone());
        let mut by_kernel = Tensor::zeros([3, 3, 5, 4]);
        for image in 0..3 {
            let tape = TensorTape::new();
            let (one, weights) = (tape.var(x.rows(image..image + 1)), tape.var(kernel.clone()));
            let z = one.conv2d(weights, options);
            assert_eq!(z.value(), y.value().rows(image..image + 1));
            let own = z.backward_seeded(seed.rows(image..image + 1));
            let apart = (own.of(one) - g.of(all).rows(image..image + 1)).to_vec();
            assert!(apart.iter().all(|apart| apart.abs() < 1e-12));
            by_kernel += own.of(weights);
        }
        assert!((by_kernel - g.of(weights)).to_vec().iter().all(|apart| apart.abs() < 1e-10));
    }

    #[test]
    fn products_keep_ieee() {
        let (x, kernel) = (Tensor::new([1, 1, 1, 1], vec![0.0]), Tensor::new([1, 1, 1, 1], vec![f64::INFINITY]));
        assert!(x.conv2d(&kernel, Conv2d::new()).to_vec()[0].is_nan());
    }

    macro_rules! refused {
        ($($test:ident: $x:expr, $kernel:expr, $options:expr, $words:literal;)*) => { $(
            #[test]
            #[should_panic(expected = $words)]
            fn $test() {
                let _ = Tensor::<f64>::zeros($x).conv2d(Tensor::zeros($kernel), $options);
            }
        )* };
    }
    refused! {
        images_have_four_axes: [4, 4, 1], [1, 1, 1, 1], Conv2d::new(), "conv2d: the operand has shape [4, 4, 1]; images have \
            four axes";
        kernels_have_four_axes: [1, 4, 4, 1], [2, 2, 1], Conv2d::new(), "the kernel has shape [2, 2, 1]";
        channels_must_agree: [1, 4, 4, 3], [2, 2, 1, 8], Conv2d::new(), "the kernel's axis 2 has size 1, and must have 3";
        groups_must_fit: [1, 4, 4, 3], [2, 2, 1, 8], Conv2d::new().groups(3), "3 channels and 8 filters cannot be cut into 3";
        windows_must_fit: [1, 4, 4, 1], [3, 3, 1, 1], Conv2d::new().dilation(2), "images of height 4, 4 with padding, and the \
            window reaches over 5";
        strides_are_positive: [1, 4, 4, 1], [3, 3, 1, 1], Conv2d::new().stride([1, 0]), "along the width, the window has size \
            3, stride 0";
    }
}
