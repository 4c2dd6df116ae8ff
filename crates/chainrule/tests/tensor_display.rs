//! Tensors print as `NumPy` 2.4.6 prints arrays: every expected text is what `str(np.array(...))` gave there, and with a
//! precision `np.array2string(..., precision=..., floatmode="fixed")`.

use chainrule::prelude::*;

fn check<T: Copy + std::fmt::Display + 'static>(tensor: impl Into<Tensor<T>>, numpy: &str) {
    assert_eq!(tensor.into().to_string(), numpy);
}

#[test]
fn floats_stand_in_columns() {
    check([[1.0, 2.0], [3.0, 4.0]], "[[1. 2.]\n [3. 4.]]");
    check([[1.0, 2.5], [-3.0, 4.0]], "[[ 1.   2.5]\n [-3.   4. ]]");
    check([1.0 / 3.0, 2.0 / 3.0, 1.0], "[0.33333333 0.66666667 1.        ]");
    check([1.1, 2.123_456_789, 100.0], "[  1.1          2.12345679 100.        ]");
    check([-0.0, 0.0], "[-0.  0.]");
    check([1.0 / 3.0, 2.0 / 3.0f32], "[0.33333334 0.6666667 ]");
    check([0.1f32, 0.25], "[0.1  0.25]");
}

#[test]
fn wide_ranges_are_scientific() {
    check([1e8, 1.0], "[1.e+08 1.e+00]");
    check([99_999_999.0, 1.0], "[9.9999999e+07 1.0000000e+00]");
    check([99_999.0, 100.0], "[99999.   100.]");
    check([0.0001, 0.01], "[0.0001 0.01  ]");
    check([0.000_09, 0.01], "[9.e-05 1.e-02]");
    check([1000.0, 1.0], "[1000.    1.]");
    check([1001.0, 1.0], "[1.001e+03 1.000e+00]");
    check([1e-5, 0.0], "[1.e-05 0.e+00]");
    check([1e-100, -1.0], "[ 1.e-100 -1.e+000]");
    check([1e6f32], "[1.e+06]");
    check([999_999.0f32], "[999999.]");
    check([2f32.powi(-12), 1.0, 1e-7], "[2.4414062e-04 1.0000000e+00 1.0000000e-07]");
}

#[test]
fn numbers_that_are_none_are_named() {
    check([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5], "[ nan  inf -inf  1.5]");
    check([f64::NAN], "[nan]");
    check([1e-5, f64::NAN, f64::NEG_INFINITY], "[1.e-05    nan   -inf]");
}

#[test]
fn masks_and_indices() {
    check([true, true], "[ True  True]");
    check([[true, false], [false, false]], "[[ True False]\n [False False]]");
    check([[1i64, -200], [3, 4]], "[[   1 -200]\n [   3    4]]");
    check([7usize], "[7]");
}

#[test]
fn single_numbers_are_written_in_full() {
    let alone = |x: f64| Tensor::scalar(x).to_string();
    assert_eq!(alone(1.0), "1.0");
    assert_eq!(alone(-0.0), "-0.0");
    assert_eq!(alone(1.0 / 3.0), "0.3333333333333333");
    assert_eq!(alone(1e16), "1e+16");
    assert_eq!(alone(1e-5), "1e-05");
    assert_eq!(alone(f64::NAN), "nan");
    assert_eq!(alone(f64::NEG_INFINITY), "-inf");
    assert_eq!(Tensor::scalar(1.0 / 3.0f32).to_string(), "0.33333334");
    assert_eq!(Tensor::scalar(1e6f32).to_string(), "1e+06");
    assert_eq!(Tensor::scalar(true).to_string(), "True");
    assert_eq!(Tensor::scalar(7).to_string(), "7");
    // not NumPy's, but Rust's
    assert_eq!(format!("{:.3}", Tensor::scalar(1.0 / 3.0)), "0.333");
}

#[test]
fn axes_nest() {
    check([[[0.0; 2]; 2]; 2], "[[[0. 0.]\n  [0. 0.]]\n\n [[0. 0.]\n  [0. 0.]]]");
    check(Tensor::<f64>::zeros([1, 1, 1, 1, 1, 1, 2]), "[[[[[[[0. 0.]]]]]]]");
    check(Tensor::<f64>::zeros([2, 0]), "[]");
    check(Tensor::<f64>::zeros([0]), "[]");
}

