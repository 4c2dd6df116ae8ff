//! Gradients side by side: all contenders take turns in one run, so that the ratios hold on a noisy machine too.
//!
//! `cargo run --release -p chainrule-benches --bin scalar -- [--large] [--rounds N]`

use chainrule_benches::contender::{
    Chainrule, ChainruleLibrary, Contender, Dual, Dual64, DualVector, Echidna, Foreign, Forward, Reverse, Value, check,
    check_forward, nodes, operations,
};
use chainrule_benches::program::{
    BinaryChain, Dot, GaussianMixture, LogSumExp, Lstm, Program, Rosenbrock, Sum, UnaryChain, UnaryFunction,
};
use lexopt::prelude::{Long, ValueExt};
use std::time::{Duration, Instant};

/// Short programs are repeated until one turn takes this long.
const LEAST_TURN: Duration = Duration::from_millis(1);

const USAGE: &str = "usage: scalar [--large] [--rounds N]
  --large     also gmm d64 k25 n1000 (some 12 GiB of memory) and lstm 4,4096
  --rounds N  how many turns each contender takes (default 41)";

struct Options {
    large: bool,
    rounds: usize,
}

impl Options {
    fn read() -> Result<Self, lexopt::Error> {
        let mut options = Self { large: false, rounds: 41 };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("large") => options.large = true,
                Long("rounds") => options.rounds = arguments.value()?.parse()?,
                Long("help") => {
                    println!("{USAGE}");
                    std::process::exit(0);
                }
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(options)
    }
}

/// A contender at one program, with its times in seconds for one gradient.
struct Lane<'p> {
    /// Runs the program this often.
    run: Box<dyn FnMut(u32) + 'p>,
    repeats: u32,
    times: Vec<f64>,
}

impl<'p> Lane<'p> {
    fn new<C: Contender + 'p>(program: &'p impl Program) -> Self {
        let (mut contender, mut gradient) = (C::default(), Vec::new());
        let run = move |repeats| (0..repeats).for_each(|_| contender.run(program, &mut gradient));
        let mut lane = Self { run: Box::new(run), repeats: 1, times: Vec::new() };
        lane.repeats = lane.repeats_in_one_turn();
        lane
    }

    fn turn(&mut self, repeats: u32) -> Duration {
        let start = Instant::now();
        (self.run)(repeats);
        start.elapsed()
    }

    /// How often the program is to run in one turn, by the second of two untimed runs, whose memory is warm.
    fn repeats_in_one_turn(&mut self) -> u32 {
        self.turn(1);
        let once = self.turn(1);
        let repeats = LEAST_TURN.as_nanos() / once.as_nanos().max(1) + 1;
        u32::try_from(repeats).unwrap_or(u32::MAX)
    }

    fn timed_turn(&mut self) {
        let seconds = self.turn(self.repeats).as_secs_f64();
        self.times.push(seconds / f64::from(self.repeats));
    }

    fn median(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// The turn that other processes disturbed least.
    fn best(&self) -> f64 {
        self.times.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// What the best turn took against the best of the other.
    fn ratio(&self, other: &Self) -> String {
        format!("{:.2}", self.best() / other.best())
    }
}

/// One turn of each, again and again.
fn take_turns<const N: usize>(lanes: &mut [Lane; N], rounds: usize) {
    for _ in 0..rounds {
        lanes.iter_mut().for_each(Lane::timed_turn);
    }
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.*}", if seconds < 1e-5 { 6 } else { 3 }, 1e3 * seconds)
}

fn print_head(columns: &[&str]) {
    println!("| {} |", columns.join(" | "));
    println!("|---{}|", "|--:".repeat(columns.len() - 1));
}

const COLUMNS: [&str; 14] = [
    "program",
    "operations",
    "nodes",
    "value only",
    "chainrule",
    "n-ary",
    "echidna",
    "reverse",
    "ns/operation",
    "echidna ns/operation",
    "chainrule/echidna",
    "n-ary/echidna",
    "chainrule/reverse",
    "chainrule/value",
];

