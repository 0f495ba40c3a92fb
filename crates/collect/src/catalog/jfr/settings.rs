//! Which events the recording has, as a settings file of JFR (`.jfc`).
//!
//! A version ignores events that it does not have. Settings of recordings that run at once are joined: the shorter
//! period, the lower threshold of the two hold for both, so ours only add to what a user records.

use std::fmt::Write;

/// What a recording is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Samples of threads: milliseconds between two of one that runs Java code.
    pub(super) cpu_millis: Option<u32>,
    /// Waits.
    pub(super) waits: bool,
    /// The JDK's number; `None` if it is not known.
    pub(super) feature: Option<u32>,
}

impl Wanted {
    /// Whether threads are sampled by their CPU time (JEP 509), not by the clock.
    pub(super) fn samples_cpu_time(&self) -> bool {
        self.cpu_millis.is_some() && self.feature.is_some_and(|feature| feature >= 25)
    }

    /// Whether allocations are sampled at a limited rate, not with every new buffer of a thread.
    pub(super) fn has_allocation_samples(&self) -> bool {
        self.feature.is_none_or(|feature| feature >= 16)
    }

    /// Whether exceptions can be limited in number: with a stack each they would slow down a program that throws many.
    fn limits_exceptions(&self) -> bool {
        self.feature.is_some_and(|feature| feature >= 25)
    }
}

/// How often a thread that runs Java code is looked at where the recording may cost one part in a hundred or less; a
/// look with a deep stack takes some 20 microseconds.
pub(super) const EXECUTION_PERIOD_MILLIS: u32 = 10;
/// The overhead that goes with it.
const USUAL_OVERHEAD: f64 = 0.01;
/// How often one that runs native code is looked at; JFR looks at one such thread at a time.
pub(super) const NATIVE_PERIOD_MILLIS: u32 = 20;
/// How often a thread is looked at if samples are wanted at this rate and may cost this fraction of its CPU time.
pub(super) fn execution_period_millis(rate_hz: f64, max_overhead: f64) -> u32 {
    let allowed = f64::from(EXECUTION_PERIOD_MILLIS) / (max_overhead / USUAL_OVERHEAD).max(1.0);
    let wanted = 1_000.0 / rate_hz.max(1.0);
    // No recorder takes less than 1 ms, or has a use for more than 1 s. Not a number becomes the least.
    allowed.max(wanted).round().clamp(1.0, 1_000.0) as u32
}

/// Waits that are shorter are left to the kernel's record. A thread has at most 1,000 of them a second.
const WAIT_THRESHOLD: &str = "1 ms";

const STACKS: (&str, &str) = ("stackTrace", "true");

/// The file's content.
pub(super) fn settings(wanted: Wanted) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration version=\"2.0\" label=\"Fathom\" \
         description=\"A recording by Fathom, which also ends it\" provider=\"Fathom\">\n",
    );
    let mut add = |name: &str, settings: &[(&str, &str)]| event(&mut out, name, settings);
    if let Some(millis) = wanted.cpu_millis {
        let period = format!("{millis} ms");
        let native = format!("{NATIVE_PERIOD_MILLIS} ms");
        if wanted.samples_cpu_time() {
            add("CPUTimeSample", &[("throttle", &period), STACKS]);
            add("CPUTimeSamplesLost", &[]);
        } else {
            add("ExecutionSample", &[("period", &period)]);
        }
        add("NativeMethodSample", &[("period", &native)]);
    }
    if wanted.has_allocation_samples() {
        add("ObjectAllocationSample", &[("throttle", "150/s"), STACKS]);
    } else {
        add("ObjectAllocationInNewTLAB", &[STACKS]);
        add("ObjectAllocationOutsideTLAB", &[STACKS]);
    }
    if wanted.waits {
        for name in
            ["JavaMonitorEnter", "JavaMonitorWait", "ThreadPark", "ThreadSleep", "VirtualThreadPinned"]
        {
            add(name, &[("threshold", WAIT_THRESHOLD), STACKS]);
        }
        for name in ["SocketRead", "SocketWrite", "FileRead", "FileWrite", "FileForce"] {
            add(name, &[("threshold", WAIT_THRESHOLD), ("throttle", "1000/s"), STACKS]);
        }
    }
    for name in ["GarbageCollection", "GCPhasePause"] {
        add(name, &[("threshold", "0 ms")]);
    }
    add("GCHeapSummary", &[]);
    add("MetaspaceSummary", &[]);
    add("Compilation", &[("threshold", "50 ms")]);
    add("SafepointBegin", &[("threshold", "1 ms")]);
    add("ExecuteVMOperation", &[("threshold", "1 ms")]);
    add("JavaErrorThrow", &[STACKS]);
    if wanted.limits_exceptions() {
        add("JavaExceptionThrow", &[("throttle", "100/s"), STACKS]);
    }
    for name in ["ExceptionStatistics", "ClassLoadingStatistics", "JavaThreadStatistics"] {
        add(name, &[("period", "1 s")]);
    }
    add("CodeCacheStatistics", &[("period", "10 s")]);
    // Periods as they are, whoever asked for them.
    add("ActiveSetting", &[]);
    out.push_str("</configuration>\n");
    out
}

fn event(out: &mut String, name: &str, settings: &[(&str, &str)]) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<event name=\"jdk.{name}\"><setting name=\"enabled\">true</setting>");
    for (setting, value) in settings {
        let _ = write!(out, "<setting name=\"{setting}\">{value}</setting>");
    }
    out.push_str("</event>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_get_the_samplers_they_have() {
        let of = |feature| settings(Wanted { cpu_millis: Some(10), waits: true, feature });
        let has = |text: &str, event: &str| text.contains(&format!("\"jdk.{event}\""));
        let (of_11, of_17, of_25, unknown) = (of(Some(11)), of(Some(17)), of(Some(25)), of(None));
        assert!(has(&of_11, "ExecutionSample") && has(&of_11, "ObjectAllocationInNewTLAB"));
        assert!(has(&of_17, "ExecutionSample") && has(&of_17, "ObjectAllocationSample"));
        assert!(!has(&of_17, "CPUTimeSample") && !has(&of_17, "JavaExceptionThrow"));
        assert!(has(&of_25, "CPUTimeSample") && !has(&of_25, "ExecutionSample"));
        assert!(has(&unknown, "ExecutionSample") && !has(&unknown, "JavaExceptionThrow"));
    }

    #[test]
    fn threads_are_looked_at_as_often_as_is_wanted_and_may_be_paid() {
        let period = execution_period_millis;
        assert_eq!((period(499.0, 0.01), period(499.0, 0.0), period(49.0, 0.01)), (10, 10, 20));
        assert_eq!((period(499.0, 0.02), period(499.0, 1.0), period(9_999.0, 1.0)), (5, 2, 1));
        assert_eq!((period(0.0, 0.01), period(f64::INFINITY, f64::NAN)), (1_000, 10));
    }

    #[test]
    fn what_is_not_wanted_is_left_out() {
        let text = settings(Wanted { cpu_millis: None, waits: false, feature: Some(17) });
        for event in ["ExecutionSample", "NativeMethodSample", "ThreadPark", "SocketRead"] {
            assert!(!text.contains(event), "{event}");
        }
        assert_eq!(text.matches("<event ").count(), text.matches("</event>").count());
    }
}
