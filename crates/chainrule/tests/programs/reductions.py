"""Programs of reductions, running sums and order; see generate.py."""

import jax
import jax.numpy as jnp
import torch
from table import given, jax_program, positive, real, torch_program


@jax_program(x=real(2, 3, 4))
def sums(x):
    """all = x.sum(), a = x.sum_along(1), b = x.sum_along([0, -1]), c = x.sum_along(keepdims([0, 2])),
    d = x.sum_along(..), e = x.sum_along(keepdims(-1))"""
    return {
        "all": x.sum(), "a": x.sum(1), "b": x.sum((0, 2)), "c": x.sum((0, 2), keepdims=True), "d": x.sum(),
        "e": x.sum(-1, keepdims=True),
    }


@jax_program(hvp=True, x=real(2, 3, 4))
def means(x):
    """all = x.mean(), a = x.mean_along(0), b = x.mean_along([1, 2]), c = (x - x.mean_along(keepdims(1))).powi(2)"""
    return {"all": x.mean(), "a": x.mean(0), "b": x.mean((1, 2)), "c": (x - x.mean(1, keepdims=True)) ** 2}


@jax_program(hvp=True, x=real(2, 3, 4))
def variances(x):
    """all = x.var(), of ddof 0; a = x.var_along(1, 0), b = x.var_along(-1, 1), c = x.var_along(keepdims([0, 2]), 1)"""
    return {
        "all": x.var(), "a": x.var(1), "b": x.var(-1, ddof=1), "c": x.var((0, 2), ddof=1, keepdims=True),
    }


@jax_program(hvp=True, x=real(2, 3, 4))
def deviations(x):
    """all = x.std(), of ddof 0; a = x.std_along(1, 0), b = x.std_along(-1, 1), c = x.std_along(keepdims([0, 2]), 1)"""
    return {
        "all": x.std(), "a": x.std(1), "b": x.std(-1, ddof=1), "c": x.std((0, 2), ddof=1, keepdims=True),
    }


@jax_program(hvp=True, x=real(2, 3, 2))
def products_of_elements(x):
    """all = x.prod(), a = x.prod_along(1), b = x.prod_along([0, 2]), c = x.prod_along(keepdims(-1))"""
    return {"all": x.prod(), "a": x.prod(1), "b": x.prod((0, 2)), "c": x.prod(-1, keepdims=True)}


@jax_program(hvp=True, x=given([[2.0, 0.0, 3.0, 4.0], [0.0, 5.0, 0.0, 1.5], [1.25, -2.0, 0.5, 3.0]]))
def products_with_zeros(x):
    """rows = x.prod_along(1), with one zero, two zeros, none; columns = x.prod_along(0); all = x.prod()"""
    return {"rows": x.prod(1), "columns": x.prod(0), "all": x.prod()}


@torch_program(x=real(2, 3, 4))
def extremes(x):
    """greatest = x.amax(), a = x.amax_along(1), b = x.amax_along(keepdims([0, -1])), least = x.amin(),
    c = x.amin_along(0), d = x.amin_along([1, 2])"""
    return {
        "greatest": x.amax(), "a": x.amax(1), "b": x.amax((0, -1), keepdim=True), "least": x.amin(), "c": x.amin(0),
        "d": x.amin((1, 2)),
    }


@torch_program(kink=True, x=given([[1.0, 3.0, 3.0, 3.0], [-2.0, -2.0, 5.0, 0.0]]))
def extremes_with_ties(x):
    """a = x.amax_along(1), b = x.amin_along(1), c = x.amax(): those that are equal share the slope equally"""
    return {"a": x.amax(1), "b": x.amin(1), "c": x.amax()}


@torch_program(hvp=True, x=real(2, 3, 4))
def norms(x):
    """n1 = x.norm(1), n2 = x.norm(2), n3 = x.norm(3), a = x.norm_along(1, 0), b = x.norm_along(2, [0, 2]),
    c = x.norm_along(3, keepdims(-1)), d = x.norm_along(2, keepdims(1)); the order comes first, then the axes"""
    norm = torch.linalg.vector_norm
    return {
        "n1": norm(x, 1), "n2": norm(x, 2), "n3": norm(x, 3), "a": norm(x, 1, 0), "b": norm(x, 2, (0, 2)),
        "c": norm(x, 3, -1, keepdim=True), "d": norm(x, 2, 1, keepdim=True),
    }


