//! Layers made again from what files say of them.

use super::Layer;
use super::stored::{Part, Stored};
use crate::activation::{Activate, Linear, LogSoftmax, Softmax};
use crate::regularizer::{L1, L1L2, L2, Regularizer};
use chainrule::Element;
use chainrule::rule::{Clamp, Elu, Gaussian, LeakyRelu, Polygamma, Powf, Powi, RuleVisitor, visit_rules};
use chainrule::{Rule, Rule2, Rule3};
use std::fmt;
use std::sync::Arc;

/// Makes a layer again.
pub(crate) type RestoreLayer<T> = fn(&mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String>;
/// Makes a penalty again.
type RestoreRegularizer<T> = fn(&mut Stored<'_, T>) -> Result<Arc<dyn Regularizer<T>>, String>;

/// What the kinds in a file mean. The library's own are known from the start; one's own layers, activations and penalties are
/// added, under the names that they have in files.
///
/// ```
/// use chainrule_nn::{Registry, Settings, prelude::*};
///
/// /// y = factor · x.
/// #[derive(Clone)]
/// struct Scale(f64);
///
/// impl Layer for Scale {
///     fn forward<'t>(&self, x: Var<'t, Tensor<f32>>, _: &Pass<'t>) -> Var<'t, Tensor<f32>> {
///         x * self.0 as f32
///     }
///     fn settings(&self) -> Option<Settings> {
///         Some(Settings::new().with("factor", self.0))
///     }
/// }
///
/// let network = Sequential::new().input(2).add(Dense::new(3).activation(Relu)).add(Scale(0.5));
/// let text = network.to_json()?;
/// let registry = Registry::default().layer("Scale", |stored| Ok(Box::new(Scale(stored.get("factor")?))));
/// let again = Sequential::<f32>::from_json_with(&text, &registry)?;
/// assert_eq!(again.to_json()?, text);
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
pub struct Registry<T: Element = f32> {
    layers: Vec<(String, RestoreLayer<T>)>,
    activations: Vec<Box<dyn Activate<T>>>,
    regularizers: Vec<(String, RestoreRegularizer<T>)>,
}

impl<T: Element> Registry<T> {
    /// With these layers, and the penalties and activations of the library.
    pub(crate) fn of(layers: &[(&str, RestoreLayer<T>)]) -> Self {
        Self {
            layers: layers.iter().map(|&(kind, restore)| (kind.to_owned(), restore)).collect(),
            activations: Vec::new(),
            regularizers: penalties(),
        }
    }

    /// Adds a kind of layer, with what makes one from its settings; it goes before one of the same name.
    #[must_use]
    pub fn layer(mut self, kind: &str, restore: RestoreLayer<T>) -> Self {
        self.layers.insert(0, (kind.to_owned(), restore));
        self
    }

    /// Adds an activation, under its [name](Activate::name).
    #[must_use]
    pub fn activation(mut self, activation: impl Activate<T> + 'static) -> Self {
        self.activations.push(Box::new(activation));
        self
    }

    /// Adds a kind of penalty, with what makes one from its settings.
    #[must_use]
    pub fn regularizer(mut self, kind: &str, restore: RestoreRegularizer<T>) -> Self {
        self.regularizers.insert(0, (kind.to_owned(), restore));
        self
    }

    /// The layer that a file tells of.
    pub(crate) fn restore_layer(&self, part: Part) -> Result<Box<dyn Layer<T>>, String> {
        let restore = find("layer", &self.layers, &part.kind)?;
        let mut stored = Stored::new(part, self);
        let layer = restore(&mut stored)?;
        stored.finish()?;
        Ok(layer)
    }

    /// The penalty that a file tells of.
    pub(super) fn restore_regularizer(&self, part: Part) -> Result<Arc<dyn Regularizer<T>>, String> {
        let restore = find("regularizer", &self.regularizers, &part.kind)?;
        let mut stored = Stored::new(part, self);
        let regularizer = restore(&mut stored)?;
        stored.finish()?;
        Ok(regularizer)
    }

    /// The activation of a name: `relu`, `leaky_relu(0.1)`.
    pub(super) fn restore_activation(&self, name: &str) -> Result<Box<dyn Activate<T>>, String> {
        let own = self.activations.iter().find(|activation| activation.name() == name);
        own.cloned().or_else(|| plain(name)).or_else(|| with_parameters(name)).ok_or_else(|| {
            format!("no activation is called `{name}`; add one of your own to the registry: `.activation(...)`")
        })
    }
}

fn penalties<T: Element>() -> Vec<(String, RestoreRegularizer<T>)> {
    let kinds: [(&str, RestoreRegularizer<T>); 3] = [
        ("L1", |stored| Ok(Arc::new(L1(stored.get("factor")?)))),
        ("L2", |stored| Ok(Arc::new(L2(stored.get("factor")?)))),
        ("L1L2", |stored| Ok(Arc::new(L1L2 { l1: stored.get("l1")?, l2: stored.get("l2")? }))),
    ];
    kinds.into_iter().map(|(kind, restore)| (kind.to_owned(), restore)).collect()
}

fn find<R: Copy>(what: &str, known: &[(String, R)], kind: &str) -> Result<R, String> {
    known.iter().find(|(known, _)| known == kind).map(|(_, restore)| *restore).ok_or_else(|| {
        let known: Vec<&str> = known.iter().map(|(kind, _)| kind.as_str()).collect();
        format!(
            "no kind of {what} is called `{kind}`; add one of your own to the registry: `.{what}(\"{kind}\", ...)`. There are: {}",
            known.join(", ")
        )
    })
}

/// A rule of the engine's list that has no parameters, or one of the activations that are no rules.
fn plain<T: Element>(name: &str) -> Option<Box<dyn Activate<T>>> {
    struct Search<'n, T: Element>(&'n str, Option<Box<dyn Activate<T>>>);
    impl<T: Element> RuleVisitor for Search<'_, T> {
        fn rule<R: Rule>(&mut self, rule: R) {
            if Rule::name(rule) == self.0 {
                self.1 = Some(Box::new(rule));
            }
        }
        fn rule2<R: Rule2>(&mut self, _: R) {}
        fn rule3<R: Rule3>(&mut self, _: R) {}
    }
    match name {
        "linear" => Some(Box::new(Linear)),
        "softmax" => Some(Box::new(Softmax)),
        "log_softmax" => Some(Box::new(LogSoftmax)),
        _ => {
            let mut search = Search(name, None);
            visit_rules(&mut search);
            search.1
        }
    }
}

