//! Weights by name: read, put back, frozen, grouped.

use super::Sequential;
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::param::{Group, Param, Role};
use chainrule::{Element, Tensor};

impl<T: Element> Sequential<T> {
    /// Every parameter and buffer with its name, such as `dense_1.weights`, in the layers' order. Nothing is copied until one of
    /// the two sides changes.
    #[doc(alias = "get_weights")]
    #[doc(alias = "state_dict")]
    pub fn weights(&self) -> Vec<(String, Tensor<T>)> {
        // a clone shares the numbers; it stands in since visiting may change what it sees
        weights_of(&mut self.clone())
    }

    /// One parameter or buffer by its name; none where nothing is called so.
    pub fn weight(&self, name: &str) -> Option<Tensor<T>> {
        self.weights().into_iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Puts weights back: all of them, under their names, in any order.
    ///
    /// # Errors
    /// When a name is missing, unknown or given twice, or a shape differs. Then nothing was changed.
    #[doc(alias = "load_state_dict")]
    pub fn set_weights(&mut self, weights: &[(String, Tensor<T>)]) -> Result<()> {
        if self.shapes.is_empty() {
            self.build()?;
        }
        put_weights(self, weights)
    }

    /// Keeps the parameters of a layer (`dense`) or one parameter (`dense.bias`) as they are. A `BatchNorm` whose gain and shift are
    /// frozen acts as at inference; one that has neither goes on to measure.
    ///
    /// # Errors
    /// When nothing is called so.
    #[doc(alias = "trainable")]
    #[doc(alias = "requires_grad_")]
    pub fn freeze(&mut self, name: &str) -> Result<()> {
        self.change(name, |param| {
            if param.role == Role::Trained {
                param.role = Role::Frozen;
            }
        })
    }

    /// Trains them again.
    ///
    /// # Errors
    /// When nothing is called so.
    pub fn unfreeze(&mut self, name: &str) -> Result<()> {
        self.change(name, |param| {
            if param.role == Role::Frozen {
                param.role = Role::Trained;
            }
        })
    }

    /// Has the optimizer treat the parameters of a layer, or one parameter, in its own way.
    ///
    /// # Errors
    /// When nothing is called so, and for a rate or a decay that is negative or not finite.
    pub fn group(&mut self, name: &str, group: Group) -> Result<()> {
        group.check().map_err(|problem| Error::Option { call: "group", problem })?;
        self.change(name, |param| param.group = group)
    }

    fn change(&mut self, name: &str, change: impl Fn(&mut Param<T>)) -> Result<()> {
        if self.shapes.is_empty() {
            self.build()?;
        }
        let mut found = self.places.iter().any(|place| place.name == name);
        self.visit(&mut |own, param| {
            if own == name || own.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')) {
                found = true;
                change(param);
            }
        });
        if found {
            return Ok(());
        }
        let names = self.names().into_iter().chain(self.names.iter().map(String::as_str));
        Err(unknown("layer or parameter", name, names))
    }
}

/// Every parameter and buffer of a layer with its name.
pub(crate) fn weights_of<T: Element>(layer: &mut dyn Layer<T>) -> Vec<(String, Tensor<T>)> {
    let mut weights = Vec::new();
    layer.visit(&mut |name, param| weights.push((name.to_owned(), param.value.clone())));
    weights
}

/// Compares weights with those of a layer.
pub(crate) fn check_weights<T: Element>(layer: &mut dyn Layer<T>, weights: &[(String, Tensor<T>)]) -> Result<()> {
    let own = weights_of(layer);
    let refuse = |problem| Err(Error::Data { call: "set_weights", problem });
    for (name, value) in &own {
        let mut given = weights.iter().filter(|(given, _)| given == name);
        let Some((_, first)) = given.next() else {
            return refuse(format!("no weights were given for `{name}`"));
        };
        if given.next().is_some() {
            return refuse(format!("`{name}` was given twice"));
        }
        if first.shape() != value.shape() {
            return refuse(format!(
                "`{name}` was given with shape {}, but has shape {} in this network",
                first.shape(),
                value.shape()
            ));
        }
    }
    if let Some((name, _)) = weights.iter().find(|(given, _)| own.iter().all(|(name, _)| name != given)) {
        return Err(unknown("parameter", name, own.iter().map(|(name, _)| name.as_str())));
    }
    Ok(())
}

/// Puts weights back into a layer: all of them or none.
pub(crate) fn put_weights<T: Element>(layer: &mut dyn Layer<T>, weights: &[(String, Tensor<T>)]) -> Result<()> {
    check_weights(layer, weights)?;
    layer.visit(&mut |name, param| {
        if let Some((_, value)) = weights.iter().find(|(given, _)| given == name) {
            param.value = value.clone();
        }
    });
    Ok(())
}

fn unknown<'a>(kind: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    Error::Unknown { kind, name: name.to_owned(), known: known.collect::<Vec<_>>().join(", ") }
}
