//! The film reviews of S14, each word with its place in a learned embedding.

use chainrule_nn::data::{Sentences, Sst5, sst5};
use chainrule_nn::prelude::*;

use super::drawing::{Sentence, sentences};
use super::importance;
use super::vocabulary::{FIRST, Vocabulary};
use crate::board::{Board, Source};
use crate::entry::Error;
use crate::report::shown;

const VOCABULARY: usize = 8000;
const WIDTH: usize = 64;
const EPOCHS: usize = 30;
const SEEDS: [u64; 3] = [1, 2, 3];
const CLASSES: [&str; 5] = ["V.Bad", "Bad", "Neutral", "Good", "V.Good"];

/// Rows of words' numbers, and the reviews that they stand for.
struct Reviews {
    sst: Sst5,
    vocabulary: Vocabulary,
    rows: [Tensor<f32>; 3],
    steps: usize,
}

impl Reviews {
    fn new(sst: Sst5) -> Self {
        let parts = [&sst.training, &sst.validation, &sst.test];
        let vocabulary = Vocabulary::of(&sst.training.texts, VOCABULARY);
        let lengths = parts.iter().flat_map(|part| &part.texts).map(|text| text.split_whitespace().count());
        let steps = lengths.max().unwrap_or(1);
        let rows = parts.map(|part| vocabulary.rows(&part.texts, steps));
        Self { sst, vocabulary, rows, steps }
    }

    /// Dropout is the remedy against learning 8,544 sentences by heart; so is stopping early.
    fn compiled(&self, attention: AttentionPooling, seed: u64) -> Result<Model, Error> {
        Ok(Sequential::new()
            .add(Embedding::new(self.vocabulary.len(), WIDTH).mask_zero().input(self.steps))
            .add(Dropout::new(0.5))
            .add(attention)
            .add(Dense::new(CLASSES.len()).activation(Softmax))
            .seed(seed)
            .compile(SparseCategoricalCrossEntropy, Adam::default(), [Accuracy])?)
    }

    /// The best epoch's accuracy on the validation reviews, its number from 1, and its accuracy on the test reviews.
    fn train(&self, model: &mut Model, verbose: Verbose) -> Result<(f64, usize, f64), Error> {
        let ([x, x_validation, x_test], Sst5 { training, validation, test }) = (&self.rows, &self.sst);
        let mut stopping = EarlyStopping::watching("val_accuracy").patience(5).restore_best_weights();
        let fit = Fit::epochs(EPOCHS).validation_data(x_validation, &validation.labels).callback(&mut stopping);
        let history = model.fit(x, &training.labels, fit.verbose(verbose))?;
        let score = model.evaluate(x_test, &test.labels)?;
        let best = stopping.best_epoch().unwrap_or(0);
        Ok((history["val_accuracy"][best], best + 1, score["accuracy"]))
    }
}

/// # Errors
/// [`Error::MissingData`] where there are no reviews.
pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    let reviews = Reviews::new(board.load(sst5)?);
    board.say(format!(
        "The film reviews of S14, {VOCABULARY} words and one number for all rarer ones, {} words a row with padding behind shorter\n\
         sentences; padding has the importance 0. At most {EPOCHS} epochs, until the validation accuracy has not risen for five.\n\n{}",
        reviews.steps,
        reviews.compiled(AttentionPooling::new(), 0)?.summary(),
    ));
    let mut first = reviews.compiled(AttentionPooling::new(), SEEDS[0])?;
    let mut table = vec!["seed   best epoch   validation     test   all words alike".to_owned()];
    let mut means = [0.0, 0.0];
    for (seed, verbose) in SEEDS.into_iter().zip([board.verbose(), Verbose::Silent, Verbose::Silent]) {
        let mut other = reviews.compiled(AttentionPooling::new(), seed)?;
        let model = if seed == SEEDS[0] { &mut first } else { &mut other };
        let (validation, best, test) = reviews.train(model, verbose)?;
        // With scores of 0 for good, every word counts alike: the mean of the words.
        let mut alike = reviews.compiled(AttentionPooling::new().init(Init::Zeros), seed)?;
        alike.freeze("attention_pooling")?;
        let (_, _, mean_of_words) = reviews.train(&mut alike, Verbose::Silent)?;
        for (mean, accuracy) in means.iter_mut().zip([test, mean_of_words]) {
            *mean += accuracy / SEEDS.len() as f64;
        }
        let [validation, test, alike] = [validation, test, mean_of_words].map(|accuracy| shown(accuracy, 4));
        table.push(format!("{seed:>4}   {best:>10}   {validation:>10}   {test:>6}   {alike:>15}"));
    }
    let [attention, alike] = means;
    board.say(format!(
        "Accuracy; the last column: the same network with every word as important.\n\n{}",
        table.join("\n")
    ));
    board.at_least("attention: test accuracy, mean of three seeds", 0.375..=1.0, attention, Source::Calc);
    board.say(format!(
        "Means: {} with attention, {} with all words alike; the bag of words of S14 has .38 when it is stopped in time. Most is\n\
         won by the embedding, 64 numbers a word that all sentences share, and some by knowing which words matter.",
        shown(attention, 3),
        shown(alike, 3),
    ));
    looked_at(board, &reviews, &first);
    hang_up(board, &reviews, &first)
}

