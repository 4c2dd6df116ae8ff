//! S14, slides "Keras Example: NLP Application" and "Exercise 3": the listing, on reviews of films in five classes.

pub(super) mod listing;
mod naive_bayes;

use chainrule_nn::data::{BagOfWords, Sst5, sst5};
use chainrule_nn::metric::ConfusionMatrix;
use chainrule_nn::plot;
use chainrule_nn::prelude::*;

use crate::board::{Board, Source};
use crate::entry::{Entry, Error};
use crate::gap::farthest;
use crate::lecture::Lecture;
use crate::report::shown;
use listing::{Trained, listing, with_early_stopping};
use naive_bayes::NaiveBayes;

pub(super) const ENTRY: Entry = Entry {
    id: "S14",
    name: "sentiment",
    group: None,
    lecture: Lecture::Sutd,
    title: "the Keras listing on film reviews, early stopping, and Naive Bayes",
    run,
};

const VOCABULARY: usize = 800;
/// The slide's names of the classes, from the first to the last of the data.
const CLASSES: [&str; 5] = ["V.Bad", "Bad", "Neutral", "Good", "V.Good"];
const SEEDS: [u64; 3] = [1, 2, 3];
/// The words on the slide of exercise 3.
const SLIDES_WORDS: [&str; 7] = ["action", "fantastic", "best", "shame", "bumpy", "excitement", "perfect"];

/// The data as the listing wants them: `x` counts the words of each review, `y` has a 1 in the place of its class.
struct Reviews {
    bag: BagOfWords,
    x_train: Tensor<f32>,
    y_train: Tensor<f32>,
    x_validation: Tensor<f32>,
    y_validation: Tensor<f32>,
    x_test: Tensor<f32>,
    y_test: Tensor<f32>,
    /// How many words the test reviews have, known or not.
    test_words: usize,
}

impl Reviews {
    fn new(Sst5 { training, validation, test }: &Sst5) -> Self {
        let bag = BagOfWords::fit(&training.texts, VOCABULARY);
        let [x_train, x_validation, x_test] = [training, validation, test].map(|part| bag.transform(&part.texts));
        let [y_train, y_validation, y_test] =
            [training, validation, test].map(|part| Tensor::one_hot(&part.labels, CLASSES.len()));
        let test_words = test.texts.iter().map(|text| text.split_whitespace().count()).sum();
        Self { bag, x_train, y_train, x_validation, y_validation, x_test, y_test, test_words }
    }

    /// The share of the test reviews whose class this is.
    fn accuracy(&self, predicted: &Tensor<usize>) -> f64 {
        predicted.equal(&self.y_test.argmax(-1)).count() as f64 / predicted.len() as f64
    }

    fn predicted(&self, model: &Model, text: &str) -> Result<Tensor<f32>, Error> {
        Ok(model.predict(&self.bag.transform([text]))?)
    }
}

