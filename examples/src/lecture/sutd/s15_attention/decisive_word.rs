//! Made-up sentences in which one word decides, and the network is not told which.

use chainrule_nn::prelude::*;

use super::drawing::{Sentence, sentences};
use super::importance;
use super::vocabulary::Vocabulary;
use crate::board::{Board, Source};
use crate::entry::Error;
use crate::random::Random;

const GOOD: [&str; 4] = ["great", "lovely", "brilliant", "moving"];
const BAD: [&str; 4] = ["dull", "awful", "boring", "flat"];
const OTHERS: [&str; 12] = ["the", "film", "a", "story", "with", "actors", "is", "and", "its", "music", "by", "scene"];
const CLASSES: [&str; 2] = ["bad", "good"];
const WORDS: usize = 8;
const SENTENCES: usize = 500;
const TRAINING: usize = 400;
const EPOCHS: usize = 40;

/// Sentences, their classes, and in which place of each the word stands that decides.
struct MadeUp {
    texts: Vec<String>,
    classes: Vec<usize>,
    decisive: Vec<usize>,
}

impl MadeUp {
    fn new(random: &mut Random) -> Self {
        let mut set = Self { texts: Vec::new(), classes: Vec::new(), decisive: Vec::new() };
        for _ in 0..SENTENCES {
            let (class, place) = (random.index(2), random.index(WORDS));
            let mut words: Vec<&str> = (0..WORDS).map(|_| OTHERS[random.index(OTHERS.len())]).collect();
            words[place] = [BAD, GOOD][class][random.index(4)];
            set.texts.push(words.join(" "));
            set.classes.push(class);
            set.decisive.push(place);
        }
        set
    }
}

pub(super) fn show(board: &mut Board) -> Result<(), Error> {
    let set = MadeUp::new(&mut Random::seeded(1));
    board.say(format!(
        "Where does it look? {SENTENCES} made-up sentences of {WORDS} words at random, one of which decides: {}\n\
         are good, {} bad. The network sees the words and the class, not which word it was:\n\
         an embedding of 8 numbers a word, attention, softmax. {TRAINING} sentences to learn from.",
        GOOD.join(", "),
        BAD.join(", "),
    ));
    let vocabulary = Vocabulary::of(&set.texts, GOOD.len() + BAD.len() + OTHERS.len());
    let x = vocabulary.rows(&set.texts, WORDS);
    let y = Tensor::from(set.classes.clone());
    let mut model = Sequential::new()
        .add(Embedding::new(vocabulary.len(), 8).input(WORDS))
        .add(AttentionPooling::new())
        .add(Dense::new(CLASSES.len()).activation(Softmax))
        .seed(1)
        .compile(SparseCategoricalCrossEntropy, Adam::new(0.01), [Accuracy])?;
    model.fit(&x.rows(0..TRAINING), y.rows(0..TRAINING), Fit::epochs(EPOCHS).silent())?;

    let (x, y) = (x.rows(TRAINING..SENTENCES), y.rows(TRAINING..SENTENCES));
    let accuracy = model.evaluate(&x, &y)?["accuracy"];
    board.at_least("made-up sentences: accuracy on those held out", 0.97..=1.0, accuracy, Source::Calc);
    let weights = importance(&model.network, &x)?;
    let found =
        weights.argmax(-1).iter().zip(&set.decisive[TRAINING..]).filter(|(found, place)| found == place).count();
    let share = found as f64 / (SENTENCES - TRAINING) as f64;
    board.at_least("the most important word is the one that decides", 0.95..=1.0, share, Source::Calc);
    bounded(board, &weights);

    let predicted = model.predict(&x)?.argmax(-1);
    let drawn: Vec<Sentence> = (0..8)
        .map(|row| {
            let (told, class) = (predicted.as_slice()[row], set.classes[TRAINING + row]);
            let verdict = CLASSES[told].to_owned();
            Sentence::new(&set.texts[TRAINING + row], &weights.rows(row..row + 1), verdict, told != class)
        })
        .collect();
    board.picture("decisive-word", sentences("Made-up sentences, and how much each word counts", &drawn));
    Ok(())
}

/// What tanh does to softmax.
fn bounded(board: &mut Board, weights: &Tensor<f32>) {
    let ratio = |row: Tensor<f32>| {
        let (low, high) = row.iter().fold((f32::INFINITY, 0.0_f32), |(low, high), &a| (low.min(a), high.max(a)));
        f64::from(high / low)
    };
    let largest = weights.outer_iter().map(ratio).fold(0.0, f64::max);
    board.say(
        "Scores behind tanh lie between -1 and 1, so no word counts more than e^1 / e^-1 = e^2 = 7.39 times as much as another.\n\
         In a sentence of 8 words one has at most e / (e + 7/e) = .51 of the whole, whatever is learned.",
    );
    let most = 1.0_f64.exp().powi(2);
    board.at_most("the most important word over the least, largest", 1.0..=most, largest, Source::Calc);
    let one = f64::from(weights.iter().copied().fold(0.0, f32::max));
    let bound = 1.0 / (1.0 + 7.0 / most);
    board.at_most("the most that one word counts", 0.125..=bound, one, Source::Calc);
}
