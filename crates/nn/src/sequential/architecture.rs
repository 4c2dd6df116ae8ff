//! A network's layers as text.

use super::{Place, Sequential};
use crate::error::{Error, Result};
use crate::layer::{Layer, Part, Registry, Stored};
use crate::param::{Group, Role};
use crate::settings::Settings;
use chainrule::Element;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Files of this version are written; later ones are refused.
const VERSION: u64 = 1;

/// What stands in a file, around the settings of the network itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Architecture {
    chainrule_network: u64,
    network: Map<String, Value>,
    frozen: Vec<String>,
    groups: BTreeMap<String, (f64, Option<f64>)>,
}

impl<T: Element> Default for Registry<T> {
    fn default() -> Self {
        Self::with(&[
            ("Softmax", |_| Ok(Box::new(crate::activation::Softmax))),
            ("LogSoftmax", |_| Ok(Box::new(crate::activation::LogSoftmax))),
            ("Sequential", |stored| Ok(Box::new(Sequential::from_settings(stored)?))),
        ])
    }
}

impl<T: Element> Sequential<T> {
    /// The layers with their settings as JSON, without weights: what is needed to make the same network again, with its seed,
    /// and with what is frozen or treated in its own way.
    ///
    /// ```
    /// use chainrule_nn::prelude::*;
    /// let network = Sequential::new().input(4).add(Dense::new(8).activation(Relu)).add(Dense::new(1)).seed(7);
    /// let again = Sequential::<f32>::from_json(&network.to_json()?)?;
    /// assert_eq!(again.names(), ["dense", "dense_1"]);
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// When a layer, activation or penalty of one's own does not say its settings, and when `add_named` or `reuse` was misused.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(&self.architecture()?).map_err(|error| problem(error.to_string()))
    }

    /// What stands in a file.
    pub(crate) fn architecture(&self) -> Result<Value> {
        // what was read and not built yet is told on
        let Treatment { mut frozen, groups } = self.treatment.clone();
        let mut groups: BTreeMap<_, _> =
            groups.into_iter().map(|(name, group)| (name, (group.rate, group.decay))).collect();
        self.clone().visit(&mut |name, param| {
            if param.role == Role::Frozen {
                frozen.push(name.to_owned());
            }
            if param.group != Group::default() {
                groups.insert(name.to_owned(), (param.group.rate, param.group.decay));
            }
        });
        if let Some((layer, problem)) = &self.mistake {
            return Err(Error::Layer { layer: layer.clone(), problem: problem.clone() });
        }
        let network = self.describe().values().map_err(problem)?;
        let architecture = Architecture { chainrule_network: VERSION, network, frozen, groups };
        serde_json::to_value(&architecture).map_err(|error| problem(error.to_string()))
    }

    /// A network made from what [`to_json`](Self::to_json) wrote, not built yet.
    ///
    /// # Errors
    /// [`Error::Architecture`] when the text is not JSON, of a later version, or holds kinds and settings that are not known.
    pub fn from_json(text: &str) -> Result<Self> {
        Self::from_json_with(text, &Registry::default())
    }

    /// [`from_json`](Self::from_json) with layers, activations or penalties of one's own.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json).
    pub fn from_json_with(text: &str, registry: &Registry<T>) -> Result<Self> {
        let json = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"));
        let network = json.and_then(|json| Self::from_architecture(json, registry));
        network.map_err(|problem| Error::Architecture { problem })
    }

    pub(super) fn from_architecture(json: Value, registry: &Registry<T>) -> std::result::Result<Self, String> {
        let Some(version) = json.get("chainrule_network").and_then(Value::as_u64) else {
            return Err("it does not say `chainrule_network` with a version, as chainrule's do".into());
        };
        if version > VERSION {
            return Err(format!(
                "it is of version {version}, and this chainrule reads up to version {VERSION}: update it"
            ));
        }
        let architecture: Architecture = serde_json::from_value(json).map_err(|error| error.to_string())?;
        let mut stored = Stored::new(Part { kind: "the network".into(), settings: architecture.network }, registry);
        let mut network = Self::from_settings(&mut stored)?;
        stored.finish()?;
        let groups = architecture.groups.into_iter().map(|(name, (rate, decay))| (name, Group { rate, decay }));
        network.treatment = Treatment { frozen: architecture.frozen, groups: groups.collect() };
        Ok(network)
    }

    /// Whether a file tells of the same layers, whatever their seed.
    pub(crate) fn has_layers_of(&self, architecture: &Value) -> bool {
        let layers = |architecture: &Value| {
            let network = architecture.get("network")?.as_object()?;
            let others = network.iter().filter(|(name, _)| *name != "seed");
            Some(others.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
        };
        self.architecture().is_ok_and(|own| layers(&own) == layers(architecture))
    }

    /// Freezes and groups parameters as a file tells, and no others.
    pub(crate) fn treat_as(&mut self, architecture: Value) -> std::result::Result<(), String> {
        let Architecture { frozen, groups, .. } =
            serde_json::from_value(architecture).map_err(|error| error.to_string())?;
        self.visit(&mut |name, param| {
            if param.role != Role::Buffer {
                param.role = if frozen.iter().any(|frozen| frozen == name) { Role::Frozen } else { Role::Trained };
                let group = groups.get(name).map(|&(rate, decay)| Group { rate, decay });
                param.group = group.unwrap_or_default();
            }
        });
        Ok(())
    }

    /// What the network was made with.
    pub(super) fn describe(&self) -> Settings {
        Settings::new()
            .with("input", self.input.as_deref())
            .with("seed", self.seed)
            .with("names", self.names())
            .with_parts("layers", self.places.iter().map(|place| (place.layer.kind(), place.layer.settings())))
            .with("order", &self.order)
    }

    fn from_settings(stored: &mut Stored<'_, T>) -> std::result::Result<Self, String> {
        let input = stored.shape("input")?;
        let seed = stored.get("seed")?;
        let names: Vec<String> = stored.get("names")?;
        let layers = stored.layers("layers")?;
        let order: Vec<usize> = stored.get("order")?;
        if names.len() != layers.len() {
            return Err(format!("there are {} names for {} layers", names.len(), layers.len()));
        }
        if let Some(at) = order.iter().find(|at| **at >= layers.len()) {
            return Err(format!("the order has layer {at}, but there are only {}", layers.len()));
        }
        if let Some(at) = (0..layers.len()).find(|at| !order.contains(at)) {
            return Err(format!("the layer `{}` stands nowhere in the order", names[at]));
        }
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) || !is_name(name) {
                return Err(format!("`{name}` cannot be the name of a layer, or is that of two"));
            }
        }
        let places = names.into_iter().zip(layers).map(|(name, layer)| Place { name, layer }).collect();
        Ok(Self { places, order, input, seed, ..Self::default() })
    }
}

