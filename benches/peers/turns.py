"""How every program here times its steps: eleven to warm up, then five turns of a fifth of a second each."""

import resource
import statistics
import time

TURNS = 5
SECONDS = 0.2
BATCH = {"W1": 1, "W2": 32, "W3": 128, "W4": 128, "W5": 64, "W6": 569, "W7": 32}


def measure(name, threads, workload, step, loss_of):
    """Times `step`, which returns the loss before it as the library holds it; `loss_of` waits for it and makes it a number."""
    first = loss_of(step())
    for _ in range(10):
        loss = step()
    loss_of(loss)
    start = time.perf_counter()
    for _ in range(10):
        loss = step()
    loss_of(loss)
    steps = max(3, int(SECONDS / ((time.perf_counter() - start) / 10)))
    turns = []
    for _ in range(TURNS):
        start = time.perf_counter()
        for _ in range(steps):
            loss = step()
        last = loss_of(loss)
        turns.append((time.perf_counter() - start) / steps)
    median = statistics.median(turns)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fields = [
        name,
        f"th{threads}",
        workload,
        f"{median * 1e6:.1f} us/step",
        f"min {min(turns) * 1e6:.1f}",
        f"{BATCH[workload] / median:.0f} samples/s",
        f"loss {first:.3f}->{last:.4f}",
        f"peak {peak:.1f} MiB",
    ]
    print("\t".join(fields), flush=True)
