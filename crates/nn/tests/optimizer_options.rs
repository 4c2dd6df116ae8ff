//! What all optimizers share: refusals, clipping, and numbers that stay finite.

use chainrule::Tensor;
use chainrule_nn::optim::{Adadelta, Adagrad, Adam, AdamW, Adamax, Lion, Nadam, Optimizer, RmsProp, Sgd, UpdateRule};
use chainrule_nn::prelude::{Dense, MeanSquaredError, Sequential};
use chainrule_nn::schedule::{Cosine, ExponentialDecay};
use chainrule_nn::{Error, Group, Init, Layer, Loss, Model, Optimize, ParamId, Session};
use proptest::prelude::*;

#[test]
fn options_that_make_no_sense_are_refused() {
    let refused: [(Box<dyn Optimize>, &str); 16] = [
        (Box::new(Sgd::new(-0.1)), "Sgd: the learning rate is -0.1"),
        (Box::new(Sgd::new(f64::NAN)), "Sgd: the learning rate is NaN"),
        (Box::new(Sgd::new(0.1).momentum(1.5)), "Sgd: momentum is 1.5"),
        (Box::new(Adam::new(ExponentialDecay::new(0.1, 0, 0.9))), "Adam: ExponentialDecay: decay_steps is 0"),
        (Box::new(Adam::default().beta_1(1.0)), "Adam: beta_1 is 1"),
        (Box::new(AdamW::default().beta_2(-0.1)), "AdamW: beta_2 is -0.1"),
        (Box::new(Nadam::default().epsilon(-1e-7)), "Nadam: epsilon is -0.0000001"),
        (Box::new(RmsProp::default().rho(f64::NAN)), "RmsProp: rho is NaN"),
        (Box::new(Adagrad::default().initial_accumulator(-1.0)), "Adagrad: initial_accumulator is -1"),
        (Box::new(Adadelta::default().rho(1.0)), "Adadelta: rho is 1"),
        (Box::new(Adamax::default().beta_2(2.0)), "Adamax: beta_2 is 2"),
        (Box::new(Lion::default().weight_decay(-1.0)), "Lion: weight_decay is -1"),
        (Box::new(Adam::default().clip_norm(0.0)), "Adam: clip_norm is 0"),
        (Box::new(Adam::default().clip_norm(1.0).clip_value(1.0)), "clip_value and clip_norm are both set"),
        (Box::new(Adam::default().global_clip_norm(1.0).clip_norm(1.0)), "clip_norm and global_clip_norm are both set"),
        (Box::new(Adam::default().accumulate(0)), "accumulate is 0"),
    ];
    for (optimizer, problem) in refused {
        let error = optimizer.check().unwrap_err();
        assert!(matches!(error, Error::Option { .. }));
        assert!(error.to_string().contains(problem), "{error}");
    }
    let mut sgd = Sgd::<f32>::default();
    sgd.set_rate(f64::NAN);
    assert!(sgd.check().is_err(), "a rate set later is looked at, too");
}

/// One step of two weights; both gradients are 1.
fn step(optimizer: &mut dyn Optimize, w: &mut Tensor<f32>) -> Result<(), Error> {
    let (id, g) = (ParamId::at(0), Tensor::from([1.0, 1.0]));
    optimizer.begin_step(&mut [(id, &g)].into_iter())?;
    optimizer.update(id, Group::default(), w, &g);
    Ok(())
}

#[track_caller]
fn assert_option(refused: Result<(), Error>, problem: &str) {
    let error = refused.unwrap_err();
    assert!(matches!(error, Error::Option { .. }), "{error:?}");
    assert!(error.to_string().starts_with(problem), "{error}");
}

#[test]
fn a_step_refuses_options_that_make_no_sense() {
    let refused: [(Box<dyn Optimize>, &str); 4] = [
        (Box::new(Sgd::new(0.1).accumulate(0)), "Sgd: accumulate is 0"),
        (Box::new(Adam::new(0.1).clip_norm(1.0).clip_value(1.0)), "Adam: clip_value and clip_norm are both set"),
        (Box::new(Lion::new(0.1).weight_decay(f64::NAN)), "Lion: weight_decay is NaN"),
        (Box::new(Nadam::new(Cosine::new(0.1, 0))), "Nadam: Cosine: decay_steps is 0"),
    ];
    for (mut optimizer, problem) in refused {
        let mut w = Tensor::from([1.0, 2.0]);
        assert_option(step(&mut optimizer, &mut w), problem);
        assert_eq!(w.to_vec(), [1.0, 2.0]);
    }
    let mut w = Tensor::from([1.0, 2.0]);
    let mut sgd = Sgd::new(0.1);
    step(&mut sgd, &mut w).unwrap();
    assert_option(step(&mut sgd.accumulate(0), &mut w), "Sgd: accumulate is 0");
}

