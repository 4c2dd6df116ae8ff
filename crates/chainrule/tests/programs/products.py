"""Programs of products, softmax, convolution, pooling and normalisation; see generate.py."""

import jax
import jax.numpy as jnp
import torch
from table import given, index, jax_program, mask, real, torch_program


# --- products ---------------------------------------------------------------------------------------------------------

@jax_program(a=real(5), b=real(5))
def matmul_vector_vector(a, b):
    """a.matmul(b), rank 0"""
    return a @ b


@jax_program(a=real(3, 4), b=real(4))
def matmul_matrix_vector(a, b):
    """a.matmul(b), shape (3)"""
    return a @ b


@jax_program(a=real(3), b=real(3, 4))
def matmul_vector_matrix(a, b):
    """a.matmul(b), shape (4)"""
    return a @ b


@jax_program(hvp=True, a=real(2, 3), b=real(3, 4))
def matmul_matrix_matrix(a, b):
    """a.matmul(b), shape (2, 4)"""
    return a @ b


@jax_program(a=real(2, 3, 4), b=real(2, 4, 5))
def matmul_stacks(a, b):
    """a.matmul(b), shape (2, 3, 5)"""
    return a @ b


@jax_program(hvp=True, a=real(3, 1, 2, 4), b=real(2, 4, 3))
def matmul_stacks_broadcast(a, b):
    """a.matmul(b), shape (3, 2, 2, 3)"""
    return a @ b


@jax_program(a=real(2, 3, 4), b=real(4, 2))
def matmul_stack_with_matrix(a, b):
    """a.matmul(b), shape (2, 3, 2)"""
    return a @ b


@jax_program(a=real(3, 4), b=real(2, 4, 2))
def matmul_matrix_with_stack(a, b):
    """a.matmul(b), shape (2, 3, 2)"""
    return a @ b


@jax_program(a=real(2, 3, 4), b=real(4))
def matmul_stack_with_vector(a, b):
    """a.matmul(b), shape (2, 3)"""
    return a @ b


@jax_program(a=real(3), b=real(2, 3, 4))
def matmul_vector_with_stack(a, b):
    """a.matmul(b), shape (2, 4)"""
    return a @ b


@jax_program(hvp=True, a=real(3, 4))
def matmul_with_own_transpose(a):
    """a.matmul(a.transpose()), shape (3, 3)"""
    return a @ a.T


@jax_program(a=real(2, 0), b=real(0, 3))
def matmul_of_nothing(a, b):
    """a.matmul(b), shape (2, 3), all 0"""
    return a @ b


@jax_program(hvp=True, a=real(4), b=real(4))
def dot(a, b):
    """a.dot(b) * a.dot(a)"""
    return jnp.dot(a, b) * jnp.dot(a, a)


@jax_program(a=real(3), b=real(4))
def outer(a, b):
    """a.outer(b), shape (3, 4)"""
    return jnp.outer(a, b)


@jax_program(a=real(2, 3, 4))
def einsum_of_one(a):
    """transposed = einsum("ijk->kij", [a]), all = einsum("ijk->", [a]), middle = einsum("ijk->j", [a]),
    pair = einsum("ijk->ki", [a])"""
    return {
        "transposed": jnp.einsum("ijk->kij", a), "all": jnp.einsum("ijk->", a), "middle": jnp.einsum("ijk->j", a),
        "pair": jnp.einsum("ijk->ki", a),
    }


@jax_program(a=real(3, 3), b=real(2, 3, 2))
def einsum_diagonal(a, b):
    """p = einsum("ii->i", [a]), q = einsum("iji->ij", [b])"""
    return {"p": jnp.einsum("ii->i", a), "q": jnp.einsum("iji->ij", b)}


@jax_program(a=real(2, 3), b=real(3, 4))
def einsum_matrix_product(a, b):
    """p = einsum("ij,jk->ik", [a, b]), q = einsum("ij,jk->ki", [a, b])"""
    return {"p": jnp.einsum("ij,jk->ik", a, b), "q": jnp.einsum("ij,jk->ki", a, b)}


