//! Whether gradients are finite, found out for next to nothing.

use chainrule::{Element, Tensor};

/// Up to this many elements a gradient is looked at as a whole.
const WHOLE: usize = 8192;

/// How many elements of a row of a larger one are looked at: a line of the cache, in `f32`.
const BAND: usize = 16;

/// Whether a gradient is finite; of a large one, whether each of its rows and each of its columns is where it is looked at.
///
/// A gradient by the weights of a product is `Σ xᵢ δⱼ` over the rows of the batch, so that one value of x that is not finite spoils a
/// whole row of it, and one of δ a whole column. A band along the diagonal crosses all rows and all columns, and is an eighth of a
/// matrix of 128 columns. An element that overflowed by itself in a large gradient can go unseen; the next batch, or the end of the
/// epoch, then finds the parameter.
pub(super) fn looks_finite<T: Element>(gradient: &Tensor<T>) -> bool {
    let elements = gradient.as_slice();
    let columns = gradient.shape().last().copied().unwrap_or(1);
    if elements.len() <= WHOLE || columns == 0 {
        return is_finite(elements, elements.len().max(1), elements.len());
    }
    let rows = elements.len() / columns;
    is_finite(elements, columns, BAND.max(columns.div_ceil(rows)))
}

/// Whether a band of each row is finite, that begins where the one of the row before ends.
fn is_finite<T: Element>(elements: &[T], columns: usize, band: usize) -> bool {
    let lanes = T::loops(|| {
        let (mut lanes, mut rest, mut start) = ([T::zero(); BAND], T::zero(), 0);
        for row in elements.chunks_exact(columns) {
            let (parts, tail) = row[start..columns.min(start + band)].as_chunks::<BAND>();
            for part in parts {
                lanes.iter_mut().zip(part).for_each(|(lane, &x)| *lane += x);
            }
            // by itself: lanes that are reached by a varying number would not stay in registers
            for &x in tail {
                rest += x;
            }
            start = if start + band < columns { start + band } else { 0 };
        }
        lanes[0] += rest;
        lanes
    });
    // NaN and infinities stay in a sum; finite numbers may overflow there, which the elements themselves tell apart
    lanes.iter().all(|lane| lane.is_finite()) || elements.iter().all(|x| x.is_finite())
}

#[cfg(test)]
mod tests {
    use super::looks_finite;
    use chainrule::Tensor;

    /// A gradient with a value at some of its places.
    fn spoiled(shape: [usize; 2], by: f32, at: impl Fn([usize; 2]) -> bool) -> bool {
        let mut gradient = Tensor::full(shape, 1.0f32);
        for (place, x) in gradient.as_mut_slice().iter_mut().enumerate() {
            if at([place / shape[1], place % shape[1]]) {
                *x = by;
            }
        }
        !looks_finite(&gradient)
    }

    #[test]
    fn small_gradients_are_looked_at_as_a_whole() {
        for (place, by) in [(0, f32::NAN), (17, f32::INFINITY), (8191, f32::NEG_INFINITY)] {
            assert!(spoiled([64, 128], by, |[row, column]| row * 128 + column == place));
        }
        assert!(!spoiled([64, 128], 3e38, |_| true), "the sum overflows, the elements do not");
        assert!(looks_finite(&Tensor::<f32>::zeros([0, 3])) && looks_finite(&Tensor::<f32>::zeros([3, 0])));
        assert!(!looks_finite(&Tensor::scalar(f64::NAN)));
    }

    #[test]
    fn every_row_and_every_column_of_large_gradients_is_crossed() {
        for shape in [[784, 128], [9, 1000], [1000, 9], [3, 5000], [5000, 3], [100, 100]] {
            for row in 0..shape[0] {
                assert!(spoiled(shape, f32::NAN, |[at, _]| at == row), "row {row} of {shape:?}");
            }
            for column in 0..shape[1] {
                assert!(spoiled(shape, f32::INFINITY, |[_, at]| at == column), "column {column} of {shape:?}");
            }
            assert!(!spoiled(shape, 3e38, |_| true));
        }
    }
}
