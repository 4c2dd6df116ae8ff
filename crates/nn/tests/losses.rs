//! Losses against Keras and `PyTorch`, at their extremes, and against finite differences.

use approx::assert_relative_eq;
use chainrule::prelude::*;
use chainrule::{Element, Shape, Targets};
use chainrule_nn::Loss;
use chainrule_nn::loss::*;
use proptest::prelude::*;

/// A loss of the table by its name there, and whether the predictions go through a softmax or a sigmoid first.
fn loss(case: &str) -> Box<dyn Loss<f64>> {
    let (name, setting) = case.split_once(' ').unwrap_or((case, ""));
    match (name, setting) {
        ("mean_squared_error", _) => Box::new(MeanSquaredError),
        ("mean_absolute_error", _) => Box::new(MeanAbsoluteError),
        ("mean_absolute_percentage_error", _) => Box::new(MeanAbsolutePercentageError),
        ("mean_squared_logarithmic_error", _) => Box::new(MeanSquaredLogarithmicError),
        ("huber", "0.5") => Box::new(Huber.delta(0.5)),
        ("huber", _) => Box::new(Huber),
        ("log_cosh", _) => Box::new(LogCosh),
        ("poisson", _) => Box::new(Poisson),
        ("cosine_similarity", _) => Box::new(CosineSimilarity),
        ("hinge", _) => Box::new(Hinge),
        ("squared_hinge", _) => Box::new(SquaredHinge),
        ("categorical_hinge", _) => Box::new(CategoricalHinge),
        ("kl_divergence", _) => Box::new(KlDivergence),
        ("negative_log_likelihood", _) => Box::new(NegativeLogLikelihood),
        ("binary_cross_entropy", "logits") => Box::new(BinaryCrossEntropy.from_logits()),
        ("binary_cross_entropy", "smoothed") => Box::new(BinaryCrossEntropy.label_smoothing(0.2)),
        ("binary_cross_entropy", _) => Box::new(BinaryCrossEntropy),
        ("categorical_cross_entropy", "logits") => Box::new(CategoricalCrossEntropy.from_logits()),
        ("categorical_cross_entropy", "smoothed" | "softmax smoothed") => {
            Box::new(CategoricalCrossEntropy.label_smoothing(0.1))
        }
        ("categorical_cross_entropy", _) => Box::new(CategoricalCrossEntropy),
        ("sparse_categorical_cross_entropy", "logits") => Box::new(SparseCategoricalCrossEntropy.from_logits()),
        ("sparse_categorical_cross_entropy", _) => Box::new(SparseCategoricalCrossEntropy),
        _ => panic!("the table has a case `{case}` that this test does not know"),
    }
}

fn through<'t>(case: &str, x: Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>> {
    match case {
        _ if case.contains("softmax") => x.softmax(-1),
        _ if case.contains("sigmoid") => x.sigmoid(),
        _ => x,
    }
}

/// Value, and gradient by what is predicted.
fn both<L: Loss<f64> + ?Sized>(
    loss: &L,
    x: &Tensor<f64>,
    targets: impl Into<Targets<f64>>,
    before: impl for<'t> Fn(Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>>,
) -> (f64, Vec<f64>) {
    let tape = TensorTape::new();
    let x = tape.var(x.clone());
    let value = loss.of(before(x), &targets.into());
    (value.item(), value.backward().of(x).to_vec())
}

fn zeros(shape: impl Into<Shape>) -> Tensor<f64> {
    Tensor::zeros(shape)
}

