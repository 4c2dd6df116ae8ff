//! Arrays from IDX files, the format of the MNIST digits.

use crate::error::{Error, Result};
use chainrule::{Element, Shape, Tensor};
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

/// An array as an IDX file holds it: numbers of one of six types, along any number of axes.
///
/// The file begins with two zeros, a byte for the type and one for the number of axes; then come the sizes, as 32-bit
/// numbers, and the elements in row-major order, all of them big-endian (`LeCun`, Cortes and Burges,
/// <http://yann.lecun.com/exdb/mnist>).
///
/// ```
/// use chainrule::Tensor;
/// use chainrule_nn::data::Idx;
/// let labels = Idx::read_from(&[0, 0, 0x08, 1, 0, 0, 0, 3, 5, 0, 4][..])?;
/// assert_eq!(labels.labels()?, Tensor::from([5, 0, 4_usize]));
/// assert_eq!(labels.numbers::<f32>(), Tensor::from([5.0, 0.0, 4.0]));
/// # Ok::<(), chainrule_nn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Idx {
    shape: Shape,
    kind: Kind,
    /// The elements as they stand in the file.
    bytes: Vec<u8>,
}

/// The type of the elements.
#[derive(Clone, Copy, Debug)]
enum Kind {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Kind {
    fn of(code: u8) -> Option<Self> {
        Some(match code {
            0x08 => Self::U8,
            0x09 => Self::I8,
            0x0b => Self::I16,
            0x0c => Self::I32,
            0x0d => Self::F32,
            0x0e => Self::F64,
            _ => return None,
        })
    }

    /// How many bytes an element takes.
    fn width(self) -> usize {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// Why no array could be read.
enum Trouble {
    File(String),
    Io(io::Error),
}

impl From<String> for Trouble {
    fn from(problem: String) -> Self {
        Self::File(problem)
    }
}

/// Contents that cannot be decompressed, or end too early, are the file's fault, all else the system's.
impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
                Self::File(format!("the compressed contents are damaged or cut off ({error})"))
            }
            _ => Self::Io(error),
        }
    }
}

