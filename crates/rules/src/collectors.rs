//! What garbage costs the goal: the work of collectors, and what is spent waiting for them. Knows no patterns.

use fathom_model::WaitClass;

use crate::context::Context;
use crate::ledger::Claim;

/// Entry points of the collectors of Go, HotSpot and V8; allocation that needs none of them is not theirs.
pub(crate) const COLLECTORS: &[&str] = &[
    "runtime.gcBgMarkWorker",
    "runtime.gcAssistAlloc*",
    "runtime.gcStart*",
    "runtime.gcMarkDone*",
    "runtime.gcMarkTermination*",
    "runtime.gcDrain*",
    "runtime.gcParkAssist",
    "runtime.gcWriteBarrier*",
    "runtime.wbBufFlush*",
    "runtime.bgsweep",
    "runtime.deductSweepCredit",
    "runtime.(*mheap).reclaim*",
    "G1EvacuateRegions*",
    "G1ParEvacuate*",
    "G1ParScanThreadState::*",
    "G1YoungCollector::*",
    "G1CollectedHeap::do_collection*",
    "G1CollectedHeap::do_full_collection",
    "G1CollectedHeap::evacuate*",
    "G1ConcurrentMark*",
    "G1CMTask::*",
    "G1ConcurrentRefine*",
    "G1FullCollector::*",
    "G1FullGC*",
    "G1RemSet::*",
    "VM_G1*",
    "VM_GenCollect*",
    "VM_ParallelGC*",
    "VM_ParallelCollect*",
    "VM_SerialCollect*",
    "VM_CollectForAllocation::*",
    "GenCollectedHeap::do_collection",
    "GenCollectedHeap::collect_generation",
    "SerialHeap::do_collection",
    "SerialHeap::collect*",
    "DefNewGeneration::collect",
    "TenuredGeneration::collect",
    "GenMarkSweep::*",
    "SerialFullGC::*",
    "PSScavenge::*",
    "PSPromotionManager::*",
    "PSParallelCompact*",
    "ParCompactionManager::*",
    "ScavengeRootsTask::work",
    "ZMark::*",
    "ZRelocate*",
    "ZDriver*",
    "ZGeneration*",
    "XMark::*",
    "XRelocate*",
    "XDriver*",
    "ShenandoahMark*",
    "ShenandoahConcurrent*",
    "ShenandoahControlThread::*",
    "ShenandoahEvacuation*",
    "v8::internal::Heap::CollectGarbage*",
    "v8::internal::Heap::PerformGarbageCollection*",
    "v8::internal::Heap::Scavenge*",
    "v8::internal::Heap::MarkCompact*",
    "v8::internal::Heap::FinalizeIncrementalMarking*",
    "v8::internal::Scaveng*",
    "v8::internal::MarkCompact*",
    "v8::internal::ConcurrentMark*",
    "v8::internal::IncrementalMark*",
    "v8::internal::MinorMark*",
    "v8::internal::MinorMS*",
    "v8::internal::YoungGeneration*",
    "v8::internal::Sweeper*",
    "v8::internal::Evacuat*",
    "v8::internal::PointersUpdat*",
    "v8::internal::ArrayBufferSweeper*",
];

/// Where memory is taken: with the collectors, what the allocating lines of own code are told by.
pub(crate) const ALLOCATORS: &[&str] = &[
    "runtime.mallocgc*",
    "runtime.newobject",
    "runtime.newarray",
    "runtime.growslice*",
    "runtime.makeslice*",
    "runtime.makemap*",
    "runtime.concatstring*",
    "runtime.slicebytetostring",
    "runtime.stringtoslicebyte",
    "OptoRuntime::new_*",
    "Runtime1::new_*",
    "InterpreterRuntime::_new",
    "InterpreterRuntime::newarray",
    "InterpreterRuntime::anewarray",
    "MemAllocator::*",
    "Builtins_Allocate*",
    "v8::internal::Runtime_Allocate*",
    "v8::internal::Factory::*",
];

