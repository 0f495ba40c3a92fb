//! Numbers that rules compare with: each has a default, a reason and a source.

use std::fmt;

/// A number that a rule compares with, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Threshold {
    /// Its name in settings: `[rules."cpu/hot-function"] least-share = "5 %"`.
    pub name: &'static str,
    /// The number.
    pub default: Quantity,
    /// Why this one.
    pub reason: &'static str,
    /// Who says so.
    pub source: &'static str,
}

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// Between 0 and 1.
    Share(f64),
    /// A length of time.
    Nanos(i64),
    /// A plain number.
    Count(f64),
    /// A number each second.
    PerSecond(f64),
}

impl Quantity {
    /// The plain number: a share between 0 and 1, nanoseconds, a count.
    pub fn number(self) -> f64 {
        match self {
            Self::Share(number) | Self::Count(number) | Self::PerSecond(number) => number,
            Self::Nanos(nanos) => nanos as f64,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(share) => write!(f, "{} %", (share * 1000.0).round() / 10.0),
            Self::Nanos(nanos) => write!(f, "{} ms", *nanos as f64 / 1e6),
            Self::Count(count) => write!(f, "{count}"),
            Self::PerSecond(rate) => write!(f, "{rate} a second"),
        }
    }
}

/// Declares a threshold; its documentation is the reason.
macro_rules! threshold {
    (
        $(#[doc = $reason:literal])+
        $name:ident = $text:literal, $kind:ident($default:expr), source: $source:literal
    ) => {
        $(#[doc = $reason])+
        pub(crate) const $name: $crate::threshold::Threshold = $crate::threshold::Threshold {
            name: $text,
            default: $crate::threshold::Quantity::$kind($default),
            reason: concat!($($reason),+),
            source: $source,
        };
    };
}
pub(crate) use threshold;
