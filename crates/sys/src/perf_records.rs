//! Records of a perf ring as data. Source: `include/uapi/linux/perf_event.h`, `enum perf_event_type`.
//!
//! The kernel is trusted for meaning but not for length: a record shorter than its fields is `None`.

/// Registers copied with a sample, by the bits of `arch/x86/include/uapi/asm/perf_regs.h`: di, bp, sp, ip.
pub const USER_REGISTERS: u64 = 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8;

const TYPE_MMAP: u32 = 1;
const TYPE_LOST: u32 = 2;
const TYPE_COMM: u32 = 3;
const TYPE_EXIT: u32 = 4;
const TYPE_THROTTLE: u32 = 5;
const TYPE_FORK: u32 = 7;
const TYPE_SAMPLE: u32 = 9;
const TYPE_MMAP2: u32 = 10;
const TYPE_LOST_SAMPLES: u32 = 13;
const TYPE_SWITCH: u32 = 14;

const MISC_COMM_EXEC: u16 = 1 << 13;
const MISC_SWITCH_OUT: u16 = 1 << 13;
const MISC_SWITCH_OUT_PREEMPT: u16 = 1 << 14;
const MISC_CPUMODE_MASK: u16 = 7;
const MISC_KERNEL: u16 = 1;

const SAMPLE_PERIOD: u64 = 1 << 8;
const SAMPLE_CALLCHAIN: u64 = 1 << 5;
const SAMPLE_RAW: u64 = 1 << 10;
const SAMPLE_REGS_USER: u64 = 1 << 12;
const SAMPLE_STACK_USER: u64 = 1 << 13;

/// Says that the program's addresses follow (`PERF_CONTEXT_USER`).
const CONTEXT_USER: u64 = -512_i64 as u64;

const HEADER_BYTES: usize = 8;
const TRAILER_BYTES: usize = 32;

/// The registers that unwinding starts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserRegisters {
    /// Instruction pointer.
    pub ip: u64,
    /// Stack pointer.
    pub sp: u64,
    /// Frame pointer.
    pub bp: u64,
    /// First argument; glibc's `vfork` keeps its return address there.
    pub di: u64,
}

/// A sample, borrowed from the ring.
#[derive(Clone, Copy, Debug)]
pub struct SampleRecord<'a> {
    /// Id of the event that took it.
    pub event_id: u64,
    /// Where the CPU was, user or kernel.
    pub ip: u64,
    /// Process number.
    pub pid: i32,
    /// Thread number.
    pub tid: i32,
    /// `CLOCK_MONOTONIC` nanoseconds.
    pub time_nanos: i64,
    /// CPU number.
    pub cpu: u32,
    /// Units of the source since the last sample.
    pub period: u64,
    /// Whether the CPU was in the kernel.
    pub in_kernel: bool,
    /// Call chain, innermost first and the kernel's before the program's, as 8-byte little-endian words with
    /// context markers.
    callchain: &'a [u8],
    /// The tracepoint's or BPF program's own data.
    pub raw: &'a [u8],
    /// User registers; `None` for a kernel thread.
    pub registers: Option<UserRegisters>,
    /// The user stack from `registers.sp` upwards.
    pub stack: &'a [u8],
}

impl<'a> SampleRecord<'a> {
    /// Kernel addresses, innermost first, without the context markers.
    pub fn kernel_addresses(&self) -> impl Iterator<Item = u64> + 'a {
        self.callchain
            .chunks_exact(8)
            .map(word)
            .take_while(|address| *address != CONTEXT_USER)
            .filter(|address| !is_context(*address))
    }

    /// What the program's frame pointers lead to, innermost first: where it was, then return addresses. Empty unless
    /// the event records it.
    pub fn user_chain(&self) -> impl Iterator<Item = u64> + 'a {
        self.callchain
            .chunks_exact(8)
            .map(word)
            .skip_while(|address| *address != CONTEXT_USER)
            .filter(|address| !is_context(*address))
    }
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub enum PerfRecord<'a> {
    /// An executable mapping appeared.
    Mmap {
        /// Process number.
        pid: i32,
        /// Thread number.
        tid: i32,
        /// First address.
        start: u64,
        /// Bytes.
        length: u64,
        /// Offset in the file.
        file_offset: u64,
        /// Device (`major << 32 | minor`), inode, inode generation; `None` in old records.
        identity: Option<[u64; 3]>,
        /// Path, as bytes up to the terminating zero.
        path: &'a [u8],
    },
    /// A thread has a (new) name; `exec` if it comes from one.
    Comm {
        /// Process number.
        pid: i32,
        /// Thread number.
        tid: i32,
        /// Whether the process image was replaced.
        exec: bool,
        /// Name.
        name: &'a [u8],
    },
    /// A thread or process started.
    Fork {
        /// Process number of the new one.
        pid: i32,
        /// Process number of the parent.
        parent_pid: i32,
        /// Thread number of the new one.
        tid: i32,
    },
    /// A thread ended.
    Exit {
        /// Process number.
        pid: i32,
        /// Thread number.
        tid: i32,
    },
    /// A thread left a CPU.
    SwitchOut {
        /// Thread number.
        tid: i32,
        /// Still able to run.
        preempted: bool,
    },
    /// A thread came onto a CPU.
    SwitchIn {
        /// Thread number.
        tid: i32,
    },
    /// The kernel dropped this many records.
    Lost(u64),
    /// The kernel slowed an event down.
    Throttled,
    /// A sample.
    Sample(SampleRecord<'a>),
    /// Something else.
    Other,
}

