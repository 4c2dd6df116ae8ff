//! When to store a state of a loop, when to compute it again, when to reverse a step: the binomial schedule.
//!
//! A loop is reversed last step first, but its states come first step first. With room for `s` of them (the first included), the
//! steps between are run again as often as need be. Griewank showed how to choose the states so that no choice needs fewer runs, and
//! how many those are; this is his choice, on line, without recursion.
//!
//! Source: A. Griewank, A. Walther, "Algorithm 799: revolve", ACM Transactions on Mathematical Software 26 (2000) 19-45; A. Griewank,
//! "Achieving logarithmic growth of temporal and spatial complexity in reverse automatic differentiation", Optimization Methods and
//! Software 1 (1992) 35-54.

/// What is to be done next. A state is numbered by the steps before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Keep the state at hand, above those that are kept already.
    Store,
    /// Take the state that was kept last.
    Restore,
    /// Let go of the state that was kept last.
    Discard,
    /// Run steps without recording them.
    Advance { from: usize, to: usize },
    /// Record the step from the state at hand, and sweep it.
    Reverse(usize),
}

/// The actions that reverse a loop, as an iterator.
pub(super) struct Schedule {
    snapshots: usize,
    /// The states that are kept, in order.
    stored: Vec<usize>,
    /// The state at hand; none once its step was reversed.
    at: Option<usize>,
    /// How many steps are left to reverse.
    end: usize,
}

impl Schedule {
    /// Reverses `steps` steps with room for `snapshots` states, one at least.
    pub(super) fn new(steps: usize, snapshots: usize) -> Self {
        Self { snapshots, stored: Vec::new(), at: Some(0), end: steps }
    }
}

impl Iterator for Schedule {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        if self.end == 0 {
            return None;
        }
        let Some(at) = self.at else {
            if self.stored.last() == Some(&self.end) {
                self.stored.pop();
                return Some(Action::Discard);
            }
            self.at = self.stored.last().copied();
            return Some(Action::Restore);
        };
        if self.end - at == 1 {
            self.end = at;
            self.at = None;
            return Some(Action::Reverse(at));
        }
        // without room for it, the state at hand is the one before the step that is reversed next
        if self.stored.last() != Some(&at) {
            self.stored.push(at);
            return Some(Action::Store);
        }
        let free = self.snapshots - self.stored.len();
        let to = if free == 0 { self.end - 1 } else { at + distance(self.end - at, free + 1) };
        self.at = Some(to);
        Some(Action::Advance { from: at, to })
    }
}

/// How far to go before the next state is stored, with `steps` ahead and room for `snapshots` (two at least), of which the state at
/// hand takes one.
///
/// With `r` the least for which β(s, r) reaches the steps, any way leaves an optimum that has at most β(s, r-1) steps before the
/// new state and β(s-1, r) behind it, and at least β(s, r-2) and β(s-1, r-1); this is the longest.
fn distance(steps: usize, snapshots: usize) -> usize {
    let (l, s) = (steps as u128, snapshots as u128);
    let mut r = 0;
    while binomial(s, r) < l {
        r += 1;
    }
    let longest = binomial(s, r - 1).min(l - binomial(s - 1, r - 1));
    usize::try_from(longest).expect("it is not longer than the steps")
}

/// β(s, r) = (s + r)! / (s! r!): the most steps that `s` states can reverse if no step is run more than `r` times.
fn binomial(s: u128, r: u128) -> u128 {
    let (small, large) = (s.min(r), s.max(r));
    (1..=small).fold(1, |product, i| product * (large + i) / i)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows the schedule and counts: the steps that were run without being recorded, and the states that were kept at most.
    fn follow(steps: usize, snapshots: usize) -> (u128, usize) {
        let (mut advances, mut most) = (0, 0);
        let (mut stored, mut at, mut left) = (Vec::new(), Some(0), steps);
        for action in Schedule::new(steps, snapshots) {
            match action {
                Action::Store => stored.push(at.unwrap()),
                Action::Restore => at = stored.last().copied(),
                Action::Discard => drop(stored.pop()),
                Action::Advance { from, to } => {
                    assert_eq!(at, Some(from));
                    advances += (to - from) as u128;
                    at = Some(to);
                }
                Action::Reverse(step) => {
                    left -= 1;
                    assert_eq!((at.take(), step), (Some(left), left));
                }
            }
            most = most.max(stored.len());
        }
        assert_eq!(left, 0);
        (advances, most)
    }

    /// The published optimum, r n - β(s + 1, r - 1) (theorem 1 of Algorithm 799).
    fn published(steps: usize, snapshots: usize) -> u128 {
        let (n, s) = (steps as u128, snapshots as u128);
        let r = (0..).find(|&r| binomial(s, r) >= n).unwrap();
        if r == 0 { 0 } else { r * n - binomial(s + 1, r - 1) }
    }

    #[test]
    fn steps_are_run_as_rarely_as_can_be() {
        for snapshots in 1..=12 {
            for steps in 1..=130 {
                let (advances, most) = follow(steps, snapshots);
                assert_eq!(advances, published(steps, snapshots), "{steps} steps, {snapshots} snapshots");
                assert!(most <= snapshots);
            }
        }
        for (steps, snapshots) in [(1000, 1), (1000, 3), (5000, 10), (100_000, 20), (20_000, 20_000), (100_000, 2)] {
            assert_eq!(follow(steps, snapshots).0, published(steps, snapshots), "{steps} steps, {snapshots} snapshots");
        }
        assert_eq!(follow(0, 3), (0, 0));
    }

    #[test]
    fn the_published_optimum_is_one() {
        // by the recurrence t(n, s) = min over m of m + t(n - m, s - 1) + t(m, s)
        const STEPS: usize = 60;
        let mut fewest = vec![[0u128; STEPS + 1]; 9];
        for n in 1..=STEPS {
            fewest[1][n] = (n * (n - 1) / 2) as u128;
            for s in 2..9 {
                let split = |m: usize| m as u128 + fewest[s - 1][n - m] + fewest[s][m];
                fewest[s][n] = (1..n).map(split).min().unwrap_or(0);
            }
        }
        for (s, fewest) in fewest.iter().enumerate().skip(1) {
            (1..=STEPS).for_each(|n| assert_eq!(published(n, s), fewest[n], "{n} steps, {s} snapshots"));
        }
        // with 4 states no step of 70 is run more than 4 times, since (4 + 4)!/(4! 4!) = 70
        assert_eq!((binomial(4, 4), published(70, 4)), (70, 4 * 70 - 56));
    }
}
