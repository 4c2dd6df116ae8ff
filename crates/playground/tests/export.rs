//! What goes out: a program and its weights. `.ci/playground.sh` compiles and runs programs; here is what can be told without.

use chainrule_nn::prelude::*;
use chainrule_playground::playground::Playground;
use chainrule_playground::settings::Settings;

fn playground(address: &str) -> Playground {
    let (settings, problems) = Settings::from_address(address);
    assert!(problems.is_empty(), "{problems:?}");
    Playground::new(settings)
}

#[test]
fn chainrule_nn_reads_the_weights() {
    let mut page = playground("dataset=arms&networkShape=5,3&sinX=true&seed=1");
    page.train(5).unwrap();
    let folder = std::env::temp_dir().join(format!("chainrule-playground-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("weights.safetensors");
    std::fs::write(&file, page.weights()).unwrap();
    let dense = |units| Dense::new(units).activation(Tanh);
    let mut network = Sequential::<f64>::default().input(3).add(dense(5)).add(dense(3)).add(Dense::new(3));
    let loaded = network.load_weights(&file);
    std::fs::remove_dir_all(&folder).unwrap();
    loaded.unwrap();
    let example = page.example(2).unwrap();
    let outputs = network.predict(&Tensor::new([1, 3], example.features.to_vec())).unwrap();
    for (page, twin) in page.training().outputs(&example.features).iter().zip(outputs.iter()) {
        assert!((page - twin).abs() < 1e-14);
    }
}

#[test]
fn the_program_says_all_that_was_chosen() {
    let mut page = playground(
        "dataset=circle&networkShape=4,2&activations=relu,sigmoid&optimizer=adam&schedule=cosine&learningRate=0.01\
         &regularization=L2&regularizationRate=0.03&dropout=0.2&batchSize=7&xSquared=true&x=false&seed=9",
    );
    let first = page.training().parameters()[0];
    page.train(3).unwrap();
    let program = page.program();
    for part in [
        "const EPOCHS: usize = 3;",
        ".input(2)",
        "Dense::new(4).activation(Relu).regularizer(L2(0.015))",
        "Dense::new(2).activation(Sigmoid)",
        "Dense::new(1).activation(Tanh)",
        ".add(Dropout::new(0.2))",
        "Adam::new(Cosine::new(0.01, 18000))", // 250 points in batches of 7 are 36 steps, 500 epochs
        ".batch_size(7)",
        "[x2, x1 * x1]",
        "HalfSquaredError",
        "//! Dropout draws other numbers here than on the page.",
        &format!("{first:?}"),
    ] {
        assert!(program.contains(part), "{part} in\n{}", &program[..program.find("const TRAINING").unwrap()]);
    }
    page.set_parameter(0, 1.0).unwrap();
    assert!(page.program().contains("changed by hand"));
}
