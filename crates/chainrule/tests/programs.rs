//! Small tensor programs beside their values, gradients and products of Hessian and vector, as `PyTorch` and JAX compute them.
//!
//! The numbers stand in `programs/programs.csv`; `programs/generate.py` writes it and explains its lines. The same programs in
//! Rust, under the same names, are in the files beside it. Each runs over `f64`, and over dual numbers, where all variables
//! move along the directions of the file: then so do the gradients, and that is Hessian times vector.

use chainrule::prelude::*;
use chainrule::{Element, Real};
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

/// How far an element may be off, relative to the largest of its array.
const TOLERANCE: f64 = 1e-12;

/// Programs whose numbers in the file have fewer digits: `PyTorch`'s trigamma, the slope of digamma, has nine. (Of all of
/// them mpmath gives what this library gives, to 1e-15.)
const LESS_PRECISE: [(&str, f64); 1] = [("special_functions", 1e-9)];

/// Declares programs: `name(inputs) => result;`, where an input is a variable, or `i: index`, or `m: mask`; and the function
/// `programs`, which lists them.
macro_rules! programs {
    (@ $inputs:ident $input:ident) => { $inputs.number(stringify!($input)) };
    (@ $inputs:ident $input:ident $kind:ident) => { $inputs.$kind(stringify!($input)) };
    ($($name:ident($($input:ident $(: $kind:ident)?),*) => $result:expr;)*) => {
        pub(crate) fn programs<T: Element>() -> Vec<(&'static str, Program<T>)> {
            $(
                fn $name<'t, T: Element>(inputs: &Inputs<'t, T>) -> Results<'t, T> {
                    $(let $input = programs!(@ inputs $input $($kind)?);)*
                    Results::from($result)
                }
            )*
            vec![$((stringify!($name), $name::<T> as Program<T>)),*]
        }
    };
}

/// Several results by name.
macro_rules! results {
    ($($name:ident: $value:expr),* $(,)?) => {
        Results(vec![$((stringify!($name), Outcome::from($value))),*])
    };
}

mod elementwise;
mod networks;
mod products;
mod reductions;
mod shapes;

type Program<T> = for<'t> fn(&Inputs<'t, T>) -> Results<'t, T>;

/// What a program gives: a number for each element, or places, or yes and no.
enum Outcome<'t, T: Element> {
    Numbers(Var<'t, Tensor<T>>),
    Places(Tensor<usize>),
    Mask(Tensor<bool>),
}
impl<'t, T: Element> From<Var<'t, Tensor<T>>> for Outcome<'t, T> {
    fn from(numbers: Var<'t, Tensor<T>>) -> Self {
        Self::Numbers(numbers)
    }
}
impl<T: Element> From<Tensor<usize>> for Outcome<'_, T> {
    fn from(places: Tensor<usize>) -> Self {
        Self::Places(places)
    }
}
impl<T: Element> From<Tensor<bool>> for Outcome<'_, T> {
    fn from(mask: Tensor<bool>) -> Self {
        Self::Mask(mask)
    }
}

/// Results by name; a single one is called `y`.
struct Results<'t, T: Element>(Vec<(&'static str, Outcome<'t, T>)>);
impl<'t, T: Element> From<Var<'t, Tensor<T>>> for Results<'t, T> {
    fn from(y: Var<'t, Tensor<T>>) -> Self {
        Self(vec![("y", y.into())])
    }
}

/// A constant in a formula over any element.
fn lit<'t, T: Element>(value: f64) -> Var<'t, Tensor<T>> {
    Number::literal(value)
}

/// The inputs of a program, by name.
struct Inputs<'t, T: Element> {
    case: &'t Case,
    numbers: BTreeMap<&'t str, Var<'t, Tensor<T>>>,
}

impl<'t, T: Element> Inputs<'t, T> {
    fn number(&self, name: &str) -> Var<'t, Tensor<T>> {
        self.numbers[name]
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they are whole and small")]
    fn index(&self, name: &str) -> Tensor<usize> {
        self.case.array("index", name).map(|index| index as usize)
    }

    fn mask(&self, name: &str) -> Tensor<bool> {
        self.case.array("mask", name).map(|holds| holds != 0.0)
    }
}

/// One program's lines in the file: kind, name, numbers.
struct Case(Vec<(String, String, Tensor<f64>)>);

