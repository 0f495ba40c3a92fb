//! Bytes to records: the mirror of `encode`. `None` everywhere means that the bytes are no such record.

use super::{Context, flag, state_of, tag};
use fathom_formats::varint::{read_varint, unzigzag};
use fathom_model::{
    BuildId, ClockPair, Event, FrameKind, Mapping, ModuleId, ModuleKind, NamedFrame, Process, ProcessId,
    RawFrame, RawSample, Record, SeriesPoint, Signal, StackId, Thread, ThreadId, ThreadTimes, Unit,
};

/// What stands next in a block.
pub(super) enum Decoded {
    Record(Record),
    /// A record of a kind that a later version added.
    Unknown,
}

/// Takes the next record off a payload.
pub(super) fn decode(rest: &mut &[u8], context: &mut Context) -> Option<Decoded> {
    let kind = byte(rest)?;
    if kind & tag::SAMPLE != 0 {
        return sample(rest, context, kind).map(|sample| Decoded::Record(Record::Sample(sample)));
    }
    if kind == tag::STACK {
        return stack(rest, context).map(Decoded::Record);
    }
    let mut body = bytes(rest)?;
    body_of(&mut body, kind)
}

fn sample(rest: &mut &[u8], context: &mut Context, flags: u8) -> Option<RawSample> {
    let has = |flag: u8| flags & flag != 0;
    context.time_nanos = context.time_nanos.wrapping_add(int(rest)?);
    if !has(flag::SAME_THREAD) {
        context.process = uint(rest)?;
        context.thread = uint(rest)?;
    }
    if !has(flag::SAME_KIND) {
        context.signal = byte(rest)?;
        context.state = byte(rest)?;
    }
    if !has(flag::SAME_CPU) {
        context.cpu = match read_varint(rest)? {
            0 => None,
            cpu => Some(u32::try_from(cpu - 1).ok()?),
        };
    }
    if !has(flag::SAME_VALUE) {
        context.value = int(rest)?;
    }
    let n = if has(flag::ONE) { 1 } else { uint(rest)? };
    let stack = if has(flag::STACK) { Some(StackId(uint(rest)?)) } else { None };
    Some(RawSample {
        signal: *Signal::ALL.get(usize::from(context.signal))?,
        time_nanos: context.time_nanos,
        process: ProcessId(context.process),
        thread: ThreadId(context.thread),
        cpu: context.cpu,
        stack,
        value: context.value,
        n,
        state: state_of(context.state)?,
    })
}

fn stack(rest: &mut &[u8], context: &mut Context) -> Option<Record> {
    let id = u32::try_from(i64::from(context.stack).checked_add(int(rest)?)?).ok()?;
    let parent = match read_varint(rest)? {
        0 => None,
        step => Some(StackId(id.wrapping_sub(u32::try_from(step - 1).ok()?))),
    };
    let module = match read_varint(rest)? {
        0 => None,
        module => Some(ModuleId(u32::try_from(module - 1).ok()?)),
    };
    let address = context.address.wrapping_add(int(rest)? as u64);
    context.stack = id.wrapping_add(1);
    context.address = address;
    Some(Record::Stack { id: StackId(id), parent, frame: RawFrame { module, address } })
}