/// A parsed record with the time every record carries.
#[derive(Clone, Copy, Debug)]
pub struct TimedRecord<'a> {
    /// `CLOCK_MONOTONIC` nanoseconds.
    pub time_nanos: i64,
    /// CPU number.
    pub cpu: u32,
    /// The record.
    pub record: PerfRecord<'a>,
}

/// The time of a record without parsing the rest; `None` if it is too short to have one.
pub fn record_time(bytes: &[u8]) -> Option<i64> {
    let at =
        if header_type(bytes)? == TYPE_SAMPLE { 32 } else { bytes.len().checked_sub(TRAILER_BYTES - 8)? };
    Some(read_u64(bytes, at)? as i64)
}

/// Parses one whole record (header included). `sample_type_of` tells the `sample_type` of an event id.
pub fn parse<'a>(bytes: &'a [u8], sample_type_of: impl Fn(u64) -> Option<u64>) -> Option<TimedRecord<'a>> {
    let record_type = header_type(bytes)?;
    let misc = u16::from_le_bytes(bytes.get(4..6)?.try_into().ok()?);
    if record_type == TYPE_SAMPLE {
        let sample = parse_sample(bytes, misc, sample_type_of)?;
        return Some(TimedRecord {
            time_nanos: sample.time_nanos,
            cpu: sample.cpu,
            record: PerfRecord::Sample(sample),
        });
    }
    let body_end = bytes.len().checked_sub(TRAILER_BYTES).filter(|end| *end >= HEADER_BYTES)?;
    let body = &bytes[HEADER_BYTES..body_end];
    let trailer_tid = read_u32(bytes, body_end + 4)? as i32;
    let time_nanos = read_u64(bytes, body_end + 8)? as i64;
    let cpu = read_u32(bytes, body_end + 16)?;
    let record = match record_type {
        TYPE_MMAP2 => PerfRecord::Mmap {
            pid: read_u32(body, 0)? as i32,
            tid: read_u32(body, 4)? as i32,
            start: read_u64(body, 8)?,
            length: read_u64(body, 16)?,
            file_offset: read_u64(body, 24)?,
            identity: Some([
                u64::from(read_u32(body, 32)?) << 32 | u64::from(read_u32(body, 36)?),
                read_u64(body, 40)?,
                read_u64(body, 48)?,
            ]),
            path: text(body.get(64..)?),
        },
        TYPE_MMAP => PerfRecord::Mmap {
            pid: read_u32(body, 0)? as i32,
            tid: read_u32(body, 4)? as i32,
            start: read_u64(body, 8)?,
            length: read_u64(body, 16)?,
            file_offset: read_u64(body, 24)?,
            identity: None,
            path: text(body.get(32..)?),
        },
        TYPE_COMM => PerfRecord::Comm {
            pid: read_u32(body, 0)? as i32,
            tid: read_u32(body, 4)? as i32,
            exec: misc & MISC_COMM_EXEC != 0,
            name: text(body.get(8..)?),
        },
        TYPE_FORK | TYPE_EXIT => {
            let pid = read_u32(body, 0)? as i32;
            let parent_pid = read_u32(body, 4)? as i32;
            let tid = read_u32(body, 8)? as i32;
            if record_type == TYPE_FORK {
                PerfRecord::Fork { pid, parent_pid, tid }
            } else {
                PerfRecord::Exit { pid, tid }
            }
        }
        TYPE_SWITCH if misc & MISC_SWITCH_OUT != 0 => {
            PerfRecord::SwitchOut { tid: trailer_tid, preempted: misc & MISC_SWITCH_OUT_PREEMPT != 0 }
        }
        TYPE_SWITCH => PerfRecord::SwitchIn { tid: trailer_tid },
        TYPE_LOST => PerfRecord::Lost(read_u64(body, 8)?),
        TYPE_LOST_SAMPLES => PerfRecord::Lost(read_u64(body, 0)?),
        TYPE_THROTTLE => PerfRecord::Throttled,
        _ => PerfRecord::Other,
    };
    Some(TimedRecord { time_nanos, cpu, record })
}

