//! How large products are cut into parts for threads: by shape alone.

use std::ops::Range;

/// Multiplications and additions of a part, at least: it takes some 30 microseconds, and bringing it to another thread one.
const PART: usize = 1 << 21;

/// Rows of a part, at least. The library lays the right operand out anew in each part of rows, which must not cost much beside their
/// product.
const ROWS: usize = 64;

/// Columns of a part, at least, and what their number is a multiple of: what the library has in registers at a time, or in a line of
/// the cache.
const COLUMNS: usize = 48;
const COLUMN_STEP: usize = 16;

/// Parts of a result: ranges of rows or of columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    rows: usize,
    columns: usize,
    row_parts: usize,
    column_parts: usize,
}

impl Cut {
    /// For a product of `rows` by `depth` and `depth` by `columns`.
    pub(super) fn of([rows, depth, columns]: [usize; 3]) -> Self {
        let operations = rows.saturating_mul(columns).saturating_mul(2 * depth);
        // an even number is shared well by two threads
        let wanted = (operations / PART).min(64) / 2 * 2;
        let [by_rows, by_columns] =
            [(rows / ROWS).min(wanted), (columns / COLUMNS).min(wanted)].map(|parts| parts.max(1));
        let [row_parts, column_parts] = if by_columns >= by_rows { [1, by_columns] } else { [by_rows, 1] };
        Self { rows, columns, row_parts, column_parts }
    }

    pub(super) fn parts(&self) -> usize {
        self.row_parts * self.column_parts
    }

    /// Rows and columns of a part.
    pub(super) fn part(&self, part: usize) -> [Range<usize>; 2] {
        if self.row_parts > 1 {
            [range(self.rows, self.row_parts, part, 4), 0..self.columns]
        } else {
            [0..self.rows, range(self.columns, self.column_parts, part, COLUMN_STEP)]
        }
    }
}

/// Part `part` of `length`, which begins and, but for the last, ends at a multiple of `step`.
fn range(length: usize, parts: usize, part: usize, step: usize) -> Range<usize> {
    let border = |part: usize| length.div_ceil(step) * part / parts * step;
    border(part)..border(part + 1).min(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_result_once() {
        for shape in
            [[128, 784, 512], [784, 32, 128], [43264, 288, 64], [65, 20000, 49], [33, 100_000, 33], [1000, 1000, 95]]
        {
            let cut = Cut::of(shape);
            let mut covered = vec![0_u8; shape[0] * shape[2]];
            for part in 0..cut.parts() {
                let [rows, columns] = cut.part(part);
                assert!(!rows.is_empty() && !columns.is_empty(), "{shape:?}: part {part} of {cut:?} is empty");
                for row in rows {
                    for column in columns.clone() {
                        covered[row * shape[2] + column] += 1;
                    }
                }
            }
            assert!(covered.iter().all(|&times| times == 1), "{shape:?}: {cut:?}");
        }
    }

    #[test]
    fn small_products_stay_whole_and_large_ones_are_shared_by_two() {
        assert_eq!(Cut::of([64, 64, 64]).parts(), 1);
        assert_eq!(Cut::of([128, 512, 10]).parts(), 1);
        assert_eq!(Cut::of([32, 784, 128]).parts(), 2);
        assert_eq!(Cut::of([128, 784, 512]).parts() % 2, 0);
    }
}
