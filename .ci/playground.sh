#!/usr/bin/env bash
# The playground as a browser gets it: builds the site, holds it to its size, tests it in Chromium, and compiles what it exports.
# `.ci/playground.sh FOLDER` writes all results into that folder: site, losses.json, exports, screenshots. `.ci/run` runs this. What is
# missing is installed, for which it needs Debian and root.
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
if (($(node --print 'parseInt(process.versions.node)') < 20)); then
    echo "the browser tests need Node.js 20 or later" >&2
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
    # A panic only stops the module: without its message and its place, the module is smaller by a third.
    export RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none"
    cargo build --locked --profile page -Zbuild-std=std,panic_abort --target wasm32-unknown-unknown --target-dir target/wasm \
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
sizes, packed = dict.fromkeys(LIMITS, 0), dict.fromkeys(LIMITS, 0)
for file in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if file.is_file():
        kind = "module" if file.suffix == ".wasm" else "all else"
        content = file.read_bytes()
        sizes[kind] += len(content)
        packed[kind] += len(gzip.compress(content))
        print(f"{len(content):>9}  {file.relative_to(sys.argv[1])}")
for kind, limit in LIMITS.items():
    print(f"{kind}: {sizes[kind]} bytes of at most {limit}, {packed[kind]} compressed")
sys.exit(any(sizes[kind] >= limit for kind, limit in LIMITS.items()))
SIZES

step "native losses"
cargo run --locked --release -p chainrule-playground --example losses >"$work/losses.json"

step "in the browser"
rm -rf "$work/exports"
SITE="$site" NATIVE_LOSSES="$work/losses.json" EXPORTS="$work/exports" SCREENSHOTS="$work/screenshots" npm test --prefix "$browser"

step "exported programs"
patches=()
for crate in chainrule chainrule-kernels chainrule-nn; do
    patches+=(--config "patch.crates-io.$crate.path = '$PWD/crates/${crate#chainrule-}'")
done
for folder in "$work"/exports/*/; do
    (cd "$folder" && cargo run --release --target-dir "$work/exported" "${patches[@]}" >printed.txt)
    python3 - "$folder" <<'LOSSES'
import json, pathlib, re, sys

folder = pathlib.Path(sys.argv[1])
told = json.loads((folder / "losses.json").read_text())
printed = dict(re.findall(r"^(training|test) loss (\S+)$", (folder / "printed.txt").read_text(), re.MULTILINE))
print(f"{folder.name}: the page has {told}, its program {printed}")
# Dropout draws other numbers in each.
if folder.name != "dropout":
    sys.exit(any(abs(told[part] - float(printed[part])) > 1e-9 for part in ("training", "test")))
LOSSES
done

step "done"
