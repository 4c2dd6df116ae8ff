"""Programs as they are written in practice: networks, losses, models and solvers; see generate.py."""

import jax
import jax.numpy as jnp
import torch
from products import channels_first, channels_last
from table import given, jax_program, positive, real, small, torch_program

softmax = jax.nn.softmax


def cross_entropy(logits, labels):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1).mean()


# --- networks ---------------------------------------------------------------------------------------------------------

@jax_program(x=real(5, 4), labels=given([0, 2, 1, 2, 2]), w1=small(4, 6), b1=real(6), w2=small(6, 5), b2=real(5),
             w3=small(5, 3), b3=real(3))
def perceptron(x, labels, w1, b1, w2, b2, w3, b3):
    """h = x.linear(w1, b1).relu(), g = h.linear(w2, b2).tanh(),
    g.linear(w3, b3).softmax_cross_entropy(labels).mean()"""
    h = jax.nn.relu(x @ w1 + b1)
    return cross_entropy(jnp.tanh(h @ w2 + b2) @ w3 + b3, labels)


@jax_program(hvp=True, constant=("x",), x=real(5, 4), labels=given([1, 0, 1, 2, 2]), w1=small(4, 6), b1=real(6),
             w2=small(6, 3), b2=real(3))
def perceptron_hessian(x, labels, w1, b1, w2, b2):
    """x.linear(w1, b1).tanh().linear(w2, b2).softmax_cross_entropy(labels).mean()"""
    return cross_entropy(jnp.tanh(x @ w1 + b1) @ w2 + b2, labels)


@torch_program(hvp=True, x=real(2, 6, 5, 1), k=small(3, 3, 1, 2), c=real(2), w=small(12, 3), b=real(3),
               labels=given([2, 0]))
def convolutional_network(x, k, c, w, b, labels):
    """h = (x.conv2d(k), padding 1, + c).relu(), of shape (2, 6, 5, 2); p = h.max_pool2d, window 2, stride 2, of shape
    (2, 3, 2, 2); p.reshape([2, 12]).linear(w, b).softmax_cross_entropy(labels).mean()"""
    h = torch.nn.functional.conv2d(channels_first(x), k.permute(3, 2, 0, 1), c, padding=1).relu()
    p = channels_last(torch.nn.functional.max_pool2d(h, 2, 2)).reshape(2, 12)
    return torch.nn.functional.cross_entropy(p @ w + b, labels)


@jax_program(hvp=True, x=real(4, 5), wq=small(5, 3), wk=small(5, 3), wv=small(5, 2))
def attention_head(x, wq, wk, wv):
    """q = x wq, k = x wk, v = x wv (matmul), (q.matmul(k.transpose()) / 3.0.sqrt()).softmax(-1).matmul(v)"""
    q, k, v = x @ wq, x @ wk, x @ wv
    return softmax(q @ k.T / jnp.sqrt(3.0), -1) @ v


@jax_program(q=real(2, 2, 3, 4), k=real(2, 2, 3, 4), v=real(2, 2, 3, 2),
             m=given([[True, False, False], [True, True, False], [True, True, True]]))
def attention_heads_causal(q, k, v, m):
    """s = einsum("bhqd,bhkd->bhqk", [q, k]) / 2.0, s.masked_softmax(m, -1).matmul(v), the mask m (true for those that
    take part) broadcast, shape (2, 2, 3, 2)"""
    s = jnp.einsum("bhqd,bhkd->bhqk", q, k) / 2.0
    return softmax(jnp.where(m, s, -jnp.inf), -1) @ v


@jax_program(hvp=True, x=real(4, 2, 3), h=real(2, 4), wx=small(3, 4), wh=small(4, 4), b=real(4))
def recurrent_network(x, h, wx, wh, b):
    """four times h = (x_t wx + h wh + b).tanh() (matmul), x_t = x[t] of shape (2, 3); the last h"""
    for x_t in x:
        h = jnp.tanh(x_t @ wx + h @ wh + b)
    return h


@jax_program(x=real(2, 3), h=real(2, 2), c=real(2, 2), w=small(5, 8), b=real(8))
def long_short_term_memory(x, h, c, w, b):
    """[i, f, g, o] = concat([x, h], 1).linear(w, b).split(4, 1), cell = f.sigmoid() * c + i.sigmoid() * g.tanh(),
    out = o.sigmoid() * cell.tanh()"""
    i, f, g, o = jnp.split(jnp.concatenate([x, h], 1) @ w + b, 4, 1)
    cell = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return {"cell": cell, "out": jax.nn.sigmoid(o) * jnp.tanh(cell)}


@torch_program(hvp=True, x=real(3, 4), gain=real(4), bias=real(4), w1=small(4, 6), b1=real(6),
               w2=small(6, 4), b2=real(4))
def residual_block(x, gain, bias, w1, b1, w2, b2):
    """x + x.layer_norm(gain, bias, 1e-3).linear(w1, b1).gelu().linear(w2, b2), the exact gelu"""
    n = torch.nn.functional.layer_norm(x, (4,), gain, bias, 1e-3)
    return x + torch.nn.functional.gelu(n @ w1 + b1) @ w2 + b2


