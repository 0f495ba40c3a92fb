//! Frames of samples: where the kernel's walker finds them, and where they belong among the native frames.
//!
//! Every activation of the interpreter's loop (`_PyEval_EvalFrameDefault`) leaves a mark in its own part of the
//! native stack: a `_PyCFrame` up to 3.11, from 3.12 on a frame that stands for the call from C. The native frame
//! whose part of the stack holds the mark is the one that ran the Python frames between this mark and the next, so
//! that no symbol is needed to tell which native frames are the loop's.

use super::frames::{MAX_FRAMES, OWNED_BY_C, TAGS, in_the_nearest_original};
use super::layout::{FrameStyle, Layout};
use super::{MAX_THREADS, PythonReader, kind_of, threads_by_innermost};
use crate::Snapshot;
use crate::runtime::{Activation, FrameSource, ManagedFrame, RuntimeDump};
use fathom_model::Tid;
use fathom_sys::bpf_frame_walker::{WalkPlan, WalkRecord, WalkedFrame};
use fathom_sys::process_view::ProcessView;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Longest byte code, in units of two bytes.
const MAX_UNITS: u64 = 8 << 20;
/// Longest time that a list of threads takes while a process is recorded; 1,000 threads take 2 ms.
const THREADS_TIME: Duration = Duration::from_millis(250);

impl FrameSource for PythonReader {
    fn walk_plan(&self) -> Option<WalkPlan> {
        let layout = &self.layout;
        let mark = layout.thread_cframe.unwrap_or(layout.thread_frame);
        let last_of_thread =
            [layout.thread_pthread, layout.thread_next, layout.thread_frame, mark].into_iter().max()?;
        let flags = layout.frame_is_entry.or(layout.frame_owner).unwrap_or(0);
        let last_of_frame =
            [layout.frame_previous, layout.frame_code, layout.frame_instruction, flags].into_iter().max()?;
        let plan = WalkPlan {
            interpreter_pointers: self.searched_interpreters(),
            threads_head: layout.threads_head,
            thread_bytes: last_of_thread + 8,
            thread_pthread: layout.thread_pthread,
            thread_next: layout.thread_next,
            thread_frame: layout.thread_frame,
            thread_mark: mark,
            frame_behind: layout.cframe_frame,
            frame_bytes: last_of_frame + 8,
            frame_previous: layout.frame_previous,
            frame_code: layout.frame_code,
            frame_instruction: layout.frame_instruction,
            frame_flags: flags,
        };
        plan.is_walkable().then_some(plan)
    }

    fn thread_addresses(&mut self, process: &ProcessView) -> Vec<(Tid, u64)> {
        let tids = threads_by_innermost(process);
        let snapshot = Snapshot::until(process, Instant::now() + THREADS_TIME);
        let mut dump = RuntimeDump::default();
        // By thread: whether it has frames there, and where.
        let mut found: BTreeMap<Tid, (bool, u64)> = BTreeMap::new();
        let threads = self.interpreters(&snapshot, &mut dump).unwrap_or_default().into_iter();
        let threads = threads.flat_map(|interpreter| self.threads(&snapshot, interpreter, &mut dump));
        for thread in threads.take(MAX_THREADS) {
            let Some(tid) = self.tid_of(&snapshot, thread, &tids) else { continue };
            let runs = self.innermost_frame(&snapshot, thread).is_some_and(|frame| frame != 0);
            let known = found.entry(tid).or_insert((runs, thread));
            // A thread may be in several interpreters; the youngest that it runs code of comes first.
            if runs && !known.0 {
                *known = (runs, thread);
            }
        }
        found.into_iter().map(|(tid, (_, thread))| (tid, thread)).collect()
    }

    fn read_thread(&self, process: &ProcessView, thread: u64) -> Option<WalkRecord> {
        const TRIES: usize = 3;
        let mut last = self.read_once(process, thread)?;
        for _ in 0..TRIES {
            let again = self.read_once(process, thread)?;
            let same = |record: &WalkRecord| -> Vec<(u64, u64)> {
                record.frames.iter().map(|frame| (frame.address, frame.code)).collect()
            };
            if same(&again) == same(&last) {
                return Some(again);
            }
            last = again;
        }
        None
    }

    fn traces(&self, memory: &Snapshot<'_>, frame: &WalkedFrame) -> Range<u64> {
        // The loop keeps the next instruction at hand, in a register that what it calls saves. In 3.10 the byte code
        // is an object of its own, but the frame is too.
        let Some(adaptive) = self.layout.code_adaptive else { return frame.address..frame.address + 1 };
        let code = frame.code & !TAGS;
        let start = code.wrapping_add(adaptive);
        let n_units = memory.u64("a code object's length", code.wrapping_add(self.layout.sequence_size));
        start..start.saturating_add(n_units.unwrap_or(0).min(MAX_UNITS) * 2)
    }

