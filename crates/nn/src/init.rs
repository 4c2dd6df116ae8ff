//! What weights are before training.

use chainrule::{Element, Shape, Tensor};
use serde::{Deserialize, Serialize};

/// How the first values of a parameter are made. The drawn ones follow Keras 3 and look at the fans of the shape; all are
/// seeded by the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Init {
    /// Evenly within ±√(6 / (fan in + fan out)): Glorot and Bengio 2010. The default of layers with weights.
    #[default]
    GlorotUniform,
    /// Cut normal with deviation √(2 / (fan in + fan out)).
    GlorotNormal,
    /// Evenly within ±√(6 / fan in), for layers before a relu: He and others 2015.
    HeUniform,
    /// Cut normal with deviation √(2 / fan in).
    HeNormal,
    /// Evenly within ±√(3 / fan in), for layers before a selu: `LeCun` and others 1998.
    LecunUniform,
    /// Cut normal with deviation √(1 / fan in).
    LecunNormal,
    /// Evenly between two numbers.
    Uniform(f64, f64),
    /// Normal with this mean and standard deviation.
    Normal(f64, f64),
    /// All 0: the default of biases.
    Zeros,
    /// All 1.
    Ones,
    /// All this number.
    Constant(f64),
    /// These numbers, in row-major order, rounded to the element type.
    Values(Vec<f64>),
}

impl Init {
    /// The first values of a parameter of this shape.
    ///
    /// # Errors
    /// Given numbers of another count, and a range or deviation that none can be drawn from.
    pub fn tensor<T: Element>(&self, shape: &Shape, seed: u64) -> Result<Tensor<T>, String> {
        Ok(match self {
            Self::GlorotUniform => Tensor::glorot_uniform(shape, seed),
            Self::GlorotNormal => Tensor::glorot_normal(shape, seed),
            Self::HeUniform => Tensor::he_uniform(shape, seed),
            Self::HeNormal => Tensor::he_normal(shape, seed),
            Self::LecunUniform => Tensor::lecun_uniform(shape, seed),
            Self::LecunNormal => Tensor::lecun_normal(shape, seed),
            &Self::Uniform(low, high) if low <= high && (high - low).is_finite() => {
                Tensor::uniform(shape, low, high, seed)
            }
            Self::Uniform(low, high) => return Err(format!("no number can be drawn evenly from {low} to {high}")),
            &Self::Normal(mean, deviation) if deviation >= 0.0 => Tensor::normal(shape, mean, deviation, seed),
            Self::Normal(_, deviation) => return Err(format!("a standard deviation cannot be {deviation}")),
            Self::Zeros => Tensor::zeros(shape),
            Self::Ones => Tensor::ones(shape),
            &Self::Constant(value) => Tensor::full(shape, T::literal(value)),
            Self::Values(values) if values.len() == shape.elements() => {
                Tensor::new(shape, values.iter().map(|&value| T::literal(value)).collect())
            }
            Self::Values(values) => {
                return Err(format!(
                    "{} initial values were given, but the parameter has shape {shape} and so {} elements",
                    values.len(),
                    shape.elements()
                ));
            }
        })
    }
}
