//! Elementwise programs: operators, rules, broadcasting, kinks, masks; elementwise.py has the same.

use super::{Inputs, Outcome, Program, Results, lit};
use chainrule::Element;
use chainrule::prelude::*;

programs! {
    add_row(x, b) => x + b;
    subtract_from_column(x, c) => c - x;
    multiply_both_sides(a, b) => a * b;
    divide_by_rank_zero(x, s) => x / s;
    rank_zero_divided(s, x) => s / x;
    divide_three_ways(a, b, c) => (a - c) / b + c * a;
    axes_of_size_one(a, b) => a * b + a;
    remainder_of_column(x, m) => x % m;
    literals_on_both_sides(x) =>
        lit(2.0) - x / lit(4.0) + lit(1.5) * x - lit(3.0) / (x * x + lit(1.0)) + (x - lit(0.5)) * (-x);
    diamond(x, b) => {
        let y = x * b;
        y * y + y * x + x * x
    };
    mul_add_broadcast(x, a, b) => x.mul_add(a, b);

    pow_broadcast(x, y) => x.pow(y);
    powi_of_both_signs(x) => x.powi(3) - lit(2.0) * x.powi(2) + x.powi(-1);
    powf_constants(x) => x.powf(2.5) + x.powf(-0.5);
    max_with_row(x, y) => x.max(y);
    min_with_column(x, y) => x.min(y);
    max_and_min_ties(x, y) => results![a: x.max(y), b: x.min(y)];
    max_and_min_with_constants(x) => x.max(T::literal(0.3)) + lit(2.0) * x.min(T::literal(-0.4));
    clamp(x) => x.clamp(-0.8, 0.9);
    hypot_atan2(x, y) => results![h: x.hypot(y), a: x.atan2(y)];
    xlogy(x, y) => x.xlogy(y);

    smooth_functions(x) => results![
        exp: x.exp(), sin: x.sin(), cos: x.cos(), tanh: x.tanh(), sinh: x.sinh(), atan: x.atan(), sigmoid: x.sigmoid(),
        softplus: x.softplus(), silu: x.silu(), gelu: x.gelu(), gelu_tanh: x.gelu_tanh(), mish: x.mish(), exp_m1: x.exp_m1(),
    ];
    functions_of_positive_numbers(x) =>
        results![ln: x.ln(), log2: x.log2(), ln_1p: x.ln_1p(), sqrt: x.sqrt(), cbrt: x.cbrt(), recip: x.recip()];
    functions_between_0_and_1(x) => results![
        asin: x.asin(), acos: x.acos(), atanh: x.atanh(), logit: x.logit(), sinc: x.sinc(), entropy: x.entropy(),
        log_sigmoid: x.log_sigmoid(), softsign: x.softsign(), tan: x.tan(),
    ];
    special_functions(x) =>
        results![erf: x.erf(), erfc: x.erfc(), normal_cdf: x.normal_cdf(), lgamma: x.lgamma(), digamma: x.digamma()];
    piecewise_functions(x) => results![
        abs: x.abs(), relu: x.relu(), relu6: x.relu6(), leaky_relu: x.leaky_relu(0.1), elu: x.elu(0.5), selu: x.selu(),
        hard_swish: x.hard_swish(), floor: x.floor(),
    ];
    kinks(x) => results![abs: x.abs(), relu: x.relu(), relu6: x.relu6(), leaky_relu: x.leaky_relu(0.1)];

    where_broadcast(m: mask, x, y) => x.where_(&m, y);
    where_grows(m: mask, x, y) => x.where_(&m, y);
    where_constant(m: mask, x) => x.sin().where_(&m, T::literal(-1.5));
    where_dead_branch(x) => x.sqrt().where_(&x.value().greater(T::zero()), x);
    masked_fill(m: mask, x) => (x * x).masked_fill(&m, -7.0);
    comparisons(x, y) => {
        let (x, y) = (x.value(), y.value());
        results![
            less: x.less(&y), less_equal: x.less_equal(&y), greater: x.greater(&y), greater_equal: x.greater_equal(&y),
            equal: x.equal(&y), not_equal: x.not_equal(&y),
        ]
    };
    any_and_all(m: mask) => results![
        any: m.any_along(1), all: m.all_along(-1), any_keep: m.any_along(keepdims([0, 2])),
        all_keep: m.all_along(keepdims([0, 2])),
    ];
    one_hot(labels: index, x) => Tensor::one_hot(&labels, 4) * x;
    no_rows(x, b) => results![rows: x * b, sum: (x * b).sum_along(0)];
}
