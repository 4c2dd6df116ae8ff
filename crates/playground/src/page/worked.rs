//! The worked example for its page.

use wasm_bindgen::prelude::*;

use super::json;
use crate::worked;

/// The worked example.
#[wasm_bindgen]
#[derive(Default)]
pub struct Worked {
    inner: worked::Worked,
}

#[wasm_bindgen]
impl Worked {
    /// With the slide's numbers.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every number with its slider.
    pub fn names(&self) -> String {
        json(&self.inner.sliders())
    }

    /// Another value of a number.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn set(&mut self, key: &str, value: f64) -> Result<(), String> {
        self.inner.set(key, value)
    }

    /// The slide's numbers again.
    pub fn reset(&mut self) {
        self.inner = worked::Worked::default();
    }

    /// All stages.
    pub fn stages(&self) -> String {
        json(&worked::stages(self.inner.numbers()))
    }

    /// Takes the new weights.
    pub fn update(&mut self) {
        self.inner.update();
    }

    /// How many updates were made.
    pub fn iteration(&self) -> usize {
        self.inner.iteration()
    }

    /// The tape as SVG.
    pub fn graph(&self) -> String {
        self.inner.graph()
    }

    /// The error before each update, and now.
    pub fn errors(&self) -> Vec<f64> {
        self.inner.errors()
    }
}
