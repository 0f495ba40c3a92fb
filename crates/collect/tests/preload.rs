//! The preload library in real programs, as an ordinary user: nothing they do changes, and the samples are
//! true.
//!
//! Needs `cc`, and `setpriv` when run as root.
#![allow(clippy::unwrap_used)] // In a helper of a test, a panic is the failure it should be.

use fathom_collect::preload::library;
use fathom_sys::preload_ring::{PreloadLost, PreloadOptions, PreloadRecord, PreloadRing};
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const PERIOD_NANOS: u64 = 2_000_000;

/// The program of `guest.c`, built once.
fn guest() -> &'static Path {
    static GUEST: OnceLock<PathBuf> = OnceLock::new();
    GUEST.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/preload/guest.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("preload-guest");
        let output = Command::new("cc")
            .args(["-O2", "-o"])
            .arg(&program)
            .arg(source)
            .args(["-lpthread", "-ldl"])
            .output();
        let output = output.expect("cc is installed");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        program
    })
}

/// A command of an ordinary user: as root through `setpriv`, else as it is.
fn as_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=1000", "--regid=1000", "--clear-groups", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    std::fs::read("/proc/self/status")
        .is_ok_and(|status| fathom_sys::proc::parse_status(&status).is_ok_and(|status| status.uids[1] == 0))
}

/// What came out of a run.
#[derive(Default)]
struct Recorded {
    weight: BTreeMap<(i32, i32), u64>,
    n_samples: BTreeMap<(i32, i32), u64>,
    last_cpu_nanos: BTreeMap<(i32, i32), u64>,
    started: BTreeSet<(i32, i32)>,
    start_cpu_nanos: BTreeMap<(i32, i32), u64>,
    exit_cpu_nanos: BTreeMap<(i32, i32), u64>,
    commands: Vec<String>,
    maps: BTreeMap<i32, String>,
    n_forks: usize,
    n_stopped: usize,
    n_in_maps: u64,
    n_with_return_address: u64,
    lost: PreloadLost,
}

impl Recorded {
    fn take(&mut self, record: PreloadRecord<'_>) {
        match record {
            PreloadRecord::Sample(sample) => {
                let key = (sample.pid, sample.tid);
                *self.weight.entry(key).or_default() += u64::from(sample.weight);
                *self.n_samples.entry(key).or_default() += 1;
                let last = self.last_cpu_nanos.entry(key).or_default();
                assert!(sample.cpu_nanos >= *last, "the CPU time of {key:?} goes back");
                *last = sample.cpu_nanos;
                let program = guest().to_str().unwrap();
                let maps = self.maps.get(&sample.pid).map_or("", String::as_str);
                let ranges: Vec<_> = fathom_sys::proc::parse_maps(maps.as_bytes()).0;
                let holds = |address: u64| ranges.iter().find(|map| (map.start..map.end).contains(&address));
                self.n_in_maps += u64::from(holds(sample.instruction_pointer).is_some());
                // Somewhere up the stack is the return address into the program.
                let mut words =
                    sample.stack.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap()));
                self.n_with_return_address +=
                    u64::from(words.any(|word| holds(word).is_some_and(|map| map.path == program)));
            }
            PreloadRecord::ThreadStart { pid, tid, cpu_nanos, .. } => {
                self.started.insert((pid, tid));
                self.start_cpu_nanos.insert((pid, tid), cpu_nanos);
            }
            PreloadRecord::ThreadExit { pid, tid, cpu_nanos, .. } => {
                self.exit_cpu_nanos.insert((pid, tid), cpu_nanos);
            }
            PreloadRecord::Exec { command_line, .. } => {
                self.commands.push(fathom_sys::proc::parse_cmdline(command_line).join(" "));
            }
            PreloadRecord::Maps { pid, text, .. } => {
                self.maps.entry(pid).or_default().push_str(&String::from_utf8_lossy(text));
            }
            PreloadRecord::Fork { pid, parent_pid, .. } => {
                self.n_forks += 1;
                let maps = self.maps.get(&parent_pid).cloned().unwrap_or_default();
                self.maps.insert(pid, maps);
            }
            PreloadRecord::Stopped { .. } => self.n_stopped += 1,
        }
    }

    /// All expirations against all CPU time told at the ends of threads.
    fn share_sampled(&self) -> f64 {
        let cpu_nanos: u64 = self
            .exit_cpu_nanos
            .iter()
            .map(|(key, nanos)| nanos - self.start_cpu_nanos.get(key).unwrap_or(&0))
            .sum();
        (self.weight.values().sum::<u64>() * PERIOD_NANOS) as f64 / cpu_nanos as f64
    }
}

