//! Choices of the published policy (`docs/conventions.md`) that differ from one library to the next: empty axes, defaults, the
//! layout of images, element types, seeds.

use chainrule::prelude::*;
use chainrule::{Conv2d, Pool2d};

const INF: f64 = f64::INFINITY;

/// A function of a tensor on a tape.
type Recorded = for<'t> fn(Var<'t, Tensor<f64>>) -> Var<'t, Tensor<f64>>;

#[test]
fn empty_axes_have_their_neutral_element() {
    let reductions: [(Recorded, f64); 6] = [
        (|x| x.sum_along(0), 0.0),
        (|x| x.prod_along(0), 1.0),
        (|x| x.norm_along(2, 0), 0.0),
        (|x| x.log_sum_exp_along(0), -INF),
        (|x| x.softmax(0).sum_along(0), 0.0),
        (|x| x.cumsum(0).sum_along(0), 0.0),
    ];
    let tape = TensorTape::new();
    let x = tape.var(Tensor::<f64>::zeros([0, 2]));
    for (which, (reduction, expected)) in reductions.into_iter().enumerate() {
        let y = reduction(x);
        assert_eq!(y.value().to_vec(), [expected; 2], "number {which}");
        assert_eq!(y.sum().backward().of(x).shape(), [0, 2], "number {which}");
    }
    // an axis that is left may be empty, one that is reduced not
    assert_eq!(x.amax_along(1).shape(), [0]);
    assert_eq!(x.amax_along(1).sum().backward().of(x).shape(), [0, 2]);
    // the inner axis of a product
    let (a, b) = (tape.var(Tensor::zeros([2, 0])), tape.var(Tensor::zeros([0, 3])));
    let g = a.matmul(b).sum().backward();
    assert_eq!((g.of(a).shape(), g.of(b).shape()), (&[2, 0].into(), &[0, 3].into()));
}

#[test]
#[should_panic(expected = "amin: the operand has shape [0, 2]")]
fn the_extreme_of_an_empty_axis_is_an_error() {
    let tape = TensorTape::new();
    let _ = tape.var(Tensor::<f64>::zeros([0, 2])).amin();
}

#[test]
fn choices_that_differ_elsewhere() {
    let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    // numpy.repeat and numpy.tile; torch calls the second `repeat`
    assert_eq!(Tensor::from([1.0, 2.0]).repeat(2, 0).to_vec(), [1.0, 1.0, 2.0, 2.0]);
    assert_eq!(Tensor::from([1.0, 2.0]).tile([2]).to_vec(), [1.0, 2.0, 1.0, 2.0]);
    // numpy.var([1, 2, 3, 4]) = 1.25 and with ddof 1 = 5/3; torch's default is 1
    assert_eq!((x.var().item(), x.var_along(.., 0).item(), x.var_along(.., 1).item()), (1.25, 1.25, 5.0 / 3.0));
    assert_eq!((x.std().item(), x.std_along(.., 1).item()), (1.25f64.sqrt(), (5f64 / 3.0).sqrt()));
    // axes from the back; row-major
    assert_eq!(x.sum_along(-1), x.sum_along(1));
    assert_eq!(
        (x.flatten().to_vec(), x.transpose().flatten().to_vec()),
        (vec![1.0, 2.0, 3.0, 4.0], vec![1.0, 3.0, 2.0, 4.0])
    );
    // comparisons look at values only
    let (a, b) = (Tensor::from([Dual::new(1.0, 5.0)]), Tensor::from([Dual::new(1.0, -5.0)]));
    assert!(a.equal(&b).all() && a.less_equal(&b).all() && !a.less(&b).any() && a.greater(0.5).all() && a == b);
    let duals = Tensor::from([Dual::new(1.0, 9.0), Dual::new(2.0, -9.0), Dual::new(2.0, 99.0)]);
    assert_eq!((duals.argmax(0).item(), duals.argmin(0).item()), (1, 0));
}

