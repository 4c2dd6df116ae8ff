//! The loops over two operands that broadcast to one shape: the value of a rule, and the pullback into either of them.

use super::elementwise::{absent, flow};
use crate::array::pieces::{each_piece, each_piece_of_rows};
use crate::array::shape::signed;
use crate::array::strided::{Layout, Run, Runs, runs};
use crate::array::{Element, Shape};
use chainrule_kernels::product::Onto;
use chainrule_kernels::vector::Work;
use smallvec::SmallVec;
use std::ops::Range;

/// Two operands beneath the shape that they broadcast to.
pub(super) struct Beneath {
    /// How they lie; nothing where all have the same shape, and lie one element after the other.
    layouts: Option<Layouts>,
    /// Whether the upstream gradient knows absence.
    absence: bool,
}

struct Layouts {
    shape: Shape,
    /// The first axis along which there is more than one element: threads share the work by its rows.
    axis: usize,
    whole: Layout,
    x: Layout,
    y: Layout,
}

/// One of the two operands.
#[derive(Clone, Copy)]
pub(super) enum Side {
    X,
    Y,
}

impl Layouts {
    fn new(shape: &Shape, x: &Shape, y: &Shape) -> Self {
        Self {
            shape: shape.clone(),
            axis: shape.iter().position(|&size| size != 1).unwrap_or(0),
            whole: Layout::dense(shape),
            x: Layout::broadcast(x, shape),
            y: Layout::broadcast(y, shape),
        }
    }

    /// How many elements of an operand are a row of the axis that is cut.
    fn row(&self, operand: &Layout) -> usize {
        operand.steps.get(self.axis).map_or(1, |&step| step.unsigned_abs())
    }

    /// The runs of these rows, where the slice of operand `cut` begins with them, and those of the others as always.
    #[inline(always)]
    fn runs_of<const K: usize>(&self, rows: Range<usize>, layouts: [&Layout; K], cut: usize) -> Runs<K> {
        if rows.len() == self.shape[self.axis] {
            return runs(&self.shape, layouts);
        }
        let mut sizes: SmallVec<[usize; 6]> = self.shape.iter().copied().collect();
        sizes[self.axis] = rows.len();
        let mut parts = layouts.map(Layout::clone);
        for (operand, part) in parts.iter_mut().enumerate().filter(|&(operand, _)| operand != cut) {
            part.start = part.start.wrapping_add_signed(layouts[operand].steps[self.axis] * signed(rows.start));
        }
        runs(&sizes, parts.each_ref())
    }
}

impl Beneath {
    pub(super) fn new(shape: &Shape, x: &Shape, y: &Shape, absence: bool) -> Self {
        Self { layouts: (x != y).then(|| Layouts::new(shape, x, y)), absence }
    }

    /// Makes every element of the result of its two operands.
    #[inline(always)]
    pub(super) fn each<T: Element>(
        &self,
        result: &mut [T],
        x: &[T],
        y: &[T],
        f: impl Fn(T::Lane, T::Lane) -> T::Lane + Copy + Sync,
    ) {
        let Some(lies) = &self.layouts else {
            return each_piece(result, |range, result| {
                let (runs, x, y) = (Runs::line(result.len()), &x[range.clone()], &y[range]);
                T::loops(Each { runs, result, x, y, f });
            });
        };
        let row = lies.row(&lies.whole);
        each_piece_of_rows(result, row, row, |rows, result| {
            T::loops(Each { runs: lies.runs_of(rows, [&lies.whole, &lies.x, &lies.y], 0), result, x, y, f });
        });
    }

    /// Adds `slope(x, y, z) * upstream` for every element of the result into the operand that lies as `target`.
    #[inline(always)]
    pub(super) fn pull<T: Element>(
        &self,
        target: Side,
        sum: &mut [T],
        onto: Onto,
        [x, y, z, upstream]: [&[T]; 4],
        slope: impl Fn([T::Lane; 3]) -> T::Lane + Copy + Sync,
    ) {
        let absence = self.absence;
        let nothing = if absence { absent() } else { T::zero() };
        let Some(lies) = &self.layouts else {
            return each_piece(sum, |range, sum| {
                if onto == Onto::Fresh {
                    sum.fill(nothing);
                }
                let [x, y, z, upstream] = [x, y, z, upstream].map(|operand| &operand[range.clone()]);
                T::loops(Pull { runs: Runs::line(sum.len()), absence, sum, x, y, z, upstream, slope });
            });
        };
        let into = match target {
            Side::X => &lies.x,
            Side::Y => &lies.y,
        };
        // where the rows are all added into one, they are one piece
        let row = if lies.row(into) == 0 { sum.len() } else { lies.row(into) };
        each_piece_of_rows(sum, row, lies.row(&lies.whole), |rows, sum| {
            if onto == Onto::Fresh {
                sum.fill(nothing);
            }
            let rows = if lies.row(into) == 0 { 0..lies.shape[lies.axis] } else { rows };
            let runs = lies.runs_of(rows, [&lies.whole, &lies.x, &lies.y, into], 3);
            T::loops(Pull { runs, absence, sum, x, y, z, upstream, slope });
        });
    }
}

