//! Writing safetensors.

use super::{damaged, element_name, replace};
use crate::error::{Error, Result};
use chainrule::{Element, Tensor};
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use std::io::{self, Write};
use std::path::Path;

/// The elements begin at a multiple of this, as readers that map files into memory want it.
const ALIGNMENT: usize = 8;

/// Writes tensors and what else is to be told, which Python sees as the file's metadata `chainrule`.
pub(crate) fn write<T: Element>(path: &Path, tensors: &[(&str, &Tensor<T>)], notes: Option<String>) -> Result<()> {
    let refuse = |problem: String| Err(Error::Option { call: "save", problem });
    let dtype = match element_name::<T>() {
        Some("F32") => Dtype::F32,
        Some(_) => Dtype::F64,
        None => return refuse("files hold numbers of f32 and f64 alone".into()),
    };
    for (at, (name, _)) in tensors.iter().enumerate() {
        if *name == "__metadata__" || tensors[..at].iter().any(|(other, _)| other == name) {
            return refuse(format!("`{name}` cannot be the name of a tensor, or is that of two"));
        }
    }
    let header = header(tensors, dtype, notes).map_err(|problem| damaged(path, problem))?;
    replace(path, |output| {
        output.write_all(&(header.len() as u64).to_le_bytes())?;
        output.write_all(&header)?;
        tensors.iter().try_for_each(|(_, tensor)| write_elements(output, tensor.as_slice(), dtype))
    })
}

fn header<T: Element>(
    tensors: &[(&str, &Tensor<T>)],
    dtype: Dtype,
    notes: Option<String>,
) -> std::result::Result<Vec<u8>, String> {
    let mut end = 0;
    let infos = tensors.iter().map(|(name, tensor)| {
        let start = end;
        end += size_of_val(tensor.as_slice());
        ((*name).to_owned(), TensorInfo { dtype, shape: tensor.shape().to_vec(), data_offsets: (start, end) })
    });
    let infos = infos.collect();
    let metadata = notes.map(|notes| [("chainrule".to_owned(), notes)].into_iter().collect());
    let metadata = Metadata::new(metadata, infos).map_err(|problem| problem.to_string())?;
    let mut header = serde_json::to_vec(&metadata).map_err(|problem| problem.to_string())?;
    header.resize(header.len().next_multiple_of(ALIGNMENT), b' ');
    Ok(header)
}

fn write_elements<T: Element>(output: &mut dyn Write, elements: &[T], dtype: Dtype) -> io::Result<()> {
    for element in elements {
        // both types pass through f64 unchanged
        let number = element.to_f64().unwrap_or(f64::NAN);
        #[expect(clippy::cast_possible_truncation, reason = "it was an f32")]
        match dtype {
            Dtype::F32 => output.write_all(&(number as f32).to_le_bytes())?,
            _ => output.write_all(&number.to_le_bytes())?,
        }
    }
    Ok(())
}
