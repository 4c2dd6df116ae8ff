//! Trainings that are written down and go on: in the same bits, from every file.

use chainrule_nn::prelude::*;
use chainrule_nn::{Error, State};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of a test's own, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("chainrule-checkpoints-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn data() -> (Tensor<f32>, Tensor<usize>) {
    let x = Tensor::<f32>::uniform([70, 3], -1.0, 1.0, 5);
    let labels: Vec<usize> = x.as_slice().chunks(3).map(|row| usize::from(row[0] * row[1] > row[2] * 0.3)).collect();
    (x, labels.into())
}

fn network() -> Sequential {
    Sequential::new()
        .add(Dense::new(12).activation(Tanh).input(3))
        .add(Dropout::new(0.25))
        .add(GaussianNoise::new(0.1))
        .add(Dense::new(2).activation(Softmax))
        .seed(9)
}

fn metrics() -> (Weighted<Accuracy>, F1, ConfusionMatrix) {
    (Weighted(Accuracy), F1.macro_averaged(), ConfusionMatrix)
}

/// All that a training ends with.
#[derive(PartialEq, Debug)]
struct End {
    weights: Vec<(String, Tensor<f32>)>,
    history: String,
    rate: f64,
    log: String,
}

/// One and the same training, with whatever is given beside it.
fn train<'c>(model: &mut Model, log: &Path, with: impl FnOnce(Fit<'c>) -> Fit<'c>) -> chainrule_nn::Result<End> {
    let (x, y) = data();
    let fit = Fit::epochs(6)
        .batch_size(8)
        .validation_split(0.2)
        .callback(ReduceOnPlateau::default().factor(0.5).patience(1).min_delta(0.05))
        .callback(EarlyStopping::watching("val_loss").patience(4).min_delta(0.01).restore_best_weights())
        .callback(CsvLog::new(log))
        .silent();
    let history = model.fit(&x, &y, with(fit))?;
    let (weights, rate) = (model.weights(), model.optimizer().rate());
    let columns: Vec<_> = history.columns().map(|(name, values)| format!("{name} {values:?}")).collect();
    Ok(End { weights, history: columns.join("\n"), rate, log: fs::read_to_string(log).unwrap() })
}

fn each_optimizer(check: impl Fn(&str, &dyn Fn() -> Model)) {
    fn compiled(optimizer: impl Optimize + 'static) -> Model {
        network().compile(SparseCategoricalCrossEntropy, optimizer, metrics()).unwrap()
    }
    check("adam", &|| compiled(Adam::new(0.02).clip_norm(1.0)));
    check("nadam", &|| compiled(Nadam::new(0.02)));
    check("rmsprop", &|| compiled(RmsProp::new(0.01).momentum(0.5)));
    check("sgd", &|| compiled(Sgd::new(0.05).momentum(0.9).nesterov()));
    check("accumulated", &|| compiled(AdamW::new(0.02).accumulate(3).global_clip_norm(0.5)));
}

#[test]
fn every_checkpoint_leads_to_the_same_end() {
    each_optimizer(|name, compiled| {
        let folder = Folder::new(&format!("resume-{name}"));
        let log = folder.0.join("log.csv");
        let runs = folder.0.join("run");
        let plain = train(&mut compiled(), &log, |fit| fit).unwrap();
        let checkpoint = Checkpoint::in_folder(&runs).every_batches(2).keep_all().best("val_weighted_accuracy");
        let whole = train(&mut compiled(), &log, |fit| fit.checkpoint(checkpoint)).unwrap();
        assert_eq!(whole, plain, "{name}: writing changes nothing");
        let mut files: Vec<_> = fs::read_dir(&runs).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(files.len() > 12, "{name}: {files:?}");
        for file in files {
            // a model of another seed, trained already: all of it comes from the file
            let mut model = compiled();
            train(&mut model, &folder.0.join("other.csv"), |fit| fit).unwrap();
            let resumed = train(&mut model, &log, |fit| fit.resume_from(&file)).unwrap();
            assert_eq!(resumed, plain, "{name}: from {}", file.display());
        }
    });
}

#[test]
fn a_learning_rate_by_epochs_is_not_applied_twice() {
    let folder = Folder::new("rates");
    let (x, y) = data();
    let train = |fit: Fit<'static>| {
        let mut model = network().compile(SparseCategoricalCrossEntropy, Adam::new(0.05), ()).unwrap();
        let falling = LearningRateSchedule::new(|_, rate| rate * 0.5);
        model.fit(&x, &y, fit.callback(falling).silent()).unwrap();
        (model.optimizer().rate(), model.weights())
    };
    let whole = train(Fit::epochs(3).checkpoint(Checkpoint::in_folder(&folder.0).every_batches(1).keep_all()));
    for file in folder.files() {
        assert_eq!(train(Fit::epochs(3).resume_from(folder.0.join(&file))), whole, "{file}");
    }
}

