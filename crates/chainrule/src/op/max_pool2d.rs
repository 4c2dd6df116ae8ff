//! The largest of each window of an image.

use super::rows::larger;
use super::pooling::{Covered, Plan, Visit};
use super::window::{HeightWidth, Padding};
use crate::array::{Element, Pool, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use chainrule_kernels::vector::Work;
use std::borrow::Cow;

/// The options of [`max_pool2d`](Tensor::max_pool2d) and [`avg_pool2d`](Tensor::avg_pool2d): the size of a window, from one
/// window to the next (without a word: its size), and padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool2d {
    pub(super) size: HeightWidth,
    pub(super) stride: HeightWidth,
    pub(super) padding: Padding,
}

impl Pool2d {
    /// Windows of this size, a number or `[height, width]`, side by side, without padding.
    #[must_use]
    pub fn new(size: impl Into<HeightWidth>) -> Self {
        let size = size.into();
        Self { size, stride: size, padding: 0.into() }
    }

    /// How many pixels lie from one window to the next: a number, or `[height, width]`.
    #[must_use]
    pub fn stride(self, stride: impl Into<HeightWidth>) -> Self {
        Self { stride: stride.into(), ..self }
    }

    /// How many pixels are imagined around each image, which never count: a number, `[height, width]`, or
    /// `[[top, bottom], [left, right]]`. Less than a window on each side.
    #[must_use]
    pub fn padding(self, padding: impl Into<Padding>) -> Self {
        Self { padding: padding.into(), ..self }
    }

    /// So much padding that the result has the size of the image divided by the stride, rounded up, as in TensorFlow.
    #[must_use]
    pub fn same(self) -> Self {
        Self { padding: Padding::Same, ..self }
    }

    pub(super) fn text(self, operation: &str) -> String {
        let Self { size: HeightWidth(size), stride: HeightWidth(stride), padding } = self;
        format!("{operation}({size:?}, stride {stride:?}, padding {padding:?})")
    }
}

/// `y` is the largest pixel of each window, channel by channel; `ȳ` flows to that pixel alone, of equal ones to the first in
/// reading order. Padding counts as minus infinity. NaN is larger than anything.
///
/// The pullback looks for the largest pixel again: many channels are compared at once, which no list of places allows.
#[derive(Clone, Copy, Debug)]
pub struct MaxPool2d(Pool2d);

impl<T: Element> Op<T, 1> for MaxPool2d {
    const NAME: &'static str = "max_pool2d";

    #[track_caller]
    fn forward(&mut self, [x]: [&Tensor<T>; 1], pool: &Pool<T>) -> Tensor<T> {
        let plan = Plan::new("max_pool2d", self.0, x.shape());
        let x = x.as_slice();
        pool.filled(plan.shape(), |y| {
            plan.by_pieces(y, false, |plan, y, [image, _]| T::loops(Look { plan, x: &x[image..], y }));
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let plan = Plan::new("max_pool2d", self.0, x.shape());
        let (x, y, upstream) = (x.as_slice(), y.as_slice(), upstream.as_slice());
        into.accumulate(0, |sum, onto| {
            plan.by_pieces(sum, true, |plan, sum, [image, result]| {
                let (x, y, upstream) = (&x[image..], &y[result..], &upstream[result..]);
                if onto == Onto::Fresh {
                    sum.fill(nothing);
                }
                T::loops(Pull { plan, x, y, upstream, sum, nothing });
            });
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(self.0.text("max_pool2d"))
    }
}

/// Calls a function for all channels of a window, as many at once as fit into registers.
macro_rules! each_tile {
    ($channels:expr, $work:ident::<$T:ident>$arguments:tt) => {{
        let (channels, mut channel) = ($channels, 0);
        each_tile!(@ channels, channel, 16, $work::<$T>$arguments);
        each_tile!(@ channels, channel, 4, $work::<$T>$arguments);
        each_tile!(@ channels, channel, 1, $work::<$T>$arguments);
    }};
    (@ $channels:ident, $channel:ident, $size:literal, $work:ident::<$T:ident>($($argument:expr),*)) => {
        while $channels - $channel >= $size {
            $work::<$T, $size>($channel, $($argument),*);
            $channel += $size;
        }
    };
}

/// Some channels of a pixel.
#[inline(always)]
fn tile<T: Copy, const N: usize>(x: &[T], at: usize) -> [T; N] {
    std::array::from_fn(|i| x[at..at + N][i])
}

/// The forward loops. Structs and not closures, so that they are sure to be compiled for wide vectors.
struct Look<'a, T> {
    plan: Plan,
    x: &'a [T],
    y: &'a mut [T],
}

impl<T: Element> Work for Look<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let plan = self.plan;
        plan.each(self);
    }
}

impl<T: Element> Visit for Look<'_, T> {
    #[inline(always)]
    fn visit(&mut self, at: usize, covered: Covered) {
        let channels = covered.channels;
        let y = &mut self.y[at..at + channels];
        each_tile!(channels, look::<T>(self.x, y, covered));
    }
}

