"""Writes sequence_layers.csv: outputs and gradients of layers for sequences as PyTorch computes them in float64.

    pip install torch==2.15.0 numpy
    python3 sequence_layers.py

A line for each tensor of a case: case, tensor, shape, elements; case.rs says what they are. Weights lie as chainrule's: [in, out],
gates in the order of Keras. PyTorch's layers know padding only at the end of a sequence, so here they get the real steps of each
row alone, and states are carried over the others.
"""

import csv
from pathlib import Path

import numpy as np
import torch
from torch.func import functional_call
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
random = np.random.default_rng(11)
LINES = []


def draw(*shape, scale=0.6):
    return torch.tensor(np.round(random.normal(0.0, scale, shape), 3))


def line(case, name, tensor):
    numbers = " ".join(repr(x) for x in tensor.detach().numpy().ravel().tolist())
    LINES.append([case, name, " ".join(map(str, tensor.shape)), numbers])


def write(case, layer, x, parameters, mask=None):
    """`layer` maps x, the parameters by name and the mask to the output."""
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    words = not x.is_floating_point()
    leaf = x if words else x.clone().requires_grad_()
    y = layer(leaf, leaves, mask)
    upstream = draw(*y.shape)
    (y * upstream).sum().backward()
    line(case, "x", x)
    if mask is not None:
        line(case, "mask", mask.to(torch.int64))
    line(case, "y", y)
    line(case, "upstream", upstream)
    line(case, "gradient x", torch.zeros(x.shape) if words else leaf.grad)
    for name, value in leaves.items():
        line(case, name, value)
        line(case, f"gradient {name}", value.grad)


def real(*rows):
    return torch.tensor([[step == "1" for step in row] for row in rows])


MASK = real("11110", "11000", "00000", "01101")


def recurrent(kind, units, sequences=False, backwards=False):
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1, "RELU": 1}[kind]

    def torchs(p):
        """Parameters as PyTorch has them."""
        def order(columns):
            parts = columns.split(units, -1)
            return torch.cat([parts[1], parts[0], parts[2]], -1) if kind == "GRU" else columns

        biases = p["bias"] if kind == "GRU" else torch.stack([p["bias"], torch.zeros(gates * units)])
        return {
            "weight_ih_l0": order(p["weights"]).T,
            "weight_hh_l0": order(p["recurrent"]).T,
            "bias_ih_l0": order(biases[0]),
            "bias_hh_l0": order(biases[1]),
        }

    def layer(x, p, mask):
        rows, steps, features = x.shape
        options = {"nonlinearity": "relu"} if kind == "RELU" else {}
        module = getattr(torch.nn, "RNN" if kind == "RELU" else kind)(features, units, batch_first=True, **options)
        mask = torch.ones(rows, steps, dtype=bool) if mask is None else mask
        order = list(range(steps))[::-1] if backwards else list(range(steps))
        result = []
        for row in range(rows):
            seen = [step for step in order if mask[row, step]]
            states = functional_call(module, torchs(p), (x[row, seen][None],))[0][0] if seen else None
            state, at = torch.zeros(units), {}
            for step in order:
                if mask[row, step]:
                    state = states[seen.index(step)]
                at[step] = state
            result.append(torch.stack([at[step] for step in range(steps)]) if sequences else state)
        return torch.stack(result)

    def parameters(features):
        columns = gates * units
        bias = draw(2, columns) if kind == "GRU" else draw(columns)
        return {"weights": draw(features, columns), "recurrent": draw(units, columns), "bias": bias}

    return layer, parameters


for name, kind in [("simple_rnn", "RNN"), ("simple_rnn_relu", "RELU"), ("lstm", "LSTM"), ("gru", "GRU")]:
    for suffix, options in [
        ("", {}),
        ("_sequences", {"sequences": True}),
        ("_reversed", {"backwards": True}),
        ("_sequences_reversed", {"sequences": True, "backwards": True}),
    ]:
        layer, parameters = recurrent(kind, 2, **options)
        write(f"{name}{suffix}", layer, draw(4, 5, 2), parameters(2))
        write(f"{name}{suffix}_masked", layer, draw(4, 5, 2), parameters(2), MASK)

layer, parameters = recurrent("LSTM", 4)
write("lstm_one", layer, draw(1, 1, 3), parameters(3))

write("embedding", lambda x, p, _: F.embedding(x, p["weights"]), torch.tensor([[4, 0, 4], [1, 4, 2]]), {"weights": draw(5, 3)})


def pooling(x, p, mask):
    scores = torch.tanh(x @ p["weights"] + p["bias"])
    scores = (scores @ p["context"] if "context" in p else scores).squeeze(-1)
    result = []
    for row in range(len(x)):
        seen = mask[row] if mask is not None else torch.ones(x.shape[1], dtype=bool)
        result.append(torch.softmax(scores[row, seen], 0) @ x[row, seen])
    return torch.stack(result)


