//! What making, reading and comparing tensors refuses: each panic says what was wrong, and blames the line of the caller.

use crate::panics::panic_of;
use chainrule::prelude::*;

/// What is refused, the line it stands in, and what the panic must say.
type Case = (fn(), u32, &'static str);

#[rustfmt::skip]
const CASES: [Case; 22] = [
    (|| drop(Tensor::new([2, 2], vec![1.0])), line!(), "Tensor::new: shape [2, 2] has 4 elements, but 1 were given"),
    (|| drop(Tensor::from_slice([2], &[1.0])), line!(), "from_slice: shape [2] has 2 elements, but the slice has 1"),
    (|| drop(Tensor::from_rows(&[vec![1.0, 2.0], vec![3.0]])), line!(), "from_rows: row 1 has 1 elements, but row 0 has 2"),
    (|| drop(Tensor::<f64>::one_hot(&Tensor::from([0, 3]), 3)), line!(), "one_hot: label 3, at place 1 of shape [2], is not below the 3 classes"),
    (|| drop(Tensor::arange(0.0, 1.0, 0.0)), line!(), "arange: the step is 0"),
    (|| drop(Tensor::arange(0.0, f64::INFINITY, 1.0)), line!(), "arange: from 0 to inf in steps of 1 there are"),
    (|| drop(Tensor::arange(0.0, f64::NAN, 1.0)), line!(), "arange: from 0 to NaN in steps of 1 there are"),
    (|| drop(Tensor::arange(0.0, 1.0, f64::NAN)), line!(), "arange: from 0 to 1 in steps of NaN there are"),
    (|| drop(Tensor::<f64>::uniform([2], 1.0, 0.0, 7)), line!(), "uniform: the range from 1 to 0"),
    (|| drop(Tensor::<f64>::uniform([2], 0.0, f64::NAN, 7)), line!(), "uniform: the range from 0 to NaN"),
    (|| drop(Tensor::<f64>::normal([2], 0.0, -1.0, 7)), line!(), "normal: the standard deviation is -1"),
    (|| drop(Tensor::<f64>::zeros([2, 2]).at(&[0, 2]).to_string()), line!(), "at: the index [0, 2] is outside of shape [2, 2]"),
    (|| drop(Tensor::<f64>::zeros([2, 2])[[0]].to_string()), line!(), "indexing: the index [0] has 1 numbers, but shape [2, 2] has 2 axes"),
    (|| drop(Tensor::<f64>::zeros([2, 2]).item().to_string()), line!(), "item: shape [2, 2] has 4 elements, not one"),
    (|| drop(Tensor::<f64>::zeros([0]).item().to_string()), line!(), "item: shape [0] has 0 elements, not one"),
    (|| drop(Tensor::scalar(1.0).outer_iter().len().to_string()), line!(), "outer_iter: a single number (shape []) has no first axis"),
    (|| drop(Tensor::from([1.0]).rows(1..3)), line!(), "rows: the range 1..3 reaches beyond the 1 rows of shape [1]"),
    (|| drop(Tensor::from([1.0, 2.0]).less(&Tensor::from([1.0, 2.0, 3.0]))), line!(), "less: shapes [2] and [3] do not broadcast"),
    (|| drop(Tensor::from([true; 2]) & Tensor::from([true; 3])), line!(), "logical_and: shapes [2] and [3] do not broadcast"),
    (|| drop(&Tensor::from([true; 2]) | &Tensor::from([true; 3])), line!(), "logical_or: shapes [2] and [3] do not broadcast"),
    (|| drop(Tensor::from([true; 2]).any_along(1)), line!(), "any_along: there is no axis 1 in shape [2]"),
    (|| drop(Tensor::from([true; 2]).all_along([0, -1])), line!(), "all_along: axis -1 of shape [2] is named twice"),
];

#[test]
fn each_refusal_names_the_operation_and_the_line() {
    for (action, line, expected) in CASES {
        let (message, blamed) = panic_of(file!(), action);
        assert!(message.contains(expected), "{message:?} does not say {expected:?}");
        assert_eq!(blamed, line, "{message:?}");
    }
}
