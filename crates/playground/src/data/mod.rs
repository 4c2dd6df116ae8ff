//! What a network learns: the playground's data sets, one file for each kind, and data of one's own.

mod classes;
mod feature;
mod own;
mod pattern;
mod surface;

pub use classes::Classes;
pub use feature::Feature;
pub use own::Own;
pub use pattern::Pattern;
pub use surface::Surface;

use crate::random::Random;

/// How many classes data of one's own may have; the page has as many colours.
pub const MOST_CLASSES: usize = 7;

/// A point of the plane, and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Its place, x1 and x2.
    pub at: [f64; 2],
    /// Of two classes 1, which the page draws blue, or -1, orange; of more the number of its class, from 0; or the value that is to
    /// be learned.
    pub label: f64,
}

impl Point {
    /// Its label as the number of a class, from 0.
    pub fn class(&self) -> usize {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number, never negative")]
        let class = self.label as usize;
        class
    }
}

/// What is to be learned of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One of two classes, -1 or 1.
    TwoClasses,
    /// One of so many classes, counted from 0.
    Classes(usize),
    /// A number, from -1 to 1.
    Number,
}

impl Target {
    /// How many classes there are; 0 for numbers.
    pub fn classes(self) -> usize {
        match self {
            Self::TwoClasses => 2,
            Self::Classes(count) => count,
            Self::Number => 0,
        }
    }

    /// How many outputs a network has for it.
    pub fn outputs(self) -> usize {
        match self {
            Self::TwoClasses | Self::Number => 1,
            Self::Classes(count) => count,
        }
    }
}

/// A data set of the page, whatever its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataSet {
    /// Of two classes.
    Pattern(Pattern),
    /// Of more.
    Classes(Classes),
    /// Numbers over the plane.
    Surface(Surface),
    /// What was dropped on the page.
    Own,
}

impl DataSet {
    /// All that have classes, in the page's order.
    pub fn classified() -> impl Iterator<Item = Self> {
        Pattern::ALL.map(Self::Pattern).into_iter().chain(Classes::ALL.map(Self::Classes))
    }

    /// All that have numbers, in the page's order.
    pub fn valued() -> impl Iterator<Item = Self> {
        Surface::ALL.map(Self::Surface).into_iter()
    }

    /// What the page's address calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pattern(pattern) => pattern.word(),
            Self::Classes(classes) => classes.word(),
            Self::Surface(surface) => surface.word(),
            Self::Own => "own",
        }
    }

    /// What its button says.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pattern(Pattern::Circle) => "Circle",
            Self::Pattern(Pattern::Xor) => "Exclusive or",
            Self::Pattern(Pattern::Gauss) => "Two clouds",
            Self::Pattern(Pattern::Spiral) => "Spiral",
            Self::Classes(Classes::Clouds) => "Four clouds",
            Self::Classes(Classes::Rings) => "Three rings",
            Self::Classes(Classes::Arms) => "Three arms",
            Self::Surface(Surface::Plane) => "Plane",
            Self::Surface(Surface::Gauss) => "Hills and hollows",
            Self::Own => "Your own",
        }
    }

    /// What is to be learned of it; data of one's own say it themselves.
    pub fn target(self) -> Target {
        match self {
            Self::Pattern(_) | Self::Own => Target::TwoClasses,
            Self::Classes(classes) => Target::Classes(classes.count()),
            Self::Surface(_) => Target::Number,
        }
    }

    /// How many points it has.
    pub fn count(self) -> usize {
        if matches!(self, Self::Surface(_)) { 1200 } else { 500 }
    }

    /// Its points; `noise` from 0 to 0.5. None of one's own, which are not made.
    pub fn points(self, noise: f64, random: &mut Random) -> Vec<Point> {
        match self {
            Self::Pattern(pattern) => pattern.points(self.count(), noise, random),
            Self::Classes(classes) => classes.points(self.count(), noise, random),
            Self::Surface(surface) => surface.points(self.count(), noise, random),
            Self::Own => Vec::new(),
        }
    }
}