impl Context<'_> {
    /// The stacks of the goal that may go with any garbage: a collector works in them, or may be waited for, or they
    /// take memory for code that has no name.
    pub(crate) fn collection(&self) -> &Claim {
        self.collection.get_or_init(|| {
            let mut claim = self.cost_under(self.goal_ledger(), &self.functions(COLLECTORS)).claim;
            let taken = self.cost_under(self.goal_ledger(), &self.functions(ALLOCATORS)).claim;
            taken.stacks().filter(|at| self.own_of(*at).is_none()).for_each(|at| claim.add(at));
            if self.process_with("jvm").is_some() {
                claim.join(&self.nameless_waits());
            }
            claim
        })
    }

    /// Of the goal, what a thread waits for while a collector stops the program: [`Self::nameless_waits`], if the runtime
    /// tells of pauses that are long enough for most of them.
    pub(crate) fn collection_waits(&self) -> Option<Claim> {
        let events = self.recording.events.iter().filter(|event| event.kind == "gc.pause");
        let paused = events.fold(0_i64, |sum, event| sum.saturating_add(event.duration_nanos.max(0)));
        let waits = self.nameless_waits();
        let waited = self.goal_ledger.sum(&waits).0;
        (waited > 0 && paused >= waited / 2).then_some(waits)
    }

    /// Waits for a lock without own code on the stack. A thread of the JVM waits so until a collection is over: the
    /// virtual machine keeps no frame pointers, and the stack ends in the C library.
    fn nameless_waits(&self) -> Claim {
        let waits = self.goal_waits(|class| class == WaitClass::Lock);
        let mut claim = Claim::empty(self.recording.stacks.nodes().len());
        let nameless = |at: &usize| waits.values[*at] > 0 && self.own_of(*at).is_none();
        (0..waits.values.len()).filter(nameless).for_each(|at| claim.add(at));
        claim
    }

    /// Whether some stacks take memory that a collector has to clear away.
    pub(crate) fn makes_garbage(&self, claim: &Claim) -> bool {
        let allocating = self.allocating.get_or_init(|| {
            let names: Vec<&str> = ALLOCATORS.iter().chain(COLLECTORS).copied().collect();
            self.stacks_through(&self.functions(&names))
        });
        claim.stacks().any(|at| allocating.get(at) == Some(&true) && self.goal_ledger.values[at] > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use std::collections::BTreeMap;

    /// Of a JVM: 1 s of collecting, 2 s of waiting for it, 500 ms of waiting in own code, 300 ms of allocating, 4 s of work.
    const PROFILE: &str = "wall 10s\ncommand java A\nprocess java runtime=jvm\nthread main
        cpu A.main@A.java:3{user,jvm} 4s n=4000
        cpu A.main@A.java:4{user,jvm};OptoRuntime::new_array_C[libjvm.so]{runtime} 300ms n=300
        cpu A.main@A.java:4{user,jvm};OptoRuntime::new_array_C[libjvm.so]{runtime};G1EvacuateRegionsTask::work[libjvm.so]{gc} 1s n=1000
        off-cpu blocked.lock futex_wait[kernel]{kernel} 2s n=20
        off-cpu blocked.lock A.main@A.java:5{user,jvm};futex_wait[kernel]{kernel} 500ms n=5";

    fn collected(profile: &str) -> i64 {
        let recording = fathom_testkit::recording(profile);
        let settings = Settings::default();
        let cx = Context::new(&recording, &BTreeMap::new(), &settings);
        cx.goal_ledger().sum(cx.collection()).0 / 1_000_000
    }

    #[test]
    fn what_a_thread_of_the_jvm_waits_for_may_be_a_collection() {
        assert_eq!(collected(PROFILE), 3_000);
        // Elsewhere a wait without a name is anything.
        assert_eq!(collected(&PROFILE.replace("runtime=jvm", "runtime=go")), 1_000);
        // Taking memory is own code's, unless nobody knows whose.
        assert_eq!(
            collected(&PROFILE.replace("A.main@A.java:4{user,jvm};Opto", "Stub[jvm]{runtime,jvm};Opto")),
            3_300
        );
    }

    #[test]
    fn waits_are_for_the_collector_if_it_paused_the_program_as_long() {
        let of = |pause: &str| {
            let recording = fathom_testkit::recording(&format!("{PROFILE}\nevent gc.pause 1s {pause}"));
            let settings = Settings::default();
            let cx = Context::new(&recording, &BTreeMap::new(), &settings);
            cx.collection_waits().map(|waits| cx.goal_ledger().sum(&waits).0 / 1_000_000)
        };
        assert_eq!((of("1s"), of("999ms")), (Some(2_000), None));
    }

    #[test]
    fn garbage_is_made_where_memory_is_taken() {
        let recording = fathom_testkit::recording(PROFILE);
        let settings = Settings::default();
        let cx = Context::new(&recording, &BTreeMap::new(), &settings);
        let line = |line| {
            let own = cx.own_lines().places.iter();
            own.filter(|place| place.location.line == Some(line))
                .map(|place| cx.makes_garbage(&place.claim))
                .collect()
        };
        let (works, takes): (Vec<bool>, Vec<bool>) = (line(3), line(4));
        assert_eq!((works, takes), (vec![false], vec![true]));
    }
}