/// The tapes at one program, as a line of the first table. A dash stands where the library has no words of its own.
fn compare<P: Program>(program: &P, rounds: usize) {
    check(program);
    let (operations, nodes) = (operations(program), nodes(program));
    let mut lanes = [
        Lane::new::<Value>(program),
        Lane::new::<Chainrule>(program),
        Lane::new::<ChainruleLibrary>(program),
        Lane::new::<Echidna>(program),
        Lane::new::<Reverse>(program),
    ];
    take_turns(&mut lanes, rounds);
    let [value, plain, library, echidna, reverse] = &lanes;
    let each = |lane: &Lane| format!("{:.2}", 1e9 * lane.best() / operations as f64);
    let of_library = |text: String| if P::USES_LIBRARY { text } else { "-".to_owned() };
    let cells = [
        program.name(),
        operations.to_string(),
        nodes.to_string(),
        milliseconds(value.median()),
        milliseconds(plain.median()),
        of_library(milliseconds(library.median())),
        milliseconds(echidna.median()),
        milliseconds(reverse.median()),
        each(plain),
        each(echidna),
        plain.ratio(echidna),
        of_library(library.ratio(echidna)),
        plain.ratio(reverse),
        plain.ratio(value),
    ];
    println!("| {} |", cells.join(" | "));
}

const FORWARD_COLUMNS: [&str; 9] =
    ["program", "variables", "num-dual", "dual", "4 lanes", "8 lanes", "tape", "dual/num-dual", "8 lanes/num-dual"];

/// The dual numbers at one program of few variables, as a line of the second table, with our tape beside them.
fn compare_forward(program: &impl Program, rounds: usize) {
    check_forward(program);
    let mut lanes = [
        Lane::new::<Forward<Foreign<Dual64>>>(program),
        Lane::new::<Forward<Dual<f64>>>(program),
        Lane::new::<Forward<DualVector<f64, 4>>>(program),
        Lane::new::<Forward<DualVector<f64, 8>>>(program),
        Lane::new::<Chainrule>(program),
    ];
    take_turns(&mut lanes, rounds);
    let [num_dual, dual, _, eight_lanes, _] = &lanes;
    let ratios = [dual.ratio(num_dual), eight_lanes.ratio(num_dual)];
    let cells: Vec<_> = [program.name(), program.point().len().to_string()]
        .into_iter()
        .chain(lanes.iter().map(|lane| format!("{:.3}", 1e6 * lane.median())))
        .chain(ratios)
        .collect();
    println!("| {} |", cells.join(" | "));
}

fn main() {
    let options = match Options::read() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            std::process::exit(2);
        }
    };
    println!(
        "Milliseconds for one gradient, medians of {} rounds; nanoseconds an operation and ratios by the best turns.\n",
        options.rounds
    );
    print_head(&COLUMNS);
    let rounds = options.rounds;
    compare(&GaussianMixture::new(10, 25, 1000), rounds);
    compare(&Lstm::new(4, 1024), rounds);
    compare(&GaussianMixture::new(10, 25, 20), rounds);
    compare(&Lstm::new(2, 16), rounds);
    compare(&Rosenbrock::new(1000), rounds);
    compare(&Rosenbrock::new(2), rounds);
    compare(&BinaryChain::new(10_000), rounds);
    compare(&UnaryChain::new(UnaryFunction::Sin, 10_000), rounds);
    compare(&UnaryChain::new(UnaryFunction::Exp, 10_000), rounds);
    compare(&UnaryChain::new(UnaryFunction::Tanh, 10_000), rounds);
    compare(&Sum::new(10_000), rounds);
    compare(&Dot::new(10_000), rounds);
    compare(&LogSumExp::new(10_000), rounds);
    if options.large {
        compare(&Lstm::new(4, 4096), rounds);
        compare(&GaussianMixture::new(64, 25, 1000), rounds);
    }
    println!("\nForward mode, where variables are few: microseconds for one gradient.\n");
    print_head(&FORWARD_COLUMNS);
    compare_forward(&Rosenbrock::new(2), rounds);
    compare_forward(&Rosenbrock::new(8), rounds);
    compare_forward(&Rosenbrock::new(30), rounds);
    compare_forward(&Sum::new(30), rounds);
    compare_forward(&Dot::new(30), rounds);
    compare_forward(&LogSumExp::new(30), rounds);
    compare_forward(&BinaryChain::new(10_000), rounds);
    compare_forward(&UnaryChain::new(UnaryFunction::Sin, 10_000), rounds);
}
