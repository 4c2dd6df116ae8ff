//! What normalisations end with: a gain and a shift for each feature of the last axis.

use super::Stored;
use crate::init::Init;
use crate::param::{Param, Role};
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};

/// Gain and shift. One that was left out is a buffer that nobody is shown, of ones or zeros.
#[derive(Clone, Debug)]
pub(super) struct GainAndShift<T: Element> {
    gain: Param<T>,
    shift: Param<T>,
}

impl<T: Element> GainAndShift<T> {
    pub(super) fn new() -> Self {
        Self { gain: Param::unbuilt(), shift: Param::unbuilt() }
    }

    pub(super) fn without_gain(self) -> Self {
        Self { gain: Param::unbuilt_buffer(), ..self }
    }

    pub(super) fn without_shift(self) -> Self {
        Self { shift: Param::unbuilt_buffer(), ..self }
    }

    /// Adds which of them there are.
    pub(super) fn settings(&self, settings: Settings) -> Settings {
        settings.with("gain", self.gain.role != Role::Buffer).with("shift", self.shift.role != Role::Buffer)
    }

    /// From such settings.
    pub(super) fn restored(stored: &mut Stored<'_, T>) -> Result<Self, String> {
        let mut affine = Self::new();
        if !stored.get::<bool>("gain")? {
            affine = affine.without_gain();
        }
        if !stored.get::<bool>("shift")? {
            affine = affine.without_shift();
        }
        Ok(affine)
    }

    /// Whether what there is of them is frozen.
    pub(super) fn is_frozen(&self) -> bool {
        let roles = [self.gain.role, self.shift.role];
        roles.contains(&Role::Frozen) && !roles.contains(&Role::Trained)
    }

    /// For rows of this shape; says how many features there are.
    pub(super) fn build(&mut self, row: &Shape, seeds: &mut Seeds) -> Result<usize, String> {
        match row.last() {
            None => Err("a row of input is a single number without axes; give inputs of shape [rows, 1]".into()),
            Some(0) => Err(format!("a row of input has shape {row}, and so no features; give at least 1")),
            Some(&features) => {
                self.gain.build([features], &Init::Ones, seeds)?;
                self.shift.build([features], &Init::Zeros, seeds)?;
                Ok(features)
            }
        }
    }

    /// Gain and shift on the tape of a pass.
    pub(super) fn on<'t>(&self, pass: &Pass<'t, T>) -> [Var<'t, Tensor<T>>; 2] {
        [pass.param(&self.gain), pass.param(&self.shift)]
    }

    /// Gain and shift in a graph.
    #[cfg(feature = "onnx")]
    pub(super) fn onnx(&self, graph: &mut crate::onnx::Graph) -> Result<[crate::onnx::Value; 2], String> {
        let mut on = |param: &Param<T>| match param.role {
            Role::Buffer => Ok(graph.constant(&param.value)),
            _ => graph.param(param),
        };
        Ok([on(&self.gain)?, on(&self.shift)?])
    }

    pub(super) fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        for (name, param) in [("gain", &mut self.gain), ("shift", &mut self.shift)] {
            if param.role != Role::Buffer {
                visit(name, param);
            }
        }
    }
}

/// What `PyTorch` calls gain and shift.
pub(super) fn in_pytorch(name: &str) -> &str {
    match name {
        "gain" => "weight",
        "shift" => "bias",
        other => other,
    }
}
