//! The health of a training, against numbers by hand.

use chainrule_nn::prelude::*;
use chainrule_nn::{Error, Result};

fn near(found: Option<f64>, expected: f64) {
    assert!(
        found.is_some_and(|found| (found - expected).abs() < 1e-12 * expected.abs().max(1.0)),
        "{found:?} {expected}"
    );
}

/// y = w₂ w₁ x with w₁ = 2, w₂ = 3 on x = ±1 and targets 0: y = ±6, the loss is 36; its slope by w₂ is 2·6·2 = 24, by w₁ 2·6·3 = 36. A
/// rate of 0.001 makes steps of 0.024 and 0.036.
#[test]
fn two_layers_by_hand() -> Result<()> {
    let dense = |weight| Dense::new(1).without_bias().init(Init::Constant(weight)).input(1);
    let network = Sequential::<f64>::default().add(dense(2.0)).add(dense(3.0));
    let mut model = network.compile(MeanSquaredError, Sgd::new(0.001), ())?;
    let (x, y) = (Tensor::from([[1.0], [-1.0]]), Tensor::<f64>::zeros([2, 1]));
    let mut health = Health::new();
    model.fit(&x, &y, Fit::epochs(1).callback(&mut health).silent())?;
    assert_eq!((health.layers().collect::<Vec<_>>(), health.epochs()), (vec!["dense", "dense_1"], &[0][..]));
    let [first, second] = ["dense", "dense_1"].map(|name| health.get(name).unwrap()[0]);
    near(first.gradient, 36.0);
    near(second.gradient, 24.0);
    near(first.update, 0.018);
    near(second.update, 0.008);
    assert_eq!([first.mean, second.mean, first.deviation, second.deviation], [0.0, 0.0, 2.0, 6.0]);
    assert_eq!([first.zeros, first.dead], [0.0, 0.0]);
    assert!(health.ills().is_empty() && health.get("attic").is_none());
    Ok(())
}

/// Weights 1 and -1 on positive numbers: the second unit never wakes, and its weight gets no gradient.
#[test]
fn a_dead_unit_is_found() -> Result<()> {
    let hidden = Dense::new(2).without_bias().init(Init::Values(vec![1.0, -1.0])).activation(Relu).input(1);
    let network = Sequential::new().add(hidden).add(Dropout::new(0.0)).add(Dense::new(1).init(Init::Ones));
    let mut model = network.compile(MeanSquaredError, Sgd::new(1e-4), ())?;
    let (x, y) = (Tensor::from([[1.0], [2.0], [3.0]]), Tensor::<f32>::zeros([3, 1]));
    let mut health = Health::new();
    model.fit(&x, &y, Fit::epochs(1).batch_size(1).callback(&mut health).silent())?;
    let hidden = health.get("dense").unwrap()[0];
    assert_eq!((hidden.zeros, hidden.dead, hidden.zero_gradients), (0.5, 0.5, Some(0.5)));
    // the layer behind hands the zeros on, and is not to blame
    assert_eq!(health.get("dropout").unwrap()[0].dead, 0.5);
    assert_eq!(health.ills(), [("dense", Ill::DeadUnits)]);
    let table = health.to_string();
    assert!(table.lines().any(|line| line.starts_with("dense ") && line.ends_with("! dead units")), "{table}");
    Ok(())
}

/// Ten layers of one activation, trained for some epochs.
fn deep<A: Activate + Copy + 'static>(activation: A, init: &Init, epochs: usize) -> Health {
    let layer = || Dense::new(16).activation(activation).init(init.clone());
    let network = (0..10).fold(Sequential::new().input(16), |network, _| network.add(layer()));
    let mut model = network.add(Dense::new(1)).seed(3).compile(MeanSquaredError, Sgd::new(0.01), ()).unwrap();
    let (x, y) = (Tensor::normal([128, 16], 0.0, 1.0, 1), Tensor::<f32>::uniform([128, 1], -1.0, 1.0, 2));
    let mut health = Health::new();
    model.fit(&x, &y, Fit::epochs(epochs).callback(&mut health).silent()).unwrap();
    health
}

