//! Making, reading, printing and comparing tensors. What `NumPy` says was asked of `NumPy` 2.4.6.

use approx::{abs_diff_eq, assert_abs_diff_eq, assert_relative_eq, assert_ulps_eq, relative_eq};
use chainrule::prelude::*;

#[test]
fn nested_arrays_become_axes() {
    assert_eq!(Tensor::from([1.0, 2.0]).shape(), [2]);
    assert_eq!(Tensor::from([[1.0, 2.0, 3.0]]).shape(), [1, 3]);
    assert_eq!(Tensor::from([[[1.0], [2.0]], [[3.0], [4.0]]]).to_vec(), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(Tensor::from([[[[true, false]; 1]; 3]; 2]).shape(), [2, 3, 1, 2]);
    let deep = Tensor::from([[[[[1usize, 2], [3, 4]]]], [[[[5, 6], [7, 8]]]]]);
    assert_eq!(deep.shape(), [2, 1, 1, 2, 2]);
    assert_eq!(deep.to_vec(), [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn literals_take_the_type_that_is_asked_for() {
    let single: Tensor<f32> = Tensor::from([[1.0, 0.1]]);
    assert_eq!(single.at(&[0, 1]), 0.1f32);
    assert_eq!(Tensor::<f32>::from([0.1]).item(), 0.1f32);
    let labels = Tensor::from([2, 0]);
    assert_eq!(Tensor::one_hot(&labels, 3), Tensor::from([[0.0f32, 0.0, 1.0], [1.0, 0.0, 0.0]]));
    let double = Tensor::from([[1.0, 0.1]]);
    assert_eq!(size_of_val(&double.at(&[0, 0])), 8);
    let dual = Tensor::from([Dual::variable(2.0)]);
    assert_eq!(dual.item().epsilon, 1.0);
}

#[test]
fn empty_arrays_keep_their_inner_sizes() {
    assert_eq!(Tensor::<f64>::from([[0.0; 3]; 0]).shape(), [0, 3]);
    assert_eq!(Tensor::<f64>::from([[0.0; 0]; 2]).shape(), [2, 0]);
    assert_eq!(Tensor::<f64>::from([0.0; 0]).shape(), [0]);
    assert_eq!(Tensor::<f64>::from(Vec::new()).shape(), [0]);
    assert_eq!(Tensor::<f64>::from_rows(&[[0.0; 0]; 0]).shape(), [0, 0]);
}

#[test]
fn vectors_slices_and_rows_become_tensors() {
    assert_eq!(Tensor::from(vec![1.0, 2.0]), Tensor::from([1.0, 2.0]));
    assert_eq!(Tensor::from_slice([2, 1], &[1.0, 2.0]), Tensor::from([[1.0], [2.0]]));
    assert_eq!(Tensor::from_rows(&[vec![1.0, 2.0], vec![3.0, 4.0]]), Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(Tensor::from_fn([2, 1, 2], |i| 4 * i[0] + i[1] + i[2]).to_vec(), [0, 1, 4, 5]);
    assert_eq!(Tensor::from_fn([], <[usize]>::len).item(), 0);
    assert_eq!(Tensor::from_fn([2, 0, 3], |_| -> f64 { unreachable!() }).shape(), [2, 0, 3]);
    assert_eq!(
        Tensor::from_fn([1, 2, 1, 2, 1, 2, 1], |i| i[1] * 4 + i[3] * 2 + i[5]).to_vec(),
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
}

#[test]
fn constants_fill_their_shape() {
    assert_eq!(Tensor::<f32>::zeros([2, 1]), Tensor::from([[0.0f32], [0.0]]));
    assert_eq!(Tensor::<usize>::ones([2]), Tensor::from([1, 1]));
    assert_eq!(Tensor::<Dual<f64>>::ones([1]).item().epsilon, 0.0);
    assert_eq!(Tensor::full([], 3.0).item(), 3.0);
    assert!(Tensor::full([2], true).all_along(..).item());
    assert_eq!(Tensor::<f64>::zeros([3, 0, 2]).len(), 0);
    assert_eq!(Tensor::<f64>::eye(2).to_vec(), [1.0, 0.0, 0.0, 1.0]);
    assert_eq!(Tensor::<f64>::eye(0).shape(), [0, 0]);
    assert_eq!(Tensor::from([[1.0, 2.0]]).zeros_like(), Tensor::from([[0.0, 0.0]]));
    assert_eq!(Tensor::from([[1.0, 2.0]]).ones_like(), Tensor::from([[1.0, 1.0]]));
}

#[test]
fn one_hot_adds_an_axis() {
    let labels = Tensor::from([[2, 0]]);
    assert_eq!(Tensor::<f64>::one_hot(&labels, 3).shape(), [1, 2, 3]);
    assert_eq!(Tensor::<f64>::one_hot(&Tensor::scalar(1), 2).to_vec(), [0.0, 1.0]);
    assert_eq!(Tensor::<f64>::one_hot(&Tensor::from([0; 0]), 2).shape(), [0, 2]);
}

/// Counts and values as `np.arange` and `np.linspace` give them.
#[test]
fn ranges_are_numpys() {
    assert_eq!(Tensor::arange(0.0, 1.0, 0.1).len(), 10);
    assert_eq!(Tensor::arange(1.0, 2.0, 0.1).len(), 10);
    assert_eq!(Tensor::arange(0.0, 0.3, 0.1).len(), 3);
    assert_eq!(Tensor::arange(0.0f32, 0.3, 0.1).len(), 3);
    assert_eq!(Tensor::arange(5.0, 0.0, -2.0).to_vec(), [5.0, 3.0, 1.0]);
    assert_eq!(Tensor::arange(5.0, 0.0, 1.0).shape(), [0]);
    assert_eq!(Tensor::<usize>::arange(0, 7, 3).to_vec(), [0, 3, 6]);
    assert_eq!(Tensor::<usize>::arange(0, 6, 3).to_vec(), [0, 3]);
    assert_eq!(Tensor::<usize>::arange(6, 0, 3).len(), 0);
    assert_eq!(Tensor::<i64>::arange(7, 0, -3).to_vec(), [7, 4, 1]);

    let numpy = [
        0.0,
        0.166_666_666_666_666_66,
        0.333_333_333_333_333_3,
        0.5,
        0.666_666_666_666_666_6,
        0.833_333_333_333_333_3,
        1.0,
    ];
    assert_eq!(Tensor::linspace(0.0, 1.0, 7).to_vec(), numpy);
    assert_eq!(Tensor::linspace(0.1, 0.7, 4).to_vec(), [0.1, 0.3, 0.5, 0.7]);
    assert_eq!(Tensor::linspace(5.0f32, -5.0, 3).to_vec(), [5.0, 0.0, -5.0]);
    assert_eq!(Tensor::linspace(2.0, 3.0, 1).to_vec(), [2.0]);
    assert_eq!(Tensor::linspace(2.0, 3.0, 0).shape(), [0]);
    assert_eq!(Tensor::linspace(0.1f32, 0.7, 50).at(&[49]), 0.7);
}

#[test]
fn ranges_of_dual_numbers_move_with_their_ends() {
    let line = Tensor::linspace(Dual::constant(0.0), Dual::variable(4.0), 5);
    assert_eq!(line.map(|x| x.epsilon).to_vec(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    assert_eq!(Tensor::arange(Dual::variable(0.0), Dual::constant(2.0), Dual::constant(1.0)).at(&[1]).epsilon, 1.0);
}

fn moments(x: &Tensor<f64>) -> (f64, f64) {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    (mean, x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / x.len() as f64)
}

#[test]
fn one_seed_gives_one_tensor() {
    let draw = |seed| Tensor::<f64>::normal([3, 4], 0.0, 1.0, seed);
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
    // singles are the doubles, rounded
    assert_eq!(Tensor::<f32>::normal([50], 0.1, 0.3, 7), Tensor::<f64>::normal([50], 0.1, 0.3, 7).cast());
    assert_eq!(Tensor::<f32>::uniform([50], 0.1, 0.3, 7), Tensor::<f64>::uniform([50], 0.1, 0.3, 7).cast());
    assert_eq!(Tensor::<f32>::he_normal([5, 5], 7), Tensor::<f64>::he_normal([5, 5], 7).cast());
    // the shape does not matter to the numbers
    assert_eq!(draw(7).to_vec(), Tensor::<f64>::normal([12], 0.0, 1.0, 7).to_vec());
    assert_eq!(Tensor::<f64>::uniform([2, 0], 0.0, 1.0, 7).len(), 0);
    assert_eq!(Tensor::<Dual<f64>>::uniform([], 2.0, 2.0, 7).item().value, 2.0);
}

#[test]
fn distributions_have_their_moments() {
    let (mean, variance) = moments(&Tensor::uniform([100_000], -1.0, 3.0, 1));
    // (3 - -1)²/12
    assert!((mean - 1.0).abs() < 0.01 && (variance - 16.0 / 12.0).abs() < 0.02, "{mean} {variance}");
    let (mean, variance) = moments(&Tensor::normal([100_000], 2.0, 3.0, 2));
    assert!((mean - 2.0).abs() < 0.03 && (variance - 9.0).abs() < 0.15, "{mean} {variance}");
}

/// The variances of Keras 3's initialisers: fans of a matrix, and of a kernel of height 3, width 5, 4 inputs and 8 outputs.
#[test]
fn initialisers_scale_by_the_fans() {
    type Make = fn([usize; 4], u64) -> Tensor<f64>;
    let (fan_in, fan_out) = (3.0 * 5.0 * 4.0, 3.0 * 5.0 * 8.0);
    let cases: [(Make, Make, f64); 3] = [
        (Tensor::glorot_uniform, Tensor::glorot_normal, 2.0 / (fan_in + fan_out)),
        (Tensor::he_uniform, Tensor::he_normal, 2.0 / fan_in),
        (Tensor::lecun_uniform, Tensor::lecun_normal, 1.0 / fan_in),
    ];
    for (uniform, normal, expected) in cases {
        let samples = |make: Make| -> Tensor<f64> {
            (0..100).flat_map(|seed| make([3, 5, 4, 8], seed).to_vec()).collect::<Vec<_>>().into()
        };
        let evenly = samples(uniform);
        let limit = (3.0 * expected).sqrt();
        assert!(evenly.iter().all(|x| x.abs() <= limit) && evenly.iter().any(|x| x.abs() > 0.99 * limit));
        assert_relative_eq!(moments(&evenly).1, expected, max_relative = 0.03);
        let cut = samples(normal);
        // two deviations of the distribution before it was cut
        let limit = 2.0 * expected.sqrt() / 0.879_625_661_034_239_8;
        assert!(cut.iter().all(|x| x.abs() <= limit) && cut.iter().any(|x| x.abs() > 0.99 * limit));
        assert_relative_eq!(moments(&cut).1, expected, max_relative = 0.03);
    }
}

/// Keras: `limit = sqrt(6 / (fan_in + fan_out))` and `sqrt(6 / fan_in)`; a vector's fans are both its length.
#[test]
fn fans_of_vectors_and_matrices() {
    let largest = |x: Tensor<f64>| x.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    let within = |most: f64, limit: f64| most <= limit && most > 0.99 * limit;
    assert!(within(largest(Tensor::glorot_uniform([100, 50], 1)), (6.0f64 / 150.0).sqrt()));
    assert!(within(largest(Tensor::he_uniform([100, 50], 1)), (6.0f64 / 100.0).sqrt()));
    assert!(within(largest(Tensor::lecun_uniform([1000], 1)), (3.0f64 / 1000.0).sqrt()));
    assert!(Tensor::<f64>::he_normal([0, 5], 1).is_empty());
    assert!(Tensor::<f64>::glorot_normal([], 1).item().is_finite());
}

#[test]
fn permutations_hold_every_number_once() {
    let mut order = Tensor::permutation(100, 3).into_vec();
    assert_ne!(order, (0..100).collect::<Vec<_>>());
    order.sort_unstable();
    assert_eq!(order, (0..100).collect::<Vec<_>>());
    assert_eq!(Tensor::permutation(0, 3).shape(), [0]);
}

#[test]
fn elements_are_read_by_index() {
    let x = Tensor::from([[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]);
    assert_eq!(x.at(&[1, 2, 0]), 6.0);
    assert_eq!(x[[0, 1, 0]], 2.0);
    assert_eq!(x.get(&[1, 0, 0]), Some(&4.0));
    assert_eq!((x.get(&[2, 0, 0]), x.get(&[0, 0]), x.get(&[0, 0, 0, 0])), (None, None, None));
    assert_eq!(Tensor::scalar(3.0).at(&[]), 3.0);
    assert_eq!(Tensor::scalar(3.0)[[]], 3.0);
    assert_eq!(Tensor::<f64>::zeros([0, 2]).get(&[0, 0]), None);
    assert_eq!(x.rows(1..2).at(&[0, 1, 0]), 5.0);
    let mut sum = 0.0;
    for x in &x {
        sum += x;
    }
    assert_eq!(sum, 21.0);
}

#[test]
fn rows_are_seen_one_by_one() {
    let x = Tensor::from_fn([3, 2, 2], |i| i[0] * 4 + i[1] * 2 + i[2]);
    let rows: Vec<_> = x.outer_iter().collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1], Tensor::from([[4, 5], [6, 7]]));
    assert_eq!(rows[2].as_slice().as_ptr(), x.as_slice()[8..].as_ptr(), "nothing is copied");
    assert_eq!(x.rows(1..3).outer_iter().next_back(), Some(Tensor::from([[8, 9], [10, 11]])));
    assert_eq!(Tensor::from([1.0, 2.0]).outer_iter().map(|x| x.item()).sum::<f64>(), 3.0);
    assert_eq!(Tensor::<f64>::zeros([2, 0]).outer_iter().map(|x| x.len()).sum::<usize>(), 0);
    assert_eq!(Tensor::<f64>::zeros([0, 2]).outer_iter().len(), 0);
}

#[test]
fn vectors_come_out_as_they_went_in() {
    let elements = vec![1.0, 2.0, 3.0, 4.0];
    let place = elements.as_ptr();
    let x = Tensor::new([2, 2], elements);
    let head = x.rows(0..1);
    let shared = x.clone().into_vec();
    assert_ne!(shared.as_ptr(), place, "shared elements are copied");
    assert_eq!(x.rows(1..2).into_vec(), [3.0, 4.0]);
    drop(x);
    let taken = head.into_vec();
    assert_eq!((taken.as_ptr(), taken), (place, vec![1.0, 2.0]));
}

#[test]
fn types_are_converted_as_by_as() {
    assert_eq!(Tensor::from([[0.1, 1e40]]).cast::<f32>().to_vec(), [0.1f32, f32::INFINITY]);
    assert_eq!(Tensor::from([0.1f32]).cast::<f64>().item(), 0.100_000_001_490_116_12);
    assert_eq!(Tensor::from([2.9, -1.0, f64::NAN]).cast::<usize>().to_vec(), [2, 0, 0]);
    assert_eq!(Tensor::from([[1.0], [2.0]]).map(|x| x > 1.5), Tensor::from([[false], [true]]));
}

#[test]
fn equality_wants_the_same_shape() {
    assert_eq!(Tensor::from([1.0, 2.0]), Tensor::new([2], vec![1.0, 2.0]));
    assert_ne!(Tensor::from([1.0, 2.0]), Tensor::from([[1.0, 2.0]]));
    assert_ne!(Tensor::<f64>::zeros([0, 2]), Tensor::<f64>::zeros([2, 0]));
    assert_ne!(Tensor::from([f64::NAN]), Tensor::from([f64::NAN]));
    assert_eq!(Tensor::from([0.0]), Tensor::from([-0.0]));
    assert_eq!(Tensor::from([Dual::variable(1.0)]), Tensor::from([Dual::constant(1.0)]));
    let x = Tensor::from([[1.0, 2.0], [1.0, 2.0]]);
    assert_eq!(x.rows(0..1), x.rows(1..2));
}

#[test]
fn comparisons_broadcast() {
    let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, f64::NAN]]);
    assert_eq!(x.less(3.0).to_vec(), [true, true, false, false, false, false]);
    assert_eq!(x.greater_equal(3.0).to_vec(), [false, false, true, true, true, false]);
    assert_eq!(x.less_equal(&Tensor::from([1.0, 5.0, 3.0])).to_vec(), [true, true, true, false, true, false]);
    assert_eq!(x.equal(&x).to_vec(), [true, true, true, true, true, false]);
    assert_eq!(x.not_equal(&x).count(), 1);
    let outer = Tensor::from([[1.0], [2.0]]).greater(&Tensor::from([0.0, 1.0, 2.0]));
    assert_eq!(outer, Tensor::from([[true, false, false], [true, true, false]]));
    assert_eq!(Tensor::<f64>::zeros([0, 3]).less(&Tensor::from([[1.0]])).shape(), [0, 3]);
    assert_eq!(Tensor::from([1usize, 2]).equal(2), Tensor::from([false, true]));
    assert_eq!(Tensor::from([0.1f32]).equal(0.1), Tensor::from([true]));
    let wide = Tensor::<f64>::zeros([2, 1, 2, 1, 2, 1, 2]).equal(&Tensor::zeros([3, 1, 1, 1, 1, 3, 1]).rows(0..1));
    assert_eq!((wide.shape(), wide.all()), (&[2, 1, 2, 1, 2, 3, 2].into(), true));
}

#[test]
fn comparisons_look_at_values_alone() {
    let x = Tensor::from([Dual::variable(1.0), Dual::constant(2.0)]);
    assert_eq!(x.equal(&Tensor::from([Dual::constant(1.0), Dual::variable(3.0)])), Tensor::from([true, false]));
    assert_eq!(x.less(1.5), Tensor::from([true, false]));
}

#[test]
fn masks_have_their_logic() {
    let (a, b) = (Tensor::from([[true, true], [false, false]]), Tensor::from([true, false]));
    assert_eq!(&a & &b, Tensor::from([[true, false], [false, false]]));
    assert_eq!(&a | &b, Tensor::from([[true, true], [true, false]]));
    assert_eq!(!&a & !b.clone(), Tensor::from([[false, false], [false, true]]));
    assert_eq!((a.any(), a.all(), a.count()), (true, false, 2));
    assert_eq!(a.any_along(0), Tensor::from([true, true]));
    assert_eq!(a.all_along(-1), Tensor::from([true, false]));
    assert_eq!(a.all_along(keepdims(0)), Tensor::from([[false, false]]));
    assert!(a.any_along(..).item());
    assert_eq!(a.any_along([0, 1]).shape(), []);
}

/// As `np.any` and `np.all`: of nothing, false and true.
#[test]
fn masks_without_elements() {
    let none = Tensor::from([[true; 0]; 2]);
    assert_eq!((none.any(), none.all()), (false, true));
    assert_eq!(none.any_along(1), Tensor::from([false, false]));
    assert_eq!(none.all_along(1), Tensor::from([true, true]));
    assert_eq!(none.all_along(0).shape(), [0]);
}

#[test]
fn tolerances_are_those_of_approx() {
    let (x, y) = (Tensor::from([1.0, 100.0]), Tensor::from([1.001, 100.05]));
    assert_abs_diff_eq!(x, y, epsilon = 0.1);
    assert_relative_eq!(x, y, max_relative = 0.01);
    assert_ulps_eq!(x, Tensor::from([1.0 + f64::EPSILON, 100.0]));
    assert!(!abs_diff_eq!(x, y, epsilon = 0.01));
    assert!(!relative_eq!(x, Tensor::from([f64::NAN, 100.0]), epsilon = 1.0));
    assert!(!abs_diff_eq!(Tensor::from([1.0]), Tensor::from([[1.0]])));
}
