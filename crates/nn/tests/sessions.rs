//! Training loops written by hand: what a session promises.

use chainrule_nn::prelude::*;
use chainrule_nn::{Error, Result};

/// y = w x with w = 1.
fn line() -> Sequential {
    let mut network = Sequential::new().add(Dense::new(1).without_bias().init(Init::Ones).input(1));
    network.build().unwrap();
    network
}

fn weight(network: &Sequential) -> f32 {
    network.weight("dense.weights").unwrap().item()
}

/// By hand: loss (w x)² of each network, slopes 2 w x²; rate 0.1.
#[test]
fn two_networks_in_one_pass_are_stepped_apart() -> Result<()> {
    let (mut first, mut second) = (line(), line());
    let mut session = Session::new(0);
    let pass = session.training();
    let (x, far) = (pass.constant(&Tensor::from([[1.0]])), pass.constant(&Tensor::from([[100.0]])));
    let loss = first.forward(x, &pass).powi(2).sum() + second.forward(far, &pass).powi(2).sum();
    pass.backward(loss);
    // the norm of the first network's gradient is 2, that of both together 20000
    session.step(&mut first, &mut Sgd::new(0.1).global_clip_norm(1.0))?;
    assert!((weight(&first) - 0.9).abs() < 1e-6, "{}", weight(&first));
    assert_eq!(weight(&second), 1.0);
    session.step(&mut second, &mut Sgd::new(1e-5))?;
    assert!((weight(&second) - 0.8).abs() < 1e-6, "{}", weight(&second));
    Ok(())
}

#[test]
fn gradients_of_two_losses_add_up_and_are_used_once() -> Result<()> {
    let mut network = line();
    let mut session = Session::new(0);
    let pass = session.training();
    let y = network.forward(pass.constant(&Tensor::from([[1.0]])), &pass);
    pass.backward(y.sum());
    pass.backward((y * 3.0).sum());
    assert_eq!(session.gradients()[0].1.to_vec(), [4.0]);
    session.step(&mut network, &mut Sgd::new(0.1))?;
    assert!((weight(&network) - 0.6).abs() < 1e-6);
    let again = session.step(&mut network, &mut Sgd::new(0.1));
    assert!(matches!(&again, Err(error) if error.to_string().contains("pass.backward(loss)")), "{again:?}");
    assert!((weight(&network) - 0.6).abs() < 1e-6, "nothing was changed");
    Ok(())
}

#[test]
fn a_step_without_a_backward_says_so() {
    let mut network = line();
    let mut session = Session::new(0);
    let pass = session.training();
    let _ = network.forward(pass.constant(&Tensor::from([[1.0]])), &pass);
    let outcome = session.step(&mut network, &mut Sgd::new(0.1));
    assert!(matches!(&outcome, Err(Error::Option { call: "step", .. })), "{outcome:?}");
}

#[test]
fn options_that_make_no_sense_are_refused_in_a_loop_by_hand() {
    for mut optimizer in [Sgd::new(0.1).accumulate(0), Sgd::new(-0.1), Sgd::new(0.1).clip_norm(1.0).clip_value(1.0)] {
        let mut network = line();
        let mut session = Session::new(0);
        let pass = session.training();
        pass.backward(network.forward(pass.constant(&Tensor::from([[1.0]])), &pass).sum());
        let outcome = session.step(&mut network, &mut optimizer);
        assert!(matches!(outcome, Err(Error::Option { .. })), "{outcome:?}");
        assert_eq!(weight(&network), 1.0, "nothing was changed");
    }
}

#[test]
#[should_panic(expected = "`build()` the network before it runs")]
fn a_network_that_is_not_built_does_not_run() {
    let network = Sequential::new().add(Dense::new(1).input(1));
    let mut session = Session::new(0);
    let pass = session.training();
    let _ = network.forward(pass.constant(&Tensor::from([[1.0]])), &pass);
}

/// Says nothing of losing its columns.
#[derive(Clone)]
struct Sums;

impl Layer for Sums {
    fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, _: &Pass<'t>) -> Var<'t, Tensor<f32>> {
        x.sum_along(keepdims(-1))
    }
}

#[test]
#[should_panic(
    expected = "layer `sums`: its forward pass gave shape [2, 1], but its `build` promised rows of shape [3]"
)]
fn a_layer_keeps_the_promise_of_its_build() {
    let mut network = Sequential::new().input(3).add(Sums);
    network.build().unwrap();
    let _ = network.predict(&Tensor::ones([2, 3]));
}

/// Early stopping of any layer, not of `Sequential` alone.
#[test]
fn early_stopping_keeps_the_weights_of_any_layer() -> Result<()> {
    let mut layer: Dense = Dense::new(1).init(Init::Ones);
    let input: Shape = [1].into();
    Layer::build(&mut layer, &input, &mut Seeds::new(1)).unwrap();
    let mut stopping = EarlyStopping::new().restore_best_weights();
    assert_eq!(stopping.observe(0, 1.0, &mut layer), Flow::Continue);
    let mut session = Session::new(0);
    let pass = session.training();
    pass.backward(layer.forward(pass.constant(&Tensor::from([[1.0]])), &pass).sum());
    session.step(&mut layer, &mut Sgd::new(0.5))?;
    assert_eq!(stopping.observe(1, 2.0, &mut layer), Flow::Stop);
    stopping.restore(&mut layer)?;
    layer.visit(&mut |name, param| assert_eq!(param.value.as_slice()[0], if name == "bias" { 0.0 } else { 1.0 }));
    Ok(())
}
