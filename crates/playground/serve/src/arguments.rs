//! What the command line asks for.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::Arg::{Long, Short};
use lexopt::ValueExt;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Builds the playground for the browser and serves it on this machine.

Usage: cargo run --manifest-path crates/playground/serve/Cargo.toml -- [OPTIONS]

Options:
  --port N       the port, or the next free one after it (default: 8000)
  --out DIR      where the site is written (default: the workspace's
                 target/playground)
  --build-only   write the site and do not serve it
  --wasm FILE    the playground as compiled before, instead of compiling it now
  -h, --help     this text

The program wasm-opt makes the module smaller if it is installed.
";

/// What the program was asked to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print [`HELP`].
    Help,
    /// Build, and serve if that is asked for.
    Run(Arguments),
}

/// A command line, understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// The first port to try.
    pub(crate) port: u16,
    /// Where the site goes, if not to the usual place.
    pub(crate) out: Option<PathBuf>,
    /// Whether to stop when the site is written.
    pub(crate) build_only: bool,
    /// The module, if cargo need not compile it.
    pub(crate) wasm: Option<PathBuf>,
}

impl Arguments {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Task, lexopt::Error> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut understood = Self { port: 8000, out: None, build_only: false, wasm: None };
        while let Some(argument) = parser.next()? {
            match argument {
                Long("port") => understood.port = parser.value()?.parse()?,
                Long("out") => understood.out = Some(parser.value()?.into()),
                Long("build-only") => understood.build_only = true,
                Long("wasm") => understood.wasm = Some(parser.value()?.into()),
                Short('h') | Long("help") => return Ok(Task::Help),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Task::Run(understood))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Task, String> {
        Arguments::parse(line.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_given_serves_on_port_8000() {
        let usual = Arguments { port: 8000, out: None, build_only: false, wasm: None };
        assert_eq!(parse(""), Ok(Task::Run(usual)));
    }

    #[test]
    fn every_option_is_understood() {
        let given = Arguments { port: 9, out: Some("site".into()), build_only: true, wasm: Some("a.wasm".into()) };
        assert_eq!(parse("--wasm a.wasm --build-only --out=site --port 9"), Ok(Task::Run(given)));
        assert_eq!(parse("--port 9 -h"), Ok(Task::Help));
    }

    #[test]
    fn what_is_no_option_is_refused() {
        for (line, what) in [("--ports 9", "--ports"), ("site", "site"), ("--port 70000", "70000"), ("--out", "--out")]
        {
            let message = parse(line).unwrap_err();
            assert!(message.contains(what), "{message}");
        }
    }
}
