//! Schedules against Keras: its own tests' numbers, and many steps of each as `reference/optimizers.py` wrote them down.

use chainrule_nn::Monitor;
use chainrule_nn::schedule::{
    Cosine, CosineRestarts, ExponentialDecay, InverseTime, PiecewiseConstant, Polynomial, ReduceOnPlateau, Schedule,
    StepDecay, WarmUp,
};
use std::collections::BTreeMap;

/// The cases of `reference/optimizers.py`.
fn cases() -> Vec<(&'static str, Box<dyn Schedule>)> {
    vec![
        ("exponential", Box::new(ExponentialDecay::new(0.05, 10, 0.96))),
        ("exponential staircase", Box::new(ExponentialDecay::new(0.1, 3, 0.96).staircase())),
        ("step", Box::new(StepDecay::new(0.2, 7, 0.5))),
        ("piecewise", Box::new(PiecewiseConstant::new([10, 11, 40], [1.0, 0.1, 0.01, 0.001]))),
        ("inverse_time", Box::new(InverseTime::new(0.1, 10, 0.96))),
        ("inverse_time staircase", Box::new(InverseTime::new(0.1, 10, 0.96).staircase())),
        ("polynomial", Box::new(Polynomial::new(0.05, 25))),
        ("polynomial options", Box::new(Polynomial::new(0.05, 25).end(0.001).power(0.5))),
        ("polynomial cycle", Box::new(Polynomial::new(0.05, 10).end(0.001).power(2.0).cycle())),
        ("cosine", Box::new(Cosine::new(0.1, 40))),
        ("cosine alpha", Box::new(Cosine::new(0.1, 40).alpha(0.1))),
        ("cosine warm_up", Box::new(Cosine::new(0.01, 30).alpha(0.05).warm_up(0.2, 12))),
        ("cosine warm_up", Box::new(WarmUp::new(12, Cosine::new(0.2, 30).alpha(0.05)).from(0.01))),
        ("cosine restarts", Box::new(CosineRestarts::new(0.1, 9))),
        ("cosine restarts options", Box::new(CosineRestarts::new(0.1, 8).t_mul(1.5).m_mul(0.8).alpha(0.1))),
        ("cosine restarts even", Box::new(CosineRestarts::new(0.1, 8).t_mul(1.0).m_mul(0.9))),
    ]
}

/// A table's rows by case, two numbers each.
fn rows(text: &'static str) -> BTreeMap<&'static str, Vec<[f64; 2]>> {
    let mut table = BTreeMap::<_, Vec<_>>::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [name, x, y] = fields[..] else { panic!("malformed row: {line}") };
        table.entry(name).or_default().push([x, y].map(|field| field.parse().expect("a number")));
    }
    table
}

#[test]
fn rates_equal_those_of_keras() {
    let table = rows(include_str!("reference/schedules.csv"));
    let mut tested = Vec::new();
    for (name, schedule) in cases() {
        schedule.check().unwrap();
        assert_eq!(table[name].len(), 61, "{name}");
        for (step, &[at, expected]) in (0..).zip(&table[name]) {
            assert_eq!(at, step as f64);
            let rate = schedule.rate(step);
            assert!((rate - expected).abs() < 1e-15, "{name}, step {step}: {rate} and not {expected}");
        }
        tested.push(name);
    }
    assert!(table.keys().all(|name| tested.contains(name)), "cases of the table that are not tested");
}

#[track_caller]
fn assert_rates<const N: usize>(schedule: &dyn Schedule, steps: [u64; N], expected: [f64; N]) {
    for (step, expected) in steps.into_iter().zip(expected) {
        let rate = schedule.rate(step);
        assert!((rate - expected).abs() <= 1e-6 * expected.abs(), "step {step}: {rate} and not {expected}");
    }
}

