//! Programs that reduce or run along axes; reductions.py has the same.

use super::{Inputs, Outcome, Program, Results, lit};
use chainrule::Element;
use chainrule::prelude::*;

programs! {
    sums(x) => results![
        all: x.sum(), a: x.sum_along(1), b: x.sum_along([0, -1]), c: x.sum_along(keepdims([0, 2])), d: x.sum_along(..),
        e: x.sum_along(keepdims(-1)),
    ];
    means(x) => results![
        all: x.mean(), a: x.mean_along(0), b: x.mean_along([1, 2]), c: (x - x.mean_along(keepdims(1))).powi(2),
    ];
    variances(x) => results![
        all: x.var(), a: x.var_along(1, 0), b: x.var_along(-1, 1), c: x.var_along(keepdims([0, 2]), 1),
    ];
    deviations(x) => results![
        all: x.std(), a: x.std_along(1, 0), b: x.std_along(-1, 1), c: x.std_along(keepdims([0, 2]), 1),
    ];
    products_of_elements(x) => results![
        all: x.prod(), a: x.prod_along(1), b: x.prod_along([0, 2]), c: x.prod_along(keepdims(-1)),
    ];
    products_with_zeros(x) => results![rows: x.prod_along(1), columns: x.prod_along(0), all: x.prod()];

    extremes(x) => results![
        greatest: x.amax(), a: x.amax_along(1), b: x.amax_along(keepdims([0, -1])), least: x.amin(), c: x.amin_along(0),
        d: x.amin_along([1, 2]),
    ];
    extremes_with_ties(x) => results![a: x.amax_along(1), b: x.amin_along(1), c: x.amax()];
    norms(x) => results![
        n1: x.norm(1), n2: x.norm(2), n3: x.norm(3), a: x.norm_along(1, 0), b: x.norm_along(2, [0, 2]),
        c: x.norm_along(3, keepdims(-1)), d: x.norm_along(2, keepdims(1)),
    ];
    norms_at_the_origin(x) => results![n1: x.norm_along(1, -1), n2: x.norm_along(2, -1), n3: x.norm_along(3, -1)];
    log_sum_exps(x) => results![
        all: x.log_sum_exp(), a: x.log_sum_exp_along(1), b: x.log_sum_exp_along(keepdims([0, 2])),
    ];
    log_sum_exp_far_out(x) => x.log_sum_exp_along(-1);

    cumsums(x) => results![a: x.cumsum(0), b: x.cumsum(-1)];
    cumprods(x) => results![a: x.cumprod(0), b: x.cumprod(-1)];
    cumprods_with_zeros(x) => results![a: x.cumprod(0), b: x.cumprod(1)];
    sorts(x) => results![a: x.sort(0), b: x.sort(-1)];
    top_k(x) => {
        let (rows, row_indices) = x.top_k(2, 0);
        let (columns, column_indices) = x.top_k(3, -1);
        results![rows: rows, row_indices: row_indices, columns: columns, column_indices: column_indices]
    };
    places_of_extremes(x) => results![
        greatest: x.argmax(0), greatest_of_row: x.argmax(-1), least: x.argmin(0), least_of_row: x.argmin(1),
    ];

    share_of_row(x) => x / x.sum_along(keepdims(1));
    standardised(x) =>
        (x - x.mean_along(keepdims([0, 1]))) / (x.var_along(keepdims([0, 1]), 0) + lit(0.001)).sqrt();
    unit_rows(x) => x / x.norm_along(2, keepdims(1));
}
