//! Trainings that are killed at random moments, and go on: twenty of them end in the same bits as one that was not.

use chainrule_nn::prelude::*;
use chainrule_nn::{Seeds, load_tensors};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The environment variable that tells a process where to train.
const FOLDER: &str = "CHAINRULE_TEST_FOLDER";

/// A training of some length that writes down where it stands after each two batches; its last weights go into `end`.
fn train(folder: &Path) {
    let x = Tensor::<f32>::uniform([512, 8], -1.0, 1.0, 5);
    let labels: Vec<usize> = x.as_slice().chunks(8).map(|row| usize::from(row[0] * row[1] > row[2] * 0.3)).collect();
    let mut model = Sequential::new()
        .add(Dense::new(64).activation(Relu).input(8))
        .add(Dropout::new(0.3))
        .add(Dense::new(64).activation(Tanh))
        .add(Dense::new(2).activation(Softmax))
        .seed(3)
        .compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy])
        .unwrap();
    let runs = folder.join("run");
    let checkpoint = Checkpoint::in_folder(&runs).every_batches(2).keep(3).best("val_loss");
    let fit = Fit::epochs(6)
        .validation_split(0.25)
        .callback(ReduceOnPlateau::default().patience(1))
        .callback(EarlyStopping::new().patience(5).restore_best_weights())
        .checkpoint(checkpoint)
        .resume_from(&runs)
        .silent();
    model.fit(&x, Tensor::from(labels), fit).unwrap();
    model.save(folder.join("end.safetensors")).unwrap();
}

/// Every file of a folder loads, but for those that were not renamed yet.
fn all_files_load(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.unwrap().path());
    let whole = paths.filter(|path| path.extension().is_some_and(|ending| ending == "safetensors"));
    whole
        .inspect(|path| {
            load_tensors::<f32>(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            Sequential::<f32>::load(path).unwrap();
        })
        .count()
}

/// A training in processes that are killed until one comes to its end; how often that was.
fn killed_until_it_ends(folder: &Path, longest: Duration, seeds: &mut Seeds) -> usize {
    let mut killed = 0;
    loop {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "twenty_killed_trainings_end_in_the_same_bits"])
            .env(FOLDER, folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let share = (seeds.next() >> 11) as f64 / (1_u64 << 53) as f64;
        thread::sleep(longest.mul_f64(share));
        // SIGKILL on Unix: the process cannot do anything about it
        let _ = child.kill();
        let status = child.wait().unwrap();
        all_files_load(&folder.join("run"));
        if status.success() {
            return killed;
        }
        assert_eq!(status.code(), None, "it was killed, and did not fail");
        killed += 1;
        assert!(killed < 200, "it does not come forward");
    }
}

#[test]
fn twenty_killed_trainings_end_in_the_same_bits() {
    // this process is one of those that are killed
    if let Some(folder) = env::var_os(FOLDER) {
        return train(Path::new(&folder));
    }
    let root: PathBuf = env::temp_dir().join(format!("chainrule-killed-{}", std::process::id()));
    let end = |name: &str| fs::read(root.join(name).join("end.safetensors")).unwrap();
    let whole = root.join("whole");
    fs::create_dir_all(&whole).unwrap();
    let begun = Instant::now();
    train(&whole);
    let longest = begun.elapsed();
    let mut seeds = Seeds::new(1);
    let mut killed = 0;
    for run in 0..20 {
        let name = format!("run-{run}");
        let folder = root.join(&name);
        fs::create_dir_all(&folder).unwrap();
        killed += killed_until_it_ends(&folder, longest, &mut seeds);
        assert!(end(&name) == end("whole"), "run {run} ends in other bits");
    }
    fs::remove_dir_all(&root).unwrap();
    println!("killed {killed} times");
    assert!(killed >= 20, "only {killed} kills came in time: the training is too short");
}
