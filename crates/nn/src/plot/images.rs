//! Small images in rows, each with a word below it: digits in grey, weights in blue and red.

use chainrule::Tensor;
use plotters::style::{BLACK, RGBColor, WHITE};

use super::canvas::{Anchor, Canvas, HEAD, TITLE, width_of};
use super::colour::{COLOURS, hex, mix, signed};
use super::number::shown;

/// One image of a gallery.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tile {
    /// The pixels row by row: in a [`gallery`] the ink, from 0 (paper) to 1; among [`weights`] any numbers.
    pub pixels: Vec<f64>,
    /// How many pixels a row has.
    pub width: usize,
    /// The word below it.
    pub caption: String,
    /// Whether the word is red.
    pub marked: bool,
}

impl Tile {
    /// The first two axes of `image` are its height and width; a third one, if any, must be of size 1.
    ///
    /// # Panics
    /// If the image has another shape.
    #[track_caller]
    pub fn new<T: Copy + Into<f64>>(image: &Tensor<T>, caption: impl Into<String>) -> Self {
        let shape = image.shape();
        let grey = matches!(shape[..], [_, _] | [_, _, 1]);
        assert!(grey, "Tile: an image of shape {shape:?}; it takes [height, width] or [height, width, 1]");
        let pixels = image.iter().map(|&pixel| pixel.into()).collect();
        Self { pixels, width: shape[1], caption: caption.into(), marked: false }
    }

    /// What each unit of a layer looks at: a tile for each column of a kernel, numbered from 1.
    ///
    /// The kernel of a dense layer on images of `height` by `width` has the shape `[height * width, units]`; that of a
    /// convolution, `[height, width, channels, filters]`, gives a tile for each channel of each filter.
    ///
    /// # Panics
    /// If the kernel's size is not a multiple of `height * width`.
    #[track_caller]
    pub fn units<T: Copy + Into<f64>>(kernel: &Tensor<T>, [height, width]: [usize; 2]) -> Vec<Self> {
        let size = height * width;
        let fits = size > 0 && kernel.len().is_multiple_of(size);
        assert!(fits, "Tile: a kernel of shape {:?} for images of {height} by {width}", kernel.shape());
        let units = kernel.len() / size;
        let pixels = |unit| kernel.iter().skip(unit).step_by(units).map(|&weight| weight.into()).collect();
        let tile = |unit| Self { pixels: pixels(unit), width, caption: (unit + 1).to_string(), marked: false };
        (0..units).map(tile).collect()
    }

    fn height(&self) -> usize {
        self.pixels.len().div_ceil(self.width.max(1))
    }
}

/// The gap around images, the strip for a caption, and the size of its letters.
const GAP: f64 = 14.0;
const CAPTION: f64 = 22.0;
const LETTERS: f64 = 14.0;
/// About how large an image is shown; its pixels take whole numbers of the screen's.
const SIZE: f64 = 84.0;
const LARGEST_PIXEL: f64 = 24.0;
/// A pixel that is not a number.
const BROKEN: RGBColor = COLOURS[4];
/// The strip with the scale of weights: its height and its steps.
const SCALE: f64 = 38.0;
const STEPS: usize = 21;

/// Grey images in rows of `columns`, under a title: 0 is white, 1 black. A pixel that is not a number is orange.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::plot::{Tile, gallery};
///
/// let cross = Tensor::from([[0.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]]);
/// let svg = gallery("Signs", 12, &[Tile::new(&cross, "plus")]);
/// assert!(svg.contains("plus"));
/// ```
pub fn gallery(title: &str, columns: usize, tiles: &[Tile]) -> String {
    sheet(title, columns, tiles, 0.0, |ink| mix(WHITE, BLACK, ink)).0.finished()
}

/// Images of signed numbers in rows of `columns`, under a title: blue below 0, white at 0, red above, by one scale for all,
/// which stands below them. It ends at the largest finite number in size. A pixel that is not a number is orange.
///
/// ```
/// use chainrule::prelude::*;
/// use chainrule_nn::plot::{Tile, weights};
///
/// let kernel = Tensor::<f32>::glorot_uniform([28 * 28, 10], 7);
/// let svg = weights("What each unit looks at", 5, &Tile::units(&kernel, [28, 28]));
/// assert!(svg.contains(">10</text>"));
/// ```
pub fn weights(title: &str, columns: usize, tiles: &[Tile]) -> String {
    let sizes = tiles.iter().flat_map(|tile| &tile.pixels).map(|weight| weight.abs());
    let largest = sizes.filter(|size| size.is_finite()).fold(0.0, f64::max);
    let unit = if largest > 0.0 { largest } else { 1.0 };
    let (mut canvas, width, bottom) = sheet(title, columns, tiles, SCALE, |weight| signed(weight / unit));
    let step = 6.0;
    let (left, middle) = (width / 2.0 - step * STEPS as f64 / 2.0, (STEPS / 2) as f64);
    let colours: Vec<RGBColor> = (0..STEPS).map(|at| signed((at as f64 - middle) / middle)).collect();
    canvas.frame((left, bottom), step * STEPS as f64, 2.0 * step);
    for half in 0..2 {
        canvas.pixels((left, bottom + step * f64::from(half)), step, STEPS, &colours);
    }
    for (at, label) in [(0.0, -unit), (0.5, 0.0), (1.0, unit)] {
        let x = left + at * step * STEPS as f64;
        canvas.text((x, bottom + 28.0), LETTERS - 2.0, Anchor::Middle, "#000000", &shown(label, 2));
    }
    canvas.finished()
}