/// A refused step does not count: after a rate that makes sense, training goes on as if it had not been.
#[test]
fn a_step_refuses_a_rate_that_makes_no_sense() {
    let mut w = Tensor::from([1.0, 2.0]);
    let mut sgd = Sgd::new(0.5).accumulate(2);
    step(&mut sgd, &mut w).unwrap();
    for (bad, problem) in [(f64::NAN, "NaN"), (-1.0, "-1"), (f64::INFINITY, "inf")] {
        sgd.set_rate(bad);
        assert_option(step(&mut sgd, &mut w), &format!("Sgd: the learning rate is {problem}, and must be"));
        assert_eq!(w.to_vec(), [1.0, 2.0]);
    }
    sgd.set_rate(0.25);
    step(&mut sgd, &mut w).unwrap(); // the second step, and so the update: by a quarter of the mean gradient
    assert_eq!(w.to_vec(), [0.75, 1.75]);
}

#[test]
fn a_schedule_that_leaves_the_numbers_is_refused_where_it_does() {
    let mut w = Tensor::from([1.0, 2.0]);
    let mut adam = Adam::new(|step: u64| (1.5 - step as f64).sqrt());
    step(&mut adam, &mut w).unwrap();
    step(&mut adam, &mut w).unwrap();
    let before = w.to_vec();
    assert_option(step(&mut adam, &mut w), "Adam: at step 2, counted from 0, the learning rate is NaN");
    assert_eq!(w.to_vec(), before);
}

#[test]
#[should_panic(expected = "Sgd: the learning rate is NaN")]
fn a_loop_by_hand_refuses_a_rate_set_later() {
    let (mut w, g) = (Tensor::from([1.0]), Tensor::from([1.0]));
    let mut sgd: Sgd<f64> = Sgd::new(0.1);
    sgd.step([&mut w], [&g]);
    sgd.set_rate(f64::NAN);
    sgd.step([&mut w], [&g]);
}

fn line() -> Sequential {
    Sequential::new().add(Dense::new(1).init(Init::Ones).input(1))
}

#[test]
fn a_session_refuses_options_that_make_no_sense() {
    let mut network = line();
    network.build().unwrap();
    let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[3.0], [6.0]]));
    let mut session = Session::new(1);
    let mut attempt = |mut optimizer: Sgd| {
        let pass = session.training();
        pass.backward(MeanSquaredError.of(network.forward(pass.constant(&x), &pass), &(&y).into()));
        let outcome = session.step(&mut network, &mut optimizer);
        (outcome, network.weights()[0].1.item())
    };
    let (outcome, weight) = attempt(Sgd::new(0.1).accumulate(0));
    assert_option(outcome, "Sgd: accumulate is 0");
    assert_eq!(weight, 1.0);
    assert!(attempt(Sgd::new(0.1)).1 > 1.0, "the loop does train");
}

#[test]
fn a_model_refuses_a_rate_set_after_compile() {
    let mut model: Model = line().compile(MeanSquaredError, Sgd::new(0.1), ()).unwrap();
    model.optimizer().set_rate(-1.0);
    let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[3.0], [6.0]]));
    assert_option(model.train_on_batch(&x, &y).map(drop), "Sgd: the learning rate is -1");
    assert_eq!(model.weights()[0].1.item(), 1.0);
}

#[test]
fn groups_that_make_no_sense_are_refused() {
    let refused = [
        (Group::rate(-1.0), "rate is -1,"),
        (Group::rate(f64::INFINITY), "rate is inf,"),
        (Group::default().decay(f64::NAN), "decay is NaN,"),
        (Group::rate(0.5).decay(-0.1), "decay is -0.1,"),
    ];
    for (group, problem) in refused {
        let said = group.check().unwrap_err();
        assert!(said.starts_with(problem), "{said}");
    }
    for group in [Group::default(), Group::rate(0.0), Group::rate(2.0).decay(0.0)] {
        group.check().unwrap();
    }
}