#[test]
fn only_what_was_asked_for_is_kept() {
    let folder = Folder::new("keep");
    let (x, y) = data();
    let train = |name: &str, checkpoint: fn(Checkpoint) -> Checkpoint| {
        let runs = folder.0.join(name);
        let mut model = network().compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy]).unwrap();
        let fit = Fit::epochs(4).batch_size(20).checkpoint(checkpoint(Checkpoint::in_folder(&runs))).silent();
        model.fit(&x, &y, fit).unwrap();
        let mut names: Vec<_> =
            fs::read_dir(&runs).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(train("last", |it| it), ["epoch-00004.safetensors"]);
    assert_eq!(train("two", |it| it.keep(2)), ["epoch-00003.safetensors", "epoch-00004.safetensors"]);
    assert_eq!(train("best", |it| it.best_only("loss")), ["best.safetensors"]);
    assert_eq!(train("both", |it| it.best("loss")), ["best.safetensors", "epoch-00004.safetensors"]);
    let some = ["epoch-00003-batch-000003.safetensors", "epoch-00004.safetensors"];
    assert_eq!(train("batches", |it| it.every_batches(3).keep(2)), some);
}

#[test]
fn the_best_file_holds_the_best_epoch() {
    let folder = Folder::new("best");
    let (x, y) = data();
    let compiled = || network().compile(SparseCategoricalCrossEntropy, Adam::new(0.3), [Accuracy]).unwrap();
    let fit = Fit::epochs(8).validation_split(0.3).silent();
    let history =
        compiled().fit(&x, &y, fit.checkpoint(Checkpoint::in_folder(&folder.0).best_only("val_loss"))).unwrap();
    let best = history["val_loss"].iter().copied().fold(f64::INFINITY, f64::min);
    let mut model = compiled();
    model.load(folder.0.join("best.safetensors")).unwrap();
    let held = |share: usize| (x.rows(share..70), y.rows(share..70));
    let (x, y) = held(49);
    assert_eq!(model.evaluate(&x, &y).unwrap().loss, best);
    assert_eq!(model.history()["val_loss"].last(), Some(&best));
    // the network alone, with its layers, comes out of the same file
    let network = Sequential::<f32>::load(folder.0.join("best.safetensors")).unwrap();
    assert_eq!(network.predict(&x).unwrap(), model.predict(&x).unwrap());
}

#[test]
fn everything_that_training_depends_on_goes_on() {
    let folder = Folder::new("all");
    let (x, y) = data();
    let train = |fit: Fit<'_>| {
        let mut model = Sequential::new()
            .input([3, 1])
            .add(Lstm::new(5).sequences())
            .add(BatchNorm::new())
            .add_named("base", Dense::new(6).activation(Tanh).regularizer(L2(0.01)))
            .add(LayerNorm::new())
            .add(Flatten)
            .add(Dropout::new(0.3))
            .add(Dense::new(2).activation(Softmax))
            .seed(9)
            .compile(SparseCategoricalCrossEntropy, AdamW::new(Cosine::new(0.05, 40)).accumulate(2), [Accuracy])
            .unwrap();
        model.freeze("base").unwrap();
        model.group("dense", Group::rate(0.5).decay(0.0)).unwrap();
        let (x, weights) = (x.reshape([70, 3, 1]), Tensor::<f32>::uniform([50], 0.5, 1.5, 3));
        let fit = fit.batch_size(9).validation_data(&x.rows(50..70), y.rows(50..70)).callback(Thaw);
        let fit = fit.class_weights([(1, 2.0)]).sample_weights(&weights).shuffle(false).silent();
        let history = model.fit(&x.rows(0..50), y.rows(0..50), fit).unwrap();
        (model.weights(), history)
    };
    let whole = train(Fit::epochs(4).checkpoint(Checkpoint::in_folder(&folder.0).every_batches(2).keep_all()));
    assert_eq!(folder.files().len(), 4 * 3);
    for file in folder.files() {
        let resumed = train(Fit::epochs(4).resume_from(folder.0.join(&file)));
        assert!(resumed == whole, "{file}");
    }
}

