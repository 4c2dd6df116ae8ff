"""Weights to and from PyTorch, through safetensors.

    pip install torch safetensors numpy
    python3 pytorch_exchange.py               # writes the files in pytorch/ that tests/pytorch.rs reads
    just pytorch      # or: cargo build --release -p chainrule-nn --example pytorch; python3 pytorch_exchange.py THE_PROGRAM

For each model `NAME.safetensors` holds its state_dict and `NAME.numbers.safetensors` a batch and its output, images as
[height, width, channels]. With the program, which writes our networks in the same manner, PyTorch takes their weights with
`load_state_dict(strict=True)` and must make the same of their batches.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy
import safetensors.numpy
import torch
from safetensors.torch import load_file, save_file
from torch import nn

FOLDER = pathlib.Path(__file__).with_name("pytorch")
TOLERANCE = 1e-6


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(7, 3)
        self.memory = nn.LSTM(3, 4, batch_first=True)
        self.norm = nn.LayerNorm(4, eps=1e-3)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        states, _ = self.memory(self.words(x.long()))
        return self.head(self.norm(states[:, -1]))


class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.GRU(3, 4, batch_first=True)
        self.second = nn.RNN(4, 2, batch_first=True)

    def forward(self, x):
        return self.second(self.first(x)[0])[0][:, -1]


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(6, 2, batch_first=True)
        self.head = nn.Linear(6, 2, bias=False)

    def forward(self, x):
        return self.head(self.attention(x, x, x, need_weights=False)[0])


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Parallel(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        for number, branch in enumerate(branches):
            self.add_module(f"branch_{number}", branch)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], -1)


def parts(**modules):
    """Modules one after the other, under names."""
    network = nn.Sequential()
    for name, module in modules.items():
        network.add_module(name, module)
    return network


def models():
    """By name: the model, and the shape of a batch."""
    torch.manual_seed(7)
    image = [nn.Conv2d(3, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.MaxPool2d(2), nn.Conv2d(4, 6, 2, groups=2, bias=False)]
    behind = [nn.Flatten(), nn.Dropout(0.5), nn.Linear(24, 5), nn.BatchNorm1d(5)]
    inner = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
    all = {
        "dense": (nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)), [3, 4]),
        "images": (nn.Sequential(*image, *behind), [3, 3, 9, 9]),
        "words": (Words(), [3, 5]),
        "steps": (Steps(), [3, 5, 3]),
        "attention": (Attention(), [3, 4, 6]),
        "within": (parts(block=Residual(inner), both=Parallel(nn.Linear(4, 2), nn.Linear(4, 3))), [3, 4]),
    }
    for model, _ in all.values():
        for module in model.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.eps = 1e-3  # as ours
                nn.init.uniform_(module.running_mean, -0.5, 0.5)
                nn.init.uniform_(module.running_var, 0.5, 2.0)
                module.num_batches_tracked += 3
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
                nn.init.uniform_(module.weight, 0.5, 1.5)
                nn.init.uniform_(module.bias, -0.5, 0.5)
            if isinstance(module, nn.MultiheadAttention):
                nn.init.uniform_(module.in_proj_bias, -0.5, 0.5)
                nn.init.uniform_(module.out_proj.bias, -0.5, 0.5)
        model.eval()
    return all


def ours(images):
    """Images with their channels last."""
    return images.permute(0, 2, 3, 1).contiguous() if images.ndim == 4 else images


def theirs(images):
    return images.permute(0, 3, 1, 2).contiguous() if images.ndim == 4 else images


def write():
    FOLDER.mkdir(exist_ok=True)
    for name, (model, shape) in models().items():
        x = torch.randint(0, 7, shape).float() if name == "words" else torch.rand(shape) * 2 - 1
        with torch.no_grad():
            y = model(x)
        save_file(model.state_dict(), FOLDER / f"{name}.safetensors")
        save_file({"input": ours(x), "output": y}, FOLDER / f"{name}.numbers.safetensors")
    # the first model once more, in our layout, as NumPy writes it
    layers = {"0": "dense", "2": "dense_1"}
    plain = {}
    for name, value in models()["dense"][0].state_dict().items():
        layer, kind = name.split(".")
        value = value.numpy().astype(numpy.float64)
        plain[f"{layers[layer]}.{'weights' if kind == 'weight' else kind}"] = numpy.ascontiguousarray(value.T)
    safetensors.numpy.save_file(plain, FOLDER / "plain.safetensors")


def check_plain(folder, name):
    """A file in our layout holds, for NumPy, what the program listed: a line for each tensor with its name, shape and numbers."""
    held = safetensors.numpy.load_file(folder / f"{name}.plain.safetensors")
    lines = (folder / f"{name}.txt").read_text().splitlines()
    assert [line.split(";")[0] for line in lines] and {line.split(";")[0] for line in lines} == set(held), name
    for line in lines:
        tensor, shape, numbers = line.split(";")
        listed = numpy.array([float(number) for number in numbers.split()], numpy.float32)
        assert held[tensor].dtype == numpy.float32, tensor
        assert numpy.array_equal(held[tensor], listed.reshape([int(size) for size in shape.split()])), tensor
    return len(lines)


def check(folder):
    wrong = 0
    for name, (model, _) in models().items():
        model.load_state_dict(load_file(folder / f"{name}.safetensors"), strict=True)
        numbers = load_file(folder / f"{name}.numbers.safetensors")
        with torch.no_grad():
            y = model(theirs(numbers["input"]))
        assert y.shape == numbers["output"].shape, name
        difference = (y - numbers["output"]).abs().max().item()
        good = difference <= TOLERANCE * max(1, y.abs().max().item())  # NaN is not
        wrong += not good
        tensors = check_plain(folder, name)
        print(f"{name:<10} {tensors:>3} tensors  greatest difference {difference:.1e}{'' if good else '  WRONG'}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        write()
    else:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.argv[1], folder], check=True)
            check(pathlib.Path(folder))