for suffix, mask in [("", None), ("_masked", MASK)]:
    write(f"attention_pooling{suffix}", pooling, draw(4, 5, 3), {"weights": draw(3, 1), "bias": draw(1)}, mask)
    hidden = {"weights": draw(3, 6), "bias": draw(6), "context": draw(6, 1)}
    write(f"attention_pooling_hidden{suffix}", pooling, draw(4, 5, 3), hidden, mask)

PROJECTIONS = ["query", "key", "value"]


def maps(features, columns, prefix=""):
    shapes = {"query": (features, columns), "key": (features, columns), "value": (features, columns), "output": (columns, features)}
    parameters = {}
    for name, shape in shapes.items():
        parameters[prefix + name] = draw(*shape)
        parameters[f"{prefix}{name}_bias"] = draw(shape[1])
    return parameters


def attention(heads, causal=False, prefix=""):
    def layer(x, p, mask):
        features = x.shape[-1]
        module = torch.nn.MultiheadAttention(features, heads, batch_first=True)
        weights = {
            "in_proj_weight": torch.cat([p[prefix + name].T for name in PROJECTIONS]),
            "in_proj_bias": torch.cat([p[f"{prefix}{name}_bias"] for name in PROJECTIONS]),
            "out_proj.weight": p[f"{prefix}output"].T,
            "out_proj.bias": p[f"{prefix}output_bias"],
        }
        options = {"need_weights": False}
        if mask is not None:
            options["key_padding_mask"] = ~mask
        if causal:
            steps = x.shape[1]
            options["attn_mask"] = torch.triu(torch.ones(steps, steps, dtype=bool), 1)
        return functional_call(module, weights, (x, x, x), options)[0]

    return layer


def narrow(heads, width):
    """Heads whose widths do not add up to the features."""
    def layer(x, p, _):
        split = [(x @ p[name] + p[f"{name}_bias"]).unflatten(-1, (heads, width)).transpose(1, 2) for name in PROJECTIONS]
        return F.scaled_dot_product_attention(*split).transpose(1, 2).flatten(2) @ p["output"] + p["output_bias"]

    return layer


# every query sees something: PyTorch gives NaN where one does not
SEEN = real("11110", "11000", "10101")
write("multi_head_attention", attention(2), draw(3, 5, 6), maps(6, 6))
write("multi_head_attention_masked", attention(2), draw(3, 5, 6), maps(6, 6), SEEN)
write("multi_head_attention_causal", attention(2, causal=True), draw(3, 5, 4), maps(4, 4))
write("multi_head_attention_causal_masked", attention(2, causal=True), draw(3, 5, 4), maps(4, 4), SEEN)
write("multi_head_attention_narrow", narrow(2, 3), draw(2, 4, 5), maps(5, 6))


def affine(x, p, prefix):
    return x @ p[f"{prefix}weights"] + p[f"{prefix}bias"]


def dense(inputs, units, prefix):
    return {f"{prefix}weights": draw(inputs, units), f"{prefix}bias": draw(units)}


write("residual", lambda x, p, _: x + torch.tanh(affine(x, p, "inner.")), draw(3, 4), dense(4, 4, "inner."))


def block(x, p, mask):
    x = x + attention(2, causal=True, prefix="residual.inner.")(x, p, mask)
    return x + affine(torch.tanh(affine(x, p, "residual_1.inner.dense.")), p, "residual_1.inner.dense_1.")


weights = maps(4, 4, "residual.inner.")
weights |= dense(4, 8, "residual_1.inner.dense.") | dense(8, 4, "residual_1.inner.dense_1.")
write("block", block, draw(3, 5, 4), weights, SEEN)

branches = dense(4, 3, "branch_0.") | dense(4, 2, "branch_1.")
write("parallel", lambda x, p, _: torch.cat([torch.tanh(affine(x, p, "branch_0.")), affine(x, p, "branch_1.")], -1), draw(3, 4), branches)
branches = dense(4, 3, "branch_0.") | dense(4, 3, "branch_1.")
write("parallel_sum", lambda x, p, _: torch.tanh(affine(x, p, "branch_0.")) + affine(x, p, "branch_1."), draw(2, 3, 4), branches)

forth, forth_parameters = recurrent("GRU", 2, sequences=True)
back, back_parameters = recurrent("GRU", 2, sequences=True, backwards=True)


def both(x, p, mask):
    def of(prefix):
        return {name.removeprefix(prefix): value for name, value in p.items() if name.startswith(prefix)}

    return torch.cat([forth(x, of("branch_0."), mask), back(x, of("branch_1."), mask)], -1)


weights = {f"branch_0.{name}": value for name, value in forth_parameters(3).items()}
weights |= {f"branch_1.{name}": value for name, value in back_parameters(3).items()}
write("both_directions", both, draw(4, 5, 3), weights, MASK)

with open(Path(__file__).with_name("sequence_layers.csv"), "w", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows(LINES)
