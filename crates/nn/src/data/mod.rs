//! Data: sets of examples, how they are divided and scaled, and how they come out of files.

mod bag_of_words;
mod columns;
#[cfg(feature = "csv")]
mod csv;
mod dataset;
mod folder;
#[cfg(feature = "idx")]
mod idx;
mod min_max;
#[cfg(feature = "idx")]
mod mnist;
mod split;
mod sst5;
mod standardizer;

#[cfg(feature = "csv")]
pub use self::csv::{Column, Csv, Missing, Table};
pub use bag_of_words::{BagOfWords, Tokenizer};
pub use dataset::Dataset;
#[cfg(feature = "idx")]
pub use idx::Idx;
pub use min_max::MinMax;
#[cfg(feature = "idx")]
pub use mnist::{Mnist, mnist};
pub use sst5::{Sentences, Sst5, sst5};
pub use standardizer::Standardizer;
