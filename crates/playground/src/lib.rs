//! A playground for small networks in the browser, on the engine's scalar tape: every weight is a variable of it, every neuron a formula
//! that is written once, and what is shown of an example is the tape that it was computed on.
//!
//! The page itself stands in `page/`; [`page`] is what it calls. Without it, [`playground::Playground`] is the same in Rust:
//!
//! ```
//! use chainrule_playground::playground::Playground;
//! use chainrule_playground::settings::Settings;
//!
//! // an address as that of TensorFlow Playground
//! let (settings, problems) = Settings::from_address("#dataset=gauss&networkShape=&learningRate=0.03");
//! assert!(problems.is_empty());
//! let mut playground = Playground::new(settings);
//! playground.train(20).unwrap();
//! assert!(playground.losses()[1] < 0.01);
//! ```

pub mod data;
pub mod descent;
mod excerpt;
pub mod explanation;
pub mod export;
pub mod formulas;
pub mod history;
pub mod network;
pub mod network_drawing;
pub mod page;
pub mod playground;
pub mod preset;
pub mod random;
pub mod settings;
pub mod training;
pub mod view;
pub mod worked;
