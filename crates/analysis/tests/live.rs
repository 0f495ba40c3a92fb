//! The live aggregator: sums per window, and every limit holds.

use fathom_analysis::{LiveAggregate, LiveKey, LiveLimits};
use fathom_model::{
    ProcessId, RawFrame, RawSample, Record, Signal, Sink, StackId, ThreadId, ThreadState, ThreadTimes,
};

const SECOND: i64 = 1_000_000_000;

fn sample(at_seconds: i64, thread: u32, stack: Option<u32>, value: i64) -> Record {
    Record::Sample(RawSample {
        signal: Signal::Cpu,
        time_nanos: at_seconds * SECOND + 5,
        process: ProcessId(0),
        thread: ThreadId(thread),
        cpu: None,
        stack: stack.map(StackId),
        value,
        n: 1,
        state: ThreadState::Running,
    })
}

fn stack(id: u32, parent: Option<u32>) -> Record {
    let frame = RawFrame { module: None, address: u64::from(id) * 16 };
    Record::Stack { id: StackId(id), parent: parent.map(StackId), frame }
}

fn take(aggregate: &mut LiveAggregate, records: impl IntoIterator<Item = Record>) {
    for record in records {
        aggregate.record(&record).expect("memory takes every record");
    }
}

#[test]
fn a_window_sums_its_seconds_only() {
    let mut live = LiveAggregate::new(LiveLimits::default());
    take(&mut live, [stack(0, None), stack(1, Some(0))]);
    take(
        &mut live,
        [
            sample(1, 0, Some(1), 10),
            sample(2, 0, Some(1), 20),
            sample(3, 0, Some(0), 5),
            sample(3, 0, Some(1), 7),
        ],
    );
    let snapshot = live.snapshot(2);
    let key =
        |stack| LiveKey { signal: Signal::Cpu, thread: ThreadId(0), state: ThreadState::Running, stack };
    assert_eq!((snapshot.from_second, snapshot.until_second), (2, 4));
    assert_eq!(snapshot.sums, [(key(Some(StackId(1))), 27, 2), (key(Some(StackId(0))), 5, 1)]);
    assert_eq!(live.frames(StackId(1)).iter().map(|frame| frame.address).collect::<Vec<_>>(), [16, 0]);
    assert_eq!(live.snapshot(1_000).sums[0].1, 37);
}

#[test]
fn samples_may_come_out_of_order_but_not_from_before_the_ring() {
    let mut live = LiveAggregate::new(LiveLimits { seconds: 3, ..LiveLimits::default() });
    take(
        &mut live,
        [sample(10, 0, None, 1), sample(9, 0, None, 2), sample(8, 0, None, 4), sample(7, 0, None, 8)],
    );
    let snapshot = live.snapshot(10);
    assert_eq!((snapshot.sums[0].1, snapshot.too_late), (7, 1));
    take(&mut live, [sample(12, 0, None, 16)]);
    assert_eq!(live.snapshot(10).sums[0].1, 17, "seconds 8 and 9 are gone");
}

#[test]
fn every_limit_holds_and_totals_stay() {
    let limits = LiveLimits { seconds: 2, entries_per_second: 3, stacks: 4, threads: 2 };
    let mut live = LiveAggregate::new(limits);
    take(&mut live, (0..10).map(|id| stack(id, None)));
    take(&mut live, (0..10).map(|id| sample(1, 0, Some(id), 10)));
    let snapshot = live.snapshot(1);
    assert_eq!(snapshot.sums.iter().map(|(_, value, _)| value).sum::<i64>(), 100);
    assert_eq!(snapshot.sums.len(), 4, "three stacks and the rest without one");
    assert_eq!(snapshot.folded, 7);
    let times = |id, ended| Record::ThreadTimes {
        id: ThreadId(id),
        times: ThreadTimes { running_nanos: i64::from(id), ..ThreadTimes::default() },
        switches: None,
        time_nanos: i64::from(id),
        ended,
    };
    take(&mut live, [times(1, false), times(2, true), times(3, false)]);
    let kept: Vec<u32> = live.snapshot(1).threads.iter().map(|(id, _)| id.0).collect();
    assert_eq!(kept, [1, 3], "the ended thread made room");
}

#[test]
fn odd_times_and_cyclic_stacks_end() {
    let mut live = LiveAggregate::new(LiveLimits::default());
    take(&mut live, [stack(0, Some(1)), stack(1, Some(0))]);
    for time_nanos in [i64::MIN, i64::MAX, 0] {
        let Record::Sample(raw) = sample(0, 0, Some(1), i64::MAX) else { continue };
        take(&mut live, [Record::Sample(RawSample { time_nanos, ..raw })]);
    }
    assert_eq!(live.frames(StackId(1)).len(), 2);
    assert_eq!(live.snapshot(usize::MAX).sums.len(), 1);
}
