//! One setting by its key and the text of its value.

use super::{
    Activation, BATCHES, DROPOUTS, Descent, Hidden, MOST_LAYERS, MOST_NEURONS, NOISES, PENALTY_RATES, Penalty, Plan,
    Problem, RATES, SHARES, Settings,
};
use crate::data::{DataSet, Feature};
use crate::excerpt::excerpt;

/// Keys of TensorFlow Playground's addresses that say how its page looks, or name inputs that it never had.
const IGNORED: [&str; 6] = ["collectStats", "tutorial", "hideText", "cosX", "cosY", "playground"];

impl Settings {
    /// Chooses one setting. Texts are those of the page's address, `("networkShape", "4,2")`.
    ///
    /// # Errors
    /// What is wrong with the key or the value, and what may stand there; then nothing was changed.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "problem" => self.problem = problem(value)?,
            "dataset" => self.data = data_set(key, value, DataSet::classified())?,
            "regDataset" => self.surface = data_set(key, value, DataSet::valued())?,
            "noise" => self.noise = whole(key, value, NOISES)?,
            "percTrainData" => self.share = whole(key, value, SHARES)?,
            "batchSize" => self.batch = whole(key, value, BATCHES)? as usize,
            "learningRate" => self.rate = listed(key, value, &RATES)?,
            "regularizationRate" => self.penalty_rate = listed(key, value, &PENALTY_RATES)?,
            "dropout" => self.dropout = listed(key, value, &DROPOUTS)?,
            "regularization" => self.penalty = named(key, value, Penalty::ALL, Penalty::word)?,
            "optimizer" => self.descent = named(key, value, Descent::ALL, Descent::word)?,
            "schedule" => self.plan = named(key, value, Plan::ALL, Plan::word)?,
            "networkShape" => self.set_shape(value)?,
            "activation" => {
                self.activation = named(key, value, Activation::ALL, Activation::word)?;
                self.hidden.iter_mut().for_each(|layer| layer.activation = self.activation);
            }
            "activations" => self.set_activations(value)?,
            "seed" => self.seed = seed(value)?,
            "initZero" => self.from_zero = flag(key, value)?,
            "showTestData" => self.shows_test = flag(key, value)?,
            "discretize" => self.discrete = flag(key, value)?,
            _ => match Feature::ALL.iter().position(|feature| feature.key() == key) {
                Some(place) => self.set_feature(place, flag(key, value)?)?,
                None if IGNORED.contains(&key) || key.ends_with("_hide") => {}
                None => return Err(format!("there is no setting called `{}`", excerpt(key))),
            },
        }
        Ok(())
    }

    fn set_feature(&mut self, place: usize, chosen: bool) -> Result<(), String> {
        let others = self.features.iter().enumerate().any(|(other, &chosen)| chosen && other != place);
        if !chosen && !others {
            return Err("a network needs at least one feature to look at".to_owned());
        }
        self.features[place] = chosen;
        Ok(())
    }

    /// Layers that stay keep their activation.
    fn set_shape(&mut self, value: &str) -> Result<(), String> {
        let what = || {
            format!(
                "networkShape is `{}`, and must be at most {MOST_LAYERS} numbers from 1 to {MOST_NEURONS} with commas between, \
                 as `4,2`, or nothing",
                excerpt(value)
            )
        };
        let numbers = value.split(',').filter(|_| !value.is_empty());
        let shape: Option<Vec<usize>> = numbers.map(|number| number.parse().ok()).collect();
        let shape = shape.ok_or_else(what)?;
        if shape.len() > MOST_LAYERS || shape.iter().any(|neurons| !(1..=MOST_NEURONS).contains(neurons)) {
            return Err(what());
        }
        let before = self.hidden.iter().map(|layer| layer.activation);
        let activations = before.chain(std::iter::repeat(self.activation));
        self.hidden =
            shape.into_iter().zip(activations).map(|(neurons, activation)| Hidden { neurons, activation }).collect();
        Ok(())
    }

    fn set_activations(&mut self, value: &str) -> Result<(), String> {
        let words = value.split(',').filter(|_| !value.is_empty());
        let activations = words
            .map(|word| named("activations", word, Activation::ALL, Activation::word))
            .collect::<Result<Vec<_>, _>>()?;
        if activations.len() != self.hidden.len() {
            return Err(format!(
                "activations has {} words, and there are {} hidden layers: one for each, with commas between",
                activations.len(),
                self.hidden.len()
            ));
        }
        self.hidden.iter_mut().zip(activations).for_each(|(layer, activation)| layer.activation = activation);
        Ok(())
    }
}

fn refusal(key: &str, value: &str, allowed: &str) -> String {
    format!("{key} is `{}`, and must be {allowed}", excerpt(value))
}

fn problem(value: &str) -> Result<Problem, String> {
    match value {
        "classification" => Ok(Problem::Classification),
        "regression" => Ok(Problem::Regression),
        _ => Err(refusal("problem", value, "classification or regression")),
    }
}

fn data_set(key: &str, value: &str, all: impl Iterator<Item = DataSet>) -> Result<DataSet, String> {
    named(key, value, &all.collect::<Vec<_>>(), DataSet::word)
}

fn named<C: Copy>(key: &str, value: &str, all: &[C], word: impl Fn(C) -> &'static str) -> Result<C, String> {
    all.iter().copied().find(|&choice| word(choice) == value).ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|&choice| word(choice)).collect();
        refusal(key, value, &format!("one of {}", words.join(", ")))
    })
}

fn whole(key: &str, value: &str, [low, high]: [u32; 2]) -> Result<u32, String> {
    let number = value.parse().ok().filter(|number| (low..=high).contains(number));
    number.ok_or_else(|| refusal(key, value, &format!("a whole number from {low} to {high}")))
}

fn listed(key: &str, value: &str, all: &[f64]) -> Result<f64, String> {
    let number = value.parse().ok().filter(|number| all.contains(number));
    number.ok_or_else(|| {
        let all: Vec<String> = all.iter().map(ToString::to_string).collect();
        refusal(key, value, &format!("one of {}", all.join(", ")))
    })
}

fn flag(key: &str, value: &str) -> Result<bool, String> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(refusal(key, value, "true or false")),
    }
}

fn seed(value: &str) -> Result<String, String> {
    let fits =
        (1..=40).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    if fits { Ok(value.to_owned()) } else { Err(refusal("seed", value, "1 to 40 letters, digits and dots")) }
}