/// The largest pixel, for `N` channels.
#[inline(always)]
fn look<T: Element, const N: usize>(channel: usize, x: &[T], y: &mut [T], covered: Covered) {
    let mut best: [T; N] = tile(x, covered.start + channel);
    for row in 0..covered.rows {
        let start = covered.start + row * covered.line + channel;
        for column in 0..covered.columns {
            let pixel: [T; N] = tile(x, start + column * covered.channels);
            best.iter_mut().zip(pixel).for_each(|(best, pixel)| *best = larger(*best, pixel));
        }
    }
    y[channel..channel + N].copy_from_slice(&best);
}

/// The pullback's loops.
struct Pull<'a, T> {
    plan: Plan,
    x: &'a [T],
    y: &'a [T],
    upstream: &'a [T],
    sum: &'a mut [T],
    nothing: T,
}

impl<T: Element> Work for Pull<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let plan = self.plan;
        plan.each(self);
    }
}

impl<T: Element> Visit for Pull<'_, T> {
    #[inline(always)]
    fn visit(&mut self, at: usize, covered: Covered) {
        let results = [&self.y[at..], &self.upstream[at..]];
        each_tile!(covered.channels, give::<T>(self.x, results, self.sum, covered, self.nothing));
    }
}

/// Gives `N` channels' gradient to the first pixel that is the largest. Without branches, so that channels are compared many at once.
#[inline(always)]
fn give<T: Element, const N: usize>(
    channel: usize,
    x: &[T],
    [y, upstream]: [&[T]; 2],
    sum: &mut [T],
    covered: Covered,
    nothing: T,
) {
    let y: [T; N] = tile(y, channel);
    // what has not found its pixel yet
    let mut left: [T; N] = tile(upstream, channel);
    for row in 0..covered.rows {
        let start = covered.start + row * covered.line + channel;
        for column in 0..covered.columns {
            let at = start + column * covered.channels;
            let pixel: [T; N] = tile(x, at);
            let sum = &mut sum[at..at + N];
            for i in 0..N {
                let found = (pixel[i] == y[i]) | (pixel[i].is_nan() & y[i].is_nan());
                sum[i] += if found { left[i] } else { nothing };
                left[i] = if found { nothing } else { left[i] };
            }
        }
    }
}

methods! {
    /// The largest pixel of each window that slides over images, `[images, height, width, channels]`, channel by channel;
    /// [`Pool2d`] holds size, stride and padding. Padding never wins; NaN does.
    ///
    /// The gradient flows to the largest pixel alone, of equal ones to the first in reading order.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// use chainrule::Pool2d;
    /// let image = Tensor::from([[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 5.0]]).reshape([1, 2, 4, 1]);
    /// assert_eq!(image.max_pool2d(Pool2d::new(2)).to_vec(), [4.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// When there are not four axes, images are empty or smaller than a window, or the padding is not smaller than one.
    fn max_pool2d(x; options: Pool2d) => MaxPool2d(options);
}

#[cfg(test)]
use super::checking::{Case, Checks, Draw, from_index};
#[cfg(test)]
use crate::array::Shape;

