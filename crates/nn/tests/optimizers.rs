//! Optimizers against Keras: its own tests' numbers, and twenty steps of each as `reference/optimizers.py` wrote them down.

use chainrule::Tensor;
use chainrule_nn::optim::{Adadelta, Adagrad, Adam, AdamW, Adamax, Lion, Nadam, Optimizer, RmsProp, Sgd, UpdateRule};
use chainrule_nn::schedule::{Cosine, ExponentialDecay, PiecewiseConstant};
use chainrule_nn::{Group, Optimize, ParamId};
use std::collections::BTreeMap;

type Boxed = Box<dyn Optimize<f64>>;

/// The cases of `reference/optimizers.py`.
fn cases() -> Vec<(&'static str, Boxed)> {
    let mut cases = descents();
    cases.extend(adams());
    cases.extend(others());
    cases
}

fn descents() -> Vec<(&'static str, Boxed)> {
    let sgd = || Sgd::new(0.05);
    vec![
        ("sgd", Box::new(sgd())),
        ("sgd default", Box::new(Sgd::default())),
        ("sgd momentum", Box::new(Sgd::new(0.02).momentum(0.9))),
        ("sgd nesterov", Box::new(Sgd::new(0.02).momentum(0.9).nesterov())),
        ("sgd clip_norm", Box::new(sgd().clip_norm(0.8))),
        ("sgd clip_value", Box::new(sgd().clip_value(0.6))),
        ("sgd global_clip_norm", Box::new(sgd().global_clip_norm(1.0))),
        ("sgd weight_decay", Box::new(sgd().weight_decay(0.1))),
        ("sgd accumulate", Box::new(sgd().accumulate(3))),
        ("sgd accumulate clip_norm", Box::new(sgd().accumulate(3).clip_norm(0.5))),
        ("sgd accumulate clip_value", Box::new(sgd().accumulate(3).clip_value(0.4))),
        ("sgd accumulate global_clip_norm", Box::new(sgd().accumulate(3).global_clip_norm(0.7))),
        ("sgd cosine", Box::new(Sgd::new(Cosine::new(0.01, 12).alpha(0.1).warm_up(0.05, 5)).momentum(0.5))),
    ]
}

fn adams() -> Vec<(&'static str, Boxed)> {
    let adam = || Adam::new(0.05);
    let falling = ExponentialDecay::new(0.05, 4, 0.8);
    let pieces = PiecewiseConstant::new([5, 12], [0.1, 0.05, 0.02]);
    vec![
        ("adam", Box::new(adam())),
        ("adam default", Box::new(Adam::default())),
        ("adam options", Box::new(adam().beta_1(0.7).beta_2(0.95).epsilon(0.01))),
        ("adam amsgrad", Box::new(adam().beta_2(0.9).amsgrad())),
        ("adam clip_norm", Box::new(adam().clip_norm(0.8))),
        ("adam clip_value", Box::new(adam().clip_value(0.6))),
        ("adam global_clip_norm", Box::new(adam().global_clip_norm(1.0))),
        ("adam weight_decay", Box::new(adam().weight_decay(0.1))),
        ("adam accumulate", Box::new(adam().accumulate(2))),
        ("adam accumulate exponential", Box::new(Adam::new(falling).accumulate(4))),
        ("adam exponential", Box::new(Adam::new(falling))),
        ("adam piecewise weight_decay", Box::new(Adam::new(pieces).weight_decay(0.2))),
        ("adamw", Box::new(AdamW::new(0.05))),
        ("adamw default", Box::new(AdamW::default())),
        ("adamw amsgrad", Box::new(AdamW::new(0.05).weight_decay(0.1).beta_2(0.9).amsgrad())),
        ("adamw without bias", Box::new(AdamW::new(0.05).weight_decay(0.3))),
        ("adamax", Box::new(Adamax::new(0.05))),
        ("adamax default", Box::new(Adamax::default())),
        ("adamax options", Box::new(Adamax::new(0.05).beta_1(0.8).beta_2(0.95).epsilon(0.01))),
        ("adamax global_clip_norm", Box::new(Adamax::new(0.05).global_clip_norm(1.0))),
        ("nadam", Box::new(Nadam::new(0.05))),
        ("nadam default", Box::new(Nadam::default())),
        ("nadam options", Box::new(Nadam::new(0.05).beta_1(0.7).beta_2(0.95).epsilon(0.01))),
        ("nadam clip_norm", Box::new(Nadam::new(0.05).clip_norm(0.8))),
    ]
}

