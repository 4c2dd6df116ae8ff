//! Seeded bugs in networks, losses and trainings: `fit` blames each on its batch, its layer, its operation and its line, and leaves
//! the weights as they were before the batch.

use chainrule::explain::Fault;
use chainrule::{Real, Rule};
use chainrule_nn::prelude::*;
use chainrule_nn::{Error, Result};

type Batch<'t> = Var<'t, Tensor<f32>>;

/// A layer that is a formula.
#[derive(Clone)]
struct Formula(for<'t> fn(Batch<'t>) -> Batch<'t>);

impl Layer for Formula {
    fn forward<'t>(&self, x: Batch<'t>, _: &Pass<'t>) -> Batch<'t> {
        (self.0)(x)
    }
}

/// A loss that is a formula of predictions and targets.
struct FormulaLoss(for<'t> fn(Batch<'t>, &Tensor<f32>) -> Batch<'t>);

impl Loss for FormulaLoss {
    fn name(&self) -> &'static str {
        "formula"
    }
    fn check(&self, _: &Shape, _: &Targets<f32>) -> std::result::Result<(), String> {
        Ok(())
    }
    fn of_rows<'t>(&self, prediction: Batch<'t>, targets: &Targets<f32>) -> Batch<'t> {
        let Targets::Values(targets) = targets else { panic!("values were given") };
        (self.0)(prediction, targets).mean_along(-1)
    }
}

/// Where a bug is, and what is said about it.
struct Expected<'a> {
    batch: usize,
    place: &'a str,
    operation: &'a str,
    line: Option<u32>,
    words: &'a [&'a str],
}

/// Trains one epoch, two rows a batch in their order, and asserts who is blamed, and that only the batches before changed weights.
#[track_caller]
fn blamed(network: Sequential, loss: impl Loss + 'static, [x, y]: [Tensor<f32>; 2], expected: &Expected<'_>) {
    let mut model = network.compile(loss, Sgd::new(1e-3), ()).unwrap();
    let fit = || Fit::epochs(1).batch_size(2).shuffle(false).silent();
    let start = model.weights();
    let error = model.fit(&x, &y, fit()).unwrap_err();
    told(&error, expected);
    // the batches before the bad one by themselves end in the same weights
    let after = model.weights();
    model.set_weights(&start).unwrap();
    let before = 2 * (expected.batch - 1);
    if before > 0 {
        model.fit(&x.rows(0..before), y.rows(0..before), fit()).unwrap();
    }
    assert_eq!(model.weights(), after, "the weights are not those before the batch");
    // and in peace
    model.set_weights(&start).unwrap();
    model.fit(&x, &y, fit().callback(TerminateOnNan)).unwrap();
    assert_eq!(model.weights(), after);
}

#[track_caller]
fn told(error: &Error, expected: &Expected<'_>) {
    let text = error.to_string();
    println!("{text}\n");
    let Error::NotFinite { epoch: 1, batch, origin: Some(blame), .. } = error else { panic!("{text}") };
    assert_eq!((*batch, &*blame.origin.operation), (expected.batch, expected.operation), "{text}");
    assert!(text.contains(&format!("{} with", expected.place)) && !text.contains('\n'), "{text}");
    let line = format!("tests/blame.rs:{}:", expected.line.unwrap_or_default());
    assert_eq!(text.contains(&line), expected.line.is_some(), "{text}");
    assert!(!text.contains("src/"), "a line within the library helps nobody: {text}");
    assert!(
        text.contains(&format!("batch {}", expected.batch)) && text.contains("This batch changed no weight"),
        "{text}"
    );
    for word in expected.words {
        assert!(text.contains(word), "`{word}` is missing: {text}");
    }
}

/// Six rows, of which the third is special, and targets of 1.
fn rows(special: [f32; 2]) -> [Tensor<f32>; 2] {
    let mut x = Tensor::ones([6, 2]);
    x.as_mut_slice()[4..6].copy_from_slice(&special);
    [x, Tensor::ones([6, 1])]
}

fn ones() -> Dense<f32> {
    Dense::new(1).without_bias().init(Init::Ones)
}

#[test]
fn a_branch_that_was_masked_by_multiplying() {
    let line = line!() + 2;
    let inverse = Formula(|x| {
        let inverse = x.recip();
        let mask = x.value().map(|x| f32::from(u8::from(x != 0.0)));
        inverse * mask
    });
    let network = Sequential::new().input(2).add_named("inverse", inverse).add(ones());
    let words = ["x = 0 at [0, 1]", "becomes NaN in `mul(recip#1, constant#2)`", "choose with `select`"];
    let expected =
        Expected { batch: 2, place: "the layer `inverse`", operation: "recip", line: Some(line), words: &words };
    blamed(network, MeanSquaredError, rows([1.0, 0.0]), &expected);
}

