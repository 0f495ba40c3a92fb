//! Short text ⇄ [`Recording`](fathom_model::Recording), so that a test shows its profile in a few lines.
//!
//! **You give** text in the grammar below, or a recording.
//!
//! **You get** a recording ([`parse`], or [`recording`] that panics with the line at fault) or its text
//! ([`print()`]).
//!
//! **It does not** do I/O, and it is no storage format: what tests do not need (load addresses, column
//! types) has no syntax.
//!
//! **Invariants**: ids follow first appearance; `print(parse(print(r))) == print(r)`; errors name the line.
//!
//! # Grammar
//!
//! One statement a line; `#` opens a comment line; blank lines are skipped. Words are separated by blanks;
//! a word with blanks stands in double quotes. `[x]` is optional, `TIME` and `VALUE` are quantities.
//!
//! ```text
//! start TIME                        start of the recording (default 0s); all other times count from it
//! wall TIME                         length of the recording
//! clock TIME TIME                   a pair: offset in the recording, time since 1970
//! command WORD...                   the command line
//! pids N...                         the pids attached to
//! cwd PATH                          working directory
//! exit CODE | killed SIGNAL         exit status
//! host NAME [cpus=N] [kernel=R] [arch=A] [cpu-model=M] [memory=BYTES] [cpu-quota=X] [memory-limit=BYTES]
//! signals SIGNAL...                 default: those of the samples, in their fixed order
//! recovered                         rebuilt from a spool
//! quality [cpu-samples=N] [off-cpu-samples=N] [off-cpu-intervals=N] [lost=N] [truncated=N] [spliced=N]
//!         [without-stack=N] [frames=N] [unresolved=N] [unmerged=N]    default: counted from the samples
//! cost [cpu=TIME] [rss=BYTES] [sampling=TIME] [switches=TIME] [wall=TIME] [target-cpu=TIME]
//! note TEXT                         a quality note (the rest of the line)
//! collector ID used|missing HOW [fix=COMMAND]
//! epoch TIME rate=HZ [stack=BYTES] [off-cpu=HZ] [gap=TIME] REASON
//! module PATH [kind=KIND] [build-id=HEX]
//! process NAME [pid=N] [parent=N] [exec=N] [command=TEXT] [runtime=R] [version=V] [start=TIME] [end=TIME]
//!              [exit=STATUS]        opens it; default pid 1000, then 1001 ...
//! thread NAME [tid=N] [start=TIME] [end=TIME] [running=TIME] [runnable=TIME] [blocked=TIME]
//!             [missing=TIME] [switches=N]      opens it; the first thread of a process has its pid as tid;
//!                                              times not given are summed from the thread's samples
//! SIGNAL [STATE] STACK VALUE [n=N] [at=TIME] [cpu=N] [label.KEY=VALUE]...      n defaults to 1
//! series NAME TIME VALUE            of the open process, or of the host for `host.*` and `cgroup.*`
//! event KIND TIME DURATION [JSON]   of the open thread
//!
//! SIGNAL    cpu, off-cpu, alloc-bytes ...           STATE   running, runnable, blocked.lock, unknown ...
//!           (STATE is required for off-cpu; default running for cpu, unknown for the rest)
//! STACK     FRAME;FRAME;...  outermost first, or `-` for none
//! FRAME     NAME[@FILE[:LINE[:COLUMN]][^FIRST_LINE]][`[`MODULE[+0xADDRESS]`]`][`{`KIND[,inlined][,RUNTIME]`}`]
//!           KIND defaults to user; NAME `?` is a frame without a function name; in a FRAME a backslash
//!           takes the next character as it is; modules `kernel`, `vdso`, `anon` stand for `[kernel]` ...
//! quantity  a decimal number and ns us ms s min | B KiB MiB GiB | % | nothing (a count)
//! ```
//!
//! # Example
//!
//! ```
//! let recording = fathom_testkit::recording("
//!     wall 10s
//!     thread main
//!     cpu main;work@src/a.rs:12[app]{user};memcpy[libc.so.6]{library} 120ms n=60
//!     off-cpu blocked.lock main;lock;futex_wait{kernel} 2s n=14
//!     series process.rss 10s 5MiB
//! ");
//! assert_eq!(recording.samples.len(), 2);
//! ```

mod builder;
mod frame_text;
mod parse;
mod print;
mod quantity;
mod statement;
mod words;

pub use parse::{ParseError, parse, recording};
pub use print::print;