/// All tiles with their captions; and the picture's width, and where the last `foot` of its height begins.
fn sheet(
    title: &str,
    columns: usize,
    tiles: &[Tile],
    foot: f64,
    colour: impl Fn(f64) -> RGBColor,
) -> (Canvas, f64, f64) {
    let columns = columns.clamp(1, tiles.len().max(1));
    let (wide, high) = tiles.iter().fold((0, 0), |(wide, high), tile| (tile.width.max(wide), tile.height().max(high)));
    let side = (SIZE / wide.max(high).max(1) as f64).floor().clamp(1.0, LARGEST_PIXEL);
    let widest = tiles.iter().map(|tile| width_of(&tile.caption, LETTERS)).fold(wide as f64 * side, f64::max);
    let (pitch, row) = (widest + GAP, high as f64 * side + CAPTION + GAP);
    let body = GAP + columns as f64 * pitch;
    let width = body.max(width_of(title, TITLE) + 2.0 * GAP);
    let bottom = HEAD + tiles.len().div_ceil(columns) as f64 * row;
    let mut canvas = Canvas::new(width, bottom + foot, title);
    for (number, tile) in tiles.iter().enumerate() {
        let size = (tile.width as f64 * side, tile.height() as f64 * side);
        let left = (width - body) / 2.0 + GAP + (number % columns) as f64 * pitch + (widest - size.0) / 2.0;
        let (left, top) = (left.round(), HEAD + (number / columns) as f64 * row);
        let colours: Vec<RGBColor> =
            tile.pixels.iter().map(|&pixel| if pixel.is_nan() { BROKEN } else { colour(pixel) }).collect();
        canvas.pixels((left, top), side, tile.width, &colours);
        canvas.frame((left, top), size.0, size.1);
        let ink = if tile.marked { hex(COLOURS[1]) } else { hex(BLACK) };
        let below = (left + size.0 / 2.0, top + high as f64 * side + 17.0);
        canvas.text(below, LETTERS, Anchor::Middle, &ink, &tile.caption);
    }
    (canvas, width, bottom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(pixels: [f64; 4]) -> Tile {
        Tile { pixels: pixels.to_vec(), width: 2, caption: "a".into(), marked: false }
    }

    #[test]
    fn every_inked_pixel_and_every_caption_is_drawn() {
        let svg = gallery("two < three", 2, &[tile([0.0, 1.0, 0.5, 0.0]), Tile { marked: true, ..tile([0.0; 4]) }]);
        let pixels: Vec<_> = svg.lines().filter(|line| line.starts_with("<path")).collect();
        // ink 0.5 is halfway to black
        assert_eq!(
            pixels,
            ["<path fill=\"#000000\" d=\"M1 0h1v1h-1z\"/>", "<path fill=\"#808080\" d=\"M0 1h1v1h-1z\"/>",]
        );
        assert!(svg.contains("fill=\"#D55E00\">a</text>") && svg.contains("two &lt; three"));
    }

    #[test]
    fn weights_share_a_scale_that_is_symmetric() {
        let svg = weights("w", 2, &[tile([-2.0, 4.0, 0.0, f64::NAN]), tile([-4.0, f64::INFINITY, 1.0, 0.0])]);
        let pixels: Vec<_> = svg.lines().filter_map(|line| line.strip_prefix("<path fill=\"")?.get(..7)).collect();
        // -2 of 4 is half the way to RdBu's blue, 33 102 172; 1 of 4 a quarter of the way to its red, 178 24 43
        assert_eq!(pixels[..6], ["#90B3D6", "#B2182B", "#E69F00", "#2166AC", "#B2182B", "#ECC5CA"]);
        assert!(svg.contains(">-4</text>") && svg.contains(">4</text>"));
    }

    #[test]
    fn nothing_and_zeros_are_pictures_too() {
        assert!(gallery("none", 0, &[]).ends_with("</svg>\n"));
        let svg = weights("zeros", 3, &[tile([0.0; 4]), Tile::default()]);
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }

    #[test]
    fn a_unit_is_a_column_of_the_kernel() {
        let kernel = Tensor::from([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]]);
        let tiles = Tile::units(&kernel, [2, 2]);
        assert_eq!(tiles[1].pixels, [10.0, 20.0, 30.0, 40.0]);
        assert_eq!((tiles.len(), &*tiles[1].caption), (2, "2"));
        let filters = Tensor::new([2, 2, 1, 2], (0..8).map(f64::from).collect());
        assert_eq!(Tile::units(&filters, [2, 2])[0].pixels, [0.0, 2.0, 4.0, 6.0]);
    }

    #[test]
    #[should_panic(expected = "[height, width]")]
    fn colour_images_are_refused() {
        Tile::new(&Tensor::<f64>::zeros([2, 2, 3]), "");
    }
}
