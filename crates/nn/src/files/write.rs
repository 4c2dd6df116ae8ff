//! Writing safetensors.

use super::read::longest_header;
use super::{damaged, element_name, replace};
use crate::error::{Error, Result};
use chainrule::{Element, Tensor};
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use std::io::{self, Write};
use std::path::Path;

/// The elements begin at a multiple of this, as readers that map files into memory want it.
const ALIGNMENT: usize = 8;

/// What a file holds under a name.
#[derive(Clone, Debug)]
pub(crate) enum Content<T> {
    /// A tensor of the network's numbers.
    Elements(Tensor<T>),
    /// Numbers in full precision, whatever the network computes in.
    Numbers(Vec<f64>),
}

impl<T: Element> Content<T> {
    fn info(&self, elements: Dtype, start: usize) -> TensorInfo {
        let (dtype, shape, length) = match self {
            Self::Elements(tensor) => (elements, tensor.shape().to_vec(), size_of_val(tensor.as_slice())),
            Self::Numbers(numbers) => (Dtype::F64, vec![numbers.len()], size_of_val(&numbers[..])),
        };
        TensorInfo { dtype, shape, data_offsets: (start, start + length) }
    }

    fn write(&self, output: &mut dyn Write, elements: Dtype) -> io::Result<()> {
        match self {
            Self::Elements(tensor) => write_elements(output, tensor.as_slice(), elements),
            Self::Numbers(numbers) => write_elements(output, numbers, Dtype::F64),
        }
    }
}

/// Writes what has a name, and what else is to be told, which Python sees as the file's metadata `chainrule`.
pub(crate) fn write<T: Element>(path: &Path, contents: &[(String, Content<T>)], notes: Option<String>) -> Result<()> {
    let refuse = |problem: String| Err(Error::Option { call: "save", problem });
    let dtype = match element_name::<T>() {
        Some("F32") => Dtype::F32,
        Some(_) => Dtype::F64,
        None => return refuse("files hold numbers of f32 and f64 alone".into()),
    };
    let mut names: Vec<&str> = contents.iter().map(|(name, _)| name.as_str()).chain(["__metadata__"]).collect();
    names.sort_unstable();
    if let Some(&[name, _]) = names.array_windows().find(|[one, other]| one == other) {
        return refuse(format!("`{name}` cannot be the name of a tensor, or is that of two"));
    }
    let (header, data) = header(contents, dtype, notes).map_err(|problem| damaged(path, problem))?;
    let length = (size_of::<u64>() + header.len() + data) as u64;
    if header.len() as u64 > longest_header(length) {
        return refuse(format!("the names and settings take {} bytes, too many to be read again", header.len()));
    }
    replace(path, |output| {
        output.write_all(&(header.len() as u64).to_le_bytes())?;
        output.write_all(&header)?;
        contents.iter().try_for_each(|(_, content)| content.write(output, dtype))
    })
}

/// The header, and how many bytes are to follow it.
fn header<T: Element>(
    contents: &[(String, Content<T>)],
    dtype: Dtype,
    notes: Option<String>,
) -> std::result::Result<(Vec<u8>, usize), String> {
    let mut end = 0;
    let infos = contents.iter().map(|(name, content)| {
        let info = content.info(dtype, end);
        end = info.data_offsets.1;
        (name.clone(), info)
    });
    let infos = infos.collect();
    let metadata = notes.map(|notes| [("chainrule".to_owned(), notes)].into_iter().collect());
    let metadata = Metadata::new(metadata, infos).map_err(|problem| problem.to_string())?;
    let mut header = serde_json::to_vec(&metadata).map_err(|problem| problem.to_string())?;
    header.resize(header.len().next_multiple_of(ALIGNMENT), b' ');
    Ok((header, end))
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