/// The slope of a sigmoid is at most 1/4, so ten of them make a gradient smaller by at least 4⁻¹⁰ times the size of the weights (X.
/// Glorot and Y. Bengio, 2010); rectifiers with He's initial values keep it (K. He et al., 2015).
#[test]
fn sigmoids_vanish_and_rectifiers_do_not() {
    let health = deep(Sigmoid, &Init::GlorotUniform, 3);
    println!("{health}\n");
    let ills = health.ills();
    assert!(
        ills.contains(&("dense", Ill::VanishingGradient)) && ills.contains(&("dense", Ill::SmallUpdates)),
        "{health}"
    );
    assert!(!ills.contains(&("dense_9", Ill::VanishingGradient)), "{health}");
    assert!(health.to_string().contains("! vanishing gradient"));
    let norms: Vec<f64> = (1..10).map(|at| health.get(&format!("dense_{at}")).unwrap()[0].gradient.unwrap()).collect();
    assert!(norms.is_sorted(), "each is larger than the one before: {norms:?}");
    let health = deep(Relu, &Init::HeNormal, 3);
    println!("{health}");
    assert!(!health.ills().iter().any(|(_, ill)| *ill == Ill::VanishingGradient), "{health}");
}

#[test]
fn columns_stand_below_each_other() {
    let table = deep(Sigmoid, &Init::GlorotUniform, 1).to_string();
    let ends = |line: &str| line.split("  !").next().unwrap().chars().count();
    let lines: Vec<&str> = table.lines().skip(1).collect();
    assert!(lines.len() == 12 && lines.iter().all(|line| ends(line) == ends(lines[0])), "{table}");
}

#[test]
fn the_pictures_have_a_line_for_each_layer() {
    let health = deep(Sigmoid, &Init::GlorotUniform, 4);
    for (name, picture) in [("gradients", health.gradient_picture()), ("updates", health.update_picture())] {
        let svg = picture.svg().unwrap();
        assert!(svg.contains("dense_10") && svg.contains("1e-"), "{svg}");
        if let Ok(folder) = std::env::var("CHAINRULE_PICTURES") {
            std::fs::write(format!("{folder}/{name}.svg"), svg).unwrap();
        }
    }
    assert!(Health::new().update_picture().svg().is_ok());
    assert_eq!(Health::new().to_string(), "no epoch was looked at");
}

/// Looking changes nothing: the same bits, dropout and fused layers included.
#[test]
fn a_training_that_is_looked_at_ends_in_the_same_bits() -> Result<()> {
    let x = Tensor::<f32>::uniform([100, 8], -1.0, 1.0, 1);
    let y = Tensor::from((0..100).map(|row| row % 3).collect::<Vec<usize>>());
    let train = |health: Option<&mut Health>| -> Result<_> {
        let mut model = Sequential::new()
            .add(Dense::new(16).activation(Relu).input(8))
            .add(Dropout::new(0.3))
            .add(BatchNorm::new())
            .add(Dense::new(3).activation(Softmax))
            .seed(5)
            .compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy])?;
        let fit = Fit::epochs(3).validation_split(0.2).silent();
        let history = match health {
            Some(health) => model.fit(&x, &y, fit.callback(health))?,
            None => model.fit(&x, &y, fit)?,
        };
        Ok((model.weights(), history))
    };
    let mut health = Health::new();
    assert_eq!(train(None)?, train(Some(&mut health))?);
    assert_eq!(health.epochs(), [0, 1, 2]);
    Ok(())
}

/// An epoch that ends in an error is in the table as far as it came.
#[test]
fn an_epoch_that_fails_is_seen() {
    let network = Sequential::new().add(Dense::new(1).without_bias().init(Init::Ones).input(1));
    let mut model = network.compile(MeanSquaredError, Sgd::new(30.0), ()).unwrap();
    let mut health = Health::new();
    let (x, y) = (Tensor::ones([4, 1]), Tensor::<f32>::zeros([4, 1]));
    let outcome = model.fit(&x, &y, Fit::epochs(100).batch_size(1).callback(&mut health).silent());
    assert!(matches!(outcome, Err(Error::NotFinite { .. } | Error::Diverged { .. })));
    assert_eq!(health.epochs().len(), model.history().len() + 1);
    let ills = health.ills();
    assert!(
        ills.contains(&("dense", Ill::ExplodingGradient)) && ills.contains(&("dense", Ill::LargeUpdates)),
        "{health}"
    );
}
