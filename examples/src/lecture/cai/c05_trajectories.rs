//! C5, slide "Optimizers": their ways over three surfaces.

use chainrule::prelude::*;
use chainrule_nn::optim::{Optimizer, UpdateRule};
use chainrule_nn::plot;
use chainrule_nn::prelude::{Adagrad, Adam, RmsProp, Sgd};

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;

pub(super) const ENTRY: Entry = Entry {
    id: "C5",
    name: "trajectories",
    group: None,
    lecture: Lecture::Cai,
    title: "optimizers compared on a valley, a saddle and Beale's function",
    run,
};

fn run(board: &mut Board) -> Result<(), Error> {
    valley(board)?;
    saddle(board)?;
    beale(board)
}

type Height = for<'t> fn(Var<'t, f64>, Var<'t, f64>) -> Var<'t, f64>;
type Path = Vec<(f64, f64)>;

/// Where an optimizer goes in so many steps down `surface`.
fn descend<R: UpdateRule>(mut optimizer: Optimizer<R, f64>, surface: Height, start: (f64, f64), steps: usize) -> Path {
    let mut tape = ScalarTape::new();
    let mut place = Tensor::from([start.0, start.1]);
    let mut path = vec![start];
    for _ in 0..steps {
        tape.clear();
        let [x, y] = tape.vars([place[[0]], place[[1]]]);
        let slope = surface(x, y).backward().of_all([x, y]);
        optimizer.step([&mut place], [&Tensor::from(slope)]);
        path.push((place[[0]], place[[1]]));
    }
    path
}

/// The height at a place, as plain numbers.
fn height(surface: Height) -> impl Fn(f64, f64) -> f64 {
    move |x, y| {
        let tape = ScalarTape::new();
        surface(tape.constant(x), tape.constant(y)).value()
    }
}

fn end(path: &Path) -> (f64, f64) {
    path.last().copied().unwrap_or((f64::NAN, f64::NAN))
}

/// How steep the valley is across; along it the curvature is 1.
const ACROSS: f64 = 25.0;

fn valley(board: &mut Board) -> Result<(), Error> {
    const STEPS: usize = 60;
    const START: (f64, f64) = (-9.0, 1.5);
    const RATE: f64 = 0.03;
    const MOMENTUM: f64 = 0.8;
    board.say(format!(
        "A narrow valley, f = (x^2 + {ACROSS} y^2) / 2, from (-9, 1.5), {STEPS} steps. SGD multiplies x by 1 - eta and y by\n\
         1 - {ACROSS} eta in each step: eta below 2/{ACROSS} or y diverges, and then x creeps. eta = {RATE}. Momentum {MOMENTUM} remembers:\n\
         w_(n+1) = (1 + beta - eta c) w_n - beta w_(n-1), for each curvature c, whose solution is\n\
         beta^(n/2) (A cos n phi + B sin n phi), a damped swing."
    ));
    let surface: Height = |x, y| 0.5 * (x * x + ACROSS * y * y);
    let sgd = descend(Sgd::new(RATE), surface, START, STEPS);
    let momentum = descend(Sgd::new(RATE).momentum(MOMENTUM), surface, START, STEPS);
    let by_formula = (0..=STEPS).map(|n| {
        let (x, y) = START;
        (x * (1.0 - RATE).powf(n as f64), y * (1.0 - ACROSS * RATE).powf(n as f64))
    });
    board.close("SGD beside its formula, largest gap", 0.0, apart(&sgd, by_formula), 1e-12, Source::Calc);
    let [along, across] = [(START.0, 1.0), (START.1, ACROSS)].map(|(start, curvature)| {
        let phi = ((1.0 + MOMENTUM - RATE * curvature) / (2.0 * MOMENTUM.sqrt())).acos();
        // From w_1 = (1 - eta c) w_0.
        let sine = start * ((1.0 - RATE * curvature) / MOMENTUM.sqrt() - phi.cos()) / phi.sin();
        move |n: f64| MOMENTUM.powf(n / 2.0) * (start * (n * phi).cos() + sine * (n * phi).sin())
    });
    let by_formula = (0..=STEPS).map(|n| (along(n as f64), across(n as f64)));
    board.close("momentum beside its formula, largest gap", 0.0, apart(&momentum, by_formula), 1e-12, Source::Calc);
    let from_minimum = |path: &Path| end(path).0.hypot(end(path).1);
    let nearer = from_minimum(&sgd) / from_minimum(&momentum);
    board.at_least("distance left: SGD over momentum", 10.0..=1e6, nearer, Source::Calc);
    let adagrad = descend(Adagrad::new(1.0), surface, START, STEPS);
    let rmsprop = descend(RmsProp::new(0.2), surface, START, STEPS);
    let adam = descend(Adam::new(0.5), surface, START, STEPS);
    // Adam's first step is eta in every coordinate, whatever the slopes are.
    let slopes_do_not_count = (adam[1].0 - START.0, adam[1].1 - START.1);
    board.close("Adam's first step along x", 0.5, slopes_do_not_count.0, 1e-6, Source::Calc);
    board.close("Adam's first step along y", -0.5, slopes_do_not_count.1, 1e-6, Source::Calc);
    let paths = [("SGD", sgd), ("momentum", momentum), ("Adagrad", adagrad), ("RMSprop", rmsprop), ("Adam", adam)];
    let picture = plot::trajectory("A narrow valley", -10.0..4.0, -2.0..2.0, height(surface), paths)?;
    board.picture("valley", picture.svg()?);
    Ok(())
}

