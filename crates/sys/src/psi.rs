//! Pressure stall information: `/proc/pressure/{cpu,memory,io}`.
//!
//! Many distributions build it in and leave it switched off (`psi=1` on the kernel's command line switches
//! it on): reading then fails with `EOPNOTSUPP`, which is "not there" and no error.
//!
//! Source: `Documentation/accounting/psi.rst`.

use crate::proc::{lines, parse_number, words};
use std::io;

/// Which resource was short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// Storage.
    Io,
}

impl Resource {
    fn path(self) -> &'static str {
        match self {
            Self::Cpu => "/proc/pressure/cpu",
            Self::Memory => "/proc/pressure/memory",
            Self::Io => "/proc/pressure/io",
        }
    }
}

/// One line of a pressure file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PressureLine {
    /// Share of the last 10 s, 0 to 1.
    pub share_10s: f64,
    /// Share of the last 60 s.
    pub share_60s: f64,
    /// Share of the last 300 s.
    pub share_300s: f64,
    /// Time since boot in microseconds.
    pub total_micros: u64,
}

/// A pressure file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pressure {
    /// At least one task waited.
    pub some: PressureLine,
    /// All tasks waited; not printed for CPU by kernels before 5.13.
    pub full: Option<PressureLine>,
}

/// Parses a pressure file; `None` without a `some` line.
pub fn parse_pressure(bytes: &[u8]) -> Option<Pressure> {
    let mut some = None;
    let mut full = None;
    for line in lines(bytes) {
        let mut fields = words(line);
        match fields.next() {
            Some(b"some") => some = parse_line(fields),
            Some(b"full") => full = parse_line(fields),
            _ => {}
        }
    }
    some.map(|some| Pressure { some, full })
}

fn parse_line<'a>(fields: impl Iterator<Item = &'a [u8]>) -> Option<PressureLine> {
    let mut line = PressureLine::default();
    let mut seen_total = false;
    for field in fields {
        let Some(equals) = field.iter().position(|byte| *byte == b'=') else { continue };
        let value = &field[equals + 1..];
        let share = || {
            parse_number::<f64>(value).filter(|percent| percent.is_finite()).map(|percent| percent / 100.0)
        };
        match &field[..equals] {
            b"avg10" => line.share_10s = share()?,
            b"avg60" => line.share_60s = share()?,
            b"avg300" => line.share_300s = share()?,
            b"total" => {
                line.total_micros = parse_number(value)?;
                seen_total = true;
            }
            _ => {}
        }
    }
    seen_total.then_some(line)
}

/// The pressure now; `None` where the kernel has none or it is switched off.
pub fn read_pressure(resource: Resource) -> io::Result<Option<Pressure>> {
    match std::fs::read(resource.path()) {
        Ok(bytes) => Ok(parse_pressure(&bytes)),
        Err(error) => match error.raw_os_error() {
            Some(libc::EOPNOTSUPP | libc::ENOENT | libc::EACCES | libc::EPERM) => Ok(None),
            _ => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_and_totals() {
        let pressure = parse_pressure(
            b"some avg10=3.93 avg60=1.77 avg300=0.74 total=8704155\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n",
        )
        .unwrap();
        assert!((pressure.some.share_10s - 0.0393).abs() < 1e-12);
        assert_eq!(pressure.some.total_micros, 8_704_155);
        assert_eq!(pressure.full.unwrap().total_micros, 7);
        assert_eq!(parse_pressure(b"some avg10=3.93\n"), None);
        assert_eq!(parse_pressure(b""), None);
    }

    #[test]
    fn a_machine_with_and_one_without_both_answer() {
        for resource in [Resource::Cpu, Resource::Memory, Resource::Io] {
            if let Some(pressure) = read_pressure(resource).unwrap() {
                assert!((0.0..=1.0).contains(&pressure.some.share_10s));
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_pressure(&bytes);
        }
    }
}