impl Idx {
    /// Reads a file, plain or compressed by gzip, whatever its name.
    ///
    /// # Errors
    /// When the file cannot be read, is not an IDX file, or holds more or less than its header says.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|source| Error::Io { path: path.into(), source })?;
        Self::read_as(BufReader::new(file), path)
    }

    /// [`read`](Self::read) from anything that gives bytes.
    ///
    /// # Errors
    /// As [`read`](Self::read), with `IDX` for the path.
    pub fn read_from(input: impl Read) -> Result<Self> {
        Self::read_as(BufReader::new(input), Path::new("IDX"))
    }

    fn read_as(mut input: impl BufRead, path: &Path) -> Result<Self> {
        let is_gzip = input.fill_buf().map(|bytes| bytes.starts_with(&[0x1f, 0x8b]));
        let array = match is_gzip {
            Ok(true) => Self::parse(MultiGzDecoder::new(input)),
            Ok(false) => Self::parse(input),
            Err(error) => Err(Trouble::Io(error)),
        };
        array.map_err(|trouble| match trouble {
            Trouble::File(problem) => Error::File { path: path.into(), problem },
            Trouble::Io(source) => Error::Io { path: path.into(), source },
        })
    }

    fn parse(mut input: impl Read) -> std::result::Result<Self, Trouble> {
        let magic = take(&mut input, 4)?;
        let &[0, 0, code, axes] = &magic[..] else {
            return Err(format!(
                "begins with the bytes {magic:02x?}, but an IDX file with two zeros, a type and a rank"
            )
            .into());
        };
        let Some(kind) = Kind::of(code) else {
            return Err(
                format!("has elements of type 0x{code:02x}, but there are 0x08, 0x09 and 0x0b to 0x0e alone").into()
            );
        };
        let sizes = take(&mut input, 4 * usize::from(axes))?;
        let sizes: Vec<usize> = sizes.as_chunks().0.iter().map(|&size| u32::from_be_bytes(size) as usize).collect();
        if sizes.len() < usize::from(axes) {
            return Err(
                format!("ends within its header: it announces {axes} axes, but has {} sizes", sizes.len()).into()
            );
        }
        let Some(length) = bytes_of(&sizes, kind) else {
            return Err(format!("announces shape {sizes:?}, which is larger than any memory").into());
        };
        // no more than the file really holds is ever allocated, whatever the header announces
        let bytes = take(&mut input, length)?;
        if bytes.len() < length {
            let told =
                format!("shape {sizes:?} needs {length} bytes of elements, but the file has only {}", bytes.len());
            return Err(told.into());
        }
        // also has the checksum of compressed contents compared
        if !take(&mut input, 1)?.is_empty() {
            return Err(format!("shape {sizes:?} needs {length} bytes of elements, but the file has more").into());
        }
        Ok(Self { shape: sizes.into(), kind, bytes })
    }

    /// The size along each axis.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The elements as numbers: bytes from 0 to 255, and so on.
    pub fn numbers<T: Element>(&self) -> Tensor<T> {
        Tensor::new(&self.shape, self.elements(T::literal))
    }

    /// The elements as class labels.
    ///
    /// # Errors
    /// When an element is negative or not a whole number.
    pub fn labels(&self) -> Result<Tensor<usize>> {
        let labels = self.elements(label);
        match labels.iter().position(Option::is_none) {
            None => Ok(Tensor::new(&self.shape, labels.into_iter().flatten().collect())),
            Some(at) => {
                let problem = format!("element {at} is {}, which is no class", self.elements(|x| x)[at]);
                Err(Error::Data { call: "Idx::labels", problem })
            }
        }
    }

    /// What `f` makes of each element; every type goes into an `f64` unchanged.
    fn elements<U>(&self, f: impl Fn(f64) -> U) -> Vec<U> {
        fn each<const N: usize, U>(bytes: &[u8], f: impl Fn([u8; N]) -> U) -> Vec<U> {
            bytes.as_chunks().0.iter().map(|&bytes| f(bytes)).collect()
        }
        match self.kind {
            Kind::U8 => each(&self.bytes, |bytes| f(u8::from_be_bytes(bytes).into())),
            Kind::I8 => each(&self.bytes, |bytes| f(i8::from_be_bytes(bytes).into())),
            Kind::I16 => each(&self.bytes, |bytes| f(i16::from_be_bytes(bytes).into())),
            Kind::I32 => each(&self.bytes, |bytes| f(i32::from_be_bytes(bytes).into())),
            Kind::F32 => each(&self.bytes, |bytes| f(f32::from_be_bytes(bytes).into())),
            Kind::F64 => each(&self.bytes, |bytes| f(f64::from_be_bytes(bytes))),
        }
    }
}