/// Thaws a layer after two epochs.
struct Thaw;
impl Callback for Thaw {
    fn on_epoch_begin(&mut self, epoch: usize, control: &mut Control<'_>) -> chainrule_nn::Result<()> {
        if epoch == 2 { control.network.unfreeze("base") } else { Ok(()) }
    }
}

#[test]
fn a_stop_counts_only_as_long_as_its_callback_says_so() {
    let folder = Folder::new("stop");
    let (x, y) = data();
    let train = |patience: usize, limit: bool| {
        let mut model = network().compile(SparseCategoricalCrossEntropy, Adam::new(0.05), ()).unwrap();
        let stops = Lambda::new(
            move |epoch: &Epoch<'_>| if limit && epoch.number % 2 == 1 { Flow::Stop } else { Flow::Continue },
        );
        let worse = EarlyStopping::watching(Monitor::rising("loss")).patience(patience);
        let fit = Fit::epochs(8).callback(worse).callback(stops).silent();
        let fit = fit.checkpoint(Checkpoint::in_folder(&folder.0)).resume_from(&folder.0);
        model.fit(&x, &y, fit).unwrap().len()
    };
    // a limit of time ends one run, and not the training
    assert_eq!(train(5, true), 2);
    assert_eq!(train(5, true), 4);
    // the loss falls, which is called worse: stopped after 5 epochs in a row
    assert_eq!(train(5, false), 6);
    assert_eq!(train(5, false), 6, "nothing is left to train");
    assert_eq!(train(7, false), 8, "it was told to be more patient");
}

#[test]
fn a_long_history_is_read_again() {
    let folder = Folder::new("long");
    let (x, y) = (Tensor::<f32>::uniform([2, 1], -1.0, 1.0, 1), Tensor::<f32>::uniform([2, 1], -1.0, 1.0, 2));
    let mut model =
        Sequential::new().add(Dense::new(1).input(1)).compile(MeanSquaredError, Sgd::new(0.01), ()).unwrap();
    model.fit(&x, &y, Fit::epochs(100_000).silent()).unwrap();
    let path = folder.0.join("long.safetensors");
    model.save(&path).unwrap();
    let before = model.history().clone();
    model.load(&path).unwrap();
    assert_eq!(*model.history(), before);
}

fn problem(outcome: chainrule_nn::Result<impl std::fmt::Debug>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn checkpoints_of_another_training_are_neither_used_nor_deleted() {
    let folder = Folder::new("foreign");
    let (x, y) = data();
    let compiled = || network().compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy]).unwrap();
    let fit = || Fit::epochs(3).checkpoint(Checkpoint::in_folder(&folder.0).keep(2)).silent();
    compiled().fit(&x, &y, fit()).unwrap();
    let told = problem(compiled().fit(&x, &y, fit()));
    assert!(told.contains("epoch-00003.safetensors is of another training") && told.contains("resume_from"), "{told}");
    let earlier = folder.0.join("epoch-00002.safetensors");
    let told = problem(compiled().fit(&x, &y, fit().resume_from(earlier)));
    assert!(told.contains("of later in this one"), "{told}");
    assert_eq!(folder.files(), ["epoch-00002.safetensors", "epoch-00003.safetensors"]);
    // from elsewhere, into a folder that holds files of this one
    let elsewhere = Folder::new("elsewhere");
    let copy = elsewhere.0.join("epoch-00003.safetensors");
    fs::copy(folder.0.join("epoch-00003.safetensors"), &copy).unwrap();
    assert!(problem(compiled().fit(&x, &y, fit().resume_from(&copy))).contains("is of another training"));
    let missing = folder.0.join("epoch-00009.safetensors");
    assert!(problem(compiled().fit(&x, &y, fit().resume_from(missing))).contains("there is no"));
    assert!(problem(compiled().fit(&x, &y, fit().first_epoch(1).resume_from(&folder.0))).contains("leave one out"));
    // to the end, and beyond it
    compiled().fit(&x, &y, fit().resume_from(&folder.0)).unwrap();
    let further = Fit::epochs(5).checkpoint(Checkpoint::in_folder(&folder.0).keep(2)).resume_from(&folder.0).silent();
    assert_eq!(compiled().fit(&x, &y, further).unwrap().len(), 5);
    assert_eq!(folder.files(), ["epoch-00004.safetensors", "epoch-00005.safetensors"]);
}

