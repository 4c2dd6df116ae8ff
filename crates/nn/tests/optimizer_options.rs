//! What all optimizers share: refusals, clipping, and numbers that stay finite.

use chainrule::Tensor;
use chainrule_nn::optim::{Adadelta, Adagrad, Adam, AdamW, Adamax, Lion, Nadam, Optimizer, RmsProp, Sgd, UpdateRule};
use chainrule_nn::schedule::ExponentialDecay;
use chainrule_nn::{Error, Optimize};
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