fn others() -> Vec<(&'static str, Boxed)> {
    let rms_prop = || RmsProp::new(0.02);
    let adagrad = || Adagrad::new(0.1);
    vec![
        ("rms_prop", Box::new(rms_prop())),
        ("rms_prop default", Box::new(RmsProp::default())),
        ("rms_prop options", Box::new(rms_prop().rho(0.8).epsilon(0.01))),
        ("rms_prop momentum", Box::new(RmsProp::new(0.01).momentum(0.8))),
        ("rms_prop centered", Box::new(RmsProp::new(0.01).centered().epsilon(0.01))),
        ("rms_prop momentum centered", Box::new(RmsProp::new(0.01).rho(0.7).momentum(0.5).centered().epsilon(0.1))),
        ("rms_prop clip_norm", Box::new(rms_prop().clip_norm(0.8))),
        ("rms_prop weight_decay", Box::new(rms_prop().weight_decay(0.1))),
        ("adagrad", Box::new(adagrad())),
        ("adagrad default", Box::new(Adagrad::default())),
        ("adagrad options", Box::new(adagrad().initial_accumulator(0.5).epsilon(0.01))),
        ("adagrad clip_value", Box::new(adagrad().clip_value(0.6))),
        ("adagrad accumulate", Box::new(adagrad().accumulate(2))),
        ("adadelta", Box::new(Adadelta::new(1.0))),
        ("adadelta default", Box::new(Adadelta::default())),
        ("adadelta options", Box::new(Adadelta::new(0.8).rho(0.8).epsilon(0.001))),
        ("adadelta weight_decay", Box::new(Adadelta::new(1.0).epsilon(0.001).weight_decay(0.05))),
        ("lion", Box::new(Lion::new(0.05))),
        ("lion default", Box::new(Lion::default())),
        ("lion options", Box::new(Lion::new(0.05).beta_1(0.7).beta_2(0.9).weight_decay(0.1))),
    ]
}

/// The rows of `optimizers.csv`: the six weights after each step.
fn reference() -> BTreeMap<&'static str, Vec<[f64; 6]>> {
    let mut table = BTreeMap::<_, Vec<_>>::new();
    for line in include_str!("reference/optimizers.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let rows = table.entry(fields[0]).or_default();
        assert_eq!(fields[1], (rows.len() + 1).to_string(), "{line}");
        let weights: Vec<f64> = fields[2..].iter().map(|field| field.parse().expect("a number")).collect();
        rows.push(weights.try_into().expect("six weights"));
    }
    table
}

/// The gradient of the script: of `Σ (w - c)⁴ + (w - c)²`, and a term that depends on the step.
fn gradient(w: &Tensor<f64>, centre: &Tensor<f64>, step: usize) -> Tensor<f64> {
    let elements = w.iter().zip(centre.iter()).enumerate().map(|(i, (w, c))| {
        let d = w - c;
        4.0 * d * d * d + 2.0 * d + (((7 * step + 3 * i) % 5) as f64 - 2.0) / 4.0
    });
    Tensor::new(w.shape().clone(), elements.collect())
}

#[test]
fn twenty_steps_equal_those_of_keras() {
    let mut reference = reference();
    let centres = [Tensor::from([[0.5, 0.0], [-0.5, 1.25]]), Tensor::from([0.0, -0.75])];
    for (name, mut optimizer) in cases() {
        let rows = reference.remove(name).unwrap_or_else(|| panic!("{name}: no such case in the table"));
        assert_eq!(rows.len(), 20, "{name}");
        optimizer.check().unwrap();
        let mut parameters = [Tensor::from([[1.0, -0.5], [0.25, 2.0]]), Tensor::from([0.5, -1.5])];
        let groups = [Group::default(), if name.ends_with("without bias") { exempt() } else { Group::default() }];
        for (step, row) in rows.iter().enumerate() {
            let gradients: [_; 2] = std::array::from_fn(|i| gradient(&parameters[i], &centres[i], step));
            optimizer.begin_step(&mut (0..).map(ParamId::at).zip(&gradients)).unwrap();
            for (i, place) in [0, 1].map(ParamId::at).into_iter().enumerate() {
                optimizer.update(place, groups[i], &mut parameters[i], &gradients[i]);
            }
            for (w, expected) in parameters.iter().flat_map(Tensor::iter).zip(row) {
                let error = (w - expected).abs() / expected.abs().max(0.01);
                assert!(error < 1e-12, "{name}, step {}: {w} and not {expected}", step + 1);
            }
        }
    }
    assert!(reference.is_empty(), "cases of the table that are not tested: {:?}", reference.keys());
}

fn exempt() -> Group {
    Group::default().decay(0.0)
}