@torch_program(kink=True, x=given([[0.0, 0.0, 0.0], [3.0, 0.0, -4.0]]))
def norms_at_the_origin(x):
    """n1 = x.norm_along(1, -1), n2 = x.norm_along(2, -1), n3 = x.norm_along(3, -1): the row of zeros has gradient 0"""
    norm = torch.linalg.vector_norm
    return {"n1": norm(x, 1, -1), "n2": norm(x, 2, -1), "n3": norm(x, 3, -1)}


@jax_program(hvp=True, x=real(2, 3, 4))
def log_sum_exps(x):
    """all = x.log_sum_exp(), a = x.log_sum_exp_along(1), b = x.log_sum_exp_along(keepdims([0, 2]))"""
    lse = jax.nn.logsumexp
    return {"all": lse(x), "a": lse(x, 1), "b": lse(x, (0, 2), keepdims=True)}


@jax_program(x=given([[1000.0, 1000.0, 999.5], [-1000.0, -1001.0, -1000.0], [0.5, -jnp.inf, 1.0]]))
def log_sum_exp_far_out(x):
    """x.log_sum_exp_along(-1); -inf has gradient 0"""
    return jax.nn.logsumexp(x, -1)


# --- running sums and order -------------------------------------------------------------------------------------------

@jax_program(x=real(3, 4))
def cumsums(x):
    """a = x.cumsum(0), b = x.cumsum(-1)"""
    return {"a": jnp.cumsum(x, 0), "b": jnp.cumsum(x, -1)}


@jax_program(hvp=True, x=real(3, 4))
def cumprods(x):
    """a = x.cumprod(0), b = x.cumprod(-1)"""
    return {"a": jnp.cumprod(x, 0), "b": jnp.cumprod(x, -1)}


@jax_program(x=given([[2.0, 0.0, 3.0, 4.0, -1.5], [0.0, 2.5, 0.0, 1.5, 2.0], [0.5, 1.25, -2.0, 3.0, 0.0]]))
def cumprods_with_zeros(x):
    """a = x.cumprod(0), b = x.cumprod(1)"""
    return {"a": jnp.cumprod(x, 0), "b": jnp.cumprod(x, 1)}


@torch_program(x=real(4, 3))
def sorts(x):
    """a = x.sort(0), b = x.sort(-1), ascending"""
    return {"a": x.sort(0).values, "b": x.sort(-1).values}


@torch_program(x=real(5, 4))
def top_k(x):
    """(rows, row_indices) = x.top_k(2, 0), (columns, column_indices) = x.top_k(3, -1), the greatest first"""
    (rows, row_indices), (columns, column_indices) = x.topk(2, 0), x.topk(3, -1)
    return {"rows": rows, "row_indices": row_indices, "columns": columns, "column_indices": column_indices}


@jax_program(x=given([[2.0, 7.0, -1.0, 7.0], [0.5, 3.0, -1.0, -4.0], [2.0, 1.0, -1.5, 7.0]]), constant=("x",))
def places_of_extremes(x):
    """greatest = x.argmax(0), greatest_of_row = x.argmax(-1), least = x.argmin(0), least_of_row = x.argmin(1):
    the first of several that are equal"""
    return {
        "greatest": x.argmax(0), "greatest_of_row": x.argmax(-1), "least": x.argmin(0), "least_of_row": x.argmin(1),
    }


# --- reductions that come back ----------------------------------------------------------------------------------------

@jax_program(hvp=True, x=positive(3, 4))
def share_of_row(x):
    """x / x.sum_along(keepdims(1))"""
    return x / x.sum(1, keepdims=True)


@jax_program(hvp=True, x=real(2, 5, 3))
def standardised(x):
    """(x - x.mean_along(keepdims([0, 1]))) / (x.var_along(keepdims([0, 1]), 0) + 0.001).sqrt()"""
    return (x - x.mean((0, 1), keepdims=True)) / jnp.sqrt(x.var((0, 1), keepdims=True) + 0.001)


@jax_program(hvp=True, x=real(4, 3))
def unit_rows(x):
    """x / x.norm_along(2, keepdims(1))"""
    return x / jnp.linalg.norm(x, axis=1, keepdims=True)