fn ring() -> PreloadRing {
    PreloadRing::create(
        library(),
        &PreloadOptions { period_nanos: PERIOD_NANOS, stack_bytes: 16000, n_slots: 256 },
    )
    .unwrap()
}

/// Lets the user of [`as_user`] use the ring, as if Fathom ran as that user.
fn give_to_user(ring: &PreloadRing) {
    if is_root() {
        std::os::unix::fs::chown(ring.ring_path(), Some(1000), Some(1000)).unwrap();
    }
}

/// Runs a mode of the guest with the library and drains until it has ended.
fn record(arguments: &[&str]) -> (Output, Recorded) {
    let mut ring = ring();
    give_to_user(&ring);
    let mut command = as_user(guest());
    command.args(arguments).envs(ring.environment(None));
    let mut recorded = Recorded::default();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    let output = drain_until_end(child, &mut ring, &mut recorded);
    recorded.lost = ring.lost();
    (output, recorded)
}

fn drain_until_end(child: Child, ring: &mut PreloadRing, recorded: &mut Recorded) -> Output {
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let output = child.wait_with_output().unwrap();
            ended.store(true, Ordering::Release);
            output
        });
        while !ended.load(Ordering::Acquire) {
            ring.drain(|record| recorded.take(record)).unwrap();
            std::thread::park_timeout(Duration::from_millis(10));
        }
        ring.drain(|record| recorded.take(record)).unwrap();
        waiter.join().unwrap()
    })
}

/// Runs with and without the library; the same must come out.
fn compare(arguments: &[&str]) -> Recorded {
    let plain = as_user(guest()).args(arguments).stdin(Stdio::null()).output().unwrap();
    let (with, recorded) = record(arguments);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(&plain.stdout), text(&with.stdout), "{arguments:?}");
    assert_eq!(text(&plain.stderr), text(&with.stderr), "{arguments:?}");
    assert_eq!(
        (plain.status.code(), plain.status.signal()),
        (with.status.code(), with.status.signal()),
        "{arguments:?}"
    );
    assert_eq!((recorded.lost.malformed, recorded.lost.unarmed_threads), (0, 0), "{arguments:?}");
    assert!(!recorded.started.is_empty(), "{arguments:?}: the library did not start");
    recorded
}

#[test]
fn samples_are_cpu_time_times_rate_in_every_thread() {
    let recorded = compare(&["threads"]);
    assert_eq!(recorded.lost, PreloadLost::default());
    // Main (150 ms), three threads, one C11 thread.
    assert_eq!(recorded.started.len(), 5);
    for (key, cpu_nanos) in &recorded.exit_cpu_nanos {
        let since_start = cpu_nanos - recorded.start_cpu_nanos[key];
        let expected = since_start as f64 / PERIOD_NANOS as f64;
        let weight = recorded.weight[key] as f64;
        // Up to two kernel ticks (4 ms at 250 Hz) can be missing at a thread's end.
        assert!(
            (weight - expected).abs() <= 0.1 * expected + 4.0,
            "{key:?}: {weight} expirations for {expected}"
        );
    }
    let share = recorded.share_sampled();
    assert!((0.9..=1.1).contains(&share), "{share}");
    let n_samples: u64 = recorded.n_samples.values().sum();
    assert!(
        recorded.n_in_maps * 100 >= n_samples * 99,
        "{} of {n_samples} in the maps told",
        recorded.n_in_maps
    );
    assert!(
        recorded.n_with_return_address * 100 >= n_samples * 99,
        "{} of {n_samples}",
        recorded.n_with_return_address
    );
}

#[test]
fn forked_children_are_sampled_and_short_ones_leave_their_maps() {
    let recorded = compare(&["forks"]);
    assert_eq!(recorded.n_forks, 20);
    let share = recorded.share_sampled();
    // 20 children of 10 ms each end between two ticks.
    assert!((0.5..=1.2).contains(&share), "{share}");
    let spawned = compare(&["spawns"]);
    for command in ["echo from vfork", "echo from posix_spawn", "sh -c exit 3"] {
        assert!(
            spawned.commands.iter().any(|seen| seen == command),
            "{command} is not in {:?}",
            spawned.commands
        );
    }
    compare(&["fork-in-threads"]);
    assert!(recorded.maps.values().all(|maps| maps.contains("guest") && maps.contains("libc.so")));
}

