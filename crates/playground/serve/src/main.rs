//! Builds the playground for the browser and serves it on this machine:
//!
//! ```sh
//! rustup target add wasm32-unknown-unknown
//! cargo run --manifest-path crates/playground/serve/Cargo.toml
//! ```
//!
//! Nothing else has to be installed. `--help` lists the options.
//!
//! - [`arguments`]: what the command line asks for.
//! - [`module`]: cargo compiles the crate to WebAssembly.
//! - [`site`]: wasm-bindgen's JavaScript, the module and the page's files, in one folder.
//! - [`answer`]: which file a request means, and what kind of file it is.
//! - [`server`]: answers requests from that folder.

#![forbid(unsafe_code)]

mod answer;
mod arguments;
mod module;
mod server;
mod site;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, HELP, Task};

/// The workspace that the playground is a member of.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

fn main() -> ExitCode {
    let task = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("{error}; --help lists the options");
            return ExitCode::from(2);
        }
    };
    match task {
        Task::Help => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Task::Run(arguments) => match run(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(WORKSPACE).canonicalize()?;
    let wasm = match &arguments.wasm {
        Some(given) => given.clone(),
        None => module::compile(&workspace)?,
    };
    let out = arguments.out.clone().unwrap_or_else(|| workspace.join("target/playground"));
    site::write(&wasm, &workspace.join("crates/playground/page"), &out)?;
    if arguments.build_only {
        println!("The playground is written to {}", out.display());
        return Ok(());
    }
    server::serve(&out, arguments.port)
}
