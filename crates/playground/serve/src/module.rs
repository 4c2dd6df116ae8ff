//! Cargo compiles the playground to WebAssembly.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target that browsers run.
const TARGET: &str = "wasm32-unknown-unknown";
/// The workspace's profile for it.
const PROFILE: &str = "page";

/// The module's file, compiled now.
pub(crate) fn compile(workspace: &Path) -> Result<PathBuf, String> {
    if !target_is_installed() {
        return Err(format!(
            "Rust cannot compile for the browser yet. Run this once:\n\n    rustup target add {TARGET}\n"
        ));
    }
    let target = workspace.join("target");
    let mut cargo = Command::new(program("CARGO", "cargo"));
    cargo
        .current_dir(workspace)
        .args(["build", "--locked", "--profile", PROFILE, "-p", "chainrule-playground", "--lib"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(&target);
    let status = cargo.status().map_err(|error| format!("cargo does not start: {error}"))?;
    if !status.success() {
        return Err("cargo could not compile the playground, see above".into());
    }
    Ok(target.join(TARGET).join(PROFILE).join("chainrule_playground.wasm"))
}

/// Whether the compiler has a standard library for browsers. One that cannot be asked is not in the way: cargo will say more.
fn target_is_installed() -> bool {
    let asked = Command::new(program("RUSTC", "rustc")).args(["--print", "target-libdir", "--target", TARGET]).output();
    asked.map_or(true, |answer| Path::new(String::from_utf8_lossy(&answer.stdout).trim()).is_dir())
}

/// A program of the toolchain, which an environment variable may name.
fn program(variable: &str, usual: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| usual.into())
}