/// A rule with its parameters in brackets.
fn with_parameters<T: Element>(name: &str) -> Option<Box<dyn Activate<T>>> {
    let (name, parameters) = name.strip_suffix(')')?.split_once('(')?;
    let parameters: Vec<&str> = parameters.split(", ").collect();
    Some(match (name, &parameters[..]) {
        ("leaky_relu", [slope]) => Box::new(LeakyRelu(slope.parse().ok()?)),
        ("elu", [alpha]) => Box::new(Elu(alpha.parse().ok()?)),
        ("gaussian", [factor]) => Box::new(Gaussian(factor.parse().ok()?)),
        ("powf", [exponent]) => Box::new(Powf(exponent.parse().ok()?)),
        ("powi", [exponent]) => Box::new(Powi(exponent.parse().ok()?)),
        // the work grows with the order, which a file can say as it likes
        ("polygamma", [order]) => Box::new(Polygamma(order.parse().ok().filter(|order| *order <= 1000)?)),
        ("clamp", [low, high]) => {
            let (low, high): (f64, f64) = (low.parse().ok()?, high.parse().ok()?);
            if low > high || low.is_nan() || high.is_nan() {
                return None;
            }
            Box::new(Clamp::new(low, high))
        }
        _ => return None,
    })
}

impl<T: Element> fmt::Debug for Registry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.layers.iter().map(|(kind, _)| kind)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Restores each rule that has parameters, with others than those of the list's samples.
    struct Unusual(usize);

    impl RuleVisitor for Unusual {
        fn rule<R: Rule>(&mut self, rule: R) {
            let parameters: Vec<String> = rule.parameters().iter().map(|value| (value + 8.0).to_string()).collect();
            if !parameters.is_empty() {
                let name = format!("{}({})", R::NAME, parameters.join(", "));
                let restored = Registry::<f64>::default().restore_activation(&name).unwrap();
                assert_eq!(restored.name(), name);
                self.0 += 1;
            }
        }
        fn rule2<R: Rule2>(&mut self, _: R) {}
        fn rule3<R: Rule3>(&mut self, _: R) {}
    }

    #[test]
    fn every_rule_of_the_list_comes_back_with_other_parameters() {
        let mut unusual = Unusual(0);
        visit_rules(&mut unusual);
        assert!(unusual.0 >= 7);
    }

    #[test]
    fn parameters_that_no_rule_has_are_refused() {
        let registry = Registry::<f64>::default();
        for name in [
            "powi(2.5)",
            "powi(3000000000)",
            "polygamma(-1)",
            "polygamma(2000)",
            "clamp(2, 1)",
            "clamp(NaN, 1)",
            "elu(1, 2)",
        ] {
            assert!(registry.restore_activation(name).is_err(), "{name}");
        }
    }
}
