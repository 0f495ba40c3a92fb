//! What one sample costs the thread it is taken from, measured on this machine before the target starts.
//!
//! A short loop is timed with and without a fast sampling event on this very thread, in alternating pairs;
//! the cost is the difference of the two shortest times divided by the samples taken (whatever else runs on
//! the machine can only lengthen a time); loops in which the thread was preempted do not count. The stack below the loop is deep enough that the whole copy is
//! paid for.

use fathom_sys::clock::monotonic_nanos;
use fathom_sys::limits::thread_switches;
use fathom_sys::perf_attr::{EventSpec, Pace, Source};
use fathom_sys::perf_event::PerfEvent;
use fathom_sys::perf_ring::PerfRing;
use std::hint::black_box;

const PAIRS: usize = 7;
const LOOP_NANOS: i64 = 1_500_000;
const PERIOD_NANOS: u64 = 40_000;
/// Taken when the measurement is not possible; the upper end of what was measured (docs/evidence/cost.md).
const FALLBACK_NANOS: f64 = 12_000.0;
/// From bare metal to a nested virtual machine with 64 KiB copies; what lies outside is noise.
const PLAUSIBLE_NANOS: std::ops::Range<f64> = 300.0..150_000.0;

/// Nanoseconds of the target's time that a sample takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleCost {
    /// A sample that a timer or counter interrupts for.
    pub interrupt_nanos: f64,
    /// A stack taken at a switch: the same without the interrupt.
    pub switch_nanos: f64,
}

/// Measures samples of events like `spec`.
pub(super) fn measure_cost(spec: &EventSpec) -> SampleCost {
    let interrupt_nanos =
        measure(spec).filter(|nanos| PLAUSIBLE_NANOS.contains(nanos)).unwrap_or(FALLBACK_NANOS);
    let mut bare = *spec;
    bare.stack_bytes = 0;
    bare.user_registers = false;
    bare.kernel_callchain = false;
    let bare_nanos = measure(&bare).unwrap_or(0.0);
    // What is left when the interrupt is taken away, but never less than a fifth: noise can swallow it.
    let switch_nanos = (interrupt_nanos - bare_nanos).max(interrupt_nanos / 5.0);
    SampleCost { interrupt_nanos, switch_nanos }
}

fn measure(spec: &EventSpec) -> Option<f64> {
    let mut own = *spec;
    own.source = Source::CpuClock;
    own.pace = Pace::Period(PERIOD_NANOS);
    own.inherit = false;
    own.enable_on_exec = false;
    own.side_band = false;
    own.switches = false;
    own.disabled = true;
    let event = PerfEvent::open(&own, 0, -1).ok()?;
    let mut ring = PerfRing::map(&event, 4 << 20).or_else(|_| PerfRing::map(&event, 256 << 10)).ok()?;
    let rounds = rounds_for(LOOP_NANOS);
    let (mut least_plain, mut least_sampled) = (i64::MAX, None);
    for _ in 0..PAIRS {
        let before = thread_switches();
        let plain = with_deep_stack(rounds);
        let between = thread_switches();
        event.enable().ok()?;
        let sampled = with_deep_stack(rounds);
        event.disable().ok()?;
        let after = thread_switches();
        let mut n_samples = 0;
        ring.refresh();
        while ring.current().is_some() {
            n_samples += 1;
            ring.advance();
        }
        ring.release();
        if between == before {
            least_plain = least_plain.min(plain);
        }
        if n_samples > 0 && after == between && least_sampled.is_none_or(|(least, _)| sampled < least) {
            least_sampled = Some((sampled, n_samples));
        }
    }
    let (sampled, n_samples) = least_sampled.filter(|_| least_plain < i64::MAX)?;
    Some((sampled - least_plain) as f64 / f64::from(n_samples))
}

fn rounds_for(nanos: i64) -> u64 {
    let probe = 20_000;
    let took = (0..3).map(|_| spin(probe)).min().unwrap_or(1).max(1);
    (probe as i64 * nanos / took).max(1000) as u64
}

/// Runs the loop below 64 KiB of live stack.
#[inline(never)]
fn with_deep_stack(rounds: u64) -> i64 {
    let stack = black_box([1u8; 64 << 10]);
    let nanos = spin(rounds);
    black_box(&stack);
    nanos
}

#[inline(never)]
fn spin(rounds: u64) -> i64 {
    let start = monotonic_nanos();
    let mut value = 1u64;
    for round in 0..rounds {
        value = black_box(value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(round));
    }
    black_box(value);
    monotonic_nanos() - start
}
