//! The update of parameters, each in one pass over the memory.

use chainrule::Tensor;
use chainrule_kernels::vector::vectorised;

/// `w -= rate * gradient`
pub(super) fn descend(w: &mut Tensor<f32>, gradient: &Tensor<f32>, rate: f32) {
    let (w, gradient) = (w.as_mut_slice(), gradient.as_slice());
    vectorised(|| w.iter_mut().zip(gradient).for_each(|(w, g)| *w -= rate * g));
}

/// Adam (Kingma and Ba, 2015) with `PyTorch`'s defaults.
#[derive(Debug)]
pub(super) struct Adam<const N: usize> {
    means: [Vec<f32>; N],
    squares: [Vec<f32>; N],
    steps: i32,
}

impl<const N: usize> Adam<N> {
    pub(super) fn new(parameters: &[Tensor<f32>; N]) -> Self {
        let zeros = || parameters.each_ref().map(|w| vec![0.0; w.len()]);
        Self { means: zeros(), squares: zeros(), steps: 0 }
    }

    pub(super) fn step(&mut self, parameters: &mut [Tensor<f32>; N], gradients: &[Tensor<f32>; N]) {
        const RATE: f32 = 1e-3;
        const KEEP_MEAN: f32 = 0.9;
        const KEEP_SQUARE: f32 = 0.999;
        const EPSILON: f32 = 1e-8;
        self.steps += 1;
        let rate = RATE / (1.0 - KEEP_MEAN.powi(self.steps));
        let root = 1.0 / (1.0 - KEEP_SQUARE.powi(self.steps)).sqrt();
        let moments = self.means.iter_mut().zip(&mut self.squares);
        for ((w, gradient), (means, squares)) in parameters.iter_mut().zip(gradients).zip(moments) {
            let (w, gradient) = (w.as_mut_slice(), gradient.as_slice());
            vectorised(|| {
                let moments = means.iter_mut().zip(squares.iter_mut());
                for ((w, &g), (mean, square)) in w.iter_mut().zip(gradient).zip(moments) {
                    *mean = KEEP_MEAN * *mean + (1.0 - KEEP_MEAN) * g;
                    *square = KEEP_SQUARE * *square + (1.0 - KEEP_SQUARE) * g * g;
                    *w -= rate * *mean / (square.sqrt() * root + EPSILON);
                }
            });
        }
    }
}
