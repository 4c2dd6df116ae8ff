//! Loops compiled for the vector instructions that the machine turns out to have.

/// Loops that are to be compiled for several sets of instructions.
///
/// A closure is one, and serves where its body is small: the compiler then inlines it wherever it is called. Large bodies are
/// types of their own, whose `run` is marked `#[inline(always)]`, which a closure cannot be.
pub trait Work {
    /// What the work results in.
    type Output;
    /// Does it.
    fn run(self) -> Self::Output;
}

impl<R, F: FnOnce() -> R> Work for F {
    type Output = R;
    #[inline(always)]
    fn run(self) -> R {
        self()
    }
}

/// Runs `work`, compiled for AVX2 and FMA where the machine has them: a plain build serves every machine, and yet elementwise loops are
/// twice as wide as the baseline of x86-64 makes them.
///
/// Results do not depend on the instructions: no operation is reordered, and none fused but those written as `mul_add`, which round
/// once on every machine.
#[inline]
pub fn vectorised<W: Work>(work: W) -> W::Output {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        // SAFETY: the machine has the instructions that the function is compiled for.
        return unsafe { with_avx2(work) };
    }
    plain(work)
}

/// Runs `work` as it is. Not inlined, so that work which is asked for in two places is compiled once.
#[inline(never)]
pub fn plain<W: Work>(work: W) -> W::Output {
    work.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn with_avx2<W: Work>(work: W) -> W::Output {
    work.run()
}

#[cfg(test)]
mod tests {
    use super::vectorised;

    #[test]
    fn the_work_is_done_once_and_its_result_handed_on() {
        let x: Vec<f32> = (0..1003).map(|i| i as f32).collect();
        let mut y = vec![0.0; x.len()];
        let count = vectorised(|| {
            for (y, x) in y.iter_mut().zip(&x) {
                *y = 2.0 * x + 1.0;
            }
            y.len()
        });
        assert_eq!(count, 1003);
        assert!(x.iter().zip(&y).all(|(x, y)| *y == 2.0 * x + 1.0));
    }
}
