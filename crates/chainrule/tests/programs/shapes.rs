//! Programs that move elements: shapes, slices, joints, gathers; shapes.py has the same.

use super::{Inputs, Outcome, Program, Results};
use chainrule::prelude::*;
use chainrule::{Element, at, s};

programs! {
    reshape(x, b) => x.reshape([4, -1]) * b;
    flatten(x) => x.flatten() * x.flatten();
    permute(x, b) => x.permute([2, 1, 0]) * b;
    permute_cycle(x) => x.permute([1, 2, 0]).powi(2);
    transpose(x, b) => x.transpose() * b;
    squeeze(x, b) => x.squeeze(1) * b;
    unsqueeze(x, b) => x.unsqueeze(-1) * b;
    broadcast_to(x, s) => results![a: x.broadcast_to([2, 3, 4]), b: s.broadcast_to([3, 2])];

    slice(x) => x.slice([s(1..4), s(2..)]);
    slice_steps(x) => x.slice([s(1..).step(2), s(..).step(3)]);
    slice_negative_steps(x) => x.slice([s(..).step(-1), s(1..5).step(-2)]);
    slice_at(x) => x.slice([at(2), s(..), at(-2)]);
    slice_overlaps(x) => {
        let first = x.slice([s(..6)]);
        x.slice([s(1..)]) * first + first * first
    };
    narrow(x) => x.narrow(1, 2..5) * x.narrow(-1, 0..3);
    flip(x) => results![a: x.flip(0), b: x.flip(-1)];
    roll(x) => results![a: x.roll(2, 1), b: x.roll(-1, 0)];
    repeat(x) => results![a: x.repeat(3, 1), b: x.repeat(2, 0)];
    tile(x) => results![a: x.tile([2, 3]), b: x.tile([2, 1, 2])];
    pad(x) => x.pad([(1, 0), (2, 1)], 0.5);
    diagonals(x) => results![a: x.diagonal(0), b: x.diagonal(2), c: x.diagonal(-1)];
    triangles(x) =>
        results![u0: x.triu(0), u1: x.triu(1), u2: x.triu(-2), l0: x.tril(0), l1: x.tril(1), l2: x.tril(-1)];
    triangles_of_stacks(x) => results![a: x.triu(1), b: x.tril(0)];

    concat(a, b, c) => Var::concat(&[a, b * b, c, a], 1);
    concat_first_axis(a, b) => Var::concat(&[a, b], -3);
    stack(a, b) => results![p: Var::stack(&[a, b, a], 1), q: Var::stack(&[b, a], -1)];
    split(x) => {
        let parts = x.split(3, 1);
        parts[0] * parts[1] + parts[2]
    };
    split_with_one_part_unused(x) => {
        let parts = x.split(3, 1);
        results![first: parts[0], last: parts[2]]
    };

    take_rows(i: index, x) => x.take(0, &i);
    take_middle_axis(i: index, x) => x.take(1, &i);
    gather(i: index, x) => x.gather(1, &i);
    gather_first_axis(i: index, x) => x.gather(0, &i);
    scatter_add(i: index, x, s) => x.scatter_add(1, &i, s);
    scatter_add_first_axis(i: index, x, s) => x.powi(2).scatter_add(0, &i, s.sin());
    embedding(i: index, table) => table.embedding(&i);
}
