//! Data sets divided: by shares, and into folds.

use super::Dataset;
use crate::error::{Error, Result};
use chainrule::{Element, Tensor};
use std::array;

impl<T: Element> Dataset<T> {
    /// The same examples in an order that `seed` decides, each order as likely.
    #[must_use]
    pub fn shuffled(&self, seed: u64) -> Self {
        self.take(Tensor::permutation(self.len(), seed).as_slice())
    }

    /// The examples in random order, divided by `shares`: each goes to one part. A part has its share of the rows, rounded
    /// up or down. The same seed gives the same parts.
    ///
    /// # Errors
    /// When a share is not above 0, the shares do not add up to 1, or a part would be empty.
    #[doc(alias = "train_test_split")]
    pub fn split<const N: usize>(&self, shares: [f64; N], seed: u64) -> Result<[Self; N]> {
        let order = Tensor::permutation(self.len(), seed);
        self.parts("split", shares, order.as_slice(), order.as_slice())
    }

    /// [`split`](Self::split), where each part has its share of every class, up to one example.
    ///
    /// ```
    /// use chainrule::Tensor;
    /// use chainrule_nn::data::Dataset;
    /// let labels = Tensor::from([0, 0, 0, 0, 0, 0, 1, 1, 1_usize]);
    /// let data = Dataset::new(Tensor::<f32>::zeros([9, 2]), labels)?;
    /// let [_, test] = data.stratified_split([2.0 / 3.0, 1.0 / 3.0], 7)?;
    /// assert_eq!(test.len(), 3); // two of class 0, one of class 1
    /// # Ok::<(), chainrule_nn::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`split`](Self::split), and when the targets are not classes, one for each example.
    pub fn stratified_split<const N: usize>(&self, shares: [f64; N], seed: u64) -> Result<[Self; N]> {
        let order = Tensor::permutation(self.len(), seed);
        let line = self.by_class("stratified_split", order.as_slice())?;
        self.parts("stratified_split", shares, order.as_slice(), &line)
    }

    /// Pairs of training examples and those held out, one for each of `k` folds of the shuffled examples: each is held out
    /// once. Folds differ by one example at most.
    ///
    /// # Errors
    /// When `k` is below 2, or above the number of examples.
    #[doc(alias = "KFold")]
    pub fn k_folds(&self, k: usize, seed: u64) -> Result<Vec<(Self, Self)>> {
        let order = Tensor::permutation(self.len(), seed);
        self.folds("k_folds", k, order.as_slice(), order.as_slice())
    }

    /// [`k_folds`](Self::k_folds), where the examples of every class are spread evenly over the folds, up to one.
    ///
    /// # Errors
    /// As [`k_folds`](Self::k_folds), and when the targets are not classes, one for each example.
    #[doc(alias = "StratifiedKFold")]
    pub fn stratified_k_folds(&self, k: usize, seed: u64) -> Result<Vec<(Self, Self)>> {
        let order = Tensor::permutation(self.len(), seed);
        let line = self.by_class("stratified_k_folds", order.as_slice())?;
        self.folds("stratified_k_folds", k, order.as_slice(), &line)
    }

    /// The rows class after class, those of a class in this order.
    fn by_class(&self, call: &'static str, order: &[usize]) -> Result<Vec<usize>> {
        let labels = self.labels(call)?;
        if labels.rank() != 1 {
            let problem = format!("the classes have shape {}; there must be one for each example", labels.shape());
            return Err(Error::Data { call, problem });
        }
        let mut line = order.to_vec();
        line.sort_by_key(|&row| labels.as_slice()[row]);
        Ok(line)
    }

    /// The rows, dealt out along `line`; in each part they stand in `order`.
    fn parts<const N: usize>(
        &self,
        call: &'static str,
        shares: [f64; N],
        order: &[usize],
        line: &[usize],
    ) -> Result<[Self; N]> {
        refuse_shares(call, &shares)?;
        let part = deal(line, &shares);
        if let Some(empty) = (0..N).find(|at| !part.contains(at)) {
            let problem = format!(
                "{} examples are too few for the shares {shares:?}: part {empty} would be empty; give it more, or use \
                 more data",
                self.len()
            );
            return Err(Error::Data { call, problem });
        }
        Ok(array::from_fn(|at| self.chosen(order, |row| part[row] == at)))
    }