fn body_of(body: &mut &[u8], kind: u8) -> Option<Decoded> {
    let record = match kind {
        tag::META => Record::Meta(Box::new(fathom_formats::parquet::read_meta(body).ok()?)),
        tag::CLOCK => Record::Clock(ClockPair { monotonic_nanos: int(body)?, realtime_nanos: int(body)? }),
        tag::MODULE => Record::Module {
            id: ModuleId(uint(body)?),
            path: text(body)?,
            local_path: option(body, text)?,
            build_id: option(body, |body| bytes(body).map(|id| BuildId(id.to_vec())))?,
            kind: *ModuleKind::ALL.get(usize::from(byte(body)?))?,
            identity: option(body, |body| {
                Some([read_varint(body)?, read_varint(body)?, read_varint(body)?, read_varint(body)?])
            })?,
        },
        tag::NAMED => Record::Named {
            module: ModuleId(uint(body)?),
            address: read_varint(body)?,
            frame: NamedFrame {
                function: text(body)?,
                file: option(body, text)?,
                line: option(body, uint)?,
                column: option(body, uint)?,
                function_start_line: option(body, uint)?,
                kind: *FrameKind::ALL.get(usize::from(byte(body)?))?,
                runtime: text(body)?,
                inlined: byte(body)? != 0,
            },
        },
        tag::MAPPING => Record::Mapping(Mapping {
            process: ProcessId(uint(body)?),
            module: ModuleId(uint(body)?),
            start: read_varint(body)?,
            end: read_varint(body)?,
            load_bias: read_varint(body)?,
            time_nanos: int(body)?,
        }),
        tag::PROCESS => Record::Process(Process {
            id: ProcessId(uint(body)?),
            pid: int32(body)?,
            parent: option(body, |body| uint(body).map(ProcessId))?,
            exec_generation: uint(body)?,
            name: text(body)?,
            command: list(body, text)?,
            runtime: option(body, text)?,
            runtime_version: option(body, text)?,
            start_nanos: int(body)?,
            end_nanos: option(body, int)?,
            exit_status: option(body, int32)?,
        }),
        tag::PROCESS_END => Record::ProcessEnd {
            id: ProcessId(uint(body)?),
            time_nanos: int(body)?,
            exit_status: option(body, int32)?,
        },
        tag::THREAD => Record::Thread(Thread {
            id: ThreadId(uint(body)?),
            process: ProcessId(uint(body)?),
            tid: int32(body)?,
            name: text(body)?,
            start_nanos: int(body)?,
            end_nanos: option(body, int)?,
            times: times(body)?,
            switches: option(body, read_varint)?,
        }),
        tag::THREAD_TIMES => Record::ThreadTimes {
            id: ThreadId(uint(body)?),
            times: times(body)?,
            switches: option(body, read_varint)?,
            time_nanos: int(body)?,
            ended: byte(body)? != 0,
        },
        tag::SERIES => Record::Series(SeriesPoint {
            name: text(body)?,
            unit: *Unit::ALL.get(usize::from(byte(body)?))?,
            time_nanos: int(body)?,
            value: f64::from_le_bytes(array(body)?),
            process: option(body, |body| uint(body).map(ProcessId))?,
        }),
        tag::EVENT => Record::Event(Event {
            id: uint(body)?,
            parent: option(body, uint)?,
            kind: text(body)?,
            start_nanos: int(body)?,
            duration_nanos: int(body)?,
            thread: option(body, |body| uint(body).map(ThreadId))?,
            stack: option(body, |body| uint(body).map(StackId))?,
            trace_id: option(body, text)?,
            span_id: option(body, text)?,
            attributes: text(body)?,
        }),
        _ => return Some(Decoded::Unknown),
    };
    Some(Decoded::Record(record))
}

fn times(rest: &mut &[u8]) -> Option<ThreadTimes> {
    Some(ThreadTimes {
        running_nanos: int(rest)?,
        runnable_nanos: int(rest)?,
        blocked_nanos: int(rest)?,
        missing_nanos: int(rest)?,
    })
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    array(rest).map(|[byte]| byte)
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk()?;
    *rest = left;
    Some(*taken)
}

fn uint(rest: &mut &[u8]) -> Option<u32> {
    u32::try_from(read_varint(rest)?).ok()
}

fn int(rest: &mut &[u8]) -> Option<i64> {
    read_varint(rest).map(unzigzag)
}

fn int32(rest: &mut &[u8]) -> Option<i32> {
    i32::try_from(int(rest)?).ok()
}

fn bytes<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = usize::try_from(read_varint(rest)?).ok()?;
    let (taken, left) = rest.split_at_checked(len)?;
    *rest = left;
    Some(taken)
}

fn text(rest: &mut &[u8]) -> Option<String> {
    bytes(rest).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

fn list<T>(rest: &mut &[u8], read: impl Fn(&mut &[u8]) -> Option<T>) -> Option<Vec<T>> {
    let len = usize::try_from(read_varint(rest)?).ok()?;
    // Every element takes at least a byte.
    if len > rest.len() {
        return None;
    }
    (0..len).map(|_| read(rest)).collect()
}

fn option<T>(rest: &mut &[u8], read: impl FnOnce(&mut &[u8]) -> Option<T>) -> Option<Option<T>> {
    match byte(rest)? {
        0 => Some(None),
        1 => read(rest).map(Some),
        _ => None,
    }
}
