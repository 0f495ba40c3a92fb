//! Many small reads or writes, each of which is a call into the kernel.

use fathom_model::ThreadState;

use crate::frame_set::FrameSet;
use crate::prelude::*;

threshold! {
    /// Below it, a buffer saves less than a reader of the code has to think about when it is written out.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}
threshold! {
    /// Of 4 KiB and more, most of the time goes into copying and into the pages of the file; of a line of text most
    /// goes into entering the kernel and finding the file.
    LEAST_FIXED_SHARE = "least-fixed-share", Share(0.25), source: "measured on Linux 6.18: about 40 % with 15 bytes a call"
}

/// Fewer observations say nothing about how the time of a call is made up.
const LEAST_OBSERVATIONS: u64 = 30;

/// What reads or writes a file or pipe, from the runtime's function to the kernel's.
const CALLS: &[&str] = &[
    "write",
    "read",
    "pwrite",
    "pread",
    "writev",
    "readv",
    "__write",
    "__read",
    "__libc_write",
    "__libc_read",
    "os_write",
    "os_read",
    "_Py_write",
    "_Py_read",
    "_io_FileIO_write",
    "_io_FileIO_read*",
    "os.(*File).Write",
    "os.(*File).Read",
    "os.(*File).WriteString",
    "syscall.write",
    "syscall.read",
    "syscall.Write",
    "syscall.Read",
    "java.io.FileOutputStream.write*",
    "java.io.FileInputStream.read*",
    "java.io.RandomAccessFile.write*",
    "java.io.RandomAccessFile.read*",
    "sun.nio.ch.FileDispatcherImpl.write0",
    "sun.nio.ch.FileDispatcherImpl.read0",
    "sun.nio.ch.UnixFileDispatcherImpl.write0",
    "sun.nio.ch.UnixFileDispatcherImpl.read0",
    "node::fs::WriteBuffer",
    "node::fs::WriteString",
    "node::fs::Read",
    "uv_fs_write",
    "uv_fs_read",
    "std::sys::fd::unix::FileDesc::write",
    "std::sys::fd::unix::FileDesc::read",
    "ksys_write",
    "ksys_read",
    "__x64_sys_write",
    "__x64_sys_read",
    "__arm64_sys_write",
    "__arm64_sys_read",
    "vfs_write",
    "vfs_read",
];

/// What each call costs, however many bytes it is about.
const FIXED: &[&str] = &[
    "write",
    "read",
    "pwrite",
    "pread",
    "__libc_write",
    "__libc_read",
    "internal/runtime/syscall.Syscall6",
    "runtime/internal/syscall.Syscall6",
    "internal/runtime/syscall/linux.Syscall6",
    "syscall.Syscall",
    "syscall.RawSyscall6",
    "runtime.entersyscall",
    "runtime.exitsyscall",
    "runtime.reentersyscall",
    "entry_SYSCALL_64*",
    "syscall_return_via_sysret",
    "syscall_exit_to_user_mode*",
    "syscall_enter_from_user_mode*",
    "do_syscall_64",
    "x64_sys_call",
    "el0_svc*",
    "invoke_syscall*",
    "ksys_write",
    "ksys_read",
    "vfs_write",
    "vfs_read",
    "new_sync_write",
    "new_sync_read",
    "fdget_pos",
    "__fdget_pos",
    "__fget_light",
    "fput",
    "rw_verify_area",
    "security_file_permission",
    "__fsnotify_parent",
    "fsnotify*",
    "__x86_indirect_thunk_*",
    "srso_*",
    "retbleed_*",
    "file_update_time*",
    "file_modified*",
    "current_time",
    "ktime_get_coarse_real_ts64*",
    "inode_needs_update_time*",
    "generic_write_checks*",
    "generic_write_check_limits",
    "ext4_generic_write_checks",
    "ext4_buffered_write_iter",
    "ext4_file_write_iter",
    "mutex_lock",
    "mutex_unlock",
    "down_write",
    "up_write",
    "balance_dirty_pages_ratelimited*",
];

/// Buffers of libraries: a call below one of them moves a buffer's worth.
const BUFFERS: &[&str] = &[
    "_IO_new_file_write",
    "_IO_new_file_underflow",
    "_IO_file_underflow",
    "_IO_file_xsgetn",
    "_IO_new_file_xsputn",
    "_IO_do_write",
    "_IO_new_do_write",
    "__stdio_write",
    "__stdio_read",
    "_bufferedwriter_*",
    "_bufferedreader_*",
    "_io__Buffered*",
    "bufio.(*Writer).*",
    "bufio.(*Reader).*",
    "java.io.BufferedOutputStream.*",
    "java.io.BufferedWriter.*",
    "java.io.BufferedReader.*",
    "java.io.BufferedInputStream.*",
    "sun.nio.cs.StreamEncoder.*",
    "sun.nio.cs.StreamDecoder.*",
    "*BufWriter*",
    "*BufReader*",
    "std::basic_filebuf::*",
    "std::__basic_file::*",
];

/// What empties a buffer before it is full.
const FORCED: &[&str] = &[
    "fflush",
    "_IO_fflush",
    "_io_TextIOWrapper_flush*",
    "_io__Buffered_flush*",
    "_io__Buffered_simple_flush*",
    "builtin_print",
    "bufio.(*Writer).Flush",
    "java.io.PrintStream.*",
    "*LineWriter*",
    "*linewritershim*",
];

/// Descriptors that are no files: messages are as small as they are.
const MESSAGES: &[&str] = &[
    "sock_write_iter",
    "sock_read_iter",
    "sock_sendmsg*",
    "sock_recvmsg*",
    "unix_stream_*",
    "tcp_*",
    "eventfd_*",
    "timerfd_*",
    "signalfd_*",
    "inotify_*",
    "tty_*",
    "file_tty_write",
    "proc_reg_*",
    "seq_read*",
    "dl_open_worker*",
    "_find_and_load",
];

declare_rule! {
    /// ## What it finds
    /// A line that reads or writes a file or pipe in small pieces, each with a call into the kernel.
    /// ## Why it matters
    /// Entering the kernel, finding the file and taking its lock cost several hundred nanoseconds each time, as much as
    /// copying some thousand bytes. A line of text has a hundred.
    /// ## How it is measured
    /// CPU time inside `read` and `write` is counted for the line of own code that asked, without sockets, and without
    /// calls that come from a full buffer of a library. That pieces are small is told by what the time goes into: at
    /// least a quarter of it into entering the kernel and finding the file rather than into copying and file pages; or
    /// by the source: a write without a buffer inside a loop.
    /// ## When it is wrong
    /// A log that has to be complete when the program is killed needs one write for each entry. Another process may
    /// wait for each piece.
    /// ## What to do
    /// Put a buffer of some ten thousand bytes in between, and write it out when it is full and at the end.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command ./export
    /// thread main
    /// cpu main@export.c:9;write[libc.so.6]{library};do_syscall_64{kernel} 4s n=2000
    /// cpu main@export.c:9;write[libc.so.6]{library};do_syscall_64{kernel};ksys_write{kernel};vfs_write{kernel};generic_perform_write{kernel} 4s n=2000
    /// cpu main@export.c:8;snprintf[libc.so.6]{library} 2s n=1000
    /// ```
    /// ## References
    /// W. R. Stevens, S. A. Rago, "Advanced programming in the UNIX environment", section 3.9 (I/O efficiency).
    UnbufferedIo = "io/unbuffered-io" {
        summary: "small pieces are read or written with a system call each",
        effort: Small,
        risk: Review,
        needs: [CpuSamples],
        patterns: [UnbufferedIo],
        thresholds: [LEAST_SHARE, LEAST_FIXED_SHARE],
    }
}

impl Rule for UnbufferedIo {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let calls: FrameSet = cx.functions(CALLS);
        // Before anything is added up: of a large profile that takes its time.
        if calls.is_empty() {
            return Verdict::Clear("no line of own code was seen reading or writing by itself".to_owned());
        }
        let buffers = cx.stacks_through(&cx.functions(BUFFERS));
        let forced = cx.stacks_through(&cx.functions(FORCED));
        let messages = cx.stacks_through(&cx.functions(MESSAGES));
        let ledger = cx
            .goal_where(|sample| !matches!(sample.state, ThreadState::Blocked(_)))
            .only(|at| !messages[at] && (!buffers[at] || forced[at]));
        let cost = cx.cost_under(&ledger, &calls);
        let fixed = cx.functions(FIXED);
        let least = cx.limit(self.info().id, &LEAST_SHARE);
        let least_fixed = cx.limit(self.info().id, &LEAST_FIXED_SHARE);
        let mut drafts = Vec::new();
        for place in cost.places.iter().filter(|place| place.is_own && place.share.low >= least) {
            let hit = cx.hits_at(place, self.info().patterns).into_iter().next();
            let part = cx.value_ending_in(&ledger, &place.claim, &fixed) as f64 / place.value.max(1) as f64;
            let is_told = place.n >= LEAST_OBSERVATIONS;
            let is_small = part >= least_fixed && is_told;
            // Where most of the time goes into copying, the pieces are large, whatever the loop looks like.
            let is_large = part < least_fixed && is_told;
            if is_large || hit.is_none() && (!is_small || cx.is_in_loop(place) == Some(false)) {
                continue;
            }
            let seen = Seen { place: cx.at_hit(place.clone(), hit), hit, grade: Grade::E2 };
            let mut draft = seen.draft(
                cx,
                format!(
                    "`{}` enters the kernel for each small piece that it reads or writes",
                    place.location.function
                ),
            );
            if is_small {
                draft = draft.evidence(
                    "samples",
                    format!("{} of the time of these calls is the fixed cost of a call, not the copying of its bytes", words::percent(part)),
                );
            }
            for step in advice(place, &place.mechanism) {
                draft = draft.advice(step);
            }
            drafts.push(
                draft
                    .cause(format!("each turn at {} is a system call of its own (`{}`), because no buffer stands in between", place.words(), place.mechanism))
                    .assuming("what is left are a few large calls, which are not counted")
                    .alternative("each piece has to be out before the next, for another process or for a log that survives a crash"),
            );
        }
        if !drafts.is_empty() {
            return Verdict::Found(drafts);
        }
        Verdict::Clear(format!(
            "reads and writes outside of buffers: {} of {}",
            words::share(cost.share),
            cx.goal.metric
        ))
    }
}