    /// Row `i` of `line` is held out in fold `i mod k`.
    fn folds(&self, call: &'static str, k: usize, order: &[usize], line: &[usize]) -> Result<Vec<(Self, Self)>> {
        if k < 2 || k > self.len() {
            let problem = format!(
                "{k} folds of {} examples; there must be at least 2, and an example for each of them",
                self.len()
            );
            return Err(Error::Option { call, problem });
        }
        let mut fold = vec![0; self.len()];
        for (at, &row) in line.iter().enumerate() {
            fold[row] = at % k;
        }
        let pair = |at| (self.chosen(order, |row| fold[row] != at), self.chosen(order, |row| fold[row] == at));
        Ok((0..k).map(pair).collect())
    }

    fn chosen(&self, order: &[usize], wanted: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = order.iter().copied().filter(|&row| wanted(row)).collect();
        self.take(&rows)
    }
}

fn refuse_shares(call: &'static str, shares: &[f64]) -> Result<()> {
    let total: f64 = shares.iter().sum();
    if shares.iter().all(|&share| share > 0.0) && (total - 1.0).abs() < 1e-6 {
        return Ok(());
    }
    let problem = format!("the shares {shares:?} add up to {total}; all must be above 0, and together they must be 1");
    Err(Error::Option { call, problem })
}

