//! Shapes, folded through the layers.

use super::Sequential;
use super::architecture::Treatment;
use crate::error::{Error, Result};
use crate::layer::Layer;
use crate::param::elements;
use crate::random::Seeds;
use chainrule::{Element, Shape};

impl<T: Element> Sequential<T> {
    /// Gives every layer its shapes and first weights. `compile` does it too; built again, nothing changes.
    ///
    /// # Errors
    /// [`Error::Layer`] with the first layer that the shapes or its settings do not fit, and where the shape of the input is not
    /// known.
    pub fn build(&mut self) -> Result<()> {
        let seed = self.seed;
        self.build_with(&mut Seeds::new(seed))
    }

    /// [`build`](Self::build) with first weights from these seeds.
    pub(super) fn build_with(&mut self, seeds: &mut Seeds) -> Result<()> {
        if self.order.is_empty() {
            return Err(Error::Option {
                call: "build",
                problem: "the network has no layers: `add` some before it is built".into(),
            });
        }
        let Some(input) = self.input.clone() else {
            return Err(Error::Layer {
                layer: self.names()[0].to_owned(),
                problem: "the shape of its input is not known: say `.input(n)` on the network or on its first layer"
                    .into(),
            });
        };
        self.build_for(&input, seeds).map(drop)
    }

    /// Builds for rows of this shape; the shape of a row of output.
    pub(super) fn build_for(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape> {
        if let Some((layer, problem)) = &self.mistake {
            return Err(Error::Layer { layer: layer.clone(), problem: problem.clone() });
        }
        elements(input).map_err(|problem| Error::Option { call: "build", problem: format!("the input: {problem}") })?;
        self.input = Some(input.clone());
        self.shapes.clear();
        self.names.clear();
        let mut shape = input.clone();
        let mut shapes = Vec::with_capacity(self.order.len());
        for &at in &self.order {
            let place = &mut self.places[at];
            if let Some(said) = place.layer.input_shape().filter(|said| *said != shape) {
                return Err(Error::Layer {
                    layer: place.name.clone(),
                    problem: format!(
                        "it says that rows of its input have shape {said}, but it gets rows of shape {shape}"
                    ),
                });
            }
            shape = place.layer.build(&shape, seeds).map_err(|problem| Error::Layer {
                layer: place.name.clone(),
                problem: format!("{problem} (its input has rows of shape {shape})"),
            })?;
            elements(&shape).map_err(|problem| Error::Layer { layer: place.name.clone(), problem })?;
            shapes.push(shape.clone());
        }
        self.shapes = shapes;
        self.names = self.distinct_names()?;
        self.treatment.clone().apply(self)?;
        self.treatment = Treatment::default();
        Ok(shape)
    }

    /// The names of all parameters; two of one name could not be told apart.
    fn distinct_names(&mut self) -> Result<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        self.visit(&mut |name, _| names.push(name.to_owned()));
        if let Some(name) = names.iter().find(|name| name.contains('/')) {
            return Err(Error::Layer {
                layer: name.split('.').next().unwrap_or(name).to_owned(),
                problem: format!(
                    "its parameter `{name}` has a slash in its name, which parts names in files: use a dot"
                ),
            });
        }
        let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        match twice {
            None => Ok(names),
            Some((_, name)) => Err(Error::Layer {
                layer: name.split('.').next().unwrap_or(name).to_owned(),
                problem: format!(
                    "two of its parameters are called `{name}`; a layer that shows those of inner layers puts a name before \
                     each: `inner.visit(&mut |name, param| visit(&format!(\"inner.{{name}}\"), param))`"
                ),
            }),
        }
    }

    /// The shape of a row of input; none before it was said.
    pub fn input_row(&self) -> Option<&Shape> {
        self.input.as_ref()
    }

    /// The shape of a row of output; none before the network was built.
    pub fn output_row(&self) -> Option<&Shape> {
        self.shapes.last()
    }

    /// The shape of a row after each layer, in the order in which they run.
    pub(super) fn rows(&self) -> &[Shape] {
        &self.shapes
    }
}
