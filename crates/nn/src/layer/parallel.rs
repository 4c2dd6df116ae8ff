//! Layers side by side.

#[cfg(test)]
use super::Sample;
use super::{Layer, Stored};
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::Param;
use crate::pass::Pass;
use crate::pytorch::StateDict;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};
use serde::{Deserialize, Serialize};

/// Branches that all get the same input, and whose outputs are joined along the last axis, or [summed](Self::sum). Any [`Layer`] is a
/// branch, also a [`Sequential`](crate::Sequential); parameters have the prefix `branch_0.`, `branch_1.`, ...
///
/// Every branch begins with the mask that came in. Behind them stands the mask in which they all end, and none if they differ, as
/// where one of them has no steps any more.
///
/// Both directions of a recurrent layer (Schuster and Paliwal 1997; Keras's `Bidirectional`):
///
/// ```
/// use chainrule_nn::prelude::*;
/// let both = Parallel::new().add(Lstm::new(8).sequences()).add(Lstm::new(8).sequences().reversed());
/// let mut network = Sequential::new().input([20, 3]).add(both);
/// network.build()?;
/// assert_eq!(network.output_row().unwrap(), &[20, 16]);
/// assert!(network.weight("parallel.branch_1.recurrent").is_some());
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "Bidirectional")]
#[doc(alias = "Concatenate")]
pub struct Parallel<T: Element = f32> {
    branches: Vec<Box<dyn Layer<T>>>,
    joint: Joint,
}

/// What becomes of the outputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Joint {
    Concat,
    Sum,
}

impl<T: Element> Default for Parallel<T> {
    fn default() -> Self {
        Self { branches: Vec::new(), joint: Joint::Concat }
    }
}

impl Parallel {
    /// No branches yet, in `f32`; `Parallel::<f64>::default()` in `f64`.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Element> Parallel<T> {
    /// One more branch.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "as in Sequential; nothing is summed")]
    pub fn add(mut self, layer: impl Layer<T> + 'static) -> Self {
        self.branches.push(Box::new(layer));
        self
    }

    /// Outputs stand side by side along the last axis, in the order of the branches; other axes are the same for all. It is so where
    /// nothing else is said.
    #[must_use]
    pub fn concat(self) -> Self {
        Self { joint: Joint::Concat, ..self }
    }

    /// Outputs are added, and so have one shape.
    #[must_use]
    pub fn sum(self) -> Self {
        Self { joint: Joint::Sum, ..self }
    }

    /// The shape of the outputs together.
    fn joined(&self, rows: &[Shape]) -> Result<Shape, String> {
        let Some((first, others)) = rows.split_first() else {
            return Err("it has no branches: `add` some".into());
        };
        let differs = |other: &&Shape| match self.joint {
            Joint::Sum => *other != first,
            Joint::Concat => other.is_empty() || other.len() != first.len() || other[..other.len() - 1] != first[..first.len() - 1],
        };
        if first.is_empty() && self.joint == Joint::Concat {
            return Err("its branches make single numbers without axes, which cannot stand side by side; `sum` them".into());
        }
        if let Some(other) = others.iter().find(differs) {
            let how = if self.joint == Joint::Sum { "all sizes, to be added" } else { "all sizes but the last" };
            return Err(format!(
                "its branches make rows of shape {first} and {other}, which must agree in {how}: change what comes out of one"
            ));
        }
        let mut shape = first.to_vec();
        if let (Joint::Concat, Some(last)) = (self.joint, shape.last_mut()) {
            let sizes = others.iter().filter_map(|other| other.last());
            *last = sizes.copied().try_fold(*last, usize::checked_add).ok_or("its branches are too wide together")?;
        }
        Ok(shape.into())
    }
}

impl<T: Element> Layer<T> for Parallel<T> {
    fn input_shape(&self) -> Option<Shape> {
        self.branches.iter().find_map(|branch| branch.input_shape())
    }