fn run(board: &mut Board) -> Result<(), Error> {
    let reviews = Reviews::new(&board.load(sst5)?);
    board.say(format!(
        "Sentences of film reviews (Stanford Sentiment Treebank), {} to learn from, {} to choose by, {} to test with; five\n\
         classes, as on the slide. x: how often each of the {VOCABULARY} commonest words occurs. y: one-hot.",
        reviews.x_train.shape()[0],
        reviews.x_validation.shape()[0],
        reviews.x_test.shape()[0],
    ));
    let (majority, naive_bayes) = baselines(board, &reviews);

    board.say(format!(
        "The listing; line by line it stands in the source of this entry.\n\n{}",
        listing::compiled(0)?.summary()
    ));
    // Whoever waits at a terminal sees the first of the trainings.
    let verbose = [board.verbose(), Verbose::Silent, Verbose::Silent];
    let (mut plain, mut stopped) = (Vec::new(), Vec::new());
    for (seed, verbose) in SEEDS.into_iter().zip(verbose) {
        plain.push(listing(&reviews, seed, verbose)?);
        stopped.push(with_early_stopping(&reviews, seed)?);
    }
    let mut table = vec!["seed   50 epochs   early stopping   best epoch   epochs trained".to_owned()];
    for ((seed, plain), (stopped, best)) in SEEDS.iter().zip(&plain).zip(&stopped) {
        let (plain, early) = (shown(plain.score["accuracy"], 4), shown(stopped.score["accuracy"], 4));
        table.push(format!("{seed:>4}   {plain:>9}   {early:>14}   {best:>10}   {:>14}", stopped.history.len()));
    }
    board.say(format!("Accuracy on the test reviews:\n\n{}", table.join("\n")));
    let mean = |of: Vec<f64>| of.iter().sum::<f64>() / of.len() as f64;
    let listed = mean(plain.iter().map(|trained| trained.score["accuracy"]).collect());
    let early = mean(stopped.iter().map(|(trained, _)| trained.score["accuracy"]).collect());
    board.at_least("the listing, 50 epochs, mean of three seeds", 0.355..=1.0, listed, Source::Calc);
    board.at_least("with early stopping, mean of three seeds", 0.38..=1.0, early, Source::Calc);
    board.at_least("the listing, above the majority class by", 0.1..=1.0, listed - majority, Source::Calc);
    overfitting(board, &plain[0], &stopped[0])?;

    board.say(format!(
        "Naive Bayes, which only counts, is right on {} reviews of a hundred than the plain listing, and on {}\n\
         than the listing with early stopping: 272,133 weights and 50 epochs lose to a table of counts unless they are stopped\n\
         in time. Why so little is won is exercise 3, below.",
        more_or_fewer(naive_bayes - listed),
        more_or_fewer(naive_bayes - early),
    ));
    board.at_least("Naive Bayes, above the plain listing by", 0.0..=1.0, naive_bayes - listed, Source::Calc);
    confusion(board, &reviews, &plain[0].model)?;
    shortcomings(board, &reviews, &stopped[0].0.model)
}

/// The accuracies of the majority class and of Naive Bayes.
fn baselines(board: &mut Board, reviews: &Reviews) -> (f64, f64) {
    let rows = reviews.y_test.shape()[0];
    let commonest = reviews.y_train.sum_along(0).argmax(-1).item();
    let majority = reviews.accuracy(&Tensor::full([rows], commonest));
    let naive_bayes = NaiveBayes::fit(&reviews.x_train, &reviews.y_train);
    let naive_bayes = reviews.accuracy(&naive_bayes.predict(&reviews.x_test));
    board.say(format!(
        "Two who do without a network: always the commonest class of the training reviews, {}; and Naive Bayes, on the same\n\
         counts. Accuracy on the test reviews:",
        CLASSES[commonest],
    ));
    board.printed("majority class", ".231", majority, Source::Calc);
    // The same formula in NumPy: 838 of 2,210.
    board.printed("multinomial Naive Bayes", ".379", naive_bayes, Source::Calc);
    (majority, naive_bayes)
}

/// A difference of accuracies in reviews of a hundred: `0.7 fewer`.
fn more_or_fewer(difference: f64) -> String {
    format!("{:.1} {}", 100.0 * difference.abs(), if difference < 0.0 { "fewer" } else { "more" })
}

fn overfitting(board: &mut Board, plain: &Trained, (_, best_epoch): &(Trained, usize)) -> Result<(), Error> {
    let history = &plain.history;
    let (training, validation) = (&history["loss"], &history["val_loss"]);
    let lowest = validation.iter().copied().fold(f64::INFINITY, f64::min);
    let at = validation.iter().position(|&loss| loss == lowest).unwrap_or(0) + 1;
    let (end, last) = (validation[validation.len() - 1], training[training.len() - 1]);
    board.say(format!(
        "Fifty epochs are too many. The loss on the training reviews falls from {} to {}; on the validation reviews it is\n\
         lowest in epoch {at}, {}, and {} at the end: overfitting, dropout or not. The slide \"Early Stopping\" is the remedy:\n\
         stop when the validation accuracy has not risen for three epochs, and take the best weights back.",
        shown(training[0], 3),
        shown(last, 3),
        shown(lowest, 3),
        shown(end, 3),
    ));
    board.at_least("validation loss: end over lowest", 1.1..=100.0, end / lowest, Source::Calc);
    board.at_most("training loss: end over first epoch", 0.0..=0.5, last / training[0], Source::Calc);
    let losses = history.columns().filter(|(name, _)| name.ends_with("loss"));
    let stop = (*best_epoch as f64, validation[best_epoch.saturating_sub(1)]);
    board.picture("loss", plot::curves("The listing, seed 1", losses).dots("early stopping", [stop]).svg()?);
    let accuracies = history.columns().filter(|(name, _)| name.ends_with("accuracy"));
    board.picture("accuracy", plot::curves("The listing, seed 1", accuracies).svg()?);
    Ok(())
}