#[test]
fn long_rows_are_broken() {
    check(
        Tensor::arange(0.0, 25.0, 1.0),
        "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.\n 18. 19. 20. 21. 22. 23. 24.]",
    );
    check(
        Tensor::from_fn([2, 20], |i| (20 * i[0] + i[1]) as f64 * 1.5),
        "[[ 0.   1.5  3.   4.5  6.   7.5  9.  10.5 12.  13.5 15.  16.5 18.  19.5\n  21.  22.5 24.  25.5 27.  28.5]\n \
         [30.  31.5 33.  34.5 36.  37.5 39.  40.5 42.  43.5 45.  46.5 48.  49.5\n  51.  52.5 54.  55.5 57.  58.5]]",
    );
}

#[test]
fn of_many_elements_the_corners_are_shown() {
    check(Tensor::arange(0.0, 1001.0, 1.0), "[   0.    1.    2. ...  998.  999. 1000.]");
    check(
        Tensor::from_fn([30, 40], |i| (40 * i[0] + i[1]) as f64),
        "[[0.000e+00 1.000e+00 2.000e+00 ... 3.700e+01 3.800e+01 3.900e+01]\n \
         [4.000e+01 4.100e+01 4.200e+01 ... 7.700e+01 7.800e+01 7.900e+01]\n \
         [8.000e+01 8.100e+01 8.200e+01 ... 1.170e+02 1.180e+02 1.190e+02]\n \
         ...\n \
         [1.080e+03 1.081e+03 1.082e+03 ... 1.117e+03 1.118e+03 1.119e+03]\n \
         [1.120e+03 1.121e+03 1.122e+03 ... 1.157e+03 1.158e+03 1.159e+03]\n \
         [1.160e+03 1.161e+03 1.162e+03 ... 1.197e+03 1.198e+03 1.199e+03]]",
    );
    let cube = Tensor::<usize>::arange(0, 1008, 1).into_vec();
    let text = Tensor::new([7, 12, 12], cube).to_string();
    assert!(
        text.starts_with("[[[   0    1    2 ...    9   10   11]\n  [  12   13   14 ...   21   22   23]\n"),
        "{text}"
    );
    assert!(text.contains("[ 420  421  422 ...  429  430  431]]\n\n ...\n\n [[ 576  577  578 ..."), "{text}");
    assert!(text.ends_with("  [ 996  997  998 ... 1005 1006 1007]]]"), "{text}");
}

#[test]
fn a_precision_is_kept() {
    let x = Tensor::from([[1.0, 2.5], [-3.0, f64::NAN]]);
    assert_eq!(format!("{x:.3}"), "[[ 1.000  2.500]\n [-3.000    nan]]");
    assert_eq!(format!("{:.2}", Tensor::from([2.5, 1e-6])), "[2.50e+00 1.00e-06]");
    assert_eq!(format!("{:.0}", Tensor::from([2.5, 1.0])), "[2. 1.]");
}

/// Not `NumPy`'s: both parts of each element.
#[test]
fn dual_numbers_show_their_derivatives() {
    let x = Tensor::from([Dual::variable(1.5), Dual::new(20.0, -0.5)]);
    assert_eq!(x.to_string(), "[  1.5 + 1ε, 20 + -0.5ε]");
    assert_eq!(format!("{x:.1}"), "[  1.5 + 1.0ε, 20.0 + -0.5ε]");
}

#[test]
fn debug_says_shape_and_elements() {
    assert_eq!(format!("{:?}", Tensor::from([[1.0, 2.5]])), "Tensor(shape [1, 2], [1.0, 2.5])");
    assert_eq!(format!("{:?}", Tensor::scalar(true)), "Tensor(shape [], [true])");
    assert_eq!(format!("{:?}", Tensor::<f64>::zeros([0, 3])), "Tensor(shape [0, 3], [])");
    assert_eq!(format!("{:.1?}", Tensor::from([0.25])), "Tensor(shape [1], [0.2])");
    let many = Tensor::<usize>::arange(0, 2000, 1);
    assert_eq!(format!("{many:?}"), "Tensor(shape [2000], [0, 1, 2, ..., 1997, 1998, 1999])");
}
