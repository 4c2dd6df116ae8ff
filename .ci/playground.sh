#!/usr/bin/env bash
# The playground as a browser gets it: builds the site, holds it to its size, and tests it in Chromium.
# `.ci/playground.sh FOLDER` writes into that folder: site, exports, screenshots, and losses.json, those that the tests outside of a browser
# find, unless they are there already. `.ci/run` runs this, and then what was exported. What is missing is installed, for which it
# needs Debian and root.
set -euo pipefail
mkdir -p "$1"
work=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
browser=crates/playground/browser
serve=crates/playground/serve/Cargo.toml

step() {
    printf '\n==> playground: %s (%d s)\n' "$*" "$SECONDS"
}

step "tools"
# Debian's compiler comes with the sources of a standard library for the browser. Users take `rustup target add wasm32-unknown-unknown`,
# which downloads more.
missing=()
for package in rustc-web rust-web-src libstd-rust-web-dev; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing+=("$package")
done
[[ -n "${CHROMIUM:-}" ]] || command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
if ((${#missing[@]})); then
    apt-get update
    apt-get install -y --no-install-recommends "${missing[@]}"
fi
# Some packages of nodejs bring npm along.
command -v npm >/dev/null || apt-get install -y --no-install-recommends npm
node --version
if (($(node --print 'parseInt(process.versions.node)') < 18)); then
    echo "the browser tests need Node.js 18.19 or later" >&2
    exit 1
fi
npm ci --prefix "$browser" --no-audit --no-fund
npm ls --prefix "$browser"

step "the program that serves it"
cargo fmt --check --manifest-path "$serve"
cargo clippy --locked --all-targets --manifest-path "$serve" -- -D warnings
cargo test --locked --manifest-path "$serve"

step "WebAssembly"
toolchain=$(rustup which rustc)
host=$("$toolchain" --version --verbose | sed -n 's/^host: //p')
(
    export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$("$toolchain" --print sysroot)/lib/rustlib/$host/bin/rust-lld
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER
    # A panic only stops the module: without its message and its place, and with a standard library for size, it is smaller by a half.
    export RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none"
    cargo build --locked --profile page -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size \
        --target wasm32-unknown-unknown --target-dir target/wasm \
        -p chainrule-playground --lib
)

step "the site and its size"
site="$work/site"
rm -rf "$site"
PATH="$PWD/$browser/node_modules/.bin:$PATH" cargo run --locked --manifest-path "$serve" -- --build-only --out "$site" \
    --wasm target/wasm/wasm32-unknown-unknown/page/chainrule_playground.wasm
python3 - "$site" <<'SIZES'
import gzip, pathlib, sys

LIMITS = {"module": 300_000, "all else": 100_000}
sizes = dict.fromkeys(LIMITS, 0)
for file in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if file.is_file():
        kind = "module" if file.suffix == ".packed" else "all else"
        content = file.read_bytes()
        sizes[kind] += len(content)
        unpacked = f", {len(gzip.decompress(content))} unpacked" if kind == "module" else ""
        print(f"{len(content):>9}  {file.relative_to(sys.argv[1])}{unpacked}")
for kind, limit in LIMITS.items():
    print(f"{kind}: {sizes[kind]} bytes, of {limit}")
sys.exit(any(sizes[kind] >= limit for kind, limit in LIMITS.items()))
SIZES

if [[ ! -f "$work/losses.json" ]]; then
    step "losses outside of a browser"
    PLAYGROUND_LOSSES="$work/losses.json" cargo test --locked -p chainrule-playground --test all every_data_set_is_learned
fi

step "in the browser"
rm -rf "$work/exports"
SITE="$site" NATIVE_LOSSES="$work/losses.json" EXPORTS="$work/exports" SCREENSHOTS="$work/screenshots" npm test --prefix "$browser"

step "done"