fn plain(x: Var<'_, Tensor<f64>>) -> Var<'_, Tensor<f64>> {
    x
}

/// `losses.csv`, which `losses.py` beside it wrote with Keras 3.15.1 on JAX, and with `PyTorch` 2.15 where Keras has no such
/// loss.
#[test]
fn as_keras_computes_them() {
    let mut rows = 0;
    for line in include_str!("reference/losses.csv").lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let [case, shape, x, targets, value, gradient] = fields[..] else { panic!("six fields in each row: {line}") };
        let numbers = |field: &str| -> Vec<f64> { field.split(' ').map(|number| number.parse().unwrap()).collect() };
        let shape = Shape::new(shape.split(' ').map(|size| size.parse().unwrap()));
        let by_class = case.starts_with("sparse") || case.starts_with("negative");
        let targets = if by_class {
            let classes = targets.split(' ').map(|class| class.parse().unwrap()).collect();
            Targets::Classes(Tensor::new(&shape[..shape.len() - 1], classes))
        } else {
            Targets::Values(Tensor::new(&shape, numbers(targets)))
        };
        let (loss, slopes) = both(&*loss(case), &Tensor::new(&shape, numbers(x)), targets, |x| through(case, x));
        let close = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-12 * theirs.abs().max(1.0);
        assert!(close(loss, numbers(value)[0]), "{case} of {x}: {loss} and not {value}");
        for (ours, theirs) in slopes.iter().zip(numbers(gradient)) {
            assert!(close(*ours, theirs), "gradient of {case} at {x}: {slopes:?} and not {gradient}");
        }
        rows += 1;
    }
    assert!(rows > 140);
}

#[test]
fn as_documented_by_pytorch() {
    // torch.nn.functional.huber_loss, smooth at 1: by hand 1/2 and 2 - 1/2
    let (value, slope) = both(&Huber, &Tensor::from([1.0, 2.0]), Tensor::from([0.0, 0.0]), plain);
    assert_eq!((value, slope), (1.0, vec![0.5, 0.5]));
    // CrossEntropyLoss of uniform logits is the logarithm of the number of classes
    let (value, slope) =
        both(&SparseCategoricalCrossEntropy.from_logits(), &zeros([1, 4]), Tensor::<usize>::from([2]), plain);
    assert_relative_eq!(value, 4f64.ln(), max_relative = 1e-15);
    assert_eq!(slope, [0.25, 0.25, -0.75, 0.25]);
}

#[test]
fn a_softmax_or_sigmoid_is_found_and_nothing_is_clipped() {
    let x = Tensor::from([[1000.0, 0.0], [-800.0, 0.0]]);
    let labels = Tensor::<usize>::from([1, 0]);
    let one_hot = Tensor::<f64>::one_hot(&labels, 2);
    let expected = (900.0, vec![0.5, -0.5, -0.5, 0.5]); // (1000 + 800) / 2, and (p - t) / 2
    assert_eq!(both(&SparseCategoricalCrossEntropy, &x, &labels, |x| x.softmax(-1)), expected);
    assert_eq!(both(&SparseCategoricalCrossEntropy, &x, &labels, |x| x.softmax(1)), expected);
    assert_eq!(both(&SparseCategoricalCrossEntropy.from_logits(), &x, &labels, plain), expected);
    assert_eq!(both(&CategoricalCrossEntropy, &x, &one_hot, |x| x.softmax(-1)), expected);
    let column = Tensor::from([[1000.0], [-800.0]]);
    let expected = (900.0, vec![0.5, -0.5]);
    let answers = Tensor::from([[0.0], [1.0]]);
    assert_eq!(both(&BinaryCrossEntropy, &column, &answers, |x| x.sigmoid()), expected);
    assert_eq!(both(&BinaryCrossEntropy.from_logits(), &column, &answers, plain), expected);
    // a softmax along another axis, or with a mask, is not the one that is meant: clipped at 1e-7
    let clipped = both(&CategoricalCrossEntropy, &x.transpose(), &one_hot, |x| x.softmax(0)).0;
    assert!(clipped < 20.0, "{clipped}");
    let mask = Tensor::from([[true, true], [true, true]]);
    let clipped = both(&CategoricalCrossEntropy, &x, &one_hot, |x| x.masked_softmax(&mask, -1)).0;
    assert_relative_eq!(clipped, -(1e-7f64.ln()), max_relative = 1e-6);
}