/// Random windows, and random images that they fit on.
#[cfg(test)]
pub(super) fn random(draw: &mut Draw) -> Option<(Pool2d, [[usize; 2]; 2], Shape)> {
    let mut pair = |low: usize, high: usize| [low + draw.below(high - low + 1), low + draw.below(high - low + 1)];
    let (size, stride, [height, width]) = (pair(1, 3), pair(1, 3), pair(1, 5));
    let sides = [pair(0, size[0] - 1), pair(0, size[1] - 1)];
    let shape = Shape::from([draw.below(3), height, width, draw.below(4)]);
    let options = Pool2d::new(size).stride(stride);
    if draw.below(3) == 0 {
        // the formula of TensorFlow's documentation
        let sides = [0, 1].map(|axis| {
            let image = shape[1 + axis];
            let all = ((image.div_ceil(stride[axis]) - 1) * stride[axis] + size[axis]).saturating_sub(image);
            [all / 2, all - all / 2]
        });
        return Some((options.same(), sides, shape));
    }
    let fits = (0..2).all(|axis| sides[axis][0] + shape[1 + axis] + sides[axis][1] >= size[axis]);
    fits.then_some((options.padding(sides), sides, shape))
}

/// What `reduce` makes of the pixels of each window, by the definition.
#[cfg(test)]
pub(super) fn naive(
    x: &Tensor<f64>,
    options: Pool2d,
    sides: [[usize; 2]; 2],
    reduce: fn(&[f64]) -> f64,
) -> Tensor<f64> {
    let (HeightWidth(size), HeightWidth(stride)) = (options.size, options.stride);
    let count = |axis: usize| (sides[axis][0] + x.shape()[1 + axis] + sides[axis][1] - size[axis]) / stride[axis] + 1;
    let shape = Shape::from([x.shape()[0], count(0), count(1), x.shape()[3]]);
    from_index(&shape, |index| {
        let mut pixels = Vec::new();
        for k in 0..size[0] {
            for l in 0..size[1] {
                let row = (index[1] * stride[0] + k).wrapping_sub(sides[0][0]);
                let column = (index[2] * stride[1] + l).wrapping_sub(sides[1][0]);
                pixels.extend(x.get(&[index[0], row, column, index[3]]));
            }
        }
        reduce(&pixels)
    })
}

#[cfg(test)]
pub(super) fn checks(check: &mut Checks) {
    check.each(|draw| {
        let (options, sides, shape) = random(draw)?;
        let x = draw.tensor(&shape);
        Some(Case::new(MaxPool2d(options), [x], move |[x]| {
            naive(x, options, sides, |pixels| pixels.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        }))
    });
}

#[cfg(test)]
mod tests {
    use super::Pool2d;
    use crate::prelude::*;

    /// Value and gradient by one row of pixels.
    fn both(x: &[f64], options: Pool2d) -> [Vec<f64>; 2] {
        let tape = TensorTape::new();
        let x = tape.var(Tensor::new([1, 1, x.len(), 1], x.to_vec()));
        let y = x.max_pool2d(options);
        [y.value().to_vec(), y.sum().backward().of(x).to_vec()]
    }

    #[test]
    fn of_equal_pixels_the_first_wins() {
        assert_eq!(both(&[2.0, 2.0, 2.0], Pool2d::new([1, 2]).stride(1)), [vec![2.0, 2.0], vec![1.0, 1.0, 0.0]]);
        let none = f64::NEG_INFINITY;
        assert_eq!(both(&[none, none], Pool2d::new([1, 2])), [vec![none], vec![1.0, 0.0]]);
    }

    #[test]
    fn padding_never_wins() {
        let options = Pool2d::new([1, 2]).padding([0, 1]);
        assert_eq!(both(&[-1.0, -3.0], options), [[-1.0, -3.0], [1.0, 1.0]]);
    }

    #[test]
    fn nan_wins() {
        let [y, slope] = both(&[1.0, f64::NAN, 3.0, f64::NAN], Pool2d::new([1, 4]));
        assert!(y[0].is_nan());
        assert_eq!(slope, [0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    #[should_panic(expected = "along the height, images of 4 with padding [2, 2] and windows of 2")]
    fn padding_is_less_than_a_window() {
        let _ = Tensor::<f64>::zeros([1, 4, 4, 1]).max_pool2d(Pool2d::new(2).padding(2));
    }

    #[test]
    #[should_panic(expected = "images of width 4, 4 with padding, and the window reaches over 5")]
    fn windows_fit_into_the_image() {
        let _ = Tensor::<f64>::zeros([1, 6, 4, 1]).max_pool2d(Pool2d::new(5));
    }
}
