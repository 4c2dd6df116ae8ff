//! Buffers that are used again: what makes a training loop allocate nothing from its second turn on.

use super::Tensor;
use super::shape::Shape;
use chainrule_kernels::shared::Shared;
use std::cell::RefCell;

/// Elements, shared by the tensors that look at them.
#[derive(Debug)]
pub(super) struct Buffer<T> {
    pub(super) data: Vec<T>,
    /// Where a buffer of the pool starts within `data`, so that it is aligned to a cache line.
    start: usize,
    /// How many elements a buffer of the pool has; none for a user's `Vec`, which goes back to the allocator.
    pooled: Option<usize>,
}

impl<T> Buffer<T> {
    pub(super) fn of(data: Vec<T>) -> Self {
        Self { data, start: 0, pooled: None }
    }
}

/// Bytes of a cache line, and of the widest vector.
const LINE: usize = 64;

impl<T: Copy + Default> Buffer<T> {
    #[cold]
    #[inline(never)]
    fn new_of_pool(length: usize) -> Shared<Self> {
        let size = size_of::<T>().max(1);
        let spare = LINE.div_ceil(size);
        let data = vec![T::default(); length + spare];
        // where no element lies on a line's start, the first stays where it is
        let start = Some(data.as_ptr().align_offset(LINE)).filter(|&start| start <= spare).unwrap_or(0);
        Shared::new(Self { data, start, pooled: Some(length) })
    }
}

/// Buffers waiting to be used again, by their exact length. Every tape has one; without a tape an empty one serves, which
/// allocates each time.
#[derive(Debug, Default)]
pub struct Pool<T> {
    numbers: Shelf<T>,
    indices: Shelf<usize>,
}

impl<T: Copy + Default> Pool<T> {
    /// A tensor with arbitrary contents, which may be written to at once.
    #[inline]
    pub fn scratch(&self, shape: impl Into<Shape>) -> Tensor<T> {
        self.numbers.tensor(shape.into())
    }

    /// [`scratch`](Self::scratch) in the shape of another tensor, whose elements need not be counted again.
    #[inline]
    pub(crate) fn alike(&self, other: &Tensor<T>) -> Tensor<T> {
        let buffer = self.numbers.take(other.length);
        Tensor { shape: other.shape.clone(), length: other.length, start: buffer.start, buffer }
    }

    /// A tensor whose elements `fill` writes, all of them.
    #[inline]
    pub fn filled(&self, shape: impl Into<Shape>, fill: impl FnOnce(&mut [T])) -> Tensor<T> {
        let mut tensor = self.scratch(shape);
        fill(tensor.as_mut_slice());
        tensor
    }

    /// A tensor of one value.
    pub fn full(&self, shape: impl Into<Shape>, value: T) -> Tensor<T> {
        self.filled(shape, |elements| elements.fill(value))
    }

    /// A tensor of indices with arbitrary contents.
    #[inline]
    pub fn scratch_indices(&self, shape: impl Into<Shape>) -> Tensor<usize> {
        self.indices.tensor(shape.into())
    }

    /// Takes a tensor back, if nobody else looks at its buffer and it came from a pool.
    #[inline]
    pub fn give(&self, tensor: Tensor<T>) {
        self.numbers.give(tensor.buffer);
    }

    /// Takes indices back.
    pub fn give_indices(&self, indices: Tensor<usize>) {
        self.indices.give(indices.buffer);
    }

    /// Ends a turn: lengths that nobody asked for during many turns are freed.
    pub(crate) fn turn(&self) {
        self.numbers.turn();
        self.indices.turn();
    }
}

/// After how many turns a buffer that was not needed is freed: enough for an evaluation or a smaller last batch in between.
const PATIENCE: u32 = 64;

/// The free buffers of one length.
#[derive(Debug)]
struct Class<T> {
    length: usize,
    free: Vec<Shared<Buffer<T>>>,
    /// The fewest that were free at once during this turn: these were not needed.
    least: usize,
    /// For how many turns some were not needed.
    idle: u32,
    /// For how many turns nobody asked for this length.
    absent: u32,
    /// How many were made in this turn, because none was free.
    made: usize,
}

impl<T: Copy + Default> Class<T> {
    fn new(length: usize) -> Self {
        Self { length, free: Vec::new(), least: 0, idle: 0, absent: 0, made: 0 }
    }

    fn take(&mut self) -> Shared<Buffer<T>> {
        self.absent = 0;
        let Some(buffer) = self.free.pop() else { return self.make() };
        self.least = self.least.min(self.free.len());
        buffer
    }