impl Case {
    fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Tensor<f64>)> {
        self.0.iter().filter(move |line| line.0 == kind).map(|(_, name, array)| (name.as_str(), array))
    }

    fn find(&self, kind: &str, name: &str) -> Option<&Tensor<f64>> {
        self.0.iter().find(|line| line.0 == kind && line.1 == name).map(|(_, _, array)| array)
    }

    fn array(&self, kind: &str, name: &str) -> &Tensor<f64> {
        self.find(kind, name).unwrap_or_else(|| panic!("the file has no {kind} {name}"))
    }

    /// Runs a program over some kind of number: its values, and its gradients if it has any.
    fn run<T: Element>(
        &self,
        program: Program<T>,
        lift: impl Fn(&str, &Tensor<f64>) -> Tensor<T>,
    ) -> [BTreeMap<String, Tensor<T>>; 2] {
        let tape = Tape::new();
        let mut numbers = BTreeMap::new();
        for (name, input) in self.of_kind("input") {
            let wanted = self.find("gradient", name).is_some();
            let input = lift(name, input);
            numbers.insert(name, if wanted { tape.var(input) } else { tape.constant(input) });
        }
        let inputs = Inputs { case: self, numbers };
        let (mut values, mut outputs) = (BTreeMap::new(), Vec::new());
        for (name, outcome) in program(&inputs).0 {
            let value = match outcome {
                Outcome::Numbers(y) => {
                    if let Some(weight) = self.find("weight", name) {
                        outputs.push((y, weight.map(Real::literal)));
                    }
                    y.value()
                }
                Outcome::Places(places) => places.map(|place| Real::literal(place as f64)),
                Outcome::Mask(mask) => mask.map(|holds| Real::literal(f64::from(holds))),
            };
            assert!(values.insert(name.to_owned(), value).is_none(), "two results are called {name}");
        }
        assert_eq!(outputs.len(), self.of_kind("weight").count(), "the weighted results");
        let slopes = tape.backward(outputs);
        let gradients = self.of_kind("gradient").map(|(name, _)| (name.to_owned(), slopes.of(inputs.numbers[name])));
        [values, gradients.collect()]
    }
}

/// The file, by program.
fn cases() -> BTreeMap<String, Case> {
    const KINDS: [&str; 8] = ["input", "index", "mask", "value", "weight", "gradient", "direction", "hvp"];
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for line in include_str!("programs/programs.csv").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(',').collect();
        let [program, kind, name, shape, numbers] = fields[..] else { panic!("not five fields: {line}") };
        assert!(KINDS.contains(&kind), "of no kind: {line}");
        let sizes = shape.split('x').filter(|&size| size != "-").map(|size| size.parse().expect("a size"));
        let numbers: Vec<f64> = numbers.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        assert!(numbers.iter().all(|number| !number.is_nan()), "NaN: {line}");
        let array = Tensor::new(sizes.collect::<Vec<usize>>(), numbers);
        let case = cases.entry(program.to_owned()).or_insert(Case(Vec::new()));
        assert!(case.find(kind, name).is_none(), "twice: {line}");
        case.0.push((kind.to_owned(), name.to_owned(), array));
    }
    cases
}

fn programs<T: Element>() -> BTreeMap<&'static str, Program<T>> {
    let files = [elementwise::programs, shapes::programs, reductions::programs, products::programs, networks::programs];
    let mut all = BTreeMap::new();
    for (name, program) in files.into_iter().flat_map(|file| file()) {
        assert!(all.insert(name, program).is_none(), "two programs are called {name}");
    }
    all
}

/// Arrays that were compared, what disagreed, and the largest error, relative to the largest element of its array.
#[derive(Default)]
struct Comparison {
    arrays: usize,
    disagreements: Vec<String>,
    worst: (f64, String),
}

impl Comparison {
    /// What was found beside the lines of one kind, name by name.
    fn compare(&mut self, name: &str, case: &Case, kind: &str, found: &BTreeMap<String, Tensor<f64>>) {
        let names: BTreeSet<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names, case.of_kind(kind).map(|(array, _)| array).collect(), "{name}: {kind}");
        for (array, expected) in case.of_kind(kind) {
            self.arrays += 1;
            self.compare_arrays(name, &format!("{kind} {array}"), &found[array], expected);
        }
    }

    fn compare_arrays(&mut self, name: &str, what: &str, found: &Tensor<f64>, expected: &Tensor<f64>) {
        let exception = LESS_PRECISE.iter().find(|(program, _)| *program == name);
        let tolerance = exception.map_or(TOLERANCE, |&(_, tolerance)| tolerance);
        let largest = expected.iter().filter(|x| x.is_finite()).fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let near = |found: f64, expected: f64| found == expected || (found - expected).abs() <= tolerance * largest;
        if found.shape() != expected.shape() || !found.iter().zip(expected).all(|(&x, &y)| near(x, y)) {
            self.disagreements.push(format!("{name}, {what}: {found:?}, expected {expected:?}"));
            return;
        }
        let errors = found.iter().zip(expected).filter(|(found, expected)| found != expected);
        let error = errors.fold(0.0, |worst: f64, (found, expected)| worst.max((found - expected).abs() / largest));
        if exception.is_none() && error > self.worst.0 {
            self.worst = (error, format!("{name}, {what}"));
        }
    }
}

