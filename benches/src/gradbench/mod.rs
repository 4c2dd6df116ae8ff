//! The tool that [`GradBench`](https://github.com/gradbench/gradbench) talks to: all its evals, each as a user of the library would
//! write it.
//!
//! Each eval is a file with one generic function that knows nothing of tapes, what its input looks like, and how the function is
//! differentiated. Nowhere is a derivative written by hand. [`protocol`] holds the conversation; [`MODULES`] and
//! [`NARY_MODULES`] list what it can be asked for.

pub mod protocol;

mod ba;
mod det;
mod gmm;
mod hello;
mod ht;
mod input;
mod kmeans;
mod llsq;
mod lse;
mod lstm;
mod nested;
mod ode;
mod particle;
mod reverse;
mod saddle;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// One function at one input. What can be done once, for all runs, was done when it was made.
pub trait Evaluation {
    /// Runs the function. This is what is timed; the result stays here.
    fn run(&mut self);

    /// The result of the last run, as the eval expects it.
    fn output(&self) -> Value;
}

/// Makes an evaluation of an input, or says what is wrong with it.
pub type Prepare = fn(Value) -> Result<Box<dyn Evaluation>, String>;

/// What one eval asks for: its name, and its functions by name.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    name: &'static str,
    functions: &'static [(&'static str, Prepare)],
}

/// Every eval of `GradBench`, in plain operators and elementary functions.
pub const MODULES: &[Module] = &[
    ba::MODULE,
    det::MODULE,
    gmm::MODULE,
    hello::MODULE,
    ht::MODULE,
    kmeans::MODULE,
    llsq::MODULE,
    lse::MODULE,
    lstm::MODULE,
    ode::MODULE,
    particle::MODULE,
    saddle::MODULE,
];

/// The evals that were written a second time, with the functions of the library that take many numbers at once.
pub const NARY_MODULES: &[Module] = &[gmm::NARY_MODULE, lstm::NARY_MODULE];

/// An evaluation as most are: an input, a result whose memory every run uses again, and the function between them.
struct Function<I, R> {
    input: I,
    result: R,
    run: fn(&I, &mut R),
    output: fn(&I, &R) -> Value,
}

impl<I, R> Evaluation for Function<I, R> {
    fn run(&mut self) {
        (self.run)(&self.input, &mut self.result);
    }

    fn output(&self) -> Value {
        (self.output)(&self.input, &self.result)
    }
}

/// The evaluation that `run` is, at this input; the result is reported as it stands.
fn prepare<I, R>(input: Value, run: fn(&I, &mut R)) -> Result<Box<dyn Evaluation>, String>
where
    I: DeserializeOwned + 'static,
    R: Default + Serialize + 'static,
{
    prepare_with(input, run, |_, result| json!(result))
}

/// The evaluation that `run` is, at this input; `output` says how the result is reported.
fn prepare_with<I, R>(
    input: Value,
    run: fn(&I, &mut R),
    output: fn(&I, &R) -> Value,
) -> Result<Box<dyn Evaluation>, String>
where
    I: DeserializeOwned + 'static,
    R: Default + 'static,
{
    let input = serde_json::from_value(input).map_err(|error| error.to_string())?;
    Ok(Box::new(Function { input, result: R::default(), run, output }))
}

#[cfg(test)]
fn evaluate(module: Module, function: &str, input: Value) -> Result<Value, String> {
    let &(_, prepare) = module.functions.iter().find(|(name, _)| *name == function).expect("a function of the module");
    let mut evaluation = prepare(input)?;
    evaluation.run();
    let first = evaluation.output();
    evaluation.run();
    assert_eq!(evaluation.output(), first, "the second run differs from the first");
    Ok(first)
}
