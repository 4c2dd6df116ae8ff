//! Settings of nodes.

use super::message::AttributeMessage;

/// A setting of a node. ONNX has numbers in single precision there.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Attribute {
    /// A whole number, or a flag: 0 or 1.
    Integer(i64),
    /// Whole numbers.
    Integers(Vec<i64>),
    /// A number.
    Number(f64),
    /// Numbers.
    Numbers(Vec<f64>),
    /// A word.
    Text(String),
    /// Words.
    Texts(Vec<String>),
}

impl Attribute {
    pub(super) fn message(&self, name: &str) -> AttributeMessage {
        let empty = AttributeMessage { name: Some(name.into()), ..AttributeMessage::default() };
        let text = |text: &String| text.clone().into_bytes();
        #[expect(clippy::cast_possible_truncation, reason = "as the format has it")]
        let single = |number: f64| number as f32;
        // the kinds are those of `AttributeProto.AttributeType`
        match self {
            &Self::Number(number) => AttributeMessage { f: Some(single(number)), kind: Some(1), ..empty },
            &Self::Integer(integer) => AttributeMessage { i: Some(integer), kind: Some(2), ..empty },
            Self::Text(word) => AttributeMessage { s: Some(text(word)), kind: Some(3), ..empty },
            Self::Numbers(numbers) => {
                AttributeMessage { floats: numbers.iter().copied().map(single).collect(), kind: Some(6), ..empty }
            }
            Self::Integers(integers) => AttributeMessage { ints: integers.clone(), kind: Some(7), ..empty },
            Self::Texts(words) => {
                AttributeMessage { strings: words.iter().map(text).collect(), kind: Some(8), ..empty }
            }
        }
    }
}

impl From<i64> for Attribute {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}
impl From<f64> for Attribute {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}
impl From<&str> for Attribute {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Attribute {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<Vec<i64>> for Attribute {
    fn from(integers: Vec<i64>) -> Self {
        Self::Integers(integers)
    }
}
impl<const N: usize> From<[i64; N]> for Attribute {
    fn from(integers: [i64; N]) -> Self {
        Self::Integers(integers.into())
    }
}
impl From<Vec<f64>> for Attribute {
    fn from(numbers: Vec<f64>) -> Self {
        Self::Numbers(numbers)
    }
}
impl From<Vec<String>> for Attribute {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}
