"""The losses of a hundred training steps of each workload, without dropout, from weights and batches given by a formula.

Adam's epsilon is added to the root that is not corrected yet, as Keras does it, by scaling PyTorch's for each step. W5 is trained in
`f64`: in `f32`, the losses of PyTorch itself are up to 3e-3 away from these, by rounding alone.

    losses.py > benches/tests/reference/training_losses.json

The formula is that of `benches/src/network/formula.rs`. Weights are drawn in the layout of chainrule, `[inputs, outputs]` and
`[height, width, inputs, outputs]` with images whose channels come last, and brought into that of PyTorch.
"""

import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))

import numpy as np
import torch

import networks

STEPS = 100


def fractions(stream, count):
    """Numbers in [0, 1), multiples of 2^-24: "lowbias32" of Wellons, "Prospecting for hash functions", 2018."""
    x = np.arange(count, dtype=np.uint32) + np.uint32(stream * 0x9E3779B9 & 0xFFFFFFFF)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    x = x ^ (x >> np.uint32(16))
    return (x >> np.uint32(8)).astype(np.float64) / 2.0**24


def batch(workload, kind):
    if workload == "W1":
        return torch.tensor([[0.05, 0.1]])
    shape = networks.shape(workload)
    if len(shape) == 4:
        rows, channels, height, width = shape
        images = fractions(0, int(np.prod(shape))).reshape(rows, height, width, channels)
        return torch.from_numpy(images.transpose(0, 3, 1, 2).copy()).to(kind)
    return torch.from_numpy(fractions(0, int(np.prod(shape))).reshape(shape)).to(kind)


def first_weights(parameters):
    """Gives weights and biases, which take turns, their first values."""
    inputs = 1
    for place, parameter in enumerate(parameters):
        if parameter.dim() > 1:
            inputs = parameter[0].numel()
        values = (2 * fractions(place + 1, parameter.numel()) - 1) * (1 / np.sqrt(inputs))
        match tuple(parameter.shape):
            case (outputs, inner, height, width):
                values = values.reshape(height, width, inner, outputs).transpose(3, 2, 0, 1)
            case (outputs, 1600):  # behind images of 5 x 5 with 64 channels
                values = values.reshape(5, 5, 64, outputs).transpose(3, 2, 0, 1).reshape(outputs, 1600)
            case (outputs, inner):
                values = values.reshape(inner, outputs).T
        with torch.no_grad():
            parameter.copy_(torch.from_numpy(values.copy()).to(parameter.dtype))


def losses(workload):
    network = networks.network(workload, rate=0.0)
    first_weights(network.parameters())
    if workload == "W5":
        network.double()
        first_weights(network.parameters())
    kind = next(network.parameters()).dtype
    x, targets, loss_of = batch(workload, kind), networks.targets(workload), networks.loss(workload)
    optimizer = networks.optimizer(workload, network.parameters())
    found = []
    for step in range(1, STEPS + 1):
        for group in optimizer.param_groups:
            if "eps" in group:
                group["eps"] = 1e-7 / (1 - group["betas"][1] ** step) ** 0.5
        optimizer.zero_grad()
        loss = loss_of(network(x), targets)
        loss.backward()
        optimizer.step()
        found.append(float(f"{loss.item():.9g}"))
    return found


torch.set_num_threads(1)
lines = [f'  "{workload}": {json.dumps(losses(workload))}' for workload in ("W1", "W2", "W3", "W4", "W5", "W6", "W7")]
print("{\n" + ",\n".join(lines) + "\n}")