/// The part of each row. Along the line each goes to the part that lacks most of its share so far, so that every stretch of
/// it, and with it every class, is divided by the shares.
fn deal(line: &[usize], shares: &[f64]) -> Vec<usize> {
    let mut part = vec![0; line.len()];
    let mut counts = vec![0_usize; shares.len()];
    for (at, &row) in line.iter().enumerate() {
        let lack = |part: usize| shares[part] * (at + 1) as f64 - counts[part] as f64;
        let neediest = (1..shares.len()).fold(0, |best, part| if lack(part) > lack(best) { part } else { best });
        part[row] = neediest;
        counts[neediest] += 1;
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Examples that are their own row numbers.
    fn numbered(labels: Vec<usize>) -> Dataset<f64> {
        let rows: Vec<f64> = (0..labels.len()).map(|row| row as f64).collect();
        Dataset::new(rows.into(), Tensor::from(labels)).unwrap()
    }

    fn members(parts: &[&Dataset<f64>]) -> Vec<f64> {
        let mut rows: Vec<f64> = parts.iter().flat_map(|part| part.x.to_vec()).collect();
        rows.sort_by(f64::total_cmp);
        rows
    }

    fn class_counts(data: &Dataset<f64>, classes: usize) -> Vec<usize> {
        let labels = data.y.classes().unwrap();
        (0..classes).map(|class| labels.iter().filter(|&&label| label == class).count()).collect()
    }

    #[test]
    fn a_seed_decides_the_order() {
        let data = numbered(vec![0; 50]);
        assert_eq!(data.shuffled(7).x, data.shuffled(7).x);
        assert_ne!(data.shuffled(7).x, data.shuffled(8).x);
        let [[a, _], [b, _], [c, _]] = [7, 7, 8].map(|seed| data.split([0.5, 0.5], seed).unwrap());
        assert_eq!(a.x, b.x);
        assert_ne!(a.x, c.x);
        assert_ne!(members(&[&a]), members(&[&c]));
    }

    #[test]
    fn each_part_has_its_share_of_every_class() {
        // 60, 30 and 10 examples; by hand 42/12/6, 21/6/3 and 7/2/1
        let labels = (0..100).map(|row| [0, 1, 0, 0, 1, 0, 2, 0, 1, 0][row % 10]).collect();
        let parts = numbered(labels).stratified_split([0.7, 0.2, 0.1], 3).unwrap();
        let counts = parts.each_ref().map(|part| class_counts(part, 3));
        assert_eq!(counts, [vec![42, 21, 7], vec![12, 6, 2], vec![6, 3, 1]]);
        // the classes are mixed within a part
        assert!(!parts[0].y.classes().unwrap().to_vec().is_sorted());
    }

    #[test]
    fn shares_that_cannot_be_are_refused() {
        let data = numbered(vec![0, 1, 2]);
        let error = data.split([0.7, 0.2], 0).unwrap_err().to_string();
        assert!(error.contains("the shares [0.7, 0.2] add up to 0.8999999999999999; all must be above 0"), "{error}");
        assert!(data.split([1.5, -0.5], 0).is_err());
        assert!(data.split([f64::NAN, 0.5], 0).is_err());
        assert!(data.split([0.0, 1.0], 0).is_err());
        assert!(data.split([], 0).is_err());
        let error = data.split([0.9, 0.1], 0).unwrap_err().to_string();
        assert!(error.contains("3 examples are too few for the shares [0.9, 0.1]: part 1 would be empty"), "{error}");
        assert!(data.k_folds(1, 0).is_err());
        let error = data.k_folds(4, 0).unwrap_err().to_string();
        assert_eq!(error, "k_folds: 4 folds of 3 examples; there must be at least 2, and an example for each of them");
        let values = Dataset::new(Tensor::<f64>::zeros([3, 1]), Tensor::<f64>::zeros([3])).unwrap();
        assert!(values.stratified_split([0.5, 0.5], 0).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn parts_hold_each_row_once(labels in prop::collection::vec(0..4_usize, 10..80), seed: u64, first in 2..6_u32) {
            let data = numbered(labels.clone());
            let share = f64::from(first) / 10.0;
            let shares = [share, 0.9 - share, 0.1];
            let whole: Vec<f64> = (0..labels.len()).map(|row| row as f64).collect();
            for parts in [data.split(shares, seed).unwrap(), data.stratified_split(shares, seed).unwrap()] {
                prop_assert_eq!(members(&parts.each_ref()), &whole[..]);
                for (part, share) in parts.iter().zip(shares) {
                    prop_assert!((part.len() as f64 - share * labels.len() as f64).abs() < 1.0);
                    let own = part.y.classes().unwrap();
                    for (&row, &label) in part.x.iter().zip(own) {
                        prop_assert_eq!(labels[whole.iter().position(|&x| x == row).unwrap()], label);
                    }
                }
            }
            let parts = data.stratified_split(shares, seed).unwrap();
            for (class, &count) in class_counts(&data, 4).iter().enumerate() {
                for (part, share) in parts.iter().zip(shares) {
                    prop_assert!((class_counts(part, 4)[class] as f64 - share * count as f64).abs() < 2.0);
                }
            }
        }

        #[test]
        fn folds_hold_out_each_row_once(labels in prop::collection::vec(0..3_usize, 6..60), seed: u64, k in 2..7_usize) {
            let data = numbered(labels.clone());
            let whole: Vec<f64> = (0..labels.len()).map(|row| row as f64).collect();
            for (stratified, folds) in
                [(false, data.k_folds(k, seed).unwrap()), (true, data.stratified_k_folds(k, seed).unwrap())]
            {
                prop_assert_eq!(folds.len(), k);
                prop_assert_eq!(members(&folds.iter().map(|(_, out)| out).collect::<Vec<_>>()), &whole[..]);
                for (training, out) in &folds {
                    prop_assert_eq!(members(&[training, out]), &whole[..]);
                    prop_assert!(out.len() == labels.len() / k || out.len() == labels.len().div_ceil(k));
                }
                let counts: Vec<_> = folds.iter().map(|(_, out)| class_counts(out, 3)).collect();
                for class in 0..3 {
                    let of_class = || counts.iter().map(|counts| counts[class]);
                    prop_assert!(!stratified || of_class().max().unwrap() - of_class().min().unwrap() <= 1);
                }
            }
        }
    }
}
