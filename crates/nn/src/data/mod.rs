//! Data: where it comes from, and how it is made ready for training.