/// The digits that a small loss has in the logits do not get lost in single precision.
#[test]
fn single_precision() {
    fn of<L: Loss<f32>>(loss: &L, x: Tensor<f32>, targets: impl Into<Targets<f32>>) -> (f32, Vec<f32>) {
        let tape = Tape::<Tensor<f32>>::new();
        let x = tape.var(x);
        let loss = loss.of(x, &targets.into());
        (loss.item(), loss.backward().of(x).to_vec())
    }
    // ln(1 + e⁻²⁰) = 2.0611536e-9, and its slope -1/(1 + e²⁰) the negative of nearly the same
    let (loss, slope) = of(&BinaryCrossEntropy.from_logits(), Tensor::from([[20.0f32]]), Tensor::from([[1.0f32]]));
    assert_relative_eq!(loss, 2.061_153_6e-9, max_relative = 1e-6);
    assert_relative_eq!(slope[0], -2.061_153_6e-9, max_relative = 1e-6);
    // probabilities of exactly 0 and 1 are clipped to numbers that single precision tells from them
    let (loss, slope) = of(&BinaryCrossEntropy, Tensor::from([[0.0f32, 1.0]]), Tensor::from([[1.0f32, 0.0]]));
    assert!((15.9..16.2).contains(&loss), "{loss}"); // -ln 1e-7 = 16.118
    assert_eq!(slope, [0.0, 0.0]);
    let (loss, _) =
        of(&MeanSquaredError, Tensor::from([[4.0f32, 8.0], [8.0, 1.0]]), Tensor::from([[1.0f32, 9.0], [-5.0, -2.0]]));
    assert_eq!(loss, 47.0); // (9 + 1 + 169 + 9) / 4
}

#[test]
fn columns_and_single_axes_fit_and_nothing_is_broadcast() {
    let (column, axis) = (Tensor::from([[1.0], [2.0], [4.0]]), Tensor::from([1.0, 0.0, 0.0]));
    let expected = (20.0 / 3.0, vec![0.0, 4.0 / 3.0, 8.0 / 3.0]); // (0 + 4 + 16) / 3: three pairs, and not nine
    assert_eq!(both(&MeanSquaredError, &column, &axis, plain), expected);
    assert_eq!(both(&MeanSquaredError, &column.reshape([3]), axis.reshape([3, 1]), plain), expected);
    // classes 0 and 1 are answers too, and labels may stand in a column
    let answers = Tensor::<usize>::from([1, 0, 0]);
    assert_eq!(
        both(&BinaryCrossEntropy.from_logits(), &column, &answers, plain),
        both(&BinaryCrossEntropy.from_logits(), &column, &axis, plain)
    );
    let (logits, labels) = (Tensor::from([[0.0, 1.0], [1.0, 0.0]]), Tensor::<usize>::from([0, 1]));
    assert_eq!(
        both(&SparseCategoricalCrossEntropy.from_logits(), &logits, &labels, plain),
        both(&SparseCategoricalCrossEntropy.from_logits(), &logits, Tensor::new([2, 1], labels.to_vec()), plain)
    );
}

