//! The listing of the README is the one that runs here.

use chainrule_nn::prelude::*;

/// The README, through the link that also brings it into the packaged crate.
const README: &str = include_str!("../src/readme.md");

#[rustfmt::skip]
#[expect(clippy::needless_pass_by_value, reason = "the listing borrows, as a user's would")]
fn listing(x_train: Tensor<f32>, y_train: Tensor<f32>, x_test: Tensor<f32>, y_test: Tensor<f32>) -> chainrule_nn::Result<Score> {
// the listing
let network = Sequential::new()

    // input layer and hidden layer 1
    .add(Dense::new(256).activation(Relu)
            .input(800))
    .add(Dropout::new(0.5))

    // hidden layer 2
    .add(Dense::new(256).activation(Relu))
    .add(Dropout::new(0.5))

    // output layer
    .add(Dense::new(5).activation(Softmax));

// configure learning process
let mut model = network.compile(CategoricalCrossEntropy,
                                Adam::default(),
                                [Accuracy])?;

// train our model
model.fit(&x_train, &y_train,
          Fit::epochs(50)
              .batch_size(128))?;

// test our model
let score = model.evaluate_with(&x_test, &y_test,
                                Evaluate::batch_size(128))?;
// its end
assert_eq!(model.summary().total(), 272_133);
Ok(score)
}

#[test]
fn the_listing_of_the_readme_runs() {
    // five classes, each with words of its own
    let labels = Tensor::from((0..40).map(|row| row % 5).collect::<Vec<usize>>());
    let words: Vec<f32> =
        labels.iter().flat_map(|label| (0..800).map(move |word| f32::from(u8::from(word % 5 == *label)))).collect();
    let (x, y) = (Tensor::new([40, 800], words), Tensor::one_hot(&labels, 5));
    let score = listing(x.clone(), y.clone(), x, y).unwrap();
    assert_eq!(score["accuracy"], 1.0);
}

#[test]
fn the_readme_shows_this_listing() {
    let source = include_str!("readme.rs");
    let start = source.find("// the listing\n").unwrap() + "// the listing\n".len();
    let listing = &source[start..source.find("// its end").unwrap()];
    assert!(README.contains(listing), "the README does not hold this listing:\n{listing}");
}