@jax_program(a=real(2, 3, 4), b=real(2, 4, 5))
def einsum_stacks(a, b):
    """einsum("bij,bjk->bik", [a, b]), shape (2, 3, 5)"""
    return jnp.einsum("bij,bjk->bik", a, b)


@jax_program(a=real(2, 3, 4), b=real(5, 4))
def einsum_transposed_matrix(a, b):
    """einsum("bij,kj->bik", [a, b]), shape (2, 3, 5)"""
    return jnp.einsum("bij,kj->bik", a, b)


@jax_program(a=real(3), b=real(4))
def einsum_outer(a, b):
    """einsum("i,j->ij", [a, b])"""
    return jnp.einsum("i,j->ij", a, b)


@jax_program(hvp=True, a=real(2, 2, 3, 4), b=real(2, 2, 2, 4))
def einsum_attention(a, b):
    """einsum("bhqd,bhkd->bhqk", [a, b]), shape (2, 2, 3, 2)"""
    return jnp.einsum("bhqd,bhkd->bhqk", a, b)


@jax_program(a=real(2, 3, 4), b=real(4, 2))
def einsum_summed_away(a, b):
    """p = einsum("ijk,kl->jl", [a, b]), where i is summed in a alone; q = einsum("ijk,kl->i", [a, b])"""
    return {"p": jnp.einsum("ijk,kl->jl", a, b), "q": jnp.einsum("ijk,kl->i", a, b)}


@jax_program(a=real(3, 4), b=real(4, 3))
def einsum_to_rank_zero(a, b):
    """einsum("ij,ji->", [a, b])"""
    return jnp.einsum("ij,ji->", a, b)


@jax_program(hvp=True, x=real(4, 3), w=real(3, 2), b=real(2))
def linear(x, w, b):
    """x.linear(w, b) = x w + b, shape (4, 2)"""
    return x @ w + b


@jax_program(x=real(2, 4, 3), v=real(3), w=real(3, 2), b=real(2))
def linear_other_ranks(x, v, w, b):
    """p = x.linear(w, b), shape (2, 4, 2); q = v.linear(w, b), shape (2)"""
    return {"p": x @ w + b, "q": v @ w + b}


# --- softmax ----------------------------------------------------------------------------------------------------------

@jax_program(hvp=True, x=real(2, 3, 4))
def softmax(x):
    """last = x.softmax(-1), middle = x.softmax(1)"""
    return {"last": jax.nn.softmax(x, -1), "middle": jax.nn.softmax(x, 1)}


@jax_program(hvp=True, x=real(3, 4))
def log_softmax(x):
    """rows = x.log_softmax(-1), columns = x.log_softmax(0)"""
    return {"rows": jax.nn.log_softmax(x, -1), "columns": jax.nn.log_softmax(x, 0)}


@jax_program(x=given([[1000.0, 1000.5, 999.0], [-1000.0, 0.0, -1001.0]]))
def softmax_far_out(x):
    """p = x.softmax(-1), l = x.log_softmax(-1)"""
    return {"p": jax.nn.softmax(x, -1), "l": jax.nn.log_softmax(x, -1)}


def masked_shares(m, x, axis):
    greatest = jnp.where(m, x, -1e9).max(axis, keepdims=True)
    powers = jnp.where(m, jnp.exp(jnp.where(m, x - greatest, 0.0)), 0.0)
    total = powers.sum(axis, keepdims=True)
    return powers / jnp.where(total > 0, total, 1.0)


@jax_program(hvp=True, x=real(4, 3),
             m=given([[True, True, False], [False, True, False], [False, False, False], [True, True, True]]))
def masked_softmax(x, m):
    """x.masked_softmax(m, -1), where m is true for those that take part; the third row, with none, is all 0"""
    return masked_shares(m, x, -1)


