//! Numbers with a unit: `120ms`, `5MiB`, `31%`, `7`. Knows no field names.

use fathom_model::Unit;

const TIME_UNITS: [(&str, i64); 5] =
    [("min", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
const BYTE_UNITS: [(&str, i64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// A parsed number: `value` is in nanoseconds, bytes, a share, or a count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity {
    pub(crate) unit: Unit,
    pub(crate) value: f64,
    /// The same as an integer, exact where the text held an integer.
    pub(crate) integer: i64,
}

/// Reads a quantity; `None` if it is none.
pub(crate) fn parse_quantity(text: &str) -> Option<Quantity> {
    let digits =
        text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let (unit, factor) = match suffix {
        "" => (Unit::Count, 1),
        "%" => (Unit::Ratio, 1),
        _ => find_unit(suffix)?,
    };
    let float: f64 = number.parse().ok()?;
    let exact = number.parse::<i64>().ok().and_then(|whole| whole.checked_mul(factor));
    if unit == Unit::Ratio {
        return Some(Quantity { unit, value: float / 100.0, integer: 0 });
    }
    let value = float * factor as f64;
    Some(Quantity { unit, value, integer: exact.unwrap_or(value.round() as i64) })
}

/// The shortest text that reads back as the same integer.
pub(crate) fn print_integer(unit: Unit, value: i64) -> String {
    let units: &[(&str, i64)] = match unit {
        Unit::Nanoseconds => &TIME_UNITS[1..],
        Unit::Bytes => &BYTE_UNITS,
        Unit::Count | Unit::Ratio => return value.to_string(),
    };
    let (suffix, factor) = units.iter().find(|(_, factor)| value % factor == 0).copied().unwrap_or(("", 1));
    let suffix = if value == 0 { units.last().map_or("", |unit| unit.0) } else { suffix };
    let factor = if value == 0 { 1 } else { factor };
    format!("{}{suffix}", value / factor)
}

/// A series value; fractions keep all their digits.
pub(crate) fn print_float(unit: Unit, value: f64) -> String {
    if unit == Unit::Ratio {
        return format!("{}%", value * 100.0);
    }
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return print_integer(unit, value as i64);
    }
    let suffix = match unit {
        Unit::Nanoseconds => "ns",
        Unit::Bytes => "B",
        Unit::Count | Unit::Ratio => "",
    };
    format!("{value}{suffix}")
}

fn find_unit(suffix: &str) -> Option<(Unit, i64)> {
    let find =
        |units: &[(&str, i64)]| units.iter().find(|(name, _)| *name == suffix).map(|(_, factor)| *factor);
    find(&TIME_UNITS)
        .map(|factor| (Unit::Nanoseconds, factor))
        .or_else(|| find(&BYTE_UNITS).map(|factor| (Unit::Bytes, factor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_read_back() {
        for value in [0, 1, 999, 1_000, 1_500, 120_000_000, 2_000_000_000, 60_000_000_000, i64::MAX, -5_000] {
            for unit in [Unit::Nanoseconds, Unit::Bytes, Unit::Count] {
                let text = print_integer(unit, value);
                let read = parse_quantity(&text).unwrap();
                assert_eq!((read.unit, read.integer), (unit, value), "{text}");
            }
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "s", "12 s", "1xs", "--3", "1.2.3ms"] {
            assert_eq!(parse_quantity(text), None, "{text}");
        }
    }
}
