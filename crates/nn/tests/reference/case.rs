//! Layers against the numbers of another system, from the same weights: values and gradients. What the tests of layers share.
//!
//! A table has a line for each tensor of a case: `case,tensor,shape,elements`, with sizes and elements apart by spaces. Tensors
//! are called `x`, `y`, `upstream`, `gradient x`; for a parameter `p` of the layer `p` and `gradient p`; for a buffer `p` before
//! the pass, `after p` once it was trained on. `mask` is 1 where a step is real.

use chainrule::{Element, Shape, Tensor};
use chainrule_nn::prelude::*;
use std::collections::BTreeMap;

/// The tensors of one case, by name.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) name: String,
    tensors: BTreeMap<String, Tensor<f64>>,
}

/// What a layer does in the pass that is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Training,
    Evaluation,
}

/// The cases of a table, in its order.
pub(crate) fn cases(table: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in table.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        let &[case, tensor, shape, elements] = &cells[..] else { panic!("four cells in a line: {line}") };
        let shape: Shape = shape.split_whitespace().map(|size| size.parse::<usize>().unwrap()).collect();
        let elements = elements.split_whitespace().map(|element| element.parse().unwrap()).collect();
        if cases.last().is_none_or(|last| last.name != case) {
            cases.push(Case { name: case.to_owned(), ..Case::default() });
        }
        cases.last_mut().unwrap().tensors.insert(tensor.to_owned(), Tensor::new(shape, elements));
    }
    assert!(!cases.is_empty());
    cases
}

impl Case {
    /// A tensor in full precision.
    pub(crate) fn get(&self, tensor: &str) -> Option<&Tensor<f64>> {
        self.tensors.get(tensor)
    }

    /// A tensor of the case, rounded to `T`.
    fn rounded<T: Element>(&self, tensor: &str) -> Tensor<T> {
        let full = self.get(tensor).unwrap_or_else(|| panic!("case {}: no tensor `{tensor}`", self.name));
        Tensor::new(full.shape(), full.iter().map(|&value| T::literal(value)).collect())
    }

    /// Runs a layer on the inputs and parameters of the case, and compares its outputs, all gradients and what its buffers become:
    /// nothing may be further away than `tolerance`, relative to the largest element there and 1.
    pub(crate) fn compare<T: Element>(&self, mut layer: Box<dyn Layer<T>>, mode: Mode, tolerance: f64) {
        let x: Tensor<T> = self.rounded("x");
        layer.build(&x.shape()[1..].into(), &mut Seeds::new(1)).unwrap();
        layer.visit(&mut |name, param| {
            let given = self.rounded(name);
            assert_eq!(given.shape(), param.value.shape(), "case {}: the shape of `{name}`", self.name);
            param.value = given;
        });
        let mut session = Session::new(1);
        let y = {
            let pass = if mode == Mode::Training { session.training() } else { session.evaluation() };
            pass.set_mask(
                self.get("mask").map(|mask| Tensor::new(mask.shape(), mask.iter().map(|m| *m != 0.0).collect())),
            );
            let x = pass.tape().var(x);
            let y = layer.forward(x, &pass);
            let loss = (y * &self.rounded("upstream")).sum();
            self.near("gradient x", &loss.backward().of(x), tolerance);
            pass.backward(loss);
            y.value()
        };
        self.near("y", &y, tolerance);
        let gradients = session.gradients().to_vec();
        layer.visit(&mut |name, param| {
            if param.role == Role::Trained {
                let gradient = gradients.iter().find(|(id, _)| *id == param.id());
                let (_, gradient) = gradient.unwrap_or_else(|| panic!("case {}: no gradient by `{name}`", self.name));
                self.near(&format!("gradient {name}"), gradient, tolerance);
            }
        });
        if mode == Mode::Training {
            let mut optimizer = Sgd::<T>::new(0.0);
            if !gradients.is_empty() {
                session.step(&mut *layer, &mut optimizer).unwrap();
            }
            layer.visit(&mut |name, param| {
                if param.role == Role::Buffer {
                    self.near(&format!("after {name}"), &param.value, tolerance);
                }
            });
        }
    }

    fn near<T: Element>(&self, tensor: &str, found: &Tensor<T>, tolerance: f64) {
        let expected = self.get(tensor).unwrap_or_else(|| panic!("case {}: no tensor `{tensor}`", self.name));
        assert_eq!(found.shape(), expected.shape(), "case {}: the shape of `{tensor}`", self.name);
        let scale = expected.iter().fold(1.0_f64, |scale, value| scale.max(value.abs()));
        for (at, (found, &expected)) in found.iter().zip(expected).enumerate() {
            let found = found.to_f64().unwrap();
            assert!(
                (found - expected).abs() <= tolerance * scale,
                "case {}: element {at} of `{tensor}` is {found}, and should be {expected}",
                self.name
            );
        }
    }
}
