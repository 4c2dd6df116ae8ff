//! What can be chosen from lists: the words in the address, the titles on the page, and what each stands for.

use chainrule::Number;
use chainrule_nn::optim::{AdagradRule, AdamRule, NadamRule, RmsPropRule, Sgd, SgdRule};
use chainrule_nn::schedule::{Cosine, ExponentialDecay, Schedule, StepDecay, WarmUp};

use crate::descent::{Descend, Descending};

/// Declares a list of choices: each with its word in the address and its title on the page.
macro_rules! choices {
    ($(#[$attribute:meta])* $Choice:ident { $($(#[$of_one:meta])* $One:ident $word:literal $title:literal;)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Choice { $($(#[$of_one])* $One,)* }

        impl $Choice {
            /// All of them, in the page's order.
            pub const ALL: &[Self] = &[$(Self::$One),*];

            /// What the page's address calls it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$One => $word),* }
            }

            /// What the page calls it.
            pub fn title(self) -> &'static str {
                match self { $(Self::$One => $title),* }
            }
        }
    };
}

choices! {
    /// What a neuron does with its sum.
    Activation {
        /// max(0, x)
        Relu "relu" "ReLU";
        /// tanh x
        Tanh "tanh" "Tanh";
        /// 1/(1 + e^-x)
        Sigmoid "sigmoid" "Sigmoid";
        /// x
        Linear "linear" "Linear";
    }
}

impl Activation {
    /// The activation of a sum, on any kind of number.
    #[inline]
    pub fn of<N: Number>(self, x: N) -> N {
        match self {
            Self::Relu => x.relu(),
            Self::Tanh => x.tanh(),
            Self::Sigmoid => x.sigmoid(),
            Self::Linear => x,
        }
    }
}

choices! {
    /// What is added to the loss to keep weights small; biases are let be.
    Penalty {
        /// Nothing.
        None "none" "None";
        /// rate Σ |w|, slope rate sign(w)
        L1 "L1" "L1";
        /// rate/2 Σ w², slope rate w
        L2 "L2" "L2";
    }
}

impl Penalty {
    /// The slope of the penalty by one weight.
    pub fn slope(self, rate: f64, weight: f64) -> f64 {
        match self {
            Self::None => 0.0,
            // 0 at 0, unlike `signum`
            Self::L1 if weight == 0.0 => 0.0,
            Self::L1 => rate * weight.signum(),
            Self::L2 => rate * weight,
        }
    }
}

choices! {
    /// How gradients change the weights: an optimizer of chainrule-nn.
    Descent {
        /// Plain descent.
        Sgd "sgd" "Gradient descent";
        /// With momentum 0.9.
        Momentum "momentum" "Momentum (0.9)";
        /// `RMSprop`.
        RmsProp "rmsprop" "RMSprop";
        /// Adagrad.
        Adagrad "adagrad" "Adagrad";
        /// Adam.
        Adam "adam" "Adam";
        /// Adam with Nesterov's momentum.
        Nadam "nadam" "Nadam";
    }
}

impl Descent {
    /// Its rule at work, at the rates of a schedule.
    pub fn at(self, rate: Box<dyn Schedule>) -> Box<dyn Descend> {
        match self {
            Self::Sgd => Box::new(Descending::new(SgdRule::default(), rate)),
            Self::Momentum => Box::new(Descending::new(Sgd::<f64>::default().momentum(0.9).into_rule(), rate)),
            Self::RmsProp => Box::new(Descending::new(RmsPropRule::default(), rate)),
            Self::Adagrad => Box::new(Descending::new(AdagradRule::default(), rate)),
            Self::Adam => Box::new(Descending::new(AdamRule::<false>::default(), rate)),
            Self::Nadam => Box::new(Descending::new(NadamRule::default(), rate)),
        }
    }

    /// The same in Rust, around the text of a rate.
    pub fn code(self, rate: &str) -> String {
        match self {
            Self::Sgd => format!("Sgd::new({rate})"),
            Self::Momentum => format!("Sgd::new({rate}).momentum(0.9)"),
            Self::RmsProp => format!("RmsProp::new({rate})"),
            Self::Adagrad => format!("Adagrad::new({rate})"),
            Self::Adam => format!("Adam::new({rate})"),
            Self::Nadam => format!("Nadam::new({rate})"),
        }
    }
}

choices! {
    /// How the learning rate changes: a schedule of chainrule-nn.
    Plan {
        /// It does not.
        Constant "constant" "Constant";
        /// It falls by half in 100 epochs, smoothly.
        Exponential "exponential" "Halves every 100 epochs";
        /// It falls to a tenth at once every 200 epochs.
        Step "step" "A tenth after each 200 epochs";
        /// It falls to 0 within 500 epochs, along a cosine.
        Cosine "cosine" "Cosine, 0 after 500 epochs";
        /// It rises for 20 epochs, and stays.
        WarmUp "warmup" "Rises for 20 epochs";
    }
}

impl Plan {
    /// The schedule of this plan; an epoch has so many steps.
    pub fn schedule(self, rate: f64, steps: u64) -> Box<dyn Schedule> {
        match self {
            Self::Constant => Box::new(rate),
            Self::Exponential => Box::new(ExponentialDecay::new(rate, 100 * steps, 0.5)),
            Self::Step => Box::new(StepDecay::new(rate, 200 * steps, 0.1)),
            Self::Cosine => Box::new(Cosine::new(rate, 500 * steps)),
            Self::WarmUp => Box::new(WarmUp::new(20 * steps, rate)),
        }
    }

    /// The rate in Rust.
    pub fn code(self, rate: f64, steps: u64) -> String {
        match self {
            Self::Constant => format!("{rate:?}"),
            Self::Exponential => format!("ExponentialDecay::new({rate:?}, {}, 0.5)", 100 * steps),
            Self::Step => format!("StepDecay::new({rate:?}, {}, 0.1)", 200 * steps),
            Self::Cosine => format!("Cosine::new({rate:?}, {})", 500 * steps),
            Self::WarmUp => format!("WarmUp::new({}, {rate:?})", 20 * steps),
        }
    }
}
