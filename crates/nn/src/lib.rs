//! Neural networks on the engine `chainrule`, as comfortable as Keras.

mod activation;
mod check;
pub mod data;
mod error;
mod init;
pub mod layer;
pub mod loss;
pub mod metric;
mod monitor;
pub mod optim;
mod param;
mod pass;
#[cfg(feature = "plot")]
pub mod plot;
mod random;
mod regularizer;
pub mod schedule;
mod sequential;
mod session;
mod targets;
pub mod train;
mod weighted_mean;

pub use activation::{Activate, Linear, LogSoftmax, Softmax};
pub use check::{LayerReport, check_layer};
pub use error::{Error, Result};
pub use init::Init;
pub use layer::{Activation, Dense, Dropout, Flatten, GaussianNoise, Input, Layer, Maxout, Reshape, RowShape};
pub use loss::Loss;
pub use metric::{Metric, Tally};
pub use monitor::Monitor;
pub use optim::Optimize;
pub use param::{Group, Param, ParamId, Role};
pub use pass::Pass;
pub use random::Seeds;
pub use regularizer::{L1, L1L2, L2, Regularizer};
pub use sequential::{Sequential, Summary};
pub use session::Session;
pub use train::{
    Callback, ClassWeights, Control, CsvLog, EarlyStopping, Epoch, Evaluate, Fit, Flow, History, Lambda,
    LearningRateSchedule, Metrics, Model, Score, TerminateOnNan, Verbose,
};

/// What most programs need: `use chainrule_nn::prelude::*;`.
pub mod prelude {
    pub use crate::loss::*;
    pub use crate::metric::*;
    pub use crate::optim::{Adadelta, Adagrad, Adam, AdamW, Adamax, Lion, Nadam, RmsProp, Sgd};
    pub use crate::schedule::{
        Cosine, CosineRestarts, ExponentialDecay, InverseTime, PiecewiseConstant, Polynomial, ReduceOnPlateau,
        Schedule, StepDecay, WarmUp,
    };
    pub use crate::{
        Activation, Callback, ClassWeights, Control, CsvLog, Dense, Dropout, EarlyStopping, Epoch, Evaluate, Fit,
        Flatten, Flow, GaussianNoise, Group, History, Init, Input, L1, L1L2, L2, Lambda, Layer, LearningRateSchedule,
        Linear, LogSoftmax, Maxout, Model, Monitor, Optimize, Param, Pass, Reshape, Role, Score, Seeds, Sequential,
        Session, Softmax, TerminateOnNan, Verbose,
    };
    pub use chainrule::rule::{
        Elu, Gelu, HardSigmoid, HardSwish, LeakyRelu, Mish, Relu, Relu6, Selu, Sigmoid, Silu, Softplus, Softsign, Tanh,
    };
    pub use chainrule::{Element, Shape, Tape, Targets, Tensor, Var, keepdims};
}

/// The code of the README and of the page about networks, compiled and run: this crate sees all that they use. The files are
/// links, so that they are found here and in the packaged crate.
#[cfg(doctest)]
#[doc = include_str!("readme.md")]
#[doc = include_str!("networks.md")]
struct Pages;
