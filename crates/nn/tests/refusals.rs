//! What is refused, and with which words.

use chainrule_nn::prelude::*;
use chainrule_nn::{Error, Result};

/// Asserts that something is refused with a message that holds all of these.
#[track_caller]
fn refused<T>(outcome: Result<T>, parts: &[&str]) {
    let Err(error) = outcome else { panic!("it was not refused: {parts:?}") };
    let message = error.to_string();
    for part in parts {
        assert!(message.contains(part), "no {part:?} in: {message}");
    }
    assert!(!message.contains('\n'), "one line: {message}");
}

fn model() -> Model {
    Sequential::new()
        .add(Dense::new(4).activation(Relu).input(3))
        .add(Dense::new(2).activation(Softmax))
        .compile(SparseCategoricalCrossEntropy, Sgd::new(0.1), [Accuracy])
        .unwrap()
}

fn x() -> Tensor<f32> {
    Tensor::uniform([6, 3], 0.0, 1.0, 1)
}

fn y() -> Tensor<usize> {
    Tensor::from([0, 1, 0, 1, 0, 1])
}

#[test]
fn a_network_that_does_not_fit_together_names_the_layer() {
    let build = |network: Sequential| network.compile(MeanSquaredError, Sgd::new(0.1), ()).map(drop);
    refused(build(Sequential::new()), &["no layers", "add"]);
    refused(build(Sequential::new().add(Dense::new(3))), &["`dense`", "input", ".input(n)"]);
    refused(build(Sequential::new().add(Dense::new(0).input(2))), &["`dense`", "0 units"]);
    refused(build(Sequential::new().add(Dense::new(3).input(2)).add(Dropout::new(1.0))), &["`dropout`", "rate is 1"]);
    refused(build(Sequential::new().input(2).add(Dropout::new(-0.1))), &["`dropout`", "rate is -0.1"]);
    refused(build(Sequential::new().input(2).add(GaussianNoise::new(f64::NAN))), &["`gaussian_noise`", "NaN"]);
    refused(
        build(Sequential::new().add(Dense::new(6).input(2)).add(Reshape::new([4, 2]))),
        &["`reshape`", "[6]", "6 elements", "[4, 2]", "8"],
    );
    refused(
        build(Sequential::new().add(Dense::new(3).init(Init::Values(vec![1.0])).input(2))),
        &["`dense`", "1 initial values", "[2, 3]"],
    );
    refused(
        build(Sequential::new().input(2).add_named("a", Dense::new(3)).reuse("a")),
        &["`a`", "[2, 3]", "[3, 3]", "two sizes"],
    );
    refused(build(Sequential::new().add_named("a", Dense::new(3).input(2)).reuse("b")), &["`b`", "there are: a"]);
    refused(
        build(Sequential::new().add_named("a", Dense::new(3).input(2)).add_named("a", Dense::new(3))),
        &["`a`", "already"],
    );
}

#[test]
fn an_optimizer_that_makes_no_sense_is_refused_by_compile() {
    let compile = |optimizer: Sgd| {
        Sequential::new().add(Dense::new(1).input(1)).compile(MeanSquaredError, optimizer, ()).map(drop)
    };
    refused(compile(Sgd::new(-0.1)), &["-0.1"]);
    refused(compile(Sgd::new(0.1).clip_norm(1.0).clip_value(0.5)), &["clip"]);
}

#[test]
fn data_of_the_wrong_shape_are_refused() {
    let fit = |x: Tensor<f32>, y: Tensor<usize>| model().fit(&x, &y, Fit::epochs(1).silent());
    refused(fit(Tensor::zeros([6, 4]), y()), &["fit: x has shape [6, 4]", "[rows, 3]"]);
    refused(fit(Tensor::zeros([6]), y()), &["fit: x has shape [6]"]);
    refused(fit(Tensor::scalar(1.0), y()), &["fit: x has shape []"]);
    refused(fit(x(), Tensor::from([0, 1])), &["6 rows", "y has shape [2]"]);
    refused(fit(Tensor::zeros([0, 3]), Tensor::from(Vec::<usize>::new())), &["no rows", "[0, 3]"]);
    refused(model().evaluate(&Tensor::zeros([6, 4]), y()), &["evaluate: x has shape [6, 4]"]);
    refused(model().predict(&Tensor::zeros([6, 4])), &["predict: x has shape [6, 4]"]);
    refused(model().network.predict(&Tensor::zeros([6, 4])), &["predict: x has shape [6, 4]"]);
    refused(model().train_on_batch(&Tensor::zeros([6, 4]), y()), &["train_on_batch: x has shape"]);
    refused(model().fit(&x(), Tensor::<f32>::zeros([6, 2]), Fit::epochs(1).silent()), &["y does not suit the loss"]);
}

