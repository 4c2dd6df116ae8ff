//! Random numbers of a model: from one seed, the same on every machine and in every order of threads.

use chainrule_kernels::random::bits;

/// Hands out seeds, each as good as unrelated to the others (`SplitMix64`: Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Seeds {
    state: u64,
    /// Of a file's network: how many numbers are left there for parameters that are not made yet.
    left: Option<usize>,
}

impl Seeds {
    /// All that follow from this one.
    pub fn new(seed: u64) -> Self {
        Self { state: seed, left: None }
    }

    /// For a network whose parameters come from a file with this many numbers: none are drawn, and no more can be asked for.
    pub(crate) fn of_file(seed: u64, numbers: usize) -> Self {
        Self { state: seed, left: Some(numbers) }
    }

    /// Whether numbers are to be drawn at all; counts those that a file holds, and refuses to go beyond.
    pub(crate) fn draws(&mut self, count: usize) -> Result<bool, String> {
        let Some(left) = self.left else { return Ok(true) };
        self.left = Some(left.checked_sub(count).ok_or_else(|| {
            format!(
                "a parameter of {count} numbers is needed, but the file has only {left} that no other one took: a tensor is \
                 missing there, or smaller than it should be"
            )
        })?);
        Ok(false)
    }

    /// Where the stream stands, to go on from there.
    pub(crate) fn state(&self) -> u64 {
        self.state
    }

    /// The next one.
    #[expect(clippy::should_implement_trait, reason = "an iterator without end would make `for` loops without end")]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

/// A number above 0 and at most 1, of 32 random bits.
#[inline(always)]
pub(crate) fn share(stream: u64, count: u32) -> f64 {
    (f64::from(bits(stream, count)) + 1.0) / 4_294_967_296.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_seeds_are_those_of_the_reference_program() {
        // Vigna's splitmix64.c, started from 1234567
        let mut seeds = Seeds::new(1_234_567);
        assert_eq!(seeds.next(), 6_457_827_717_110_365_317);
        assert_eq!(seeds.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn shares_are_even() {
        let count = 100_000;
        let mean = (0..count).map(|i| share(7, i)).sum::<f64>() / f64::from(count);
        assert!((mean - 0.5).abs() < 5.0 / (12.0 * f64::from(count)).sqrt());
    }
}
