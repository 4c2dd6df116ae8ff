//! What can go wrong where data decides: building a model, training it, reading files.

use chainrule::Shape;
use chainrule::explain::Blame;
use std::fmt;
use std::path::PathBuf;

/// Why something could not be done, and what to do about it.
///
/// A program's own mistakes in formulas, such as shapes that do not fit, panic at the caller's line; what depends on data and
/// on how a model was put together comes back as one of these.
///
/// `Debug` writes the same sentence as `Display`, since that is what a `main` that returns it shows, and what `unwrap` panics with.
///
/// ```
/// let error = chainrule_nn::Sequential::<f32>::load("not there.safetensors").unwrap_err();
/// assert_eq!(format!("{error:?}"), error.to_string());
/// ```
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A layer cannot be built for the shape that it gets, or with the parameters that it was given.
    #[error("layer `{layer}`: {problem}")]
    Layer {
        /// Its name in the model.
        layer: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The data given to a call does not fit, is empty, or has values that cannot be trained on.
    #[error("{call}: {problem}")]
    Data {
        /// The call: `fit`, `evaluate`, ...
        call: &'static str,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// An option that no value of its kind, or no combination with another one, makes sense of.
    #[error("{call}: {problem}")]
    Option {
        /// The call or the option: `fit`, `Dropout`, ...
        call: &'static str,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A name that nothing in the model has.
    #[error("no {kind} is called `{name}`; there are: {known}")]
    Unknown {
        /// What was looked for: layer, parameter.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A parameter that should be trained gets no gradient.
    #[error(
        "no gradient reaches the parameter `{parameter}`: {reason}. Use it in the layer's forward pass, or freeze it"
    )]
    #[non_exhaustive]
    NoGradient {
        /// Its name in the model.
        parameter: String,
        /// Why: where what is computed from it ends, in a training by `fit` and its kin.
        reason: String,
    },
    /// A layer uses a parameter that it does not show.
    #[error(
        "a layer uses a parameter of shape {shape} that no `visit` shows: it would never be trained, counted or saved. Show it \
         in the layer's `visit`"
    )]
    Hidden {
        /// The parameter's shape; it has no name.
        shape: Shape,
    },
    /// The loss, or a gradient of it, is not a number, or infinite.
    #[error("{call}: {} in epoch {epoch}, batch {batch}: {blame}", flaw(*loss))]
    NotFinite {
        /// The call.
        call: &'static str,
        /// The loss: NaN, an infinity, or finite where a gradient is not.
        loss: f64,
        /// The epoch, counted from 1.
        epoch: usize,
        /// The batch within it, counted from 1.
        batch: usize,
        /// In which layer, by which operation and from which operands it arose, what can be done, and what became of the weights.
        blame: String,
        /// The same for programs, where an operation of this batch is to blame, and not a parameter that was spoiled before.
        origin: Option<Box<Blame>>,
    },
    /// Training has driven a parameter, or the loss on the validation data, out of the numbers.
    #[error("fit: after epoch {epoch} {what} is no longer finite: lower the learning rate, or clip gradients")]
    Diverged {
        /// The epoch, counted from 1.
        epoch: usize,
        /// What is not finite.
        what: String,
    },
    /// A text does not tell of a network.
    #[error("the architecture of a network cannot be read: {problem}")]
    Architecture {
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A data set is not where it was looked for.
    #[error("{name}: found no {missing} in {}; {remedy}", folder.display())]
    Missing {
        /// The data set.
        name: &'static str,
        /// The files that are not there.
        missing: String,
        /// Where they were looked for.
        folder: PathBuf,
        /// What to download, and where to put it.
        remedy: String,
    },
    /// A file does not hold what it should.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line or the byte where there is one.
        problem: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A picture could not be drawn.
    #[error("picture: {problem}")]
    Picture {
        /// What the drawing library says.
        problem: String,
    },
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is not finite.
fn flaw(loss: f64) -> String {
    if loss.is_finite() { "a gradient is not finite".into() } else { format!("the loss is {loss}") }
}

/// The result of whatever can fail.
pub type Result<T> = std::result::Result<T, Error>;