#[test]
fn labels_out_of_range_are_refused() {
    refused(model().fit(&x(), Tensor::from([0, 1, 0, 2, 0, 1]), Fit::epochs(1).silent()), &["y does not suit", "2"]);
}

#[test]
fn values_that_are_not_finite_are_refused_with_their_place() {
    let mut spoiled = x();
    spoiled.as_mut_slice()[7] = f32::NAN;
    refused(model().fit(&spoiled, y(), Fit::epochs(1).silent()), &["x holds NaN in row 2, element 1"]);
    let mut regression =
        Sequential::new().add(Dense::new(1).input(3)).compile(MeanSquaredError, Sgd::new(0.1), ()).unwrap();
    let target = Tensor::from([[0.0], [1.0], [f32::INFINITY], [0.0], [0.0], [0.0]]);
    refused(regression.fit(&x(), &target, Fit::epochs(1).silent()), &["y holds inf in row 2"]);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let fit = |fit: Fit| model().fit(&x(), y(), fit.silent());
    refused(fit(Fit::epochs(1).batch_size(0)), &["batch size is 0"]);
    for share in [0.0, 1.0, -0.5, f64::NAN, 0.999] {
        refused(fit(Fit::epochs(1).validation_split(share)), &["validation split"]);
    }
    refused(fit(Fit::epochs(1).validation_split(0.5).validation_data(&x(), y())), &["both"]);
    refused(fit(Fit::epochs(1).validation_data(&Tensor::zeros([2, 9]), y())), &["validation data's x", "[2, 9]"]);
    refused(fit(Fit::epochs(1).class_weights([(2, 1.0)])), &["class 2", "2 classes"]);
    refused(fit(Fit::epochs(1).class_weights([(1, f64::NAN)])), &["class 1 is NaN"]);
    refused(fit(Fit::epochs(1).sample_weights(&Tensor::ones([5]))), &["shape [5]", "6 rows"]);
    refused(fit(Fit::epochs(1).sample_weights(&Tensor::full([6], -1.0))), &["row 0 is -1"]);
    refused(fit(Fit::epochs(1).callback(EarlyStopping::new())), &["`val_loss`", "loss, accuracy"]);
}

/// Forgets one of its two parameters.
#[derive(Clone)]
struct Forgetful(Param, Param);

impl Layer for Forgetful {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> std::result::Result<Shape, String> {
        self.0.build(input, &Init::Ones, seeds)?;
        self.1.build(input, &Init::Ones, seeds)?;
        Ok(input.clone())
    }
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        x * pass.param(&self.0)
    }
    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param)) {
        visit("used", &mut self.0);
        visit("unused", &mut self.1);
    }
}

#[test]
fn a_parameter_that_no_gradient_reaches_is_refused_by_name() {
    let network = || {
        Sequential::new()
            .input(3)
            .add(Forgetful(Param::unbuilt(), Param::unbuilt()))
            .add(Dense::new(2).activation(Softmax))
    };
    let mut model = network().compile(SparseCategoricalCrossEntropy, Sgd::new(0.1), ()).unwrap();
    let before = model.weights();
    let outcome = model.fit(&x(), y(), Fit::epochs(1).silent());
    assert!(
        matches!(&outcome, Err(Error::NoGradient { parameter, .. }) if parameter == "forgetful.unused"),
        "{outcome:?}"
    );
    assert_eq!(model.weights(), before, "nothing was changed");
    model.freeze("forgetful.unused").unwrap();
    model.fit(&x(), y(), Fit::epochs(1).silent()).unwrap();
}

/// Divides by a number that reaches 0.
#[derive(Clone)]
struct Root;

impl Layer for Root {
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, _: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        (x - 10.0).sqrt()
    }
}

#[test]
fn a_loss_that_is_not_finite_names_the_layer_and_the_operation() {
    let mut model = Sequential::new()
        .add(Dense::new(2).input(3))
        .add_named("roots", Root)
        .compile(MeanSquaredError, Sgd::new(0.1), ())
        .unwrap();
    let before = model.weights();
    let outcome = model.fit(&x(), Tensor::<f32>::zeros([6, 2]), Fit::epochs(3).silent());
    refused(
        outcome,
        &["the loss is NaN in epoch 1, batch 1", "`sqrt(sub#4)`", "`roots`", "refusals.rs", "changed no weight"],
    );
    assert_eq!(model.weights(), before);
    let history =
        model.fit(&x(), Tensor::<f32>::zeros([6, 2]), Fit::epochs(3).callback(TerminateOnNan).silent()).unwrap();
    assert!(history.is_empty());
}

/// Uses a parameter, and does not show it.
#[derive(Clone)]
struct Secretive(Param);

