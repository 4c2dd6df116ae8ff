"""Programs of elementwise functions, broadcasting and masks; see generate.py."""

import jax
import jax.numpy as jnp
import torch
from table import given, jax_program, mask, positive, real, torch_program


# --- arithmetic, broadcast --------------------------------------------------------------------------------------------

@jax_program(x=real(4, 3), b=real(3))
def add_row(x, b):
    """x + b"""
    return x + b


@jax_program(x=real(4, 3), c=real(4, 1))
def subtract_from_column(x, c):
    """c - x"""
    return c - x


@jax_program(hvp=True, a=real(4, 1, 3), b=real(2, 1))
def multiply_both_sides(a, b):
    """a * b, shape (4, 2, 3)"""
    return a * b


@jax_program(x=real(2, 3), s=given(-1.375))
def divide_by_rank_zero(x, s):
    """x / s"""
    return x / s


@jax_program(hvp=True, s=given(-1.375), x=positive(3, 2))
def rank_zero_divided(s, x):
    """s / x"""
    return s / x


@jax_program(a=real(3, 1), b=positive(1, 4), c=real(2, 1, 1))
def divide_three_ways(a, b, c):
    """(a - c) / b + c * a, shape (2, 3, 4)"""
    return (a - c) / b + c * a


@jax_program(a=real(1, 1, 1), b=real(2, 3))
def axes_of_size_one(a, b):
    """a * b + a, shape (1, 2, 3); the gradient of a keeps its shape (1, 1, 1)"""
    return a * b + a


@torch_program(x=real(2, 4, low=-5, high=5), m=given([[1.25], [-0.75]]))
def remainder_of_column(x, m):
    """x % m, with the sign of x"""
    return torch.fmod(x, m)


@jax_program(x=real(3, 4))
def literals_on_both_sides(x):
    """2.0 - x / 4.0 + 1.5 * x - 3.0 / (x * x + 1.0) + (x - 0.5) * (-x)"""
    return 2.0 - x / 4.0 + 1.5 * x - 3.0 / (x * x + 1.0) + (x - 0.5) * (-x)


@jax_program(hvp=True, x=real(2, 3), b=real(3))
def diamond(x, b):
    """y * y + y * x + x * x where y = x * b"""
    y = x * b
    return y * y + y * x + x * x


@jax_program(hvp=True, x=real(3, 1), a=real(4), b=real(2, 1, 1))
def mul_add_broadcast(x, a, b):
    """x.mul_add(a, b) = x a + b, shape (2, 3, 4)"""
    return x * a + b


# --- powers and functions of two tensors ------------------------------------------------------------------------------

@jax_program(hvp=True, x=positive(3, 1), y=real(4))
def pow_broadcast(x, y):
    """x.pow(y), shape (3, 4)"""
    return x**y


@jax_program(x=real(2, 5))
def powi_of_both_signs(x):
    """x.powi(3) - 2.0 * x.powi(2) + x.powi(-1)"""
    return x**3 - 2.0 * x**2 + x**-1


@jax_program(x=positive(2, 3))
def powf_constants(x):
    """x.powf(2.5) + x.powf(-0.5)"""
    return x**2.5 + x**-0.5


@jax_program(x=real(3, 4), y=real(4))
def max_with_row(x, y):
    """x.max(y)"""
    return jnp.maximum(x, y)


@jax_program(x=real(3, 4), y=real(3, 1))
def min_with_column(x, y):
    """x.min(y)"""
    return jnp.minimum(x, y)


@jax_program(kink=True, x=given([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]]), y=given([1.0, -2.5, 0.5]))
def max_and_min_ties(x, y):
    """a = x.max(y), b = x.min(y); where the two are equal each has half the slope"""
    return {"a": jnp.maximum(x, y), "b": jnp.minimum(x, y)}


@jax_program(x=real(2, 5))
def max_and_min_with_constants(x):
    """x.max(0.3) + 2.0 * x.min(-0.4)"""
    return jnp.maximum(x, 0.3) + 2.0 * jnp.minimum(x, -0.4)


@jax_program(x=real(3, 5))
def clamp(x):
    """x.clamp(-0.8, 0.9)"""
    return jnp.clip(x, -0.8, 0.9)


@torch_program(hvp=True, x=real(2, 1), y=real(4))
def hypot_atan2(x, y):
    """h = x.hypot(y), a = x.atan2(y), both of shape (2, 4)"""
    return {"h": torch.hypot(x, y), "a": torch.atan2(x, y)}


@torch_program(x=real(3, 1), y=positive(4))
def xlogy(x, y):
    """x.xlogy(y) = x ln y, shape (3, 4)"""
    return torch.xlogy(x, y)


# --- functions of one tensor ------------------------------------------------------------------------------------------

@jax_program(hvp=True, x=real(2, 4))
def smooth_functions(x):
    """exp, sin, cos, tanh, sinh, atan, sigmoid, softplus, silu, gelu (exact), gelu_tanh, mish, exp_m1, each of x, the
    result named after it"""
    return {
        "exp": jnp.exp(x), "sin": jnp.sin(x), "cos": jnp.cos(x), "tanh": jnp.tanh(x), "sinh": jnp.sinh(x),
        "atan": jnp.arctan(x), "sigmoid": jax.nn.sigmoid(x), "softplus": jax.nn.softplus(x), "silu": jax.nn.silu(x),
        "gelu": jax.nn.gelu(x, approximate=False), "gelu_tanh": jax.nn.gelu(x, approximate=True),
        "mish": jax.nn.mish(x), "exp_m1": jnp.expm1(x),
    }


