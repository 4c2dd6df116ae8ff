//! The largest of each window of an image.

use super::rows::larger;
use super::window::{HeightWidth, Padding, Slide, Windows, image_sizes};
use crate::array::pieces::rows_of_a_piece;
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
use chainrule_kernels::threads::each_chunk;
use chainrule_kernels::vector::Work;
use std::borrow::Cow;

/// The options of [`max_pool2d`](Tensor::max_pool2d) and [`avg_pool2d`](Tensor::avg_pool2d): the size of a window, from one
/// window to the next (without a word: its size), and padding.
#[derive(Clone, Copy, Debug)]
pub struct Pool2d {
    size: HeightWidth,
    stride: HeightWidth,
    padding: Padding,
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

/// Windows over images of a given shape.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    images: usize,
    pub(super) channels: usize,
    height: Slide,
    width: Slide,
}

impl Plan {
    #[track_caller]
    pub(super) fn new(operation: &str, options: Pool2d, x: &Shape) -> Self {
        let [images, _, _, channels] = image_sizes(operation, x);
        let Pool2d { size: HeightWidth(size), stride: HeightWidth(stride), padding } = options;
        let windows = Windows { size, stride, dilation: [1, 1], padding };
        let [height, width] = windows.slide(operation, x);
        for (name, slide, axis) in [("height", height, 0), ("width", width, 1)] {
            // else a window could lie in the padding whole, and have no largest element and no mean
            let sides = if let Padding::Sides(sides) = padding { sides[axis] } else { [0; 2] };
            assert!(
                slide.image > 0 && sides.into_iter().all(|side| side < slide.window),
                "{operation}: the operand has shape {x}; along the {name}, images of {} with padding {sides:?} and windows of \
                 {}; each window must cover a pixel: images must not be empty, and padding less than a window",
                slide.image,
                slide.window
            );
        }
        Self { images, channels, height, width }
    }

    pub(super) fn shape(&self) -> Shape {
        Shape::from([self.images, self.height.count, self.width.count, self.channels])
    }

    /// Elements of an image, and of its result.
    fn image_size(&self) -> usize {
        self.height.image * self.width.image * self.channels
    }

    fn result_size(&self) -> usize {
        self.height.count * self.width.count * self.channels
    }

    /// Calls `work` for pieces of the images, on several threads where there are many: with the windows over a piece, the piece's part
    /// of `results`, as elements of a result lie, or of images where `of_images`, and where the piece begins in images and results.
    pub(super) fn by_pieces<T: Element>(
        &self,
        elements: &mut [T],
        of_images: bool,
        work: impl Fn(Self, &mut [T], [usize; 2]) + Sync,
    ) {
        let [image, result] = [self.image_size(), self.result_size()];
        let images = rows_of_a_piece(image);
        each_chunk(elements, (images * if of_images { image } else { result }).max(1), |piece, elements| {
            let first = piece * images;
            let plan = Self { images: images.min(self.images - first), ..*self };
            work(plan, elements, [first * image, first * result]);
        });
    }

    /// Shows each window to `visit`: where its result begins, and where its pixels begin that lie within the image, row by
    /// row; and how many they are.
    #[inline(always)]
    pub(super) fn each(&self, mut visitor: impl Visit) {
        let Self { images, channels, height, width } = *self;
        for image in 0..images {
            for row in 0..height.count {
                let down = height.taps(row);
                let top = image * height.image + row * height.stride + down.start - height.before;
                for column in 0..width.count {
                    let across = width.taps(column);
                    let left = column * width.stride + across.start - width.before;
                    let result = ((image * height.count + row) * width.count + column) * channels;
                    let start = (top * width.image + left) * channels;
                    let covered = Covered {
                        start,
                        rows: down.len(),
                        columns: across.len(),
                        line: width.image * channels,
                        channels,
                    };
                    visitor.visit(result, covered);
                }
            }
        }
    }
}

/// What is done with each window. Large bodies are types of their own, whose `visit` is sure to be inlined: a closure may not be, and is
/// then compiled without wide vectors.
pub(super) trait Visit {
    fn visit(&mut self, result: usize, covered: Covered);
}

impl<F: FnMut(usize, Covered)> Visit for F {
    #[inline(always)]
    fn visit(&mut self, result: usize, covered: Covered) {
        self(result, covered);
    }
}

/// The pixels of a window that lie within the image.
#[derive(Clone, Copy)]
pub(super) struct Covered {
    start: usize,
    rows: usize,
    columns: usize,
    /// From one line of the image to the next.
    line: usize,
    channels: usize,
}

impl Covered {
    pub(super) fn count(self) -> usize {
        self.rows * self.columns
    }

    /// Where each pixel begins, in reading order.
    #[inline(always)]
    pub(super) fn pixels(self) -> impl Iterator<Item = usize> {
        let Self { start, rows, columns, line, channels } = self;
        (0..rows).flat_map(move |row| (0..columns).map(move |column| start + row * line + column * channels))
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