impl Layer for Secretive {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> std::result::Result<Shape, String> {
        self.0.build(input, &Init::Ones, seeds)?;
        Ok(input.clone())
    }
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        x * pass.param(&self.0)
    }
}

#[test]
fn a_parameter_that_no_visit_shows_is_refused() {
    let network = Sequential::new().input(3).add(Secretive(Param::unbuilt())).add(Dense::new(2).activation(Softmax));
    let mut model = network.compile(SparseCategoricalCrossEntropy, Sgd::new(0.1), ()).unwrap();
    refused(model.fit(&x(), y(), Fit::epochs(1).silent()), &["shape [3]", "`visit`"]);
}

/// Shows the parameters of two layers under one name.
#[derive(Clone)]
struct Muddled(Dense, Dense);

impl Layer for Muddled {
    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> std::result::Result<Shape, String> {
        let hidden = self.0.build(input, seeds)?;
        self.1.build(&hidden, seeds)
    }
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, pass: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        self.1.forward(self.0.forward(x, pass), pass)
    }
    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param)) {
        self.0.visit(visit);
        self.1.visit(visit);
    }
}

#[test]
fn two_parameters_of_one_name_are_refused() {
    let network = Sequential::new().input(3).add(Muddled(Dense::new(3), Dense::new(2)));
    refused(network.compile(MeanSquaredError, Sgd::new(0.1), ()), &["`muddled`", "`muddled.weights`", "format!"]);
}

#[test]
fn an_input_shape_that_does_not_fit_is_refused_wherever_it_is_said() {
    let build = |network: Sequential| network.compile(MeanSquaredError, Sgd::new(0.1), ());
    refused(build(Sequential::new().input(3).add(Input::new(7))), &["`input`", "[7]", "[3]"]);
    refused(build(Sequential::new().input(3).add(Dense::new(2).input(9))), &["`dense`", "[9]", "[3]"]);
    let inner = Sequential::new().input(4).add(Dense::new(2));
    refused(build(Sequential::new().input(3).add(inner)), &["`sequential`", "[4]", "[3]"]);
}

#[test]
fn a_model_that_leaves_the_numbers_behind_is_refused() {
    let regression = |rate: f64| {
        Sequential::new().add(Dense::new(1).input(3)).compile(MeanSquaredError, Sgd::new(rate), ()).unwrap()
    };
    let (x, y) = (x(), Tensor::<f32>::ones([6, 1]));
    let fit = || Fit::epochs(1).full_batch().silent();
    refused(regression(1e39).fit(&x, &y, fit()), &["after epoch 1", "`dense.weights`", "learning rate"]);
    refused(regression(1e30).fit(&x, &y, fit().validation_data(&x, &y)), &["after epoch 1", "validation data"]);
    let history = regression(1e39).fit(&x, &y, fit().callback(TerminateOnNan)).unwrap();
    assert!(history.is_empty());
}

#[test]
fn a_value_of_unknown_direction_is_refused() {
    let stopping = EarlyStopping::watching("iou");
    refused(model().fit(&x(), y(), Fit::epochs(1).callback(stopping).silent()), &["`iou`", "loss, accuracy"]);
    let mut kappa = Sequential::new()
        .add(Dense::new(2).activation(Softmax).input(3))
        .compile(SparseCategoricalCrossEntropy, Sgd::new(0.1), [Kappa])
        .unwrap();
    let fit = |monitor: Monitor| Fit::epochs(1).callback(EarlyStopping::watching(monitor)).silent();
    refused(kappa.fit(&x(), y(), fit("kappa".into())), &["`kappa`", "Monitor::rising"]);
    kappa.fit(&x(), y(), fit(Monitor::rising("kappa"))).unwrap();
}

/// A metric of one's own.
struct Kappa;

impl Tally for Kappa {
    fn name(&self) -> String {
        "kappa".into()
    }
    fn reset(&mut self) {}
    fn result(&self) -> f64 {
        1.0
    }
}

impl Metric for Kappa {
    fn check(&self, _: &Shape, _: &Targets<f32>) -> std::result::Result<(), String> {
        Ok(())
    }
    fn update(&mut self, _: &Tensor<f32>, _: &Targets<f32>, _: Option<&[f32]>) {}
}

#[test]
fn class_weights_want_classes() {
    let mut regression =
        Sequential::new().add(Dense::new(1).input(3)).compile(MeanSquaredError, Sgd::new(0.1), ()).unwrap();
    let y = Tensor::from([[0.0], [1.0], [1.6], [0.0], [1.0], [17.0]]);
    refused(regression.fit(&x(), &y, Fit::epochs(1).class_weights([(0, 2.0)]).silent()), &["class weights", "0 or 1"]);
}
