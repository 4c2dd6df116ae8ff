//! What a network may be told of a point: the inputs of TensorFlow Playground, `state.ts` of
//! <https://github.com/tensorflow/playground>.

/// What a network may be told of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// x1.
    X1,
    /// x2.
    X2,
    /// x1 squared.
    X1Squared,
    /// x2 squared.
    X2Squared,
    /// x1 times x2.
    Product,
    /// The sine of x1.
    SinX1,
    /// The sine of x2.
    SinX2,
}

impl Feature {
    /// All seven, in the page's order.
    pub const ALL: [Self; 7] =
        [Self::X1, Self::X2, Self::X1Squared, Self::X2Squared, Self::Product, Self::SinX1, Self::SinX2];

    /// How it is written: `x1^2`.
    pub fn word(self) -> &'static str {
        match self {
            Self::X1 => "x1",
            Self::X2 => "x2",
            Self::X1Squared => "x1^2",
            Self::X2Squared => "x2^2",
            Self::Product => "x1 x2",
            Self::SinX1 => "sin x1",
            Self::SinX2 => "sin x2",
        }
    }

    /// What the page's address calls it.
    pub fn key(self) -> &'static str {
        match self {
            Self::X1 => "x",
            Self::X2 => "y",
            Self::X1Squared => "xSquared",
            Self::X2Squared => "ySquared",
            Self::Product => "xTimesY",
            Self::SinX1 => "sinX",
            Self::SinX2 => "sinY",
        }
    }

    /// Its value at a place.
    pub fn of(self, [x1, x2]: [f64; 2]) -> f64 {
        match self {
            Self::X1 => x1,
            Self::X2 => x2,
            Self::X1Squared => x1 * x1,
            Self::X2Squared => x2 * x2,
            Self::Product => x1 * x2,
            Self::SinX1 => x1.sin(),
            Self::SinX2 => x2.sin(),
        }
    }
}
