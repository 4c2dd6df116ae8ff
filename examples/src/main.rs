//! Runs the lecture entries: `cargo run --release -p chainrule-examples -- --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    chainrule_examples::command(std::env::args_os().skip(1))
}