fn parse_sample(
    bytes: &[u8],
    misc: u16,
    sample_type_of: impl Fn(u64) -> Option<u64>,
) -> Option<SampleRecord<'_>> {
    let event_id = read_u64(bytes, 8)?;
    let sample_type = sample_type_of(event_id)?;
    let mut sample = SampleRecord {
        event_id,
        ip: read_u64(bytes, 16)?,
        pid: read_u32(bytes, 24)? as i32,
        tid: read_u32(bytes, 28)? as i32,
        time_nanos: read_u64(bytes, 32)? as i64,
        cpu: read_u32(bytes, 40)?,
        period: 1,
        in_kernel: misc & MISC_CPUMODE_MASK == MISC_KERNEL,
        callchain: &[],
        raw: &[],
        registers: None,
        stack: &[],
    };
    let mut at = 48;
    if sample_type & SAMPLE_PERIOD != 0 {
        sample.period = read_u64(bytes, at)?;
        at += 8;
    }
    if sample_type & SAMPLE_CALLCHAIN != 0 {
        let length = usize::try_from(read_u64(bytes, at)?).ok()?.checked_mul(8)?;
        sample.callchain = bytes.get(at + 8..(at + 8).checked_add(length)?)?;
        at += 8 + length;
    }
    if sample_type & SAMPLE_RAW != 0 {
        let length = read_u32(bytes, at)? as usize;
        sample.raw = bytes.get(at + 4..at + 4 + length)?;
        at += (4 + length).next_multiple_of(8);
    }
    if sample_type & SAMPLE_REGS_USER != 0 {
        let abi = read_u64(bytes, at)?;
        at += 8;
        if abi != 0 {
            sample.registers = Some(UserRegisters {
                di: read_u64(bytes, at)?,
                bp: read_u64(bytes, at + 8)?,
                sp: read_u64(bytes, at + 16)?,
                ip: read_u64(bytes, at + 24)?,
            });
            at += 32;
        }
    }
    if sample_type & SAMPLE_STACK_USER != 0 {
        let reserved = usize::try_from(read_u64(bytes, at)?).ok()?;
        at += 8;
        if reserved > 0 {
            let copied = usize::try_from(read_u64(bytes, at.checked_add(reserved)?)?).ok()?;
            sample.stack = bytes.get(at..at + copied.min(reserved))?;
        }
    }
    Some(sample)
}

/// Whether a word of a call chain is a marker: they are the top 4095 values of an address (`PERF_CONTEXT_MAX`).
fn is_context(address: u64) -> bool {
    address >= 0xffff_ffff_ffff_f001
}

fn header_type(bytes: &[u8]) -> Option<u32> {
    read_u32(bytes, 0)
}

fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn read_u64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?).map(word)
}

fn word(bytes: &[u8]) -> u64 {
    let mut value = [0; 8];
    value.copy_from_slice(bytes);
    u64::from_le_bytes(value)
}

fn text(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_chain_is_told_apart_by_its_markers() {
        const KERNEL: u64 = -128_i64 as u64;
        let chain = |words: &[u64]| {
            let callchain: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
            let sample = SampleRecord {
                event_id: 0,
                ip: 0,
                pid: 1,
                tid: 1,
                time_nanos: 0,
                cpu: 0,
                period: 1,
                in_kernel: false,
                callchain: &callchain,
                raw: &[],
                registers: None,
                stack: &[],
            };
            let user: Vec<u64> = sample.user_chain().collect();
            (sample.kernel_addresses().collect::<Vec<u64>>(), user)
        };
        let (kernel, user) = (0xffff_ffff_8100_0000, 0x40_1000);
        assert_eq!(chain(&[KERNEL, kernel, CONTEXT_USER, user, 7]), (vec![kernel], vec![user, 7]));
        assert_eq!(chain(&[CONTEXT_USER, user]), (vec![], vec![user]));
        assert_eq!(chain(&[KERNEL, kernel]), (vec![kernel], vec![]));
        assert_eq!(chain(&[]), (vec![], vec![]));
    }
}