/// What to write instead, in the language of the place.
fn advice(place: &Place, mechanism: &str) -> Vec<&'static str> {
    use fathom_code::Language;
    let reads = mechanism.to_lowercase().contains("read");
    match place.language {
        Some(Language::Python) if reads => {
            vec!["open the file with its default buffer (no `buffering=0`), or read large pieces"]
        }
        Some(Language::Python) => vec![
            "write to a file opened with its default buffer (no `buffering=0`, no `flush=True`, no `os.write` for each piece)",
            "or collect the pieces in a list and write `''.join(pieces)` at the end",
        ],
        Some(Language::Go) if reads => vec!["read through `bufio.NewReaderSize(file, 1<<16)`"],
        Some(Language::Go) => {
            vec![
                "write through `bufio.NewWriterSize(file, 1<<16)` and call its `Flush` once, at the end, checking its error",
            ]
        }
        Some(Language::Rust) if reads => vec!["read through `std::io::BufReader`"],
        Some(Language::Rust) => vec![
            "write through `std::io::BufWriter::new(file)`; for stdout, lock it once: `BufWriter::new(std::io::stdout().lock())`",
            "call `flush()` at the end and look at its result: dropping the writer hides errors",
        ],
        Some(Language::Java) if reads => vec!["read through `BufferedInputStream` or `BufferedReader`"],
        Some(Language::Java) => vec![
            "write through `BufferedOutputStream` or `BufferedWriter`, closed by try-with-resources",
            "instead of `System.out`, print to `new PrintStream(new BufferedOutputStream(System.out), false)`",
        ],
        Some(Language::JavaScript | Language::TypeScript) if reads => {
            vec!["read large pieces, or a stream of `fs.createReadStream`"]
        }
        Some(Language::JavaScript | Language::TypeScript) => vec![
            "collect the pieces in an array and write `pieces.join('')` when some ten thousand characters are there",
            "or write to a stream of `fs.createWriteStream`",
        ],
        Some(Language::C) if reads => {
            vec!["read through `fread` or `fgets` of a `FILE`, or into a buffer of 64 KiB"]
        }
        Some(Language::C) => vec![
            "write through `fprintf` or `fwrite` of a `FILE`, or collect the pieces in a buffer of 64 KiB",
        ],
        Some(Language::Cpp) => vec![
            "read and write through `std::fstream` without `std::endl` and `flush`, or with a buffer of 64 KiB",
        ],
        None => vec!["put a buffer of 64 KiB between the loop and the file"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&UnbufferedIo);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(9));
    }

    #[test]
    fn quiet_where_large_pieces_are_copied() {
        let profile = "wall 10s\ncommand ./a\nthread main
            cpu main@a.c:9;write[libc.so.6]{library};do_syscall_64{kernel} 1s n=500
            cpu main@a.c:9;write[libc.so.6]{library};do_syscall_64{kernel};ksys_write{kernel};copy_folio_from_iter_atomic{kernel} 9s n=4500";
        assert!(findings(&UnbufferedIo, profile, &[]).is_empty());
        // Also where the source writes without a buffer in a loop.
        let source = "#include <unistd.h>\nint main(void) {\n    char text[1 << 20];\n    int n;\n    int file = 1;\n\n    while ((n = next(text)) > 0) {\n        n = fill(text, n);\n        write(file, text, n);\n    }\n}\n";
        assert!(findings(&UnbufferedIo, profile, &[("a.c", source)]).is_empty());
        let small = profile.replace(";ksys_write{kernel};copy_folio_from_iter_atomic{kernel}", "");
        assert_eq!(findings(&UnbufferedIo, &small, &[("a.c", source)]).len(), 1);
    }

    #[test]
    fn quiet_below_a_buffer_and_on_sockets() {
        let example = crate::example(UnbufferedIo.info()).profile;
        let buffered = example.replace(
            "write[libc.so.6]",
            "fwrite[libc.so.6]{library};_IO_new_file_write[libc.so.6]{library};write[libc.so.6]",
        );
        assert!(findings(&UnbufferedIo, &buffered, &[]).is_empty());
        let socket = example.replace(
            "do_syscall_64{kernel}",
            "do_syscall_64{kernel};sock_write_iter{kernel};do_syscall_64{kernel}",
        );
        assert!(findings(&UnbufferedIo, &socket, &[]).is_empty());
    }

    #[test]
    fn quiet_outside_of_loops() {
        let source = "\n\n\n\n\n\n\nint main(void) {\n    return write(1, text, 12) != 12;\n}\n";
        let example = crate::example(UnbufferedIo.info()).profile;
        assert!(findings(&UnbufferedIo, &example, &[("export.c", source)]).is_empty());
    }

    #[test]
    fn unsure_without_samples() {
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&UnbufferedIo, waits, &[]), "unsure");
    }
}
