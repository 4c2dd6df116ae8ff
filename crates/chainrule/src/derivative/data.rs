//! The gradient of a sum over data, by several threads.

use super::gradient::{first_variables, rebuilt};
use super::{Differentiable, FormulaOfData, Leaf, Parameters};
use crate::tape::{Tape, Value, Var};
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// `Σ f(x, datum)` over `data`, and its gradient at `x`: a loss over all observations, by all cores.
///
/// Each piece of data is recorded and swept in a short tape of its own, so that memory does not grow with the data. **The bits of the
/// answer are the same for any number of threads**: data are cut into pieces by their number alone, threads only choose who
/// computes which piece, and the sums of the pieces are added in their order. Without data the answer is 0.
///
/// ```
/// use chainrule::prelude::*;
/// // a line through points: Σ (slope x + intercept - y)²
/// let points = [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)];
/// let (loss, gradient) =
///     sum_of_gradients(|[slope, intercept], &(x, y)| (slope * x + intercept - y).powi(2), [1.0, 1.0], &points);
/// assert_eq!(loss, 0.0 + 1.0 + 4.0);
/// assert_eq!(gradient, [-10.0, -6.0]); // Σ 2 (slope x + intercept - y) x, and without the x
/// ```
///
/// Starting threads takes some ten microseconds each: for few data, or where the caller has threads of its own, there is
/// [`sum_of_gradients_on`].
///
/// # Panics
/// When `f` panics, with what it panicked with; when it returns a tensor of more than one number.
#[track_caller]
pub fn sum_of_gradients<P, D>(
    f: impl for<'t, 'd> FormulaOfData<P::Of<Var<'t, P::Value>>, &'d D, &'t Tape<P::Value>> + Sync,
    x: P,
    data: &[D],
) -> (P::Value, P::Of<P::Value>)
where
    P: Parameters + Sync,
    P::Value: Leaf + Send,
    D: Sync,
{
    sum_of_gradients_on(thread::available_parallelism().map_or(1, usize::from), f, x, data)
}

/// [`sum_of_gradients`] by so many threads, of which the caller's is one. The bits of the answer do not depend on their number.
///
/// ```
/// use chainrule::prelude::*;
/// let data: Vec<f64> = (0..1000).map(f64::from).collect();
/// let loss = |threads| chainrule::derivative::sum_of_gradients_on(threads, |[a], d| (a * *d).sin(), [0.1], &data);
/// assert_eq!(loss(1), loss(3));
/// ```
///
/// # Panics
/// As [`sum_of_gradients`]; without a thread.
#[track_caller]
pub fn sum_of_gradients_on<P, D>(
    threads: usize,
    f: impl for<'t, 'd> FormulaOfData<P::Of<Var<'t, P::Value>>, &'d D, &'t Tape<P::Value>> + Sync,
    x: P,
    data: &[D],
) -> (P::Value, P::Of<P::Value>)
where
    P: Parameters + Sync,
    P::Value: Leaf + Send,
    D: Sync,
{
    assert!(threads > 0, "sum_of_gradients_on: there must be at least one thread");
    let pieces = Pieces::of(data.len());
    let work = || {
        let _others_stop = StopOnPanic(&pieces);
        let mut tape = P::Value::lend();
        let mut sums = Vec::new();
        while let Some((place, range)) = pieces.next() {
            sums.push((place, sum_over(&mut tape, &f, &x, &data[range])));
        }
        P::Value::take_back(tape);
        sums
    };
    let mut sums = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(pieces.count)).map(|_| scope.spawn(work)).collect();
        let mut sums = work();
        for other in others {
            sums.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        sums
    });
    sums.sort_by_key(|&(place, _)| place);
    let mut total = Sum::nothing(&x);
    for (_, sum) in &sums {
        total.value.accumulate(&sum.value);
        for (total, slope) in total.gradient.iter_mut().zip(&sum.gradient) {
            total.accumulate(slope);
        }
    }
    (total.value, x.rebuild(total.gradient))
}

/// A sum of losses, and its gradient.
struct Sum<V> {
    value: V,
    gradient: Vec<V>,
}

impl<V: Differentiable> Sum<V> {
    fn nothing(x: &impl Parameters<Value = V>) -> Self {
        Self { value: V::single(0.0), gradient: x.flatten().iter().map(Value::zero).collect() }
    }
}

/// The sum over one piece of the data. Several losses share a sweep, as many as fit a cache.
fn sum_over<P: Parameters, D>(
    tape: &mut Tape<P::Value>,
    f: &impl for<'t, 'd> FormulaOfData<P::Of<Var<'t, P::Value>>, &'d D, &'t Tape<P::Value>>,
    x: &P,
    data: &[D],
) -> Sum<P::Value>
where
    P::Value: Leaf,
{
    let mut sum = Sum::nothing(x);
    let mut data = data.iter().peekable();
    while data.peek().is_some() {
        tape.clear();
        let tape = &*tape;
        let variables = first_variables(tape, x);
        let room = variables.len() + variables.len().max(P::Value::NODES_PER_SWEEP);
        let mut losses = Vec::new();
        while tape.len() + losses.len() < room
            && let Some(datum) = data.next()
        {
            let loss = f(rebuilt(x, &variables), datum);
            sum.value.accumulate(&loss.value());
            match P::Value::one(loss) {
                Ok(one) => losses.push((loss, one)),
                Err(reason) => panic!("sum_of_gradients: {reason}"),
            }
        }
        let gradients = tape.backward(losses);
        for (at, slope) in sum.gradient.iter_mut().enumerate() {
            if let Some(found) = gradients.at(at) {
                slope.accumulate(&found);
            }
        }
    }
    sum
}

/// Which part of the data is whose turn: pieces are cut by the number of data alone.
struct Pieces {
    data: usize,
    count: usize,
    next: AtomicUsize,
}

impl Pieces {
    /// Enough for many cores to end at about the same time, few enough for the gradients of all to be kept.
    const MOST: usize = 64;

    fn of(data: usize) -> Self {
        Self { data, count: data.min(Self::MOST), next: AtomicUsize::new(0) }
    }

    /// The next piece that nobody has: its place, and what it holds.
    fn next(&self) -> Option<(usize, Range<usize>)> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let start = |piece: usize| self.data / self.count * piece + (self.data % self.count).min(piece);
        (place < self.count).then(|| (place, start(place)..start(place + 1)))
    }
}

/// Ends the work of all threads when one of them panics: nobody will see the answer.
struct StopOnPanic<'a>(&'a Pieces);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.next.store(self.0.count, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_the_data_once() {
        for data in [0, 1, 2, 63, 64, 65, 127, 128, 1000] {
            let pieces = Pieces::of(data);
            let mut end = 0;
            while let Some((_, range)) = pieces.next() {
                assert!(range.start == end && !range.is_empty(), "{data}: {range:?} after {end}");
                end = range.end;
            }
            assert_eq!(end, data);
        }
    }
}
