//! JSON to protobuf and back, by the schema.
//!
//! JSON is read from a stream, what comes before an error is kept, and nothing is as large as the text: only its
//! protobuf. Numbers may be texts and the other way round, enumerations and fields that are not known are gone past.

use super::schema::{Field, Kind, Schema};
use crate::protobuf::{Fields, Message, Value};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt::{self, Write};
use std::io::Read;

/// Turns the next JSON value of a stream into a message. What was read before an error stands in `out`.
///
/// # Errors
/// What is wrong with the JSON.
pub(super) fn to_protobuf<'de, R: serde_json::de::Read<'de>>(
    json: &mut serde_json::Deserializer<R>,
    schema: &'static Schema,
    out: &mut Message,
) -> Result<(), serde_json::Error> {
    ObjectSeed { schema, out }.deserialize(json)
}

/// A stream of JSON text.
pub(super) fn reader<R: Read>(stream: R) -> serde_json::Deserializer<serde_json::de::IoRead<R>> {
    serde_json::Deserializer::from_reader(stream)
}

struct ObjectSeed<'a> {
    schema: &'static Schema,
    out: &'a mut Message,
}

impl<'de> DeserializeSeed<'de> for ObjectSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ObjectSeed<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match self.schema.named(&name) {
                Some(field) => map.next_value_seed(FieldSeed { field, out: self.out })?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct FieldSeed<'a> {
    field: &'static Field,
    out: &'a mut Message,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.field.is_list {
            deserializer.deserialize_any(self)
        } else {
            one(self.field, self.out, deserializer)
        }
    }
}

impl<'de> Visitor<'de> for FieldSeed<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "an array of `{}`", self.field.name)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { field, out } = self;
        if matches!(field.kind, Kind::Message(_) | Kind::Text | Kind::Bytes | Kind::Id) {
            while list.next_element_seed(OneSeed { field, out })?.is_some() {}
            return Ok(());
        }
        let mut numbers: Vec<u64> = Vec::new();
        let ended = loop {
            match list.next_element::<Scalar>() {
                Ok(Some(scalar)) => match scalar.number(field.kind) {
                    Some(number) => numbers.push(number),
                    None => break Err(A::Error::custom(format!("`{}` has no number here", field.name))),
                },
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        match field.kind {
            Kind::Fixed | Kind::Double => out.packed_fixed(field.number, numbers.into_iter()),
            _ => out.packed(field.number, numbers.into_iter()),
        };
        ended
    }
}

/// One value of a list.
struct OneSeed<'a> {
    field: &'static Field,
    out: &'a mut Message,
}

impl<'de> DeserializeSeed<'de> for OneSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        one(self.field, self.out, deserializer)
    }
}

fn one<'de, D: Deserializer<'de>>(field: &'static Field, out: &mut Message, json: D) -> Result<(), D::Error> {
    if let Kind::Message(schema) = field.kind {
        let mut inner = Message::default();
        let read = ObjectSeed { schema, out: &mut inner }.deserialize(json);
        // Kept also when it was cut.
        out.bytes(field.number, &inner.into_bytes());
        return read;
    }
    let scalar = Scalar::deserialize(json)?;
    let wrong = || D::Error::custom(format!("`{}` has another kind of value", field.name));
    match (field.kind, scalar) {
        (_, Scalar::Null) => {}
        (Kind::Text, Scalar::Text(text)) => {
            out.bytes(field.number, text.as_bytes());
        }
        (Kind::Bytes, Scalar::Text(text)) => {
            out.bytes(field.number, &base64(&text).ok_or_else(wrong)?);
        }
        (Kind::Id, Scalar::Text(text)) => {
            let bytes = hexadecimal(&text).or_else(|| base64(&text)).ok_or_else(wrong)?;
            out.bytes(field.number, &bytes);
        }
        (Kind::Text | Kind::Bytes | Kind::Id, _) => return Err(wrong()),
        (kind @ (Kind::Fixed | Kind::Double), scalar) => {
            out.fixed(field.number, scalar.number(kind).ok_or_else(wrong)?);
        }
        (kind, scalar) => {
            out.uint_or_zero(field.number, scalar.number(kind).ok_or_else(wrong)?);
        }
    }
    Ok(())
}

