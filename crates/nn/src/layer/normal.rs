//! What normalisations end with: a gain and a shift for each feature of the last axis.

use super::Stored;
use crate::init::Init;
#[cfg(feature = "onnx")]
use crate::onnx;
use crate::param::{Param, Role};
use crate::pass::Pass;
use crate::random::Seeds;
use crate::settings::Settings;
use chainrule::{Element, Shape, Tensor, Var};
use std::sync::OnceLock;

/// Gain and shift.
#[derive(Clone, Debug)]
pub(super) struct GainAndShift<T: Element> {
    gain: Factor<T>,
    shift: Factor<T>,
}

/// A number for each feature.
#[derive(Clone, Debug)]
enum Factor<T: Element> {
    Learnt(Param<T>),
    /// It was left out: ones or zeros, made when they are needed first. They are no parameter, and stand in no file.
    Fixed(OnceLock<Tensor<T>>),
}

impl<T: Element> Factor<T> {
    fn param(&self) -> Option<&Param<T>> {
        match self {
            Self::Learnt(param) => Some(param),
            Self::Fixed(_) => None,
        }
    }

    fn build(&mut self, features: usize, init: &Init, seeds: &mut Seeds) -> Result<(), String> {
        match self {
            Self::Learnt(param) => param.build([features], init, seeds),
            Self::Fixed(numbers) => {
                *numbers = OnceLock::new();
                Ok(())
            }
        }
    }

    fn on<'t>(&self, pass: &Pass<'t, T>, features: usize, fixed: T) -> Var<'t, Tensor<T>> {
        match self {
            Self::Learnt(param) => pass.param(param),
            Self::Fixed(numbers) => pass.constant(numbers.get_or_init(|| Tensor::full([features], fixed))),
        }
    }
}

impl<T: Element> GainAndShift<T> {
    pub(super) fn new() -> Self {
        Self { gain: Factor::Learnt(Param::unbuilt()), shift: Factor::Learnt(Param::unbuilt()) }
    }

    pub(super) fn without_gain(self) -> Self {
        Self { gain: Factor::Fixed(OnceLock::new()), ..self }
    }

    pub(super) fn without_shift(self) -> Self {
        Self { shift: Factor::Fixed(OnceLock::new()), ..self }
    }

    /// Those that there are.
    fn params(&self) -> impl Iterator<Item = &Param<T>> {
        [&self.gain, &self.shift].into_iter().filter_map(Factor::param)
    }

    /// Adds which of them there are.
    pub(super) fn settings(&self, settings: Settings) -> Settings {
        settings.with("gain", self.gain.param().is_some()).with("shift", self.shift.param().is_some())
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
        self.params().next().is_some() && self.params().all(|param| param.role == Role::Frozen)
    }

    /// For rows of this shape; says how many features there are.
    pub(super) fn build(&mut self, row: &Shape, seeds: &mut Seeds) -> Result<usize, String> {
        match row.last() {
            None => Err("a row of input is a single number without axes; give inputs of shape [rows, 1]".into()),
            Some(0) => Err(format!("a row of input has shape {row}, and so no features; give at least 1")),
            Some(&features) => {
                self.gain.build(features, &Init::Ones, seeds)?;
                self.shift.build(features, &Init::Zeros, seeds)?;
                Ok(features)
            }
        }
    }

    /// Gain and shift for an input of this shape, on the tape of a pass.
    pub(super) fn on<'t>(&self, pass: &Pass<'t, T>, input: &Shape) -> [Var<'t, Tensor<T>>; 2] {
        let features = input.last().copied().unwrap_or(0);
        [self.gain.on(pass, features, T::one()), self.shift.on(pass, features, T::zero())]
    }

    /// Gain and shift in a graph, behind rows of this shape.
    #[cfg(feature = "onnx")]
    pub(super) fn onnx(&self, graph: &mut onnx::Graph, row: &Shape) -> Result<[onnx::Value; 2], String> {
        let features = row.last().copied().unwrap_or(0);
        let mut on = |factor: &Factor<T>, fixed| match factor {
            Factor::Learnt(param) => graph.param(param),
            Factor::Fixed(_) => Ok(graph.constant(&Tensor::full([features], fixed))),
        };
        Ok([on(&self.gain, T::one())?, on(&self.shift, T::zero())?])
    }

    pub(super) fn visit(&mut self, visit: &mut dyn FnMut(&str, &mut Param<T>)) {
        for (name, factor) in [("gain", &mut self.gain), ("shift", &mut self.shift)] {
            if let Factor::Learnt(param) = factor {
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
