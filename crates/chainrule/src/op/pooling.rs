//! Windows over images that are reduced channel by channel.

use super::max_pool2d::Pool2d;
use super::window::{HeightWidth, Padding, Slide, Windows, image_sizes};
use crate::array::pieces::rows_of_a_piece;
use crate::array::{Element, Shape};
use chainrule_kernels::threads::each_chunk;

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
    /// Where the first begins.
    pub(super) start: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// From one line of the image to the next.
    pub(super) line: usize,
    pub(super) channels: usize,
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