/// What `check` says, or the words "it fits".
fn said<L: Loss<f64>>(loss: &L, prediction: impl Into<Shape>, targets: impl Into<Targets<f64>>) -> String {
    loss.check(&prediction.into(), &targets.into()).err().unwrap_or("it fits".into())
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let (labels, values) = (Tensor::<usize>::from([0, 1]), zeros([2, 3]));
    let nan = Tensor::from([[0.0, 1.0], [f64::NAN, 0.0]]);
    let cases = [
        (said(&MeanSquaredError, [2, 3], &values), "it fits"),
        (said(&MeanSquaredError, [2, 4], &values), "the targets have shape [2, 3], but must have shape [2, 4]"),
        (said(&MeanSquaredError, [1, 3], zeros([3, 1])), "must have shape [1, 3]"),
        (said(&MeanSquaredError, [2, 2], zeros([2])), "must have shape [2, 2]"),
        (said(&MeanSquaredError, [2, 1], &labels), "the targets are classes, but values are to be predicted"),
        (said(&MeanSquaredError, [0, 3], zeros([0, 3])), "no elements; give at least one row"),
        (said(&MeanSquaredError, [], Tensor::scalar(1.0)), "single number"),
        (said(&MeanSquaredError, [2, 2], &nan), "row 1 of the targets holds NaN"),
        (said(&CategoricalCrossEntropy, [2, 2], &nan), "row 1 of the targets holds NaN"),
        (said(&CategoricalCrossEntropy, [2, 3], &values), "it fits"),
        (said(&CategoricalCrossEntropy, [2, 3], &labels), "SparseCategoricalCrossEntropy"),
        (said(&CategoricalCrossEntropy, [2, 3], zeros([2])), "one_hot(&labels, classes)"),
        (said(&CategoricalCrossEntropy, [2, 1], zeros([2, 1])), "BinaryCrossEntropy"),
        (said(&CategoricalCrossEntropy.label_smoothing(1.5), [2, 3], &values), "label_smoothing is 1.5"),
        (said(&SparseCategoricalCrossEntropy, [2, 3], &values), "`.argmax(-1)`"),
        (said(&SparseCategoricalCrossEntropy, [2, 3], &labels), "it fits"),
        (said(&SparseCategoricalCrossEntropy, [3, 3], &labels), "have shape [2], but must have shape [3]"),
        (said(&SparseCategoricalCrossEntropy, [2, 2], Tensor::<usize>::from([0, 2])), "target 1 is class 2"),
        (said(&NegativeLogLikelihood, [2, 3], Tensor::<usize>::from([3, 0])), "have 3 columns; classes count from 0"),
        (said(&BinaryCrossEntropy, [2], Tensor::from([-1.0, 1.0])), "target 0 is -1"),
        (said(&BinaryCrossEntropy, [2], Tensor::<usize>::from([0, 2])), "target 1 is class 2"),
        (said(&BinaryCrossEntropy, [2, 1], &labels), "it fits"),
        (said(&Hinge, [3], Tensor::from([-1.0, 0.0, 1.0])), "both -1 and 0"),
        (said(&Hinge, [2], Tensor::from([0.5, 0.0])), "target 0 is 0.5"),
        (said(&Huber.delta(0.0), [2, 3], &values), "delta is 0"),
    ];
    for (place, (said, expected)) in cases.iter().enumerate() {
        assert!(said.contains(expected), "case {place}: `{said}` does not say `{expected}`");
    }
}

#[test]
#[should_panic(expected = "mean_squared_error: the targets have shape [3], but must have shape [2, 2]")]
fn by_hand_it_panics() {
    let _ = both(&MeanSquaredError, &zeros([2, 2]), zeros([3]), plain);
}

#[test]
fn nan_and_infinity_stay_what_they_are() {
    for odd in [f64::NAN, f64::INFINITY] {
        assert!(!both(&MeanSquaredError, &Tensor::from([[odd]]), Tensor::from([[1.0]]), plain).0.is_finite());
        assert!(!both(&Huber, &Tensor::from([[odd]]), Tensor::from([[1.0]]), plain).0.is_finite());
    }
    let nan = Tensor::from([[f64::NAN, 0.5]]);
    assert!(both(&BinaryCrossEntropy, &nan, Tensor::from([[1.0, 0.0]]), plain).0.is_nan());
    assert!(both(&CategoricalCrossEntropy, &nan, Tensor::from([[1.0, 0.0]]), plain).0.is_nan());
    assert!(both(&LogCosh, &Tensor::from([[1e300]]), Tensor::from([[-1e300]]), plain).0 == 2e300);
}

/// Gradients against differences; the points keep away from kinks: of errors at 0, at δ and of margins at 1.
fn agrees<L: Loss<f64>>(loss: &L, x: &Tensor<f64>, targets: impl Into<Targets<f64>>) {
    let targets = targets.into();
    gradcheck(|[x]| loss.of_rows(x, &targets), [x.clone()]).assert_ok();
}

fn tensor(shape: [usize; 2], elements: &[f64]) -> Tensor<f64> {
    Tensor::from_slice(shape, elements)
}