/// One step from w = [1, 2, 3, 4] with g = [1, 6, 7, 2] at rate 0.5.
#[track_caller]
fn assert_single_step(optimizer: Boxed, expected: [f64; 4]) {
    let mut optimizer = optimizer;
    let mut w = Tensor::from([1.0, 2.0, 3.0, 4.0]);
    let g = Tensor::from([1.0, 6.0, 7.0, 2.0]);
    let id = ParamId::at(0);
    optimizer.begin_step(&mut [(id, &g)].into_iter()).unwrap();
    optimizer.update(id, Group::default(), &mut w, &g);
    for (w, expected) in w.iter().zip(expected) {
        assert!((w - expected).abs() <= 1e-4 + 1e-4 * expected.abs(), "{w} and not {expected}");
    }
}

/// Keras 3.15, `keras/src/optimizers/*_test.py`, `test_single_step`.
#[test]
fn single_steps_of_keras_tests() {
    assert_single_step(Box::new(Sgd::new(0.5)), [0.5, -1.0, -0.5, 3.0]);
    assert_single_step(Box::new(Adam::new(0.5)), [0.5, 1.5, 2.5, 3.5]);
    assert_single_step(Box::new(AdamW::new(0.5)), [0.498, 1.496, 2.494, 3.492]);
    assert_single_step(Box::new(RmsProp::new(0.5)), [-0.5811, 0.4189, 1.4189, 2.4189]);
    assert_single_step(Box::new(Adagrad::new(0.5)), [0.5233, 1.5007, 2.5005, 3.5061]);
    assert_single_step(Box::new(Adadelta::new(0.5)), [0.9993, 1.9993, 2.9993, 3.9993]);
    assert_single_step(Box::new(Adamax::new(0.5)), [0.5, 1.5, 2.5, 3.5]);
    assert_single_step(Box::new(Nadam::new(0.5)), [0.4686, 1.4686, 2.4686, 3.4686]);
    assert_single_step(Box::new(Lion::new(0.5)), [0.5, 1.5, 2.5, 3.5]);
}

/// A step from ones with gradients of 0.01, then four with gradients of 0.1, 0.2, ..., 1; after each, the first and the last
/// element.
#[track_caller]
fn assert_golden(optimizer: Boxed, expected: [[f64; 2]; 5]) {
    let mut optimizer = optimizer;
    let mut w = Tensor::ones([10]);
    let first = Tensor::full([10], 0.01);
    let then = Tensor::linspace(0.1, 1.0, 10);
    let id = ParamId::at(0);
    for (step, expected) in expected.into_iter().enumerate() {
        let g = if step == 0 { &first } else { &then };
        optimizer.begin_step(&mut [(id, g)].into_iter()).unwrap();
        optimizer.update(id, Group::default(), &mut w, g);
        for (w, expected) in [w.at(&[0]), w.at(&[9])].into_iter().zip(expected) {
            assert!((w - expected).abs() <= 5e-4 + 5e-4 * expected.abs(), "step {step}: {w} and not {expected}");
        }
    }
}

/// Keras 3.15, `keras/src/optimizers/*_test.py`, `test_correctness_with_golden`.
#[test]
fn golden_numbers_of_keras_tests() {
    let sgd = [[0.9999, 0.9999], [0.9989, 0.9899], [0.9979, 0.9799], [0.9969, 0.9699], [0.9959, 0.9599]];
    assert_golden(Box::new(Sgd::default().nesterov()), sgd);
    let adam = [0.999, 0.9982, 0.9974, 0.9965, 0.9955].map(|w| [w; 2]);
    assert_golden(Box::new(Adam::default().amsgrad()), adam);
    let adamw = [[0.4998, 0.4998], [0.2486, 0.2382], [0.1223, 0.1003], [0.0586, 0.0258], [0.0263, -0.0159]];
    assert_golden(Box::new(AdamW::new(1.0).weight_decay(0.5).epsilon(2.0)), adamw);
    let rms_prop = [0.9967, 0.9933, 0.9908, 0.9885, 0.9864].map(|w| [w; 2]);
    assert_golden(Box::new(RmsProp::default().centered()), rms_prop);
    let adagrad = [[0.9963, 0.9963], [0.9604, 0.8209], [0.9251, 0.6891], [0.8903, 0.579], [0.856, 0.4825]];
    assert_golden(Box::new(Adagrad::new(0.2).initial_accumulator(0.3).epsilon(1e-6)), adagrad);
    let adadelta = [0.9978, 0.9947, 0.9915, 0.9882, 0.9849].map(|w| [w; 2]);
    assert_golden(Box::new(Adadelta::new(1.0).rho(0.8).epsilon(1e-6)), adadelta);
    let adamax = [[0.8, 0.8], [0.6827, 0.691], [0.5333, 0.5466], [0.368, 0.3848], [0.1933, 0.2126]];
    assert_golden(Box::new(Adamax::new(0.2).beta_1(0.85).beta_2(0.95).epsilon(1e-6)), adamax);
    let nadam = [[0.4281, 0.4281], [-0.1738, -0.1717], [-0.7115, -0.7084], [-1.2335, -1.2299], [-1.7492, -1.7454]];
    assert_golden(Box::new(Nadam::new(0.5).beta_1(0.5).beta_2(0.67).epsilon(1e-5)), nadam);
}

