//! Tensors on a tape: the same words, operators, sweep and answers as for numbers.

use crate::panics::panic_of;
use chainrule::prelude::*;
use chainrule::{Element, Op, Pool, Sink};

fn rosenbrock<N: Number>(x: N, y: N) -> N {
    (N::literal(1.0) - x).powi(2) + N::literal(100.0) * (y - x * x).powi(2)
}

#[test]
fn a_formula_for_numbers_runs_on_tensors() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([[1.0, 0.0]]));
    let y = tape.var(Tensor::from([[2.0, 0.0]]));
    let g = rosenbrock(x, y).sum().backward();
    // closed form: -2(1-x) - 400x(y-x²), 200(y-x²)
    assert_eq!(g.of(x), Tensor::from([[-400.0, -2.0]]));
    assert_eq!(g.of(y), Tensor::from([[200.0, 0.0]]));
}

#[test]
fn literals_and_plain_tensors_stand_on_both_sides() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([1.0, 2.0]));
    let c = Tensor::from([10.0, 20.0]);
    let y = 2.0 * x + &c - (1.0 - x) / c.clone() + c.clone() * x - x % 1.5 + (&c - x);
    let mut z = y;
    z += 1.0;
    z *= x;
    // d/dx of (2x + c - (1-x)/c + c x - x % 1.5 + c - x + 1) x
    let inner = |x: f64, c: f64| 2.0 * x + c - (1.0 - x) / c + c * x - x % 1.5 + c - x + 1.0;
    let slope = |x: f64, c: f64| 2.0 + 1.0 / c + c - 1.0 - 1.0 + inner(x, c) / x;
    let g = z.sum().backward().of(x);
    for (g, (x, c)) in g.iter().zip([(1.0, 10.0), (2.0, 20.0)]) {
        assert!((g - slope(x, c) * x).abs() < 1e-12, "{g}");
    }
}

#[test]
fn a_gradient_tells_a_value_from_zero_from_nothing() {
    let tape = TensorTape::new();
    let (x, y, z) = (
        tape.var(Tensor::from([1.0, 2.0])),
        tape.var(Tensor::from([3.0, 4.0])),
        tape.constant(Tensor::from([5.0, 6.0])),
    );
    let loss = (x * z + (y - y)).sum();
    let late = tape.var(Tensor::<f64>::zeros([2, 2]));
    let g = loss.backward();
    assert_eq!(g.get(x), Some(Tensor::from([5.0, 6.0])));
    assert_eq!(g.get(y), Some(Tensor::from([0.0, 0.0])));
    assert_eq!((g.get(z), g.get(late)), (None, None));
    assert_eq!(g.of(late), Tensor::zeros([2, 2]));
}

#[test]
fn several_outputs_and_seeds_in_one_sweep() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([1.0, 2.0, 3.0]));
    let (y, z) = (x * x, x.sum());
    let g = tape.backward([
        (y, Tensor::from([1.0, 0.0, -1.0])),
        (z, Tensor::scalar(10.0)),
        (y, Tensor::from([0.0, 1.0, 0.0])),
    ]);
    assert_eq!(g.of(x), Tensor::from([12.0, 14.0, 4.0]));
    drop(g);
    // and again, from another output
    assert_eq!(z.backward().of(x), Tensor::ones([3]));
}

#[test]
fn the_same_variable_twice_and_diamonds_accumulate() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    let y = x.reshape([4]);
    let z = y + y;
    let loss = (z * y).sum() + x.matmul(x).sum() + y.sum();
    // 4x, plus the row sums of xᵀ and column sums, plus 1
    let expected = Tensor::from([
        [4.0 + 3.0 + 4.0 + 1.0, 8.0 + 7.0 + 4.0 + 1.0],
        [12.0 + 3.0 + 6.0 + 1.0, 16.0 + 7.0 + 6.0 + 1.0],
    ]);
    assert_eq!(loss.backward().of(x), expected);
}

#[test]
fn detached_values_hand_no_gradient_on() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([3.0]));
    let y = (x * x.detach()).sum();
    assert_eq!(y.backward().of(x), Tensor::from([3.0]));
}

