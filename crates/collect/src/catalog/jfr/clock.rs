//! From the wall clock of a recording to the clock of ours.

use fathom_sys::clock::{monotonic_nanos, realtime_nanos};

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClockReading {
    monotonic_nanos: i64,
    /// Wall clock less monotonic clock.
    offset_nanos: i64,
    /// How long reading both took.
    width_nanos: i64,
}

impl ClockReading {
    /// Reads both, the wall clock in the middle; of several tries the narrowest.
    pub(super) fn now() -> Self {
        let read = || {
            let before = monotonic_nanos();
            let wall = realtime_nanos();
            let after = monotonic_nanos();
            let middle = before + (after - before) / 2;
            Self { monotonic_nanos: middle, offset_nanos: wall - middle, width_nanos: after - before }
        };
        (0..4)
            .map(|_| read())
            .fold(read(), |best, one| if one.width_nanos < best.width_nanos { one } else { best })
    }
}

/// The way from one clock to the other between two readings.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClockMap {
    begin: ClockReading,
    end: ClockReading,
}

impl ClockMap {
    pub(super) fn new(begin: ClockReading, end: ClockReading) -> Self {
        Self { begin, end }
    }

    /// `CLOCK_MONOTONIC` nanoseconds of a moment by the wall clock. What the wall clock was moved by between the
    /// readings is spread over the time between them.
    pub(super) fn monotonic(&self, wall_nanos: i64) -> i64 {
        let length = self.end.monotonic_nanos.saturating_sub(self.begin.monotonic_nanos).max(1);
        let drift = self.end.offset_nanos.saturating_sub(self.begin.offset_nanos);
        let early = wall_nanos.saturating_sub(self.begin.offset_nanos);
        let since = early.saturating_sub(self.begin.monotonic_nanos).clamp(0, length);
        let moved = (i128::from(drift) * i128::from(since) / i128::from(length)) as i64;
        early.saturating_sub(moved)
    }

    /// How far off that may be, nanoseconds.
    pub(super) fn error_nanos(&self) -> i64 {
        let drift = self.end.offset_nanos.saturating_sub(self.begin.offset_nanos).saturating_abs();
        drift.saturating_add(self.begin.width_nanos.max(self.end.width_nanos))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(monotonic_nanos: i64, offset_nanos: i64) -> ClockReading {
        ClockReading { monotonic_nanos, offset_nanos, width_nanos: 30 }
    }

    #[test]
    fn drift_is_spread_over_the_time_between() {
        let map = ClockMap::new(reading(1_000, 50_000), reading(11_000, 50_100));
        assert_eq!(map.monotonic(51_000), 1_000);
        assert_eq!(map.monotonic(56_050), 6_000);
        assert_eq!(map.monotonic(61_100), 11_000);
        assert_eq!(map.monotonic(50_000), 0, "before the start");
        assert_eq!(map.error_nanos(), 130);
    }

    #[test]
    fn any_time_is_mapped() {
        let map = ClockMap::new(reading(i64::MIN, i64::MAX), reading(i64::MAX, i64::MIN));
        for wall in [i64::MIN, 0, i64::MAX] {
            let _ = map.monotonic(wall);
        }
        assert_eq!(map.error_nanos(), i64::MAX);
        let now = ClockReading::now();
        let here = ClockMap::new(now, now);
        assert!((here.monotonic(realtime_nanos()) - monotonic_nanos()).abs() < 1_000_000_000);
    }
}
