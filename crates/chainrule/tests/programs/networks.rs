//! Programs as they are written in practice: networks, losses, models and solvers; networks.py has the same.

use super::{Inputs, Outcome, Program, Results, lit};
use chainrule::prelude::*;
use chainrule::{Conv2d, Element, Pool2d, s};

programs! {
    perceptron(x, labels: index, w1, b1, w2, b2, w3, b3) => {
        let h = x.linear(w1, b1).relu();
        let g = h.linear(w2, b2).tanh();
        g.linear(w3, b3).softmax_cross_entropy(&labels).mean()
    };
    perceptron_hessian(x, labels: index, w1, b1, w2, b2) =>
        x.linear(w1, b1).tanh().linear(w2, b2).softmax_cross_entropy(&labels).mean();
    convolutional_network(x, k, c, w, b, labels: index) => {
        let h = (x.conv2d(k, Conv2d::new().padding(1)) + c).relu();
        let p = h.max_pool2d(Pool2d::new(2));
        p.reshape([2, 12]).linear(w, b).softmax_cross_entropy(&labels).mean()
    };
    attention_head(x, wq, wk, wv) => {
        let (q, k, v) = (x.matmul(wq), x.matmul(wk), x.matmul(wv));
        (q.matmul(k.transpose()) / lit(3f64.sqrt())).softmax(-1).matmul(v)
    };
    attention_heads_causal(q, k, v, m: mask) => {
        let scores = Var::einsum("bhqd,bhkd->bhqk", [q, k]) / lit(2.0);
        scores.masked_softmax(&m, -1).matmul(v)
    };
    recurrent_network(x, h, wx, wh, b) =>
        (0..4).fold(h, |h, t| (x.index(0, t).matmul(wx) + h.matmul(wh) + b).tanh());
    long_short_term_memory(x, h, c, w, b) => {
        let gates = Var::concat(&[x, h], 1).linear(w, b).split(4, 1);
        let cell = gates[1].sigmoid() * c + gates[0].sigmoid() * gates[2].tanh();
        results![cell: cell, out: gates[3].sigmoid() * cell.tanh()]
    };
    residual_block(x, gain, bias, w1, b1, w2, b2) =>
        x + x.layer_norm(gain, bias, 1e-3).linear(w1, b1).gelu().linear(w2, b2);
    batch_normalisation(x, gain, bias) => {
        let (m, v) = (x.mean_along([0, 1]), x.var_along([0, 1], 0));
        (x - m) / (v + lit(1e-3)).sqrt() * gain + bias
    };

    logistic_regression(x, y, w, b) => {
        let z = x.matmul(w) + b;
        (z.softplus() - y * z).mean() + lit(0.05) * w.powi(2).sum()
    };
    huber_loss(x, y) => {
        let e = (x - y).abs();
        (lit(0.5) * e * e).where_(&e.value().less(T::one()), e - lit(0.5)).mean_along(1)
    };
    mixture_of_gaussians(x, m, s, a) => {
        let d = (x.unsqueeze(1) - m) / s;
        -(a.log_softmax(0) - s.ln() - lit(0.5) * d * d).log_sum_exp_along(1).sum()
    };
    contrastive_loss(x, y) => {
        let (u, v) = (x / x.norm_along(2, keepdims(1)), y / y.norm_along(2, keepdims(1)));
        let scores = u.matmul(v.transpose()) / lit(0.5);
        -scores.log_softmax(1).diagonal(0)
    };
    squared_distances(x, y) => (x.unsqueeze(1) - y).powi(2).sum_along(-1);

    rosenbrock(x) => {
        let (a, b) = (x.slice([s(..5)]), x.slice([s(1..)]));
        (lit(100.0) * (b - a * a).powi(2) + (lit(1.0) - a).powi(2)).sum()
    };
    descent_unrolled(a, b, x, rate) => (0..3).fold(x, |x, _| x - rate * (a.matmul(x) - b).matmul(a));
    power_iteration(a, v) => {
        let v = (0..3).fold(v, |v, _| {
            let image = a.matmul(v);
            image / image.norm(2)
        });
        v.dot(a.matmul(v))
    };
    diffusion(u, d) => (0..4).fold(u, |u, _| {
        u + d * (u.roll(1, 1) + u.roll(-1, 1) - lit(2.0) * u) - lit(0.05) * u * u
    });
    hidden_markov_model(start, transition, emission, seen: index) => {
        let (e, t) = (emission.log_softmax(1), transition.log_softmax(1));
        let first = start.log_softmax(0) + e.index(1, seen[[0]]);
        let last = seen.iter().skip(1).fold(first, |a, &s| (a.unsqueeze(1) + t).log_sum_exp_along(0) + e.index(1, s));
        last.log_sum_exp()
    };
}
