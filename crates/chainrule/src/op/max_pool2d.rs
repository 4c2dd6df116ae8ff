//! The largest of each window of an image.

use super::rows::larger;
use super::window::{HeightWidth, Padding, Slide, Windows, image_sizes};
use crate::array::{Element, Pool, Shape, Tensor};
use crate::tensor::{Op, Sink};
use chainrule_kernels::product::Onto;
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

    /// Shows each window to `visit`: where its result begins, and where its pixels begin that lie within the image, row by
    /// row; and how many they are.
    #[inline(always)]
    pub(super) fn each(&self, mut visit: impl FnMut(usize, Covered)) {
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
                    visit(result, covered);
                }
            }
        }
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
            T::loops(|| {
                plan.each(|at, covered| {
                    let y = &mut y[at..at + plan.channels];
                    y.copy_from_slice(&x[covered.start..][..plan.channels]);
                    for from in covered.pixels().skip(1) {
                        y.iter_mut().zip(&x[from..]).for_each(|(y, &x)| *y = larger(*y, x));
                    }
                });
            });
        })
    }

    fn pullback(&self, [x]: [&Tensor<T>; 1], y: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        let nothing = into.nothing();
        let plan = Plan::new("max_pool2d", self.0, x.shape());
        let (x, y, upstream, pool) = (x.as_slice(), y.as_slice(), upstream.as_slice(), into.pool());
        into.accumulate(0, |sum, onto| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            let mut room = pool.scratch([plan.channels]);
            T::loops(Pull { plan, x, y, upstream, sum, left: room.as_mut_slice(), nothing });
            pool.give(room);
        });
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(self.0.text("max_pool2d"))
    }
}

/// The pullback's loops. A struct and not a closure, so that they are sure to be compiled for wide vectors.
struct Pull<'a, T> {
    plan: Plan,
    x: &'a [T],
    y: &'a [T],
    upstream: &'a [T],
    sum: &'a mut [T],
    /// What has not found its pixel yet.
    left: &'a mut [T],
    nothing: T,
}

impl<T: Element> Work for Pull<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plan, x, y, upstream, sum, left, nothing } = self;
        let channels = plan.channels;
        plan.each(|at, covered| {
            left.copy_from_slice(&upstream[at..at + channels]);
            for from in covered.pixels() {
                let pixel = from..from + channels;
                give(&mut sum[pixel.clone()], &x[pixel], left, &y[at..at + channels], nothing);
            }
        });
    }
}

/// Gives a pixel what is left where it is the largest. Without branches, so that channels are compared many at once.
#[inline(always)]
fn give<T: Element>(sum: &mut [T], x: &[T], left: &mut [T], y: &[T], nothing: T) {
    for ((sum, &x), (left, &y)) in sum.iter_mut().zip(x).zip(left.iter_mut().zip(y)) {
        let found = (x == y) | (x.is_nan() & y.is_nan());
        // read before it is chosen from: a choice of addresses could not be done many at once
        let flow = *left;
        *sum += if found { flow } else { nothing };
        *left = if found { nothing } else { flow };
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
