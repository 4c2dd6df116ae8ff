//! Callbacks: what they are told, and what they may do.

use chainrule_nn::Result;
use chainrule_nn::prelude::*;

/// A network whose loss is w², with w going down by a fixed share in each step: losses fall by a known factor.
fn shrinking() -> (Model<f64>, Tensor<f64>, Tensor<f64>) {
    let model = Sequential::<f64>::default()
        .add(Dense::new(1).without_bias().init(Init::Ones).input(1))
        .compile(MeanSquaredError, Sgd::new(0.25), ())
        .unwrap();
    (model, Tensor::ones([1, 1]), Tensor::zeros([1, 1]))
}

/// Feeds values to an early stopping by hand; the epoch after which it stops.
fn stops(mut stopping: EarlyStopping, values: &[f64]) -> Option<usize> {
    let mut network = Sequential::new().add(Dense::new(1).input(1));
    network.build().unwrap();
    (0..)
        .zip(values)
        .find(|(epoch, value)| stopping.observe(*epoch, **value, &mut network) == Flow::Stop)
        .map(|(epoch, _)| epoch)
}

/// The rules of Keras 3's `EarlyStopping`, by hand: it stops when `patience` epochs in a row brought no improvement, but never
/// after the first.
#[test]
fn early_stopping_waits_for_its_patience() {
    let values = [5.0, 4.0, 4.5, 4.4, 3.0, 3.1, 3.2, 3.3];
    assert_eq!(stops(EarlyStopping::new(), &values), Some(2));
    assert_eq!(stops(EarlyStopping::new().patience(1), &values), Some(2));
    assert_eq!(stops(EarlyStopping::new().patience(2), &values), Some(3));
    assert_eq!(stops(EarlyStopping::new().patience(3), &values), Some(7));
    assert_eq!(stops(EarlyStopping::new().patience(4), &values), None);
    assert_eq!(
        stops(EarlyStopping::new().patience(3).min_delta(1.5), &values),
        Some(3),
        "4 and 4.4 are not better by 1.5"
    );
    assert_eq!(stops(EarlyStopping::new().start_from_epoch(5), &values), Some(6));
    assert_eq!(stops(EarlyStopping::watching("val_accuracy"), &[0.1, 0.2, 0.3, 0.25]), Some(3), "accuracy should rise");
    assert_eq!(stops(EarlyStopping::watching(Monitor::falling("val_accuracy")), &[0.1, 0.2]), Some(1));
    assert_eq!(stops(EarlyStopping::new().patience(1).baseline(2.0), &values), Some(2), "the baseline is never beaten");
    assert_eq!(stops(EarlyStopping::new().patience(2), &[1.0, f64::NAN, f64::NAN]), Some(2), "NaN is no improvement");
}

#[test]
fn early_stopping_restores_the_best_weights() -> Result<()> {
    // a rate that grows: the loss falls, and then explodes
    let (mut model, x, y) = shrinking();
    let mut stopping = EarlyStopping::watching("val_loss").patience(2).restore_best_weights();
    let growing = LearningRateSchedule::new(|epoch, _| 0.2 * (epoch as f64 + 1.0));
    let fit = Fit::epochs(50).validation_data(&x, &y).callback(growing).callback(&mut stopping).silent();
    let history = model.fit(&x, &y, fit)?;
    let losses = &history["val_loss"];
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(history.len() - 1, stopping.stopped_epoch().unwrap());
    assert_eq!(losses[stopping.best_epoch().unwrap()], best);
    assert!((model.evaluate(&x, &y)?.loss - best).abs() < 1e-12 && *losses.last().unwrap() > best);
    Ok(())
}

#[test]
fn a_schedule_sets_the_rate_of_each_epoch() -> Result<()> {
    let (mut model, x, y) = shrinking();
    let mut seen = Vec::new();
    let halve = LearningRateSchedule::new(|epoch, rate| if epoch == 0 { rate } else { rate / 2.0 });
    let history = model.fit(&x, &y, Fit::epochs(3).callback(halve).callback(Watch(&mut seen)).silent())?;
    assert_eq!(seen, [0.25, 0.125, 0.0625]);
    // w is multiplied by 1 - 2 rate: 1/2, then 3/4; the loss is w² before each step
    assert_eq!(history["loss"], [1.0, 0.25, 0.140_625]);
    Ok(())
}

/// Notes the learning rate of each epoch.
struct Watch<'a>(&'a mut Vec<f64>);

impl Callback<f64> for Watch<'_> {
    fn on_epoch_end(&mut self, _: &Epoch<'_>, control: &mut Control<'_, f64>) -> Result<Flow> {
        self.0.push(control.optimizer.rate());
        Ok(Flow::Continue)
    }
}

