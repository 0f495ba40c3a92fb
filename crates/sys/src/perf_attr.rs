//! What to ask of `perf_event_open(2)`: a small description turned into `perf_event_attr`.

use perf_event_open_sys::bindings as b;

/// What drives an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Hardware cycles.
    CpuCycles,
    /// The kernel's per-CPU high-resolution timer, counting the task's time in nanoseconds.
    CpuClock,
    /// Switches away from the CPU.
    ContextSwitches,
    /// Nothing: an event that only carries side records.
    Dummy,
    /// What a BPF program sends with `bpf_perf_event_output`.
    BpfOutput,
    /// A tracepoint, by the number in tracefs.
    Tracepoint(u64),
}

/// How often an event takes a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Every this many units of the source.
    Period(u64),
    /// About this many times a second; the kernel adapts the period.
    Frequency(u64),
}

/// A description of one event. Every record carries the trailer pid/tid, time, cpu, id in a fixed layout
/// (see `perf_records`).
#[derive(Clone, Copy, Debug)]
pub struct EventSpec {
    /// What drives it.
    pub source: Source,
    /// How often it samples.
    pub pace: Pace,
    /// Bytes of user stack to copy, a multiple of 8, at most 65,528; 0 for none.
    pub stack_bytes: u32,
    /// Copy user registers (implied by `stack_bytes > 0`).
    pub user_registers: bool,
    /// Record the kernel's call chain.
    pub kernel_callchain: bool,
    /// Record the program's too, as its frame pointers give it; only with `kernel_callchain`.
    pub user_callchain: bool,
    /// Carry the tracepoint's or the BPF program's own data.
    pub raw: bool,
    /// Do not sample in the kernel (needed where `perf_event_paranoid` is 2).
    pub exclude_kernel: bool,
    /// Carry mmap, comm, fork and exit records.
    pub side_band: bool,
    /// Carry a record for every switch of the task to and from a CPU.
    pub switches: bool,
    /// Follow children; with `threads_only` only those of the same process.
    pub inherit: bool,
    /// See `inherit` (Linux 5.13).
    pub threads_only: bool,
    /// Start counting when the task execs.
    pub enable_on_exec: bool,
    /// Start counting only by ioctl.
    pub disabled: bool,
    /// Wake a poller when this many bytes wait; of the event whose ring is mapped, not of those redirected to it.
    pub wakeup_bytes: u32,
    /// Wake a poller at every sample instead.
    pub wake_at_samples: bool,
}

impl EventSpec {
    /// An event that does nothing but exist; set what is wanted.
    pub fn new(source: Source, pace: Pace) -> Self {
        Self {
            source,
            pace,
            stack_bytes: 0,
            user_registers: false,
            kernel_callchain: false,
            user_callchain: false,
            raw: false,
            exclude_kernel: false,
            side_band: false,
            switches: false,
            inherit: false,
            threads_only: false,
            enable_on_exec: false,
            disabled: true,
            wakeup_bytes: 1 << 20,
            wake_at_samples: false,
        }
    }

    /// The `sample_type` bits this description leads to; the record parser needs them.
    pub fn sample_type(&self) -> u64 {
        let mut bits = u64::from(
            b::PERF_SAMPLE_IDENTIFIER
                | b::PERF_SAMPLE_IP
                | b::PERF_SAMPLE_TID
                | b::PERF_SAMPLE_TIME
                | b::PERF_SAMPLE_CPU,
        );
        // A software event that is to say its period is sampled every time, whatever the period
        // (perf_swevent_event() in kernel/events/core.c).
        if self.source != Source::ContextSwitches {
            bits |= u64::from(b::PERF_SAMPLE_PERIOD);
        }
        if self.kernel_callchain {
            bits |= u64::from(b::PERF_SAMPLE_CALLCHAIN);
        }
        if self.raw {
            bits |= u64::from(b::PERF_SAMPLE_RAW);
        }
        if self.user_registers || self.stack_bytes > 0 {
            bits |= u64::from(b::PERF_SAMPLE_REGS_USER);
        }
        if self.stack_bytes > 0 {
            bits |= u64::from(b::PERF_SAMPLE_STACK_USER);
        }
        bits
    }

    pub(crate) fn attr(&self) -> b::perf_event_attr {
        let size = std::mem::size_of::<b::perf_event_attr>() as u32;
        let mut attr = b::perf_event_attr { size, ..b::perf_event_attr::default() };
        (attr.type_, attr.config) = match self.source {
            Source::CpuCycles => (b::PERF_TYPE_HARDWARE, u64::from(b::PERF_COUNT_HW_CPU_CYCLES)),
            Source::CpuClock => (b::PERF_TYPE_SOFTWARE, u64::from(b::PERF_COUNT_SW_CPU_CLOCK)),
            Source::ContextSwitches => (b::PERF_TYPE_SOFTWARE, u64::from(b::PERF_COUNT_SW_CONTEXT_SWITCHES)),
            Source::Dummy => (b::PERF_TYPE_SOFTWARE, u64::from(b::PERF_COUNT_SW_DUMMY)),
            Source::BpfOutput => (b::PERF_TYPE_SOFTWARE, u64::from(b::PERF_COUNT_SW_BPF_OUTPUT)),
            Source::Tracepoint(id) => (b::PERF_TYPE_TRACEPOINT, id),
        };
        match self.pace {
            Pace::Period(period) => attr.__bindgen_anon_1.sample_period = period,
            Pace::Frequency(hertz) => {
                attr.__bindgen_anon_1.sample_freq = hertz;
                attr.set_freq(1);
            }
        }
        attr.sample_type = self.sample_type();
        if attr.sample_type & u64::from(b::PERF_SAMPLE_REGS_USER) != 0 {
            attr.sample_regs_user = crate::perf_records::USER_REGISTERS;
        }
        attr.sample_stack_user = self.stack_bytes;
        attr.set_disabled(u64::from(self.disabled));
        attr.set_exclude_kernel(u64::from(self.exclude_kernel));
        attr.set_exclude_hv(1);
        attr.set_exclude_callchain_user(u64::from(self.kernel_callchain && !self.user_callchain));
        attr.set_sample_id_all(1);
        attr.set_use_clockid(1);
        attr.clockid = libc::CLOCK_MONOTONIC;
        if self.side_band {
            attr.set_mmap(1);
            attr.set_mmap2(1);
            attr.set_comm(1);
            attr.set_comm_exec(1);
            attr.set_task(1);
        }
        attr.set_context_switch(u64::from(self.switches));
        attr.set_inherit(u64::from(self.inherit));
        attr.set_inherit_thread(u64::from(self.inherit && self.threads_only));
        attr.set_enable_on_exec(u64::from(self.enable_on_exec));
        if self.wake_at_samples {
            attr.__bindgen_anon_2.wakeup_events = 1;
        } else {
            attr.set_watermark(1);
            attr.__bindgen_anon_2.wakeup_watermark = self.wakeup_bytes;
        }
        attr
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asked for its period, the kernel would sample every switch; see [`EventSpec::sample_type`].
    #[test]
    fn a_period_of_switches_is_not_asked_for_in_the_sample() {
        let says_period = |source, pace| {
            EventSpec::new(source, pace).attr().sample_type & u64::from(b::PERF_SAMPLE_PERIOD) != 0
        };
        assert!(!says_period(Source::ContextSwitches, Pace::Period(127)));
        assert!(says_period(Source::CpuClock, Pace::Period(1_000_000)));
        assert!(says_period(Source::CpuCycles, Pace::Frequency(499)));
    }
}
