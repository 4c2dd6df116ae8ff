//! Tensors beside tensors: equality, comparisons element by element, and what masks can do.

use super::Tensor;
use super::axes::{Axes, AxisSet};
use super::element::Element;
use super::strided::{Layout, walk};
use crate::number::Dual;
use std::ops::{BitAnd, BitOr, Not};

/// Shape and elements are equal. No broadcasting; NaN equals nothing, dual numbers are compared by value.
impl<T: PartialEq> PartialEq for Tensor<T> {
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape() && self.as_slice() == other.as_slice()
    }
}
impl<T: Eq> Eq for Tensor<T> {}

/// What a tensor may be compared with: another one, or a number.
pub trait Comparand<T> {
    /// Whether `holds` for each element of `x` beside this.
    #[doc(hidden)]
    #[track_caller]
    fn compare(self, operation: &str, x: &Tensor<T>, holds: impl Fn(T, T) -> bool) -> Tensor<bool>;
}

impl<T: Copy> Comparand<T> for &Tensor<T> {
    #[track_caller]
    fn compare(self, operation: &str, x: &Tensor<T>, holds: impl Fn(T, T) -> bool) -> Tensor<bool> {
        side_by_side(operation, x, self, holds)
    }
}
impl<T: Copy> Comparand<T> for T {
    fn compare(self, _: &str, x: &Tensor<T>, holds: impl Fn(T, T) -> bool) -> Tensor<bool> {
        x.map(|x| holds(x, self))
    }
}
/// A plain number beside dual numbers.
impl<T: Element> Comparand<Dual<T>> for f64 {
    fn compare(self, operation: &str, x: &Tensor<Dual<T>>, holds: impl Fn(Dual<T>, Dual<T>) -> bool) -> Tensor<bool> {
        let number = Dual::constant(T::literal(self));
        number.compare(operation, x, holds)
    }
}

macro_rules! comparisons {
    ($($method:ident $sign:tt $words:literal;)*) => {
        /// Comparisons, element by element and broadcasting; by value alone, never by derivatives. With NaN only `not_equal`
        /// holds.
        impl<T: PartialOrd + Copy> Tensor<T> { $(
            #[doc = concat!("Where an element is ", $words, " that of another tensor, or a number.")]
            ///
            /// # Panics
            /// When the shapes do not broadcast.
            #[track_caller]
            pub fn $method(&self, other: impl Comparand<T>) -> Tensor<bool> {
                other.compare(stringify!($method), self, |x, y| x $sign y)
            }
        )* }
    };
}
comparisons! {
    less < "less than";
    less_equal <= "less than or equal to";
    greater > "greater than";
    greater_equal >= "greater than or equal to";
    equal == "equal to";
    not_equal != "not equal to";
}

/// `f` of each pair of elements, the two tensors broadcast against each other.
#[track_caller]
fn side_by_side<T: Copy>(operation: &str, x: &Tensor<T>, y: &Tensor<T>, f: impl Fn(T, T) -> bool) -> Tensor<bool> {
    let Some(shape) = x.shape().broadcast(y.shape()) else {
        panic!(
            "{operation}: shapes {} and {} do not broadcast: aligned at the last axis, sizes must agree or be 1; \
             `unsqueeze` adds an axis of size 1",
            x.shape(),
            y.shape()
        )
    };
    let mut answers = vec![false; shape.elements()];
    let (first, second) = (Layout::broadcast(x.shape(), &shape), Layout::broadcast(y.shape(), &shape));
    let (xs, ys) = (x.as_slice(), y.as_slice());
    walk(&shape, [&Layout::dense(&shape), &first, &second], |run| {
        let [to, from_x, from_y] = run.at;
        let answers = &mut answers[to..to + run.length];
        match run.steps {
            [_, 1, 1] => {
                let pairs = xs[from_x..][..run.length].iter().zip(&ys[from_y..][..run.length]);
                for (answer, (&x, &y)) in answers.iter_mut().zip(pairs) {
                    *answer = f(x, y);
                }
            }
            _ => {
                for (i, answer) in answers.iter_mut().enumerate() {
                    *answer = f(xs[run.place(1, i)], ys[run.place(2, i)]);
                }
            }
        }
    });
    Tensor::new(shape, answers)
}

/// Masks: their logic, which broadcasts, and their reductions.
impl Tensor<bool> {
    /// Where both hold; also `&a & &b`.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let x = Tensor::from([-1.0, 0.5, 2.0]);
    /// assert_eq!(x.greater(0.0) & x.less(1.0), Tensor::from([false, true, false]));
    /// ```
    ///
    /// # Panics
    /// When the shapes do not broadcast.
    #[must_use]
    #[track_caller]
    pub fn logical_and(&self, other: &Self) -> Self {
        side_by_side("logical_and", self, other, |x, y| x && y)
    }

    /// Where at least one holds; also `&a | &b`.
    ///
    /// # Panics
    /// When the shapes do not broadcast.
    #[must_use]
    #[track_caller]
    pub fn logical_or(&self, other: &Self) -> Self {
        side_by_side("logical_or", self, other, |x, y| x || y)
    }