/// [`Beneath::each`], to be compiled for several sets of instructions.
struct Each<'a, T, F> {
    runs: Runs<3>,
    result: &'a mut [T],
    x: &'a [T],
    y: &'a [T],
    f: F,
}

impl<T: Element, F: Fn(T::Lane, T::Lane) -> T::Lane> Work for Each<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { runs, result, x, y, f } = self;
        let f = |result: &mut T, x: T, y: T| *result = T::from_lane(f(x.lane(), y.lane()));
        for run in runs {
            let (length, [at, x_at, y_at]) = (run.length, run.at);
            let result = &mut result[at..at + length];
            let (x_run, y_run) = (&x[x_at..], &y[y_at..]);
            match run.steps {
                [_, 1, 1] => {
                    let operands = x_run.iter().zip(y_run);
                    result.iter_mut().zip(operands).for_each(|(result, (&x, &y))| f(result, x, y));
                }
                [_, 1, 0] => result.iter_mut().zip(x_run).for_each(|(result, &x)| f(result, x, y_run[0])),
                [_, 0, 1] => result.iter_mut().zip(y_run).for_each(|(result, &y)| f(result, x_run[0], y)),
                _ => {
                    for (i, result) in result.iter_mut().enumerate() {
                        f(result, x[run.place(1, i)], y[run.place(2, i)]);
                    }
                }
            }
        }
    }
}

/// [`Beneath::pull`], to be compiled for several sets of instructions.
struct Pull<'a, T, F> {
    runs: Runs<4>,
    absence: bool,
    sum: &'a mut [T],
    x: &'a [T],
    y: &'a [T],
    z: &'a [T],
    upstream: &'a [T],
    slope: F,
}

impl<T: Element, F: Fn([T::Lane; 3]) -> T::Lane> Work for Pull<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        while let Some(run) = self.runs.next() {
            self.stretch(run);
        }
    }
}

impl<T: Element, F: Fn([T::Lane; 3]) -> T::Lane> Pull<'_, T, F> {
    #[inline(always)]
    fn stretch(&mut self, run: Run<4>) {
        let (length, [at, x_at, y_at, to]) = (run.length, run.at);
        let (z, upstream) = (&self.z[at..at + length], &self.upstream[at..at + length]);
        let (x, y) = (&self.x[x_at..], &self.y[y_at..]);
        let absence = self.absence;
        let term = |i: usize, x: T, y: T| {
            T::from_lane(flow((self.slope)([x.lane(), y.lane(), z[i].lane()]), upstream[i].lane(), absence))
        };
        match run.steps {
            [_, 1, 1, 1] => {
                let (x, y) = (&x[..length], &y[..length]);
                add_each(&mut self.sum[to..to + length], |i| term(i, x[i], y[i]));
            }
            [_, 1, 0, 1] => {
                let (x, y) = (&x[..length], y[0]);
                add_each(&mut self.sum[to..to + length], |i| term(i, x[i], y));
            }
            [_, 0, 1, 1] => {
                let (x, y) = (x[0], &y[..length]);
                add_each(&mut self.sum[to..to + length], |i| term(i, x, y[i]));
            }
            [_, 1, 0, 0] => {
                let (x, y) = (&x[..length], y[0]);
                self.sum[to] += total(length, |i| term(i, x[i], y));
            }
            [_, 0, 1, 0] => {
                let (x, y) = (x[0], &y[..length]);
                self.sum[to] += total(length, |i| term(i, x, y[i]));
            }
            _ => {
                for i in 0..length {
                    let place = run.place(3, i);
                    self.sum[place] += term(i, self.x[run.place(1, i)], self.y[run.place(2, i)]);
                }
            }
        }
    }
}

/// `sumᵢ += term(i)`
#[inline(always)]
fn add_each<T: Element>(sum: &mut [T], term: impl Fn(usize) -> T) {
    for (i, sum) in sum.iter_mut().enumerate() {
        *sum += term(i);
    }
}

/// `Σ term(i)` in eight lanes, so that it vectorises; the order depends on the length alone.
#[inline(always)]
fn total<T: Element>(length: usize, term: impl Fn(usize) -> T) -> T {
    let mut lanes = [absent(); 8];
    let whole = length - length % 8;
    for block in (0..whole).step_by(8) {
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane += term(block + i);
        }
    }
    let rest = (whole..length).fold(absent(), |sum: T, i| sum + term(i));
    lanes.into_iter().fold(rest, |sum, lane| sum + lane)
}