/// A value that is no object and no array.
enum Scalar {
    Truth(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(String),
    Null,
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a number, a text, true or false")
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Truth(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Signed(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }
}

impl Scalar {
    /// The bits of it as a number of this kind.
    fn number(&self, kind: Kind) -> Option<u64> {
        match (kind, self) {
            (Kind::Double, Self::Float(number)) => Some(number.to_bits()),
            (Kind::Double, Self::Unsigned(number)) => Some((*number as f64).to_bits()),
            (Kind::Double, Self::Signed(number)) => Some((*number as f64).to_bits()),
            (Kind::Double, Self::Text(text)) => text.parse::<f64>().ok().map(f64::to_bits),
            (_, Self::Truth(truth)) => Some(u64::from(*truth)),
            (_, Self::Unsigned(number)) => Some(*number),
            (_, Self::Signed(number)) => Some(*number as u64),
            // `1e3` is a whole number, too.
            (_, Self::Float(number)) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(*number as i64 as u64)
            }
            (_, Self::Text(text)) => {
                text.parse::<i64>().ok().map(|number| number as u64).or(text.parse().ok())
            }
            _ => None,
        }
    }
}

/// Writes a message as JSON: fields in the order of their bytes, several of one name as one array.
pub(super) fn from_protobuf(schema: &Schema, bytes: &[u8], out: &mut String) {
    out.push('{');
    let mut is_first = true;
    for field in schema.fields {
        let mut values = Fields::new(bytes).filter(|(number, _)| *number == field.number).peekable();
        if values.peek().is_none() {
            continue;
        }
        let comma = if is_first { "" } else { "," };
        is_first = false;
        let _ = write!(out, "{comma}\"{}\":", field.name);
        if !field.is_list {
            values.take(1).for_each(|(_, value)| put(field.kind, value, out));
            continue;
        }
        out.push('[');
        let mut is_first = true;
        for (_, value) in values {
            let mut item = |value: Value<'_>| {
                if !is_first {
                    out.push(',');
                }
                is_first = false;
                put(field.kind, value, out);
            };
            match field.kind {
                Kind::Message(_) | Kind::Text | Kind::Bytes | Kind::Id => item(value),
                Kind::Fixed | Kind::Double => value.fixed_numbers(|number| item(Value::Number(number))),
                _ => value.numbers(|number| item(Value::Number(number))),
            }
        }
        out.push(']');
    }
    out.push('}');
}

fn put(kind: Kind, value: Value<'_>, out: &mut String) {
    let _ = match (kind, value) {
        (Kind::Message(schema), Value::Bytes(bytes)) => {
            from_protobuf(schema, bytes, out);
            Ok(())
        }
        (Kind::Text, Value::Bytes(bytes)) => {
            out.push_str(&serde_json::Value::from(String::from_utf8_lossy(bytes)).to_string());
            Ok(())
        }
        (Kind::Id, Value::Bytes(bytes)) => {
            out.push('"');
            for byte in bytes {
                // Writing to a string does not fail.
                let _ = write!(out, "{byte:02x}");
            }
            out.write_str("\"")
        }
        (Kind::Bytes, Value::Bytes(bytes)) => write!(out, "\"{}\"", to_base64(bytes)),
        (Kind::Small, Value::Number(number)) => write!(out, "{}", number as i64),
        (Kind::Signed, Value::Number(number)) => write!(out, "\"{}\"", number as i64),
        (Kind::Unsigned | Kind::Fixed, Value::Number(number)) => write!(out, "\"{number}\""),
        (Kind::Truth, Value::Number(number)) => write!(out, "{}", number != 0),
        (Kind::Double, Value::Number(bits)) => match serde_json::Number::from_f64(f64::from_bits(bits)) {
            Some(number) => write!(out, "{number}"),
            None => write!(out, "\"{}\"", f64::from_bits(bits)),
        },
        _ => out.write_str("null"),
    };
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            out.push(if at <= three.len() { digit as char } else { '=' });
        }
    }
    out
}

/// Standard or for addresses, with or without `=` at the end.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut bits, mut n_bits) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let letter = match letter {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
        let digit = DIGITS.iter().position(|digit| *digit == letter)?;
        bits = bits << 6 | digit as u32;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            out.push((bits >> n_bits) as u8);
            bits &= (1 << n_bits) - 1;
        }
    }
    Some(out)
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let is_id = matches!(text.len(), 0 | 16 | 32) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| {
        (0..text.len()).step_by(2).filter_map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_reads_back() {
        for (bytes, text) in
            [(&b""[..], ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"\xff\xfe", "//4=")]
        {
            assert_eq!(to_base64(bytes), text);
            assert_eq!(base64(text).as_deref(), Some(bytes));
        }
        assert_eq!(base64("__4").as_deref(), Some(&b"\xff\xfe"[..]));
        assert_eq!(base64("%"), None);
    }
}
