//! A view without a recorder: hours of a made-up program in seconds, to see what its memory comes to.
//!
//! The program is unkind: it forks all the time, makes code while it runs, and its threads and files come and go.

use crate::top::Snapshot;
use crate::top::feed::{RecorderStatus, Told};
use crate::top::keeper::Keeper;
use fathom_collect::ThreadOffCpu;
use fathom_model::{
    Event, FrameKind, Mapping, Meta, ModuleId, ModuleKind, NamedFrame, Process, ProcessId, RawFrame,
    RawSample, Record, SeriesPoint, Signal, StackId, Thread, ThreadId, ThreadState, ThreadTimes, Unit,
    WaitClass,
};
use std::collections::{HashMap, VecDeque};

const SECOND: i64 = 1_000_000_000;
/// The made-up recorder forgets above this many nodes.
const MAX_REMEMBERED: usize = 5_000;
/// Frames of a stack.
const DEPTH: u64 = 20;
/// Stacks that come again and again.
const USUAL_STACKS: u64 = 1000;

/// See the file's head.
pub struct Rehearsal {
    keeper: Keeper,
    now: i64,
    random: u64,
    /// What stands for the recorder's memory.
    index: HashMap<(Option<StackId>, RawFrame), StackId>,
    next_stack: usize,
    next_module: usize,
    next_name: u64,
    living: VecDeque<(ProcessId, ThreadId, i64)>,
    n_processes: usize,
    n_threads: usize,
    n_events: u32,
}

impl Default for Rehearsal {
    fn default() -> Self {
        let meta = Meta { signals: vec![Signal::Cpu, Signal::OffCpu], ..Meta::default() };
        let mut rehearsal = Self {
            keeper: Keeper::new(meta),
            now: 0,
            random: 1,
            index: HashMap::new(),
            next_stack: 0,
            next_module: 0,
            next_name: 0,
            living: VecDeque::new(),
            n_processes: 0,
            n_threads: 0,
            n_events: 0,
        };
        let mut records = Vec::new();
        for kind in [ModuleKind::Elf, ModuleKind::Kernel, ModuleKind::Managed] {
            rehearsal.module(kind, &mut records);
        }
        for _ in 0..8 {
            rehearsal.fork(i64::MAX, &mut records);
        }
        rehearsal.keeper.take(Told::Records(records));
        rehearsal
    }
}

impl Rehearsal {
    /// One second of the program, with about `density` samples.
    pub fn second(&mut self, density: u32) {
        let mut records = Vec::new();
        self.now += SECOND;
        for _ in 0..density / 10 {
            let lifetime = self.below(3) as i64 + 1;
            self.fork(self.now + lifetime * SECOND, &mut records);
        }
        if self.now / SECOND % 30 == 0 {
            let (module, process) =
                (self.module(ModuleKind::Elf, &mut records), self.living[self.living.len() - 1].0);
            let (start, end) = (self.now as u64, self.now as u64 + 4096);
            let mapping = Mapping { process, module, start, end, load_bias: 0, time_nanos: self.now };
            records.push(Record::Mapping(mapping));
        }
        for at in 0..density {
            let who = self.below(self.living.len() as u64) as usize;
            let (process, thread, _) = self.living[who];
            let stack = self.stack(at % 10 == 0, &mut records);
            let is_wait = at % 3 == 0;
            records.push(Record::Sample(RawSample {
                signal: if is_wait { Signal::OffCpu } else { Signal::Cpu },
                // Waits of some seconds begin before they are told.
                time_nanos: self.now - if is_wait { self.below(4) as i64 * SECOND } else { 0 },
                process,
                thread,
                cpu: None,
                stack: Some(stack),
                value: if is_wait { 2 * SECOND } else { SECOND / 100 },
                n: 1,
                state: if is_wait { ThreadState::Blocked(WaitClass::Other) } else { ThreadState::Running },
            }));
        }
        self.lives_go_on(&mut records);
        let now = self.now;
        self.living.retain(|(_, _, end)| *end > now);
        let waits = self.living.iter().take(50).map(|(_, thread, _)| ThreadOffCpu {
            thread: *thread,
            since_nanos: self.now - SECOND,
            is_runnable: false,
            stack: None,
        });
        let status = RecorderStatus {
            now_nanos: self.now,
            off_cpu: waits.collect(),
            rate_hz: 499.0,
            ..RecorderStatus::default()
        };
        self.keeper.take(Told::Records(records));
        self.keeper.take(Told::Status(Box::new(status)));
        if self.index.len() > MAX_REMEMBERED {
            self.index = HashMap::new();
            self.keeper.take(Told::Forgot(StackId::from_index(self.next_stack)));
        }
        self.keeper.tidy();
    }

    /// The last seconds as they would be drawn.
    pub fn snapshot(&self, seconds: usize) -> Snapshot {
        self.keeper.snapshot(seconds)
    }

    /// Entries held in memory, of all kinds.
    pub fn n_entries(&self) -> usize {
        self.keeper.n_entries()
    }

    /// Records that were told: stacks, processes and threads.
    pub fn n_told(&self) -> (usize, usize, usize) {
        (self.next_stack, self.n_processes, self.n_threads)
    }

