//! Ruby's Marshal, version 4.8, as far as a profile needs it.
//!
//! Source: `marshal.c` of Ruby and its description (`doc/marshal.rdoc`). Values that are referred to again are shared;
//! nesting is bounded. Classes, structs and other objects are no part of a profile and end the reading.

use std::rc::Rc;

/// A profile nests six deep; its metadata may hold anything.
const MOST_DEPTH: u32 = 64;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    None,
    Whole(i64),
    Fraction(f64),
    /// A string or a symbol.
    Text(Rc<str>),
    List(Rc<[Value]>),
    Hash(Rc<[(Value, Value)]>),
}

impl Value {
    pub(super) fn whole(&self) -> Option<i64> {
        match self {
            Self::Whole(whole) => Some(*whole),
            Self::Fraction(fraction) if fraction.abs() < 9e18 => Some(fraction.round() as i64),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<Rc<str>> {
        match self {
            Self::Text(text) => Some(Rc::clone(text)),
            Self::Fraction(fraction) => Some(fraction.to_string().into()),
            _ => None,
        }
    }
}

/// What cannot be read, and at which byte.
pub(super) struct Damage {
    pub(super) at: usize,
    pub(super) message: String,
}

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    symbols: Vec<Rc<str>>,
    /// Values that may be referred to; `None` while one is being read.
    objects: Vec<Option<Value>>,
}

impl<'a> Reader<'a> {
    /// A dump with its version in front.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 2, symbols: Vec::new(), objects: Vec::new() }
    }

    /// The members of the outermost hash, as they come.
    pub(super) fn members(&mut self, mut each: impl FnMut(&str, Value)) -> Result<(), Damage> {
        let found = self.byte()?;
        if found != b'{' {
            return Err(Damage { at: 2, message: format!("found type {found:#04x} instead of a hash") });
        }
        self.objects.push(None);
        for _ in 0..self.size()? {
            let key = self.value(0)?;
            let value = self.value(0)?;
            each(&key.text().unwrap_or_default(), value);
        }
        Ok(())
    }

    fn value(&mut self, depth: u32) -> Result<Value, Damage> {
        let begin = self.at;
        let damage = |message: String| Err(Damage { at: begin, message });
        if depth > MOST_DEPTH {
            return damage(format!("values are nested deeper than {MOST_DEPTH}"));
        }
        let kind = self.byte()?;
        match kind {
            b'0' => Ok(Value::None),
            b'T' => Ok(Value::Whole(1)),
            b'F' => Ok(Value::Whole(0)),
            b'i' => Ok(Value::Whole(self.fixnum()?)),
            b':' => {
                let symbol = self.text()?;
                self.symbols.push(Rc::clone(&symbol));
                Ok(Value::Text(symbol))
            }
            b';' => {
                let n = self.size()?;
                match self.symbols.get(n) {
                    Some(symbol) => Ok(Value::Text(Rc::clone(symbol))),
                    None => {
                        damage(format!("symbol {n} is referred to, but there are {}", self.symbols.len()))
                    }
                }
            }
            b'@' => {
                let n = self.size()?;
                match self.objects.get(n) {
                    Some(Some(value)) => Ok(value.clone()),
                    _ => damage(format!("object {n} is referred to before it is there")),
                }
            }
            // A value with instance variables: the encoding of a string.
            b'I' => {
                let value = self.value(depth + 1)?;
                for _ in 0..self.size()? {
                    self.value(depth + 1)?;
                    self.value(depth + 1)?;
                }
                Ok(value)
            }
            b'"' | b'f' | b'l' | b'[' | b'{' | b'}' => {
                let place = self.objects.len();
                self.objects.push(None);
                let value = self.object(kind, depth)?;
                self.objects[place] = Some(value.clone());
                Ok(value)
            }
            other => damage(format!("type {other:#04x} is none that a profile has")),
        }
    }

    fn object(&mut self, kind: u8, depth: u32) -> Result<Value, Damage> {
        let begin = self.at;
        match kind {
            b'"' => Ok(Value::Text(self.text()?)),
            b'f' => {
                let text = self.text()?;
                match &*text {
                    "nan" => Ok(Value::Fraction(f64::NAN)),
                    "inf" => Ok(Value::Fraction(f64::INFINITY)),
                    "-inf" => Ok(Value::Fraction(f64::NEG_INFINITY)),
                    text => match text.parse() {
                        Ok(number) => Ok(Value::Fraction(number)),
                        Err(_) => Err(Damage { at: begin, message: format!("`{text}` is no number") }),
                    },
                }
            }
            b'l' => self.bignum(),
            b'[' => {
                let mut items = Vec::new();
                for _ in 0..self.size()? {
                    items.push(self.value(depth + 1)?);
                }
                Ok(Value::List(items.into()))
            }
            _ => {
                let mut items = Vec::new();
                for _ in 0..self.size()? {
                    items.push((self.value(depth + 1)?, self.value(depth + 1)?));
                }
                // A hash with a default has it behind its items.
                if kind == b'}' {
                    self.value(depth + 1)?;
                }
                Ok(Value::Hash(items.into()))
            }
        }
    }

    /// Sign, half as many as its bytes, bytes; wraps beyond 64 bits, as numbers of frames may be.
    fn bignum(&mut self) -> Result<Value, Damage> {
        let is_negative = self.byte()? == b'-';
        let n = self.size()?.saturating_mul(2);
        let mut value = 0_u64;
        for (at, byte) in self.take(n)?.iter().take(8).enumerate() {
            value |= u64::from(*byte) << (8 * at);
        }
        let value = value as i64;
        Ok(Value::Whole(if is_negative { value.wrapping_neg() } else { value }))
    }

    fn text(&mut self) -> Result<Rc<str>, Damage> {
        let n = self.size()?;
        Ok(String::from_utf8_lossy(self.take(n)?).into())
    }

    fn size(&mut self) -> Result<usize, Damage> {
        let begin = self.at;
        let n = self.fixnum()?;
        usize::try_from(n).map_err(|_| Damage { at: begin, message: format!("{n} is no length") })
    }

    /// One byte, or the number of bytes that follow.
    fn fixnum(&mut self) -> Result<i64, Damage> {
        let first = i64::from(self.byte()? as i8);
        match first {
            0 => Ok(0),
            1..=4 => {
                let bytes = self.take(first as usize)?;
                Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | i64::from(*byte)))
            }
            -4..=-1 => {
                let bytes = self.take(first.unsigned_abs() as usize)?;
                Ok(bytes.iter().rev().fold(-1, |value, byte| value << 8 | i64::from(*byte)))
            }
            5.. => Ok(first - 5),
            _ => Ok(first + 5),
        }
    }

    fn byte(&mut self) -> Result<u8, Damage> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Damage> {
        match self.at.checked_add(n).and_then(|end| self.bytes.get(self.at..end)) {
            Some(bytes) => {
                self.at += n;
                Ok(bytes)
            }
            None => Err(Damage {
                at: self.bytes.len(),
                message: format!("the file ends where {n} bytes of a value should follow"),
            }),
        }
    }
}
