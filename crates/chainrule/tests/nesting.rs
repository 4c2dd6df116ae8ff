//! Derivatives of derivatives: reverse over reverse, forward over reverse, and every other nesting.
//!
//! Expected numbers are closed forms, written beside the assertions.

use chainrule::Real;
use chainrule::prelude::*;

/// A formula of one number for any kind of number.
trait Formula {
    fn at<N: Real>(&self, x: N) -> N;
}

/// The derivative of a formula, forward: a formula again.
struct Forward<F>(F);
impl<F: Formula> Formula for Forward<F> {
    fn at<N: Real>(&self, x: N) -> N {
        self.0.at(Dual::variable(x)).epsilon
    }
}

/// The derivative of a formula, reverse: a formula again.
struct Reverse<F>(F);
impl<F: Formula> Formula for Reverse<F> {
    fn at<N: Real>(&self, x: N) -> N {
        let tape = Tape::new();
        let x = tape.var(x);
        self.0.at(x).backward().of(x)
    }
}

macro_rules! formulas {
    ($($Name:ident |$x:ident| $body:expr;)*) => { $(
        #[derive(Clone, Copy)]
        struct $Name;
        impl Formula for $Name {
            fn at<N: Real>(&self, $x: N) -> N {
                $body
            }
        }
    )* };
}

formulas! {
    Products |x| x * x * x * x;
    Quotient |x| (x + N::one()).recip() / x;
    ExpOfSine |x| x.sin().exp();
    Logistic |x| Number::sigmoid(x);
    Root |x| (x * x + N::one()).sqrt();
    Distance |x| x.hypot(x * x);
    Power |x| x.pow_of_itself();
}

/// x^x, both the base and the exponent varying.
trait PowOfItself: Number {
    fn pow_of_itself(self) -> Self {
        Number::pow(self, self)
    }
}
impl<N: Number> PowOfItself for N {}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-11 * expected.abs().max(1.0)
}

/// The derivatives of order 1 and 2 by every nesting of forward and reverse there is.
#[track_caller]
fn assert_two_orders(f: impl Formula + Copy, x: f64, [first, second]: [f64; 2]) {
    let firsts = [Forward(f).at(x), Reverse(f).at(x)];
    let seconds =
        [Forward(Forward(f)).at(x), Forward(Reverse(f)).at(x), Reverse(Forward(f)).at(x), Reverse(Reverse(f)).at(x)];
    assert!(firsts.into_iter().all(|d| close(d, first)), "first: {firsts:?}, not {first}");
    assert!(seconds.into_iter().all(|d| close(d, second)), "second: {seconds:?}, not {second}");
}

/// The same with order 3. Each formula costs seconds of compilation: numbers of three levels are large.
#[track_caller]
fn assert_three_orders(f: impl Formula + Copy, x: f64, [first, second, third]: [f64; 3]) {
    assert_two_orders(f, x, [first, second]);
    let thirds = [
        Forward(Forward(Forward(f))).at(x),
        Forward(Forward(Reverse(f))).at(x),
        Forward(Reverse(Forward(f))).at(x),
        Forward(Reverse(Reverse(f))).at(x),
        Reverse(Forward(Forward(f))).at(x),
        Reverse(Forward(Reverse(f))).at(x),
        Reverse(Reverse(Forward(f))).at(x),
        Reverse(Reverse(Reverse(f))).at(x),
    ];
    assert!(thirds.into_iter().all(|d| close(d, third)), "third: {thirds:?}, not {third}");
}

#[test]
fn three_orders_by_every_nesting() {
    // x⁴: 4x³, 12x², 24x
    assert_three_orders(Products, 2.0, [32.0, 48.0, 48.0]);
    assert_three_orders(Products, 0.0, [0.0, 0.0, 0.0]);
    assert_three_orders(Integer(4), -1.5, [-13.5, 27.0, -36.0]);
    // e^(sin x) with c = cos x, s = sin x: c, c² - s, c³ - 3 s c - c times e^s
    let (s, c) = 0.7f64.sin_cos();
    let factors = [c, c * c - s, c * c * c - 3.0 * s * c - c];
    assert_three_orders(ExpOfSine, 0.7, factors.map(|factor| factor * s.exp()));
}

