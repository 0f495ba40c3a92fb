//! Values of variables as Python would write them, cut where they are long, without what looks like a secret.

use super::objects::{Objects, Type};
use crate::read_error::ReadError;
use crate::runtime::Locals;
use fathom_model::secrets::{looks_secret, names_secret};

/// Longest text of a value, in characters.
const MAX_CHARS: usize = 120;
/// Members of a container that are shown, and containers within containers.
const MAX_MEMBERS: usize = 5;
const MAX_DEPTH: usize = 4;
/// Values read for one variable, members of members included.
const MAX_VALUES: usize = 64;
/// Digits of 30 bits of numbers that are written out.
const MAX_DIGITS: u64 = 64;
/// Of a longer byte string the first are read.
const MAX_BYTES: u64 = 512;
const REDACTED: &str = "<redacted>";

/// `Py_TPFLAGS_*_SUBCLASS`.
const IS_INT: u64 = 1 << 24;
const IS_LIST: u64 = 1 << 25;
const IS_TUPLE: u64 = 1 << 26;
const IS_BYTES: u64 = 1 << 27;
const IS_TEXT: u64 = 1 << 28;
const IS_DICT: u64 = 1 << 29;
const IS_EXCEPTION: u64 = 1 << 30;
const IS_TYPE: u64 = 1 << 31;

/// The value of the variable `name`, on one line.
pub(super) fn show(objects: &Objects<'_>, name: &str, value: u64, locals: Locals) -> String {
    if locals == Locals::Redacted && names_secret(name) {
        return REDACTED.to_owned();
    }
    let mut shown = Shown { objects, locals, path: Vec::new(), n_values: 0 };
    cut(&shown.value(value))
}

struct Shown<'a> {
    objects: &'a Objects<'a>,
    locals: Locals,
    /// Containers that are being shown.
    path: Vec<u64>,
    n_values: usize,
}

impl Shown<'_> {
    fn value(&mut self, object: u64) -> String {
        self.n_values += 1;
        if self.n_values > MAX_VALUES {
            return "…".to_owned();
        }
        let Ok(class) = self.objects.type_of(object) else { return format!("<unreadable at {object:#x}>") };
        match self.of_type(object, &class) {
            Ok(Some(text)) => text,
            Ok(None) => self.plain(object, &class),
            Err(_) => format!("<unreadable {} at {object:#x}>", class.name),
        }
    }

    /// `None` for types that have no form of their own.
    fn of_type(&mut self, object: u64, class: &Type) -> Result<Option<String>, ReadError> {
        let is = |flag: u64| class.flags & flag != 0;
        let (text, plain_name) = match class.name.as_str() {
            "NoneType" => return Ok(Some("None".to_owned())),
            "ellipsis" => return Ok(Some("...".to_owned())),
            "NotImplementedType" => return Ok(Some("NotImplemented".to_owned())),
            "bool" => {
                let is_true = self.objects.int_size(object)?.1 != 0;
                return Ok(Some(if is_true { "True" } else { "False" }.to_owned()));
            }
            "float" => return self.float(object).map(Some),
            "set" | "frozenset" => (self.set(object)?, "set"),
            _ if is(IS_INT) => (self.int(object)?, "int"),
            _ if is(IS_TEXT) => (self.text(object)?, "str"),
            _ if is(IS_BYTES) => (self.bytes(object)?, "bytes"),
            _ if is(IS_LIST) => (self.within(object, "[...]", Self::list)?, "list"),
            _ if is(IS_TUPLE) => (self.within(object, "(...)", Self::tuple)?, "tuple"),
            _ if is(IS_DICT) => (self.within(object, "{...}", Self::dict)?, "dict"),
            _ if is(IS_TYPE) => {
                let named = self.objects.type_at(object)?;
                return Ok(Some(format!("<class {}>", self.name(&named))));
            }
            _ => return Ok(None),
        };
        // `Color(1)`, `OrderedDict({…})`.
        let is_plain = class.name == plain_name;
        Ok(Some(if is_plain { text } else { format!("{}({text})", self.name(class)) }))
    }

    fn plain(&self, object: u64, class: &Type) -> String {
        let what = if class.flags & IS_EXCEPTION != 0 { "exception " } else { "" };
        format!("<{what}{} at {object:#x}>", self.name(class))
    }

    fn name(&self, class: &Type) -> String {
        let module = if class.is_class() { self.objects.module_of(class) } else { None };
        match module {
            Some(module)
                if !matches!(module.as_str(), "builtins" | "__main__") && !class.name.contains('.') =>
            {
                format!("{module}.{}", class.name)
            }
            _ => class.name.clone(),
        }
    }

    /// A container, unless it is one that contains this one.
    fn within(
        &mut self,
        object: u64,
        cycle: &str,
        show: impl Fn(&mut Self, u64) -> Result<String, ReadError>,
    ) -> Result<String, ReadError> {
        if self.path.contains(&object) || self.path.len() >= MAX_DEPTH {
            return Ok(cycle.to_owned());
        }
        self.path.push(object);
        let text = show(self, object);
        self.path.pop();
        text
    }

    fn members(&mut self, members: &[u64], length: u64) -> String {
        let mut texts: Vec<String> = members.iter().map(|member| self.value(*member)).collect();
        if length > members.len() as u64 {
            texts.push(format!("… {length} in all"));
        }
        texts.join(", ")
    }

    fn list(&mut self, object: u64) -> Result<String, ReadError> {
        let (members, length) = self.objects.list(object, MAX_MEMBERS)?;
        Ok(format!("[{}]", self.members(&members, length)))
    }

    fn tuple(&mut self, object: u64) -> Result<String, ReadError> {
        let (members, length) = self.objects.tuple(object, MAX_MEMBERS)?;
        let comma = if length == 1 { "," } else { "" };
        Ok(format!("({}{comma})", self.members(&members, length)))
    }

    fn set(&mut self, object: u64) -> Result<String, ReadError> {
        let (members, length) = self.objects.set(object, MAX_MEMBERS)?;
        if length == 0 {
            return Ok("set()".to_owned());
        }
        Ok(format!("{{{}}}", self.members(&members, length)))
    }

    fn dict(&mut self, object: u64) -> Result<String, ReadError> {
        let (entries, length) = self.objects.dict(object, MAX_MEMBERS)?;
        let mut texts = Vec::with_capacity(entries.len());
        for (key, value) in &entries {
            let is_secret = self.locals == Locals::Redacted
                && self.objects.text(*key).is_ok_and(|name| names_secret(&name));
            let key = self.value(*key);
            let value = if is_secret { REDACTED.to_owned() } else { self.value(*value) };
            texts.push(format!("{key}: {value}"));
        }
        if length > entries.len() as u64 {
            texts.push(format!("… {length} in all"));
        }
        Ok(format!("{{{}}}", texts.join(", ")))
    }

    fn float(&self, object: u64) -> Result<String, ReadError> {
        let bits = self.objects.word("a number", object, self.objects.layout.objects.float_value)?;
        let value = f64::from_bits(bits);
        Ok(if value.is_nan() { "nan".to_owned() } else { format!("{value:?}") })
    }

    fn int(&self, object: u64) -> Result<String, ReadError> {
        let (is_negative, n_digits) = self.objects.int_size(object)?;
        let sign = if is_negative { "-" } else { "" };
        if n_digits > MAX_DIGITS {
            return Ok(format!("<{sign}int of some {} bits>", n_digits.saturating_mul(30)));
        }
        Ok(format!("{sign}{}", decimal(&self.objects.int_digits(object, n_digits)?)))
    }

    fn text(&self, object: u64) -> Result<String, ReadError> {
        let length = self.objects.word("a text's length", object, self.objects.layout.text_length)?;
        let text = self.objects.text(object)?;
        if self.locals == Locals::Redacted && looks_secret(&text) {
            return Ok(REDACTED.to_owned());
        }
        let is_cut = length > MAX_CHARS as u64;
        let shown: String = text.chars().take(MAX_CHARS).collect();
        let quoted = quoted(&shown, if is_cut { "…" } else { "" });
        Ok(if is_cut { format!("{quoted} ({length} characters)") } else { quoted })
    }

    fn bytes(&self, object: u64) -> Result<String, ReadError> {
        let layout = self.objects.layout;
        let length = self.objects.word("a byte string's length", object, layout.sequence_size)?;
        let data = object.wrapping_add(layout.bytes_data);
        let bytes = self.objects.snapshot.bytes("a byte string", data, length.min(MAX_BYTES) as usize)?;
        if self.locals == Locals::Redacted && looks_secret(&String::from_utf8_lossy(&bytes)) {
            return Ok(REDACTED.to_owned());
        }
        let is_cut = length > MAX_CHARS as u64;
        let shown = bytes[..bytes.len().min(MAX_CHARS)].escape_ascii().to_string();
        Ok(match is_cut {
            true => format!("b'{shown}…' ({length} bytes)"),
            false => format!("b'{shown}'"),
        })
    }
}

