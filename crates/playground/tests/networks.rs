//! The network on the scalar tape, beside the same network of chainrule-nn on tensors: two engines, one set of rules.

use chainrule_nn::prelude::*;
use chainrule_playground::data::Target;
use chainrule_playground::playground::Playground;
use chainrule_playground::preset::PRESETS;
use chainrule_playground::settings::Settings;
use chainrule_playground::training::Example;

fn playground(address: &str) -> Playground {
    let (settings, problems) = Settings::from_address(address);
    assert!(problems.is_empty(), "{problems:?}");
    Playground::new(settings)
}

/// Inputs and examples of the points that are trained on.
fn inputs(examples: &[&Example]) -> Tensor<f64> {
    let width = examples[0].features.len();
    Tensor::from_fn([examples.len(), width], |place| examples[place[0]].features[place[1]])
}

/// The page's network as one of chainrule-nn, with its weights of now.
fn twin(
    playground: &Playground,
    activation: impl Fn(usize) -> Box<dyn Fn(Dense<f64>) -> Dense<f64>>,
) -> Sequential<f64> {
    let (network, parameters) = (playground.training().network(), playground.training().parameters());
    let mut sequential = Sequential::default().input(network.layers[0].inputs);
    for (number, layer) in network.layers.iter().enumerate() {
        let weights = (0..layer.inputs).flat_map(|input| (0..layer.units).map(move |unit| (unit, input)));
        let weights = weights.map(|(unit, input)| parameters[layer.weight(unit, input)]).collect();
        let biases = parameters[layer.bias(0)..][..layer.units].to_vec();
        let dense = Dense::new(layer.units).init(Init::Values(weights)).bias_init(Init::Values(biases));
        sequential = sequential.add(activation(number)(dense));
    }
    sequential
}

/// Trains both for so many epochs and compares their losses.
fn agree(
    address: &str,
    epochs: usize,
    activation: fn(Dense<f64>) -> Dense<f64>,
    last: fn(Dense<f64>) -> Dense<f64>,
    optimizer: impl Optimize<f64> + 'static,
) {
    let mut page = playground(address);
    let hidden = page.settings().hidden.len();
    let layer = move |number| -> Box<dyn Fn(Dense<f64>) -> Dense<f64>> {
        if number < hidden { Box::new(activation) } else { Box::new(last) }
    };
    let network = twin(&page, layer).seed(1);
    let examples: Vec<&Example> = (0..page.points().len()).filter_map(|point| page.example(point)).collect();
    let (trained, tested) = examples.split_at(page.trained());
    let fit = |rows: usize| Fit::epochs(epochs).batch_size(rows).shuffle(false).silent();
    let batch = page.settings().batch;
    let [training, test] = if let Target::Classes(_) = page.training().network().target {
        let labels = |part: &[&Example]| -> Tensor<usize> {
            part.iter().map(|example| example.point.class()).collect::<Vec<_>>().into()
        };
        let loss = SparseCategoricalCrossEntropy.from_logits();
        let mut model = network.compile(loss, optimizer, ()).unwrap();
        model.fit(&inputs(trained), labels(trained), fit(batch)).unwrap();
        [trained, tested].map(|part| model.evaluate(&inputs(part), labels(part)).unwrap().loss)
    } else {
        let targets = |part: &[&Example]| -> Tensor<f64> {
            part.iter().map(|example| example.point.label).collect::<Vec<_>>().into()
        };
        let mut model = network.compile(HalfSquaredError, optimizer, ()).unwrap();
        model.fit(&inputs(trained), targets(trained), fit(batch)).unwrap();
        [trained, tested].map(|part| model.evaluate(&inputs(part), targets(part)).unwrap().loss)
    };
    page.train(u32::try_from(epochs).unwrap()).unwrap();
    for (page, twin) in page.losses().into_iter().zip([training, test]) {
        assert!((page - twin).abs() <= 1e-9, "{address}: {page} on the page, {twin} by chainrule-nn");
    }
}

