//! Numbers as they are written, without the rounding of floats where it can be helped.

/// Longer ones are no numbers that any writer puts out.
pub(super) const MOST_BYTES: usize = 400;
/// Nanoseconds and bytes beyond this are no measurement.
const MOST_WHOLE: f64 = 9.0e18;
/// As many digits fit into 64 bits whatever they are.
const SAFE_DIGITS: usize = 18;

/// A number: a whole one exactly, all others as binary fractions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Fraction(f64),
}

impl Number {
    /// A number of JSON, or one of the words that floats of C and JavaScript print.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if (1..=SAFE_DIGITS).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
            let whole = bytes.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
            return Some(Self::Whole(whole));
        }
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Self::Whole(whole));
        }
        match text {
            "NaN" | "nan" | "-nan" => Some(Self::Fraction(f64::NAN)),
            "Infinity" | "inf" => Some(Self::Fraction(f64::INFINITY)),
            "-Infinity" | "-inf" => Some(Self::Fraction(f64::NEG_INFINITY)),
            // Rust's own parser also takes other spellings of these.
            _ if bytes.iter().any(|byte| byte.is_ascii_alphabetic() && !b"eE".contains(byte)) => None,
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
            Self::Fraction(fraction) => {
                let product = (fraction * factor as f64).round();
                (product.abs() <= MOST_WHOLE).then_some(product as i64)
            }
        }
    }
}

/// A number of units as a whole number of parts, `10^places` of them to a unit: `"12.5"` is 12,500 with three places.
/// What lies behind is cut; what is beyond the range is its end. `None` for what is no number.
pub(crate) fn decimal_scaled(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    match Plain::read(text, places) {
        // One less than the least number, which nothing measures.
        Some(plain) => Some(plain.cut().clamp(-i128::from(i64::MAX), i128::from(i64::MAX)) as i64),
        // An exponent, or no number at all. The cast saturates.
        None => {
            let value: f64 = text.parse().ok()?;
            value.is_finite().then(|| (value * 10_f64.powi(places as i32)).round() as i64)
        }
    }
}

/// The same, rounded half away from zero; `None` also for numbers with an exponent and for those beyond 64 bits.
pub(super) fn decimal_rounded(text: &str, places: u32) -> Option<i64> {
    let plain = Plain::read(text, places)?;
    i64::try_from(plain.rounded()).ok()
}

/// A whole number; one with a fraction is cut.
pub(crate) fn integer(text: &str) -> Option<i64> {
    decimal_scaled(text, 0)
}

/// A plain decimal, exact.
struct Plain {
    is_negative: bool,
    /// Parts, cut; more than a number of 64 bits has are at most twice as many.
    parts: u64,
    /// Whether half a part or more was cut off.
    is_rounded_up: bool,
}

impl Plain {
    /// Reads digits with a sign and a point; `None` for anything else.
    fn read(text: &str, places: u32) -> Option<Self> {
        let (is_negative, digits) = match text.as_bytes() {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] => (false, digits),
            digits => (false, digits),
        };
        let mut parts = 0_u64;
        let mut is_rounded_up = false;
        // Places behind the point that are still to come.
        let mut left = None;
        let mut n_digits = 0_usize;
        for byte in digits {
            match (byte, left) {
                (b'0'..=b'9', _) => {
                    n_digits += 1;
                    let digit = u64::from(byte - b'0');
                    match left {
                        None => parts = parts.saturating_mul(10).saturating_add(digit),
                        Some(0) => {
                            is_rounded_up = digit >= 5;
                            left = Some(-1);
                        }
                        Some(n) if n > 0 => {
                            parts = parts.saturating_mul(10).saturating_add(digit);
                            left = Some(n - 1);
                        }
                        // Digits behind the one that rounds.
                        Some(_) => {}
                    }
                }
                (b'.', None) => left = Some(i64::from(places)),
                _ => return None,
            }
        }
        for _ in 0..left.unwrap_or(i64::from(places)) {
            parts = parts.saturating_mul(10);
        }
        (n_digits > 0).then_some(Self { is_negative, parts, is_rounded_up })
    }

    fn cut(&self) -> i128 {
        let parts = i128::from(self.parts);
        if self.is_negative { -parts } else { parts }
    }

    fn rounded(&self) -> i128 {
        let step = i128::from(self.is_rounded_up);
        self.cut() + if self.is_negative { -step } else { step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_not_rounded() {
        for (text, expected) in [
            ("1700000000000000.123", Some(1_700_000_000_000_000_123)),
            ("-0.5", Some(-500)),
            ("14", Some(14_000)),
            (".5", Some(500)),
            ("1e3", Some(1_000_000)),
            ("1.23456", Some(1_234)),
            ("99999999999999999999", Some(i64::MAX)),
            ("1e300", Some(i64::MAX)),
            ("", None),
            (".", None),
            ("1.2.3", None),
            ("abc", None),
            ("inf", None),
            ("infinite", None),
        ] {
            assert_eq!(decimal_scaled(text, 3), expected, "{text}");
        }
        assert_eq!(integer("-7.9"), Some(-7));
    }

    #[test]
    fn decimals_are_rounded_where_that_is_asked() {
        for (text, expected) in [
            ("9223372036854.775807", Some(i64::MAX)),
            ("-9223372036854.775808", Some(i64::MIN)),
            ("1.0000005", Some(1_000_001)),
            ("-0.0000015", Some(-2)),
            ("-0.00000149", Some(-1)),
            ("1.5e3", None),
            ("9223372036855", None),
            ("99999999999999999999999999999999999999999999999999", None),
        ] {
            assert_eq!(decimal_rounded(text, 6), expected, "{text}");
        }
    }
}