@jax_program(hvp=True, x=positive(3, 2))
def functions_of_positive_numbers(x):
    """ln, log2, ln_1p, sqrt, cbrt, recip, each of x, the result named after it"""
    return {
        "ln": jnp.log(x), "log2": jnp.log2(x), "ln_1p": jnp.log1p(x), "sqrt": jnp.sqrt(x), "cbrt": jnp.cbrt(x),
        "recip": 1.0 / x,
    }


@jax_program(x=real(2, 3, low=0.1, high=0.9))
def functions_between_0_and_1(x):
    """asin, acos, atanh, logit, sinc (normalised), entropy (-x ln x), log_sigmoid, softsign, tan, each of x, the result
    named after it"""
    return {
        "asin": jnp.arcsin(x), "acos": jnp.arccos(x), "atanh": jnp.arctanh(x), "logit": jnp.log(x / (1.0 - x)),
        "sinc": jnp.sinc(x), "entropy": -x * jnp.log(x), "log_sigmoid": jax.nn.log_sigmoid(x),
        "softsign": jax.nn.soft_sign(x), "tan": jnp.tan(x),
    }


@torch_program(x=positive(5))
def special_functions(x):
    """erf, erfc, normal_cdf, lgamma, digamma, each of x, the result named after it"""
    return {
        "erf": torch.erf(x), "erfc": torch.erfc(x), "normal_cdf": torch.special.ndtr(x), "lgamma": torch.lgamma(x),
        "digamma": torch.digamma(x),
    }


@torch_program(x=real(3, 5, low=-4, high=7))
def piecewise_functions(x):
    """abs, relu, relu6, leaky_relu(0.1), elu(0.5), selu, hard_swish, floor, each of x, the result named after it"""
    f = torch.nn.functional
    return {
        "abs": x.abs(), "relu": f.relu(x), "relu6": f.relu6(x), "leaky_relu": f.leaky_relu(x, 0.1),
        "elu": f.elu(x, 0.5), "selu": f.selu(x), "hard_swish": f.hardswish(x), "floor": x.floor(),
    }


@torch_program(kink=True, x=given([[0.0, -1.0, 0.0], [2.0, -0.0, 6.0]]))
def kinks(x):
    """abs, relu, relu6, leaky_relu(0.1), each of x, the result named after it"""
    f = torch.nn.functional
    return {"abs": x.abs(), "relu": f.relu(x), "relu6": f.relu6(x), "leaky_relu": f.leaky_relu(x, 0.1)}


# --- masks and comparisons --------------------------------------------------------------------------------------------

@jax_program(m=mask(4, 1), x=real(4, 3), y=real(3))
def where_broadcast(m, x, y):
    """x.where_(m, y): x where m, else y"""
    return jnp.where(m, x, y)


@jax_program(m=mask(2, 1, 3), x=real(4, 1), y=given(0.625))
def where_grows(m, x, y):
    """x.where_(m, y), shape (2, 4, 3), y of rank 0"""
    return jnp.where(m, x, y)


@jax_program(m=mask(2, 4), x=real(2, 4))
def where_constant(m, x):
    """x.sin().where_(m, -1.5)"""
    return jnp.where(m, jnp.sin(x), -1.5)


@jax_program(x=given([[-1.0, 4.0, -4.0], [0.25, -2.25, 9.0]]))
def where_dead_branch(x):
    """x.sqrt().where_(x > 0, x): the slope of the square root, which is NaN at negative numbers, does not leak"""
    return jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), x)


@jax_program(m=mask(4), x=real(3, 4))
def masked_fill(m, x):
    """(x * x).masked_fill(m, -7.0): -7 where m"""
    return jnp.where(m, -7.0, x * x)


@jax_program(x=given([[1.0, 2.0, 3.0], [4.0, -5.0, 6.0]]), y=given([1.0, 2.5, -5.0]), constant=("x", "y"))
def comparisons(x, y):
    """x.less(y), less_equal, greater, greater_equal, equal, not_equal, the result named after each"""
    return {
        "less": x < y, "less_equal": x <= y, "greater": x > y, "greater_equal": x >= y, "equal": x == y,
        "not_equal": x != y,
    }


@jax_program(m=given([[[True, False], [True, True]], [[False, False], [True, False]], [[True, True], [True, True]]]))
def any_and_all(m):
    """any = m.any_along(1), all = m.all_along(-1), any_keep = m.any_along(keepdims([0, 2])),
    all_keep = m.all_along(keepdims([0, 2]))"""
    return {
        "any": m.any(1), "all": m.all(-1), "any_keep": m.any((0, 2), keepdims=True),
        "all_keep": m.all((0, 2), keepdims=True),
    }


@jax_program(labels=given([3, 0, 3, 1, 2]), x=real(5, 4))
def one_hot(labels, x):
    """one_hot(labels, 4) * x"""
    return jax.nn.one_hot(labels, 4, dtype=x.dtype) * x


@jax_program(x=real(0, 3), b=real(3))
def no_rows(x, b):
    """rows = x * b, of shape (0, 3); sum = (x * b).sum_along(0), of shape (3); the gradient of b is 0"""
    return {"rows": x * b, "sum": (x * b).sum(0)}
