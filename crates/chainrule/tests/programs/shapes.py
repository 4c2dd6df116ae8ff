"""Programs of shapes and indices; see generate.py."""

import jax.numpy as jnp
import torch
from table import given, index, jax_program, real, torch_program


@jax_program(x=real(2, 3, 4), b=real(6))
def reshape(x, b):
    """x.reshape([4, -1]) * b, shape (4, 6)"""
    return x.reshape(4, -1) * b


@jax_program(x=real(3, 2, 2))
def flatten(x):
    """x.flatten() * x.flatten()"""
    return x.ravel() * x.ravel()


@jax_program(x=real(2, 3, 4), b=real(2))
def permute(x, b):
    """x.permute([2, 1, 0]) * b, shape (4, 3, 2)"""
    return x.transpose(2, 1, 0) * b


@jax_program(x=real(2, 3, 4))
def permute_cycle(x):
    """x.permute([1, 2, 0]).powi(2), shape (3, 4, 2)"""
    return x.transpose(1, 2, 0) ** 2


@jax_program(x=real(2, 3, 4), b=real(3))
def transpose(x, b):
    """x.transpose() * b, of the last two axes, shape (2, 4, 3)"""
    return jnp.swapaxes(x, -1, -2) * b


@jax_program(x=real(3, 1, 4), b=real(3, 4))
def squeeze(x, b):
    """x.squeeze(1) * b"""
    return x.squeeze(1) * b


@jax_program(x=real(3, 4), b=real(3))
def unsqueeze(x, b):
    """x.unsqueeze(-1) * b, shape (3, 4, 3)"""
    return x[..., None] * b


@jax_program(x=real(3, 1), s=given(0.75))
def broadcast_to(x, s):
    """a = x.broadcast_to([2, 3, 4]), b = s.broadcast_to([3, 2])"""
    return {"a": jnp.broadcast_to(x, (2, 3, 4)), "b": jnp.broadcast_to(s, (3, 2))}


# --- parts ------------------------------------------------------------------------------------------------------------

@jax_program(x=real(5, 4))
def slice_(x):
    """NumPy's x[1:4, 2:]"""
    return x[1:4, 2:]


@jax_program(x=real(6, 5))
def slice_steps(x):
    """NumPy's x[1::2, ::3]: rows 1, 3, 5 and columns 0, 3"""
    return x[1::2, ::3]


@jax_program(x=real(6, 5))
def slice_negative_steps(x):
    """NumPy's x[::-1, 4:0:-2]: rows 5, 4, 3, 2, 1, 0 and columns 4, 2, in this order"""
    return x[::-1, 4:0:-2]


@jax_program(x=real(4, 3, 5))
def slice_at(x):
    """NumPy's x[2, :, -2], rank 1: row 2 of the first axis, the last but one of the third"""
    return x[2, :, -2]


@jax_program(x=real(7))
def slice_overlaps(x):
    """x[1..] * x[..6] + x[..6] * x[..6]"""
    return x[1:] * x[:6] + x[:6] * x[:6]


@jax_program(x=real(3, 6))
def narrow(x):
    """x.narrow(1, 2..5) * x.narrow(-1, 0..3)"""
    return x[:, 2:5] * x[:, 0:3]


@jax_program(x=real(3, 4))
def flip(x):
    """a = x.flip(0), b = x.flip(-1)"""
    return {"a": jnp.flip(x, 0), "b": jnp.flip(x, -1)}


@jax_program(x=real(3, 5))
def roll(x):
    """a = x.roll(2, 1), b = x.roll(-1, 0); a positive shift moves to higher places, the first of a[0] is x[0][3]"""
    return {"a": jnp.roll(x, 2, 1), "b": jnp.roll(x, -1, 0)}


@jax_program(x=real(2, 3))
def repeat(x):
    """a = x.repeat(3, 1), shape (2, 9), each element three times in a row; b = x.repeat(2, 0), shape (4, 3)"""
    return {"a": jnp.repeat(x, 3, 1), "b": jnp.repeat(x, 2, 0)}


@jax_program(x=real(2, 3))
def tile(x):
    """a = x.tile([2, 3]), shape (4, 9); b = x.tile([2, 1, 2]), shape (2, 2, 6)"""
    return {"a": jnp.tile(x, (2, 3)), "b": jnp.tile(x, (2, 1, 2))}


@jax_program(x=real(2, 3))
def pad(x):
    """x.pad([(1, 0), (2, 1)], 0.5), shape (3, 6)"""
    return jnp.pad(x, ((1, 0), (2, 1)), constant_values=0.5)


