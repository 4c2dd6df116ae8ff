//! Trainings that are written down and go on: in the same bits, from every file.

use chainrule_nn::prelude::*;
use chainrule_nn::{Error, State};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of a test's own, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("chainrule-{name}-{}", std::process::id()));
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