#[test]
fn a_root_at_0() {
    let line = line!() + 1;
    let root = Formula(|x| x.sqrt());
    let network = Sequential::new().input(2).add(ones()).add_named("root", root);
    let words = ["a gradient is not finite", "the gradient by dense.weights", "dense = 0 at [0, 0]", "infinite at 0"];
    let expected = Expected { batch: 2, place: "the layer `root`", operation: "sqrt", line: Some(line), words: &words };
    blamed(network, MeanSquaredError, rows([1.0, -1.0]), &expected);
}

#[test]
fn a_root_at_0_in_a_large_layer() {
    // 100 000 weights, of which a band is looked at
    let root = Formula(|x| x.sqrt());
    let dense = Dense::new(200).init(Init::Zeros).without_bias();
    let network = Sequential::new().input(500).add(dense).add_named("root", root).add(Dense::new(1));
    let mut model = network.compile(MeanSquaredError, Adam::new(0.1), ()).unwrap();
    let before = model.weights();
    let x = Tensor::uniform([4, 500], 0.0, 1.0, 1);
    let error = model.train_on_batch(&x, Tensor::<f32>::ones([4, 1])).unwrap_err();
    assert!(error.to_string().starts_with("train_on_batch: a gradient is not finite in epoch 1, batch 1: "), "{error}");
    assert_eq!(model.weights(), before);
}

#[test]
fn the_logarithm_of_0() {
    let line = line!() + 1;
    let loss = FormulaLoss(|y, _| -y.ln());
    let network = Sequential::new().input(2).add(ones().activation(Relu));
    let words = ["the loss is inf", "= 0 at [0, 0]", "logarithm of 0 is minus infinity"];
    let expected = Expected { batch: 2, place: "the loss `formula`", operation: "ln", line: Some(line), words: &words };
    blamed(network, loss, rows([-3.0, 0.0]), &expected);
}

#[test]
fn an_exponential_that_overflows() {
    let line = line!() + 2;
    let shares = Formula(|x| {
        let e = x.exp();
        e / e.sum()
    });
    let network = Sequential::new().input(2).add(ones()).add_named("shares", shares);
    let words = ["dense = 1000", "becomes NaN in `div", "subtract the largest"];
    let expected =
        Expected { batch: 2, place: "the layer `shares`", operation: "exp", line: Some(line), words: &words };
    blamed(network, MeanSquaredError, rows([1000.0, 0.0]), &expected);
}

#[test]
fn a_division_by_0() {
    let line = line!() + 1;
    let loss = FormulaLoss(|y, targets| (y - targets) / targets);
    let [x, mut y] = rows([1.0, 2.0]);
    y.as_mut_slice()[3] = 0.0;
    let network = Sequential::new().input(2).add(ones());
    let words = ["constant#5 = 0 at [1, 0]", "division by 0"];
    let expected =
        Expected { batch: 2, place: "the loss `formula`", operation: "div", line: Some(line), words: &words };
    blamed(network, loss, [x, y], &expected);
}

/// Data are looked at before anything is trained.
#[test]
fn nan_in_the_data() {
    let mut model = Sequential::new().input(2).add(ones()).compile(MeanSquaredError, Sgd::new(0.1), ()).unwrap();
    let [x, y] = rows([1.0, f32::NAN]);
    let error = model.fit(&x, &y, Fit::epochs(1).silent()).unwrap_err();
    println!("{error}\n");
    assert!(error.to_string().contains("x holds NaN in row 2, element 1"), "{error}");
}

#[test]
fn a_learning_rate_that_is_too_large() {
    let [x, y] = rows([1.0, 1.0]);
    let train = |rate: f64, epochs: usize| {
        let network = Sequential::new().input(2).add(ones());
        let mut model = network.compile(MeanSquaredError, Sgd::new(rate), ()).unwrap();
        let fit = Fit::epochs(epochs).batch_size(2).shuffle(false).silent();
        let error = model.fit(&x, &y, fit).unwrap_err();
        println!("{error}\n");
        error.to_string()
    };
    // at once: the slope is 2, and 2e39 no f32
    let text = train(1e39, 1);
    assert!(
        text.contains("epoch 1, batch 2: the update by batch 1 drove `dense.weights` out of the numbers"),
        "{text}"
    );
    assert!(text.contains("lower the learning rate"), "{text}");
    // little by little
    let text = train(30.0, 100);
    assert!(
        text.contains("drove `dense.weights` to values as large as") && text.contains("lower the learning rate"),
        "{text}"
    );
}