/// The next `length` bytes, or as many as there are.
fn take(input: &mut impl Read, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// How many bytes the elements take; none where that is beyond any memory.
fn bytes_of(sizes: &[usize], kind: Kind) -> Option<usize> {
    if sizes.contains(&0) {
        return Some(0);
    }
    let length = sizes.iter().try_fold(kind.width(), |length, &size| length.checked_mul(size))?;
    isize::try_from(length).is_ok().then_some(length)
}

/// A whole number from 0 up to 2³², as a class.
fn label(number: f64) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with the number right after")]
    let label = number as u32;
    (f64::from(label) == number).then_some(label as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn problem(bytes: &[u8]) -> String {
        Idx::read_from(bytes).unwrap_err().to_string()
    }

    #[test]
    fn every_type_is_read() {
        let read = |code: u8, elements: &[u8], size: u8| {
            let bytes = [&[0, 0, code, 1, 0, 0, 0, size], elements].concat();
            let plain = Idx::read_from(&bytes[..]).unwrap().numbers::<f64>().to_vec();
            assert_eq!(Idx::read_from(&gzip(&bytes)[..]).unwrap().numbers::<f64>().to_vec(), plain);
            plain
        };
        assert_eq!(read(0x08, &[0, 128, 255], 3), [0.0, 128.0, 255.0]);
        assert_eq!(read(0x09, &[0, 127, 128, 255], 4), [0.0, 127.0, -128.0, -1.0]);
        assert_eq!(read(0x0b, &[1, 0, 0xff, 0xfe], 2), [256.0, -2.0]);
        assert_eq!(read(0x0c, &[0, 1, 0, 0, 0x80, 0, 0, 0], 2), [65536.0, -2_147_483_648.0]);
        // IEEE 754: 1.5 is 3fc00000, -2 is c000000000000000
        assert_eq!(read(0x0d, &[0x3f, 0xc0, 0, 0], 1), [1.5]);
        assert_eq!(read(0x0e, &[0xc0, 0, 0, 0, 0, 0, 0, 0], 1), [-2.0]);
    }

    #[test]
    fn any_rank_is_read() {
        let cube = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..], &[1, 2, 3, 4]].concat();
        assert_eq!(Idx::read_from(&cube[..]).unwrap().numbers(), Tensor::from([[[1.0, 2.0f32]], [[3.0, 4.0]]]));
        assert_eq!(Idx::read_from(&[0, 0, 8, 0, 9][..]).unwrap().labels().unwrap(), Tensor::<usize>::scalar(9));
        let nothing = [0, 0, 8, 3, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255];
        assert!(Idx::read_from(&nothing[..]).unwrap().numbers::<f32>().is_empty());
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            problem(b"PNG!"),
            "IDX: begins with the bytes [50, 4e, 47, 21], but an IDX file with two zeros, a type and a rank"
        );
        assert!(problem(&[]).contains("begins with the bytes []"));
        assert!(problem(&[0, 0, 0x0a, 1]).contains("has elements of type 0x0a"));
        assert_eq!(
            problem(&[0, 0, 8, 2, 0, 0, 0, 1, 0]),
            "IDX: ends within its header: it announces 2 axes, but has 1 sizes"
        );
        let told = "shape [3] needs 3 bytes of elements, but the file has";
        assert_eq!(problem(&[0, 0, 8, 1, 0, 0, 0, 3, 1, 2]), format!("IDX: {told} only 2"));
        assert_eq!(problem(&[0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3, 4]), format!("IDX: {told} more"));
        let float = [0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0, 0, 0];
        let error = Idx::read_from(&float[..]).unwrap().labels().unwrap_err().to_string();
        assert_eq!(error, "Idx::labels: element 0 is 0.5, which is no class");
    }

    #[test]
    fn absurd_sizes_allocate_nothing() {
        let header = [&[0, 0, 0x0e, 3][..], &[255; 12]].concat();
        assert!(problem(&header).contains("[4294967295, 4294967295, 4294967295], which is larger than any memory"));
        let terabytes = [&[0, 0, 8, 2, 0, 255, 0, 0, 0, 255, 0, 0][..], &[7]].concat();
        assert!(problem(&terabytes).contains("the file has only 1"));
        // far more behind the compressed header than it announces
        let bomb = gzip(&[&[0, 0, 8, 1, 0, 0, 0, 3][..], &vec![0; 1 << 24]].concat());
        assert!(problem(&bomb).contains("the file has more"));
    }

    #[test]
    fn damaged_compression_is_told() {
        let whole = gzip(&[0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3]);
        assert!(problem(&whole[..whole.len() - 9]).contains("damaged or cut off"));
        let mut changed = whole.clone();
        let checksum = changed.len() - 8;
        changed[checksum] ^= 1;
        assert!(problem(&changed).contains("damaged or cut off"));
        assert!(matches!(Idx::read("no such file").unwrap_err(), Error::Io { .. }));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn no_bytes_cause_a_panic(code in 7..16_u8, rank in 0..5_u8, bytes: Vec<u8>, small: bool, compressed: bool) {
            let mut file = vec![0, 0, code, rank];
            let sizes = bytes.iter().take(4 * usize::from(rank)).enumerate();
            file.extend(sizes.map(|(at, &byte)| if small && at % 4 != 3 { 0 } else { byte % 8 }));
            file.extend(bytes.iter().skip(4 * usize::from(rank)));
            let file = if compressed { gzip(&file) } else { file };
            for bytes in [file.as_slice(), &bytes, &[&[0x1f, 0x8b, 8], &bytes[..]].concat()] {
                if let Ok(array) = Idx::read_from(bytes) {
                    prop_assert_eq!(array.numbers::<f32>().len(), array.shape().elements());
                    let _ = array.labels();
                }
            }
        }
    }
}
