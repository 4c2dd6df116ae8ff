"""Writes fit.csv: whole trainings by Keras 3, number by number, for tests/keras.rs.

    pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax JAX_ENABLE_X64=1 python3 fit.py

Each run is given as rows `run,what,index,value`: the first weights, the inputs, the targets, the history of every epoch, the last
weights, the predictions and what `evaluate` says. Nothing is shuffled, and everything is computed in 64 bits; sample weights are exact in 32, to which Keras rounds them.
"""

import csv
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import keras
import numpy as np
from keras.src.backend.common import dtypes

keras.config.set_floatx("float64")
# on JAX, Keras computes means in float32 otherwise, whatever floatx is
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
layers, regularizers = keras.layers, keras.regularizers
random = np.random.default_rng(4)
rows = []


def note(run, what, values):
    for index, value in enumerate(np.asarray(values, dtype="float64").ravel()):
        rows.append([run, what, index, repr(float(value))])


def run(name, network, x, y, loss, optimizer, metrics, **fit):
    model = keras.Sequential([keras.Input(x.shape[1:]), *network])
    for weights in model.weights:
        weights.assign(random.normal(0, 0.5, weights.shape))
    note(name, "first", np.concatenate([w.numpy().ravel() for w in model.weights]))
    note(name, "x", x)
    note(name, "y", y)
    if "sample_weight" in fit:
        note(name, "sample_weight", fit["sample_weight"])
    model.compile(loss=loss, optimizer=optimizer, metrics=metrics, weighted_metrics=[])
    history = model.fit(x, y, shuffle=False, verbose=0, **fit).history
    for column in sorted(history):
        note(name, column, history[column])
    note(name, "last", np.concatenate([w.numpy().ravel() for w in model.weights]))
    note(name, "predictions", model.predict(x, verbose=0))
    score = model.evaluate(x, y, batch_size=4, verbose=0)
    note(name, "evaluate", score)


x = random.normal(0, 1, (10, 3))
labels = random.integers(0, 4, 10)
one_hot = np.eye(4)[labels]
halves = (x[:, 0] + 0.3 * x[:, 1] > 0).astype("float64")[:, None]
values = np.stack([x @ [1.0, -2.0, 0.5] + 0.1, np.sin(x[:, 0])], axis=1)

# the lecture's listing, smaller and without dropout
run(
    "categorical",
    [layers.Dense(6, activation="relu"), layers.Dense(5, activation="relu"), layers.Dense(4, activation="softmax")],
    x, one_hot, "categorical_crossentropy", keras.optimizers.Adam(0.05), ["accuracy"], epochs=6, batch_size=4,
)
run(
    "sparse",
    [layers.Dense(6, activation="tanh"), layers.Dense(4, activation="softmax")],
    x, labels, "sparse_categorical_crossentropy", keras.optimizers.SGD(0.2, momentum=0.9, nesterov=True), ["accuracy"],
    epochs=5, batch_size=4, validation_split=0.4,
)
run(
    "binary",
    [layers.Dense(5, activation="elu"), layers.Dense(1, activation="sigmoid")],
    x, halves, "binary_crossentropy", keras.optimizers.RMSprop(0.05), ["accuracy"],
    epochs=5, batch_size=4, class_weight={0: 1.0, 1: 3.0},
)
run(
    "regression",
    [
        layers.Dense(4, activation="gelu", kernel_regularizer=regularizers.L2(0.01), bias_regularizer=regularizers.L1(0.02)),
        layers.Dense(2, kernel_regularizer=regularizers.L1L2(0.003, 0.004)),
    ],
    x, values, "mse", keras.optimizers.Nadam(0.03, global_clipnorm=1.0), ["mae"],
    epochs=5, batch_size=4, sample_weight=np.arange(2, 12) / 4,
)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "fit.csv"), "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["run", "what", "index", "value"])
    writer.writerows(rows)
print(len(rows), "rows")
