//! Texts as counts of words.

use chainrule::{Element, Tensor};
use std::cmp::Reverse;
use std::collections::HashMap;

/// How a text falls into words. Either way upper and lower case are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tokenizer {
    /// What stands between white space, punctuation included.
    #[default]
    Whitespace,
    /// What stands between white space, without all characters that are neither letters nor digits: "don't" is `dont`, and a
    /// dash by itself nothing.
    Alphanumeric,
}

impl Tokenizer {
    /// Calls `each` with one word of the text after another.
    fn visit(self, text: &str, mut each: impl FnMut(&str)) {
        let text = text.to_lowercase();
        let mut kept = String::new();
        for word in text.split_whitespace() {
            match self {
                Self::Whitespace => each(word),
                Self::Alphanumeric => {
                    kept.clear();
                    kept.extend(word.chars().filter(|character| character.is_alphanumeric()));
                    if !kept.is_empty() {
                        each(&kept);
                    }
                }
            }
        }
    }
}

/// Turns texts into counts of the commonest words, whatever their order.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::data::BagOfWords;
/// let bag = BagOfWords::fit(["a rose is a rose", "is it"], 3);
/// assert_eq!(bag.words(), ["a", "rose", "is"]); // each twice, in the order in which they first appear
/// assert_eq!(bag.transform::<f32>(["A rose , a rose"]), Tensor::from([[2.0, 2.0, 0.0]]));
/// assert_eq!(bag.binary().transform::<f32>(["A rose , a rose"]), Tensor::from([[1.0, 1.0, 0.0]]));
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "CountVectorizer")]
#[doc(alias = "TextVectorization")]
pub struct BagOfWords {
    words: Vec<String>,
    columns: HashMap<String, usize>,
    tokenizer: Tokenizer,
    binary: bool,
}

impl BagOfWords {
    /// Learns the `n` commonest words that stand between white space, or all of them where there are fewer. Of equally
    /// common ones that comes first which appears first, as in Python's `Counter.most_common`.
    pub fn fit(texts: impl IntoIterator<Item = impl AsRef<str>>, n: usize) -> Self {
        Self::fit_with(Tokenizer::default(), texts, n)
    }

    /// [`fit`](Self::fit) with another idea of what a word is.
    pub fn fit_with(tokenizer: Tokenizer, texts: impl IntoIterator<Item = impl AsRef<str>>, n: usize) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut counts: Vec<(String, usize)> = Vec::new();
        for text in texts {
            tokenizer.visit(text.as_ref(), |word| {
                if let Some(&place) = places.get(word) {
                    counts[place].1 += 1;
                } else {
                    places.insert(word.to_owned(), counts.len());
                    counts.push((word.to_owned(), 1));
                }
            });
        }
        // stable: words as common stay in the order of their first appearance
        counts.sort_by_key(|&(_, count)| Reverse(count));
        let words: Vec<String> = counts.into_iter().take(n).map(|(word, _)| word).collect();
        let columns = words.iter().cloned().zip(0..).collect();
        Self { words, columns, tokenizer, binary: false }
    }

    /// Says of each word only whether it is there: 1 however often it occurs.
    #[must_use]
    pub fn binary(self) -> Self {
        Self { binary: true, ..self }
    }

    /// How often each word occurs in each text, `[texts, words]`; other words are left out.
    pub fn transform<T: Element>(&self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Tensor<T> {
        let (mut counts, mut rows) = (Vec::new(), 0);
        for text in texts {
            let start = counts.len();
            counts.resize(start + self.words.len(), T::zero());
            let row = &mut counts[start..];
            self.tokenizer.visit(text.as_ref(), |word| {
                if let Some(&column) = self.columns.get(word) {
                    row[column] = if self.binary { T::one() } else { row[column] + T::one() };
                }
            });
            rows += 1;
        }
        Tensor::new([rows, self.words.len()], counts)
    }

    /// The words that are counted, the commonest first: the columns of what [`transform`](Self::transform) makes.
    pub fn words(&self) -> &[String] {
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_ranked_by_count_then_by_first_appearance() {
        let texts = ["the cat saw the dog", "The dog ran", "cat"];
        // Python: Counter(" ".join(texts).lower().split()).most_common()
        let ranked = ["the", "cat", "dog", "saw", "ran"];
        assert_eq!(BagOfWords::fit(texts, 10).words(), ranked);
        assert_eq!(BagOfWords::fit(texts, 2).words(), &ranked[..2]);
        let counts: Tensor<f64> = BagOfWords::fit(texts, 3).transform(texts);
        assert_eq!(counts, Tensor::from([[2.0, 1.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]));
    }

    #[test]
    fn punctuation_stays_or_goes() {
        let text = ["Don't stop -- don't !"];
        assert_eq!(BagOfWords::fit(text, 9).words(), ["don't", "stop", "--", "!"]);
        assert_eq!(BagOfWords::fit_with(Tokenizer::Alphanumeric, text, 9).words(), ["dont", "stop"]);
        // letters beyond ASCII have a lower case too
        assert_eq!(BagOfWords::fit_with(Tokenizer::Alphanumeric, ["ÉCOLE, école."], 9).words(), ["école"]);
    }

    #[test]
    fn nothing_is_no_mistake() {
        let bag = BagOfWords::fit([""; 0], 5);
        assert_eq!(bag.transform::<f32>(["a b"]).shape(), [1, 0]);
        let bag = BagOfWords::fit(["a b"], 5);
        assert_eq!(bag.transform::<f32>([""; 0]).shape(), [0, 2]);
        assert_eq!(bag.transform::<f32>([""]).to_vec(), [0.0, 0.0]);
    }
}