fn tanh(dense: Dense<f64>) -> Dense<f64> {
    dense.activation(Tanh)
}

fn linear(dense: Dense<f64>) -> Dense<f64> {
    dense
}

#[test]
fn every_data_set_trains_as_by_chainrule_nn() {
    for (data, seed) in [("circle", 1), ("xor", 2), ("gauss", 3), ("spiral", 4)] {
        agree(&format!("dataset={data}&seed={seed}"), 100, tanh, tanh, Sgd::new(0.03));
    }
    for data in ["clouds", "rings", "arms"] {
        agree(&format!("dataset={data}&seed=5&learningRate=0.1"), 60, tanh, linear, Sgd::new(0.1));
    }
    for data in ["reg-plane", "reg-gauss"] {
        agree(&format!("problem=regression&regDataset={data}&seed=6"), 20, tanh, linear, Sgd::new(0.03));
    }
}

#[test]
fn every_activation_trains_as_by_chainrule_nn() {
    agree("activation=relu&seed=1", 50, |dense| dense.activation(Relu), tanh, Sgd::new(0.03));
    agree("activation=sigmoid&seed=1&learningRate=0.3", 50, |dense| dense.activation(Sigmoid), tanh, Sgd::new(0.3));
    agree("activation=linear&seed=1&networkShape=3", 50, linear, tanh, Sgd::new(0.03));
    agree(
        "networkShape=&x=true&xSquared=true&ySquared=true&sinX=true&sinY=true&xTimesY=true",
        30,
        tanh,
        tanh,
        Sgd::new(0.03),
    );
}

#[test]
fn every_optimizer_and_schedule_is_that_of_chainrule_nn() {
    agree("optimizer=momentum&seed=1&learningRate=0.003", 50, tanh, tanh, Sgd::new(0.003).momentum(0.9));
    agree("optimizer=rmsprop&seed=1&learningRate=0.003", 50, tanh, tanh, RmsProp::new(0.003));
    agree("optimizer=adagrad&seed=1", 50, tanh, tanh, Adagrad::new(0.03));
    agree("optimizer=adam&seed=1&learningRate=0.003", 20, tanh, tanh, Adam::new(0.003));
    agree("optimizer=nadam&seed=1&learningRate=0.003", 20, tanh, tanh, Nadam::new(0.003));
    // 250 points in batches of 10 are 25 steps an epoch
    agree("schedule=exponential&seed=1", 50, tanh, tanh, Sgd::new(ExponentialDecay::new(0.03, 2500, 0.5)));
    agree("schedule=step&seed=1", 50, tanh, tanh, Sgd::new(StepDecay::new(0.03, 5000, 0.1)));
    agree("schedule=cosine&seed=1", 50, tanh, tanh, Sgd::new(Cosine::new(0.03, 12500)));
    agree("schedule=warmup&seed=1", 50, tanh, tanh, Sgd::new(WarmUp::new(500, 0.03)));
}

#[test]
fn penalties_are_those_of_chainrule_nn() {
    // evaluate() adds the penalty to the loss, so the weights are compared
    for (word, l1, l2) in [("L1", 0.003, 0.0), ("L2", 0.0, 0.003 / 2.0)] {
        let mut page = playground(&format!("regularization={word}&regularizationRate=0.003&seed=1"));
        let penalty = L1L2 { l1, l2 };
        let layer = move |_| -> Box<dyn Fn(Dense<f64>) -> Dense<f64>> {
            Box::new(move |dense| dense.activation(Tanh).regularizer(penalty))
        };
        let mut model = twin(&page, layer).compile(HalfSquaredError, Sgd::new(0.03), ()).unwrap();
        let trained: Vec<&Example> = (0..page.trained()).filter_map(|point| page.example(point)).collect();
        let targets: Tensor<f64> = trained.iter().map(|example| example.point.label).collect::<Vec<_>>().into();
        model.fit(&inputs(&trained), &targets, Fit::epochs(50).batch_size(10).shuffle(false).silent()).unwrap();
        page.train(50).unwrap();
        let layer = page.training().network().layers[0];
        let weights = model.network.weight("dense.weights").unwrap();
        for unit in 0..layer.units {
            for input in 0..layer.inputs {
                let own = page.training().parameters()[layer.weight(unit, input)];
                assert!((own - weights.at(&[input, unit])).abs() < 1e-9, "{word}: {own}");
            }
        }
    }
}

