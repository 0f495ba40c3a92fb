//! Numbers as they are written, without the rounding of floats where it can be helped.

/// A number of units as a whole number of parts, `10^decimals` of them to a unit: `"12.5"` is 12,500 with three
/// decimals. What lies behind is cut; what is beyond the range is its end. `None` for what is no number.
pub(crate) fn decimal_scaled(text: &str, decimals: u32) -> Option<i64> {
    let bytes = text.trim().as_bytes();
    let (is_negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, bytes),
    };
    if !digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') {
        // An exponent, or no number at all.
        let value: f64 = text.trim().parse().ok()?;
        // The cast saturates.
        return value.is_finite().then(|| (value * 10_f64.powi(decimals as i32)).round() as i64);
    }
    let mut parts = digits.split(|byte| *byte == b'.');
    let (whole, fraction) = (parts.next()?, parts.next().unwrap_or_default());
    if parts.next().is_some() || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let fraction = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(decimals as usize);
    let value = whole
        .iter()
        .copied()
        .chain(fraction)
        .fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    Some(if is_negative { -value } else { value })
}

/// A whole number; one with a fraction is cut.
pub(crate) fn integer(text: &str) -> Option<i64> {
    decimal_scaled(text, 0)
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
        ] {
            assert_eq!(decimal_scaled(text, 3), expected, "{text}");
        }
        assert_eq!(integer("-7.9"), Some(-7));
    }
}
