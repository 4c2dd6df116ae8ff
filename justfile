# https://github.com/casey/just: `just` lists the recipes.

_list:
    @just --list

# Everything CI checks, exactly as CI does it.
check:
    .ci/run

# The lectures' numbers; `just lectures backprop` shows one in full.
lectures *what:
    cargo run --release -p chainrule-examples -- {{what}}

# The playground, built and served on this machine (needs `rustup target add wasm32-unknown-unknown`).
playground *options:
    cargo run --manifest-path crates/playground/serve/Cargo.toml -- {{options}}

# Every test.
test:
    cargo test --workspace

# What an operation costs.
bench:
    cargo bench --workspace

# Formats the code.
format:
    cargo fmt --all

# The documentation, opened in a browser.
doc:
    cargo doc --workspace --no-deps --open

# The book, in a browser (needs `cargo install mdbook`).
book:
    mdbook serve docs --open

# The table of 50-digit values that every rule is tested against (needs `pip install mpmath==1.3.0`).
reference:
    cd crates/chainrule/tests/reference && python3 generate.py

# The tables that losses, metrics, optimizers and whole trainings are tested against (needs keras, jax, torch, scikit-learn).
reference-networks:
    cd crates/nn/tests/reference && for script in losses metrics optimizers fit; do python3 $script.py; done

# Networks of every kind of layer as ONNX files, run by ONNX Runtime (needs onnx, onnxruntime, safetensors).
onnx:
    cargo build --release -p chainrule-nn --features onnx --example onnx
    python3 crates/nn/tests/reference/onnx_runtime.py target/release/examples/onnx

# Networks of the layers that PyTorch has, taken by PyTorch with their weights (needs torch, safetensors).
pytorch:
    cargo build --release -p chainrule-nn --example pytorch
    python3 crates/nn/tests/reference/pytorch_exchange.py target/release/examples/pytorch

# One of the targets of fuzz/, a million runs (needs a nightly toolchain and `cargo install cargo-fuzz`); see docs/fuzzing.md.
fuzz target:
    cargo +nightly fuzz run {{target}} -- -runs=1000000 -max_len=4096 -malloc_limit_mb=256 -rss_limit_mb=1024
