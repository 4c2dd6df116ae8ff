//! The slides' Keras listing, and ours beside it line by line.

use chainrule_nn::Result;
use chainrule_nn::prelude::*;

use super::Reviews;

/// A model that was trained and tested.
pub(super) struct Trained {
    pub(super) model: Model,
    pub(super) history: History,
    pub(super) score: Score,
}

/// Lines 1 to 17. Keras draws other weights in each run; ours follow from the seed.
#[rustfmt::skip] // Our lines stand beside the slide's.
pub(in super::super) fn compiled(seed: u64) -> Result<Model> {
    Sequential::new()                                                   //  1 model = Sequential()
                                                                        //  2
                                                                        //  3 # input layer and hidden layer 1
        .add(Dense::new(256).activation(Relu).input(800))               //  4 model.add(Dense(256, activation='relu', input_dim=800))
        .add(Dropout::new(0.5))                                         //  5 model.add(Dropout(0.5))
                                                                        //  6
                                                                        //  7 # hidden layer 2
        .add(Dense::new(256).activation(Relu))                          //  8 model.add(Dense(256, activation='relu'))
        .add(Dropout::new(0.5))                                         //  9 model.add(Dropout(0.5))
                                                                        // 10
                                                                        // 11 # output layer
        .add(Dense::new(5).activation(Softmax))                         // 12 model.add(Dense(5, activation='softmax'))
        .seed(seed)                                                     // 13
                                                                        // 14 # configure Learning process
        .compile(CategoricalCrossEntropy,                               // 15 model.compile(loss='categorical_crossentropy',
                 Adam::default(),                                       // 16               optimizer='adam',
                 [Accuracy])                                            // 17               metrics=['accuracy'])
}

/// Lines 18 to 25, on the model of the lines before. The validation data are looked at for the picture, not learned from.
#[rustfmt::skip]
pub(super) fn listing(reviews: &Reviews, seed: u64, verbose: Verbose) -> Result<Trained> {
    let Reviews { x_train, y_train, x_validation, y_validation, x_test, y_test, .. } = reviews;
    let mut model = compiled(seed)?;                                    // 18
                                                                        // 19 # train our model
    let history = model.fit(x_train, y_train,                           // 20 model.fit(x_train, y_train,
        Fit::epochs(50)                                                 // 21           epochs=50,
            .batch_size(128)                                            // 22           batch_size=128)
            .validation_data(x_validation, y_validation)
            .verbose(verbose))?;                                        // 23
                                                                        // 24 # test our model
    let score = model.evaluate_with(x_test, y_test,                     // 25 score = model.evaluate(x_test, y_test,
        Evaluate::batch_size(128))?;                                    //                        batch_size=128)
    Ok(Trained { model, history, score })
}

/// The same, but training ends when the validation data have not been told better for three epochs, and the weights of the
/// best epoch come back. That epoch is counted from 1.
pub(super) fn with_early_stopping(reviews: &Reviews, seed: u64) -> Result<(Trained, usize)> {
    let Reviews { x_train, y_train, x_validation, y_validation, x_test, y_test, .. } = reviews;
    let mut model = compiled(seed)?;
    let mut stopping = EarlyStopping::watching("val_accuracy").patience(3).restore_best_weights();
    let fit = Fit::epochs(50).batch_size(128).validation_data(x_validation, y_validation).callback(&mut stopping);
    let history = model.fit(x_train, y_train, fit.silent())?;
    let score = model.evaluate_with(x_test, y_test, Evaluate::batch_size(128))?;
    let best_epoch = stopping.best_epoch().map_or(0, |epoch| epoch + 1);
    Ok((Trained { model, history, score }, best_epoch))
}
