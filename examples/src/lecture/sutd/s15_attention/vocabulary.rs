//! Sentences as rows of words' numbers.

use std::collections::HashMap;

use chainrule_nn::data::BagOfWords;
use chainrule_nn::prelude::*;

/// The number of what follows a sentence that is shorter than others.
const PADDING: usize = 0;
/// The number of all rare words.
const RARE: usize = 1;
/// The number of the commonest word.
pub(super) const FIRST: usize = 2;

/// The commonest words of some texts, numbered from [`FIRST`] on.
pub(super) struct Vocabulary {
    numbers: HashMap<String, usize>,
    words: Vec<String>,
}

impl Vocabulary {
    pub(super) fn of(texts: &[String], words: usize) -> Self {
        let commonest = BagOfWords::fit(texts, words);
        let known = commonest.words().iter().map(String::as_str);
        let words: Vec<String> = ["", "(rare)"].into_iter().chain(known).map(str::to_owned).collect();
        let numbers = words.iter().cloned().zip(0..).skip(FIRST).collect();
        Self { numbers, words }
    }

    /// How many numbers there are, those of padding and of rare words among them.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn word(&self, number: usize) -> &str {
        &self.words[number]
    }

    fn number(&self, word: &str) -> usize {
        self.numbers.get(&word.to_lowercase()).copied().unwrap_or(RARE)
    }

    /// A row of `steps` numbers for each text.
    pub(super) fn rows(&self, texts: &[String], steps: usize) -> Tensor<f32> {
        let mut numbers = Vec::with_capacity(texts.len() * steps);
        for text in texts {
            let words = text.split_whitespace().map(|word| self.number(word));
            numbers.extend(words.chain(std::iter::repeat(PADDING)).take(steps).map(|number| number as f32));
        }
        Tensor::new([texts.len(), steps], numbers)
    }
}
