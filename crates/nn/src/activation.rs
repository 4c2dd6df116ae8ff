//! Activations: what a layer does to its outputs.

use chainrule::rule::Relu;
use chainrule::{Conv2d, Element, Real, Rule, Tape, Tensor, Var};
use chainrule_kernels::vector::Work;
use std::any::{TypeId, type_name};
use std::fmt::Debug;

/// A function put behind a layer. Every [`Rule`] is one, so one's own is written in a few lines and is gradient-checked like
/// the library's; so are [`Linear`], [`Softmax`] and [`LogSoftmax`].
///
/// ```
/// use chainrule::{Real, Rule, rule::Sigmoid};
/// use chainrule_nn::prelude::*;
///
/// /// x σ(βx) with β = 1.5.
/// #[derive(Clone, Copy)]
/// struct Swish;
/// impl Rule for Swish {
///     const NAME: &'static str = "swish";
///     const PROBES: &'static [f64] = &[-2.0, 0.5, 2.0];
///     fn value<T: Real>(self, x: T) -> T {
///         x * (x * T::literal(1.5)).apply(Sigmoid)
///     }
///     fn slope<T: Real>(self, x: T, y: T) -> T {
///         let s = (x * T::literal(1.5)).apply(Sigmoid);
///         s + T::literal(1.5) * y * (T::one() - s)
///     }
/// }
/// chainrule::gradcheck(|[x]| x.apply(Swish), [0.7]).assert_ok();
/// let network = Sequential::new().add(Dense::new(8).activation(Swish).input(4));
/// # let _ = network;
/// ```
///
/// A formula of other functions needs no slope of its own:
///
/// ```
/// use chainrule_nn::prelude::*;
///
/// /// max(0, x)².
/// #[derive(Clone)]
/// struct SquaredRelu;
/// impl Activate for SquaredRelu {
///     fn apply<'t>(&self, x: Var<'t, Tensor<f32>>) -> Var<'t, Tensor<f32>> {
///         x.relu().powi(2)
///     }
/// }
/// let network = Sequential::new().add(Dense::new(8).activation(SquaredRelu).input(4));
/// # let _ = network;
/// ```
pub trait Activate<T: Element = f32>: CloneActivate<T> + Send + Sync {
    /// What it is called.
    fn name(&self) -> String {
        short_name::<Self>().to_lowercase()
    }

    /// The outputs after it.
    fn apply<'t>(&self, x: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>>;

    /// Writes it down as nodes of an ONNX graph behind `x`; says where the output is. The library's activations are known by
    /// their names.
    ///
    /// # Errors
    /// When it has no such form.
    #[cfg(feature = "onnx")]
    fn onnx(&self, graph: &mut crate::onnx::Graph, x: &crate::onnx::Value) -> Result<crate::onnx::Value, String> {
        crate::onnx::activation(graph, &self.name(), x)
    }

    /// The outputs of `x w + b` after it. Where `dropout` is given, a rate and a seed, [`dropout`](Var::dropout) comes behind. What the
    /// engine has as one operation, it is; tapes that are traced show each step by itself.
    fn after_linear<'t>(&self, [x, w, b]: [Var<'t, Tensor<T>>; 3], dropout: Option<(f64, u64)>) -> Var<'t, Tensor<T>> {
        let y = self.apply(x.linear(w, b));
        dropout.map_or(y, |(rate, seed)| y.dropout(rate, seed))
    }

    /// The outputs of a convolution with a bias after it, `[images, kernel, bias]`; otherwise as [`after_linear`](Self::after_linear).
    fn after_conv2d<'t>(&self, [x, w, b]: [Var<'t, Tensor<T>>; 3], options: Conv2d) -> Var<'t, Tensor<T>> {
        self.apply(x.conv2d_bias(w, b, options))
    }

    /// The activation of a tensor by itself, as predictions use it: in its place where that can be, so that there is one buffer less.
    fn apply_in_place(&self, x: Tensor<T>) -> Tensor<T> {
        self.apply(Tape::new().constant(x)).value()
    }
}