/// The sum of the products of equally named arrays, and of the products' sizes.
fn paired<'a, K: Borrow<str> + Ord>(
    a: &BTreeMap<K, Tensor<f64>>,
    b: impl Iterator<Item = (&'a str, &'a Tensor<f64>)>,
) -> (f64, f64) {
    let products = b.flat_map(|(name, b)| (&a[name] * b).into_vec());
    products.fold((0.0, 0.0), |(sum, size), product| (sum + product, size + product.abs()))
}

/// What moves: the variables' values and their directions; those of the file, or random ones where it has none.
fn directions(case: &Case) -> BTreeMap<&str, Tensor<f64>> {
    let inputs = (1..).zip(case.of_kind("input"));
    let along = inputs.map(|(seed, (name, input))| {
        let own = || case.find("direction", name).cloned();
        let random = || Tensor::uniform(input.shape(), -1.0, 1.0, seed);
        let still = case.find("gradient", name).is_none();
        (name, if still { input.zeros_like() } else { own().unwrap_or_else(random) })
    });
    along.collect()
}

#[test]
fn programs_agree_with_pytorch_and_jax() {
    let (cases, plain, moving) = (cases(), programs::<f64>(), programs::<Dual<f64>>());
    let unknown: Vec<_> = plain.keys().filter(|&&name| !cases.contains_key(name)).collect();
    assert!(unknown.is_empty(), "programs that are not in the file: {unknown:?}");
    let missing: Vec<_> = cases.keys().filter(|name| !plain.contains_key(name.as_str())).collect();
    assert!(missing.is_empty(), "programs that are in the file alone: {missing:?}");

    let (mut comparison, mut products) = (Comparison::default(), 0);
    for (name, case) in &cases {
        let [values, gradients] = case.run(plain[name.as_str()], |_, input| input.clone());
        comparison.compare(name, case, "value", &values);
        comparison.compare(name, case, "gradient", &gradients);

        let directions = directions(case);
        let arrays = case.run(moving[name.as_str()], |name, input| {
            let pairs = input.iter().zip(&directions[name]);
            Tensor::new(input.shape(), pairs.map(|(&x, &along)| Dual::new(x, along)).collect())
        });
        let parts = |part: fn(Dual<f64>) -> f64| {
            arrays.each_ref().map(|arrays| {
                let parts = arrays.iter().map(|(name, array)| (name.clone(), array.map(part)));
                parts.collect::<BTreeMap<_, _>>()
            })
        };
        let ([values, gradients], [speeds, curvatures]) = (parts(|x| x.value), parts(|x| x.epsilon));
        comparison.compare(name, case, "value", &values);
        comparison.compare(name, case, "gradient", &gradients);
        if case.of_kind("hvp").next().is_some() {
            comparison.compare(name, case, "hvp", &curvatures);
            products += 1;
        }
        // forward mode: the weighted sum moves as fast as the gradients say
        let (forward, forward_size) = paired(&speeds, case.of_kind("weight"));
        let (reverse, reverse_size) = paired(&directions, case.of_kind("gradient"));
        let near = (forward - reverse).abs() <= TOLERANCE * (forward_size + reverse_size);
        if !near && LESS_PRECISE.iter().all(|(program, _)| program != name) {
            comparison.disagreements.push(format!("{name}: {forward} forward, expected {reverse}"));
        }
    }
    let Comparison { arrays, disagreements, worst } = comparison;
    println!("{} programs, {products} with Hessian-vector products; {arrays} arrays; worst {worst:?}", cases.len());
    assert!(disagreements.is_empty(), "{disagreements:#?}");
    assert!(cases.len() >= 60 && products >= 40 && arrays >= 1000);
}