#[test]
fn initial_values_that_are_too_large() {
    let network = || {
        let dense = || Dense::new(2).without_bias().init(Init::Constant(1e20)).input(2);
        Sequential::new().add(dense()).add(dense())
    };
    let words = ["dense = ", "dense_1.weights", "before any update: initial values"];
    let expected = Expected { batch: 1, place: "the layer `dense_1`", operation: "matmul", line: None, words: &words };
    blamed(network(), MeanSquaredError, [Tensor::ones([4, 2]), Tensor::ones([4, 2])], &expected);
}

#[test]
fn a_sum_that_overflows() {
    let line = line!() + 1;
    let loss = FormulaLoss(|y, _| y.sum_along(keepdims(-1)));
    let network = Sequential::new().add(Dense::new(4).without_bias().init(Init::Constant(0.25)).input(4));
    let mut x = Tensor::ones([6, 4]);
    x.as_mut_slice()[8..].fill(1.5e38);
    let words = ["dense = ", "f32 ends at 3.4e38"];
    let operation = "sum";
    let expected = Expected { batch: 2, place: "the loss `formula`", operation, line: Some(line), words: &words };
    blamed(network, loss, [x, Tensor::ones([6, 4])], &expected);
}

/// The cube, whose slope divides by what may be 0.
#[derive(Clone, Copy, Debug)]
struct Faulty;
impl Rule for Faulty {
    const NAME: &'static str = "faulty";
    const PROBES: &'static [f64] = &[1.0];
    fn value<T: Real>(self, x: T) -> T {
        x * x * x
    }
    fn slope<T: Real>(self, x: T, y: T) -> T {
        T::literal(3.0) * y / x
    }
}

#[test]
fn a_custom_rule_at_fault() {
    let words = ["a gradient is not finite", "is NaN at [0, 0]", "the rule for this gradient is at fault", "gradcheck"];
    let line = line!() + 1;
    let cube = Formula(|x| x.apply(Faulty));
    let network = Sequential::new().input(2).add(ones()).add_named("cube", cube);
    let mut expected =
        Expected { batch: 2, place: "the layer `cube`", operation: "faulty", line: Some(line), words: &words };
    blamed(network, MeanSquaredError, rows([2.0, -2.0]), &expected);
    // as an activation, it is this crate that calls it
    (expected.place, expected.line) = ("the layer `dense`", None);
    let network = Sequential::new().input(2).add(ones().activation(Faulty));
    blamed(network, MeanSquaredError, rows([2.0, -2.0]), &expected);
}

/// Programs get the blame as a value too.
#[test]
fn the_origin_is_a_value() -> Result<()> {
    let network = Sequential::new().input(2).add(ones()).add_named("root", Formula(|x| x.sqrt()));
    let mut model = network.compile(MeanSquaredError, Sgd::new(0.1), ())?;
    let [x, y] = rows([1.0, -1.0]);
    let outcome = model.fit(&x, &y, Fit::epochs(1).full_batch().silent());
    let Err(Error::NotFinite { loss, origin: Some(blame), .. }) = outcome else { panic!("{outcome:?}") };
    assert!(loss.is_finite() && blame.victim.contains("dense.weights"));
    assert!(matches!(&blame.origin.fault, Fault::Gradient { flaw, .. } if flaw.count == 1));
    Ok(())
}

/// Multiplies by one parameter, and computes something from another that it then forgets.
#[derive(Clone)]
struct DeadEnd(Param, Param);

const DEAD_END: u32 = line!() + 7;
impl Layer for DeadEnd {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> std::result::Result<Shape, String> {
        self.0.build(input, &Init::Ones, seeds)?;
        self.1.build(input, &Init::Ones, seeds).map(|()| input.clone())
    }
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        let _ = (pass.param(&self.1) * 2.0).tanh();
        x * pass.param(&self.0)
    }
    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param)) {
        visit("scale", &mut self.0);
        visit("lost", &mut self.1);
    }
}

#[test]
fn a_parameter_whose_path_ends_is_followed_to_its_end() {
    let network = Sequential::new().input(3).add(DeadEnd(Param::unbuilt(), Param::unbuilt()));
    let mut model = network.compile(MeanSquaredError, Sgd::new(0.1), ()).unwrap();
    let error =
        model.fit(&Tensor::ones([4, 3]), Tensor::<f32>::ones([4, 3]), Fit::epochs(1).silent()).unwrap_err().to_string();
    for words in ["`dead_end.lost`", "ends at", "`tanh`", &format!("blame.rs:{DEAD_END}:"), "freeze it"] {
        assert!(error.contains(words), "`{words}` is missing: {error}");
    }
}