#[test]
fn what_does_not_fit_a_checkpoint_is_told_and_changes_nothing() {
    let folder = Folder::new("unfit");
    let (x, y) = data();
    let compiled = || network().compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy]).unwrap();
    let all = Checkpoint::in_folder(&folder.0).every_batches(2).keep_all();
    compiled().fit(&x, &y, Fit::epochs(1).checkpoint(all).callback(EarlyStopping::watching("loss")).silent()).unwrap();
    let amid = folder.0.join("epoch-00000-batch-000002.safetensors");
    let refused = |mut model: Model, fit: Fit<'_>| {
        let before = model.weights();
        let told = problem(model.fit(&x, &y, fit.silent()));
        assert_eq!(model.weights(), before, "{told}");
        told
    };
    let watching = || EarlyStopping::watching("loss");
    let resumed = || Fit::epochs(1).resume_from(&amid).callback(watching());
    let told = refused(compiled(), resumed().batch_size(16));
    assert!(told.contains("batches of 32") && told.contains("batches of 16"), "{told}");
    assert!(refused(compiled(), Fit::epochs(1).resume_from(&amid)).contains("[\"EarlyStopping\"]"));
    let sgd = network().compile(SparseCategoricalCrossEntropy, Sgd::new(0.01), [Accuracy]).unwrap();
    assert!(refused(sgd, resumed()).contains("it is the state of Adam, and not of Sgd"));
    let without = network().compile(SparseCategoricalCrossEntropy, Adam::new(0.01), ()).unwrap();
    assert!(refused(without, resumed()).contains("1 metrics"));
    let wider = Sequential::new().add(Dense::new(13).input(3)).add_named("dense_1", Dense::new(2).activation(Softmax));
    let wider = wider.compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy]).unwrap();
    assert!(refused(wider, resumed()).contains("`dense.weights` has shape [3, 12] there, but [3, 13]"));
    let validated = || resumed().validation_split(0.2);
    assert!(refused(compiled(), validated().batch_size(8)).contains("batches of"), "amid an epoch");
    let end = folder.0.join("epoch-00001.safetensors");
    let at_end = || Fit::epochs(2).resume_from(&end).callback(watching());
    let told = refused(compiled(), at_end().validation_split(0.2));
    assert!(
        told.contains("its history has loss, accuracy, and that of this training would have loss, accuracy, val_loss"),
        "{told}"
    );
    let other = Sequential::new().add(Dense::new(12).activation(Relu).input(3)).add(Dense::new(2).activation(Softmax));
    let other = other.compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy]).unwrap();
    assert!(refused(other, at_end()).contains("of other layers"));
    let told = refused(compiled(), Fit::epochs(2).resume_from(&end).callback(EarlyStopping::watching("accuracy")));
    assert!(told.contains("it has watched (falling, loss), and now it watches (rising, accuracy)"), "{told}");
    let told = refused(compiled(), Fit::epochs(2).resume_from(&end).callback(watching().restore_best_weights()));
    assert!(told.contains("gives the best weights back"), "{told}");
    // a callback that cannot go on: the model is as it was
    let told = refused(compiled(), Fit::epochs(1).resume_from(&amid).callback(Stubborn));
    assert!(told.contains("I will not"), "{told}");
    let saved = folder.0.join("saved.safetensors");
    compiled().save(&saved).unwrap();
    assert!(refused(compiled(), Fit::epochs(1).resume_from(&saved)).contains("was written by `save`"));
    let weights = folder.0.join("weights.safetensors");
    compiled().network.save(&weights).unwrap();
    assert!(problem(compiled().load(&weights)).contains("holds a network, but no training"));
}

/// A callback that calls itself like another one, and refuses to go on.
struct Stubborn;
impl Callback for Stubborn {
    fn kind(&self) -> &'static str {
        "EarlyStopping"
    }
    fn on_train_resume(&mut self, _: &State, _: &mut Control<'_>) -> chainrule_nn::Result<()> {
        Err(Error::Option { call: "fit", problem: "I will not".into() })
    }
}

