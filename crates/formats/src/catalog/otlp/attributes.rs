//! Attributes: names with values, of a resource, a mapping, a location or a sample.

use crate::protobuf::{Fields, Message, Value};

/// Where texts of attributes come from.
pub(super) trait Texts {
    /// The text with this number.
    fn text(&self, index: u64) -> Option<String>;
    /// A text as it stands in the message, not longer than is kept.
    fn cut(&self, bytes: &[u8]) -> String;
}

/// A value that is understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum AttributeValue {
    Text(String),
    Integer(i64),
    /// Anything else that is one value, as it is shown.
    Other(String),
    List(Vec<String>),
}

impl AttributeValue {
    /// Reads a message `AnyValue`.
    pub(super) fn read(bytes: &[u8], texts: &dyn Texts) -> Option<Self> {
        let (number, value) = Fields::new(bytes).last()?;
        Some(match (number, value) {
            (1, Value::Bytes(text)) => Self::Text(texts.cut(text)),
            (2, Value::Number(truth)) => Self::Other((truth != 0).to_string()),
            (3, Value::Number(number)) => Self::Integer(number as i64),
            (4, Value::Number(bits)) => Self::Other(f64::from_bits(bits).to_string()),
            (5, Value::Bytes(list)) => {
                let values = Fields::new(list).filter_map(|(number, value)| match (number, value) {
                    // Of lists in lists nothing is read: no value is one that goes deeper.
                    (1, Value::Bytes(value)) => match Fields::new(value).last()? {
                        (1, Value::Bytes(text)) => Some(texts.cut(text)),
                        (8, Value::Number(index)) => texts.text(index),
                        (3, Value::Number(number)) => Some((number as i64).to_string()),
                        _ => None,
                    },
                    _ => None,
                });
                Self::List(values.collect())
            }
            (8, Value::Number(index)) => Self::Text(texts.text(index)?),
            _ => return None,
        })
    }

    /// As a text, whatever it is.
    pub(super) fn shown(self) -> String {
        match self {
            Self::Text(text) | Self::Other(text) => text,
            Self::Integer(number) => number.to_string(),
            Self::List(list) => list.join(" "),
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn write(&self, out: &mut Message) {
        match self {
            Self::Text(text) | Self::Other(text) => {
                out.bytes(1, text.as_bytes());
            }
            Self::Integer(number) => {
                out.uint_or_zero(3, *number as u64);
            }
            Self::List(list) => {
                out.message(5, |out| {
                    for text in list {
                        out.message(1, |out| {
                            out.bytes(1, text.as_bytes());
                        });
                    }
                });
            }
        }
    }
}

/// Reads a message `KeyValue`.
pub(super) fn key_value(bytes: &[u8], texts: &dyn Texts) -> Option<(String, AttributeValue)> {
    let (mut key, mut found) = (None, None);
    for (number, value) in Fields::new(bytes) {
        match (number, value) {
            (1, Value::Bytes(text)) => key = Some(texts.cut(text)),
            (2, Value::Bytes(value)) => found = AttributeValue::read(value, texts),
            (3, Value::Number(index)) => key = texts.text(index),
            _ => {}
        }
    }
    Some((key?, found?))
}

/// Reads a message `KeyValueAndUnit`.
pub(super) fn key_value_and_unit(bytes: &[u8], texts: &dyn Texts) -> Option<(String, AttributeValue)> {
    let (mut key, mut found) = (None, None);
    for (number, value) in Fields::new(bytes) {
        match (number, value) {
            (1, Value::Number(index)) => key = texts.text(index),
            (2, Value::Bytes(value)) => found = AttributeValue::read(value, texts),
            _ => {}
        }
    }
    Some((key.filter(|key| !key.is_empty())?, found?))
}
