"""Training steps in JAX, whole and compiled, with donated parameters: train.py [--threads N] [W1 ...]"""

import argparse
import os
import sys
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("--threads", type=int, default=1)
arguments.add_argument("workloads", nargs="*", default=[])
options = arguments.parse_args()
# all of these are read when jax is loaded; its pool is as large as the number of processors that the program may use
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
if options.threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

sys.path.append(str(Path(__file__).parent.parent))

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from jax.nn import relu, sigmoid  # noqa: E402

from turns import BATCH, measure  # noqa: E402

RANDOM = np.random.default_rng(0)
ADAM = optax.adam(1e-3)


def uniform(*shape, dtype=np.float32):
    return jnp.asarray(RANDOM.random(shape, dtype=dtype))


def labels(rows, classes):
    return jnp.asarray(np.arange(rows) % classes, dtype=jnp.int32)


def affine(inputs, outputs, dtype=np.float32):
    weights = RANDOM.uniform(-1, 1, (inputs, outputs)).astype(dtype) / np.sqrt(inputs).astype(dtype)
    return jnp.asarray(weights), jnp.zeros(outputs, dtype)


def filters(height, width, inputs, outputs):
    reach = 1 / np.sqrt(height * width * inputs)
    weights = RANDOM.uniform(-reach, reach, (height, width, inputs, outputs)).astype(np.float32)
    return jnp.asarray(weights), jnp.zeros(outputs, np.float32)


def cross_entropy(logits, y):
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


def dense(x, parameters):
    return x @ parameters[0] + parameters[1]


def dropout(x, key):
    return jnp.where(jax.random.bernoulli(key, 0.5, x.shape), x * np.float32(2), np.float32(0))


def convolution(x, parameters):
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, parameters[0], (1, 1), "VALID", dimension_numbers=layout) + parameters[1]


def max_pool(x):
    """By a reshape, which is the faster of the two ways on a CPU; the other is `jax.lax.reduce_window`."""
    rows, height, width, channels = x.shape
    x = x[:, : height // 2 * 2, : width // 2 * 2]
    return x.reshape(rows, height // 2, 2, width // 2, 2, channels).max((2, 4))


def worked(p, x, y, key):
    return np.float32(0.5) * ((sigmoid(dense(sigmoid(dense(x, p[0])), p[1])) - y) ** 2).sum()


def classifier(p, x, y, key):
    return cross_entropy(dense(relu(dense(x, p[0])), p[1]), y)


def dropped(p, x, y, key):
    first, second = jax.random.split(key)
    x = dropout(relu(dense(x, p[0])), first)
    x = dropout(relu(dense(x, p[1])), second)
    return cross_entropy(dense(x, p[2]), y)


def images(p, x, y, key):
    x = max_pool(relu(convolution(x, p[0])))
    x = max_pool(relu(convolution(x, p[1])))
    x = relu(dense(x.reshape(x.shape[0], -1), p[2]))
    return cross_entropy(dense(x, p[3]), y)


def regression(p, x, y, key):
    return optax.sigmoid_binary_cross_entropy(dense(x, p[0]), y).mean()


def attention(p, x, y, key):
    shares = jax.nn.softmax(jnp.tanh(dense(x, p[0])), axis=1)
    return cross_entropy(dense((shares * x).sum(1), p[1]), y)


def workload_of(name):
    """Parameters, batch, targets, loss and optimizer."""
    match name:
        case "W1":
            x, y = jnp.array([[0.05, 0.1]], np.float32), jnp.array([[0.01, 0.99]], np.float32)
            return [affine(2, 2), affine(2, 2)], x, y, worked, optax.sgd(0.5)
        case "W2":
            return [affine(784, 128), affine(128, 10)], uniform(32, 784), labels(32, 10), classifier, optax.sgd(0.01)
        case "W3":
            p = [affine(784, 512), affine(512, 512), affine(512, 10)]
            return p, uniform(128, 784), labels(128, 10), dropped, ADAM
        case "W4":
            p = [affine(800, 256), affine(256, 256), affine(256, 5)]
            return p, uniform(128, 800), labels(128, 5), dropped, ADAM
        case "W5":
            p = [filters(3, 3, 1, 32), filters(3, 3, 32, 64), affine(1600, 128), affine(128, 10)]
            return p, uniform(64, 28, 28, 1), labels(64, 10), images, ADAM
        case "W6":
            y = jnp.asarray((np.arange(569) % 2).astype(np.float64)[:, None])
            return [affine(30, 1, np.float64)], uniform(569, 30, dtype=np.float64), y, regression, optax.sgd(0.1)
        case "W7":
            return [affine(64, 1), affine(64, 5)], uniform(32, 50, 64), labels(32, 5), attention, ADAM


def training(name):
    jax.config.update("jax_enable_x64", name == "W6")
    parameters, x, y, loss_of, optimizer = workload_of(name)
    state, key = optimizer.init(parameters), jax.random.key(0)

    def whole(parameters, state, key, x, y):
        key, now = jax.random.split(key) if loss_of is dropped else (key, key)
        loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y, now)
        updates, state = optimizer.update(gradients, state, parameters)
        return optax.apply_updates(parameters, updates), state, key, loss

    compiled = jax.jit(whole, donate_argnums=(0, 1, 2))

    def step():
        nonlocal parameters, state, key
        parameters, state, key, loss = compiled(parameters, state, key, x, y)
        return parameters, loss

    return step


def finished(result):
    jax.block_until_ready(result)
    return float(result[1])


for workload in options.workloads or BATCH:
    measure("jax", options.threads, workload, training(workload), finished)