#[test]
fn signals_of_the_program_are_its_own() {
    let blocked = compare(&["masks"]);
    let share = blocked.share_sampled();
    assert!((0.8..=1.1).contains(&share), "a thread that blocks all signals is sampled: {share}");
    compare(&["realtime"]);
    compare(&["interruptions"]);
    compare(&["stacks"]);
    compare(&["coroutines"]);
}

#[test]
fn a_profiling_timer_of_the_program_works_beside_ours() {
    let recorded = compare(&["sigprof"]);
    let share = recorded.share_sampled();
    assert!((0.9..=1.1).contains(&share), "{share}");
}

#[test]
fn no_blocking_call_is_interrupted() {
    let recorded = compare(&["sleeps"]);
    assert!(recorded.n_samples.values().sum::<u64>() > 20, "too few samples to show anything");
}

#[test]
fn threads_libraries_and_cancellation() {
    let recorded = compare(&["many-threads"]);
    assert_eq!(recorded.lost.abandoned, 0);
    compare(&["libraries"]);
    compare(&["cancels"]);
}

#[test]
fn every_end_is_the_same() {
    for how in ["abort", "kill", "term", "segv", "main-thread-first", "exit"] {
        compare(&["ends", how]);
    }
}

#[test]
fn nothing_is_done_after_a_seccomp_filter() {
    let recorded = compare(&["seccomp"]);
    assert_eq!(recorded.n_stopped, 1);
}

#[test]
fn a_full_ring_counts_what_it_loses_and_the_program_goes_on() {
    let options = PreloadOptions { period_nanos: PERIOD_NANOS, stack_bytes: 3968, n_slots: 16 };
    let mut ring = PreloadRing::create(library(), &options).unwrap();
    give_to_user(&ring);
    let mut command = as_user(guest());
    let output = command.args(["burn", "300"]).envs(ring.environment(None)).output().unwrap();
    assert!(output.status.success());
    let mut n_samples = 0;
    let mut weight = 0;
    ring.drain(|record| {
        if let PreloadRecord::Sample(sample) = record {
            n_samples += 1;
            weight += u64::from(sample.weight);
        }
    })
    .unwrap();
    assert!(n_samples > 5 && n_samples <= 14, "{n_samples}");
    let all = (weight + ring.lost().expirations) as f64;
    assert!((all - 150.0).abs() < 20.0, "{all} expirations in 300 ms");
}

#[test]
fn samples_end_when_fathom_stops() {
    let mut ring = ring();
    give_to_user(&ring);
    ring.stop().unwrap();
    let mut command = as_user(guest());
    let output = command.args(["burn", "50"]).envs(ring.environment(None)).output().unwrap();
    assert!(output.status.success());
    assert_eq!(ring.drain(|_| ()).unwrap(), 0);
}

#[test]
fn a_ring_of_another_user_or_none_leaves_the_program_alone() {
    let ring = ring();
    let mut command = as_user(guest());
    // As root the ring stays root's; else its name is wrong.
    command.args(["burn", "20"]).envs(ring.environment(None));
    if !is_root() {
        command.env("FATHOM_PRELOAD_RING", "/nowhere");
    }
    let output = command.output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_library_names_no_other_and_cannot_panic() {
    let library = library();
    assert!(!library.is_empty());
    let contains = |text: &[u8]| library.windows(text.len()).any(|window| window == text);
    assert!(!contains(b"fathom-preload-has-a-panic"), "a panic is possible in the preload library");
    assert!(!contains(b"libc.so"), "the preload library needs a library");
    assert!(contains(b"pthread_create"));
}

#[test]
fn a_sample_costs_little() {
    let (output, recorded) = record(&["cost"]);
    let nanos: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap();
    assert!(recorded.n_samples.values().sum::<u64>() >= 500, "the samples did not come");
    // Measured: 5-7 us, of which 3 are the kernel's for any signal. At 250 a second the bound is 1 %.
    assert!(nanos < 40_000, "{nanos} ns a sample");
}
