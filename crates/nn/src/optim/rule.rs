//! What makes one optimizer differ from another.

use chainrule::Element;

/// The numbers that an optimizer keeps beside each weight, three at most; a slot that is not used is empty.
pub type Slots<'s, T> = [&'s mut [T]; 3];

/// Where training stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Step {
    /// Counts the updates, from 1.
    pub count: u64,
    /// The learning rate of this update, the factor of the parameter's [`Group`](crate::Group) included.
    pub rate: f64,
}

/// How an optimizer changes a weight: all that is its own. [`Optimizer`](super::Optimizer) makes an optimizer of it.
///
/// ```
/// use chainrule::{Element, Tensor};
/// use chainrule_nn::optim::{Optimizer, Slots, Step, UpdateRule};
///
/// /// `w -= rate sign(g)`
/// #[derive(Default)]
/// struct SignDescent;
/// impl UpdateRule for SignDescent {
///     const NAME: &'static str = "SignDescent";
///     fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], _: Slots<'_, T>) {
///         let rate = T::literal(step.rate);
///         weights.iter_mut().zip(gradient).for_each(|(w, g)| *w -= rate * g.signum());
///     }
/// }
///
/// let mut w = Tensor::from([1.0, 2.0]);
/// Optimizer::<SignDescent, f64>::new(0.5).clip_norm(1.0).step([&mut w], [&Tensor::from([3.0, -7.0])]);
/// assert_eq!(w.to_vec(), [0.5, 2.5]);
/// ```
pub trait UpdateRule: Send + Sync {
    /// What errors call it: `Adam`.
    const NAME: &'static str;

    /// The learning rate unless one is given.
    const RATE: f64 = 0.001;

    /// The weight decay unless one is given.
    const DECAY: f64 = 0.0;

    /// The slots that are used, each with the value that it starts from.
    fn slots(&self) -> [Option<f64>; 3] {
        [None; 3]
    }

    /// Says what is wrong with the options of this rule.
    ///
    /// # Errors
    /// The problem in words.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// Called before the updates of a step, which is counted from 1: for numbers that all parameters share, and all the pieces
    /// of each.
    fn begin_step(&mut self, count: u64) {
        let _ = count;
    }

    /// What the rule itself has gathered over the steps, where that does not follow from their number; for files.
    fn gathered(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Goes on from what [`gathered`](Self::gathered) gave.
    fn regather(&mut self, gathered: &[f64]) {
        let _ = gathered;
    }

    /// Changes some weights of one parameter; weights, gradient and the used slots are of one length.
    ///
    /// A parameter comes in pieces, on several threads, so a rule may look at its elements only one by one.
    fn update<T: Element>(&self, step: Step, weights: &mut [T], gradient: &[T], slots: Slots<'_, T>);
}

/// Declares the numbers of a rule as settings of its optimizer.
macro_rules! settings {
    ([$($generics:tt)*] $Optimizer:ty; $($(#[$attribute:meta])* $setting:ident;)*) => {
        impl<$($generics)*> $Optimizer {
            $(
                $(#[$attribute])*
                #[must_use]
                pub fn $setting(mut self, $setting: f64) -> Self {
                    self.rule.$setting = $setting;
                    self
                }
            )*
        }
    };
}
pub(super) use settings;

/// A share of what was, as the decay rates of running means are: `[0, 1)`.
pub(super) fn check_share(name: &str, value: f64) -> Result<(), String> {
    if (0.0..1.0).contains(&value) {
        return Ok(());
    }
    Err(format!("{name} is {value}, and must be at least 0 and less than 1"))
}

/// `[0, 1]`
pub(super) fn check_momentum(value: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(format!("momentum is {value}, and must be between 0 and 1"))
}
