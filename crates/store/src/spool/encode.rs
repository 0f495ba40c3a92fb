//! Records to bytes. Runs while the target runs: a sample costs a few dozen instructions and no allocation.

use super::{Context, flag, state_code, tag};
use fathom_formats::varint::{write_varint, zigzag};
use fathom_model::{RawFrame, RawSample, Record, StackId};

/// Appends a record. Fails only for what cannot be said in bytes at all (a head that is no JSON).
pub(super) fn encode(
    out: &mut Vec<u8>,
    scratch: &mut Vec<u8>,
    context: &mut Context,
    record: &Record,
) -> Result<(), String> {
    match record {
        Record::Sample(sample) => encode_sample(out, context, sample),
        Record::Stack { id, parent, frame } => encode_stack(out, context, *id, *parent, frame),
        _ => {
            scratch.clear();
            let kind = encode_body(scratch, record)?;
            out.push(kind);
            write_varint(out, scratch.len() as u64);
            out.extend_from_slice(scratch);
        }
    }
    Ok(())
}

#[inline]
fn encode_sample(out: &mut Vec<u8>, context: &mut Context, sample: &RawSample) {
    let (signal, state) = (sample.signal as u8, state_code(sample.state));
    let same_thread = context.process == sample.process.0 && context.thread == sample.thread.0;
    let same_kind = context.signal == signal && context.state == state;
    let flag_if = |condition: bool, flag: u8| if condition { flag } else { 0 };
    let flags = flag_if(same_thread, flag::SAME_THREAD)
        | flag_if(same_kind, flag::SAME_KIND)
        | flag_if(context.cpu == sample.cpu, flag::SAME_CPU)
        | flag_if(context.value == sample.value, flag::SAME_VALUE)
        | flag_if(sample.n == 1, flag::ONE)
        | flag_if(sample.stack.is_some(), flag::STACK);
    out.push(tag::SAMPLE | flags);
    write_varint(out, zigzag(sample.time_nanos.wrapping_sub(context.time_nanos)));
    if !same_thread {
        write_varint(out, u64::from(sample.process.0));
        write_varint(out, u64::from(sample.thread.0));
    }
    if !same_kind {
        out.push(signal);
        out.push(state);
    }
    if flags & flag::SAME_CPU == 0 {
        write_varint(out, sample.cpu.map_or(0, |cpu| u64::from(cpu) + 1));
    }
    if flags & flag::SAME_VALUE == 0 {
        write_varint(out, zigzag(sample.value));
    }
    if flags & flag::ONE == 0 {
        write_varint(out, u64::from(sample.n));
    }
    if let Some(stack) = sample.stack {
        write_varint(out, u64::from(stack.0));
    }
    context.time_nanos = sample.time_nanos;
    (context.process, context.thread) = (sample.process.0, sample.thread.0);
    (context.signal, context.state) = (signal, state);
    context.cpu = sample.cpu;
    context.value = sample.value;
}

fn encode_stack(
    out: &mut Vec<u8>,
    context: &mut Context,
    id: StackId,
    parent: Option<StackId>,
    frame: &RawFrame,
) {
    out.push(tag::STACK);
    // Ids come in order: the step to the next one is 0.
    write_varint(out, zigzag(i64::from(id.0) - i64::from(context.stack)));
    write_varint(out, parent.map_or(0, |parent| u64::from(id.0.wrapping_sub(parent.0)) + 1));
    write_varint(out, frame.module.map_or(0, |module| u64::from(module.0) + 1));
    write_varint(out, zigzag(frame.address.wrapping_sub(context.address) as i64));
    context.stack = id.0.wrapping_add(1);
    context.address = frame.address;
}

