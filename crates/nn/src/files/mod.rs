//! Tensors in files: the safetensors format (<https://huggingface.co/docs/safetensors>), which Python reads and writes too, and
//! JSON for whatever are no tensors.

mod read;
mod replace;
mod state;
mod write;

pub(crate) use read::{Entry, TensorReader, Want};
pub(crate) use replace::{check_folder, replace};
pub use state::State;
pub(crate) use state::{Exact, Notes, is_count};
pub(crate) use write::{Content, write};

use crate::error::{Error, Result};
use chainrule::{Element, Tensor};
use std::any::TypeId;
use std::path::Path;

/// Writes tensors under their names into a safetensors file. The file is written under another name, synced and renamed: whoever
/// looks sees the old one or the new one, never a part.
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::{load_tensors, save_tensors};
///
/// let path = std::env::temp_dir().join(format!("chainrule-{}.safetensors", std::process::id()));
/// let tensors = [("x".to_owned(), Tensor::<f32>::from([[1.0, 2.0]]))];
/// save_tensors(&path, &tensors)?;
/// assert_eq!(load_tensors(&path)?, tensors);
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
///
/// # Errors
/// When the file cannot be written, two tensors have one name, or the elements are neither `f32` nor `f64`.
pub fn save_tensors<T: Element>(path: impl AsRef<Path>, tensors: &[(String, Tensor<T>)]) -> Result<()> {
    let contents: Vec<_> =
        tensors.iter().map(|(name, tensor)| (name.clone(), Content::Elements(tensor.clone()))).collect();
    write(path.as_ref(), &contents, None)
}

/// All tensors of a safetensors file with their names, in the order of the file; `f32` and `f64` are converted to `T`.
///
/// # Errors
/// When the file cannot be read or is damaged, and for elements of another type. No more is allocated than the file's size,
/// whatever it announces (twice that where `f32` becomes `f64`).
pub fn load_tensors<T: Element>(path: impl AsRef<Path>) -> Result<Vec<(String, Tensor<T>)>> {
    TensorReader::open(path.as_ref())?.read(|_| true)
}

/// The name of an element type in files.
pub(crate) fn element_name<T: Element>() -> Option<&'static str> {
    let id = TypeId::of::<T>();
    [("F32", TypeId::of::<f32>()), ("F64", TypeId::of::<f64>())]
        .into_iter()
        .find(|(_, known)| *known == id)
        .map(|(name, _)| name)
}

/// A file that does not hold what it should.
pub(crate) fn damaged(path: &Path, problem: impl Into<String>) -> Error {
    Error::File { path: path.into(), problem: problem.into() }
}
