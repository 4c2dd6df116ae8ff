"""Writes metrics.csv: metrics as scikit-learn and Keras compute them in float64, over batches.

    pip install keras==3.15.1 jax==0.10.2 scikit-learn==1.9.1
    python3 metrics.py

A row: metric, columns of the predictions, classes (1) or values (0) as targets, predictions, targets, weights of the rows (none
if empty), result. Numbers are separated by spaces and written so that they read back exactly.
"""

import csv
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import keras
import numpy as np
from keras.src.backend.common import dtypes
from sklearn import metrics

keras.config.set_floatx("float64")
# on JAX, Keras computes means in float32 otherwise, whatever floatx is
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
random = np.random.default_rng(11)
ROWS = []
SCORES = [("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score)]


def numbers(array):
    return "" if array is None else " ".join(repr(x) for x in np.asarray(array).ravel().tolist())


def write(name, predictions, targets, weights, result):
    classes = int(np.asarray(targets).dtype.kind == "i")
    columns = predictions.shape[-1]
    ROWS.append([name, columns, classes, numbers(predictions), numbers(targets), numbers(weights), repr(float(result))])


def by_keras(name, metric, predictions, targets, weights):
    metric.update_state(targets, predictions, sample_weight=weights)
    write(name, predictions, targets, weights, metric.result())


def rounded(array):
    return np.round(array, 3)


for count in (1, 7, 20):
    for weights in (None, rounded(random.uniform(0.0, 2.0, count))):
        # values
        values = rounded(random.normal(0.0, 1.0, (count, 3)))
        predictions = rounded(values + random.normal(0.0, 0.5, (count, 3)))
        by_keras("mean_squared_error", keras.metrics.MeanSquaredError(), predictions, values, weights)
        by_keras("mean_absolute_error", keras.metrics.MeanAbsoluteError(), predictions, values, weights)
        by_keras("root_mean_squared_error", keras.metrics.RootMeanSquaredError(), predictions, values, weights)
        if count > 1:
            write("r2", predictions, values, weights, metrics.r2_score(values, predictions, sample_weight=weights))

        # yes or no
        scores = random.integers(0, 11, (count, 1)) / 10
        answers = random.integers(0, 2, (count, 1))
        by_keras("accuracy", keras.metrics.BinaryAccuracy(), scores, answers.astype(float), weights)
        by_keras("binary_accuracy 0.3", keras.metrics.BinaryAccuracy(threshold=0.3), scores, answers, weights)
        yes, right = (scores > 0.5).astype(int).ravel(), answers.ravel()
        options = {"sample_weight": weights, "zero_division": 0}
        for name, score in SCORES:
            write(name, scores, answers, weights, score(right, yes, **options))
            write(name + " macro", scores, answers, weights,
                  score(right, yes, labels=[0, 1], average="macro", **options))
        if count > 1:
            write("roc_auc", scores, answers, weights, metrics.roc_auc_score(right, scores.ravel(), sample_weight=weights))

        # classes, of which the last never occurs
        logits = rounded(random.normal(0.0, 1.0, (count, 5)))
        logits[:, 4] = -9.0
        classes = random.integers(0, 4, count)
        one_hot = np.eye(5)[classes]
        by_keras("accuracy", keras.metrics.SparseCategoricalAccuracy(), logits, classes, weights)
        by_keras("accuracy", keras.metrics.CategoricalAccuracy(), logits, one_hot, weights)
        by_keras("top_2_accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2), logits, classes, weights)
        by_keras("top_3_accuracy", keras.metrics.TopKCategoricalAccuracy(3), logits, one_hot, weights)
        for name, score in SCORES:
            for average in ("macro", "micro", "weighted"):
                write(f"{name} {average}", logits, classes, weights,
                      score(classes, logits.argmax(-1), labels=range(5), average=average, **options))
            write(f"{name} 2", logits, one_hot, weights,
                  score(classes, logits.argmax(-1), labels=[2], average="macro", **options))

        # several questions in a row
        chances = rounded(random.uniform(0.0, 1.0, (count, 3)))
        answers = random.integers(0, 2, (count, 3)).astype(float)
        for average in ("macro", "micro", "weighted"):
            write(f"f1 {average} each", chances, answers, weights,
                  metrics.f1_score(answers, (chances > 0.4).astype(int), average=average, **options))

with open(Path(__file__).with_name("metrics.csv"), "w", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows(ROWS)
print(f"{len(ROWS)} rows")