fn generic_second_order<T: Element>(x: Var<'_, Tensor<T>>) -> Var<'_, Tensor<T>> {
    let targets = Tensor::from([[0.0, 1.0], [1.0, 0.0]]).map(T::literal);
    let smooth = LogCosh.of(x, &(&targets).into()) + BinaryCrossEntropy.of(x.sigmoid(), &(&targets).into());
    smooth + CategoricalCrossEntropy.of(x.softmax(-1), &targets.into())
}

#[test]
fn second_derivatives_flow() {
    gradcheck_second_order(|[x]| generic_second_order(x), [Tensor::from([[0.3, -1.2], [0.7, 2.0]])]).assert_ok();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn gradients_of_errors_agree_with_differences(
        targets in prop::collection::vec(0.5..2.0, 6),
        errors in prop::collection::vec((0.1..0.4, prop::bool::ANY), 6),
        far in prop::collection::vec(1.2..3.0, 6),
    ) {
        let near: Vec<f64> =
            targets.iter().zip(&errors).map(|(t, (e, up))| if *up { t + e } else { t - e }).collect();
        let beyond: Vec<f64> = targets.iter().zip(&far).map(|(t, e)| t + e).collect();
        let t = tensor([2, 3], &targets);
        for x in [tensor([2, 3], &near), tensor([2, 3], &beyond)] {
            agrees(&MeanSquaredError, &x, &t);
            agrees(&MeanAbsoluteError, &x, &t);
            agrees(&MeanAbsolutePercentageError, &x, &t);
            agrees(&MeanSquaredLogarithmicError, &x, &t);
            agrees(&Huber, &x, &t);
            agrees(&Huber.delta(0.7), &x, &t);
            agrees(&LogCosh, &x, &t);
            agrees(&Poisson, &x, &t);
            agrees(&CosineSimilarity, &x, &t);
        }
    }

    #[test]
    fn gradients_of_entropies_agree_with_differences(
        p in prop::collection::vec(0.1..0.9, 6),
        x in prop::collection::vec(-3.0..3.0, 6),
        t in prop::collection::vec(0.0..1.0, 6),
        labels in prop::collection::vec(0..3_usize, 2),
    ) {
        let (p, x, t) = (tensor([2, 3], &p), tensor([2, 3], &x), tensor([2, 3], &t));
        let labels = Tensor::from(labels);
        agrees(&BinaryCrossEntropy.label_smoothing(0.1), &p, &t);
        agrees(&BinaryCrossEntropy.from_logits(), &x, &t);
        agrees(&CategoricalCrossEntropy, &p, &t);
        agrees(&CategoricalCrossEntropy.from_logits().label_smoothing(0.1), &x, &t);
        agrees(&SparseCategoricalCrossEntropy, &p, &labels);
        agrees(&SparseCategoricalCrossEntropy.from_logits(), &x, &labels);
        agrees(&KlDivergence, &p, &t);
        agrees(&NegativeLogLikelihood, &x, &labels);
        let (targets, classes) = (Targets::from(&t), Targets::from(&labels));
        gradcheck(|[x]| CategoricalCrossEntropy.of_rows(x.softmax(-1), &targets), [x.clone()]).assert_ok();
        gradcheck(|[x]| SparseCategoricalCrossEntropy.of_rows(x.softmax(-1), &classes), [x.clone()]).assert_ok();
        gradcheck(|[x]| BinaryCrossEntropy.of_rows(x.sigmoid(), &targets), [x]).assert_ok();
    }

    #[test]
    fn gradients_of_margins_agree_with_differences(
        scores in prop::collection::vec((0.05..0.9_f64, prop::bool::ANY), 6),
        answers in prop::collection::vec(prop::bool::ANY, 6),
        winners in prop::collection::vec(0..3_usize, 2),
    ) {
        // |score| stays below 0.9, so that no margin is 1
        let x: Vec<f64> = scores.iter().map(|(size, up)| if *up { *size } else { -*size }).collect();
        let t: Vec<f64> = answers.iter().map(|yes| if *yes { 1.0 } else { -1.0 }).collect();
        let (x, t) = (tensor([2, 3], &x), tensor([2, 3], &t));
        agrees(&Hinge, &x, &t);
        agrees(&SquaredHinge, &x, &t);
        agrees(&SquaredHinge, &(&x * 5.0), &t);
        // scores a whole apart, so that no two others tie; those of the right class small, so that the margin is missed
        let steps = Tensor::from([[3.0, 5.0, 7.0], [7.0, 3.0, 5.0]]);
        let winners = Tensor::<f64>::one_hot(&Tensor::from(winners), 3);
        agrees(&CategoricalHinge, &(x + steps * winners.map(|t| 1.0 - t)), winners);
    }
}
