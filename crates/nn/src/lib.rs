//! Neural networks on the engine [`chainrule`], as comfortable as Keras and with its names, defaults and numbers.
//!
//! ```
//! use chainrule_nn::prelude::*;
//!
//! # fn main() -> chainrule_nn::Result<()> {
//! // which of two numbers is larger?
//! let x = Tensor::<f32>::uniform([400, 2], -1.0, 1.0, 1);
//! let labels: Vec<usize> = x.as_slice().chunks(2).map(|pair| usize::from(pair[1] > pair[0])).collect();
//! let y = Tensor::from(labels);
//!
//! let mut model = Sequential::new()
//!     .add(Dense::new(8).activation(Relu).input(2))
//!     .add(Dense::new(2).activation(Softmax))
//!     .seed(7)
//!     .compile(SparseCategoricalCrossEntropy, Adam::new(0.02), [Accuracy])?;
//! let history = model.fit(&x, &y, Fit::epochs(20).validation_split(0.2))?;
//! assert!(history["val_accuracy"].last() > Some(&0.9));
//! let shares = model.predict(&Tensor::from([[0.9, -0.3]]))?;
//! assert!(shares[[0, 0]] > 0.9);
//! # Ok(())
//! # }
//! ```
//!
//! - A network is a [`Sequential`] of [layers](layer); [`compile`](Sequential::compile) joins it with a [loss], an
//!   [optimizer](optim) and [metrics](metric) to a [`Model`], which has [`fit`](Model::fit), [`evaluate`](Model::evaluate) and
//!   [`predict`](Model::predict). What looks at a training from outside is a [`Callback`].
//! - A training loop written by hand has the same parts around a [`Session`].
//! - [`data`] brings data in, divides and scales it; `plot` (a feature) draws what came out.
//! - Everything computes in `f32`, or in `f64` where a network begins with `Sequential::<f64>::default()`. The same seed gives
//!   the same bits.
//! - A mistake in a formula panics at its line; what depends on data is an [`Error`] that says what to do.
//!
//! Features: `progress` (default; a bar while a model trains), `csv`, `idx` (MNIST's format), `ndarray`, `onnx` (networks for
//! other systems), `plot`.
//!
//! Programs may implement [`Layer`], [`Activate`], [`Regularizer`], [`Loss`], [`Metric`] with [`Tally`], [`Callback`], [`Optimize`],
//! [`optim::UpdateRule`] and [`schedule::Schedule`]: within a compatible version these get no method without a default.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod activation;
mod check;
pub mod data;
mod error;
mod files;
mod init;
pub mod layer;
pub mod loss;
pub mod metric;
mod monitor;
#[cfg(feature = "onnx")]
pub mod onnx;
pub mod optim;
mod param;
mod pass;
#[cfg(feature = "plot")]
pub mod plot;
mod pytorch;
mod random;
mod regularizer;
pub mod schedule;
mod sequential;
mod session;
mod settings;
mod targets;
pub mod train;
mod weighted_mean;

pub use activation::{Activate, Linear, LogSoftmax, Softmax};
pub use check::{LayerReport, check_layer};
pub use error::{Error, Result};
pub use files::{State, load_tensors, save_tensors};
pub use init::Init;
pub use layer::*;
pub use loss::Loss;
pub use metric::{Metric, Tally};
pub use monitor::Monitor;
pub use optim::Optimize;
pub use param::{Group, NamedParam, Param, ParamId, Role};
pub use pass::Pass;
pub use pytorch::StateDict;
pub use random::Seeds;
pub use regularizer::{L1, L1L2, L2, Regularizer};
pub use sequential::{Layout, Sequential, Summary};
pub use session::Session;
pub use settings::Settings;
pub use train::*;

/// What most programs need: `use chainrule_nn::prelude::*;`.
pub mod prelude {
    pub use crate::layer::*;
    pub use crate::loss::*;
    pub use crate::metric::*;
    pub use crate::optim::*;
    pub use crate::schedule::*;
    pub use crate::train::*;
    pub use crate::{
        Activate, Group, Init, L1, L1L2, L2, Layout, Linear, LogSoftmax, Monitor, Param, ParamId, Pass, Regularizer,
        Role, Seeds, Sequential, Session, Softmax, load_tensors, save_tensors,
    };
    pub use chainrule::rule::{
        Elu, Gelu, HardSigmoid, HardSwish, LeakyRelu, Mish, Relu, Relu6, Selu, Sigmoid, Silu, Softplus, Softsign, Tanh,
    };
    pub use chainrule::{Element, Shape, Tape, Targets, Tensor, Var, keepdims};
}

/// The code of the README, compiled and run: this crate sees all that it uses. The file is a link, so that it is found here and in
/// the packaged crate. The code of the other pages is run by `docs/snippets.rs`.
#[cfg(doctest)]
#[doc = include_str!("readme.md")]
struct Readme;
