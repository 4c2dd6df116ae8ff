//! Jacobians of numbers on a tape: sweeps that carry several adjoints or several tangents at once.

use crate::real::Real;
use crate::tape::{Tape, Var};

/// The derivative of each result by each variable, by reverse sweeps of up to four results.
#[track_caller]
pub(super) fn reverse<'t, T: Real>(tape: &'t Tape<T>, results: &[Var<'t, T>], variables: &[Var<'t, T>]) -> Vec<Vec<T>> {
    let mut rows = Vec::with_capacity(results.len());
    for results in results.chunks(4) {
        match *results {
            [one] => rows.push(tape.backward([(one, T::one())]).of_slice(variables)),
            [first, second] => together(tape, [first, second], 2, variables, &mut rows),
            _ => {
                // lanes that nobody asked for hold a constant
                let lanes = std::array::from_fn(|lane| results.get(lane).copied().unwrap_or_default());
                together::<T, 4>(tape, lanes, results.len(), variables, &mut rows);
            }
        }
    }
    rows
}

/// The gradients of the first `count` of these results.
#[track_caller]
fn together<'t, T: Real, const L: usize>(
    tape: &'t Tape<T>,
    results: [Var<'t, T>; L],
    count: usize,
    variables: &[Var<'t, T>],
    rows: &mut Vec<Vec<T>>,
) {
    let gradients = tape.backward_lanes(results);
    let start = rows.len();
    rows.resize_with(start + count, || Vec::with_capacity(variables.len()));
    for &x in variables {
        for (row, slope) in rows[start..].iter_mut().zip(gradients.of(x)) {
            row.push(slope);
        }
    }
}

/// The derivative of each result by each variable, by forward sweeps of up to four variables.
#[track_caller]
pub(super) fn forward<'t, T: Real>(tape: &'t Tape<T>, results: &[Var<'t, T>], variables: &[Var<'t, T>]) -> Vec<Vec<T>> {
    let mut rows: Vec<Vec<T>> = results.iter().map(|_| Vec::with_capacity(variables.len())).collect();
    for variables in variables.chunks(4) {
        match *variables {
            [one] => moved(tape, results, &[(one, [T::one()])], &mut rows),
            [first, second] => {
                let (one, zero) = (T::one(), T::zero());
                moved(tape, results, &[(first, [one, zero]), (second, [zero, one])], &mut rows);
            }
            _ => {
                let unit = |at| std::array::from_fn(|lane| if lane == at { T::one() } else { T::zero() });
                let seeds: Vec<(Var<'t, T>, [T; 4])> =
                    variables.iter().enumerate().map(|(at, &x)| (x, unit(at))).collect();
                moved(tape, results, &seeds, &mut rows);
            }
        }
    }
    rows
}

/// Adds the derivatives by these variables to each row.
#[track_caller]
fn moved<'t, T: Real, const L: usize>(
    tape: &'t Tape<T>,
    results: &[Var<'t, T>],
    seeds: &[(Var<'t, T>, [T; L])],
    rows: &mut [Vec<T>],
) {
    let tangents = tape.forward_lanes(seeds);
    for (row, &result) in rows.iter_mut().zip(results) {
        row.extend(&tangents.of(result)[..seeds.len()]);
    }
}
