//! The settings as the page's address has them, in the form of TensorFlow Playground's: `#activation=tanh&batchSize=10&…`.

use std::fmt::Write;

use percent_encoding::percent_decode_str;

use super::{Problem, Settings};
use crate::data::{DataSet, Feature};
use crate::excerpt::excerpt;

/// Longer addresses are not looked at: all settings together have some 500 characters.
const LONGEST: usize = 4000;

impl Settings {
    /// The settings of an address, and what was not understood in it, where the default stands.
    pub fn from_address(address: &str) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut problems = Vec::new();
        if address.len() > LONGEST {
            problems.push(format!("the address has {} characters, and at most {LONGEST} are read", address.len()));
            return (settings, problems);
        }
        let text = percent_decode_str(address.trim_start_matches('#')).decode_utf8_lossy();
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let mut pairs: Vec<(&str, &str)> = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
        // The layers first, then the activation of all, then that of each; features that are there before those that are not.
        pairs.sort_by_key(|&(key, value)| match key {
            "networkShape" => 0,
            "activation" => 1,
            "activations" => 2,
            _ if value == "true" => 3,
            _ => 4,
        });
        for (key, value) in pairs {
            // A link of TensorFlow Playground with own data says so no more than any link can: they are not in it.
            if key == "dataset" && value == DataSet::Own.word() {
                problems.push("your own data are not part of a link: drop the file again".to_owned());
            } else if let Err(problem) = settings.set(key, value) {
                problems.push(problem);
            }
            if problems.len() == 8 {
                problems.push(format!("and more: the address begins `{}`", excerpt(&text)));
                break;
            }
        }
        (settings, problems)
    }

    /// The address of these settings, without `#`.
    pub fn address(&self) -> String {
        let words = |of: fn(&super::Hidden) -> String| self.hidden.iter().map(of).collect::<Vec<_>>().join(",");
        let shape = words(|layer| layer.neurons.to_string());
        let activations = words(|layer| layer.activation.word().to_owned());
        let mut address = String::new();
        let mut put = |key: &str, value: &dyn std::fmt::Display| {
            let and = if address.is_empty() { "" } else { "&" };
            // Writing into a String cannot fail.
            let _ = write!(address, "{and}{key}={value}");
        };
        put("activation", &self.activation.word());
        put("activations", &activations);
        put("regularization", &self.penalty.word());
        put("batchSize", &self.batch);
        put("dataset", &self.data.word());
        put("regDataset", &self.surface.word());
        put("learningRate", &self.rate);
        put("regularizationRate", &self.penalty_rate);
        put("noise", &self.noise);
        put("networkShape", &shape);
        put("seed", &self.seed);
        put("showTestData", &self.shows_test);
        put("discretize", &self.discrete);
        put("percTrainData", &self.share);
        for (feature, chosen) in Feature::ALL.into_iter().zip(self.features) {
            put(feature.key(), &chosen);
        }
        put("problem", &if self.problem == Problem::Regression { "regression" } else { "classification" });
        put("initZero", &self.from_zero);
        put("optimizer", &self.descent.word());
        put("schedule", &self.plan.word());
        put("dropout", &self.dropout);
        address
    }
}
