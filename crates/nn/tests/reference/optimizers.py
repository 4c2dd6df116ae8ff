"""Twenty steps of each optimizer, and the rates of each schedule, as Keras takes them.

Writes optimizers.csv, schedules.csv and plateau.csv beside itself.

    pip install keras==3.15.1 jax==0.10.2
    python3 optimizers.py
"""

import csv
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import keras
import numpy as np
from keras import optimizers as o
from keras.optimizers import schedules as s

keras.config.set_floatx("float64")
FOLDER = Path(__file__).parent
STEPS = 20

# Keras takes cosines in single precision, whatever its floats are. With this, and with rates that are no plain Python
# numbers, its schedules are in double precision throughout.
keras.src.ops.cos = jax.numpy.cos
double = np.float64

# The two parameters start here; their gradients are those of sum (w - c)^4 + (w - c)^2, and a term that depends on the
# step.
KERNEL = [[1.0, -0.5], [0.25, 2.0]]
BIAS = [0.5, -1.5]
KERNEL_CENTRE = [[0.5, 0.0], [-0.5, 1.25]]
BIAS_CENTRE = [0.0, -0.75]


def gradient(w, centre, step):
    d = np.asarray(w).ravel() - np.ravel(centre)
    push = [((7 * step + 3 * i) % 5 - 2) / 4 for i in range(d.size)]
    return (4 * d**3 + 2 * d + push).reshape(np.shape(centre))


def without_bias(optimizer):
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


OPTIMIZERS = {
    "sgd": o.SGD(0.05),
    "sgd default": o.SGD(),
    "sgd momentum": o.SGD(0.02, momentum=0.9),
    "sgd nesterov": o.SGD(0.02, momentum=0.9, nesterov=True),
    "sgd clip_norm": o.SGD(0.05, clipnorm=0.8),
    "sgd clip_value": o.SGD(0.05, clipvalue=0.6),
    "sgd global_clip_norm": o.SGD(0.05, global_clipnorm=1.0),
    "sgd weight_decay": o.SGD(0.05, weight_decay=0.1),
    "sgd accumulate": o.SGD(0.05, gradient_accumulation_steps=3),
    "sgd accumulate clip_norm": o.SGD(0.05, gradient_accumulation_steps=3, clipnorm=0.5),
    "sgd accumulate clip_value": o.SGD(0.05, gradient_accumulation_steps=3, clipvalue=0.4),
    "sgd accumulate global_clip_norm": o.SGD(0.05, gradient_accumulation_steps=3, global_clipnorm=0.7),
    "sgd cosine": o.SGD(s.CosineDecay(double(0.01), 12, alpha=0.1, warmup_target=0.05, warmup_steps=5), momentum=0.5),
    "adam": o.Adam(0.05),
    "adam default": o.Adam(),
    "adam options": o.Adam(0.05, beta_1=0.7, beta_2=0.95, epsilon=0.01),
    "adam amsgrad": o.Adam(0.05, beta_2=0.9, amsgrad=True),
    "adam clip_norm": o.Adam(0.05, clipnorm=0.8),
    "adam clip_value": o.Adam(0.05, clipvalue=0.6),
    "adam global_clip_norm": o.Adam(0.05, global_clipnorm=1.0),
    "adam weight_decay": o.Adam(0.05, weight_decay=0.1),
    "adam accumulate": o.Adam(0.05, gradient_accumulation_steps=2),
    "adam accumulate exponential": o.Adam(s.ExponentialDecay(0.05, 4, 0.8), gradient_accumulation_steps=4),
    "adam exponential": o.Adam(s.ExponentialDecay(0.05, 4, 0.8)),
    "adam piecewise weight_decay": o.Adam(s.PiecewiseConstantDecay([5, 12], [0.1, 0.05, 0.02]), weight_decay=0.2),
    "adamw": o.AdamW(0.05),
    "adamw default": o.AdamW(),
    "adamw amsgrad": o.AdamW(0.05, weight_decay=0.1, beta_2=0.9, amsgrad=True),
    "adamw without bias": without_bias(o.AdamW(0.05, weight_decay=0.3)),
    "rms_prop": o.RMSprop(0.02),
    "rms_prop default": o.RMSprop(),
    "rms_prop options": o.RMSprop(0.02, rho=0.8, epsilon=0.01),
    "rms_prop momentum": o.RMSprop(0.01, momentum=0.8),
    "rms_prop centered": o.RMSprop(0.01, centered=True, epsilon=0.01),
    "rms_prop momentum centered": o.RMSprop(0.01, rho=0.7, momentum=0.5, centered=True, epsilon=0.1),
    "rms_prop clip_norm": o.RMSprop(0.02, clipnorm=0.8),
    "rms_prop weight_decay": o.RMSprop(0.02, weight_decay=0.1),
    "adagrad": o.Adagrad(0.1),
    "adagrad default": o.Adagrad(),
    "adagrad options": o.Adagrad(0.1, initial_accumulator_value=0.5, epsilon=0.01),
    "adagrad clip_value": o.Adagrad(0.1, clipvalue=0.6),
    "adagrad accumulate": o.Adagrad(0.1, gradient_accumulation_steps=2),
    "adadelta": o.Adadelta(1.0),
    "adadelta default": o.Adadelta(),
    "adadelta options": o.Adadelta(0.8, rho=0.8, epsilon=0.001),
    "adadelta weight_decay": o.Adadelta(1.0, epsilon=0.001, weight_decay=0.05),
    "adamax": o.Adamax(0.05),
    "adamax default": o.Adamax(),
    "adamax options": o.Adamax(0.05, beta_1=0.8, beta_2=0.95, epsilon=0.01),
    "adamax global_clip_norm": o.Adamax(0.05, global_clipnorm=1.0),
    "nadam": o.Nadam(0.05),
    "nadam default": o.Nadam(),
    "nadam options": o.Nadam(0.05, beta_1=0.7, beta_2=0.95, epsilon=0.01),
    "nadam clip_norm": o.Nadam(0.05, clipnorm=0.8),
    "lion": o.Lion(0.05),
    "lion default": o.Lion(),
    "lion options": o.Lion(0.05, beta_1=0.7, beta_2=0.9, weight_decay=0.1),
}


