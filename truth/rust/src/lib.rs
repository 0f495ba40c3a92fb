//! The truth of a program about its own time: thread CPU time of leaves, wall minus CPU time of wait sites.
//!
//! Same line of JSON as `truth/c/truth.h`. It does not know any profiler.

use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime};

static TRUTH: Mutex<Sums> = Mutex::new(Sums { cpu: BTreeMap::new(), blocked: BTreeMap::new(), start: None });

struct Sums {
    cpu: BTreeMap<&'static str, u64>,
    blocked: BTreeMap<&'static str, u64>,
    start: Option<Instant>,
}

fn sums() -> std::sync::MutexGuard<'static, Sums> {
    TRUTH.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn clock_nanos(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// Runs `work` and adds its thread CPU time to the leaf `name`. Calls should take milliseconds.
#[inline(always)]
pub fn cpu<T>(name: &'static str, work: impl FnOnce() -> T) -> T {
    let before = clock_nanos(ClockId::ThreadCPUTime);
    let result = work();
    let nanos = clock_nanos(ClockId::ThreadCPUTime) - before;
    *sums().cpu.entry(name).or_default() += nanos;
    result
}

/// Runs `wait` and adds the time this thread was not on a CPU to the wait site `name`.
#[inline(always)]
pub fn blocked<T>(name: &'static str, wait: impl FnOnce() -> T) -> T {
    let (wall, cpu) = (Instant::now(), clock_nanos(ClockId::ThreadCPUTime));
    let result = wait();
    let ran = clock_nanos(ClockId::ThreadCPUTime) - cpu;
    *sums().blocked.entry(name).or_default() += (wall.elapsed().as_nanos() as u64).saturating_sub(ran);
    result
}

/// The end of the run: the first argument in seconds from now, 12 s without one. Starts the program's clock.
pub fn deadline() -> Instant {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(12.0);
    let now = Instant::now();
    sums().start = Some(now);
    now + Duration::from_secs_f64(seconds)
}

/// A chain of dependent operations that no compiler shortens.
#[inline(always)]
pub fn burn(rounds: u64, salt: u64) -> u64 {
    let mut state = salt | 1;
    for _ in 0..rounds {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state = state.wrapping_add(salt);
    }
    state
}

#[inline(never)]
fn calibrate_burn(rounds: u64) -> u64 {
    burn(std::hint::black_box(rounds), 0x9e37)
}

/// Rounds of [`burn`] that take about one millisecond here.
pub fn rounds_per_milli() -> u64 {
    const ROUNDS: u64 = 1_000_000;
    let fastest = (0..5)
        .map(|_| {
            let before = clock_nanos(ClockId::ThreadCPUTime);
            cpu("calibrate_burn", || std::hint::black_box(calibrate_burn(ROUNDS)));
            clock_nanos(ClockId::ThreadCPUTime) - before
        })
        .min();
    ROUNDS * 1_000_000 / fastest.unwrap_or(1).max(1)
}

/// Writes the line to the file named by `FATHOM_TRUTH`, or to stderr.
pub fn write(program: &str, threads: u32) {
    let sums = sums();
    let object = |map: &BTreeMap<&str, u64>| {
        let members: Vec<String> = map.iter().map(|(name, nanos)| format!("\"{name}\":{nanos}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let unix = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let wall = sums.start.map(|start| start.elapsed().as_nanos()).unwrap_or_default();
    let total = clock_nanos(ClockId::ProcessCPUTime);
    let mut line = String::new();
    let _ = writeln!(
        line,
        "{{\"program\":\"{program}\",\"cpu\":{},\"blocked\":{},\"counts\":{{}},\"threads\":{threads},\
         \"total_cpu_nanos\":{total},\"wall_nanos\":{wall},\"end_unix_nanos\":{unix}}}",
        object(&sums.cpu),
        object(&sums.blocked),
    );
    match std::env::var_os("FATHOM_TRUTH") {
        Some(path) => std::fs::write(path, line).expect("FATHOM_TRUTH names a file that can be written"),
        None => std::io::stderr().write_all(line.as_bytes()).expect("stderr can be written"),
    }
}
