"""What a program is, how its inputs are drawn, how its gradients are checked, and its lines; see generate.py."""

import dataclasses
import sys
import zlib
from typing import Callable

import jax
import jax.numpy as jnp
import numpy as np
import torch

jax.config.update("jax_enable_x64", True)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

PROGRAMS = []


# --- inputs: functions of a random generator --------------------------------------------------------------------------

def real(*shape, low=-2.0, high=2.0):
    return lambda generator: generator.uniform(low, high, shape).round(3)


def positive(*shape):
    return real(*shape, low=0.3, high=2.5)


def small(*shape):
    """For the weights of networks."""
    return real(*shape, low=-0.8, high=0.8)


def index(*shape, below):
    return lambda generator: generator.integers(0, below, shape)


def mask(*shape):
    return lambda generator: generator.uniform(0, 1, shape) < 0.6


def given(values):
    """Floats, whole numbers or booleans, written out."""
    return lambda generator: np.array(values)


# --- the two systems --------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class System:
    name: str
    array: Callable
    numpy: Callable
    gradient: Callable
    along: Callable
    compile: Callable


JAX = System("JAX", jnp.asarray, np.asarray, jax.grad, jax.jvp, jax.jit)
TORCH = System("PyTorch", torch.as_tensor, lambda x: x.detach().numpy(), torch.func.grad, torch.func.jvp, lambda f: f)


def heading():
    return f"# written by generate.py with JAX {jax.__version__} and PyTorch {torch.__version__.split('+')[0]}"


# --- programs ---------------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Program:
    name: str
    formula: str
    system: System
    function: Callable
    inputs: dict
    constant: tuple
    hvp: bool
    kink: bool


def register(system, constant, hvp, kink, inputs):
    def decorate(function):
        name, formula = function.__name__.strip("_"), " ".join(function.__doc__.split())
        assert all(name != other.name for other in PROGRAMS), f"{name} is registered twice"
        PROGRAMS.append(Program(name, formula, system, function, inputs, constant, hvp, kink))
        return function

    return decorate


def jax_program(*, constant=(), hvp=False, kink=False, **inputs):
    """Registers a program; the inputs named in `constant` are not differentiated."""
    return register(JAX, constant, hvp, kink, inputs)


def torch_program(*, constant=(), hvp=False, kink=False, **inputs):
    """Registers a program; the inputs named in `constant` are not differentiated."""
    return register(TORCH, constant, hvp, kink, inputs)


def named(results):
    return results if isinstance(results, dict) else {"y": results}


def differs(claimed, measured):
    return not np.all(np.abs(claimed - measured) <= 1e-7 * (1 + np.abs(claimed)))


def central_differences(function, at, step=1e-5):
    """The slopes of `function`, of a list of arrays, by every element of each."""
    slopes = [np.zeros(array.shape) for array in at]
    for array, slope in zip(at, slopes):
        for place in np.ndindex(array.shape):
            here = array[place]
            array[place] = here + step
            after = float(function(*at))
            array[place] = here - step
            slope[place] = (after - float(function(*at))) / (2 * step)
            array[place] = here
    return slopes


def line(program, kind, name, array):
    shape = "x".join(map(str, array.shape)) or "-"
    number = (lambda x: repr(float(x))) if array.dtype.kind == "f" else (lambda x: str(int(x)))
    return f"{program.name},{kind},{name},{shape},{' '.join(map(number, array.flat))}"


def lines(program):
    """Computes and checks a program."""
    system, generator = program.system, np.random.default_rng(zlib.crc32(program.name.encode()))
    inputs = {name: np.asarray(draw(generator)) for name, draw in program.inputs.items()}
    active = [name for name, array in inputs.items() if array.dtype.kind == "f" and name not in program.constant]
    results = named(program.function(**{name: system.array(array) for name, array in inputs.items()}))
    values = {name: system.numpy(value) for name, value in results.items()}
    weights = {
        name: (generator.choice([-1.0, 1.0], value.shape) * generator.uniform(0.3, 1.5, value.shape)).round(3)
        for name, value in values.items()
        if value.dtype.kind == "f" and active
    }

    def scalar(*at):
        arguments = {name: system.array(array) for name, array in inputs.items()}
        arguments.update((name, system.array(array)) for name, array in zip(active, at))
        results = named(program.function(**arguments))
        return sum((system.array(weight) * results[name]).sum() for name, weight in weights.items())

    def gradient(*at):
        slopes = system.gradient(scalar, tuple(range(len(active))))(*map(system.array, at)) if active else ()
        return dict(zip(active, map(system.numpy, slopes)))

    at = [inputs[name] for name in active]
    gradients, directions, products = gradient(*at), {}, {}
    if not program.kink:
        for name, measured in zip(active, central_differences(system.compile(scalar), [array.copy() for array in at])):
            if differs(gradients[name], measured):
                sys.exit(f"{program.name}: gradient by {name} is\n{gradients[name]}\ndifferences say\n{measured}")
    if program.hvp:
        directions = {name: generator.uniform(-1.5, 1.5, inputs[name].shape).round(3) for name in active}
        slopes = system.gradient(scalar, tuple(range(len(active))))
        primals, tangents = (tuple(map(system.array, arrays)) for arrays in (at, directions.values()))
        products = dict(zip(active, map(system.numpy, system.along(slopes, primals, tangents)[1])))
        step = 1e-5
        before, after = (gradient(*(x + s * d for x, d in zip(at, directions.values()))) for s in (-step, step))
        for name in active:
            if differs(products[name], (after[name] - before[name]) / (2 * step)):
                sys.exit(f"{program.name}: the product of the Hessian by {name} is not that of differences")

    kinds = {"f": "input", "i": "index", "b": "mask"}
    yield f"# {program.name}, by {system.name}{', on a kink' if program.kink else ''}: {program.formula}"
    for name, array in inputs.items():
        yield line(program, kinds[array.dtype.kind], name, array)
    for kind, arrays in (("value", values), ("weight", weights), ("gradient", gradients), ("direction", directions),
                         ("hvp", products)):
        for name, array in arrays.items():
            yield line(program, kind, name, array)
