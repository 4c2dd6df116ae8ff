//! What a layer learns, and what it keeps.

use crate::init::Init;
use crate::random::Seeds;
use chainrule::{Element, Shape, Tensor};
use std::sync::atomic::{AtomicU64, Ordering};

/// What tells one parameter from all others of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ParamId(u64);

impl ParamId {
    fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1 << 32);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The identity of the parameter at a place of a list, for a training loop over plain tensors.
    pub fn at(place: u32) -> Self {
        Self(u64::from(place))
    }
}

/// A parameter as files tell of it.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct NamedParam {
    /// Which it is.
    pub id: ParamId,
    /// What it is called in its network: `dense.weights`.
    pub name: String,
    /// The shape of its values.
    pub shape: Shape,
}

/// What becomes of a parameter in training.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Role {
    /// It follows its gradient.
    Trained,
    /// It could, but stays as it is.
    Frozen,
    /// It is no parameter of the model: a layer writes it itself, as the running mean of a normalisation.
    Buffer,
}

/// How the optimizer treats a parameter, beside the settings that hold for all.
#[derive(Clone, Copy, PartialEq, Debug)]
#[non_exhaustive]
pub struct Group {
    /// The learning rate is multiplied by this; 1 for most.
    pub rate: f64,
    /// The weight decay, instead of the optimizer's.
    pub decay: Option<f64>,
}

impl Default for Group {
    fn default() -> Self {
        Self { rate: 1.0, decay: None }
    }
}

impl Group {
    /// The learning rate times `factor`.
    pub fn rate(factor: f64) -> Self {
        Self { rate: factor, ..Self::default() }
    }

    /// Decays the weights by this and not by the optimizer's setting; 0 exempts them.
    #[must_use]
    pub fn decay(self, decay: f64) -> Self {
        Self { decay: Some(decay), ..self }
    }

    /// Says which of the two is negative or not finite.
    ///
    /// # Errors
    /// The problem in words.
    pub fn check(&self) -> Result<(), String> {
        check_not_negative("rate", self.rate)?;
        self.decay.map_or(Ok(()), |decay| check_not_negative("decay", decay))
    }
}

/// A number that is finite and at least 0, as rates, decays and factors of penalties are.
pub(crate) fn check_not_negative(name: &str, value: f64) -> Result<(), String> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(format!("{name} is {value}, and must be a finite number of at least 0"))
}

/// How many elements a parameter of this shape has; words where that is beyond any memory.
pub(crate) fn elements(shape: &[usize]) -> Result<usize, String> {
    let count = shape.iter().try_fold(1_usize, |count, &size| count.checked_mul(size));
    let fits = |count: &usize| count.checked_mul(size_of::<f64>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    count.filter(fits).ok_or_else(|| format!("shape {shape:?} has more elements than any memory holds"))
}

/// A tensor that belongs to a layer: a parameter to be trained, or a buffer.
///
/// A clone holds the same values, but is another parameter: cloned models train apart.
#[derive(Debug)]
pub struct Param<T = f32> {
    id: ParamId,
    /// The numbers.
    pub value: Tensor<T>,
    /// Whether it is trained.
    pub role: Role,
    /// How the optimizer treats it.
    pub group: Group,
}

impl<T: Element> Param<T> {
    /// A parameter to be trained.
    pub fn new(value: Tensor<T>) -> Self {
        Self { id: ParamId::fresh(), value, role: Role::Trained, group: Group::default() }
    }

    /// A parameter whose shape is not known yet: [`build`](Self::build) gives it one.
    pub fn unbuilt() -> Self {
        Self::new(Tensor::zeros([0]))
    }

    /// Whether it has a shape.
    pub fn is_built(&self) -> bool {
        *self.value.shape() != [0]
    }

    /// Gives it a shape and first values. What has the shape already keeps its values, so that a trained layer can be built into
    /// another model.
    ///
    /// # Errors
    /// When it was built for another shape, and when `init` cannot make such values.
    pub fn build(&mut self, shape: impl Into<Shape>, init: &Init, seeds: &mut Seeds) -> Result<(), String> {
        let (shape, seed) = (shape.into(), seeds.next());
        if *self.value.shape() == shape {
            return Ok(());
        }
        if self.is_built() {
            return Err(format!(
                "it was built for a parameter of shape {}, but {shape} is needed here; one layer cannot serve inputs of \
                 two sizes",
                self.value.shape()
            ));
        }
        let count = elements(&shape)?;
        if !seeds.draws(count)? {
            self.value = Tensor::zeros(&shape);
            return Ok(());
        }
        // asked for and given back, since there is no error where memory is short later on
        if Vec::<T>::new().try_reserve_exact(count).is_err() {
            return Err(format!("there is not enough memory for a parameter of shape {shape}"));
        }
        self.value = init.tensor(&shape, seed)?;
        Ok(())
    }

    /// A buffer whose shape is not known yet: [`build`](Self::build) gives it one.
    pub fn unbuilt_buffer() -> Self {
        Self::buffer(Tensor::zeros([0]))
    }

    /// Numbers that a layer keeps without training them; files hold them too.
    pub fn buffer(value: Tensor<T>) -> Self {
        Self { role: Role::Buffer, ..Self::new(value) }
    }

    /// What tells it from all others.
    pub fn id(&self) -> ParamId {
        self.id
    }
}

impl<T> Clone for Param<T> {
    fn clone(&self) -> Self {
        Self { id: ParamId::fresh(), value: self.value.clone(), role: self.role, group: self.group }
    }
}