    fn build(&mut self, input: &Shape, seeds: &mut Seeds) -> Result<Shape, String> {
        let mut rows = Vec::with_capacity(self.branches.len());
        for (at, branch) in self.branches.iter_mut().enumerate() {
            if let Some(said) = branch.input_shape().filter(|said| said != input) {
                return Err(format!(
                    "branch {at} ({}): it says that rows of its input have shape {said}, but all branches get rows of shape {input}",
                    branch.kind()
                ));
            }
            let built = branch.build(input, seeds);
            rows.push(built.map_err(|problem| format!("branch {at} ({}): {problem}", branch.kind()))?);
        }
        self.joined(&rows)
    }

    fn check_input(&self, x: &Tensor<T>) -> Result<(), String> {
        self.branches.iter().try_for_each(|branch| branch.check_input(x))
    }

    fn forward<'t>(&self, x: Var<'t, Tensor<T>>, pass: &Pass<'t, T>) -> Var<'t, Tensor<T>> {
        let before = pass.mask();
        let mut masks = Vec::with_capacity(self.branches.len());
        let mut outputs = Vec::with_capacity(self.branches.len());
        for branch in &self.branches {
            pass.set_mask(before.clone());
            outputs.push(branch.forward(x, pass));
            masks.push(pass.mask());
        }
        let behind = masks.into_iter().reduce(|mask, other| if mask == other { mask } else { None });
        pass.set_mask(behind.flatten());
        match self.joint {
            Joint::Concat => Var::concat(&outputs, -1),
            Joint::Sum => outputs.into_iter().reduce(|sum, y| sum + y).unwrap_or(x),
        }
    }

    fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        for (at, branch) in self.branches.iter_mut().enumerate() {
            branch.visit(&mut |name, param| visit(&format!("branch_{at}.{name}"), param));
        }
    }

    fn settings(&self) -> Option<Settings> {
        let branches = self.branches.iter().map(|branch| (branch.kind(), branch.settings()));
        Some(Settings::new().with_parts("branches", branches).with("joint", self.joint))
    }

    fn pytorch(&mut self, row: &Shape, state: &mut StateDict<T>) {
        let before = state.flattened();
        let mut flattened = false;
        for (at, branch) in self.branches.iter_mut().enumerate() {
            state.set_flattened(before);
            state.within(&format!("branch_{at}"), |state| branch.pytorch(row, state));
            flattened |= state.flattened().is_some();
        }
        if flattened {
            state.refuse(
                "the numbers of images come out of a branch flattened, in another order in `PyTorch`: put a `Dense` behind the \
                 `Flatten`",
            );
        }
    }

    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut onnx::Graph, x: &onnx::Value, row: &Shape) -> Result<onnx::Value, String> {
        let before = graph.mask();
        let (mut outputs, mut masks) = (Vec::new(), Vec::new());
        for (at, branch) in self.branches.iter().enumerate() {
            graph.set_mask(before.clone());
            outputs.push(graph.within(&format!("branch_{at}"), |graph| branch.onnx(graph, x, row))?);
            masks.push(graph.mask());
        }
        let behind = masks.into_iter().reduce(|mask, other| if mask == other { mask } else { None });
        graph.set_mask(behind.flatten());
        let outputs: Vec<_> = outputs.iter().collect();
        Ok(match self.joint {
            Joint::Concat => graph.node("Concat", &outputs, &[("axis", (-1).into())]),
            Joint::Sum => graph.node("Sum", &outputs, &[]),
        })
    }
}

pub(super) fn restore<T: Element>(stored: &mut Stored<'_, T>) -> Result<Box<dyn Layer<T>>, String> {
    Ok(Box::new(Parallel { branches: stored.layers("branches")?, joint: stored.get("joint")? }))
}

#[cfg(test)]
pub(super) fn samples() -> Vec<Sample> {
    use super::{Dense, Dropout, Lstm};
    use chainrule::rule::Tanh;
    let dense = |units| Dense::new(units).activation(Tanh);
    let both = Parallel::default().add(Lstm::new(2).sequences()).add(Lstm::new(1).sequences().reversed());
    vec![
        Sample::new(Parallel::default().add(dense(2)).add(Dropout::new(0.5)).add(dense(1)), [2, 3]),
        Sample::new(Parallel::default().add(dense(3)).add(Dropout::new(0.0)).sum(), [2, 2, 3]),
        Sample::new(both, [2, 3, 2]),
    ]
}
