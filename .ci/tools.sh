#!/usr/bin/env bash
# Installs what only CI needs beside cargo into FOLDER/bin: `.ci/tools.sh FOLDER`. What is found in the path is left alone.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)

# One folder of builds, as they have dependencies in common; quick to build, as they have little to do.
export CARGO_TARGET_DIR="$folder/build" CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0
install() {
    command -v "$1" >/dev/null || cargo install --debug --locked --root "$folder" "$@"
}

if ! command -v typos >/dev/null && [[ ! -x "$folder/bin/typos" ]]; then
    python3 -m pip --version || { apt-get update && apt-get install -y --no-install-recommends python3-pip; }
    python3 -m pip install --quiet --target "$folder/python" typos==1.52.0
    mkdir -p "$folder/bin"
    ln -sf ../python/bin/typos "$folder/bin/typos"
fi
install cargo-hack --version 0.6.45
install mdbook --version 0.5.4 --no-default-features --features search
install cargo-deny --version 0.19.9 --no-default-features