/// Also behind a box, and until a number takes the schedule's place.
#[test]
fn an_optimizer_knows_whether_it_has_a_schedule() {
    let constant: [Box<dyn Optimize>; 2] = [Box::new(Adam::default()), Box::new(Sgd::new(0.1))];
    assert!(constant.iter().all(|optimizer| !optimizer.has_schedule()));
    let scheduled: [Box<dyn Optimize>; 3] = [
        Box::new(Adam::new(Cosine::new(0.1, 10))),
        Box::new(Sgd::new(|_| 0.1)),
        Box::new(Lion::new(ExponentialDecay::new(0.1, 4, 0.9))),
    ];
    for mut optimizer in scheduled {
        assert!(optimizer.has_schedule());
        optimizer.set_rate(0.1);
        assert!(!optimizer.has_schedule());
    }
}

#[test]
fn penalties_that_make_no_sense_are_refused_by_the_layer() {
    use chainrule_nn::{L1, L2};
    let input = || Dense::new(1).input(1);
    for (layer, problem) in [
        (input().regularizer(L2(-0.1)), "layer `dense`: L2: the factor is -0.1"),
        (input().bias_regularizer(L1(f64::NAN)), "layer `dense`: L1: the factor is NaN"),
    ] {
        let error = Sequential::new().add(layer).build().unwrap_err().to_string();
        assert!(error.starts_with(problem), "{error}");
    }
}

/// `Adam::default()` takes its kind of number from where it goes.
#[test]
fn the_kind_of_number_is_inferred() {
    fn takes(mut optimizer: impl Optimize) -> f64 {
        let rate = optimizer.rate();
        optimizer.set_rate(0.5);
        rate
    }
    assert_eq!(takes(Adam::default()), 0.001);
    assert_eq!(takes(Sgd::default()), 0.01);
}

#[test]
#[should_panic(expected = "Adam: the parameter ParamId(0) had shape [2] and now has [3]; use another optimizer")]
fn a_parameter_keeps_its_shape() {
    let mut adam = Adam::new(0.1);
    adam.step([&mut Tensor::from([1.0, 2.0])], [&Tensor::from([1.0, 2.0])]);
    adam.step([&mut Tensor::from([1.0, 2.0, 3.0])], [&Tensor::from([1.0, 2.0, 3.0])]);
}

#[test]
#[should_panic(expected = "Sgd: weights of shape [2] with a gradient of shape [1]")]
fn weights_and_gradients_have_one_shape() {
    Sgd::new(0.1).step([&mut Tensor::from([1.0, 2.0])], [&Tensor::from([1.0])]);
}

#[test]
#[should_panic(expected = "Sgd: more weights than gradients")]
fn there_is_a_gradient_for_each_weight() {
    Sgd::new(0.1).step([&mut Tensor::from([1.0]), &mut Tensor::from([1.0])], [&Tensor::from([1.0])]);
}

#[test]
#[should_panic(expected = "Adam: clip_value and clip_norm are both set")]
fn a_loop_by_hand_checks_the_options() {
    Adam::new(0.1).clip_norm(1.0).clip_value(1.0).step([&mut Tensor::from([1.0])], [&Tensor::from([1.0])]);
}

/// Any iterators serve: lists of tensors, and places that change in no step.
#[test]
fn lists_of_tensors_are_stepped() {
    let mut weights = vec![Tensor::from([1.0]), Tensor::zeros([0]), Tensor::scalar(2.0)];
    let gradients = [Tensor::from([2.0]), Tensor::zeros([0]), Tensor::scalar(4.0)];
    Sgd::new(0.5).global_clip_norm(20f64.sqrt() / 2.0).step(&mut weights, &gradients);
    assert!((weights[0].item() - 0.5f64).abs() < 1e-15 && (weights[2].item() - 1.0f64).abs() < 1e-15);
}

/// What a step of plain descent at rate 1 from zero went down: the gradient as it was clipped.
fn clipped(sgd: Sgd, gradient: &[f32]) -> Vec<f32> {
    let mut sgd = sgd;
    let mut w = Tensor::zeros([gradient.len()]);
    sgd.step([&mut w], [&Tensor::from_slice([gradient.len()], gradient)]);
    w.iter().map(|w| -w).collect()
}