@jax_program(x=real(2, 4, 3), m=given([[True, False, True], [True, True, False], [False, True, False], [True] * 3]))
def masked_softmax_broadcast(x, m):
    """x.masked_softmax(m, 1), the mask of shape (4, 3) for both matrices"""
    return masked_shares(m, x, 1)


@jax_program(x=real(3, 4), m=given([[True, True, False, True], [False, True, False, False], [False] * 4]))
def masked_log_softmax(x, m):
    """x.masked_log_softmax(m, -1).where_(m, 0.0): the values where m is false are -inf before they are replaced"""
    shares = masked_shares(m, x, -1)
    return jnp.where(m, jnp.log(jnp.where(m, shares, 1.0)), 0.0)


@torch_program(hvp=True, x=real(4, 3), labels=given([2, 0, 2, 1]))
def softmax_cross_entropy_of_labels(x, labels):
    """x.softmax_cross_entropy(labels, -1), shape (4)"""
    return torch.nn.functional.cross_entropy(x, labels, reduction="none")


@torch_program(x=real(3, 4), t=given([[0.1, 0.2, 0.3, 0.4], [0.0, 1.0, 0.0, 0.0], [0.5, 0.125, 0.25, 0.125]]))
def softmax_cross_entropy_of_probabilities(x, t):
    """x.softmax_cross_entropy(t, -1) = -(t * x.log_softmax(-1)).sum_along(-1), shape (3)"""
    return torch.nn.functional.cross_entropy(x, t, reduction="none")


@torch_program(x=given([[800.0, -800.0, 0.0], [0.0, 1.0, 900.0]]), labels=given([1, 2]))
def softmax_cross_entropy_far_out(x, labels):
    """x.softmax_cross_entropy(labels, -1)"""
    return torch.nn.functional.cross_entropy(x, labels, reduction="none")


# --- images, NHWC with kernels HWIO -----------------------------------------------------------------------------------

