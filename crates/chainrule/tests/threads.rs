//! What threads share has the same bits as what one does alone, and as the same rows taken a few at a time, too few to be shared. (A
//! process of its own, since the number of threads is one for a program.)

use chainrule::Shape;
use chainrule::prelude::*;
use chainrule::threads::set_count;

type Numbers = Tensor<f64>;
type Variable<'t> = Var<'t, Numbers>;
type Function = for<'t> fn(&'t TensorTape, [Variable<'t>; 2]) -> Variable<'t>;

/// Functions of rows, and of an operand that is broadcast to them or lies beside them.
struct Case {
    name: &'static str,
    shapes: [&'static [usize]; 2],
    function: Function,
}

const ROWS: usize = 1003;

const CASES: &[Case] = &[
    Case { name: "one operand", shapes: [&[ROWS, 67], &[1]], function: |_, [x, y]| x.sin().exp() * y },
    Case { name: "a number", shapes: [&[ROWS, 67], &[]], function: |_, [x, y]| 2.0 / (x.powi(3) - 0.5) / y },
    Case { name: "side by side", shapes: [&[ROWS, 67], &[ROWS, 67]], function: |_, [x, y]| x.atan2(y) },
    Case { name: "a row", shapes: [&[ROWS, 67], &[67]], function: |_, [x, y]| x / y },
    Case { name: "a column", shapes: [&[ROWS, 67], &[ROWS, 1]], function: |_, [x, y]| y.hypot(x) },
    Case { name: "three axes", shapes: [&[ROWS, 5, 13], &[ROWS, 1, 13]], function: |_, [x, y]| x.max(y) },
    Case { name: "an outer product", shapes: [&[ROWS, 1], &[1, 67]], function: |_, [x, y]| x.tanh() * y },
    Case { name: "an axis of one before", shapes: [&[1, 40_000], &[1, 40_000]], function: |_, [x, y]| x * y },
    Case { name: "softmax", shapes: [&[ROWS, 67], &[1]], function: |_, [x, y]| x.softmax(-1) * y },
    Case { name: "log_softmax", shapes: [&[ROWS, 67], &[1]], function: |_, [x, y]| x.log_softmax(-1) * y },
    Case {
        name: "layer_norm",
        shapes: [&[ROWS, 67], &[67]],
        function: |tape, [x, y]| x.layer_norm(y, tape.constant(Tensor::full([67], 0.25)), 1e-5),
    },
    Case {
        name: "softmax cross-entropy",
        shapes: [&[ROWS, 67], &[1]],
        function: |_, [x, y]| {
            let rows = x.shape()[0];
            let classes: Vec<usize> = (0..rows).map(|row| 7 * row % 67).collect();
            x.softmax_cross_entropy(Tensor::from(classes)).unsqueeze(-1) * y
        },
    },
];

/// Value and gradients, where the elements of the value have the upstream gradients `upstream(shape)`.
fn computed(case: &Case, x: &Numbers, y: &Numbers, upstream: impl Fn(Shape) -> Numbers) -> [Numbers; 3] {
    let tape = TensorTape::new();
    let operands = [tape.var(x.clone()), tape.var(y.clone())];
    let value = (case.function)(&tape, operands);
    let gradients = (value * tape.constant(upstream(value.shape()))).sum().backward();
    [value.value(), gradients.of(operands[0]).clone(), gradients.of(operands[1]).clone()]
}

fn whole(case: &Case, threads: usize) -> ([Numbers; 2], [Numbers; 3]) {
    set_count(threads);
    let operands = case.shapes.map(|shape| Tensor::uniform(shape, 0.1, 2.0, 11 + shape.len() as u64));
    let results = computed(case, &operands[0], &operands[1], |shape| Tensor::uniform(shape, -1.0, 1.0, 5));
    (operands, results)
}

fn bits(tensor: &Numbers) -> Vec<u64> {
    tensor.iter().map(|x| x.to_bits()).collect()
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    for case in CASES {
        let (_, alone) = whole(case, 1);
        for threads in [2, 3] {
            let (_, shared) = whole(case, threads);
            assert!(alone.each_ref().map(bits) == shared.each_ref().map(bits), "{}: {threads} threads", case.name);
        }
    }
}

#[test]
fn many_rows_have_the_bits_of_a_few_at_a_time() {
    // few enough for one piece, and the classes of the targets come again after so many
    const FEW: usize = 67;
    for case in CASES.iter().filter(|case| case.shapes[0][0] == ROWS) {
        let ([x, y], [value, by_x, by_y]) = whole(case, 2);
        let y_has_rows = y.shape().first() == Some(&ROWS);
        let mut sum_by_y: Option<Numbers> = None;
        for start in (0..ROWS).step_by(FEW) {
            let rows = start..(start + FEW).min(ROWS);
            let upstream = |_| Tensor::uniform(value.shape().clone(), -1.0, 1.0, 5).rows(rows.clone());
            let y = if y_has_rows { y.rows(rows.clone()) } else { y.clone() };
            let [part, part_by_x, part_by_y] = computed(case, &x.rows(rows.clone()), &y, upstream);
            assert_eq!(bits(&part), bits(&value.rows(rows.clone())), "{}: the value", case.name);
            assert_eq!(bits(&part_by_x), bits(&by_x.rows(rows.clone())), "{}: the first gradient", case.name);
            if y_has_rows {
                assert_eq!(bits(&part_by_y), bits(&by_y.rows(rows)), "{}: the second gradient", case.name);
            } else {
                sum_by_y = Some(sum_by_y.map_or(part_by_y.clone(), |sum| &sum + &part_by_y));
            }
        }
        for (sum, whole) in sum_by_y.iter().flat_map(|sum| sum.iter().zip(by_y.iter())) {
            assert!((sum - whole).abs() <= 1e-11 * (1.0 + whole.abs()), "{}: {sum} and {whole}", case.name);
        }
    }
}