def run(optimizer):
    parameters = [keras.Variable(KERNEL, name="kernel"), keras.Variable(BIAS, name="bias")]
    for step in range(STEPS):
        gradients = [gradient(w, c, step) for w, c in zip(parameters, [KERNEL_CENTRE, BIAS_CENTRE])]
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in gradients], parameters)
        yield [step + 1, *(float(w) for p in parameters for w in np.ravel(p))]


SCHEDULES = {
    "exponential": s.ExponentialDecay(0.05, 10, 0.96),
    "exponential staircase": s.ExponentialDecay(0.1, 3, 0.96, staircase=True),
    "step": s.ExponentialDecay(0.2, 7, 0.5, staircase=True),
    "piecewise": s.PiecewiseConstantDecay([10, 11, 40], [1.0, 0.1, 0.01, 0.001]),
    "inverse_time": s.InverseTimeDecay(0.1, 10, 0.96),
    "inverse_time staircase": s.InverseTimeDecay(0.1, 10, 0.96, staircase=True),
    "polynomial": s.PolynomialDecay(0.05, 25),
    "polynomial options": s.PolynomialDecay(0.05, 25, 0.001, power=0.5),
    "polynomial cycle": s.PolynomialDecay(0.05, 10, 0.001, power=2.0, cycle=True),
    "cosine": s.CosineDecay(double(0.1), 40),
    "cosine alpha": s.CosineDecay(double(0.1), 40, alpha=0.1),
    "cosine warm_up": s.CosineDecay(double(0.01), 30, alpha=0.05, warmup_target=0.2, warmup_steps=12),
    "cosine restarts": s.CosineDecayRestarts(double(0.1), 9),
    "cosine restarts options": s.CosineDecayRestarts(double(0.1), 8, t_mul=1.5, m_mul=0.8, alpha=0.1),
    "cosine restarts even": s.CosineDecayRestarts(double(0.1), 8, t_mul=1.0, m_mul=0.9),
}

# Losses that fall, stand still, rise and fall again, in multiples of 1/64: no comparison is a matter of rounding.
VALUES = [64, 32, 31, 31, 31, 30, 29, 29, 29, 29, 40, 50, 29, 28, 28, 28, 28, 28, 28, 28, 28, 28, 10] + 14 * [9]
PLATEAUS = {
    "default": {},
    "patient": {"patience": 3, "factor": 0.5, "min_delta": 0.0},
    "delta": {"patience": 2, "factor": 0.5, "min_delta": 2 / 64},
    "cooldown": {"patience": 2, "factor": 0.5, "cooldown": 3},
    "lowest": {"patience": 1, "factor": 0.25, "min_lr": 0.0625},
    "max": {"patience": 2, "factor": 0.5, "mode": "max", "cooldown": 1},
}


def plateau(options):
    model = keras.Sequential([keras.Input([1]), keras.layers.Dense(1)])
    model.compile(o.SGD(1.0), "mse")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="loss", **options)
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(VALUES):
        callback.on_epoch_end(epoch, {"loss": value / 64})
        yield [value / 64, float(model.optimizer.learning_rate)]


def write(name, header, rows):
    with open(FOLDER / name, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


weights = ["kernel 0 0", "kernel 0 1", "kernel 1 0", "kernel 1 1", "bias 0", "bias 1"]
write(
    "optimizers.csv",
    ["case", "step", *weights],
    ([name, *row] for name, case in OPTIMIZERS.items() for row in run(case)),
)
write(
    "schedules.csv",
    ["case", "step", "rate"],
    ([name, step, float(case(step))] for name, case in SCHEDULES.items() for step in range(61)),
)
write(
    "plateau.csv",
    ["case", "value", "rate"],
    ([name, *row] for name, case in PLATEAUS.items() for row in plateau(case)),
)
