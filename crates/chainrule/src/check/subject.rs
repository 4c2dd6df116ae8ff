//! What gradients can be checked by: numbers, and tensors of them.

use crate::array::Tensor;
use crate::number::Dual;
use crate::tape::Value;

/// What [`gradcheck`](crate::gradcheck) takes derivatives by: `f64`, or tensors of `f64`.
pub trait Subject: Value {
    /// The same over dual numbers.
    type Dual: Value;

    /// The numbers within, in row-major order.
    fn numbers(&self) -> Vec<f64>;

    /// A value of the same shape with these numbers.
    #[must_use]
    fn with_numbers(&self, numbers: Vec<f64>) -> Self;

    /// The index of number `at` within the value; none for a number.
    fn index(&self, at: usize) -> Vec<usize>;

    /// This value, moving along `direction`.
    fn moving(&self, direction: &Self) -> Self::Dual;

    /// The weights of a result over dual numbers: the same as those over numbers, and they do not move.
    fn weights_over_duals(like: &Self::Dual) -> Self::Dual;

    /// The values, and the derivatives along the direction.
    fn parts(dual: &Self::Dual) -> (Vec<f64>, Vec<f64>);
}

impl Subject for f64 {
    type Dual = Dual<f64>;

    fn numbers(&self) -> Vec<f64> {
        vec![*self]
    }
    fn with_numbers(&self, numbers: Vec<f64>) -> Self {
        numbers[0]
    }
    fn index(&self, _: usize) -> Vec<usize> {
        Vec::new()
    }
    fn moving(&self, direction: &Self) -> Dual<f64> {
        Dual::new(*self, *direction)
    }
    fn weights_over_duals(_: &Dual<f64>) -> Dual<f64> {
        Dual::constant(1.0)
    }
    fn parts(dual: &Dual<f64>) -> (Vec<f64>, Vec<f64>) {
        (vec![dual.value], vec![dual.epsilon])
    }
}

impl Subject for Tensor<f64> {
    type Dual = Tensor<Dual<f64>>;

    fn numbers(&self) -> Vec<f64> {
        self.as_slice().to_vec()
    }
    fn with_numbers(&self, numbers: Vec<f64>) -> Self {
        Self::new(self.shape(), numbers)
    }
    fn index(&self, at: usize) -> Vec<usize> {
        let mut rest = at;
        let mut index = vec![0; self.rank()];
        for (place, &size) in index.iter_mut().zip(self.shape().iter()).rev() {
            *place = rest % size;
            rest /= size;
        }
        index
    }
    fn moving(&self, direction: &Self) -> Tensor<Dual<f64>> {
        let both = self.as_slice().iter().zip(direction.as_slice());
        Tensor::new(self.shape(), both.map(|(&x, &v)| Dual::new(x, v)).collect())
    }
    fn weights_over_duals(like: &Tensor<Dual<f64>>) -> Tensor<Dual<f64>> {
        Tensor::new(like.shape(), scattered(like.len()).into_iter().map(Dual::constant).collect())
    }
    fn parts(dual: &Tensor<Dual<f64>>) -> (Vec<f64>, Vec<f64>) {
        dual.as_slice().iter().map(|x| (x.value, x.epsilon)).unzip()
    }
}

/// Numbers between 1/2 and 3/2 of both signs, in no order; 1 for a single one.
pub(super) fn scattered(count: usize) -> Vec<f64> {
    let number = |i: usize| {
        let wave = (i as f64 * 12.9898 + 78.233).sin() * 43_758.545_3;
        let fraction = wave - wave.floor();
        if fraction < 0.5 { 0.5 + 2.0 * fraction } else { 0.5 - 2.0 * fraction }
    };
    if count == 1 { vec![1.0] } else { (0..count).map(number).collect() }
}
