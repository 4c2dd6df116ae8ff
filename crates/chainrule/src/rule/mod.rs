//! Every elementwise rule, each written once, and the list that turns them into methods and checks.
//!
//! A rule is one `impl` in the file of its family and one line in the list below. The list generates the method on
//! every kind of number ([`Number`](crate::Number), [`Dual`](crate::Dual), [`Var`](crate::Var)) and every check: there
//! is no other place to register it. `CONTRIBUTING.md` walks through adding one.

mod activation;
mod arithmetic;
mod exponential;
mod foreign;
mod hyperbolic;
mod piecewise;
mod power;
mod rectifier;
mod special;
mod trigonometric;

pub use activation::*;
pub use arithmetic::*;
pub use exponential::*;
pub use foreign::*;
pub use hyperbolic::*;
pub use piecewise::*;
pub use power::*;
pub use rectifier::*;
pub use special::*;
pub use trigonometric::*;

use crate::real::{Rule, Rule2, Rule3};

/// The list. `$then!` receives it as groups of `method Rule` lines:
/// - `one`: functions of one number;
/// - `one_with`: functions of one number with constant parameters: method, parameters, rule, and the parameters of the
///   samples that are checked;
/// - `two`, `three`: functions of two and three numbers;
/// - `operators`: rules that are reached through operators, or only through other rules, and so have no method.
macro_rules! for_each_rule {
    ($then:ident) => {
        $then! {
            one {
                recip Recip;
                sqrt Sqrt; cbrt Cbrt;
                exp Exp; exp2 Exp2; exp_m1 ExpM1; ln Ln; log2 Log2; log10 Log10; ln_1p Ln1p; entropy Entropy;
                sin Sin; cos Cos; tan Tan; asin Asin; acos Acos; atan Atan; sinc Sinc;
                sinh Sinh; cosh Cosh; tanh Tanh; asinh Asinh; acosh Acosh; atanh Atanh; sech_squared SechSquared;
                abs Abs; sign Sign; signum Signum; step Step;
                floor Floor; ceil Ceil; round Round; trunc Trunc; fract Fract;
                erf Erf; erfc Erfc; normal_cdf NormalCdf; lgamma Lgamma; digamma Digamma;
                sigmoid Sigmoid; logit Logit; log_sigmoid LogSigmoid; softplus Softplus; gelu Gelu; gelu_tanh GeluTanh;
                silu Silu; mish Mish; softsign Softsign;
                relu Relu; relu6 Relu6; selu Selu; hard_sigmoid HardSigmoid; piecewise_sigmoid PiecewiseSigmoid;
                hard_swish HardSwish;
            }
            one_with {
                powi(exponent: i32) Powi(exponent), [(-3), (-1), (0), (1), (2), (3), (4)];
                powf(exponent: impl Into<f64>) Powf(exponent.into()),
                    [(-1.5), (-1.0), (0.0), (0.5), (1.0), (2.0), (2.5), (3.0)];
                clamp(low: impl Into<f64>, high: impl Into<f64>) Clamp::new(low.into(), high.into()), [(-1.0, 2.0)];
                leaky_relu(slope: impl Into<f64>) LeakyRelu(slope.into()), [(0.1), (0.01)];
                elu(alpha: impl Into<f64>) Elu(alpha.into()), [(1.0), (0.5), (2.0)];
                gaussian(factor: impl Into<f64>) Gaussian(factor.into()), [(0.5), (1.0)];
                polygamma(order: u32) Polygamma(order), [(1), (2), (3)];
            }
            two {
                pow Pow; hypot Hypot; atan2 Atan2; max Max; min Min; xlogy Xlogy;
            }
            three {
                mul_add MulAdd;
            }
            operators {
                one Neg;
                two Add Sub Mul Div Rem HypotSlope Atan2Slope;
            }
        }
    };
}

/// Something that wants to see every rule of the list.
pub trait RuleVisitor {
    /// Called with each rule of one argument; rules with parameters come as several samples.
    fn rule<R: Rule>(&mut self, rule: R);
    /// Called with each rule of two arguments.
    fn rule2<R: Rule2>(&mut self, rule: R);
    /// Called with each rule of three arguments.
    fn rule3<R: Rule3>(&mut self, rule: R);
}

macro_rules! visit_all {
    (
        one { $($method:ident $One:ident;)* }
        one_with { $(
            $with:ident($($parameter:ident: $Type:ty),*) $With:ident $(:: $new:ident)? ($($argument:expr),*),
                [$(($($sample:expr),*)),*];
        )* }
        two { $($method2:ident $Two:ident;)* }
        three { $($method3:ident $Three:ident;)* }
        operators { one $($One0:ident)*; two $($Two0:ident)*; }
    ) => {
        /// Shows every rule of the list to `visitor`, in the list's order.
        pub fn visit_rules(visitor: &mut impl RuleVisitor) {
            $(visitor.rule($One);)*
            visit_all!(samples visitor $($With $(::$new)? [$(($($sample),*)),*];)*);
            $(visitor.rule($One0);)*
            $(visitor.rule2($Two);)*
            $(visitor.rule2($Two0);)*
            $(visitor.rule3($Three);)*
        }
    };
    (samples $visitor:ident $($With:ident $(:: $new:ident)? [$($sample:tt),*];)*) => {
        $(visit_all!(samples_of $visitor ($With $(::$new)?) $($sample)*);)*
    };
    (samples_of $visitor:ident $With:tt $($sample:tt)*) => {
        $(visit_all!(sample $visitor $With $sample);)*
    };
    (sample $visitor:ident ($($With:tt)*) ($($value:expr),*)) => {
        $visitor.rule($($With)*($($value),*));
    };
}
for_each_rule!(visit_all);