#[test]
fn two_orders_by_every_nesting() {
    // 1/((x + 1) x) = 1/x - 1/(x + 1): 1/(x + 1)² - 1/x², 2/x³ - 2/(x + 1)³
    let x = 0.5f64;
    let quotient = |n: i32| x.powi(-n) - (x + 1.0).powi(-n);
    assert_two_orders(Quotient, x, [-quotient(2), 2.0 * quotient(3)]);
    // y = sigmoid x: y' = y(1 - y), y'' = y'(1 - 2y)
    let y = 1.0 / (1.0 + (-0.3f64).exp());
    let slope = y * (1.0 - y);
    assert_two_orders(Logistic, 0.3, [slope, slope * (1.0 - 2.0 * y)]);
    // r = √(x² + 1): x/r, 1/r³
    let r = 1.25f64;
    assert_two_orders(Root, 0.75, [0.75 / r, r.powi(-3)]);
    // x^x with l = ln x + 1: l, l² + 1/x times x^x
    let (x, l) = (1.5f64, 1.5f64.ln() + 1.0);
    assert_two_orders(Power, x, [l, l * l + 1.0 / x].map(|d| d * x.powf(x)));
    // hypot(x, x²) = x √(1 + x²) for x > 0, with r = √(1 + x²): (1 + 2x²)/r, (3x + 2x³)/r³
    let (x, r) = (0.75, 1.25f64);
    assert_two_orders(Distance, x, [(1.0 + 2.0 * x * x) / r, (3.0 * x + 2.0 * x.powi(3)) / r.powi(3)]);
}

/// xⁿ with a constant integer exponent.
#[derive(Clone, Copy)]
struct Integer(i32);
impl Formula for Integer {
    fn at<N: Real>(&self, x: N) -> N {
        x.powi(self.0)
    }
}

/// The same with a constant float exponent.
#[derive(Clone, Copy)]
struct Float(f64);
impl Formula for Float {
    fn at<N: Real>(&self, x: N) -> N {
        Number::powf(x, self.0)
    }
}

/// xⁿ at 0: its n-th derivative is n!, every other one 0. Whoever multiplies by values alone loses it.
#[test]
fn powers_at_zero_by_every_nesting() {
    let expected = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 6.0], [0.0; 3], [0.0; 3]];
    for ((n, exponent), derivatives) in (0..).zip([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]).zip(expected) {
        assert_three_orders(Integer(n), 0.0, derivatives);
        assert_two_orders(Float(exponent), 0.0, [derivatives[0], derivatives[1]]);
    }
}

/// Where a function has a kink, the promised slope is a constant, and higher derivatives are 0.
#[test]
fn kinks_by_every_nesting() {
    formulas! {
        Relu |x| Number::relu(x);
        Abs |x| x.abs();
        LargerThanZero |x| x.max(N::zero());
        Clamped |x| Number::clamp(x, 0.0, 1.0);
        CubeOfRelu |x| Number::relu(x).powi(3);
        Chosen |x| select(x > N::one(), x.ln(), x * x);
    }
    assert_two_orders(Relu, 0.0, [0.0; 2]);
    assert_two_orders(Abs, 0.0, [0.0; 2]);
    assert_two_orders(LargerThanZero, 0.0, [0.0; 2]);
    assert_two_orders(Clamped, 0.0, [0.0; 2]);
    assert_two_orders(CubeOfRelu, 0.0, [0.0; 2]);
    assert_two_orders(CubeOfRelu, 2.0, [12.0, 12.0]);
    // ln x is not taken, and its slope, infinite at 0, does not matter
    assert_two_orders(Chosen, 0.0, [0.0, 2.0]);
}

