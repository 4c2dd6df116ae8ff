//! What the checker found.

use std::fmt;

/// Every derivative that was compared.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a report is silent: ask it with `is_ok`, or end with `assert_ok`"]
#[non_exhaustive]
pub struct Report {
    /// The point.
    pub at: Vec<f64>,
    /// One entry for each derivative.
    pub entries: Vec<Entry>,
}

/// One derivative, twice.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// Which: `[i]` is the derivative by argument i, `[i, j]` the second derivative by arguments i and j.
    pub element: Vec<usize>,
    /// What the engine says.
    pub analytic: f64,
    /// What differences say.
    pub numeric: f64,
    /// How far apart the two may be.
    pub allowed: f64,
    /// Whether they agree.
    pub verdict: Verdict,
}

/// The outcome of one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The two are as near as the tolerance asks.
    Agrees,
    /// They are not.
    Differs,
    /// Differences cannot tell, for the reason given. This does not count as agreement.
    Declined(&'static str),
}

impl Report {
    /// Whether every derivative was judged, and agrees.
    pub fn is_ok(&self) -> bool {
        self.entries.iter().all(|entry| entry.verdict == Verdict::Agrees)
    }

    /// The derivatives that differ.
    pub fn differing(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.verdict == Verdict::Differs)
    }

    /// The derivatives that the checker declined to judge.
    pub fn declined(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| matches!(entry.verdict, Verdict::Declined(_)))
    }

    /// The judged derivative that is farthest off, measured in what it is allowed.
    pub fn worst(&self) -> Option<&Entry> {
        let judged = self.entries.iter().filter(|entry| !matches!(entry.verdict, Verdict::Declined(_)));
        judged.max_by(|a, b| a.excess().total_cmp(&b.excess()))
    }

    /// Panics with the report unless every derivative was judged and agrees.
    ///
    /// # Panics
    /// See above.
    #[track_caller]
    pub fn assert_ok(&self) {
        assert!(self.is_ok(), "{self}");
    }
}

impl Entry {
    /// The distance of the two in units of what is allowed.
    fn excess(&self) -> f64 {
        let excess = (self.analytic - self.numeric).abs() / self.allowed;
        if excess.is_nan() { f64::INFINITY } else { excess }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let element: Vec<String> = self.element.iter().map(|i| format!("x{i}")).collect();
        write!(f, "d/d{}: analytic {:e}, numeric {:e}", element.join(" d/d"), self.analytic, self.numeric)?;
        match self.verdict {
            Verdict::Agrees => write!(f, " (agree)"),
            Verdict::Differs => {
                write!(f, " (apart by {:e}, allowed {:e})", (self.analytic - self.numeric).abs(), self.allowed)
            }
            Verdict::Declined(reason) => write!(f, " (not judged: {reason})"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (differing, declined) = (self.differing().count(), self.declined().count());
        writeln!(
            f,
            "gradcheck at {:?}: {} derivatives, {differing} differ, {declined} not judged",
            self.at,
            self.entries.len()
        )?;
        if let Some(worst) = self.worst() {
            writeln!(f, "  worst: {worst}")?;
        }
        for entry in self.differing().chain(self.declined()) {
            writeln!(f, "  {entry}")?;
        }
        Ok(())
    }
}
