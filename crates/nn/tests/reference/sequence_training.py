"""Writes sequence_training.csv: trainings of networks over padded sequences by Keras 3, for tests/sequence_training.rs.

    pip install keras==3.15.1 torch==2.15.0
    KERAS_BACKEND=torch python3 sequence_training.py

On JAX, Keras loses the mask on the way to the metrics, which then count padding too; on PyTorch it does not.

Rows `run,what,index,value`: the first weights, inputs, targets, sample weights, the history of every epoch, the last weights, and
what `evaluate` says. Nothing is shuffled; everything is in 64 bits.
"""

import csv
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras.src.backend.common import dtypes
from keras.src.losses import loss as loss_module

keras.config.set_floatx("float64")
# Keras computes means in float32 otherwise, whatever floatx is
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
# on PyTorch, the loss writes its mask into the weights, and metrics would see it scaled by the share of padding in the batch
apply_mask = loss_module.apply_mask
loss_module.apply_mask = lambda weights, *rest, **named: apply_mask(None if weights is None else weights.clone(), *rest, **named)
layers = keras.layers
random = np.random.default_rng(5)
ROWS = []


def note(run, what, values):
    for index, value in enumerate(np.asarray(values, dtype="float64").ravel()):
        ROWS.append([run, what, index, repr(float(value))])


def run(name, network, y, loss, metric, sample_weight=None):
    model = keras.Sequential([keras.Input(X.shape[1:]), *network])
    for weights in model.weights:
        weights.assign(random.normal(0, 0.5, weights.shape))
    note(name, "first", np.concatenate([w.numpy().ravel() for w in model.weights]))
    note(name, "x", X)
    note(name, "y", y)
    if sample_weight is not None:
        note(name, "sample_weight", sample_weight)
        sample_weight = np.repeat(sample_weight[:, None], X.shape[1], 1)
    model.compile(loss=loss, optimizer=keras.optimizers.SGD(0.5), metrics=[metric()], weighted_metrics=[metric()])
    history = model.fit(X, y, shuffle=False, verbose=0, epochs=3, batch_size=4, sample_weight=sample_weight).history
    for column in sorted(history):
        note(name, column, history[column])
    note(name, "last", np.concatenate([w.numpy().ravel() for w in model.weights]))
    score = model.evaluate(X, y, batch_size=4, verbose=0, return_dict=True)
    for column in sorted(score):
        note(name, f"evaluate {column}", score[column])


# ten sentences of up to five words, one of them empty, one with padding within
LENGTHS = [5, 3, 1, 4, 2, 0, 5, 2, 3, 1]
X = random.integers(1, 7, (10, 5)).astype("float64")
for row, length in enumerate(LENGTHS):
    X[row, length:] = 0
X[6, 2] = 0
TAGS = random.integers(0, 3, (10, 5))
VALUES = random.normal(0, 1, (10, 5, 2))
ANSWERS = random.integers(0, 2, (10, 1)).astype("float64")
# one for each sentence; exact in 32 bits, to which Keras rounds them
WEIGHTS = np.array([1, 0.5, 2, 1, 0.25, 1, 0.5, 3, 1, 1.5])


def words():
    return layers.Embedding(7, 3, mask_zero=True)


tags = [words(), layers.LSTM(4, return_sequences=True), layers.Dense(3, activation="softmax")]
accuracy = keras.metrics.SparseCategoricalAccuracy
run("tags", tags, TAGS, "sparse_categorical_crossentropy", accuracy)
tags = [words(), layers.GRU(4, return_sequences=True), layers.Dense(3, activation="softmax")]
run("weighted_tags", tags, TAGS, "sparse_categorical_crossentropy", accuracy, WEIGHTS)
values = [words(), layers.SimpleRNN(4, return_sequences=True), layers.Dense(2)]
run("values", values, VALUES, "mean_squared_error", keras.metrics.MeanAbsoluteError, WEIGHTS)
answers = [words(), layers.LSTM(3, return_sequences=True), layers.GRU(4), layers.Dense(1, activation="sigmoid")]
run("answers", answers, ANSWERS, "binary_crossentropy", keras.metrics.BinaryAccuracy)

with open(Path(__file__).with_name("sequence_training.csv"), "w", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows(ROWS)
