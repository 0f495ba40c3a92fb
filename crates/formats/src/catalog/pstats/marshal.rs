//! Python's marshal format, versions 0 to 5, as far as a profile needs it: numbers, texts, tuples, dictionaries.
//!
//! Values that are referred to again are shared, not copied, so that no small file becomes large. Nesting is bounded.

use std::rc::Rc;

/// A profile nests five deep.
const MOST_DEPTH: u32 = 16;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    None,
    Whole(i64),
    Fraction(f64),
    Text(Rc<str>),
    Tuple(Rc<[Value]>),
    Dictionary(Rc<[(Value, Value)]>),
}

/// What cannot be read, and at which byte.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Bytes that are read one value after the other.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// Values that may be referred to; `None` while one is being read.
    references: Vec<Option<Value>>,
    /// Python 2's list of interned texts.
    interned: Vec<Value>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, references: Vec::new(), interned: Vec::new() }
    }

    /// Enters the outermost dictionary.
    pub(super) fn enter(&mut self) -> Result<(), Damage> {
        let found = self.byte()?;
        if found & 0x7f != b'{' {
            return Err(Damage {
                at: 0,
                message: format!("found type {found:#04x} instead of a dictionary"),
            });
        }
        if found & 0x80 != 0 {
            self.references.push(None);
        }
        Ok(())
    }

    /// The next value; `None` at the end of a dictionary.
    pub(super) fn value(&mut self) -> Result<Option<Value>, Damage> {
        self.nested(0)
    }

    fn nested(&mut self, depth: u32) -> Result<Option<Value>, Damage> {
        let begin = self.at;
        let damage = |message: String| Err(Damage { at: begin, message });
        if depth > MOST_DEPTH {
            return damage(format!("values are nested deeper than {MOST_DEPTH}"));
        }
        let kind = self.byte()?;
        let place = (kind & 0x80 != 0).then(|| {
            self.references.push(None);
            self.references.len() - 1
        });
        let value = match kind & 0x7f {
            b'0' => return Ok(None),
            b'N' => Value::None,
            b'F' => Value::Whole(0),
            b'T' => Value::Whole(1),
            b'i' => Value::Whole(i64::from(i32::from_le_bytes(self.array()?))),
            b'I' => Value::Whole(i64::from_le_bytes(self.array()?)),
            b'l' => self.long()?,
            b'g' => Value::Fraction(f64::from_le_bytes(self.array()?)),
            b'f' => {
                let n = usize::from(self.byte()?);
                let text = String::from_utf8_lossy(self.take(n)?);
                match text.parse() {
                    Ok(number) => Value::Fraction(number),
                    Err(_) => return damage(format!("`{text}` is no number")),
                }
            }
            b'z' | b'Z' => {
                let n = usize::from(self.byte()?);
                self.text(n)?
            }
            kind @ (b's' | b't' | b'u' | b'a' | b'A') => {
                let n = self.size()?;
                let text = self.text(n)?;
                if kind == b't' {
                    self.interned.push(text.clone());
                }
                text
            }
            b'R' => {
                let n = self.size()?;
                match self.interned.get(n) {
                    Some(text) => text.clone(),
                    None => {
                        return damage(format!(
                            "text {n} is referred to, but there are {}",
                            self.interned.len()
                        ));
                    }
                }
            }
            b'r' => {
                let n = self.size()?;
                match self.references.get(n) {
                    Some(Some(value)) => value.clone(),
                    _ => return damage(format!("value {n} is referred to before it is there")),
                }
            }
            kind @ (b'(' | b'[' | b')') => {
                let n = if kind == b')' { usize::from(self.byte()?) } else { self.size()? };
                let mut items = Vec::new();
                for _ in 0..n {
                    match self.nested(depth + 1)? {
                        Some(item) => items.push(item),
                        None => return damage("a list ends before its length".to_owned()),
                    }
                }
                Value::Tuple(items.into())
            }
            b'{' => {
                let mut items = Vec::new();
                while let Some(key) = self.nested(depth + 1)? {
                    match self.nested(depth + 1)? {
                        Some(value) => items.push((key, value)),
                        None => return damage("a dictionary ends behind a key".to_owned()),
                    }
                }
                Value::Dictionary(items.into())
            }
            other => return damage(format!("type {other:#04x} is none that a profile has")),
        };
        if let Some(place) = place {
            self.references[place] = Some(value.clone());
        }
        Ok(Some(value))
    }

    /// A number of digits of fifteen bits.
    fn long(&mut self) -> Result<Value, Damage> {
        let begin = self.at;
        let n = i32::from_le_bytes(self.array()?);
        let mut value = 0_i64;
        for at in 0..n.unsigned_abs() {
            let digit = i64::from(u16::from_le_bytes(self.array()?));
            let shifted = if at < 4 { digit.checked_shl(at * 15) } else { None };
            match shifted.and_then(|digit| value.checked_add(digit)) {
                Some(sum) => value = sum,
                None => {
                    return Err(Damage { at: begin, message: "a whole number has more than 60 bits".into() });
                }
            }
        }
        Ok(Value::Whole(if n < 0 { -value } else { value }))
    }

    fn text(&mut self, n: usize) -> Result<Value, Damage> {
        Ok(Value::Text(String::from_utf8_lossy(self.take(n)?).into()))
    }

    fn size(&mut self) -> Result<usize, Damage> {
        Ok(u32::from_le_bytes(self.array()?) as usize)
    }

    fn byte(&mut self) -> Result<u8, Damage> {
        Ok(self.array::<1>()?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let bytes = self.take(N)?;
        Ok(bytes.try_into().expect("as many bytes were taken"))
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Damage> {
        let found = self.at.checked_add(n).and_then(|end| self.bytes.get(self.at..end));
        match found {
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
