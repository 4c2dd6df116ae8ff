"""Writes image_layers.csv: what PyTorch computes in float64 for convolutions, pooling and normalisations, in the layouts of
this crate: images as [images, height, width, channels], kernels as [height, width, channels, filters].

    pip install torch==2.15.0 numpy
    python3 image_layers.py

The format stands in case.rs. "same" padding is TensorFlow's, by hand: with strides PyTorch has none. Where PyTorch's batch
normalisation differs from Keras's, which is ours, it is converted: its momentum is the share of the batch, 1 - 0.9, and its running
variance is put together from the batch's variance with ddof 0.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
random = np.random.default_rng(11)
LINES = []


def numbers(*shape, low=-1.0, high=1.0):
    return torch.tensor(np.round(random.uniform(low, high, shape), 3), requires_grad=True)


def different(*shape):
    """Numbers without ties, so that each maximum has one place."""
    count = int(np.prod(shape))
    return torch.tensor(random.permutation(count).reshape(shape) / count, requires_grad=True)


def write(case, **tensors):
    for tensor, value in tensors.items():
        value = value.detach().numpy()
        shape = " ".join(map(str, value.shape))
        elements = " ".join(repr(x) for x in value.ravel().tolist())
        LINES.append(f"{case},{tensor.replace('_', ' ')},{shape},{elements}")


def compare(case, x, y, after=None, **parameters):
    """Gradients of the sum of y, each element with a weight."""
    upstream = numbers(*y.shape).detach()
    wanted = {name: value for name, value in parameters.items() if value.requires_grad}
    gradients = torch.autograd.grad((y * upstream).sum(), [x, *wanted.values()])
    names = ["gradient_x", *(f"gradient_{name}" for name in wanted)]
    write(case, x=x, **parameters, y=y, upstream=upstream, **dict(zip(names, gradients)), **(after or {}))


def first(image):
    """Channels first, as PyTorch has them."""
    return image.permute(0, 3, 1, 2)


def last(image):
    return image.permute(0, 2, 3, 1)


def same(x, size, stride, dilation=(1, 1), value=0.0):
    """TensorFlow's padding: of an odd number, the larger half lies behind."""
    sides = []
    for axis in (1, 0):
        image = x.shape[2 + axis]
        out = -(-image // stride[axis])
        total = max((out - 1) * stride[axis] + (size[axis] - 1) * dilation[axis] + 1 - image, 0)
        sides += [total // 2, total - total // 2]
    return F.pad(x, sides, value=value)


def conv(case, shape, filters, size, stride=(1, 1), dilation=(1, 1), groups=1, padding="valid", bias=True, activation=None):
    x, weights = numbers(*shape), numbers(*size, shape[3] // groups, filters)
    b = numbers(filters) if bias else None
    image = first(x)
    if padding == "same":
        image = same(image, size, stride, dilation)
    y = last(F.conv2d(image, weights.permute(3, 2, 0, 1), b, stride, 0, dilation, groups))
    y = activation(y) if activation else y
    compare(case, x, y, weights=weights, **({"bias": b} if bias else {}))


conv("conv valid", (2, 5, 6, 2), 3, (3, 3))
conv("conv same", (2, 5, 4, 2), 3, (3, 3), padding="same")
conv("conv one pixel", (2, 3, 3, 3), 4, (1, 1), bias=False)
conv("conv one pixel stride 2", (1, 5, 4, 3), 2, (1, 1), stride=(2, 2), padding="same")
conv("conv stride 2", (2, 6, 7, 1), 2, (3, 3), stride=(2, 2))
conv("conv same stride 2", (2, 6, 7, 1), 2, (3, 3), stride=(2, 2), padding="same")
conv("conv stride 3 1", (1, 8, 4, 2), 2, (2, 3), stride=(3, 1), activation=torch.tanh)
conv("conv same stride 2 3", (1, 7, 8, 2), 2, (2, 5), stride=(2, 3), padding="same")
conv("conv dilation 2", (1, 6, 7, 2), 3, (3, 3), dilation=(2, 2))
conv("conv same dilation 2 3", (1, 5, 7, 1), 2, (2, 3), dilation=(2, 3), padding="same")
conv("conv rectangle", (1, 4, 6, 2), 2, (1, 4))
conv("conv even same", (1, 5, 4, 2), 2, (2, 4), padding="same")
conv("conv even same stride 2", (1, 5, 6, 1), 2, (4, 2), stride=(2, 2), padding="same")
conv("conv larger than the image", (1, 2, 3, 1), 2, (5, 4), padding="same")
conv("conv groups 2", (2, 4, 4, 4), 6, (3, 2), groups=2)
conv("conv groups same stride 2", (1, 5, 5, 4), 2, (3, 3), stride=(2, 2), groups=2, padding="same")
conv("conv depthwise", (2, 4, 5, 3), 3, (3, 3), groups=3)
conv("conv depthwise times 2", (1, 4, 4, 2), 4, (2, 2), groups=2, padding="same")
conv("conv groups dilation", (1, 6, 5, 2), 2, (2, 2), dilation=(2, 2), groups=2, bias=False)


def pools(case, shape, size, stride=None, padding="valid"):
    stride = stride or size
    for kind in ("max", "avg"):
        x = different(*shape)
        image = first(x)
        if kind == "max":
            image = same(image, size, stride, value=-torch.inf) if padding == "same" else image
            y = F.max_pool2d(image, size, stride)
        elif padding == "same":
            # what lies in the padding is not counted
            ones = F.avg_pool2d(same(torch.ones_like(image), size, stride), size, stride)
            y = F.avg_pool2d(same(image, size, stride), size, stride) / ones
        else:
            y = F.avg_pool2d(image, size, stride)
        compare(f"{kind} {case}", x, last(y))


pools("2", (2, 4, 6, 2), (2, 2))
pools("2 with a rest", (1, 5, 7, 3), (2, 2))
pools("3 stride 2", (2, 7, 5, 2), (3, 3), (2, 2))
pools("2 3 stride 1 2", (1, 4, 7, 2), (2, 3), (1, 2))
pools("2 same", (1, 5, 3, 2), (2, 2), padding="same")
pools("3 same stride 1", (1, 4, 5, 2), (3, 3), (1, 1), padding="same")
pools("4 2 same stride 3 1", (1, 6, 4, 1), (4, 2), (3, 1), padding="same")

x = different(2, 3, 4, 3)
compare("global avg", x, F.adaptive_avg_pool2d(first(x), 1)[:, :, 0, 0])
x = different(2, 3, 4, 3)
compare("global max", x, F.adaptive_max_pool2d(first(x), 1)[:, :, 0, 0])


def batch_norm(case, shape, epsilon=1e-3, momentum=0.9, gain=True, shift=True, training=True):
    channels = shape[-1]
    x = numbers(*shape, low=-2.0, high=3.0)
    affine = {}
    if gain:
        affine["gain"] = numbers(channels, low=0.5, high=1.5)
    if shift:
        affine["shift"] = numbers(channels)
    mean, variance = numbers(channels).detach(), numbers(channels, low=0.5, high=2.0).detach()
    running = [mean.clone(), variance.clone()]
    rows = x.reshape(-1, channels)
    y = F.batch_norm(rows, *running, affine.get("gain"), affine.get("shift"), training, 1 - momentum, epsilon)
    after = {}
    if training:
        biased = momentum * variance + (1 - momentum) * rows.var(0, correction=0)
        after = {"after_mean": running[0], "after_variance": biased}
    compare(case, x, y.reshape(shape), after, **affine, mean=mean, variance=variance)


batch_norm("batch norm 2 axes", (6, 4))
batch_norm("batch norm 3 axes", (3, 4, 2), momentum=0.99)
batch_norm("batch norm 4 axes", (3, 2, 4, 3), epsilon=0.1, momentum=0.5)
batch_norm("batch norm many rows", (150, 2), momentum=0.9)
batch_norm("batch norm without gain", (4, 2, 3), gain=False)
batch_norm("batch norm without shift", (5, 3), shift=False)
batch_norm("batch norm evaluated without both", (5, 3), gain=False, shift=False, training=False)
batch_norm("batch norm evaluated", (3, 4), training=False)
batch_norm("batch norm evaluated 4 axes", (2, 3, 2, 3), epsilon=0.1, training=False)
batch_norm("batch norm evaluated without gain", (3, 2), gain=False, training=False)


def layer_norm(case, shape, epsilon=1e-3, gain=True, shift=True):
    size = shape[-1]
    x = numbers(*shape, low=-2.0, high=3.0)
    affine = {}
    if gain:
        affine["gain"] = numbers(size, low=0.5, high=1.5)
    if shift:
        affine["shift"] = numbers(size)
    compare(case, x, F.layer_norm(x, [size], affine.get("gain"), affine.get("shift"), epsilon), **affine)


layer_norm("layer norm 2 axes", (4, 5))
layer_norm("layer norm 3 axes", (2, 3, 6), epsilon=0.1)
layer_norm("layer norm 4 axes", (2, 2, 3, 4))
layer_norm("layer norm without gain", (3, 4), gain=False)
layer_norm("layer norm without shift", (3, 4), shift=False)
layer_norm("layer norm without both", (3, 20), gain=False, shift=False)

def padded(case, shape, size, sides, stride):
    """Padding that is said: [[top, bottom], [left, right]]."""
    (top, bottom), (left, right) = sides
    x, weights, b = numbers(*shape), numbers(*size, shape[3], 2), numbers(2)
    if top == bottom and left == right:
        y = F.conv2d(first(x), weights.permute(3, 2, 0, 1), b, stride, (top, left))
    else:
        y = F.conv2d(F.pad(first(x), (left, right, top, bottom)), weights.permute(3, 2, 0, 1), b, stride)
    compare(f"conv {case}", x, last(y), weights=weights, bias=b)
    x = different(*shape)
    image = F.pad(first(x), (left, right, top, bottom), value=-torch.inf)
    compare(f"max {case}", x, last(F.max_pool2d(image, size, stride)))
    x = different(*shape)
    if top == bottom and left == right:
        y = F.avg_pool2d(first(x), size, stride, (top, left), count_include_pad=False)
    else:
        zeros, ones = (F.pad(image, (left, right, top, bottom)) for image in (first(x), torch.ones_like(first(x))))
        y = F.avg_pool2d(zeros, size, stride) / F.avg_pool2d(ones, size, stride)
    compare(f"avg {case}", x, last(y))


padded("padding 1 stride 2", (2, 6, 5, 2), (3, 3), ((1, 1), (1, 1)), (2, 2))
padded("padding 0 1", (1, 4, 5, 2), (2, 3), ((0, 0), (1, 1)), (1, 1))
padded("padding of four sides", (1, 5, 4, 2), (3, 3), ((2, 0), (0, 1)), (2, 1))

path = Path(__file__).with_name("image_layers.csv")
path.write_text("\n".join(LINES) + "\n")
print(f"{len({line.split(',')[0] for line in LINES})} cases in {path.name}")
