//! Who ran: `processes` and `threads`.

use super::repair::in_order;
use super::{StackHashes, Table};
use crate::columnar::{TableReader, TableWriter};
use fathom_model::{Issue, Process, ProcessId, Recording, Thread, ThreadId, ThreadTimes};

pub(super) const PROCESSES: Table = Table { name: "processes", write: write_processes, read: read_processes };
pub(super) const THREADS: Table = Table { name: "threads", write: write_threads, read: read_threads };

fn write_processes(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let processes = &recording.processes;
    TableWriter::new("processes", processes.len())
        .id("id", processes.iter().map(|process| process.id.0))
        .int32("pid", processes.iter().map(|process| process.pid))
        .optional_id("parent", processes.iter().map(|process| process.parent.map(|id| id.0)))
        .int64("exec_generation", processes.iter().map(|process| i64::from(process.exec_generation)))
        .text("name", processes.iter().map(|process| process.name.as_str()))
        .text_list("command", processes.iter().map(|process| process.command.as_slice()))
        .optional_text("runtime", processes.iter().map(|process| process.runtime.as_deref()))
        .optional_text("runtime_version", processes.iter().map(|process| process.runtime_version.as_deref()))
        .int64("start", processes.iter().map(|process| process.start_nanos))
        .optional_int64("end", processes.iter().map(|process| process.end_nanos))
        .optional_int32("exit_status", processes.iter().map(|process| process.exit_status))
        .finish()
}

fn read_processes(
    table: &TableReader<'_>,
    recording: &mut Recording,
    _: &mut Vec<Issue>,
) -> Result<(), String> {
    table.require(&["id", "pid"])?;
    let order = in_order(&table.ints("id")?, table.rows())?;
    let (pid, parent, generation) =
        (table.ints("pid")?, table.ints("parent")?, table.ints("exec_generation")?);
    let (name, command) = (table.texts("name")?, table.text_lists("command")?);
    let (runtime, runtime_version) = (table.texts("runtime")?, table.texts("runtime_version")?);
    let (start, end, exit_status) = (table.ints("start")?, table.ints("end")?, table.ints("exit_status")?);
    recording.processes = order
        .into_iter()
        .enumerate()
        .map(|(id, row)| Process {
            id: ProcessId(id as u32),
            pid: pid.get(row).unwrap_or(0) as i32,
            parent: parent.id(row).map(ProcessId),
            exec_generation: generation.id(row).unwrap_or(0),
            name: name.owned(row).unwrap_or_default(),
            command: command.get(row).map(str::to_owned).collect(),
            runtime: runtime.owned(row),
            runtime_version: runtime_version.owned(row),
            start_nanos: start.get(row).unwrap_or(0),
            end_nanos: end.get(row),
            exit_status: exit_status.get(row).map(|status| status as i32),
        })
        .collect();
    Ok(())
}

fn write_threads(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let threads = &recording.threads;
    TableWriter::new("threads", threads.len())
        .id("id", threads.iter().map(|thread| thread.id.0))
        .id("process_id", threads.iter().map(|thread| thread.process.0))
        .int32("tid", threads.iter().map(|thread| thread.tid))
        .text("name", threads.iter().map(|thread| thread.name.as_str()))
        .int64("start", threads.iter().map(|thread| thread.start_nanos))
        .optional_int64("end", threads.iter().map(|thread| thread.end_nanos))
        .int64("running_nanos", threads.iter().map(|thread| thread.times.running_nanos))
        .int64("runnable_nanos", threads.iter().map(|thread| thread.times.runnable_nanos))
        .int64("blocked_nanos", threads.iter().map(|thread| thread.times.blocked_nanos))
        .int64("missing_nanos", threads.iter().map(|thread| thread.times.missing_nanos))
        .optional_int64("switches", threads.iter().map(|thread| thread.switches.map(|count| count as i64)))
        .finish()
}

fn read_threads(
    table: &TableReader<'_>,
    recording: &mut Recording,
    _: &mut Vec<Issue>,
) -> Result<(), String> {
    table.require(&["id", "process_id", "tid"])?;
    let order = in_order(&table.ints("id")?, table.rows())?;
    let (process, tid, name) = (table.ints("process_id")?, table.ints("tid")?, table.texts("name")?);
    let (start, end, switches) = (table.ints("start")?, table.ints("end")?, table.ints("switches")?);
    let (running, runnable) = (table.ints("running_nanos")?, table.ints("runnable_nanos")?);
    let (blocked, missing) = (table.ints("blocked_nanos")?, table.ints("missing_nanos")?);
    recording.threads = order
        .into_iter()
        .enumerate()
        .map(|(id, row)| Thread {
            id: ThreadId(id as u32),
            process: ProcessId(process.id(row).unwrap_or(u32::MAX)),
            tid: tid.get(row).unwrap_or(0) as i32,
            name: name.owned(row).unwrap_or_default(),
            start_nanos: start.get(row).unwrap_or(0),
            end_nanos: end.get(row),
            times: ThreadTimes {
                running_nanos: running.get(row).unwrap_or(0),
                runnable_nanos: runnable.get(row).unwrap_or(0),
                blocked_nanos: blocked.get(row).unwrap_or(0),
                missing_nanos: missing.get(row).unwrap_or(0),
            },
            switches: switches.get(row).map(|count| count as u64),
        })
        .collect();
    Ok(())
}
