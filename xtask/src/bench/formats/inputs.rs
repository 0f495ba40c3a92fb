//! Large profiles of a fixed generator: call trees with hot and cold paths, names as compilers make them.
//!
//! Stacks are 20 to 60 deep, over 40,000 functions, and most of them share all but their end with many others. Two
//! files of one size are equal.

use crate::bench::statistics::Random;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

const FUNCTIONS: u64 = 40_000;

/// The name of a function: 20 to 60 characters.
fn name(function: u64) -> String {
    const WORDS: [&str; 16] = [
        "parse",
        "request",
        "handler",
        "buffer",
        "encode",
        "session",
        "index",
        "query",
        "cache",
        "schedule",
        "render",
        "token",
        "stream",
        "merge",
        "validate",
        "transform",
    ];
    let word = |shift: u64| WORDS[(function.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift & 15) as usize];
    format!("{}::{}::{}_{}_{function}", word(10), word(20), word(30), word(40))
}

/// Stacks of a program that is seen again and again: a new one leaves a known one near its end and goes on for a few
/// calls. A tree grown so has about three times as many nodes as different stacks.
struct Stacks {
    random: Random,
    /// Known stacks, outermost function first; those in front are taken more often.
    pool: Vec<Vec<u64>>,
    /// Of 16 stacks, how many have been seen before.
    repeated: u64,
}

impl Stacks {
    const POOL: usize = 20_000;

    fn new(seed: u64, repeated: u64) -> Self {
        let mut random = Random::new(seed);
        let first = (0..30).map(|_| random.next() % FUNCTIONS).collect();
        Self { random, pool: vec![first], repeated }
    }

    fn next(&mut self) -> &[u64] {
        // The smaller of two draws: what is in front is hot.
        let known = self.pool.len() as u64;
        let at = (self.random.next() % known).min(self.random.next() % known) as usize;
        if self.random.next() % 16 < self.repeated && self.pool.len() == Self::POOL {
            return &self.pool[at];
        }
        let mut stack = self.pool[at].clone();
        let left = 1 + self.random.next() as usize % 6;
        stack.truncate(stack.len().saturating_sub(left).max(12));
        let more = 1 + self.random.next() % 6 + u64::from(stack.len() < 20) * 10;
        for _ in 0..more {
            let caller = stack.last().copied().unwrap_or(0);
            // Every function calls eight others.
            let callee = caller.wrapping_mul(0x9e37_79b9).wrapping_add(self.random.next() % 8) % FUNCTIONS;
            stack.push(callee);
        }
        stack.truncate(60);
        let place = if self.pool.len() < Self::POOL {
            self.pool.push(stack);
            self.pool.len() - 1
        } else {
            let place = (self.random.next() % Self::POOL as u64) as usize;
            self.pool[place] = stack;
            place
        };
        &self.pool[place]
    }
}

/// `a;b;c 12`, either all lines with a common begin beside each other, or in the order they came.
pub(super) fn folded(path: &Path, bytes: u64, in_order: bool) -> Result<()> {
    let names: Vec<String> = (0..FUNCTIONS).map(name).collect();
    let mut out =
        BufWriter::new(File::create(path).with_context(|| format!("cannot make {}", path.display()))?);
    let mut made = Stacks::new(7, 0);
    let mut random = Random::new(8);
    let mut written = 0;
    // Sorted in pieces, which is what makes neighbours alike; a whole file would have to be in memory.
    const PIECE: usize = 100_000;
    while written < bytes {
        let mut stacks: Vec<Vec<u64>> = Vec::with_capacity(PIECE);
        (0..PIECE).for_each(|_| stacks.push(made.next().to_vec()));
        if in_order {
            stacks.sort_unstable();
        }
        for stack in &stacks {
            let mut line = String::new();
            for (at, function) in stack.iter().enumerate() {
                if at > 0 {
                    line.push(';');
                }
                line.push_str(&names[*function as usize]);
            }
            line.push_str(&format!(" {}\n", 1 + random.next() % 30));
            out.write_all(line.as_bytes())?;
            written += line.len() as u64;
            if written >= bytes {
                break;
            }
        }
    }
    out.flush().context("cannot write")
}

/// What `perf script` prints of samples with call chains.
pub(super) fn perf_script(path: &Path, bytes: u64) -> Result<()> {
    let names: Vec<String> = (0..FUNCTIONS).map(name).collect();
    let mut out =
        BufWriter::new(File::create(path).with_context(|| format!("cannot make {}", path.display()))?);
    let mut made = Stacks::new(11, 14);
    let mut random = Random::new(12);
    let mut written = 0;
    let mut micros = 1_000_000_u64;
    while written < bytes {
        micros += 1 + random.next() % 4000;
        let thread = 4711 + random.next() % 8;
        let mut text = format!(
            "server  4711/{thread} {:5}.{:06}:    2004008 cpu-clock:ppp: \n",
            micros / 1_000_000,
            micros % 1_000_000
        );
        for function in made.next().iter().rev() {
            let address = 0x5581_0000_0000 + function * 0x120;
            text.push_str(&format!(
                "\t    {address:x} {}+0x{:x} (/usr/local/bin/server)\n",
                names[*function as usize],
                function % 0x100
            ));
        }
        text.push('\n');
        out.write_all(text.as_bytes())?;
        written += text.len() as u64;
    }
    out.flush().context("cannot write")
}

