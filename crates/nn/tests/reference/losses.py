"""Writes losses.csv: values and gradients of losses as Keras (and, for log-likelihoods, PyTorch) computes them in float64.

    pip install keras==3.15.1 jax==0.10.2 torch==2.15.0
    python3 losses.py

A row: case, shape of the predictions, predictions, targets (values in that shape, or one class a row), loss, and its gradient
by the predictions. Numbers are separated by spaces and written so that they read back exactly.
"""

import csv
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as jnp
import keras
import numpy as np
import torch
from keras.src.backend.common import dtypes

keras.config.set_floatx("float64")
# on JAX, Keras computes means in float32 otherwise, whatever floatx is
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
random = np.random.default_rng(7)
ROWS = []


def numbers(array):
    return " ".join(repr(x) for x in np.asarray(array).ravel().tolist())


def write(case, predictions, targets, value, gradient):
    shape = " ".join(map(str, np.shape(predictions)))
    ROWS.append([case, shape, numbers(predictions), numbers(targets), repr(float(value)), numbers(gradient)])


def row(case, loss, predictions, targets, before=lambda x: x):
    """`before` turns the predictions, then logits, into what the loss sees."""
    predictions = jnp.asarray(predictions, dtype="float64")
    value, gradient = jax.value_and_grad(lambda x: loss(jnp.asarray(targets), before(x)))(predictions)
    write(case, predictions, targets, value, gradient)


def spread(*shape):
    return np.round(random.normal(0.0, 2.0, shape), 3)


def probabilities(*shape):
    return np.round(random.uniform(0.05, 0.95, shape), 3)


def distributions(*shape):
    weights = probabilities(*shape)
    return weights / weights.sum(-1, keepdims=True)


def labels(classes, *shape):
    return random.integers(0, classes, shape)


def one_hot(classes, *shape):
    return np.eye(classes)[labels(classes, *shape)]


SHAPES = [(1, 1), (4, 1), (3, 5), (2, 3, 4)]

for shape in SHAPES:
    for name, loss in [
        ("mean_squared_error", keras.losses.MeanSquaredError()),
        ("mean_absolute_error", keras.losses.MeanAbsoluteError()),
        ("mean_absolute_percentage_error", keras.losses.MeanAbsolutePercentageError()),
        ("huber", keras.losses.Huber()),
        ("huber 0.5", keras.losses.Huber(delta=0.5)),
        ("log_cosh", keras.losses.LogCosh()),
    ]:
        row(name, loss, spread(*shape), spread(*shape))
    row("mean_squared_logarithmic_error", keras.losses.MeanSquaredLogarithmicError(), 3 * probabilities(*shape),
        3 * probabilities(*shape))
    row("poisson", keras.losses.Poisson(), 3 * probabilities(*shape), labels(5, *shape).astype(float))
    for case, answers in [("", labels(2, *shape).astype(float)), (" signs", 2.0 * labels(2, *shape) - 1.0)]:
        row("hinge" + case, keras.losses.Hinge(), spread(*shape), answers)
        row("squared_hinge" + case, keras.losses.SquaredHinge(), spread(*shape), answers)
    for targets in [labels(2, *shape).astype(float), probabilities(*shape)]:
        row("binary_cross_entropy", keras.losses.BinaryCrossentropy(), probabilities(*shape), targets)
        row("binary_cross_entropy smoothed", keras.losses.BinaryCrossentropy(label_smoothing=0.2),
            probabilities(*shape), targets)
        row("binary_cross_entropy logits", keras.losses.BinaryCrossentropy(from_logits=True), spread(*shape), targets)
        row("binary_cross_entropy sigmoid", keras.losses.BinaryCrossentropy(), spread(*shape), targets, jax.nn.sigmoid)

# negative predictions, which are clipped; targets of 0
row("mean_squared_logarithmic_error", keras.losses.MeanSquaredLogarithmicError(), [[-1.0, 2.0], [0.5, -3.0]],
    [[0.0, 1.0], [-2.0, 0.5]])
row("mean_absolute_percentage_error", keras.losses.MeanAbsolutePercentageError(), [[0.5, 2.0]], [[0.0, 1.0]])
# the extremes of probabilities and logits
row("binary_cross_entropy", keras.losses.BinaryCrossentropy(), [[0.0, 1.0, 0.0, 1.0]], [[0.0, 0.0, 1.0, 1.0]])
row("binary_cross_entropy logits", keras.losses.BinaryCrossentropy(from_logits=True),
    [[1000.0, 1000.0, -1000.0, -1000.0, 40.0]], [[0.0, 1.0, 0.0, 1.0, 1.0]])
row("categorical_cross_entropy", keras.losses.CategoricalCrossentropy(), [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]],
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
row("categorical_cross_entropy logits", keras.losses.CategoricalCrossentropy(from_logits=True),
    [[1000.0, 0.0, -1000.0], [1000.0, 0.0, -1000.0]], [[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
row("sparse_categorical_cross_entropy", keras.losses.SparseCategoricalCrossentropy(), [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]],
    [1, 0])
row("sparse_categorical_cross_entropy logits", keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    [[1000.0, 0.0, -1000.0], [1000.0, 0.0, -1000.0]], [0, 2])

for shape in [(1, 2), (4, 3), (2, 3, 4)]:
    *rows, classes = shape
    row("cosine_similarity", keras.losses.CosineSimilarity(), spread(*shape), spread(*shape))
    row("kl_divergence", keras.losses.KLDivergence(), distributions(*shape), distributions(*shape))
    row("kl_divergence", keras.losses.KLDivergence(), distributions(*shape), one_hot(classes, *rows))
    row("categorical_hinge", keras.losses.CategoricalHinge(), spread(*shape), one_hot(classes, *rows))
    for targets in [one_hot(classes, *rows), distributions(*shape)]:
        # rows that do not add up to 1 are divided by their sum
        row("categorical_cross_entropy", keras.losses.CategoricalCrossentropy(), probabilities(*shape), targets)
        row("categorical_cross_entropy smoothed", keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
            probabilities(*shape), targets)
        row("categorical_cross_entropy logits", keras.losses.CategoricalCrossentropy(from_logits=True), spread(*shape),
            targets)
        row("categorical_cross_entropy softmax", keras.losses.CategoricalCrossentropy(), spread(*shape), targets,
            jax.nn.softmax)
        row("categorical_cross_entropy softmax smoothed", keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
            spread(*shape), targets, jax.nn.softmax)
    sparse = keras.losses.SparseCategoricalCrossentropy
    row("sparse_categorical_cross_entropy", sparse(), probabilities(*shape), labels(classes, *rows))
    row("sparse_categorical_cross_entropy logits", sparse(from_logits=True), spread(*shape), labels(classes, *rows))
    row("sparse_categorical_cross_entropy softmax", sparse(), spread(*shape), labels(classes, *rows), jax.nn.softmax)

    # Keras has no such loss
    x = torch.tensor(np.log(distributions(*shape)), requires_grad=True)
    right = torch.tensor(labels(classes, *rows))
    loss = torch.nn.functional.nll_loss(x.reshape(-1, classes), right.reshape(-1))
    loss.backward()
    write("negative_log_likelihood", x.detach(), right, loss.item(), x.grad)

with open(Path(__file__).with_name("losses.csv"), "w", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows(ROWS)
print(f"{len(ROWS)} rows")