/// Adam in `f32` against Keras in `f64`: equal up to the rounding.
#[test]
fn single_precision_follows() {
    let rows = reference().remove("adam").unwrap();
    let mut w: Tensor<f32> = Tensor::from([[1.0, -0.5], [0.25, 2.0]]);
    let centre = Tensor::from([[0.5, 0.0], [-0.5, 1.25]]);
    let mut adam = Adam::new(0.05);
    for (step, row) in rows.iter().enumerate() {
        let g = gradient(&w.cast(), &centre, step).cast();
        adam.step([&mut w], [&g]);
        for (&w, expected) in w.iter().zip(row) {
            assert!((f64::from(w) - expected).abs() < 1e-5, "step {step}: {w} and not {expected}");
        }
    }
}

/// Tensors longer than the pieces in which they are worked on: every element goes as a single one does.
#[test]
fn long_tensors_go_as_short_ones() {
    assert_long_as_short(AdamW::new(0.1).clip_value(0.5).amsgrad());
    assert_long_as_short(Adam::new(0.1).accumulate(2));
    assert_long_as_short(Adamax::new(0.1));
    assert_long_as_short(Nadam::new(0.1));
}

#[track_caller]
fn assert_long_as_short<R: UpdateRule + Clone>(mut one: Optimizer<R, f64>) {
    let start = |n| Tensor::from_fn([n], |at| (at[0] % 7) as f64 - 3.0);
    let (mut long, mut short) = (start(10_003), start(7));
    let mut other = one.clone();
    for _ in 0..3 {
        let gradients = [long.sin(), short.sin()];
        one.step([&mut long], [&gradients[0]]);
        other.step([&mut short], [&gradients[1]]);
    }
    assert!(long.iter().zip(short.iter().cycle()).all(|(long, short)| long == short));
}

/// By hand: with plain descent, half the rate is half the step, and a decay of 0 is none.
#[test]
fn groups_have_rates_and_decays_of_their_own() {
    let mut sgd = Sgd::new(0.5).weight_decay(0.5);
    let mut w = Tensor::from([1.0]);
    let g = Tensor::from([2.0]);
    let mut step = |group, w: &mut Tensor<f64>| {
        sgd.begin_step(&mut [(ParamId::at(0), &g)].into_iter()).unwrap();
        sgd.update(ParamId::at(0), group, w, &g);
        w.item()
    };
    assert_eq!(step(Group::default().decay(0.0), &mut w), 0.0); // 1 - 0.5 2
    assert_eq!(step(Group::rate(0.5).decay(0.0), &mut w), -0.5); // 0 - 0.25 2
    assert_eq!(step(Group::rate(0.5), &mut w), -0.9375); // -0.5 (1 - 0.25 0.5) - 0.25 2
    assert_eq!(step(Group::default(), &mut w), -1.703_125); // -0.9375 (1 - 0.5 0.5) - 0.5 2
}

#[test]
fn rates_can_be_read_and_set() {
    let mut sgd: Sgd<f64> = Sgd::new(|step| 1.0 / (step + 1) as f64);
    let mut w = Tensor::from([1.0]);
    let g = Tensor::from([1.0]);
    assert_eq!(sgd.rate(), 1.0);
    sgd.step([&mut w], [&g]);
    assert_eq!((w.item(), sgd.rate()), (0.0, 0.5));
    sgd.set_rate(0.25);
    sgd.step([&mut w], [&g]);
    assert_eq!((w.item(), sgd.rate()), (-0.25, 0.25));
}

/// By hand: momentum that is set after a step starts from rest.
#[test]
fn options_may_change_between_steps() {
    let g = Tensor::from([1.0]);
    let mut w = Tensor::from([0.0]);
    let mut sgd = Sgd::new(1.0);
    sgd.step([&mut w], [&g]);
    let mut sgd = sgd.momentum(0.5);
    sgd.step([&mut w], [&g]); // v = -1
    sgd.step([&mut w], [&g]); // v = -1.5
    let mut sgd = sgd.accumulate(2);
    sgd.step([&mut w], [&g]); // the fourth step is due, with half of what was gathered: v = -0.75 - 0.5
    assert_eq!(w.item(), -1.0 - 1.0 - 1.5 - 1.25);
}
