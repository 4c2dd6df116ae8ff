//! Training steps of the workloads that the peers' programs time too, how their cost grows, and what the machine can do at most.
//!
//! `cargo run --release -p chainrule-benches -- train [W1 ...] [--threads N] [--growth]`

mod arguments;
mod ceiling;
mod growth;
mod own;
mod trainer;

use arguments::{Arguments, Command};
use chainrule::threads;
use chainrule_benches::network::{WORKLOADS, Workload};
use chainrule_benches::turns::measure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = Arguments::read().and_then(|arguments| run(&arguments));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}\n\n{}", arguments::USAGE);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    threads::set_count(arguments.threads);
    match &arguments.command {
        Command::Train { workloads } => train(workloads, arguments.threads),
        Command::Growth => growth::run(),
        Command::Step { workload } => step(workload, arguments.threads),
        Command::Stack(stack) => {
            let name = format!("{}x{}x{}", stack.batch, stack.width, stack.depth);
            println!("{}", measure(&mut *stack.begin()).line(arguments.threads, &name, stack.batch));
            Ok(())
        }
        Command::Trainer => trainer::print(arguments.threads),
        Command::Ceiling => {
            ceiling::print(arguments.threads);
            Ok(())
        }
    }
}

/// Each workload in a process of its own, so that its peak of memory is its own. A name stands for all that begin with it.
fn train(wanted: &[String], threads: usize) -> Result<(), String> {
    let wants = |workload: &Workload| wanted.is_empty() || wanted.iter().any(|name| workload.name.starts_with(name));
    for name in wanted {
        if !WORKLOADS.iter().any(|workload| workload.name.starts_with(name)) {
            let names: Vec<_> = WORKLOADS.iter().map(|workload| workload.name).collect();
            return Err(format!("there is no workload {name}, but {}", names.join(", ")));
        }
    }
    for workload in WORKLOADS.iter().filter(|workload| wants(workload)) {
        print!("{}", own::output(["step", workload.name, "--threads", &threads.to_string()])?);
    }
    Ok(())
}

fn step(name: &str, threads: usize) -> Result<(), String> {
    let workload = Workload::named(name).ok_or_else(|| format!("there is no workload {name}"))?;
    println!("{}", measure(&mut *workload.begin()).line(threads, workload.name, workload.rows));
    Ok(())
}