fn norm(x: &[f32]) -> f64 {
    x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt()
}

/// Keras 3.15, `keras/src/optimizers/sgd_test.py`, `test_clip_norm` and `test_clip_value`, and a right triangle by hand.
#[test]
fn clipping_as_in_keras_tests() {
    let half = 0.5f32.sqrt();
    let shorter = clipped(Sgd::new(1.0).clip_norm(1.0), &[100.0, 100.0]);
    assert!(shorter.iter().all(|g| (g - half).abs() < 1e-7), "{shorter:?}");
    assert_eq!(clipped(Sgd::new(1.0).clip_value(1.0), &[100.0, 100.0]), [1.0, 1.0]);
    assert_eq!(clipped(Sgd::new(1.0).global_clip_norm(2.5), &[3.0, 4.0]), [1.5, 2.0]);
    assert_eq!(clipped(Sgd::new(1.0).clip_norm(5.0), &[3.0, 4.0]), [3.0, 4.0]);
}

/// A gradient that is not finite is not hidden by clipping it to zero.
#[test]
fn gradients_that_are_not_finite_show() {
    for bad in [f32::NAN, f32::INFINITY] {
        assert!(clipped(Sgd::new(1.0).clip_norm(1.0), &[bad, 1.0]).iter().all(|g| g.is_nan()));
        assert!(clipped(Sgd::new(1.0).global_clip_norm(1.0), &[bad, 1.0]).iter().all(|g| g.is_nan()));
    }
    assert!(clipped(Sgd::new(1.0).clip_value(1.0), &[f32::NAN, 1.0])[0].is_nan());
}

/// Ten steps with one gradient.
fn stays_finite<R: UpdateRule + Default>(gradient: &[f32]) -> bool {
    let mut optimizer = Optimizer::<R>::default();
    let mut w = Tensor::ones([gradient.len()]);
    let gradient = Tensor::from_slice([gradient.len()], gradient);
    for _ in 0..10 {
        optimizer.step([&mut w], [&gradient]);
    }
    w.iter().all(|w| w.is_finite())
}

/// Sizes from tiny to huge, and zeros.
fn gradients(largest: i32) -> impl Strategy<Value = Vec<f32>> {
    let element = prop_oneof![
        1 => Just(0.0f32),
        9 => (-1.0f32..1.0, -38..largest).prop_map(|(x, power)| x * 10f32.powi(power)),
    ];
    prop::collection::vec(element, 1..40)
}

proptest! {
    #[test]
    fn clipping_by_norm_shortens_and_keeps_the_direction(gradient in gradients(39), limit in 1e-3f64..1e3) {
        for sgd in [Sgd::new(1.0).clip_norm(limit), Sgd::new(1.0).global_clip_norm(limit)] {
            let shorter = clipped(sgd, &gradient);
            let (before, after) = (norm(&gradient), norm(&shorter));
            prop_assert!(after <= before.min(limit) * (1.0 + 1e-5), "{after} of {before}");
            prop_assert!(after >= before.min(limit) * (1.0 - 1e-5), "{after} of {before}");
            for (g, shorter) in gradient.iter().zip(&shorter) {
                let expected = f64::from(*g) / before.max(f64::MIN_POSITIVE) * after;
                // elements may sink below the smallest numbers of f32
                prop_assert!((f64::from(*shorter) - expected).abs() <= 1e-5 * expected.abs() + 1e-37);
            }
        }
    }

    #[test]
    fn weights_stay_finite(gradient in gradients(18)) {
        prop_assert!(stays_finite::<chainrule_nn::optim::SgdRule>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::AdamRule>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::AdamRule<true>>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::RmsPropRule>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::AdagradRule>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::AdadeltaRule>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::AdamaxRule>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::NadamRule>(&gradient));
        prop_assert!(stays_finite::<chainrule_nn::optim::LionRule>(&gradient));
    }
}

/// Where all gradients are alike the variance rounds to less than nothing, and its root would be NaN.
#[test]
fn a_variance_below_zero_by_rounding_is_zero() {
    let mut w = Tensor::from([1.0f32]);
    let mut rms_prop = RmsProp::default().centered();
    for _ in 0..500 {
        rms_prop.step([&mut w], [&Tensor::from([777.0])]);
        assert!(w.item().is_finite());
    }
}
