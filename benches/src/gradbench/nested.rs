//! Derivatives within derivatives, as `particle` and `saddle` want them: either level forwards or backwards.

use chainrule::derivative::{Differentiable, Leaf};
use chainrule::{Dual, Real, grad};

/// A number that can be differentiated by, any number of times.
pub(super) trait Scalar: Real + Leaf + Differentiable<Dual = Dual<Self>> {}
impl<T: Real + Leaf + Differentiable<Dual = Dual<T>>> Scalar for T {}

/// A function of `N` numbers, over numbers of kind `T`, which may themselves be variables of an outer derivative.
pub(super) trait Objective<T: Scalar, const N: usize> {
    /// Its value, for `T` itself or for a kind of number on top of it.
    fn value<U: Scalar + From<T>>(&self, x: [U; N]) -> U;
}

/// A mode of differentiation.
pub(super) trait Mode {
    /// The gradient of `f` at `x`.
    fn gradient<T: Scalar, const N: usize>(f: &impl Objective<T, N>, x: [T; N]) -> [T; N];
}

/// Dual numbers, one evaluation for each variable.
pub(super) struct Forward;
impl Mode for Forward {
    fn gradient<T: Scalar, const N: usize>(f: &impl Objective<T, N>, x: [T; N]) -> [T; N] {
        let mut gradient = x;
        for (i, slope) in gradient.iter_mut().enumerate() {
            let mut moving = x.map(Dual::constant);
            moving[i] = Dual::variable(x[i]);
            *slope = f.value(moving).epsilon;
        }
        gradient
    }
}

/// A tape and a reverse sweep.
pub(super) struct Backward;
impl Mode for Backward {
    fn gradient<T: Scalar, const N: usize>(f: &impl Objective<T, N>, x: [T; N]) -> [T; N] {
        grad(|x| f.value(x), x)
    }
}

/// Where `f` is least, by gradient descent from `start`: the step doubles after ten that led down, and is halved after one that
/// did not. It ends where the slope, or the next step, is shorter than 1e-5.
pub(super) fn least<M: Mode, T: Scalar, const N: usize>(f: &impl Objective<T, N>, start: [T; N]) -> [T; N] {
    let enough = T::literal(1e-5);
    let mut x = start;
    let mut value = f.value(x);
    let mut gradient = M::gradient(f, x);
    let mut downhill = 0;
    let mut rate = 1e-5;
    // without bottom or slope, the rate grows or shrinks until it is no number to go by
    while f64::is_normal(rate) && norm(gradient) > enough {
        if downhill == 10 {
            rate *= 2.0;
            downhill = 0;
        }
        let mut next = x;
        for (x, &slope) in next.iter_mut().zip(&gradient) {
            *x -= T::literal(rate) * slope;
        }
        let mut step = x;
        for (step, &next) in step.iter_mut().zip(&next) {
            *step -= next;
        }
        if norm(step) <= enough {
            break;
        }
        let next_value = f.value(next);
        if next_value < value {
            (x, value) = (next, next_value);
            gradient = M::gradient(f, x);
            downhill += 1;
        } else {
            rate /= 2.0;
            downhill = 0;
        }
    }
    x
}

/// Where `f` is greatest, by the same descent.
pub(super) fn greatest<M: Mode, T: Scalar, const N: usize>(f: &impl Objective<T, N>, start: [T; N]) -> [T; N] {
    struct Negative<'f, F>(&'f F);
    impl<T: Scalar, const N: usize, F: Objective<T, N>> Objective<T, N> for Negative<'_, F> {
        fn value<U: Scalar + From<T>>(&self, x: [U; N]) -> U {
            -self.0.value(x)
        }
    }
    least::<M, T, N>(&Negative(f), start)
}

fn norm<T: Real, const N: usize>(x: [T; N]) -> T {
    x.iter().fold(T::zero(), |total, &x| total + x * x).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x y as a function of y; x comes from outside.
    struct Product<T>(T);
    impl<T: Scalar> Objective<T, 1> for Product<T> {
        fn value<U: Scalar + From<T>>(&self, [y]: [U; 1]) -> U {
            let x: U = self.0.into();
            x * y
        }
    }

    /// x · d/dy (x y) = x²
    struct Outer<M>(std::marker::PhantomData<M>);
    impl<M: Mode> Objective<f64, 1> for Outer<M> {
        fn value<U: Scalar + From<f64>>(&self, [x]: [U; 1]) -> U {
            x * M::gradient(&Product(x), [U::literal(7.0)])[0]
        }
    }

    fn slope<Out: Mode, In: Mode>() -> [f64; 1] {
        Out::gradient(&Outer::<In>(std::marker::PhantomData), [3.0])
    }

    #[test]
    fn four_nestings() {
        // d/dx x² at 3
        assert_eq!(slope::<Forward, Forward>(), [6.0]);
        assert_eq!(slope::<Forward, Backward>(), [6.0]);
        assert_eq!(slope::<Backward, Forward>(), [6.0]);
        assert_eq!(slope::<Backward, Backward>(), [6.0]);
    }

    /// (x - 1)² + (y + 2)², which is least at (1, -2).
    struct Bowl;
    impl Objective<f64, 2> for Bowl {
        fn value<U: Scalar + From<f64>>(&self, [x, y]: [U; 2]) -> U {
            (x - U::literal(1.0)).powi(2) + (y + U::literal(2.0)).powi(2)
        }
    }

    #[test]
    fn descent_finds_the_bottom() {
        let [x, y] = least::<Backward, f64, 2>(&Bowl, [0.0, 0.0]);
        assert!((x - 1.0).abs() < 1e-4 && (y + 2.0).abs() < 1e-4, "({x}, {y})");
    }

    /// -3 x has no least value; √x is no number left of 0.
    struct Cliff;
    impl Objective<f64, 1> for Cliff {
        fn value<U: Scalar + From<f64>>(&self, [x]: [U; 1]) -> U {
            -x * U::literal(3.0)
        }
    }
    struct Nowhere;
    impl Objective<f64, 1> for Nowhere {
        fn value<U: Scalar + From<f64>>(&self, [x]: [U; 1]) -> U {
            x.sqrt()
        }
    }

    #[test]
    fn descent_ends_where_there_is_no_bottom() {
        let [x] = least::<Forward, f64, 1>(&Cliff, [0.0]);
        assert!(x > 1e10, "{x}");
        assert_eq!(least::<Forward, f64, 1>(&Nowhere, [-1.0]), [-1.0]);
    }
}
