//! Reading safetensors, of which nothing is believed before it is checked.

use super::damaged;
use crate::error::{Error, Result};
use chainrule::{Element, Shape, Tensor};
use safetensors::Dtype;
use safetensors::tensor::Metadata;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// The length of the header stands in so many bytes.
const LENGTH: usize = size_of::<u64>();

/// A header may be this long in any file, and this part of a longer one: parsed, it takes some ten times its length.
const LONGEST_HEADER: u64 = 1 << 20;
const HEADER_SHARE: u64 = 16;

/// How long the header of a file of this length may be.
pub(super) fn longest_header(length: u64) -> u64 {
    LONGEST_HEADER.max(length / HEADER_SHARE)
}

/// So many bytes are read at once.
const PIECE: usize = 1 << 13;

/// A tensor as the header tells of it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) dtype: Dtype,
    bytes: usize,
}

/// As what a tensor is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Want {
    Nothing,
    Elements,
    Numbers,
}

/// Tensors, and numbers in full precision, with their names.
pub(crate) type Contents<T> = (Vec<(String, Tensor<T>)>, Vec<(String, Vec<f64>)>);

/// A file whose header was read and checked; the elements are still to come.
pub(crate) struct TensorReader<R> {
    path: PathBuf,
    input: R,
    /// In the order of the file.
    pub(crate) entries: Vec<Entry>,
    /// What stands in the metadata under `chainrule`.
    pub(crate) notes: Option<String>,
}

impl TensorReader<BufReader<File>> {
    /// Opens a file and reads its header.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let io = |source| Error::Io { path: path.into(), source };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        Self::new(BufReader::new(file), length, path)
    }
}

impl<R: Read> TensorReader<R> {
    /// Reads the header of an input of this many bytes; errors name `path`.
    pub(crate) fn new(mut input: R, length: u64, path: &Path) -> Result<Self> {
        let refuse = |problem: String| Err(damaged(path, problem));
        let Some(rest) = length.checked_sub(LENGTH as u64) else {
            return refuse(format!(
                "has {length} bytes, and a safetensors file at least {LENGTH}: it is cut off, or another file"
            ));
        };
        let announced = u64::from_le_bytes(exactly(&mut input, path)?);
        if announced > rest {
            return refuse(format!(
                "is cut off, or no safetensors file: it announces a header of {announced} bytes, but has only {rest}"
            ));
        }
        if announced > longest_header(length) {
            return refuse(format!("has a header of {announced} bytes, too large for a file of {length}"));
        }
        let mut header = Vec::new();
        input
            .by_ref()
            .take(announced)
            .read_to_end(&mut header)
            .map_err(|source| Error::Io { path: path.into(), source })?;
        let metadata: Metadata = match serde_json::from_slice(&header) {
            Ok(metadata) => metadata,
            Err(problem) => return refuse(format!("its header cannot be read: {problem}")),
        };
        drop(header);
        let (told, held) = (metadata.data_len() as u64, rest - announced);
        if told != held {
            let which = if held < told { "it is cut off" } else { "something follows" };
            return refuse(format!("its header tells of {told} bytes of elements, but it has {held}: {which}"));
        }
        let entries = metadata.offset_keys().into_iter().filter_map(|name| {
            let info = metadata.info(&name)?;
            let (start, end) = info.data_offsets;
            Some(Entry { shape: info.shape.as_slice().into(), dtype: info.dtype, bytes: end - start, name })
        });
        let notes = metadata.metadata().as_ref().and_then(|notes| notes.get("chainrule")).cloned();
        Ok(Self { path: path.into(), input, entries: entries.collect(), notes })
    }

    /// The tensors that are wanted, in the order of the file.
    pub(crate) fn read<T: Element>(self, wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, Tensor<T>)>> {
        let (tensors, _) = self.read_as(|name| if wanted(name) { Want::Elements } else { Want::Nothing })?;
        Ok(tensors)
    }

    /// What is wanted, in the order of the file: tensors of `T`, and numbers in full precision.
    pub(crate) fn read_as<T: Element>(mut self, want: impl Fn(&str) -> Want) -> Result<Contents<T>> {
        let (mut tensors, mut numbers) = (Vec::new(), Vec::new());
        for entry in std::mem::take(&mut self.entries) {
            match want(&entry.name) {
                Want::Nothing => self.skip(entry.bytes)?,
                Want::Elements => {
                    let elements = self.elements_of(&entry, T::literal)?;
                    tensors.push((entry.name, Tensor::new(entry.shape, elements)));
                }
                Want::Numbers => {
                    let elements = self.elements_of(&entry, |number| number)?;
                    numbers.push((entry.name, elements));
                }
            }
        }
        Ok((tensors, numbers))
    }

    fn elements_of<E>(&mut self, entry: &Entry, element: impl Fn(f64) -> E) -> Result<Vec<E>> {
        match entry.dtype {
            Dtype::F32 => self.elements(entry.bytes, |bytes| element(f32::from_le_bytes(bytes).into())),
            Dtype::F64 => self.elements(entry.bytes, |bytes| element(f64::from_le_bytes(bytes))),
            other => Err(damaged(
                &self.path,
                format!("`{}` has elements of type {other}; only F32 and F64 are read: convert it", entry.name),
            )),
        }
    }

    fn elements<E, const N: usize>(&mut self, bytes: usize, number: impl Fn([u8; N]) -> E) -> Result<Vec<E>> {
        // the file is as long as its header tells: these bytes are there
        let mut elements = Vec::with_capacity(bytes / N);
        self.pieces(bytes, |piece| elements.extend(piece.as_chunks().0.iter().map(|&bytes| number(bytes))))?;
        Ok(elements)
    }

    fn skip(&mut self, bytes: usize) -> Result<()> {
        self.pieces(bytes, |_| ())
    }

    /// Shows the next bytes, piece by piece.
    fn pieces(&mut self, mut bytes: usize, mut see: impl FnMut(&[u8])) -> Result<()> {
        let mut piece = [0; PIECE];
        while bytes > 0 {
            let piece = &mut piece[..bytes.min(PIECE)];
            self.input.read_exact(piece).map_err(|source| Error::Io { path: self.path.clone(), source })?;
            bytes -= piece.len();
            see(piece);
        }
        Ok(())
    }
}

fn exactly<const N: usize>(input: &mut impl Read, path: &Path) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes).map_err(|source| Error::Io { path: path.into(), source })?;
    Ok(bytes)
}