#[test]
fn dropout_leaves_out_neurons_in_training_alone() {
    let (mut with, mut without) = (playground("dropout=0.5&seed=1"), playground("seed=1"));
    assert_eq!(with.losses(), without.losses());
    with.train(3).unwrap();
    without.train(3).unwrap();
    assert_ne!(with.losses(), without.losses());
    let twice = {
        let mut again = playground("dropout=0.5&seed=1");
        again.train(3).unwrap();
        again.losses()
    };
    assert_eq!(with.losses(), twice);
}

#[test]
fn numbers_beyond_all_bounds_are_told_and_undone() {
    let mut page = playground("problem=regression&learningRate=10&activation=linear&networkShape=8,8&seed=1");
    let problem = (0..100).find_map(|_| page.train(1).err()).expect("a rate of 10 is too much");
    assert!(problem.contains("smaller learning rate"), "{problem}");
    assert!(page.training().parameters().iter().all(|x| x.is_finite()));
}

#[test]
fn a_weight_by_hand_counts_from_the_next_step_on() {
    let mut page = playground("dataset=gauss&networkShape=&seed=1");
    page.set_parameter(0, 3.0).unwrap();
    assert_eq!(page.training().parameters()[0], 3.0);
    assert!(page.set_parameter(0, f64::NAN).unwrap_err().contains("NaN"));
    assert!(page.set_parameter(99, 1.0).is_err());
    assert_eq!(page.training().parameters()[0], 3.0);
    assert_eq!(page.parameter_names(), ["weight of x1 in o", "weight of x2 in o", "bias of o"]);
}

#[test]
fn every_preset_loads_and_does_what_it_says() {
    // the loss of training points after some epochs: below or above what its text promises
    let solved = ["gauss-line", "circle-squares", "xor-product", "circle-hidden", "xor-relu"];
    let unsolved = ["circle-line", "xor-line", "spiral-line"];
    for preset in PRESETS {
        let (settings, problems) = Settings::from_address(preset.address);
        assert!(problems.is_empty(), "{}: {problems:?}", preset.word);
        let mut page = Playground::new(settings);
        page.train(100).unwrap();
        let [training, _] = page.losses();
        assert!(!solved.contains(&preset.word) || training < 0.06, "{}: {training}", preset.word);
        assert!(!unsolved.contains(&preset.word) || training > 0.3, "{}: {training}", preset.word);
    }
}

#[test]
fn heat_maps_have_a_plane_for_each_neuron() {
    let page = playground("dataset=arms&networkShape=3&seed=1");
    let planes = page.planes(4);
    assert_eq!(planes.len(), (2 + 3 + 3) * 16);
    // x1 grows to the right, x2 upwards, from the middle of each square
    assert_eq!(planes[..4], [-4.5, -1.5, 1.5, 4.5]);
    assert_eq!(planes[16..20], [4.5; 4]);
    for at in 0..16 {
        let shares: f32 = (5..8).map(|plane| planes[plane * 16 + at]).sum();
        assert!((shares - 1.0).abs() < 1e-6);
    }
}

#[test]
fn confusion_counts_every_test_point() {
    let mut page = playground("dataset=clouds&networkShape=4&optimizer=adam&seed=1");
    page.train(60).unwrap();
    let counts = page.confusion();
    assert_eq!(counts.iter().flatten().sum::<u32>(), 250);
    let right: u32 = (0..4).map(|class| counts[class][class]).sum();
    assert_eq!(f64::from(right) / 250.0, page.accuracies()[1]);
    assert!(page.accuracies()[1] > 0.95);
    assert!(playground("problem=regression").confusion().is_empty());
}