/// As `repr` writes it, but for the choice of quotes.
fn quoted(text: &str, end: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for character in text.chars() {
        match character {
            '\'' => quoted.push_str("\\'"),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push_str(end);
    quoted.push('\'');
    quoted
}

/// Digits of 30 bits, the least first, in base ten.
fn decimal(digits: &[u32]) -> String {
    const BASE: u64 = 1_000_000_000;
    // Groups of nine decimal digits, the least first.
    let mut groups: Vec<u64> = vec![0];
    for digit in digits.iter().rev() {
        let mut carry = u64::from(*digit);
        for group in &mut groups {
            let sum = (*group << 30) + carry;
            (*group, carry) = (sum % BASE, sum / BASE);
        }
        while carry > 0 {
            groups.push(carry % BASE);
            carry /= BASE;
        }
    }
    let mut text = groups.last().map_or("0".to_owned(), u64::to_string);
    text.extend(groups.iter().rev().skip(1).map(|group| format!("{group:09}")));
    text
}

/// Cuts what is too long: `1234… (200 characters)`.
fn cut(text: &str) -> String {
    // What was cut already says its length behind the value.
    const SLACK: usize = 40;
    let length = text.chars().count();
    if length <= MAX_CHARS + SLACK {
        return text.to_owned();
    }
    text.chars().take(MAX_CHARS).chain(format!("… ({length} characters)").chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size() {
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[7]), "7");
        assert_eq!(decimal(&[0, 1]), (1u64 << 30).to_string());
        assert_eq!(decimal(&[(1 << 30) - 1; 4]), ((1u128 << 120) - 1).to_string());
        // 2^130.
        assert_eq!(decimal(&[0, 0, 0, 0, 1 << 10]), "1361129467683753853853498429727072845824");
    }

    #[test]
    fn texts_are_quoted_and_cut() {
        assert_eq!(quoted("it's\n\u{7}", ""), "'it\\'s\\n\\x07'");
        assert_eq!(cut("short"), "short");
        let long = cut(&"9".repeat(500));
        assert_eq!(long.chars().take_while(|c| *c == '9').count(), MAX_CHARS);
        assert!(long.ends_with("… (500 characters)"), "{long}");
    }
}