/// The largest difference in x or y.
fn apart(path: &Path, other: impl Iterator<Item = (f64, f64)>) -> f64 {
    farthest(path.iter().zip(other).flat_map(|(one, other)| [one.0 - other.0, one.1 - other.1]))
}

fn saddle(board: &mut Board) -> Result<(), Error> {
    const STEPS: usize = 100;
    const START: (f64, f64) = (-1.0, 1e-3);
    const RATE: f64 = 0.05;
    board.say(
        "A saddle, f = x^2 - y^2, from (-1, .001), nearly on its ridge. There the slope along y is .002: SGD multiplies y by\n\
         1 + 2 eta, and needs n = ln 1000 / ln 1.1 = 72.5 steps to get away to |y| = 1. Adam divides by the size of the\n\
         slopes. eta = .05 for all.",
    );
    let surface: Height = |x, y| x * x - y * y;
    let away = |path: &Path| path.iter().position(|(_, y)| y.abs() >= 1.0).map_or(f64::NAN, |step| step as f64);
    let sgd = descend(Sgd::new(RATE), surface, START, STEPS);
    let momentum = descend(Sgd::new(RATE).momentum(0.8), surface, START, STEPS);
    let rmsprop = descend(RmsProp::new(RATE), surface, START, STEPS);
    let adam = descend(Adam::new(RATE), surface, START, STEPS);
    board.exact("SGD: steps to |y| = 1", (1000_f64.ln() / 1.1_f64.ln()).ceil(), away(&sgd), Source::Calc);
    board.at_most("momentum: steps to |y| = 1", 1.0..=60.0, away(&momentum), Source::Calc);
    board.at_most("RMSprop: steps to |y| = 1", 1.0..=30.0, away(&rmsprop), Source::Calc);
    board.at_most("Adam: steps to |y| = 1", 1.0..=30.0, away(&adam), Source::Calc);
    let paths = [("SGD", &sgd), ("momentum", &momentum), ("RMSprop", &rmsprop), ("Adam", &adam)];
    let first = paths.map(|(name, path)| (name, &path[..=30]));
    let picture = plot::trajectory("The first thirty steps on a saddle", -1.2..0.6, -0.2..1.2, height(surface), first)?;
    board.picture("saddle", picture.svg()?);
    Ok(())
}

fn beale(board: &mut Board) -> Result<(), Error> {
    const STEPS: usize = 2000;
    const START: (f64, f64) = (1.0, 1.5);
    board.say(format!(
        "Beale's function, (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2, is flat but for steep walls; its\n\
         minimum is 0 at (3, .5). From (1, 1.5), {STEPS} steps, with a rate that suits each:"
    ));
    let surface: Height = |x, y| {
        let term = |target: f64, power: i32| (target - x + x * y.powi(power)).powi(2);
        term(1.5, 1) + term(2.25, 2) + term(2.625, 3)
    };
    board.exact("f(3, .5)", 0.0, height(surface)(3.0, 0.5), Source::Calc);
    // By hand: 1.5 - 1 + 1.5 = 2, 2.25 - 1 + 2.25 = 3.5, 2.625 - 1 + 3.375 = 5.
    board.exact("f(1, 1.5) = 2^2 + 3.5^2 + 5^2", 41.25, height(surface)(1.0, 1.5), Source::Calc);
    let paths = [
        ("SGD", descend(Sgd::new(0.002), surface, START, STEPS)),
        ("momentum", descend(Sgd::new(0.002).momentum(0.9), surface, START, STEPS)),
        ("Adagrad", descend(Adagrad::new(0.5), surface, START, STEPS)),
        ("RMSprop", descend(RmsProp::new(0.01), surface, START, STEPS)),
        ("Adam", descend(Adam::new(0.05), surface, START, STEPS)),
    ];
    let left = |path: &Path| (end(path).0 - 3.0).hypot(end(path).1 - 0.5);
    let mut table = vec!["            end                 distance to (3, .5)".to_owned()];
    for (name, path) in &paths {
        let (x, y) = end(path);
        table.push(format!("{name:<9}   ({x:.4}, {y:.4})   {:>19.6}", left(path)));
        let bound = if *name == "SGD" { 0.5 } else { 0.1 };
        board.at_most(format!("{name}: distance to the minimum"), 0.0..=bound, left(path), Source::Calc);
    }
    board.say(table.join("\n"));
    board.at_least(
        "distance left: SGD over momentum",
        10.0..=1e12,
        left(&paths[0].1) / left(&paths[1].1),
        Source::Calc,
    );
    let picture = plot::trajectory("Beale's function", 0.0..4.0, -1.6..2.0, height(surface), paths)?;
    board.picture("beale", picture.svg()?);
    Ok(())
}