    /// A new buffer, and room for it and the others when they come back: then nothing is allocated any more.
    #[cold]
    fn make(&mut self) -> Shared<Buffer<T>> {
        self.least = 0;
        self.made += 1;
        self.free.reserve(self.made);
        Buffer::new_of_pool(self.length)
    }
}

/// Lengths whose classes are found without a search, which would be a good part of what a small operation takes.
const SHORT: usize = 128;

/// Classes in the order of their length.
#[derive(Debug)]
struct Classes<T> {
    all: Vec<Class<T>>,
    /// For short lengths, the place of the class, counted from 1; 0 where there is none.
    places: [u8; SHORT],
}

impl<T: Copy + Default> Classes<T> {
    /// The place of the class of this length, or where it would belong.
    #[inline]
    fn find(&self, length: usize) -> Result<usize, usize> {
        match self.places.get(length) {
            Some(&place) if place > 0 => Ok(usize::from(place) - 1),
            _ => self.all.binary_search_by_key(&length, |class| class.length),
        }
    }

    /// A class for a length that has none, at the place where it belongs.
    #[cold]
    fn begin(&mut self, at: usize, length: usize) -> usize {
        self.all.insert(at, Class::new(length));
        self.arrange();
        at
    }

    /// Notes the places after classes came or went.
    #[cold]
    fn arrange(&mut self) {
        self.places.fill(0);
        for (place, class) in (1..).zip(self.all.iter().take_while(|class| class.length < SHORT)) {
            self.places[class.length] = place;
        }
    }
}

#[derive(Debug)]
struct Shelf<T>(RefCell<Classes<T>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(RefCell::new(Classes { all: Vec::new(), places: [0; SHORT] }))
    }
}

impl<T: Copy + Default> Shelf<T> {
    /// Put together where it is wanted: only a buffer goes from hand to hand.
    #[inline]
    fn tensor(&self, shape: Shape) -> Tensor<T> {
        let length = shape.elements();
        let buffer = self.take(length);
        Tensor { shape, length, start: buffer.start, buffer }
    }

    fn take(&self, length: usize) -> Shared<Buffer<T>> {
        let mut classes = self.0.borrow_mut();
        let at = classes.find(length).unwrap_or_else(|at| classes.begin(at, length));
        classes.all[at].take()
    }

    fn give(&self, buffer: Shared<Buffer<T>>) {
        let Some(length) = buffer.pooled else { return };
        if !buffer.is_unique() {
            return;
        }
        let mut classes = self.0.borrow_mut();
        match classes.find(length) {
            Ok(at) => classes.all[at].free.push(buffer),
            Err(at) => {
                let at = classes.begin(at, length);
                classes.all[at].free.push(buffer);
            }
        }
    }

    fn turn(&self) {
        let mut classes = self.0.borrow_mut();
        let count = classes.all.len();
        classes.all.retain_mut(|class| {
            class.idle = if class.least == 0 { 0 } else { class.idle + 1 };
            if class.idle > PATIENCE {
                class.free.truncate(class.free.len().saturating_sub(class.least));
                class.idle = 0;
            }
            class.least = class.free.len();
            class.made = 0;
            class.absent += 1;
            class.absent <= PATIENCE
        });
        if classes.all.len() != count {
            classes.arrange();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE, Pool, SHORT};

    /// The first element's place tells buffers apart.
    fn place(pool: &Pool<f64>, length: usize) -> *const f64 {
        let tensor = pool.full([length], length as f64);
        let place = tensor.as_slice().as_ptr();
        assert!(tensor.iter().all(|&x| x == length as f64) && tensor.len() == length);
        pool.give(tensor);
        place
    }

    #[test]
    fn each_length_finds_its_own_buffer_again() {
        let pool = Pool::default();
        // not in order, short ones and others
        let lengths = [SHORT, 5, 1, SHORT - 1, 3, 1000, SHORT + 1, 2];
        let places = lengths.map(|length| place(&pool, length));
        assert_eq!(lengths.map(|length| place(&pool, length)), places);
        // all but two go, and what is left is still found
        for _ in 0..2 * PATIENCE {
            pool.turn();
            let again = [place(&pool, 3), place(&pool, 1000)];
            assert_eq!(again, [places[4], places[5]]);
        }
        let left: Vec<usize> = pool.numbers.0.borrow().all.iter().map(|class| class.length).collect();
        assert_eq!(left, [3, 1000]);
        for length in lengths {
            place(&pool, length);
        }
        assert_eq!(place(&pool, 3), places[4]);
    }
}