    /// Where it does not hold; also `!&a`.
    #[must_use]
    pub fn logical_not(&self) -> Self {
        self.map(|x| !x)
    }

    /// Whether any element is true; not so where there are none.
    pub fn any(&self) -> bool {
        self.as_slice().contains(&true)
    }

    /// Whether all elements are true; so where there are none.
    pub fn all(&self) -> bool {
        !self.as_slice().contains(&false)
    }

    /// How many elements are true.
    pub fn count(&self) -> usize {
        self.iter().filter(|&&yes| yes).count()
    }

    /// Whether any element is true along these axes; not so along an axis of size 0.
    ///
    /// ```
    /// use chainrule::prelude::*;
    /// let mask = Tensor::from([[true, false], [false, false]]);
    /// assert_eq!(mask.any_along(1), Tensor::from([true, false]));
    /// ```
    ///
    /// # Panics
    /// When an axis is not there, or named twice.
    #[must_use]
    #[track_caller]
    pub fn any_along(&self, axes: impl Axes) -> Self {
        self.reduced("any_along", axes, true)
    }

    /// Whether all elements are true along these axes; so along an axis of size 0.
    ///
    /// # Panics
    /// When an axis is not there, or named twice.
    #[must_use]
    #[track_caller]
    pub fn all_along(&self, axes: impl Axes) -> Self {
        self.reduced("all_along", axes, false)
    }

    /// `decisive` where an element along the axes is, else its opposite.
    #[track_caller]
    fn reduced(&self, operation: &str, axes: impl Axes, decisive: bool) -> Self {
        let shape = self.shape();
        let reduction = AxisSet::new(axes).reduce(operation, shape);
        let mut answers = vec![!decisive; reduction.kept.elements()];
        let elements = self.as_slice();
        walk(shape, [&Layout::dense(shape), &Layout::broadcast(&reduction.kept, shape)], |run| {
            for i in 0..run.length {
                if elements[run.place(0, i)] == decisive {
                    answers[run.place(1, i)] = decisive;
                }
            }
        });
        Self::new(reduction.result, answers)
    }
}

macro_rules! mask_operators {
    ($($Trait:ident $method:ident $logical:ident;)*) => { $(
        impl $Trait for &Tensor<bool> {
            type Output = Tensor<bool>;
            #[track_caller]
            fn $method(self, other: Self) -> Tensor<bool> {
                self.$logical(other)
            }
        }
        impl $Trait for Tensor<bool> {
            type Output = Self;
            #[track_caller]
            fn $method(self, other: Self) -> Self {
                self.$logical(&other)
            }
        }
        impl $Trait<&Self> for Tensor<bool> {
            type Output = Self;
            #[track_caller]
            fn $method(self, other: &Self) -> Self {
                self.$logical(other)
            }
        }
        impl $Trait<Tensor<bool>> for &Tensor<bool> {
            type Output = Tensor<bool>;
            #[track_caller]
            fn $method(self, other: Tensor<bool>) -> Tensor<bool> {
                self.$logical(&other)
            }
        }
    )* };
}
mask_operators! {
    BitAnd bitand logical_and;
    BitOr bitor logical_or;
}
impl Not for &Tensor<bool> {
    type Output = Tensor<bool>;
    fn not(self) -> Tensor<bool> {
        self.logical_not()
    }
}
impl Not for Tensor<bool> {
    type Output = Self;
    fn not(self) -> Self {
        self.logical_not()
    }
}

/// Comparisons with a tolerance, for tests; with the feature `approx`. Tensors of different shapes are not equal.
#[cfg(feature = "approx")]
mod tolerant {
    use super::Tensor;
    use approx::{AbsDiffEq, RelativeEq, UlpsEq};

    impl<T: AbsDiffEq<Epsilon: Copy>> AbsDiffEq for Tensor<T> {
        type Epsilon = T::Epsilon;

        fn default_epsilon() -> T::Epsilon {
            T::default_epsilon()
        }
        fn abs_diff_eq(&self, other: &Self, epsilon: T::Epsilon) -> bool {
            self.shape() == other.shape() && self.as_slice().abs_diff_eq(other.as_slice(), epsilon)
        }
    }

    impl<T: RelativeEq<Epsilon: Copy>> RelativeEq for Tensor<T> {
        fn default_max_relative() -> T::Epsilon {
            T::default_max_relative()
        }
        fn relative_eq(&self, other: &Self, epsilon: T::Epsilon, max_relative: T::Epsilon) -> bool {
            self.shape() == other.shape() && self.as_slice().relative_eq(other.as_slice(), epsilon, max_relative)
        }
    }

    impl<T: UlpsEq<Epsilon: Copy>> UlpsEq for Tensor<T> {
        fn default_max_ulps() -> u32 {
            T::default_max_ulps()
        }
        fn ulps_eq(&self, other: &Self, epsilon: T::Epsilon, max_ulps: u32) -> bool {
            self.shape() == other.shape() && self.as_slice().ulps_eq(other.as_slice(), epsilon, max_ulps)
        }
    }
}