#[test]
fn four_levels_of_dual_numbers() {
    // x⁴: 24
    assert_eq!(Forward(Forward(Forward(Forward(Products)))).at(0.5), 24.0);
}

// d/dx [x · d/dy (x + y)] at 1 is 1, the outer x captured by the inner derivative. Where perturbations mix, it is 2.

#[test]
fn perturbations_do_not_mix_reverse_over_reverse() {
    let outer = ScalarTape::new();
    let x = outer.var(1.0);
    let inner = Tape::new();
    let y = inner.var(Var::constant(1.0));
    let by_y = (x + y).backward().of(y);
    assert_eq!((x * by_y).backward().of(x), 1.0);
    // also when both stand at the same outer variable
    let y = inner.var(x);
    let by_y = (x + y).backward().of(y);
    assert_eq!((x * by_y).backward().of(x), 1.0);
}

#[test]
fn perturbations_do_not_mix_forward_over_reverse() {
    let x = Dual::variable(1.0);
    let inner = Tape::new();
    let y = inner.var(Dual::constant(1.0));
    let by_y = (x + y).backward().of(y);
    assert_eq!((x * by_y).epsilon, 1.0);
}

#[test]
fn perturbations_do_not_mix_reverse_over_forward() {
    let outer = ScalarTape::new();
    let x = outer.var(1.0);
    let y = Dual::variable(Var::constant(1.0));
    let by_y = (x + y).epsilon;
    assert_eq!((x * by_y).backward().of(x), 1.0);
}

#[test]
fn perturbations_do_not_mix_forward_over_forward() {
    let x = Dual::variable(1.0);
    let y = Dual::variable(Dual::constant(1.0));
    let by_y = (x + y).epsilon;
    assert_eq!((x * by_y).epsilon, 1.0);
}

/// An inner derivative that depends on the captured variable: x · d/dy (x y) is x², with slope 2x.
#[test]
fn the_inner_derivative_may_depend_on_the_outer_variable() {
    let outer = ScalarTape::new();
    let x = outer.var(3.0);
    let inner = Tape::new();
    let y = inner.var(x.detach());
    assert_eq!((x * (x * y).backward().of(y)).backward().of(x), 6.0);
    let y = Dual::variable(x.detach());
    assert_eq!((x * (x * y).epsilon).backward().of(x), 6.0);

    let x = Dual::variable(3.0);
    let inner = Tape::new();
    let y = inner.var(Dual::constant(3.0));
    assert_eq!((x * (x * y).backward().of(y)).epsilon, 6.0);
    let y = Dual::variable(Dual::constant(3.0));
    assert_eq!((x * (x * y).epsilon).epsilon, 6.0);
}

// "Its value is zero" is not "it does not vary": d²/dx dy of x y is 1, also at y = 0.

#[test]
fn a_product_with_zero_is_not_lost_reverse_over_reverse() {
    for tape in [ScalarTape::new(), ScalarTape::traced()] {
        let y = tape.var(0.0);
        let inner = Tape::new();
        let x = inner.var(Var::constant(3.0));
        assert_eq!((x * y).backward().of(x).backward().of(y), 1.0);
        // upstream of x² the adjoint is y, whose value is 0: 2x y, by y 2x
        assert_eq!(((x * x) * y).backward().of(x).backward().of(y), 6.0);
        // both on the inner tape
        let z = inner.var(y);
        assert_eq!(((x * x) * z).backward().of(x).backward().of(y), 6.0);
        assert_eq!(dot(&[x, x], &[z, inner.constant(y)]).backward().of(x).backward().of(y), 2.0);
    }
}

#[test]
fn a_product_with_zero_is_not_lost_forward_over_reverse() {
    for inner in [Tape::new(), Tape::traced()] {
        let y = inner.var(Dual::variable(0.0));
        let x = inner.var(Dual::constant(3.0));
        assert_eq!((x * y).backward().of(x).epsilon, 1.0);
        assert_eq!(((x * x) * y).backward().of(x).epsilon, 6.0);
        assert_eq!(dot(&[x, x], &[y, y]).backward().of(x).epsilon, 2.0);
        let lifted = Dual::variable(0.0);
        assert_eq!((lifted * (x * x)).backward().of(x).epsilon, 6.0);
    }
}