#[test]
fn images_are_nhwc_and_kernels_hwio() {
    // a kernel of one pixel is a matrix over the channels, which come last: [1, 2] times [[1, 10, 100], [1000, 10000, 0]]
    let x = Tensor::from([1.0, 2.0, 3.0, 4.0]).reshape([1, 1, 2, 2]);
    let kernel = Tensor::from([[1.0, 10.0, 100.0], [1000.0, 10000.0, 0.0]]);
    let y = x.conv2d(kernel.reshape([1, 1, 2, 3]), Conv2d::new());
    assert_eq!(y.flatten(), x.reshape([2, 2]).matmul(&kernel).flatten());
    assert_eq!(y.to_vec(), [2001.0, 20010.0, 100.0, 4003.0, 40030.0, 300.0]);
    // height comes before width in kernels as in images
    let column = Tensor::from([1.0, 10.0]).reshape([2, 1, 1, 1]);
    let image = Tensor::from([[1.0, 2.0], [3.0, 4.0]]).reshape([1, 2, 2, 1]);
    assert_eq!(image.conv2d(&column, Conv2d::new()), Tensor::from([31.0, 42.0]).reshape([1, 1, 2, 1]));
}

#[test]
fn same_padding_is_that_of_tensorflow() {
    // tf.nn.conv2d, padding="SAME": ⌈n / stride⌉ results; of the padding that this takes, the larger half behind. Torch's
    // padding of (k - 1) / 2 on each side would give 12, 234 for the first.
    let along = |n: u32, stride: usize, kernel: &[f64]| {
        let x = Tensor::arange(1.0, f64::from(n) + 0.5, 1.0).reshape([1, 1, -1, 1]);
        let kernel = Tensor::new([1, kernel.len(), 1, 1], kernel.to_vec());
        x.conv2d(&kernel, Conv2d::new().stride([1, stride]).same()).into_vec()
    };
    let digits = [100.0, 10.0, 1.0];
    assert_eq!(along(4, 2, &digits), [123.0, 340.0]);
    assert_eq!(along(5, 2, &digits), [12.0, 234.0, 450.0]);
    assert_eq!(along(4, 1, &digits), [12.0, 123.0, 234.0, 340.0]);
    assert_eq!(along(4, 3, &digits), [12.0, 340.0]);
    assert_eq!(along(5, 3, &[10.0, 1.0]), [12.0, 45.0]);
    assert_eq!(along(4, 1, &[1000.0, 100.0, 10.0, 1.0]), [123.0, 1234.0, 2340.0, 3400.0]);
    // pooling: padding is never the largest, and does not count in a mean
    let x = Tensor::from([-1.0, -2.0, -3.0]).reshape([1, 1, 3, 1]);
    let pool = Pool2d::new([1, 2]).same();
    assert_eq!(x.max_pool2d(pool).to_vec(), [-1.0, -3.0]);
    assert_eq!(x.avg_pool2d(pool).to_vec(), [-1.5, -3.0]);
}

#[test]
fn floats_stay_what_they_are() {
    let tape = Tape::<Tensor<f32>>::new();
    let x = tape.var(Tensor::from([1.0, 2.0]));
    let y: Var<'_, Tensor<f32>> = (2.0 - x / 4.0) * x.mean() + 1.0 / x;
    let g: Tensor<f32> = y.sum().backward().of(x);
    // of (4 - Σx/4) Σx/2 + Σ1/x: 2 - Σx/4 - 1/x²
    assert_eq!(g.to_vec(), [0.25, 1.0]);
    let tape = Tape::new();
    let x = tape.var(Tensor::from([Dual::variable(3.0_f64)]));
    let g: Tensor<Dual<f64>> = (2.0 * x * x - 1.0).sum().backward().of(x);
    assert_eq!((g.item().value, g.item().epsilon), (12.0, 4.0));
}

#[test]
fn a_sweep_may_start_from_any_seed_again_and_again() {
    let tape = TensorTape::new();
    let x = tape.var(Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    let y = (x * x).sum_along(0);
    for row in 0..2 {
        let seed = Tensor::from_fn([2], |at| if at[0] == row { 1.0 } else { 0.0 });
        let expected = Tensor::from_fn([2, 2], |at| if at[1] == row { 2.0 * x.value().at(at) } else { 0.0 });
        assert_eq!(y.backward_seeded(seed).of(x), expected);
    }
    // a jacobian of no rows
    let nothing = tape.var(Tensor::<f64>::zeros([0, 2])) * x.index(0, 0);
    let g = nothing.backward_seeded(Tensor::zeros([0, 2]));
    assert_eq!(g.of(x), Tensor::zeros([2, 2]));
}