/// The score of a word is its own, wherever it stands: tanh(x w + b).
fn looked_at(board: &mut Board, reviews: &Reviews, model: &Model) {
    /// Of words rarer than so many others little is learned.
    const COMMON: usize = 1000;
    let network = &model.network;
    let (Some(vectors), Some(attention)) =
        (network.weight("embedding.weights"), network.layer::<AttentionPooling>("attention_pooling"))
    else {
        unreachable!("the network has both")
    };
    // As one sentence: importance ranks words as their scores do.
    let sentence = vectors.rows(FIRST..FIRST + COMMON).reshape([1, COMMON, WIDTH]);
    let weights = attention.weights_of(&sentence, None);
    let words = (FIRST..).map(|number| reviews.vocabulary.word(number));
    let mut ranked: Vec<(f32, &str)> = weights.iter().copied().zip(words).collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let written = |ranked: &[(f32, &str)]| ranked.iter().map(|&(_, word)| word).collect::<Vec<_>>().join(", ");
    board.say(format!(
        "Of the {COMMON} commonest words, these count most (seed {}):\n\n    {}\n\nand these least:\n\n    {}",
        SEEDS[0],
        written(&ranked[..14]),
        written(&ranked[COMMON - 14..]),
    ));
}

fn hang_up(board: &mut Board, reviews: &Reviews, model: &Model) -> Result<(), Error> {
    let Sentences { texts, labels } = &reviews.sst.test;
    let x = &reviews.rows[2];
    let weights = importance(&model.network, x)?;
    let predicted = model.predict(x)?.argmax(-1);

    let lengths: Vec<usize> = texts.iter().map(|text| text.split_whitespace().count()).collect();
    let (mut sums, mut padding) = (0.0_f64, 0.0_f64);
    for (row, &length) in weights.as_slice().chunks(reviews.steps).zip(&lengths) {
        let [words, rest] =
            [&row[..length], &row[length..]].map(|part| part.iter().map(|&a| f64::from(a)).sum::<f64>());
        sums = sums.max((words - 1.0).abs());
        padding = padding.max(rest);
    }
    board.close("importance of a sentence's words, its sum's farthest from 1", 0.0, sums, 1e-5, Source::Calc);
    board.exact("importance of padding, largest", 0.0, padding, Source::Calc);

    let short = (0..texts.len()).filter(|&row| (7..=14).contains(&lengths[row]));
    let drawn: Vec<Sentence> = short
        .take(14)
        .map(|row| {
            let (told, is) = (predicted.as_slice()[row], labels.as_slice()[row]);
            let verdict =
                if told == is { CLASSES[is].to_owned() } else { format!("{}, is {}", CLASSES[told], CLASSES[is]) };
            Sentence::new(&texts[row], &weights.rows(row..row + 1), verdict, told != is)
        })
        .collect();
    let title = "The first test reviews of 7 to 14 words, and how much each word counts; red: told wrongly";
    board.picture("reviews", sentences(title, &drawn));
    Ok(())
}