fn confusion(board: &mut Board, reviews: &Reviews, model: &Model) -> Result<(), Error> {
    let (predicted, actual) = (model.predict(&reviews.x_test)?.argmax(-1), reviews.y_test.argmax(-1));
    let matrix = ConfusionMatrix::of(&predicted, &actual, CLASSES.len())?.names(CLASSES);
    let near = predicted.iter().zip(&actual).filter(|(predicted, actual)| predicted.abs_diff(**actual) <= 1).count();
    board.say(format!(
        "The listing, seed 1, on the test reviews:\n\n{matrix}\n\n{}\n\nOf its answers {} % are right or in the class beside.",
        matrix.report(),
        shown(100.0 * near as f64 / predicted.len() as f64, 3),
    ));
    board.exact("reviews in the matrix", 2210.0, matrix.counts().sum().item(), Source::Calc);
    board.picture("confusion", plot::confusion("The listing, seed 1: test reviews", &matrix));
    Ok(())
}

/// Exercise 3, with what the listing says when it is stopped early.
fn shortcomings(board: &mut Board, reviews: &Reviews, model: &Model) -> Result<(), Error> {
    board.say(
        "Exercise 3: what are the shortcomings of Naive Bayes and of this MLP? (The answers below: early stopping, seed 1.)\n\n\
         Both see a bag of words. Word order is lost: to them these two are one and the same.",
    );
    let orders = ["the acting is good , not bad", "the acting is bad , not good"];
    let [one, other] = [reviews.predicted(model, orders[0])?, reviews.predicted(model, orders[1])?];
    let words = orders.map(|text| format!("    {text}")).join("\n");
    board.say(format!("{words}\n    both: {}", percentages(&one)));
    let gap = farthest((one - other).iter().map(|&gap| f64::from(gap)));
    board.exact("the two answers, farthest", 0.0, gap, Source::Calc);

    board.say("Negation turns a word around; a count of `not` cannot say which word it stands before:");
    let mut lines = Vec::new();
    for text in ["a good film", "not a good film", "a bad film", "not a bad film"] {
        lines.push(format!("    {text:<16} {}", percentages(&reviews.predicted(model, text)?)));
    }
    board.say(lines.join("\n"));

    let known = reviews.x_test.iter().map(|&count| f64::from(count)).sum::<f64>();
    let unknown = reviews.test_words as f64 - known;
    let seen = |word: &&str| reviews.bag.words().iter().any(|known| known == word);
    let [known, missing]: [Vec<&str>; 2] =
        [true, false].map(|wanted| SLIDES_WORDS.into_iter().filter(|word| seen(word) == wanted).collect());
    board.say(format!(
        "Rare words are not seen at all: of the {} words of the test reviews {unknown} are not among the {VOCABULARY}. Of the seven\n\
         on the slide {} are there; {} are not. Nor does a network that learned\n\
         `great` know anything of `fantastic`: words have no neighbours here, as they would in an embedding (S15).",
        reviews.test_words,
        known.join(", "),
        missing.join(", "),
    ));
    // Counted apart from the crate, in Python.
    board.exact("words of the test reviews", 42405.0, reviews.test_words as f64, Source::Calc);
    board.exact("of these not among the 800", 11594.0, unknown, Source::Calc);
    board.exact("of the slide's seven words among the 800", 3.0, known.len() as f64, Source::Calc);
    board.say(
        "And more: words count alike wherever they stand, irony is taken at its word, the classes are not known to be in order\n\
         (calling V.Bad V.Good costs as much as calling it Bad), and 8,544 sentences are few.",
    );
    Ok(())
}

/// `V.Bad 1 %, Bad 6 %, ...`
fn percentages(shares: &Tensor<f32>) -> String {
    let share = |(name, share): (&str, &f32)| format!("{name} {:.0} %", 100.0 * share);
    CLASSES.into_iter().zip(shares).map(share).collect::<Vec<_>>().join(", ")
}
