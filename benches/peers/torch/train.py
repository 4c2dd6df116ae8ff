"""Training steps in PyTorch: train.py [--threads N] [--mode eager|fused|compile] [W1 ...]

`eager` takes the optimizers as they come, `fused` their fused versions; `compile` compiles forward pass and loss, and the
optimizer's step.
"""

import argparse
import os
import sys
from pathlib import Path

arguments = argparse.ArgumentParser()
arguments.add_argument("--threads", type=int, default=1)
arguments.add_argument("--mode", choices=["eager", "fused", "compile"], default="eager")
arguments.add_argument("workloads", nargs="*", default=[])
options = arguments.parse_args()
os.environ["OMP_NUM_THREADS"] = str(options.threads)  # read when torch is loaded

sys.path.append(str(Path(__file__).parent.parent))

import torch  # noqa: E402

import networks  # noqa: E402
from turns import BATCH, measure  # noqa: E402


def training(workload):
    network = networks.network(workload)
    fused = {"fused": True} if options.mode == "fused" else {}
    optimizer = networks.optimizer(workload, network.parameters(), **fused)
    loss_of, y = networks.loss(workload), networks.targets(workload)
    if workload == "W1":
        x = torch.tensor([[0.05, 0.10]])
    else:
        x = torch.rand(networks.shape(workload), dtype=torch.float64 if workload == "W6" else torch.float32)

    def forward(x, y):
        return loss_of(network(x), y)

    update = optimizer.step
    if options.mode == "compile":
        forward, update = torch.compile(forward), torch.compile(lambda: optimizer.step())

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = forward(x, y)
        loss.backward()
        update()
        return loss

    return step


torch.set_num_threads(options.threads)
torch.manual_seed(0)
for workload in options.workloads or BATCH:
    measure(f"torch-{options.mode}", options.threads, workload, training(workload), lambda loss: loss.item())
