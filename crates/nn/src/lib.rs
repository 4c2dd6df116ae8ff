//! Neural networks on the engine `chainrule`, as comfortable as Keras.

mod activation;
pub mod data;
mod error;
mod init;
pub mod layer;
pub mod loss;
pub mod metric;
pub mod optim;
mod param;
mod pass;
mod random;
mod regularizer;
mod sequential;
pub mod train;

pub use activation::{Activate, Linear, LogSoftmax, Softmax};
pub use error::{Error, Result};
pub use init::Init;
pub use layer::{Activation, Dense, Dropout, Flatten, GaussianNoise, Input, Layer, Maxout, Reshape, RowShape};
pub use loss::Loss;
pub use metric::Metric;
pub use optim::Optimize;
pub use param::{Group, Param, ParamId, Role};
pub use pass::{Pass, Session};
pub use random::Seeds;
pub use regularizer::{L1, L1L2, L2, Regularizer};
pub use sequential::{Sequential, Summary};
pub use train::{
    Callback, ClassWeights, Control, CsvLog, EarlyStopping, Epoch, Evaluate, Fit, Flow, History, Lambda,
    LearningRateSchedule, Model, Monitor, Score, TerminateOnNan, Verbose,
};

/// What most programs need: `use chainrule_nn::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Activation, ClassWeights, CsvLog, Dense, Dropout, EarlyStopping, Epoch, Evaluate, Fit, Flatten, Flow,
        GaussianNoise, Group, History, Init, Input, L1, L1L2, L2, Lambda, Layer, LearningRateSchedule, Linear,
        LogSoftmax, Loss, Maxout, Metric, Model, Monitor, Optimize, Param, Pass, Reshape, Role, Score, Seeds,
        Sequential, Session, Softmax, TerminateOnNan, Verbose,
    };
    pub use chainrule::rule::{
        Elu, Gelu, HardSigmoid, HardSwish, LeakyRelu, Mish, Relu, Relu6, Selu, Sigmoid, Silu, Softplus, Softsign, Tanh,
    };
    pub use chainrule::{Element, Shape, Tape, Targets, Tensor, Var};
}
