"""Writes programs.csv beside this file: small tensor programs with their inputs, values and gradients, and some
products of Hessian and vector, as PyTorch or JAX computes them in double precision.

    python3.11 -m venv venv
    venv/bin/pip install numpy==2.4.6 jax==0.10.2 torch==2.15.0
    venv/bin/python generate.py            # two or three minutes; no accelerator needed

A program is a function in elementwise.py, shapes.py, reductions.py, products.py or networks.py, registered by the
decorator `jax_program` or `torch_program` with its inputs; its doc string is the formula, in terms of the tensor
library that is tested. Inputs are drawn from a generator seeded with the program's name, so that no program's lines
depend on another's, and rounded to three decimals; they stand in the file, so that nobody needs the generator.

Lines that begin with # are comments: the first says which versions wrote the file, and one before each program says
which of the two systems computed it, and its formula. All other lines are `program,kind,name,shape,values`. The shape
is `2x3`, or `-` of a single number; values are separated by blanks, row-major, in the shortest form that gives the
same float, with `-inf` as a word; an empty array has none. By kind, in this order:

    input      an array of numbers; it is differentiated when a gradient of the same name follows
    index      an array of whole numbers
    mask       an array of 0 and 1
    value      a result: numbers, or whole numbers, or 0 and 1; a single result is called y
    weight     one for each result that is differentiable: gradients are those of the scalar sum(weight * value), added
               up over these results
    gradient   of that scalar by the input of the same name
    direction  a vector for each differentiated input
    hvp        the derivative of the gradient along all directions together: Hessian times vector

(The first three come in the order of the program's inputs.) Before anything is written each gradient is compared with
central differences of the scalar, and each hvp with those of the gradient. Programs that stand on a kink on purpose,
marked `kink`, are not compared: in them the system that computes does what the library's conventions say.
"""

import pathlib

import elementwise  # noqa: F401  the five fill the list of programs
import networks  # noqa: F401
import products  # noqa: F401
import reductions  # noqa: F401
import shapes  # noqa: F401
from table import PROGRAMS, heading, lines

text = [heading(), *(line for program in PROGRAMS for line in lines(program))]
with open(pathlib.Path(__file__).parent / "programs.csv", "w", newline="") as out:
    out.writelines(line + "\n" for line in text)
print(f"programs.csv: {len(PROGRAMS)} programs, {sum(program.hvp for program in PROGRAMS)} with products of Hessians")