@jax_program(x=real(4, 5))
def diagonals(x):
    """a = x.diagonal(0), b = x.diagonal(2), c = x.diagonal(-1)"""
    return {"a": jnp.diagonal(x), "b": jnp.diagonal(x, 2), "c": jnp.diagonal(x, -1)}


@jax_program(x=real(4, 3))
def triangles(x):
    """u0 = x.triu(0), u1 = x.triu(1), u2 = x.triu(-2), l0 = x.tril(0), l1 = x.tril(1), l2 = x.tril(-1)"""
    return {
        "u0": jnp.triu(x), "u1": jnp.triu(x, 1), "u2": jnp.triu(x, -2), "l0": jnp.tril(x), "l1": jnp.tril(x, 1),
        "l2": jnp.tril(x, -1),
    }


@jax_program(x=real(2, 3, 4))
def triangles_of_stacks(x):
    """a = x.triu(1), b = x.tril(0), of the last two axes"""
    return {"a": jnp.triu(x, 1), "b": jnp.tril(x)}


# --- several tensors --------------------------------------------------------------------------------------------------

@jax_program(a=real(2, 3), b=real(2, 1), c=real(2, 2))
def concat(a, b, c):
    """concat([a, b * b, c, a], 1), shape (2, 9)"""
    return jnp.concatenate([a, b * b, c, a], 1)


@jax_program(a=real(1, 2, 3), b=real(2, 2, 3))
def concat_first_axis(a, b):
    """concat([a, b], -3), shape (3, 2, 3)"""
    return jnp.concatenate([a, b], -3)


@jax_program(a=real(2, 3), b=real(2, 3))
def stack(a, b):
    """p = stack([a, b, a], 1), shape (2, 3, 3); q = stack([b, a], -1), shape (2, 3, 2)"""
    return {"p": jnp.stack([a, b, a], 1), "q": jnp.stack([b, a], -1)}


@jax_program(x=real(2, 6))
def split(x):
    """p * q + r where [p, q, r] = x.split(3, 1), each of shape (2, 2)"""
    p, q, r = jnp.split(x, 3, 1)
    return p * q + r


@jax_program(x=real(2, 6))
def split_with_one_part_unused(x):
    """[first, _, last] = x.split(3, 1)"""
    first, _, last = jnp.split(x, 3, 1)
    return {"first": first, "last": last}


# --- indices ----------------------------------------------------------------------------------------------------------

@jax_program(i=given([4, 0, 4, 2]), x=real(5, 3))
def take_rows(i, x):
    """x.take(0, i), shape (4, 3)"""
    return jnp.take(x, i, 0)


@jax_program(i=given([[1, 1, 0], [3, 1, 2]]), x=real(2, 4, 3))
def take_middle_axis(i, x):
    """x.take(1, i), shape (2, 2, 3, 3): the axes of i stand where axis 1 was, as in NumPy"""
    return jnp.take(x, i, 1)


@jax_program(i=index(3, 5, below=4), x=real(3, 4))
def gather(i, x):
    """x.gather(1, i): y[a][b] = x[a][i[a][b]], shape (3, 5)"""
    return jnp.take_along_axis(x, i, 1)


@jax_program(i=index(2, 3, 2, below=4), x=real(4, 3, 2))
def gather_first_axis(i, x):
    """x.gather(0, i): y[a][b][c] = x[i[a][b][c]][b][c], shape (2, 3, 2)"""
    return jnp.take_along_axis(x, i, 0)


@torch_program(i=index(3, 5, below=4), x=real(3, 4), s=real(3, 5))
def scatter_add(i, x, s):
    """x.scatter_add(1, i, s): x, and s[a][b] added to the place [a][i[a][b]]"""
    return x.scatter_add(1, i, s)


@torch_program(i=given([[2, 0], [2, 1], [2, 0]]), x=real(4, 2), s=real(3, 2))
def scatter_add_first_axis(i, x, s):
    """x.powi(2).scatter_add(0, i, s.sin()): s.sin()[a][b] is added to the place [i[a][b]][b]"""
    return (x**2).scatter_add(0, i, torch.sin(s))


@torch_program(i=given([[0, 3, 3], [5, 0, 3]]), table=real(6, 4))
def embedding(i, table):
    """table.embedding(i), shape (2, 3, 4); rows 1, 2 and 4 have gradient 0"""
    return torch.nn.functional.embedding(i, table)