fn encode_body(out: &mut Vec<u8>, record: &Record) -> Result<u8, String> {
    Ok(match record {
        Record::Meta(meta) => {
            serde_json::to_writer(&mut *out, meta).map_err(|error| error.to_string())?;
            tag::META
        }
        Record::Clock(pair) => {
            int(out, pair.monotonic_nanos);
            int(out, pair.realtime_nanos);
            tag::CLOCK
        }
        Record::Module { id, path, local_path, build_id, kind, identity } => {
            uint(out, id.0);
            text(out, path);
            option(out, local_path.as_ref(), |out, path| text(out, path));
            option(out, build_id.as_ref(), |out, id| bytes(out, &id.0));
            out.push(*kind as u8);
            option(out, identity.as_ref(), |out, parts| {
                parts.iter().for_each(|part| write_varint(out, *part))
            });
            tag::MODULE
        }
        Record::Named { module, address, frame } => {
            uint(out, module.0);
            write_varint(out, *address);
            text(out, &frame.function);
            option(out, frame.file.as_ref(), |out, file| text(out, file));
            for number in [frame.line, frame.column, frame.function_start_line] {
                option(out, number.as_ref(), |out, number| uint(out, *number));
            }
            out.push(frame.kind as u8);
            text(out, &frame.runtime);
            out.push(frame.inlined.into());
            tag::NAMED
        }
        Record::Mapping(mapping) => {
            uint(out, mapping.process.0);
            uint(out, mapping.module.0);
            write_varint(out, mapping.start);
            write_varint(out, mapping.end);
            write_varint(out, mapping.load_bias);
            int(out, mapping.time_nanos);
            tag::MAPPING
        }
        Record::Process(process) => {
            uint(out, process.id.0);
            int(out, process.pid.into());
            option(out, process.parent, |out, parent| uint(out, parent.0));
            uint(out, process.exec_generation);
            text(out, &process.name);
            write_varint(out, process.command.len() as u64);
            process.command.iter().for_each(|argument| text(out, argument));
            option(out, process.runtime.as_ref(), |out, runtime| text(out, runtime));
            option(out, process.runtime_version.as_ref(), |out, version| text(out, version));
            int(out, process.start_nanos);
            option(out, process.end_nanos, int);
            option(out, process.exit_status, |out, status| int(out, status.into()));
            tag::PROCESS
        }
        Record::ProcessEnd { id, time_nanos, exit_status } => {
            uint(out, id.0);
            int(out, *time_nanos);
            option(out, *exit_status, |out, status| int(out, status.into()));
            tag::PROCESS_END
        }
        Record::Thread(thread) => {
            uint(out, thread.id.0);
            uint(out, thread.process.0);
            int(out, thread.tid.into());
            text(out, &thread.name);
            int(out, thread.start_nanos);
            option(out, thread.end_nanos, int);
            times(out, &thread.times);
            option(out, thread.switches, write_varint);
            tag::THREAD
        }
        Record::ThreadTimes { id, times: spent, switches, time_nanos, ended } => {
            uint(out, id.0);
            times(out, spent);
            option(out, *switches, write_varint);
            int(out, *time_nanos);
            out.push(u8::from(*ended));
            tag::THREAD_TIMES
        }
        Record::Series(point) => {
            text(out, &point.name);
            out.push(point.unit as u8);
            int(out, point.time_nanos);
            out.extend_from_slice(&point.value.to_le_bytes());
            option(out, point.process, |out, process| uint(out, process.0));
            tag::SERIES
        }
        Record::Event(event) => {
            uint(out, event.id);
            option(out, event.parent, uint);
            text(out, &event.kind);
            int(out, event.start_nanos);
            int(out, event.duration_nanos);
            option(out, event.thread, |out, thread| uint(out, thread.0));
            option(out, event.stack, |out, stack| uint(out, stack.0));
            option(out, event.trace_id.as_ref(), |out, id| text(out, id));
            option(out, event.span_id.as_ref(), |out, id| text(out, id));
            text(out, &event.attributes);
            tag::EVENT
        }
        Record::Sample(_) | Record::Stack { .. } => return Err("samples and stacks have no body".into()),
    })
}

fn times(out: &mut Vec<u8>, times: &fathom_model::ThreadTimes) {
    int(out, times.running_nanos);
    int(out, times.runnable_nanos);
    int(out, times.blocked_nanos);
    int(out, times.missing_nanos);
}

fn uint(out: &mut Vec<u8>, value: u32) {
    write_varint(out, value.into());
}

fn int(out: &mut Vec<u8>, value: i64) {
    write_varint(out, zigzag(value));
}

fn text(out: &mut Vec<u8>, value: &str) {
    bytes(out, value.as_bytes());
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    write_varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

fn option<T>(out: &mut Vec<u8>, value: Option<T>, put: impl FnOnce(&mut Vec<u8>, T)) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put(out, value);
    }
}
