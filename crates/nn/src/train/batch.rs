//! Batches: rows gathered into buffers that are used again.

use chainrule::{Element, Targets, Tensor};
use chainrule_kernels::threads::each_chunk;

/// Rows of inputs, targets and weights that belong together.
#[derive(Clone)]
pub(super) struct Rows<T> {
    pub(super) x: Tensor<T>,
    pub(super) targets: Targets<T>,
    pub(super) weights: Option<Tensor<T>>,
}

impl<T: Element> Rows<T> {
    pub(super) fn count(&self) -> usize {
        self.x.shape().first().copied().unwrap_or(0)
    }

    /// Rows `start..end`; nothing is copied.
    pub(super) fn range(&self, start: usize, end: usize) -> Self {
        Self {
            x: self.x.rows(start..end),
            targets: self.targets.rows(start..end),
            weights: self.weights.as_ref().map(|weights| weights.rows(start..end)),
        }
    }
}

/// Batches of shuffled rows.
pub(super) struct Gathered<T> {
    /// Room for a whole batch.
    room: Rows<T>,
}

impl<T: Element> Gathered<T> {
    /// Room for `size` rows like these.
    pub(super) fn new(like: &Rows<T>, size: usize) -> Self {
        Self {
            room: Rows {
                x: room(&like.x, size),
                targets: match &like.targets {
                    Targets::Classes(classes) => Targets::Classes(room(classes, size)),
                    Targets::Values(values) => Targets::Values(room(values, size)),
                },
                weights: like.weights.as_ref().map(|weights| room(weights, size)),
            },
        }
    }

    /// The rows at these places, no more than there is room for.
    pub(super) fn at(&mut self, from: &Rows<T>, places: &[usize]) -> Rows<T> {
        gather(&from.x, places, &mut self.room.x);
        match (&from.targets, &mut self.room.targets) {
            (Targets::Classes(from), Targets::Classes(room)) => gather(from, places, room),
            (Targets::Values(from), Targets::Values(room)) => gather(from, places, room),
            _ => unreachable!("the room was made for these targets"),
        }
        if let (Some(from), Some(room)) = (&from.weights, &mut self.room.weights) {
            gather(from, places, room);
        }
        self.room.range(0, places.len())
    }
}

fn room<E: Copy + Default>(like: &Tensor<E>, rows: usize) -> Tensor<E> {
    let shape: Vec<usize> = [rows].into_iter().chain(like.shape()[1..].iter().copied()).collect();
    let count = shape.iter().product();
    Tensor::new(shape, vec![E::default(); count])
}

/// Data larger than this in bytes come from memory, a row from anywhere, and two threads wait for two rows at once. Smaller ones lie in
/// a cache, and one thread is as fast.
const FAR: usize = 16 << 20;

/// Elements of a part for threads, about.
const PART: usize = 8 << 10;

fn gather<E: Copy + Send + Sync>(from: &Tensor<E>, places: &[usize], into: &mut Tensor<E>) {
    let row: usize = from.shape()[1..].iter().product();
    if row == 0 {
        return;
    }
    let from = from.as_slice();
    let into = &mut into.as_mut_slice()[..places.len() * row];
    let rows = if size_of_val(from) > FAR { (PART / row).max(1) } else { places.len().max(1) };
    each_chunk(into, rows * row, |part, into| {
        for (into, &place) in into.chunks_exact_mut(row).zip(&places[part * rows..]) {
            into.copy_from_slice(&from[place * row..][..row]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::gather;
    use chainrule::Tensor;

    #[test]
    fn rows_of_far_data_are_gathered_as_near_ones_are() {
        // 20 MB
        let far = Tensor::from_fn([50_000, 100], |index| (index[0] * 100 + index[1]) as f32);
        let places: Vec<usize> = (0..300).map(|i| i * 7919 % 50_000).collect();
        let mut room = Tensor::zeros([320, 100]);
        gather(&far, &places, &mut room);
        for (row, &place) in places.iter().enumerate() {
            assert_eq!(room.at(&[row, 99]), (place * 100 + 99) as f32);
            assert_eq!(room.at(&[row, 0]), (place * 100) as f32);
        }
        assert_eq!(room.at(&[300, 0]), 0.0);
    }
}
