//! What weights are before training.

use chainrule::{Element, Shape, Tensor};
use serde::{Deserialize, Serialize, Serializer};

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
    /// Rows (or columns, if these are fewer) of length 1 at right angles to each other, in random directions: Saxe and others 2014.
    /// All axes but the last count rows. The default of what a state is multiplied with in recurrent layers.
    Orthogonal,
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
    /// These numbers, in row-major order, rounded to the element type. A file tells of up to 4096 of them; a longer list is left
    /// out, since the weights are in the file.
    Values(#[serde(serialize_with = "few")] Vec<f64>),
}

/// So many first values stand in a file.
const FEW: usize = 4096;

fn few<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    if values.len() > FEW { [0.0; 0].serialize(serializer) } else { values.serialize(serializer) }
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
            Self::Orthogonal => orthogonal(shape, seed)?,
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

/// A normal matrix whose rows are made orthogonal one after the other (Gram and Schmidt, modified). Of directions that are evenly
/// spread they stay so.
fn orthogonal<T: Element>(shape: &Shape, seed: u64) -> Result<Tensor<T>, String> {
    let Some((&columns, leading)) = shape.split_last().filter(|(_, leading)| !leading.is_empty()) else {
        return Err(format!("rows at right angles need a matrix, but the parameter has shape {shape}"));
    };
    let rows: usize = leading.iter().product();
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut vectors: Vec<f64> = Tensor::normal([count, length], 0.0, 1.0, seed).to_vec();
    for at in 0..count {
        let (before, rest) = vectors.split_at_mut(at * length);
        let vector = &mut rest[..length];
        for other in before.chunks_exact(length) {
            let along: f64 = other.iter().zip(&*vector).map(|(a, b)| a * b).sum();
            vector.iter_mut().zip(other).for_each(|(x, other)| *x -= along * other);
        }
        let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
        for x in vector {
            *x /= norm;
        }
    }
    let place = |at: usize| if rows <= columns { at } else { at % columns * length + at / columns };
    Ok(Tensor::new(shape, (0..rows * columns).map(|at| T::literal(vectors[place(at)])).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orthogonal_rows_or_columns() {
        for (shape, rows, columns) in [([5, 5].into(), 5, 5), ([3, 7].into(), 3, 7), (Shape::from([2, 3, 4]), 6, 4)] {
            let matrix: Tensor<f64> = Init::Orthogonal.tensor(&shape, 3).unwrap().reshape([rows, columns]);
            let other = matrix.transpose();
            let square = if rows <= columns { matrix.matmul(&other) } else { other.matmul(&matrix) };
            let off = (square - Tensor::<f64>::eye(rows.min(columns))).abs().amax().item();
            assert!(off < 1e-12, "{shape}: {off}");
        }
        assert!(Init::Orthogonal.tensor::<f32>(&[4].into(), 3).unwrap_err().contains("shape [4]"));
    }
}