fn problem(problem: String) -> Error {
    Error::Option { call: "to_json", problem }
}

/// Whether a layer can be called so.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['.', '/'])
}

/// What is said of parameters that are not there before the network is built.
#[derive(Clone, Debug, Default)]
pub(super) struct Treatment {
    frozen: Vec<String>,
    groups: Vec<(String, Group)>,
}

impl Treatment {
    /// Freezes and groups the parameters, once they are there.
    pub(super) fn apply<T: Element>(self, network: &mut Sequential<T>) -> Result<()> {
        for name in &self.frozen {
            network.freeze(name)?;
        }
        for (name, group) in self.groups {
            network.group(&name, group)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::samples;
    use crate::random::Seeds;
    use crate::session::Session;
    use chainrule::Tensor;

    fn output(layer: &dyn Layer<f64>, x: &Tensor<f64>) -> Tensor<f64> {
        let mut session = Session::new(1);
        let pass = session.training();
        layer.forward(pass.constant(x), &pass).value()
    }

    #[test]
    fn every_layer_in_the_list_is_made_again_from_its_settings() {
        for (name, samples) in samples() {
            for mut sample in samples {
                let network = |layer| {
                    let place = Place { name: "it".into(), layer };
                    let row = sample.x.shape()[1..].into();
                    Sequential::<f64> { places: vec![place], order: vec![0], input: Some(row), ..Sequential::default() }
                };
                let text = network(sample.layer.clone()).to_json().unwrap_or_else(|error| panic!("{name}: {error}"));
                let mut again = Sequential::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(again.to_json().unwrap(), text, "{name}");
                let mut layer = again.places.remove(0).layer;
                layer.build(&sample.x.shape()[1..].into(), &mut Seeds::new(5)).unwrap();
                sample.layer.build(&sample.x.shape()[1..].into(), &mut Seeds::new(5)).unwrap();
                assert_eq!(output(&*layer, &sample.x), output(&*sample.layer, &sample.x), "{name}: {text}");
            }
        }
    }
}
