//! A tool of `GradBench`: it answers on standard output what it is asked on standard input.
//!
//! `cargo run --release -p chainrule-benches --bin gradbench -- [--n-ary]`

use chainrule_benches::gradbench::protocol::{Tool, serve};
use chainrule_benches::gradbench::{MODULES, NARY_MODULES};
use lexopt::prelude::Long;
use std::io;
use std::process::ExitCode;

const USAGE: &str = "usage: gradbench [--n-ary]
  --n-ary  gmm and lstm with the library's functions of many numbers at once; no other eval";

fn read_tool() -> Result<Option<Tool>, lexopt::Error> {
    let mut tool = Tool { name: "chainrule", modules: MODULES };
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("n-ary") => tool = Tool { name: "chainrule-n-ary", modules: NARY_MODULES },
            Long("help") => return Ok(None),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(tool))
}

fn main() -> ExitCode {
    let tool = match read_tool() {
        Ok(Some(tool)) => tool,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match serve(&tool, io::stdin().lock(), io::stdout().lock()) {
        // GradBench hangs up when it has seen enough
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("gradbench: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}