#[test]
fn intermediates_are_asked_for_by_keep_or_on_a_traced_tape() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([1.0, 2.0]));
    let e = x.exp().keep();
    let g = (e * e).sum().backward();
    assert_eq!(g.of(e), e.value() * 2.0);
    // and the value is the C library's within 4 units in the last place, as tensors promise
    let exact = [2.0 * 1f64.exp(), 2.0 * 2f64.exp()];
    assert!(g.of(e).iter().zip(exact).all(|(found, exact)| (found - exact).abs() <= 4.0 * f64::EPSILON * exact));
    let tape = TensorTape::traced();
    let x = tape.var(Tensor::from([1.0, 2.0])).named("x");
    let y = x * 2.0;
    assert_eq!(y.sum().backward().of(y), Tensor::ones([2]));
    let steps = tape.steps();
    assert_eq!(steps.iter().map(|step| step.operation.as_ref()).collect::<Vec<_>>(), ["var", "mul", "sum"]);
    assert_eq!((steps[0].name.as_deref(), steps[1].place.line()), (Some("x"), steps[0].place.line() + 1));
}

#[test]
fn a_dual_tape_gives_hessian_times_vector() {
    // f = Σ (x·w)², H v = 2 x (x·v); the closed form
    let tape = Tape::new();
    let x = Tensor::from([[1.0, 2.0]]).map(Dual::<f64>::constant);
    let w = tape.var(Tensor::new([2, 1], vec![Dual::new(0.3, 1.0), Dual::new(-0.2, 0.0)]));
    let y = (tape.constant(x).matmul(w).powi(2) * 0.5 + 1.0).sum();
    let g = y.backward().of(w);
    assert_eq!(g.map(|g| g.epsilon).to_vec(), [1.0, 2.0]);
}

#[test]
fn masked_infinities_contribute_nothing_and_nan_propagates() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([0.0, 4.0]));
    let g = (x.sqrt() * &Tensor::from([0.0, 1.0])).sum().backward();
    assert_eq!(g.of(x), Tensor::from([0.0, 0.25]));
    let nan = Tensor::from([f64::NAN, 1.0]);
    for zero in [0.0, -0.0] {
        let g = (x * &nan * zero * -1.0).sum().backward();
        assert!(g.of(x)[[0]].is_nan(), "NaN propagates also against {zero}");
    }
    let g = ((x * &nan).sin() * (x + 1.0)).where_(&Tensor::from([false, true]), x * 2.0).sum().backward();
    assert_eq!(g.of(x)[[0]], 2.0, "a branch not taken does not leak through several operations");
}

#[test]
fn only_a_branch_not_taken_is_absent() {
    let tape = TensorTape::new();
    // the slope of pow by its exponent is NaN at a negative base, and NaN shows against a zero of either sign
    let (x, y) = (tape.constant(Tensor::from([-2.0])), tape.var(Tensor::from([2.0])));
    let z = x.pow(y).dot(Tensor::from([0.0]));
    assert!(z.backward().of(y).item().is_nan() && (-z).backward().of(y).item().is_nan());
    // and what a slice does not take is plain zero, unless a branch was not taken
    let x = tape.var(Tensor::from([1.0, 2.0]));
    assert!(x.narrow(0, 0..1).sum().backward().of(x)[[1]].is_sign_positive());
}

#[test]
fn what_is_kept_after_a_sweep_was_not_part_of_it() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([1.0]));
    let e = x.exp();
    let g = (e * e).sum().backward();
    let kept = e.keep();
    assert_eq!(g.get(kept), None);
    drop(g);
    let (refused, _) = panic_of(file!(), || drop((e * e).sum().backward().of(e)));
    assert!(refused.contains("keep"), "{refused}");
    let found = (kept * kept).sum().backward().of(kept).item();
    assert_eq!(found, 2.0 * e.item());
    assert!((found - 2.0 * 1f64.exp()).abs() <= 4.0 * f64::EPSILON * found);
}