#[test]
fn metrics_that_keep_every_row_are_not_written_amid_an_epoch() {
    let folder = Folder::new("metric");
    let (x, y) = data();
    let y = Tensor::new([70, 1], y.iter().map(|&y| y as f32).collect());
    let network = Sequential::new().add(Dense::new(1).activation(Sigmoid).input(3));
    let mut model = network.compile(BinaryCrossEntropy, Sgd::new(0.1), [RocAuc]).unwrap();
    let fit = || Fit::epochs(1).silent();
    let told = problem(model.fit(&x, &y, fit().checkpoint(Checkpoint::in_folder(&folder.0).every_batches(1))));
    assert!(told.contains("the metric `roc_auc` keeps too much"), "{told}");
    assert!(
        problem(model.fit(&x, &y, fit().checkpoint(Checkpoint::in_folder(&folder.0).keep(0)))).contains("at least 1")
    );
    assert!(
        problem(model.fit(&x, &y, fit().checkpoint(Checkpoint::in_folder(&folder.0).best("val_loss"))))
            .contains("val_loss")
    );
    model.fit(&x, &y, fit().checkpoint(Checkpoint::in_folder(&folder.0))).unwrap();
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let folder = Folder::new("blocked");
    fs::write(folder.0.join("file"), "").unwrap();
    let (x, y) = data();
    let mut model = network().compile(SparseCategoricalCrossEntropy, Adam::new(0.01), ()).unwrap();
    let checkpoint = Checkpoint::in_folder(folder.0.join("file/within"));
    assert!(matches!(model.fit(&x, &y, Fit::epochs(1).checkpoint(checkpoint).silent()), Err(Error::Io { .. })));
}

/// A checkpoint of a small training, amid its second epoch.
fn amid() -> Vec<u8> {
    let folder = Folder::new("amid");
    let (x, y) = data();
    let checkpoint = Checkpoint::in_folder(&folder.0).every_batches(3).keep_all().best("loss");
    let fit =
        Fit::epochs(2).batch_size(16).callback(EarlyStopping::watching("loss").patience(2).restore_best_weights());
    let fit = fit.callback(ReduceOnPlateau::watching("loss")).checkpoint(checkpoint).silent();
    network().compile(SparseCategoricalCrossEntropy, Nadam::new(0.01), metrics()).unwrap().fit(&x, &y, fit).unwrap();
    fs::read(folder.0.join("epoch-00001-batch-000003.safetensors")).unwrap()
}

/// Goes on from these bytes; whether that could be done.
fn goes_on(bytes: &[u8], path: &Path) -> bool {
    fs::write(path, bytes).unwrap();
    let (x, y) = data();
    let mut model = network().compile(SparseCategoricalCrossEntropy, Nadam::new(0.01), metrics()).unwrap();
    let before = model.weights();
    let callbacks = Fit::epochs(3).callback(EarlyStopping::watching("loss").patience(2).restore_best_weights());
    let fit = callbacks.callback(ReduceOnPlateau::watching("loss")).batch_size(16).silent().resume_from(path);
    match model.fit(&x, &y, fit) {
        Ok(history) => {
            assert!(!history.to_string().is_empty());
            true
        }
        Err(error @ (Error::File { .. } | Error::Option { .. } | Error::Io { .. })) => {
            assert!(model.weights() == before, "a file that is refused changes nothing: {error}");
            false
        }
        // what it made of the weights is not finite, or the rate is not
        Err(Error::NotFinite { .. } | Error::Diverged { .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn changed_checkpoints_are_refused_or_gone_on_from() {
    let folder = Folder::new("changed");
    let path = folder.0.join("changed.safetensors");
    let whole = amid();
    assert!(goes_on(&whole, &path));
    let header = 8 + usize::try_from(u64::from_le_bytes(whole[..8].try_into().unwrap())).unwrap();
    // every number of the notes in turn
    let text = String::from_utf8(whole[8..header].to_vec()).unwrap();
    let digits: Vec<usize> = (1..text.len()).filter(|&at| text.as_bytes()[at].is_ascii_digit()).collect();
    let mut seeds = Seeds::new(1);
    let mut accepted = 0;
    for _ in 0..300 {
        let at = digits[usize::try_from(seeds.next() % digits.len() as u64).unwrap()];
        let new =
            ["9", "0", "-1", "18446744073709551615", "1e300", "null", "[]", "\\\"NaN\\\""][(seeds.next() % 8) as usize];
        let changed = format!("{}{new}{}", &text[..at], &text[at + 1..]);
        let bytes = [&(changed.len() as u64).to_le_bytes(), changed.as_bytes(), &whole[header..]].concat();
        accepted += usize::from(goes_on(&bytes, &path));
    }
    // any byte of the tensors
    for _ in 0..100 {
        let mut bytes = whole.clone();
        let at = header + usize::try_from(seeds.next() % (whole.len() - header) as u64).unwrap();
        bytes[at] = seeds.next().to_le_bytes()[0];
        accepted += usize::from(goes_on(&bytes, &path));
    }
    assert!((100..400).contains(&accepted), "{accepted} of 400 were gone on from");
}
