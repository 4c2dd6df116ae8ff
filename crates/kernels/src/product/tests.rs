use super::library::Multiply;
use super::*;
use proptest::prelude::*;

/// The product by its definition.
fn naive(a: Matrix<'_, f64>, b: Matrix<'_, f64>, i: usize, j: usize) -> f64 {
    let element = |m: &Matrix<'_, f64>, i: usize, j: usize| m.data[i * m.row_step + j * m.column_step];
    (0..a.columns).map(|k| element(&a, i, k) * element(&b, k, j)).sum()
}

/// Numbers in no order, exact in `f32` too.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    (0..count).map(|i| ((i * 7919 + seed * 104_729) % 61) as f64 / 8.0 - 3.75).collect()
}

fn oriented(data: &[f64], rows: usize, columns: usize, transposed: bool) -> Matrix<'_, f64> {
    if transposed { Matrix::rows(data, columns, rows).transposed() } else { Matrix::rows(data, rows, columns) }
}

/// Vectors and tiny matrices often.
fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![0usize..5, 0usize..70]
}

proptest! {
    #[test]
    fn products_are_what_the_definition_says(
        m in sizes(), k in sizes(), n in sizes(), gap in 0usize..3, flags in any::<[bool; 3]>(),
    ) {
        let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
        let (left, right) = (oriented(&a, m, k, flags[0]), oriented(&b, k, n, flags[1]));
        let row_step = n + gap;
        let before = numbers(m * row_step, 3);
        let mut result = before.clone();
        let onto = if flags[2] { Onto::Sum } else { Onto::Fresh };
        f64::product(left, right, &mut result, row_step, onto);
        #[expect(clippy::cast_possible_truncation, reason = "the numbers are exact in both")]
        let narrow = |x: &[f64]| x.iter().map(|&x| x as f32).collect::<Vec<f32>>();
        let (a32, b32, mut result32) = (narrow(&a), narrow(&b), narrow(&before));
        let narrowed = |m: Matrix<'_, f64>, data| Matrix { data, rows: m.rows, columns: m.columns, row_step: m.row_step, column_step: m.column_step };
        f32::product(narrowed(left, &a32[..]), narrowed(right, &b32[..]), &mut result32, row_step, onto);
        for i in 0..m {
            for j in 0..row_step {
                let at = i * row_step + j;
                let old = before[at];
                let expected = match onto {
                    _ if j >= n => old,
                    Onto::Fresh => naive(left, right, i, j),
                    Onto::Sum => old + naive(left, right, i, j),
                };
                prop_assert_eq!(result[at], expected);
                prop_assert_eq!(f64::from(result32[at]), expected);
            }
        }
    }
}

#[test]
#[should_panic(expected = "beyond its elements")]
fn a_matrix_must_lie_within_its_slice() {
    let a = Matrix { data: &[1.0; 5], rows: 2, columns: 3, row_step: 3, column_step: 1 };
    f64::product(a, a.transposed(), &mut [0.0; 4], 2, Onto::Fresh);
}

#[test]
#[should_panic(expected = "overlap")]
fn rows_of_the_result_must_not_overlap() {
    let a = Matrix::rows(&[1.0; 4], 2, 2);
    f64::product(a, a, &mut [0.0; 4], 1, Onto::Fresh);
}

/// Numbers whose sums are rounded.
fn rough(count: usize) -> Vec<f32> {
    (0..count).map(|i| ((i * 7919) % 1013) as f32 / 1013.0 - 0.5).collect()
}

/// The parts as threads would multiply them, and the whole, by either library.
fn parts_and_whole(shape: [usize; 3], [left, right]: [bool; 2], portably: bool) -> [Vec<f32>; 2] {
    let [m, k, n] = shape;
    let (a, b) = (rough(m * k), rough(k * n));
    let a = if left { Matrix::rows(&a, k, m).transposed() } else { Matrix::rows(&a, m, k) };
    let b = if right { Matrix::rows(&b, n, k).transposed() } else { Matrix::rows(&b, k, n) };
    let cut = Cut::of(shape);
    let mut whole = vec![0.0; m * n];
    let mut parts = whole.clone();
    let multiply = if portably { f32::multiply_portably } else { f32::multiply };
    // SAFETY: the matrices fill their slices, and parts lie within the result.
    unsafe { multiply(a, b, whole.as_mut_ptr(), n, Onto::Fresh) };
    for part in 0..cut.parts() {
        let [rows, columns] = cut.part(part);
        let place = &mut parts[rows.start * n + columns.start..];
        // SAFETY: as above.
        unsafe { multiply(a.some_rows(&rows), b.some_columns(&columns), place.as_mut_ptr(), n, Onto::Fresh) };
    }
    [parts, whole]
}

#[test]
fn parts_are_the_whole_to_the_last_bit() {
    for shape in [[128, 784, 256], [32, 784, 128], [784, 32, 128], [2000, 70, 33], [65, 1100, 95], [1000, 130, 10]] {
        for orders in [[false, false], [false, true], [true, false], [true, true]] {
            for portably in [false, true] {
                let [parts, whole] = parts_and_whole(shape, orders, portably);
                assert!(parts == whole, "{shape:?}, transposed: {orders:?}, portably: {portably}");
            }
        }
    }
}

