//! Gradients side by side: all contenders take turns in one run, so that the ratios hold on a noisy machine too.
//!
//! `cargo run --release -p chainrule-benches --bin scalar -- [--large] [--rounds N]`

use chainrule_benches::contender::{Chainrule, ChainruleLibrary, Contender, Echidna, Value, check, operations};
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

/// A contender with its times, in seconds for one gradient.
struct Lane<C> {
    contender: C,
    times: Vec<f64>,
    gradient: Vec<f64>,
}

impl<C: Contender + Default> Lane<C> {
    fn new() -> Self {
        Self { contender: C::default(), times: Vec::new(), gradient: Vec::new() }
    }

    fn turn(&mut self, program: &impl Program, repeats: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..repeats {
            self.contender.run(program, &mut self.gradient);
        }
        start.elapsed()
    }

    /// How often the program is to run in one turn, by the second of two untimed runs, whose memory is warm.
    fn repeats(&mut self, program: &impl Program) -> u32 {
        self.turn(program, 1);
        let once = self.turn(program, 1);
        let repeats = LEAST_TURN.as_nanos() / once.as_nanos().max(1) + 1;
        u32::try_from(repeats).unwrap_or(u32::MAX)
    }

    fn timed_turn(&mut self, program: &impl Program, repeats: u32) {
        let seconds = self.turn(program, repeats).as_secs_f64();
        self.times.push(seconds / f64::from(repeats));
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

    /// A dash for one that did not take part.
    fn shown(&self, text: String) -> String {
        if self.times.is_empty() { "-".to_owned() } else { text }
    }
}

/// What the best turn of one took against the best of the other.
fn ratio<A: Contender + Default, B: Contender + Default>(one: &Lane<A>, other: &Lane<B>) -> f64 {
    one.best() / other.best()
}

/// All contenders at one program.
struct Contest {
    value: Lane<Value>,
    plain: Lane<Chainrule>,
    library: Lane<ChainruleLibrary>,
    echidna: Lane<Echidna>,
}

impl Contest {
    fn run<P: Program>(program: &P, rounds: usize) -> Self {
        let mut contest = Self { value: Lane::new(), plain: Lane::new(), library: Lane::new(), echidna: Lane::new() };
        let Self { value, plain, library, echidna } = &mut contest;
        let repeats =
            [value.repeats(program), plain.repeats(program), library.repeats(program), echidna.repeats(program)];
        for _ in 0..rounds {
            value.timed_turn(program, repeats[0]);
            plain.timed_turn(program, repeats[1]);
            if P::USES_LIBRARY {
                library.timed_turn(program, repeats[2]);
            }
            echidna.timed_turn(program, repeats[3]);
        }
        contest
    }

    fn print(&self, program: &impl Program) {
        let Self { value, plain, library, echidna } = self;
        let operations = operations(program);
        let nodes = plain.contender.nodes() - program.point().len();
        let milliseconds = |seconds: f64| format!("{:.*}", if seconds < 1e-5 { 6 } else { 3 }, 1e3 * seconds);
        let each = |seconds: f64| format!("{:.2}", 1e9 * seconds / operations as f64);
        let cells = [
            program.name(),
            operations.to_string(),
            nodes.to_string(),
            milliseconds(value.median()),
            milliseconds(plain.median()),
            library.shown(milliseconds(library.median())),
            milliseconds(echidna.median()),
            each(plain.best()),
            each(echidna.best()),
            format!("{:.2}", ratio(plain, echidna)),
            library.shown(format!("{:.2}", ratio(library, echidna))),
            format!("{:.2}", ratio(plain, value)),
        ];
        println!("| {} |", cells.join(" | "));
    }
}

const COLUMNS: [&str; 12] = [
    "program",
    "operations",
    "nodes",
    "value only",
    "chainrule",
    "n-ary",
    "echidna",
    "ns/operation",
    "echidna ns/operation",
    "chainrule/echidna",
    "n-ary/echidna",
    "chainrule/value",
];

fn compare(program: &impl Program, rounds: usize) {
    check(program);
    Contest::run(program, rounds).print(program);
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
    println!("| {} |", COLUMNS.join(" | "));
    println!("|---{}|", "|--:".repeat(COLUMNS.len() - 1));
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
}
