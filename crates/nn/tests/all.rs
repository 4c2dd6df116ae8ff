//! The tests of this crate in one binary. Each binary of its own would compile the engine's generic code again, which takes far
//! longer than running the tests. `Cargo.toml` lists those that need a process for themselves.

#[path = "reference/case.rs"]
mod case;

mod architectures;
mod blame;
mod callbacks;
mod checkpoints;
mod corpus;
mod files;
mod health;
mod image_layers;
mod keras;
mod layers;
mod losses;
mod metrics;
mod optimizer_options;
mod optimizers;
mod pytorch;
mod readme;
mod refusals;
mod schedules;
mod sequence_layers;
mod sequence_training;
mod sessions;
mod training;