#[test]
fn a_product_with_zero_is_not_lost_forward_outside_or_inside() {
    let tape = ScalarTape::new();
    let y = tape.var(0.0);
    let x = Dual::variable(Var::constant(3.0));
    assert_eq!((x * Dual::constant(y)).epsilon.backward().of(y), 1.0);
    assert_eq!((x * x * Dual::constant(y)).epsilon.backward().of(y), 6.0);

    let y = Dual::constant(Dual::variable(0.0));
    let x = Dual::variable(Dual::constant(3.0));
    assert_eq!((x * x * y).epsilon.epsilon, 6.0);
}

#[test]
fn a_whole_hessian_in_three_ways() {
    fn surface<N: Number>(x: N, y: N) -> N {
        x * x * y + y.exp()
    }
    // the Hessian of x² y + e^y at (2, 0): [[2y, 2x], [2x, e^y]]
    let (at, hessian) = ([2.0, 0.0], [[0.0, 4.0], [4.0, 1.0]]);

    let outer = ScalarTape::new();
    let inner = Tape::new();
    let outer_x = outer.vars(at);
    let [x, y] = outer_x.map(|x| inner.var(x));
    let gradients = surface(x, y).backward();
    for (by_first, row) in gradients.of_all([x, y]).into_iter().zip(hessian) {
        assert_eq!(by_first.backward().of_all(outer_x), row, "reverse over reverse");
    }
    for (i, row) in hessian.into_iter().enumerate() {
        let inner = Tape::new();
        let mut moving = at.map(Dual::constant);
        moving[i].epsilon = 1.0;
        let [x, y] = moving.map(|x| inner.var(x));
        let gradients = surface(x, y).backward();
        assert_eq!(gradients.of_all([x, y]).map(|slope| slope.epsilon), row, "forward over reverse");

        let outer = ScalarTape::new();
        let outer_x = outer.vars(at);
        let mut moving = outer_x.map(Dual::constant);
        moving[i].epsilon = Var::constant(1.0);
        let [x, y] = moving;
        assert_eq!(surface(x, y).epsilon.backward().of_all(outer_x), row, "reverse over forward");
    }
}

#[test]
fn n_ary_functions_can_be_differentiated_twice() {
    // log_sum_exp: its Hessian is diag(p) - p pᵀ, p the softmax; at (0, ln 3) p = (1/4, 3/4)
    let outer = ScalarTape::new();
    let inner = Tape::new();
    let outer_x = outer.vars([0.0, 3f64.ln()]);
    let x = outer_x.map(|x| inner.var(x));
    let by_first = log_sum_exp(&x).backward().of(x[0]);
    assert!(close(by_first.value(), 0.25));
    let row = by_first.backward().of_all(outer_x);
    assert!(close(row[0], 0.1875) && close(row[1], -0.1875), "{row:?}");
    // norm of (3, 4): its Hessian is (1 - x xᵀ/r²)/r, first row (16, -12)/125
    let outer_x = outer.vars([3.0, 4.0]);
    let x = outer_x.map(|x| inner.var(x));
    let row = norm(&x).backward().of(x[0]).backward().of_all(outer_x);
    assert!(close(row[0], 0.128) && close(row[1], -0.096), "{row:?}");
    // mul_add: d²(x a + b)/dx da = 1
    let [x, a] = outer.vars([0.0, 0.0]);
    let [inner_x, inner_a] = [x, a].map(|x| inner.var(x));
    let by_x = inner_x.mul_add(inner_a, Var::constant(Var::constant(1.0))).backward().of(inner_x);
    assert_eq!(by_x.backward().of(a), 1.0);
}