#[test]
fn both_libraries_agree() {
    for shape in [[128, 784, 256], [33, 70, 65]] {
        let [_, fast] = parts_and_whole(shape, [false; 2], false);
        let [_, portable] = parts_and_whole(shape, [false; 2], true);
        // 784 products of at most .25 each, rounded in another order
        assert!(fast.iter().zip(&portable).all(|(x, y)| (x - y).abs() < 1e-4));
    }
}

#[test]
fn threads_change_no_bit() {
    for (shape, left, right) in [
        ([128, 784, 256], false, false),
        ([1, 784, 512], false, false),
        ([1, 512, 784], false, true),
        ([1600, 128, 1], false, false),
        ([512, 784, 1], true, false),
        ([784, 1, 512], true, false),
    ] {
        let [m, k, n]: [usize; 3] = shape;
        let (a, b) = (rough(m * k), rough(k * n));
        let a = if left { Matrix::rows(&a, k, m).transposed() } else { Matrix::rows(&a, m, k) };
        let b = if right { Matrix::rows(&b, n, k).transposed() } else { Matrix::rows(&b, k, n) };
        let [one, two] = [1, 2].map(|count| {
            threads::set_count(count);
            let mut result = vec![f32::NAN; m * n];
            f32::product(a, b, &mut result, n, Onto::Fresh);
            f32::product(a, b, &mut result, n, Onto::Sum);
            result
        });
        assert!(one == two, "{shape:?}");
    }
}

#[test]
fn a_single_row_may_have_any_step() {
    let a = Matrix::rows(&[1.0, 2.0], 1, 2);
    for columns in [1, 100] {
        let b = vec![3.0; 2 * columns];
        let mut result = vec![0.0_f64; columns];
        f64::product(a, Matrix::rows(&b, 2, columns), &mut result, 0, Onto::Fresh);
        assert_eq!(result, vec![9.0; columns]);
    }
    let (a, b) = (vec![1.0_f64; 100], vec![2.0; 100]);
    let mut result = [0.0];
    f64::product(Matrix::rows(&a, 1, 100), Matrix::rows(&b, 100, 1), &mut result, 0, Onto::Fresh);
    assert_eq!(result, [200.0]);
}

/// A product of every kind, and large ones by either library.
const KINDS: [[usize; 3]; 7] =
    [[2, 3, 2], [1, 67, 35], [67, 35, 1], [35, 1, 67], [33, 70, 65], [19, 300, 10], [128, 784, 256]];

/// A slice of the same numbers that begins at an odd place of its buffer.
fn shifted(numbers: &[f32], by: usize) -> Vec<f32> {
    [&vec![0.0; by], numbers].concat()
}

#[test]
fn it_does_not_matter_where_slices_begin() {
    for [m, k, n] in KINDS {
        let (a, b) = (rough(m * k), rough(k * n));
        let mut expected = vec![0.0; m * n];
        f32::product(Matrix::rows(&a, m, k), Matrix::rows(&b, k, n), &mut expected, n, Onto::Fresh);
        for [left, right, onto] in [[1, 0, 0], [0, 3, 0], [0, 0, 1], [1, 2, 3], [7, 5, 3]] {
            let (a, b) = (shifted(&a, left), shifted(&b, right));
            let mut result = vec![0.0; m * n + onto];
            let (a, b) = (Matrix::rows(&a[left..], m, k), Matrix::rows(&b[right..], k, n));
            f32::product(a, b, &mut result[onto..], n, Onto::Fresh);
            assert!(result[onto..] == expected[..], "{m}x{k} times {k}x{n}, from {left}, {right} and {onto}");
            assert!(result[..onto].iter().all(|&x| x == 0.0), "written before the result");
        }
    }
}

/// What becomes of the first row and column, where the first element of the left operand is `special` and all others are 1.
fn with_special(shape: [usize; 3], special: f32, other: f32, portably: bool) -> Vec<f32> {
    let [m, k, n] = shape;
    let (mut a, b) = (vec![1.0; m * k], vec![other; k * n]);
    a[0] = special;
    let mut result = vec![0.0; m * n];
    let (a, b) = (Matrix::rows(&a, m, k), Matrix::rows(&b, k, n));
    if portably {
        // SAFETY: the matrices fill their slices.
        unsafe { f32::multiply_portably(a, b, result.as_mut_ptr(), n, Onto::Fresh) };
    } else {
        f32::product(a, b, &mut result, n, Onto::Fresh);
    }
    result
}

#[test]
fn products_follow_ieee_for_all_kinds() {
    for shape @ [_, k, n] in KINDS {
        for portably in [false, true] {
            let case = format!("{shape:?}, portably: {portably}");
            let nan = with_special(shape, f32::NAN, 0.0, portably);
            assert!(nan[..n].iter().all(|x| x.is_nan()) && nan[n..].iter().all(|&x| x == 0.0), "NaN: {case}");
            let infinite = with_special(shape, f32::INFINITY, 0.0, portably);
            assert!(infinite[..n].iter().all(|x| x.is_nan()), "infinity times 0: {case}");
            let huge = with_special(shape, f32::MAX, 2.0, portably);
            assert!(huge[..n].iter().all(|&x| x == f32::INFINITY), "overflow: {case}");
            assert!(huge[n..].iter().all(|&x| x == 2.0 * k as f32), "other rows: {case}");
            // sums of subnormal numbers are exact
            let smallest = f32::from_bits(1);
            let subnormal = with_special(shape, 1.0, smallest, portably);
            assert!(subnormal.iter().all(|&x| x == smallest * k as f32), "subnormal: {case}");
        }
    }
}
