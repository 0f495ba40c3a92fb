//! A line of the log: fields between commas, with the quotes of old versions and the escapes of new ones.

/// The fields of a line.
pub(super) fn fields(line: &str) -> Vec<String> {
    let mut fields = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let (field, behind) = match text.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted),
            None => match text.split_once(',') {
                Some((field, behind)) => (unescaped(field), Some(behind)),
                None => (unescaped(text), None),
            },
        };
        fields.push(field);
        rest = behind;
    }
    fields
}

/// Up to the closing quote; two quotes are one.
fn quoted_field(text: &str) -> (String, Option<&str>) {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let Some((before, behind)) = rest.split_once('"') else {
            field.push_str(rest);
            return (unescaped(&field), None);
        };
        field.push_str(before);
        match behind.strip_prefix('"') {
            Some(more) => {
                field.push('"');
                rest = more;
            }
            // What stands between a closing quote and the comma is nothing.
            None => return (unescaped(&field), behind.split_once(',').map(|(_, behind)| behind)),
        }
    }
}

/// `\n`, `\\`, `\x2C` and `\u0000`.
fn unescaped(field: &str) -> String {
    if !field.contains('\\') {
        return field.to_owned();
    }
    let mut text = String::with_capacity(field.len());
    let mut rest = field;
    while let Some((before, behind)) = rest.split_once('\\') {
        text.push_str(before);
        let length = match behind.as_bytes().first() {
            Some(b'n') => {
                text.push('\n');
                rest = &behind[1..];
                continue;
            }
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'\\') => {
                text.push('\\');
                rest = &behind[1..];
                continue;
            }
            _ => {
                rest = behind;
                continue;
            }
        };
        let code = behind.get(1..1 + length).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = &behind[1 + length..];
            }
            None => rest = behind,
        }
    }
    text.push_str(rest);
    text
}

/// A number as V8 writes it: `0x1f` or `31`.
pub(super) fn number(field: &str) -> Option<u64> {
    match field.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => field.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_all_versions_are_read() {
        assert_eq!(fields(r#"a,"b ""c"", d",0x1f,"#), ["a", "b \"c\", d", "0x1f", ""]);
        assert_eq!(fields(r"x,a\x2Cb\u00e9\n\\,\q\x"), ["x", "a,b\u{e9}\n\\", "qx"]);
        assert_eq!(fields(r#""open"#), ["open"]);
        assert_eq!((number("0x1f"), number("31"), number("-1")), (Some(31), Some(31), None));
    }
}