#[test]
fn a_plateau_lowers_the_rate() -> Result<()> {
    // a rate of 0 leaves the loss where it is: from the third epoch on, patience 2 is used up
    let (mut model, x, y) = shrinking();
    model.optimizer().set_rate(1.0); // w goes from 1 to -1 and back: the loss stays 1
    let mut seen = Vec::new();
    let plateau = ReduceOnPlateau::watching("loss").factor(0.5).patience(2);
    model.fit(&x, &y, Fit::epochs(4).callback(plateau).callback(Watch(&mut seen)).silent())?;
    assert_eq!(seen, [1.0, 1.0, 0.5, 0.5]);
    Ok(())
}

#[test]
fn a_closure_may_stop_the_training() -> Result<()> {
    let (mut model, x, y) = shrinking();
    let mut told = Vec::new();
    let stop = Lambda::new(|epoch: &Epoch<'_>| {
        told.push(epoch.number);
        if epoch.get("loss").unwrap() < 0.1 { Flow::Stop } else { Flow::Continue }
    });
    let history = model.fit(&x, &y, Fit::epochs(50).callback(stop).silent())?;
    // losses 1, 1/4, 1/16
    assert_eq!((history.len(), told), (3, vec![0, 1, 2]));
    Ok(())
}

#[test]
fn a_log_holds_a_line_for_each_epoch() -> Result<()> {
    let path = std::env::temp_dir().join(format!("chainrule-callbacks-log-{}.csv", std::process::id()));
    let (mut model, x, y) = shrinking();
    model.fit(&x, &y, Fit::epochs(2).callback(CsvLog::new(&path)).silent())?;
    model.fit(&x, &y, Fit::epochs(3).first_epoch(2).callback(CsvLog::new(&path).append()).silent())?;
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "epoch,loss\n0,1\n1,0.25\n2,0.0625\n");
    std::fs::remove_file(&path).unwrap();
    let nowhere = CsvLog::new("no/such/folder/log.csv");
    let error = model.fit(&x, &y, Fit::epochs(1).callback(nowhere).silent()).unwrap_err();
    assert!(error.to_string().starts_with("no/such/folder/log.csv: "), "{error}");
    Ok(())
}

#[test]
fn rates_have_one_master() {
    let (_, x, y) = shrinking();
    let scheduled = || {
        Sequential::<f64>::default()
            .add(Dense::new(1).without_bias().init(Init::Ones).input(1))
            .compile(MeanSquaredError, Sgd::new(ExponentialDecay::new(0.1, 10, 0.5)), ())
            .unwrap()
    };
    let by_epoch = LearningRateSchedule::new(|_, rate| rate);
    let error = scheduled().fit(&x, &y, Fit::epochs(1).callback(by_epoch).silent()).unwrap_err();
    assert!(error.to_string().contains("LearningRateSchedule") && error.to_string().contains("schedule of its own"));
    let plateau = ReduceOnPlateau::watching("loss");
    assert!(scheduled().fit(&x, &y, Fit::epochs(1).callback(plateau).silent()).is_err());
    let (mut model, x, y) = shrinking();
    let negative = LearningRateSchedule::new(|_, _| -1.0);
    assert!(model.fit(&x, &y, Fit::epochs(1).callback(negative).silent()).is_err());
    assert!(
        model.group("dense", Group::rate(-1.0)).is_err()
            && model.group("dense", Group::rate(1.0).decay(f64::NAN)).is_err()
    );
}

/// What `compile` and `fit` take may be a box of what was chosen at run time, and does the same there.
#[test]
fn the_parts_of_a_training_may_be_chosen_at_run_time() -> Result<()> {
    let (x, y) = (Tensor::from([[0.0], [1.0], [2.0]]), Tensor::from([[1.0], [3.0], [5.0]]));
    let network = || Sequential::<f64>::default().add(Dense::new(1).input(1));
    let stopping = || EarlyStopping::watching("loss").min_delta(1e-3).patience(2);
    let loss: Box<dyn Loss<f64>> = Box::new(MeanSquaredError);
    let optimizer: Box<dyn Optimize<f64>> = Box::new(Sgd::new(0.1));
    let metrics: Vec<Box<dyn Metric<f64>>> = vec![Box::new(MeanAbsoluteError), Box::new(Weighted(R2))];
    let callback: Box<dyn Callback<f64>> = Box::new(stopping());
    let weights = Tensor::from([1.0, 2.0, 3.0]);
    let fit = || Fit::epochs(200).sample_weights(&weights).silent();

    let mut chosen = network().compile(loss, optimizer, metrics)?;
    let by_choice = chosen.fit(&x, &y, fit().callback(callback))?;
    let mut known = network().compile(MeanSquaredError, Sgd::new(0.1), (MeanAbsoluteError, Weighted(R2)))?;
    assert_eq!(by_choice, known.fit(&x, &y, fit().callback(stopping()))?);
    assert!(by_choice.len() < 200, "the callback has ended it");
    Ok(())
}