/// A profile.proto of CPU samples with two labels each; `bytes` counts before compression.
pub(super) fn pprof(path: &Path, bytes: u64, gzip: bool) -> Result<()> {
    let file = File::create(path).with_context(|| format!("cannot make {}", path.display()))?;
    // gzip as a program: nothing else here needs a library for it.
    let mut packer = None;
    let mut out: BufWriter<Box<dyn Write>> = if gzip {
        let mut child = Command::new("gzip")
            .arg("-1")
            .stdin(std::process::Stdio::piped())
            .stdout(file)
            .spawn()
            .context("cannot start gzip")?;
        let input = child.stdin.take().context("gzip has no input")?;
        packer = Some(child);
        BufWriter::new(Box::new(input))
    } else {
        BufWriter::new(Box::new(file))
    };
    write_pprof(&mut out, bytes)?;
    out.flush().context("cannot write")?;
    drop(out);
    if let Some(mut packer) = packer
        && !packer.wait().context("cannot wait for gzip")?.success()
    {
        bail!("gzip failed");
    }
    Ok(())
}

fn write_pprof(out: &mut dyn Write, bytes: u64) -> Result<()> {
    const TEXTS: [&str; 7] = ["", "samples", "count", "cpu", "nanoseconds", "thread", "tid"];
    let mut message = Vec::new();
    for (kind, unit) in [(1, 2), (3, 4)] {
        let mut kinds = Vec::new();
        number(&mut kinds, 1, kind);
        number(&mut kinds, 2, unit);
        field(&mut message, 1, &kinds);
    }
    out.write_all(&message)?;
    let mut made = Stacks::new(13, 8);
    let mut random = Random::new(14);
    let mut written = 0;
    while written < bytes {
        let mut sample = Vec::new();
        let mut packed = Vec::new();
        made.next().iter().rev().for_each(|function| varint(&mut packed, function + 1));
        field(&mut sample, 1, &packed);
        packed.clear();
        let n = 1 + random.next() % 30;
        varint(&mut packed, n);
        varint(&mut packed, n * 10_000_000);
        field(&mut sample, 2, &packed);
        let mut label = Vec::new();
        number(&mut label, 1, 6);
        number(&mut label, 3, 4711 + random.next() % 8);
        field(&mut sample, 3, &label);
        message.clear();
        field(&mut message, 2, &sample);
        out.write_all(&message)?;
        written += message.len() as u64;
    }
    message.clear();
    for function in 0..FUNCTIONS {
        let mut line = Vec::new();
        number(&mut line, 1, function + 1);
        number(&mut line, 2, function % 500 + 1);
        let mut location = Vec::new();
        number(&mut location, 1, function + 1);
        number(&mut location, 3, 0x55_0000 + function * 0x120);
        field(&mut location, 4, &line);
        field(&mut message, 4, &location);
        let mut row = Vec::new();
        number(&mut row, 1, function + 1);
        number(&mut row, 2, TEXTS.len() as u64 + function);
        field(&mut message, 5, &row);
    }
    TEXTS.iter().for_each(|text| field(&mut message, 6, text.as_bytes()));
    (0..FUNCTIONS).for_each(|function| field(&mut message, 6, name(function).as_bytes()));
    out.write_all(&message).context("cannot write")
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    varint(out, field << 3);
    varint(out, value);
}

fn field(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A recording of a real program, its chunks repeated: a JFR file may have any number of them.
pub(super) fn jfr(jdk: &Path, folder: &Path, path: &Path, bytes: u64) -> Result<()> {
    let source = folder.join("Busy.java");
    std::fs::write(&source, JAVA).context("cannot write the program")?;
    let one = folder.join("one.jfr");
    let run = Command::new(jdk.join("bin/java"))
        .arg(format!("-XX:StartFlightRecording=settings=profile,filename={}", one.display()))
        .arg(&source)
        .current_dir(folder)
        .output()
        .context("cannot start java")?;
    if !run.status.success() {
        bail!("java failed: {}", String::from_utf8_lossy(&run.stderr));
    }
    let chunk = std::fs::read(&one).context("java wrote no recording")?;
    let mut out =
        BufWriter::new(File::create(path).with_context(|| format!("cannot make {}", path.display()))?);
    for _ in 0..bytes.div_ceil(chunk.len().max(1) as u64) {
        out.write_all(&chunk)?;
    }
    out.flush().context("cannot write")
}

/// Threads that sort, build texts, wait for each other and make garbage for 20 s.
const JAVA: &str = r#"
import java.util.*;
public class Busy {
    static volatile Object sink;
    static synchronized void contended() throws Exception { Thread.sleep(2); }
    static int depth(int n, List<String> into) {
        if (n > 0) return depth(n - 1, into) + 1;
        for (int i = 0; i < 200; i++) into.add("item" + i);
        Collections.sort(into);
        return 0;
    }
    public static void main(String[] arguments) throws Exception {
        long end = System.currentTimeMillis() + 20_000;
        Thread[] threads = new Thread[6];
        for (int t = 0; t < threads.length; t++) {
            int number = t;
            threads[t] = new Thread(() -> {
                Random random = new Random(number);
                while (System.currentTimeMillis() < end) {
                    List<String> list = new ArrayList<>();
                    depth(5 + random.nextInt(40), list);
                    sink = list;
                    try { if (random.nextInt(20) == 0) contended(); } catch (Exception e) { return; }
                }
            }, "worker-" + t);
            threads[t].start();
        }
        for (Thread thread : threads) thread.join();
    }
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generators_are_fixed() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = |name: &str, make: fn(&Path, u64) -> Result<()>| {
            let path = folder.path().join(name);
            make(&path, 20_000).expect("made");
            std::fs::read(path).expect("there")
        };
        for make in [
            |path: &Path, bytes| folded(path, bytes, true),
            |path: &Path, bytes| pprof(path, bytes, false),
            perf_script,
        ] {
            let (first, second) = (made("a", make), made("b", make));
            assert!(first == second && first.len() >= 20_000);
        }
    }
}
