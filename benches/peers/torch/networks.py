"""The networks of the workloads W1 to W7 in PyTorch, with the batch, the loss and the optimizer of each."""

import torch
import torch.nn.functional as F
from torch import nn


class AttentionPool(nn.Module):
    """One score for each step, the hyperbolic tangent of an affine map; the steps' mean, weighted by the softmax of the scores."""

    def __init__(self):
        super().__init__()
        self.score = nn.Linear(64, 1)
        self.output = nn.Linear(64, 5)

    def forward(self, x):
        shares = torch.softmax(torch.tanh(self.score(x)), 1)
        return self.output((shares * x).sum(1))


def images():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


def dropped(inputs, hidden, classes, rate=0.5):
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(rate),
        nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(rate),
        nn.Linear(hidden, classes),
    )  # fmt: skip


def network(workload, rate=0.5):
    """The layers; `rate` is that of dropout."""
    match workload:
        case "W1":
            return nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 2), nn.Sigmoid())
        case "W2":
            return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
        case "W3":
            return dropped(784, 512, 10, rate)
        case "W4":
            return dropped(800, 256, 5, rate)
        case "W5":
            return images()
        case "W6":
            return nn.Linear(30, 1).double()
        case "W7":
            return AttentionPool()


def shape(workload):
    """The shape of the batch."""
    return {
        "W1": (1, 2), "W2": (32, 784), "W3": (128, 784), "W4": (128, 800),
        "W5": (64, 1, 28, 28), "W6": (569, 30), "W7": (32, 50, 64),
    }[workload]  # fmt: skip


def targets(workload):
    """Labels that go round; two numbers for W1."""
    if workload == "W1":
        return torch.tensor([[0.01, 0.99]])
    rows = shape(workload)[0]
    if workload == "W6":
        return (torch.arange(rows) % 2).double()[:, None]
    return torch.arange(rows) % {"W2": 10, "W3": 10, "W4": 5, "W5": 10, "W7": 5}[workload]


def loss(workload):
    """What is made small."""
    match workload:
        case "W1":
            return lambda y, t: 0.5 * ((y - t) ** 2).sum()
        case "W6":
            return F.binary_cross_entropy_with_logits
        case _:
            return F.cross_entropy


def optimizer(workload, parameters, **options):
    """Gradient descent where the workload says so, Adam with its defaults elsewhere."""
    rates = {"W1": 0.5, "W2": 0.01, "W6": 0.1}
    if workload in rates:
        return torch.optim.SGD(parameters, lr=rates[workload], **options)
    return torch.optim.Adam(parameters, **options)