/// Keras 3.15, `keras/src/optimizers/schedules/learning_rate_schedule_test.py`, and a warm-up by hand.
#[test]
fn numbers_of_keras_tests() {
    let staircase = ExponentialDecay::new(0.1, 3, 0.96).staircase();
    assert_rates(&staircase, [1, 2, 100], [0.1, 0.1, 0.1 * 0.96f64.powi(33)]);
    assert_rates(&ExponentialDecay::new(0.05, 10, 0.96), [5], [0.05 * 0.96f64.sqrt()]);
    let pieces = PiecewiseConstant::new([100, 110, 120], [1.0, 0.1, 0.01, 0.001]);
    assert_rates(&pieces, [100, 105, 110, 120, 999], [1.0, 0.1, 0.1, 0.01, 0.001]);
    assert_rates(&Polynomial::new(0.05, 10).end(0.001), [5, 10, 15], [0.0255, 0.001, 0.001]);
    assert_rates(&Polynomial::new(0.05, 10).end(0.001).cycle(), [15], [0.049 * 0.25 + 0.001]);
    assert_rates(&InverseTime::new(0.1, 10, 0.96), [0, 5, 10], [0.1, 0.1 / 1.48, 0.1 / 1.96]);
    assert_rates(&InverseTime::new(0.1, 10, 0.96).staircase(), [0, 9, 10], [0.1, 0.1, 0.1 / 1.96]);
    assert_rates(&Cosine::new(1.0, 1000), [0, 250, 500, 1250], [1.0, 0.853_553_4, 0.5, 0.0]);
    assert_rates(&Cosine::new(0.0, 10).warm_up(10.0, 1500), [0, 250, 1250], [0.0, 10.0 / 6.0, 50.0 / 6.0]);
    assert_rates(&CosineRestarts::new(1.0, 1000), [0, 250, 1000, 1250], [1.0, 0.853_553_4, 1.0, 0.961_939_8]);
    assert_rates(&StepDecay::new(1.0, 30, 0.1), [0, 29, 30, 60, 90], [1.0, 1.0, 0.1, 0.01, 0.001]); // torch, `StepLR`
    assert_rates(&WarmUp::new(5, 0.5).from(0.25), [0, 1, 4, 5, 9], [0.25, 0.3, 0.45, 0.5, 0.5]);
}

/// A logarithm to the base 3 would miss the restart at 121 = 1 + 3 + 9 + 27 + 81.
#[test]
fn restarts_happen_at_their_step() {
    let cosine = CosineRestarts::new(1.0, 1).t_mul(3.0);
    assert_rates(&cosine, [0, 1, 4, 13, 40, 121, 364, 1093], [1.0; 8]);
}

#[test]
fn plateaus_are_seen_as_by_keras() {
    let plateau = || ReduceOnPlateau::default().patience(2).factor(0.5);
    let rising = ReduceOnPlateau::watching(Monitor::rising("value"));
    let cases = [
        ("default", ReduceOnPlateau::default()),
        ("patient", plateau().patience(3).min_delta(0.0)),
        ("delta", plateau().min_delta(2.0 / 64.0)),
        ("cooldown", plateau().cooldown(3)),
        ("lowest", plateau().patience(1).factor(0.25).min_rate(0.0625)),
        ("max", rising.patience(2).factor(0.5).cooldown(1)),
    ];
    let table = rows(include_str!("reference/plateau.csv"));
    assert_eq!(table.len(), cases.len());
    for (name, mut plateau) in cases {
        plateau.check().unwrap();
        let mut rate = 1.0;
        for (epoch, &[value, expected]) in table[name].iter().enumerate() {
            rate = plateau.observe(value, rate).unwrap_or(rate);
            assert!((rate - expected).abs() < 1e-12, "{name}, epoch {epoch}: {rate} and not {expected}");
        }
        assert!(rate < 1.0, "{name}: the table shows a change");
    }
}

/// A first NaN must not pass for the best value.
#[test]
fn nan_is_no_improvement() {
    let mut plateau = ReduceOnPlateau::default().patience(2);
    assert_eq!([f64::NAN, 1.0, f64::NAN, 0.5].map(|value| plateau.observe(value, 1.0)), [None; 4]);
    assert_eq!([f64::NAN, f64::NAN].map(|value| plateau.observe(value, 1.0)), [None, Some(0.1)]);
    plateau.reset();
    assert_eq!([3.0, 3.0, 3.0].map(|value| plateau.observe(value, 1.0)), [None, None, Some(0.1)]);
}

#[test]
fn schedules_that_make_no_sense_are_refused() {
    let refused: [(&dyn Schedule, &str); 9] = [
        (&-0.1, "the learning rate is -0.1"),
        (&f64::NAN, "the learning rate is NaN"),
        (&ExponentialDecay::new(0.1, 0, 0.5), "decay_steps is 0"),
        (&StepDecay::new(0.1, 1, -0.5), "factor is -0.5"),
        (&InverseTime::new(f64::INFINITY, 1, 0.5), "rate is inf"),
        (&PiecewiseConstant::new([1], [0.1]), "1 boundaries and 1 rates"),
        (&PiecewiseConstant::new([2, 1], [0.1, 0.2, 0.3]), "must ascend"),
        (&CosineRestarts::new(0.1, 5).t_mul(0.5), "t_mul is 0.5"),
        (&WarmUp::new(5, Cosine::new(0.1, 0)), "decay_steps is 0"),
    ];
    for (schedule, problem) in refused {
        let said = schedule.check().unwrap_err();
        assert!(said.contains(problem), "{said}");
    }
    assert!(ReduceOnPlateau::default().factor(1.0).check().unwrap_err().contains("factor is 1"));
}
