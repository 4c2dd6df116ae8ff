//! The command line.

use chainrule_benches::network::Stack;
use lexopt::prelude::{Long, Value, ValueExt};

pub(crate) const USAGE: &str = "usage: chainrule-benches COMMAND
  train [W1 ...] [--threads N]   times a training step of each workload, a line each; of those that begin so, where names are given
  train --growth                 how a step's cost grows with batch, width and depth: a table, and curves in docs/pictures
  trainer [--threads N]          what `fit` costs beside the steps that it makes
  ceiling [--threads N]          how fast the machine multiplies matrices, and what each workload takes at that speed
  step W1 [--threads N]          one workload in this process
  step --batch N --width N --depth N [--threads N]   one network of dense layers in this process";

/// What is to be done.
pub(crate) enum Command {
    Train { workloads: Vec<String> },
    Growth,
    Trainer,
    Step { workload: String },
    Stack(Stack),
    Ceiling,
}

pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) threads: usize,
}

/// As they stand there.
#[derive(Default)]
struct Words {
    plain: Vec<String>,
    threads: Option<usize>,
    growth: bool,
    batch: Option<usize>,
    width: Option<usize>,
    depth: Option<usize>,
}

impl Words {
    fn read() -> Result<Self, lexopt::Error> {
        let mut words = Self::default();
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Value(word) => words.plain.push(word.string()?),
                Long("threads") => words.threads = Some(arguments.value()?.parse()?),
                Long("batch") => words.batch = Some(arguments.value()?.parse()?),
                Long("width") => words.width = Some(arguments.value()?.parse()?),
                Long("depth") => words.depth = Some(arguments.value()?.parse()?),
                Long("growth") => words.growth = true,
                Long("help") => {
                    println!("{USAGE}");
                    std::process::exit(0);
                }
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(words)
    }
}

impl Arguments {
    pub(crate) fn read() -> Result<Self, String> {
        let words = Words::read().map_err(|problem| problem.to_string())?;
        let threads = words.threads.unwrap_or(1);
        if threads == 0 {
            return Err("there is no work without a thread".into());
        }
        let plain: Vec<&str> = words.plain.iter().map(String::as_str).collect();
        let command = match (&plain[..], words.batch, words.width, words.depth) {
            (["train"], None, None, None) if words.growth => Command::Growth,
            (["train", ..], None, None, None) => Command::Train { workloads: words.plain[1..].to_vec() },
            (["trainer"], None, None, None) => Command::Trainer,
            (["ceiling"], None, None, None) => Command::Ceiling,
            (["step", name], None, None, None) => Command::Step { workload: (*name).to_owned() },
            (["step"], Some(batch), Some(width), Some(depth)) if batch.min(width).min(depth) > 0 => {
                Command::Stack(Stack { batch, width, depth })
            }
            _ => return Err("no such command".into()),
        };
        Ok(Self { command, threads })
    }
}
