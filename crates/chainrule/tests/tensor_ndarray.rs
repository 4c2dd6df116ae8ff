//! Exchange with `ndarray`: what is copied and what is not, told by where the elements lie.
#![cfg(feature = "ndarray")]

use chainrule::prelude::*;
use ndarray::{Array1, Array2, ArrayD, Axis, Ix0, Slice, array};

#[test]
fn arrays_are_taken_over() {
    let array = array![[1.0, 2.0], [3.0, 4.0]];
    let place = array.as_ptr();
    let x = Tensor::from(array);
    assert_eq!(x, Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
    assert_eq!(x.as_slice().as_ptr(), place);
}

#[test]
fn rows_of_arrays_are_taken_over() {
    let mut array = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]];
    array.slice_axis_inplace(Axis(0), Slice::from(1..3));
    let place = array.as_ptr();
    let x = Tensor::from(array);
    assert_eq!(x, Tensor::from([[3.0, 4.0], [5.0, 6.0]]));
    assert_eq!(x.as_slice().as_ptr(), place);
}

#[test]
fn arrays_in_another_order_are_copied() {
    let transposed = array![[1.0, 2.0], [3.0, 4.0]].reversed_axes();
    assert_eq!(Tensor::from(transposed), Tensor::from([[1.0, 3.0], [2.0, 4.0]]));
    let mut backwards = array![1.0, 2.0, 3.0];
    backwards.invert_axis(Axis(0));
    assert_eq!(Tensor::from(backwards), Tensor::from([3.0, 2.0, 1.0]));
    let mut columns = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    columns.slice_axis_inplace(Axis(1), Slice::from(1..));
    assert_eq!(Tensor::from(columns), Tensor::from([[2.0, 3.0], [5.0, 6.0]]));
}

#[test]
fn tensors_are_handed_over() {
    let elements = vec![1.0, 2.0, 3.0, 4.0];
    let place = elements.as_ptr();
    let array = ArrayD::from(Tensor::new([2, 2], elements));
    assert_eq!(array, array![[1.0, 2.0], [3.0, 4.0]].into_dyn());
    assert_eq!(array.as_ptr(), place);
    assert!(array.is_standard_layout());
}

#[test]
fn rows_of_tensors_are_handed_over() {
    let x = Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let place = x.as_slice()[2..].as_ptr();
    let rows = x.rows(1..2);
    drop(x);
    let array = ArrayD::from(rows);
    assert_eq!(array, array![[3.0, 4.0]].into_dyn());
    assert_eq!(array.as_ptr(), place);
}

#[test]
fn shared_tensors_are_copied() {
    let x = Tensor::from([1.0, 2.0]);
    let mut array = ArrayD::from(x.clone());
    array[[0]] = 5.0;
    assert_eq!(x, Tensor::from([1.0, 2.0]));
}

#[test]
fn views_copy_nothing() {
    let x = Tensor::from_fn([3, 2, 2], |i| 4 * i[0] + 2 * i[1] + i[2]);
    assert_eq!(x.view().as_ptr(), x.as_slice().as_ptr());
    assert_eq!(x.view()[[2, 0, 1]], 9);
    let rows = x.rows(1..3);
    assert_eq!(rows.view().as_ptr(), rows.as_slice().as_ptr());
    assert_eq!(rows.view().sum_axis(Axis(0)), array![[12, 14], [16, 18]].into_dyn());
}

#[test]
fn axes_of_size_0_and_none_at_all() {
    let none = Tensor::from(Array2::<f64>::zeros((0, 3)));
    assert_eq!(none.shape(), [0, 3]);
    assert_eq!(none.view().shape(), [0, 3]);
    assert_eq!(ArrayD::from(none).shape(), [0, 3]);
    let mut empty = array![1.0, 2.0, 3.0];
    empty.slice_axis_inplace(Axis(0), Slice::from(3..));
    assert_eq!(Tensor::from(empty).shape(), [0]);
    let single = Tensor::from(ndarray::arr0(3.0));
    assert_eq!((single.rank(), single.item()), (0, 3.0));
    assert_eq!(ArrayD::from(single).into_dimensionality::<Ix0>().expect("no axes").into_scalar(), 3.0);
}

/// There and back, for indices and masks too.
#[test]
fn every_element_travels() {
    let labels = Tensor::from(Array1::from(vec![2usize, 0, 1]));
    assert_eq!(Tensor::from(ArrayD::from(labels.clone())), labels);
    let mask = Tensor::from([[true, false]]);
    assert_eq!(Tensor::from(ArrayD::from(mask.clone())), mask);
    let wide = Tensor::from_fn([2, 1, 2, 1, 2, 1, 2], |i| i[0] + i[2] + i[4] + i[6]);
    assert_eq!(Tensor::from(ArrayD::from(wide.clone())), wide);
}