    fn activations(
        &self,
        record: &WalkRecord,
        stack_word: &mut dyn FnMut(u64) -> Option<u64>,
    ) -> Vec<Activation> {
        let mut activations = Vec::new();
        let mut frames = Vec::new();
        let mut mark = self.layout.thread_cframe.map(|_| record.mark).filter(|mark| *mark != 0);
        for frame in &record.frames {
            if is_from_c(&self.layout, frame) {
                if !frames.is_empty() {
                    activations.push(Activation {
                        anchor: Some(frame.address),
                        frames: std::mem::take(&mut frames),
                    });
                }
                continue;
            }
            frames.push(*frame);
            if is_last_of_activation(&self.layout, frame) {
                activations.push(Activation { anchor: mark, frames: std::mem::take(&mut frames) });
                mark = self
                    .layout
                    .cframe_previous
                    .and_then(|offset| stack_word(mark?.wrapping_add(offset)))
                    .filter(|mark| *mark != 0);
            }
        }
        if !frames.is_empty() {
            activations.push(Activation { anchor: None, frames });
        }
        activations
    }

    fn outer_frames(&self, process: &ProcessView, record: &WalkRecord) -> Vec<WalkedFrame> {
        let snapshot = Snapshot::new(process);
        let mut frames = Vec::new();
        // The outermost frame that was walked still leads to the same caller.
        let Some(last) = record.frames.last() else { return frames };
        let (mut at, mut expected) = (last.address, Some(record.next));
        while at != 0 && frames.len() < MAX_FRAMES {
            let Some((frame, next)) = read_frame(&snapshot, &self.layout, at) else { break };
            match expected.take() {
                Some(wanted) if wanted != next => return Vec::new(),
                Some(_) => {}
                None => frames.push(frame),
            }
            at = next;
        }
        frames
    }

    fn name(&mut self, memory: &Snapshot<'_>, frame: &WalkedFrame) -> Option<ManagedFrame> {
        let address = frame.code & !TAGS;
        self.codes.load(memory, &self.layout, address);
        let code = self.codes.get(address)?;
        let instruction = match self.layout.style {
            FrameStyle::Object => frame.instruction & 0xffff_ffff,
            _ => in_the_nearest_original(memory, &self.layout, address, frame.instruction),
        };
        let place = code.place(instruction);
        Some(ManagedFrame {
            function: code.function.clone(),
            file: code.file.clone(),
            line: place.line,
            column: place.column,
            first_line: code.first_line,
            kind: kind_of(&code.file),
            is_entry: false,
        })
    }

    fn is_current(&self, memory: &Snapshot<'_>, code: u64) -> bool {
        self.codes.is_current(memory, &self.layout, code & !TAGS)
    }

    fn for_child(&self) -> Box<dyn FrameSource> {
        Box::new(self.clone())
    }
}

impl PythonReader {
    /// The youngest interpreter and the main one, `interpreters.main` behind `interpreters.head`: the same where there
    /// are no others. Up to 3.12 the thread that created an interpreter stays in its list without ever running code
    /// of it, so that the main one is searched first.
    fn searched_interpreters(&self) -> [u64; 2] {
        let head = self.found.runtime.wrapping_add(self.layout.interpreters_head);
        let main = head.wrapping_add(8);
        if self.version.minor() <= 12 { [main, head] } else { [head, main] }
    }

    /// The address of a thread's innermost frame, 0 for none.
    fn innermost_frame(&self, memory: &Snapshot<'_>, thread: u64) -> Option<u64> {
        let word = |at: u64| memory.u64("a thread's frame", at).ok();
        let at = word(thread.wrapping_add(self.layout.thread_frame))?;
        match self.layout.cframe_frame {
            Some(offset) if at != 0 => word(at.wrapping_add(offset)),
            _ => Some(at),
        }
    }

    fn read_once(&self, process: &ProcessView, thread: u64) -> Option<WalkRecord> {
        let (layout, memory) = (&self.layout, Snapshot::new(process));
        let word = |at: u64| memory.u64("a thread's frame", at).ok();
        let mark = word(thread.wrapping_add(layout.thread_cframe.unwrap_or(layout.thread_frame)))?;
        let mut at = self.innermost_frame(&memory, thread)?;
        let mut record = WalkRecord { mark, ..WalkRecord::default() };
        while at != 0 && record.frames.len() < MAX_FRAMES {
            let (frame, next) = read_frame(&memory, layout, at)?;
            record.frames.push(frame);
            at = next;
        }
        record.next = at;
        Some(record)
    }
}

/// Whether a frame only stands for a call from C.
fn is_from_c(layout: &Layout, frame: &WalkedFrame) -> bool {
    layout.frame_is_entry.is_none() && layout.frame_owner.is_some() && frame.flags[0] >= OWNED_BY_C
}

/// Whether the loop was entered with this frame, in versions whose frames say so themselves.
fn is_last_of_activation(layout: &Layout, frame: &WalkedFrame) -> bool {
    match layout.frame_is_entry {
        Some(_) => frame.flags[0] == 1,
        None => layout.style == FrameStyle::Object,
    }
}

fn read_frame(snapshot: &Snapshot<'_>, layout: &Layout, address: u64) -> Option<(WalkedFrame, u64)> {
    let word = |offset: u64| snapshot.u64("a frame", address.wrapping_add(offset)).ok();
    let mut flags = [0; 2];
    let at = layout.frame_is_entry.or(layout.frame_owner).unwrap_or(0);
    snapshot.read("a frame", address.wrapping_add(at), &mut flags).ok()?;
    let frame = WalkedFrame {
        address,
        code: word(layout.frame_code)?,
        instruction: word(layout.frame_instruction)?,
        flags,
    };
    Some((frame, word(layout.frame_previous)?))
}