@jax_program(x=real(4, 3, 2), gain=real(2), bias=real(2))
def batch_normalisation(x, gain, bias):
    """m = x.mean_along([0, 1]), v = x.var_along([0, 1], 0), (x - m) / (v + 1e-3).sqrt() * gain + bias"""
    return (x - x.mean((0, 1))) / jnp.sqrt(x.var((0, 1)) + 1e-3) * gain + bias


# --- losses -----------------------------------------------------------------------------------------------------------

@jax_program(hvp=True, x=real(6, 3), y=given([1.0, 0.0, 0.0, 1.0, 1.0, 0.0]), constant=("x", "y"), w=small(3),
             b=given(0.25))
def logistic_regression(x, y, w, b):
    """z = x.matmul(w) + b, (z.softplus() - y * z).mean() + 0.05 * w.powi(2).sum()"""
    z = x @ w + b
    return (jax.nn.softplus(z) - y * z).mean() + 0.05 * (w**2).sum()


@jax_program(x=real(3, 4), y=real(3, 4))
def huber_loss(x, y):
    """e = (x - y).abs(), (0.5 * e * e).where_(e < 1, e - 0.5).mean_along(1)"""
    e = jnp.abs(x - y)
    return jnp.where(e < 1, 0.5 * e * e, e - 0.5).mean(1)


@jax_program(hvp=True, x=real(6), m=real(3), s=positive(3), a=real(3))
def mixture_of_gaussians(x, m, s, a):
    """d = (x.unsqueeze(1) - m) / s of shape (6, 3),
    -(a.log_softmax(0) - s.ln() - 0.5 * d * d).log_sum_exp_along(1).sum()"""
    d = (x[:, None] - m) / s
    return -jax.nn.logsumexp(jax.nn.log_softmax(a) - jnp.log(s) - 0.5 * d * d, 1).sum()


@jax_program(x=real(3, 4), y=real(3, 4))
def contrastive_loss(x, y):
    """u = x / x.norm_along(2, keepdims(1)), v likewise of y, s = u.matmul(v.transpose()) / 0.5,
    -s.log_softmax(1).diagonal(0)"""
    u, v = (t / jnp.linalg.norm(t, axis=1, keepdims=True) for t in (x, y))
    return -jnp.diagonal(jax.nn.log_softmax(u @ v.T / 0.5, 1))


@jax_program(hvp=True, x=real(4, 3), y=real(2, 3))
def squared_distances(x, y):
    """(x.unsqueeze(1) - y).powi(2).sum_along(-1), shape (4, 2)"""
    return ((x[:, None] - y) ** 2).sum(-1)


# --- models and solvers -----------------------------------------------------------------------------------------------

@jax_program(hvp=True, x=real(6))
def rosenbrock(x):
    """with a = x[..5], b = x[1..]: (100.0 * (b - a * a).powi(2) + (1.0 - a).powi(2)).sum()"""
    a, b = x[:-1], x[1:]
    return (100.0 * (b - a * a) ** 2 + (1.0 - a) ** 2).sum()


@jax_program(hvp=True, a=small(5, 3), b=real(5), x=real(3), rate=given(0.125))
def descent_unrolled(a, b, x, rate):
    """three times x = x - rate * (a.matmul(x) - b).matmul(a); the last x"""
    for _ in range(3):
        x = x - rate * ((a @ x - b) @ a)
    return x


@jax_program(hvp=True, a=real(4, 4), v=real(4))
def power_iteration(a, v):
    """three times v = a.matmul(v) / a.matmul(v).norm(2); then v.dot(a.matmul(v))"""
    for _ in range(3):
        v = a @ v / jnp.linalg.norm(a @ v)
    return v @ (a @ v)


@jax_program(hvp=True, u=real(3, 8), d=given(0.2))
def diffusion(u, d):
    """four times u = u + d * (u.roll(1, 1) + u.roll(-1, 1) - 2.0 * u) - 0.05 * u * u; the last u"""
    for _ in range(4):
        u = u + d * (jnp.roll(u, 1, 1) + jnp.roll(u, -1, 1) - 2.0 * u) - 0.05 * u * u
    return u


@jax_program(hvp=True, start=real(3), transition=real(3, 3), emission=real(3, 4), seen=given([2, 0, 3, 2]))
def hidden_markov_model(start, transition, emission, seen):
    """e = emission.log_softmax(1), t = transition.log_softmax(1), a = start.log_softmax(0) + e[.., seen[0]]; for each
    later s of seen: a = (a.unsqueeze(1) + t).log_sum_exp_along(0) + e[.., s]; a.log_sum_exp()"""
    e, t = jax.nn.log_softmax(emission, 1), jax.nn.log_softmax(transition, 1)
    a = jax.nn.log_softmax(start) + e[:, seen[0]]
    for s in seen[1:]:
        a = jax.nn.logsumexp(a[:, None] + t, 0) + e[:, s]
    return jax.nn.logsumexp(a)