def conv(x, k, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1):
    return jax.lax.conv_general_dilated(
        x, k, stride, [(p, p) for p in padding], rhs_dilation=dilation, feature_group_count=groups,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


@jax_program(hvp=True, x=real(2, 5, 3, 2), k=real(3, 2, 2, 3))
def conv2d(x, k):
    """x.conv2d(k), shape (2, 3, 2, 3)"""
    return conv(x, k)


@jax_program(x=real(1, 5, 6, 2), k=real(3, 3, 2, 2))
def conv2d_stride_and_padding(x, k):
    """x.conv2d(k), stride 2, padding 1, shape (1, 3, 3, 2)"""
    return conv(x, k, (2, 2), (1, 1))


@jax_program(x=real(1, 5, 6, 2), k=real(2, 3, 2, 1))
def conv2d_uneven_stride(x, k):
    """x.conv2d(k), stride (1, 2), padding (0, 1) in height and width, shape (1, 4, 3, 1)"""
    return conv(x, k, (1, 2), (0, 1))


@jax_program(x=real(1, 5, 6, 2), k=real(3, 2, 2, 2))
def conv2d_stride_leaves_rest(x, k):
    """x.conv2d(k), stride (2, 3), shape (1, 2, 2, 2): the last column of x has gradient 0"""
    return conv(x, k, (2, 3))


@jax_program(x=real(1, 6, 5, 2), k=real(2, 3, 2, 2))
def conv2d_dilation(x, k):
    """x.conv2d(k), dilation 2, padding 1, shape (1, 6, 3, 2)"""
    return conv(x, k, padding=(1, 1), dilation=(2, 2))


@jax_program(x=real(1, 4, 3, 4), k=real(2, 2, 2, 6))
def conv2d_groups(x, k):
    """x.conv2d(k), 2 groups, shape (1, 3, 2, 6): outputs 0 to 2 see inputs 0 and 1, outputs 3 to 5 inputs 2 and 3"""
    return conv(x, k, groups=2)


@jax_program(x=real(2, 4, 2, 3), k=real(3, 2, 1, 3))
def conv2d_depthwise(x, k):
    """x.conv2d(k), 3 groups of one channel, padding (1, 0), shape (2, 4, 1, 3)"""
    return conv(x, k, padding=(1, 0), groups=3)


@jax_program(x=real(1, 4, 5, 2), k=real(2, 3, 1, 4))
def conv2d_depthwise_twice(x, k):
    """x.conv2d(k), 2 groups, each channel makes two, shape (1, 3, 3, 4)"""
    return conv(x, k, groups=2)


@jax_program(x=real(1, 3, 4, 3), k=real(1, 1, 3, 2), b=real(2))
def conv2d_points(x, k, b):
    """x.conv2d(k) + b, the kernel of one point, shape (1, 3, 4, 2)"""
    return conv(x, k) + b


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def channels_last(x):
    return x.permute(0, 2, 3, 1)


@torch_program(x=real(1, 4, 6, 2))
def max_pool2d(x):
    """x.max_pool2d, window 2, stride 2, shape (1, 2, 3, 2)"""
    return channels_last(torch.nn.functional.max_pool2d(channels_first(x), 2, 2))


@torch_program(x=real(1, 5, 5, 2))
def max_pool2d_overlapping(x):
    """x.max_pool2d, window 3, stride 2, padding 1 (that is never the greatest), shape (1, 3, 3, 2)"""
    return channels_last(torch.nn.functional.max_pool2d(channels_first(x), 3, 2, 1))


@torch_program(x=real(2, 5, 5, 1))
def max_pool2d_uneven(x):
    """x.max_pool2d, window (2, 3), stride (2, 1), shape (2, 2, 3, 1): the last row has gradient 0"""
    return channels_last(torch.nn.functional.max_pool2d(channels_first(x), (2, 3), (2, 1)))


@torch_program(kink=True, x=given([[[[1.0], [1.0], [0.0], [2.0]], [[1.0], [0.0], [2.0], [2.0]]]]))
def max_pool2d_ties(x):
    """x.max_pool2d, window 2, stride 2, x of shape (1, 2, 4, 1): the first of those that are equal has the slope"""
    return channels_last(torch.nn.functional.max_pool2d(channels_first(x), 2, 2))


@torch_program(x=real(1, 4, 6, 2))
def avg_pool2d(x):
    """x.avg_pool2d, window 2, stride 2, no padding, shape (1, 2, 3, 2)"""
    return channels_last(torch.nn.functional.avg_pool2d(channels_first(x), 2, 2))


@torch_program(x=real(2, 5, 4, 1))
def avg_pool2d_overlapping(x):
    """x.avg_pool2d, window (3, 2), stride (2, 1), no padding, shape (2, 2, 3, 1)"""
    return channels_last(torch.nn.functional.avg_pool2d(channels_first(x), (3, 2), (2, 1)))


# --- normalisation ----------------------------------------------------------------------------------------------------

@torch_program(hvp=True, x=real(4, 5), gain=real(5), bias=real(5))
def layer_norm(x, gain, bias):
    """x.layer_norm(gain, bias, 1e-3)"""
    return torch.nn.functional.layer_norm(x, (5,), gain, bias, 1e-3)


@torch_program(x=real(2, 3, 4), gain=real(4), bias=real(4))
def layer_norm_stacks(x, gain, bias):
    """x.layer_norm(gain, bias, 1e-3), over the last axis"""
    return torch.nn.functional.layer_norm(x, (4,), gain, bias, 1e-3)


@jax_program(i=index(2, 3, below=5), m=mask(2, 3, 1), table=real(5, 4))
def embedding_mean(i, m, table):
    """e = table.embedding(i) of shape (2, 3, 4), (e.masked_fill(m, 0.0)).mean_along(1), shape (2, 4)"""
    return jnp.where(m, 0.0, table[i]).mean(1)