/// A pullback that overwrites what has arrived, or adds to what a buffer held before.
#[derive(Clone)]
struct Careless {
    overwrites: bool,
}
impl<T: Element> Op<T, 1> for Careless {
    const NAME: &'static str = "careless";
    fn forward(&mut self, [x]: [&Tensor<T>; 1], _: &Pool<T>) -> Tensor<T> {
        x.clone()
    }
    fn pullback(&self, _: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.accumulate(0, |sum, _| {
            for (sum, &upstream) in sum.iter_mut().zip(upstream.as_slice()) {
                *sum = if self.overwrites { upstream } else { *sum + upstream };
            }
        });
    }
}

#[test]
fn the_checker_sees_pullbacks_that_do_not_accumulate() {
    let x = Tensor::from([0.5, -2.0]);
    assert!(!check_op(Careless { overwrites: false }, [x.clone()]).is_ok());
    assert!(!check_op(Careless { overwrites: true }, [x]).is_ok());
}

#[test]
fn gradients_have_the_shape_of_their_variable() {
    let tape = TensorTape::new();
    for shape in [vec![], vec![1], vec![2, 1], vec![2, 0, 3], vec![0]] {
        let x = tape.var(Tensor::<f64>::ones(shape.as_slice()));
        let whole = tape.constant(Tensor::ones([2, 2, 3]));
        let broadcasts = shape.iter().rev().zip([3, 2, 2]).all(|(&size, whole)| size == 1 || size == whole);
        let y = if broadcasts { (x * whole).sum() } else { (x * 2.0).sum() };
        assert_eq!(*y.backward().of(x).shape(), *shape.as_slice());
    }
}

#[test]
fn a_million_operations_need_no_stack() {
    let chain = || {
        let tape = Tape::<Tensor<f32>>::new();
        let x = tape.var(Tensor::scalar(1.0));
        let y = (0..1_000_000).fold(x, |y, _| y * 1.000_001);
        y.backward().of(x).item()
    };
    let slope = std::thread::Builder::new().stack_size(512 << 10).spawn(chain).unwrap().join().unwrap();
    // (1 + 2⁻²⁰)^1000000 with f32's nearest to 1.000001, 1 + 8 2⁻²³
    assert!((slope - 2.595).abs() < 0.02, "{slope}");
}

#[test]
fn parameters_are_lent_and_not_copied() {
    let mut tape = TensorTape::new();
    let mut w = Tensor::from([1.0, 2.0]);
    let place = w.as_slice().as_ptr();
    for _ in 0..3 {
        tape.clear();
        let x = tape.var(w.clone());
        let g = (x * x).sum().backward().of(x);
        tape.clear();
        w -= &(g * 0.25);
        assert_eq!(w.as_slice().as_ptr(), place);
    }
    assert_eq!(w, Tensor::from([0.125, 0.25]));
}

#[test]
fn a_tensor_that_is_updated_while_the_tape_holds_it_leaves_the_tape_as_it_was() {
    let tape = TensorTape::new();
    let mut w = Tensor::from([1.0, 2.0]);
    let x = tape.var(w.clone());
    let y = (x * x).sum();
    w += 10.0;
    assert_eq!(y.backward().of(x), Tensor::from([2.0, 4.0]));
    assert_eq!(x.value(), Tensor::from([1.0, 2.0]));
}

#[test]
fn without_a_tape_the_same_words_give_the_same_values() {
    let (x, w) = (Tensor::from([[0.5, -1.0], [2.0, 0.25]]), Tensor::from([[1.0, 2.0], [3.0, -1.0]]));
    let tape = TensorTape::new();
    let recorded = ((tape.constant(x.clone()).matmul(tape.var(w.clone())) + 0.5).tanh() * 2.0).sum_along(0);
    let plain = ((x.matmul(&w) + 0.5).tanh() * 2.0).sum_along(0);
    assert_eq!(recorded.value(), plain);
}

/// An operation of a user, over every element type.
#[derive(Clone)]
struct Cube;
impl<T: Element> Op<T, 1> for Cube {
    const NAME: &'static str = "cube";
    fn forward(&mut self, [x]: [&Tensor<T>; 1], _: &Pool<T>) -> Tensor<T> {
        x * x * x
    }
    fn pullback(&self, [x]: [&Tensor<T>; 1], _: &Tensor<T>, upstream: &Tensor<T>, into: &mut Sink<'_, T>) {
        into.add(0, |_| x * x * T::literal(3.0) * upstream);
    }
}

