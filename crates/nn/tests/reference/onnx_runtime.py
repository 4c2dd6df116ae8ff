"""Runs the networks that `examples/onnx.rs` writes as ONNX files in ONNX Runtime, and compares: every kind of layer in several
settings, in single and double precision. What ONNX Runtime has no double precision for is run by ONNX's own reference instead.

    pip install onnx==1.23.2 onnxruntime==1.31.1 safetensors numpy
    just onnx        # or: cargo build --release -p chainrule-nn --features onnx --example onnx; python3 onnx_runtime.py THE_PROGRAM
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import load_file

TOLERANCE = {"f32": 1e-5, "f64": 1e-5}  # settings of operators are in single precision


def run(path, x):
    """What another system makes of the batch, and which one."""
    onnxruntime.set_default_logger_severity(4)
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        return session.run(["output"], {"input": x})[0], "ONNX Runtime"
    except Exception as error:  # of one of several types
        if "NOT_IMPLEMENTED" not in str(error) and "does not support double" not in str(error):
            raise
    try:
        return ReferenceEvaluator(str(path)).run(["output"], {"input": x})[0], "reference"
    except RuntimeError as error:
        if "Unknown activation function" not in str(error):
            raise
    return None, "nobody"


def main(folder):
    paths = sorted(folder.glob("*.onnx"))
    assert paths, "no files were written"
    wrong = 0
    print(f"{'network':<50} {'nodes':>5}  {'run by':<12}  greatest difference")
    for path in paths:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        numbers = load_file(path.with_suffix(".safetensors"))
        x, y = numbers["input"], numbers["output"]
        result, by = run(path, x)
        if result is None:
            assert path.stem.endswith("f64"), path.stem
            print(f"{path.stem:<50} {len(model.graph.node):>5}  {by:<12}")
            continue
        assert result.shape == y.shape and result.dtype == y.dtype, f"{path.stem}: {result.shape}, {result.dtype}"
        # one row alone: the number of rows is free
        one, _ = run(path, x[:1])
        difference = max(numpy.abs(result - y).max(), numpy.abs(one - y[:1]).max())
        good = difference <= TOLERANCE[path.stem[-3:]] * max(1, numpy.abs(y).max())  # NaN is not
        wrong += not good
        print(f"{path.stem:<50} {len(model.graph.node):>5}  {by:<12}  {difference:.1e}{'' if good else '  WRONG'}")
    print(f"{len(paths)} networks, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        main(pathlib.Path(folder))