/// Lets a boxed [`Activate`] be cloned; whatever is `Clone` has it.
pub trait CloneActivate<T: Element> {
    /// A copy.
    fn boxed(&self) -> Box<dyn Activate<T>>;
}

impl<T: Element, A: Activate<T> + Clone + 'static> CloneActivate<T> for A {
    fn boxed(&self) -> Box<dyn Activate<T>> {
        Box::new(self.clone())
    }
}

impl<T: Element, R: Rule> Activate<T> for R {
    fn name(&self) -> String {
        Rule::name(*self).into_owned()
    }
    fn apply<'t>(&self, x: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        x.apply(*self)
    }
    fn after_linear<'t>(&self, [x, w, b]: [Var<'t, Tensor<T>>; 3], dropout: Option<(f64, u64)>) -> Var<'t, Tensor<T>> {
        let fuses = fuses::<T, R>(&[x, w, b]);
        match dropout {
            None if fuses => x.linear_relu(w, b),
            Some((rate, seed)) if fuses => x.linear_relu_dropout(w, b, rate, seed),
            None => x.linear(w, b).apply(*self),
            Some((rate, seed)) => x.linear(w, b).apply(*self).dropout(rate, seed),
        }
    }
    fn after_conv2d<'t>(&self, [x, w, b]: [Var<'t, Tensor<T>>; 3], options: Conv2d) -> Var<'t, Tensor<T>> {
        if fuses::<T, R>(&[x, w, b]) { x.conv2d_relu(w, b, options) } else { x.conv2d_bias(w, b, options).apply(*self) }
    }
    fn apply_in_place(&self, mut x: Tensor<T>) -> Tensor<T> {
        let elements = x.as_mut_slice();
        T::loops(InPlace { elements, rule: *self });
        x
    }
}

/// Whether the engine has a layer with this rule behind it as one operation, and nobody wants to see the steps.
fn fuses<T: Element, R: Rule>(operands: &[Var<'_, Tensor<T>>]) -> bool {
    let traced = operands.iter().any(|x| x.tape().is_some_and(Tape::is_traced));
    TypeId::of::<R>() == TypeId::of::<Relu>() && !traced
}

/// `x = rule(x)`, as a type, so that it is compiled for wide vectors as a whole: with the very functions that a tape computes with.
struct InPlace<'a, T, R> {
    elements: &'a mut [T],
    rule: R,
}

impl<T: Element, R: Rule> Work for InPlace<'_, T, R> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for x in self.elements {
            *x = T::from_lane(x.lane().apply(self.rule));
        }
    }
}

/// `y = x`: no activation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Linear;

/// `yᵢ = exp(xᵢ) / Σ exp(xⱼ)` along the last axis: probabilities of classes. As an activation, or as a layer of its own.
///
/// A cross-entropy behind it is computed from the logits before it, which cannot overflow and is not clipped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Softmax;

/// `ln softmax(x)` along the last axis.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogSoftmax;

macro_rules! activations {
    ($($Activation:ident $name:literal |$x:ident| $y:expr;)*) => { $(
        impl<T: Element> Activate<T> for $Activation {
            fn name(&self) -> String {
                $name.into()
            }
            fn apply<'t>(&self, $x: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
                $y
            }
        }
    )* };
}
activations! {
    Linear "linear" |x| x;
    Softmax "softmax" |x| x.softmax(-1);
    LogSoftmax "log_softmax" |x| x.log_softmax(-1);
}

impl<T: Element> Clone for Box<dyn Activate<T>> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

impl<T: Element> Debug for dyn Activate<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.name())
    }
}

/// The last word of a type's name, without its parameters: what a layer is called that does not say otherwise.
pub(crate) fn short_name<L: ?Sized>() -> &'static str {
    let whole = type_name::<L>();
    let plain = whole.split('<').next().unwrap_or(whole);
    plain.rsplit("::").next().unwrap_or(plain)
}