#[test]
fn users_operations_enter_by_the_same_door() {
    let tape = TensorTape::traced();
    let x = tape.var(Tensor::from([1.0, 2.0]));
    let g = tape.record(Cube, [x]).sum().backward();
    assert_eq!(g.of(x), Tensor::from([3.0, 12.0]));
    assert_eq!(tape.steps()[1].operation, "cube");
    check_op(Cube, [Tensor::from([[0.5, -2.0], [1.0, 0.0]])]).assert_ok();
}

/// What is refused, the line that must be blamed, and words of the message.
type Refusal<'a> = (Box<dyn Fn() + 'a>, u32, &'a [&'a str]);

#[test]
fn errors_name_operation_shapes_and_remedy_at_the_callers_line() {
    let tape = TensorTape::new();
    let other = TensorTape::new();
    let a = tape.var(Tensor::<f64>::ones([4, 2, 3]));
    let b = tape.var(Tensor::ones([4, 5]));
    let plain = Tensor::<f64>::ones([2, 3]);
    macro_rules! case {
        ($work:expr, $words:expr) => {
            (Box::new(|| _ = $work), line!(), $words)
        };
    }
    let cases: Vec<Refusal<'_>> = vec![
        case!(a.matmul(b), &["matmul", "[4, 2, 3]", "[4, 5]", "3", "4", "transpose"]),
        case!(a + b, &["add", "[4, 2, 3]", "[4, 5]", "axis -1", "unsqueeze"]),
        case!(a.max(b), &["max", "[4, 2, 3]", "[4, 5]"]),
        case!(a.mul_add(b, 1.0), &["mul_add", "[4, 2, 3]", "[4, 5]"]),
        case!(a + Tensor::ones([7]), &["add", "[7]"]),
        case!(a.sum_along(3), &["sum", "axis 3", "[4, 2, 3]", "0 to 2"]),
        case!(a.sum_along([0, -3]), &["sum", "twice"]),
        case!(a.reshape([5, -1]), &["reshape", "24 elements", "[5, -1]"]),
        case!(a.backward(), &["backward", "[4, 2, 3]", "sum", "seed", "jacobian"]),
        case!(a.backward_seeded(Tensor::ones([2])), &["seed", "[2]", "[4, 2, 3]"]),
        case!(a + other.var(Tensor::ones([3])), &["add", "different tapes"]),
        case!((a * 2.0).sum().backward().of(a * 2.0), &["keep"]),
        case!(&plain + Tensor::ones([7]), &["add", "[2, 3]", "[7]"]),
        case!(plain.clone().matmul(&plain), &["matmul", "[2, 3]"]),
        case!(Tensor::new([2, 2], vec![1.0]), &["[2, 2]", "4 elements", "1 were"]),
    ];
    for (work, line, words) in cases {
        let (message, blamed) = panic_of(file!(), work);
        assert_eq!(blamed, line, "{message}");
        for word in words {
            assert!(message.contains(word), "`{word}` is missing in: {message}");
        }
    }
}

/// A tape moves to another thread with what it holds: a model that owns one can be sent.
#[test]
fn tapes_of_tensors_are_send() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    let tape = send(TensorTape::new());
    let sum = std::thread::spawn(move || {
        let x = tape.var(Tensor::from([1.0, 2.0]));
        x.sigmoid().sum().backward().of(x)
    });
    assert_eq!(sum.join().unwrap().shape(), [2]);
}

#[test]
fn a_value_knows_what_made_it() {
    use chainrule::op::Softmax;
    use chainrule::rule::{Sigmoid, Tanh};
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([1.0, 2.0]));
    let y = x.sigmoid();
    assert_eq!(y.made_by_rule::<Sigmoid>().map(|(_, operand)| operand.node()), Some(x.node()));
    assert!(y.made_by_rule::<Tanh>().is_none() && y.made_by::<Softmax>().is_none());
    assert!(x.made_by_rule::<Sigmoid>().is_none(), "a variable was made by nothing");
    assert!(tape.constant(x.value()).sigmoid().made_by_rule::<Sigmoid>().is_none(), "of constants nothing is kept");
    assert_eq!(tape.node(y.node().unwrap()).value(), y.value());
}