    /// Times, series and events of everything that lives, and the ends of what does not any more.
    fn lives_go_on(&mut self, records: &mut Vec<Record>) {
        let times = ThreadTimes {
            running_nanos: self.now / 10,
            runnable_nanos: self.now / 100,
            blocked_nanos: self.now / 2,
            missing_nanos: 0,
        };
        for (process, thread, end) in &self.living {
            let ended = *end <= self.now;
            records.push(Record::ThreadTimes {
                id: *thread,
                times,
                switches: None,
                time_nanos: self.now,
                ended,
            });
            records.push(Record::Series(SeriesPoint {
                name: "process.rss".to_owned(),
                unit: Unit::Bytes,
                time_nanos: self.now,
                value: 1e6,
                process: Some(*process),
            }));
            if ended {
                records.push(Record::ProcessEnd { id: *process, time_nanos: self.now, exit_status: None });
            }
        }
        for _ in 0..3 {
            self.n_events += 1;
            records.push(Record::Event(Event {
                id: self.n_events,
                parent: None,
                kind: "gc.pause".to_owned(),
                start_nanos: self.now,
                duration_nanos: 1_000_000,
                thread: self.living.front().map(|(_, thread, _)| *thread),
                stack: None,
                trace_id: None,
                span_id: None,
                attributes: "{}".to_owned(),
            }));
        }
    }

    fn below(&mut self, limit: u64) -> u64 {
        // Numerical Recipes' 64-bit linear congruential generator.
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % limit.max(1)
    }

    fn module(&mut self, kind: ModuleKind, records: &mut Vec<Record>) -> ModuleId {
        let id = ModuleId::from_index(self.next_module);
        self.next_module += 1;
        let path = format!("/rehearsal/{}", id.0);
        records.push(Record::Module { id, path, local_path: None, build_id: None, kind, identity: None });
        id
    }

    fn fork(&mut self, end: i64, records: &mut Vec<Record>) {
        let (process, thread) =
            (ProcessId::from_index(self.n_processes), ThreadId::from_index(self.n_threads));
        (self.n_processes, self.n_threads) = (self.n_processes + 1, self.n_threads + 1);
        let pid = i32::try_from(self.n_processes % 30_000).unwrap_or(1) + 1;
        records.push(Record::Process(Process {
            id: process,
            pid,
            parent: None,
            exec_generation: 0,
            name: "child".to_owned(),
            command: vec!["child".to_owned()],
            runtime: None,
            runtime_version: None,
            start_nanos: self.now,
            end_nanos: None,
            exit_status: None,
        }));
        records.push(Record::Thread(Thread {
            id: thread,
            process,
            tid: pid,
            name: "child".to_owned(),
            start_nanos: self.now,
            end_nanos: None,
            times: ThreadTimes::default(),
            switches: None,
        }));
        self.living.push_back((process, thread, end));
    }

    /// One of the usual stacks, or one of code that has just been made.
    fn stack(&mut self, is_new: bool, records: &mut Vec<Record>) -> StackId {
        let number = self.below(USUAL_STACKS);
        let mut parent = None;
        for depth in 0..DEPTH {
            let is_leaf = depth + 1 == DEPTH;
            let frame = match (is_leaf, is_new) {
                (true, true) => self.name(records),
                _ => RawFrame {
                    module: Some(ModuleId(0)),
                    address: (number >> (DEPTH - depth).min(10)) * 64 + depth,
                },
            };
            let key = (parent, frame);
            let id = match self.index.get(&key) {
                Some(id) => *id,
                None => {
                    let id = StackId::from_index(self.next_stack);
                    self.next_stack += 1;
                    records.push(Record::Stack { id, parent, frame });
                    self.index.insert(key, id);
                    id
                }
            };
            parent = Some(id);
        }
        parent.unwrap_or(StackId(0))
    }

    fn name(&mut self, records: &mut Vec<Record>) -> RawFrame {
        self.next_name += 1;
        let (module, address) = (ModuleId(2), self.next_name);
        let frame = NamedFrame {
            function: format!("made_{address}"),
            file: Some("made.py".to_owned()),
            line: Some(1),
            column: None,
            function_start_line: Some(1),
            kind: FrameKind::User,
            runtime: "python".to_owned(),
            inlined: false,
        };
        records.push(Record::Named { module, address, frame });
        RawFrame { module: Some(module), address }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::top::view::{Ask, functions, threads};

    #[test]
    fn eight_hours_hold_no_more_than_the_first() {
        let mut rehearsal = Rehearsal::default();
        let mut most_by_hour = Vec::new();
        for _ in 0..8 {
            let mut most = 0;
            for second in 0..3600 {
                rehearsal.second(30);
                if second % 600 == 0 {
                    let snapshot = rehearsal.snapshot(30);
                    assert!(!functions(&snapshot, &Ask::default()).is_empty());
                    assert!(!threads(&snapshot, &Ask::default()).is_empty());
                }
                most = most.max(rehearsal.n_entries());
            }
            most_by_hour.push(most);
        }
        let (stacks, processes, _) = rehearsal.n_told();
        assert!(stacks > 50_000 && processes > 80_000, "{stacks} stacks, {processes} processes");
        let later = most_by_hour[2..].iter().max().copied().unwrap_or(0);
        let sooner = most_by_hour[..2].iter().max().copied().unwrap_or(0);
        assert!(later <= sooner + sooner / 50, "entries by hour: {most_by_hour:?}");
    }
}
