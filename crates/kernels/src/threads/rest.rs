//! When to do without the other threads: on a machine that is busy with something else they come late, and who waits for them loses
//! more than they do for him.

use std::time::{Duration, Instant};

/// After threads have come late for the first time.
const FIRST: Duration = Duration::from_millis(1);

/// However often they have come late.
const LONGEST: Duration = Duration::from_millis(250);

/// Threads that were late again within so many times the last rest make the next one twice as long; who did well for longer begins
/// anew.
const TRIAL: u32 = 2;

/// Until when the pool's threads are left alone.
#[derive(Debug)]
pub(super) struct Rest {
    length: Duration,
    until: Option<Instant>,
}

impl Rest {
    pub(super) const fn new() -> Self {
        Self { length: Duration::ZERO, until: None }
    }

    /// Whether it is still time to do without them.
    pub(super) fn lasts(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// They were late.
    pub(super) fn begin(&mut self, now: Instant) {
        let again = self.until.is_some_and(|until| now < until + self.length * TRIAL);
        self.length = if again { (self.length * 2).min(LONGEST) } else { FIRST };
        self.until = Some(now + self.length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_while_threads_are_late_and_begin_anew_when_they_were_not() {
        let start = Instant::now();
        let mut rest = Rest::new();
        assert!(!rest.lasts(start));
        rest.begin(start);
        assert!(rest.lasts(start + FIRST / 2));
        assert!(!rest.lasts(start + FIRST));
        // late at once, until it can grow no more
        let mut now = start;
        for _ in 0..20 {
            now = rest.until.expect("a rest");
            rest.begin(now);
        }
        assert!(rest.lasts(now + LONGEST / 2));
        assert!(!rest.lasts(now + LONGEST));
        // on time for long
        let later = now + 10 * LONGEST;
        rest.begin(later);
        assert!(!rest.lasts(later + FIRST));
    }
}
