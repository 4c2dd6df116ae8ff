//! Products of matrices, softmax, convolutions, pooling, normalisation; products.py has the same.

use super::{Inputs, Outcome, Program, Results};
use chainrule::prelude::*;
use chainrule::{Conv2d, Element, Pool2d};

programs! {
    matmul_vector_vector(a, b) => a.matmul(b);
    matmul_matrix_vector(a, b) => a.matmul(b);
    matmul_vector_matrix(a, b) => a.matmul(b);
    matmul_matrix_matrix(a, b) => a.matmul(b);
    matmul_stacks(a, b) => a.matmul(b);
    matmul_stacks_broadcast(a, b) => a.matmul(b);
    matmul_stack_with_matrix(a, b) => a.matmul(b);
    matmul_matrix_with_stack(a, b) => a.matmul(b);
    matmul_stack_with_vector(a, b) => a.matmul(b);
    matmul_vector_with_stack(a, b) => a.matmul(b);
    matmul_with_own_transpose(a) => a.matmul(a.transpose());
    matmul_of_nothing(a, b) => a.matmul(b);
    dot(a, b) => a.dot(b) * a.dot(a);
    outer(a, b) => a.outer(b);

    einsum_of_one(a) => results![
        transposed: Var::einsum("ijk->kij", [a]), all: Var::einsum("ijk->", [a]), middle: Var::einsum("ijk->j", [a]),
        pair: Var::einsum("ijk->ki", [a]),
    ];
    einsum_diagonal(a, b) => results![p: Var::einsum("ii->i", [a]), q: Var::einsum("iji->ij", [b])];
    einsum_matrix_product(a, b) => results![p: Var::einsum("ij,jk->ik", [a, b]), q: Var::einsum("ij,jk->ki", [a, b])];
    einsum_stacks(a, b) => Var::einsum("bij,bjk->bik", [a, b]);
    einsum_transposed_matrix(a, b) => Var::einsum("bij,kj->bik", [a, b]);
    einsum_outer(a, b) => Var::einsum("i,j->ij", [a, b]);
    einsum_attention(a, b) => Var::einsum("bhqd,bhkd->bhqk", [a, b]);
    einsum_summed_away(a, b) => results![p: Var::einsum("ijk,kl->jl", [a, b]), q: Var::einsum("ijk,kl->i", [a, b])];
    einsum_to_rank_zero(a, b) => Var::einsum("ij,ji->", [a, b]);

    linear(x, w, b) => x.linear(w, b);
    linear_other_ranks(x, v, w, b) => results![p: x.linear(w, b), q: v.linear(w, b)];
    softmax(x) => results![last: x.softmax(-1), middle: x.softmax(1)];
    log_softmax(x) => results![rows: x.log_softmax(-1), columns: x.log_softmax(0)];
    softmax_far_out(x) => results![p: x.softmax(-1), l: x.log_softmax(-1)];
    masked_softmax(x, m: mask) => x.masked_softmax(&m, -1);
    masked_softmax_broadcast(x, m: mask) => x.masked_softmax(&m, 1);
    masked_log_softmax(x, m: mask) => x.masked_log_softmax(&m, -1).where_(&m, T::zero());
    softmax_cross_entropy_of_labels(x, labels: index) => x.softmax_cross_entropy(&labels);
    // targets are constants to the operation: the gradient by them comes from a term that is 0
    softmax_cross_entropy_of_probabilities(x, t) =>
        x.softmax_cross_entropy(t.value()) - ((t - t.detach()) * x.detach().log_softmax(-1)).sum_along(-1);
    softmax_cross_entropy_far_out(x, labels: index) => x.softmax_cross_entropy(&labels);

    conv2d(x, k) => x.conv2d(k, Conv2d::new());
    conv2d_stride_and_padding(x, k) => x.conv2d(k, Conv2d::new().stride(2).padding(1));
    conv2d_uneven_stride(x, k) => x.conv2d(k, Conv2d::new().stride([1, 2]).padding([0, 1]));
    conv2d_stride_leaves_rest(x, k) => x.conv2d(k, Conv2d::new().stride([2, 3]));
    conv2d_dilation(x, k) => x.conv2d(k, Conv2d::new().dilation(2).padding(1));
    conv2d_groups(x, k) => x.conv2d(k, Conv2d::new().groups(2));
    conv2d_depthwise(x, k) => x.conv2d(k, Conv2d::new().groups(3).padding([1, 0]));
    conv2d_depthwise_twice(x, k) => x.conv2d(k, Conv2d::new().groups(2));
    conv2d_points(x, k, b) => x.conv2d(k, Conv2d::new()) + b;
    max_pool2d(x) => x.max_pool2d(Pool2d::new(2));
    max_pool2d_overlapping(x) => x.max_pool2d(Pool2d::new(3).stride(2).padding(1));
    max_pool2d_uneven(x) => x.max_pool2d(Pool2d::new([2, 3]).stride([2, 1]));
    max_pool2d_ties(x) => x.max_pool2d(Pool2d::new(2));
    avg_pool2d(x) => x.avg_pool2d(Pool2d::new(2));
    avg_pool2d_overlapping(x) => x.avg_pool2d(Pool2d::new([3, 2]).stride([2, 1]));

    layer_norm(x, gain, bias) => x.layer_norm(gain, bias, 1e-3);
    layer_norm_stacks(x, gain, bias) => x.layer_norm(gain, bias, 1e-3);
    embedding_mean(i: index, m: mask, table) => table.embedding(&i).masked_fill(&m, 0.0).mean_along(1);
}
