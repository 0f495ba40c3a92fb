//! Numbers of JSON: whole ones exactly, all others as binary fractions.

/// Longer ones are no numbers that any writer puts out.
pub(super) const MOST_BYTES: usize = 400;
/// Nanoseconds and bytes beyond this are no measurement.
const MOST_WHOLE: f64 = 9.0e18;

/// A number as the file has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Fraction(f64),
}

pub(super) fn may_hold(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}

impl Number {
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Self::Whole(whole));
        }
        match text {
            "NaN" => Some(Self::Fraction(f64::NAN)),
            "Infinity" => Some(Self::Fraction(f64::INFINITY)),
            "-Infinity" => Some(Self::Fraction(f64::NEG_INFINITY)),
            // Rust's own parser also takes `inf` and the like.
            _ if text.bytes().any(|byte| byte.is_ascii_alphabetic() && !b"eE".contains(&byte)) => None,
            _ => text.parse().ok().map(Self::Fraction),
        }
    }

    /// As a binary fraction.
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Fraction(fraction) => fraction,
        }
    }

    /// The number as an index.
    pub(crate) fn as_index(self) -> Option<usize> {
        match self {
            Self::Whole(whole) => usize::try_from(whole).ok(),
            Self::Fraction(fraction) if (0.0..4e15).contains(&fraction) && fraction.fract() == 0.0 => {
                Some(fraction as usize)
            }
            Self::Fraction(_) => None,
        }
    }

    /// The number times `factor`, rounded; `None` for what is no measurement: not finite, or beyond 9e18.
    pub(crate) fn scaled(self, factor: i64) -> Option<i64> {
        match self {
            Self::Whole(whole) => whole.checked_mul(factor),
            Self::Fraction(fraction) => scaled(fraction, factor as f64),
        }
    }
}

/// A fraction times `factor`, rounded; `None` for what is no measurement.
fn scaled(fraction: f64, factor: f64) -> Option<i64> {
    let product = (fraction * factor).round();
    (product.abs() <= MOST_WHOLE).then_some(product as i64)
}

/// A plain decimal times ten to the power of `places`, rounded half away from zero; `None` for other numbers and for
/// those beyond 64 bits.
pub(super) fn decimal(text: &[u8], places: u32) -> Option<i64> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let mut value = 0_i128;
    let mut left = None;
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                let digit = i128::from(byte - b'0');
                match left {
                    None => value = value * 10 + digit,
                    Some(0) => {
                        value += i128::from(digit >= 5);
                        left = Some(-1);
                    }
                    Some(n) if n > 0 => {
                        value = value * 10 + digit;
                        left = Some(n - 1);
                    }
                    // Digits behind the one that rounds.
                    Some(_) => {}
                }
            }
            b'.' if left.is_none() => left = Some(places as i32),
            _ => return None,
        }
        if value > i128::from(i64::MAX) * 10 {
            return None;
        }
    }
    for _ in 0..left.unwrap_or(places as i32) {
        value = value.checked_mul(10)?;
    }
    i64::try_from(if is_negative { -value } else { value }).ok()
}
