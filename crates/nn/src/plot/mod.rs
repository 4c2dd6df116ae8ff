//! Pictures as SVG text: curves, confusion matrices, decision boundaries, weights, trajectories.
//!
//! Two kinds of picture: a [`Picture`] has axes and can be added to before it is drawn by [`Picture::svg`]; the others are
//! tables and images, and come as SVG text. [`save`] writes either to a file.
//!
//! ```
//! use chainrule_nn::plot;
//!
//! let history = [("loss", [0.9, 0.5, 0.3]), ("val_loss", [1.0, 0.7, 0.6])];
//! let svg = plot::curves("Training", history).log_y().svg()?;
//! assert!(svg.starts_with("<svg"));
//! # chainrule_nn::Result::Ok(())
//! ```
//!
//! Series and classes get the colours of Okabe and Ito in turn, which most eyes tell apart; values get palettes that do
//! without green against red. Numbers that are not finite are left out, and an empty series leaves an empty picture.

mod axis;
mod boundary;
mod canvas;
mod clip;
mod colour;
mod confusion;
mod curves;
mod images;
mod legend;
mod level;
mod mark;
mod number;
mod picture;
mod shading;
mod trajectory;

pub use boundary::{Answers, IntoAnswers, boundary};
pub use confusion::confusion;
pub(crate) use curves::by_depth;
pub use curves::curves;
pub use images::{Tile, gallery, weights};
pub use level::level_line;
pub use number::shown;
pub use picture::Picture;
pub use trajectory::trajectory;

use std::path::Path;

use crate::error::{Error, Result};

/// Writes a picture's SVG text to a file.
///
/// # Errors
/// [`Error::Io`] with the path and what the system says.
pub fn save(path: impl AsRef<Path>, svg: &str) -> Result<()> {
    let path = path.as_ref();
    std::fs::write(path, svg).map_err(|source| Error::Io { path: path.to_owned(), source })
}

/// What the drawing library says, or what is wrong with the picture.
fn problem(problem: &impl ToString) -> Error {
    Error::Picture { problem: problem.to_string() }
}
