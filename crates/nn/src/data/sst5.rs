//! Sentences of film reviews, from very negative to very positive.

use super::folder::Origin;
use crate::error::{Error, Result};
use chainrule::Tensor;
use std::fs;
use std::path::Path;

const SST5: Origin = Origin {
    name: "SST-5",
    folder: "sst5",
    download: "them from https://github.com/prrao87/fine-grained-sentiment/tree/master/data/sst (made from the treebank of \
               https://nlp.stanford.edu/sentiment)",
};

/// Sentences and what they should be told to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentences {
    /// One sentence each.
    pub texts: Vec<String>,
    /// The class of each sentence.
    pub labels: Tensor<usize>,
}

/// The Stanford Sentiment Treebank (Socher and others 2013) with five classes: 0 very negative, 1 negative, 2 neutral, 3
/// positive, 4 very positive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sst5 {
    /// 8,544 sentences to learn from.
    pub training: Sentences,
    /// 1,101 sentences to choose models by.
    pub validation: Sentences,
    /// 2,210 sentences to test with, once.
    pub test: Sentences,
}

/// Reads the Stanford Sentiment Treebank from `sst_train.txt`, `sst_dev.txt` and `sst_test.txt`. They lie in `folder`, or in
/// `sst5` within it; each of their lines is `__label__`, a digit from 1 to 5, a tab and the sentence.
///
/// ```no_run
/// use chainrule_nn::data::{BagOfWords, Dataset, sst5};
/// let sst = sst5("data")?;
/// let bag = BagOfWords::fit(&sst.training.texts, 1000);
/// let training = Dataset::<f32>::new(bag.transform(&sst.training.texts), sst.training.labels)?;
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
///
/// # Errors
/// When a file is not there, with what to download; when one cannot be read, or a line is not of that form.
pub fn sst5(folder: impl AsRef<Path>) -> Result<Sst5> {
    let files: [&[&str]; 3] = [&["sst_train.txt"], &["sst_dev.txt"], &["sst_test.txt"]];
    let [training, validation, test] = SST5.find(folder.as_ref(), files)?;
    Ok(Sst5 { training: sentences(&training)?, validation: sentences(&validation)?, test: sentences(&test)? })
}

fn sentences(path: &Path) -> Result<Sentences> {
    let bytes = fs::read(path).map_err(|source| Error::Io { path: path.into(), source })?;
    parse(&bytes).map_err(|problem| Error::File { path: path.into(), problem })
}

fn parse(bytes: &[u8]) -> std::result::Result<Sentences, String> {
    let (mut texts, mut labels) = (Vec::new(), Vec::new());
    for (at, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        let line = str::from_utf8(line).map_err(|_| format!("line {} is not UTF-8", at + 1))?.trim_end();
        if line.is_empty() {
            continue;
        }
        let Some((label, text)) = labelled(line) else {
            let start: String = line.chars().take(20).collect();
            return Err(format!(
                "line {} begins with `{start}`, but should begin with `__label__`, a digit from 1 to 5, and a tab",
                at + 1
            ));
        };
        texts.push(text.to_owned());
        labels.push(label - 1);
    }
    if texts.is_empty() {
        return Err("there is no sentence in this file".into());
    }
    Ok(Sentences { texts, labels: labels.into() })
}

/// The label, from 1 to 5, and the sentence.
fn labelled(line: &str) -> Option<(usize, &str)> {
    let (label, text) = line.strip_prefix("__label__")?.split_once('\t')?;
    Some((label.parse().ok()?, text)).filter(|(label, _)| (1..=5).contains(label))
}

#[cfg(test)]
mod tests {
    use super::super::folder;
    use super::*;

    #[test]
    fn the_treebank() {
        let Some(folder) = folder::for_tests("sst5") else { return };
        let sst = sst5(&folder).unwrap();
        let parts = [&sst.training, &sst.validation, &sst.test];
        // Socher and others 2013, section 5.1
        assert_eq!(parts.map(|part| part.texts.len()), [8544, 1101, 2210]);
        assert_eq!(parts.map(|part| part.labels.len()), [8544, 1101, 2210]);
        let share = |part: &Sentences, class| {
            let count = part.labels.iter().filter(|&&label| label == class).count();
            (1000 * count + part.labels.len() / 2) / part.labels.len()
        };
        // "positive" is 27.2 % of the training sentences and 23.1 % of the test's, "negative" 28.6 % of the test's
        assert_eq!((share(&sst.training, 3), share(&sst.test, 3), share(&sst.test, 1)), (272, 231, 286));
        assert!(sst.training.texts[0].starts_with("The Rock is destined to be the 21st Century 's new"));
        assert_eq!(sst.training.labels[[0]], 3);
        assert_eq!(sst5(folder.join("sst5")).unwrap().test.texts, sst.test.texts);
    }

    #[test]
    fn what_is_missing_is_said_with_its_origin() {
        let error = sst5(env!("CARGO_MANIFEST_DIR")).unwrap_err();
        assert!(matches!(error, Error::Missing { name: "SST-5", .. }));
        let line = error.to_string();
        assert!(line.starts_with("SST-5: found no sst_train.txt, sst_dev.txt, sst_test.txt in "), "{line}");
        assert!(line.contains("; download them from https://") && line.ends_with(", and put them there"), "{line}");
    }

    #[test]
    fn lines_of_another_form_are_named() {
        let sentences = parse(b"__label__1\tbad\r\n\n__label__5\tgood\ttoo").unwrap();
        assert_eq!((sentences.texts, sentences.labels), (vec!["bad".into(), "good\ttoo".into()], [0_usize, 4].into()));
        let problem = |bytes: &[u8]| parse(bytes).unwrap_err();
        let told =
            "line 2 begins with `__label__6\tx`, but should begin with `__label__`, a digit from 1 to 5, and a tab";
        assert_eq!(problem(b"__label__1\tbad\n__label__6\tx"), told);
        assert!(problem(b"no label here, and far more than twenty characters").contains("`no label here, and f`"));
        assert_eq!(problem(b"__label__1\tbad\n\n\xff"), "line 3 is not UTF-8");
        assert_eq!(problem(b"\n"), "there is no sentence in this file");
    }
}
