//! Data forced to the device again and again.

use crate::prelude::*;
use crate::rule::Need;

threshold! {
    /// JDK Mission Control speaks up at 50 ms for one call; as a share of a run a twentieth is what grouping can win.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// Waits for a device that a loop makes: fewer are a save at the end.
const LEAST_CALLS: u64 = 5;

/// What waits until data is on the device.
const FLUSHES: &[&str] = &[
    "fsync",
    "fdatasync",
    "__fsync",
    "__fdatasync",
    "sync_file_range",
    "msync",
    "syncfs",
    "os_fsync",
    "os_fdatasync",
    "os.(*File).Sync",
    "syscall.Fsync",
    "std::fs::File::sync_all",
    "std::fs::File::sync_data",
    "uv_fs_fsync",
    "uv_fs_fdatasync",
    "node::fs::Fsync",
    "node::fs::Fdatasync",
    "java.io.FileDescriptor.sync*",
    "sun.nio.ch.FileDispatcherImpl.force*",
    "sun.nio.ch.UnixFileDispatcherImpl.force*",
    "sun.nio.ch.FileChannelImpl.force",
    "do_fsync",
    "__x64_sys_fsync",
    "__x64_sys_fdatasync",
    "__arm64_sys_fsync",
    "__arm64_sys_fdatasync",
    "vfs_fsync_range",
];

/// Databases in the program's own process.
const DATABASES: &[&str] = &["sqlite3*", "pysqlite*", "rocksdb::*", "mdb_*", "leveldb::*", "*bbolt*"];

declare_rule! {
    /// ## What it finds
    /// A line that waits until data is on the device (`fsync` and its relatives), again and again.
    /// ## Why it matters
    /// Each call waits for the device: tenths of a millisecond with a fast disk, ten with a slow one, whether it is
    /// about one byte or a million.
    /// ## How it is measured
    /// Waits and CPU time inside `fsync`, `fdatasync`, `msync` and the runtimes' functions for them are counted for the
    /// line of own code that asked.
    /// ## When it is wrong
    /// Where each entry must survive a loss of power before it is acknowledged, this wait is the contract; then only
    /// grouping several entries helps.
    /// ## What to do
    /// Write many entries and force them out together: once for a batch, or at the end. With a database in the process,
    /// put many changes into one transaction.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 journal.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@journal.py:4{user,python};os_fsync[python3]{interpreter};fsync[libc.so.6]{library};do_fsync{kernel} 1s n=500
    /// off-cpu blocked.disk <module>@journal.py:4{user,python};os_fsync[python3]{interpreter};fsync[libc.so.6]{library};do_fsync{kernel};io_schedule{kernel} 8s n=2000
    /// cpu <module>@journal.py:3{user,python} 1s n=500
    /// ```
    /// ```python journal.py
    /// import os
    /// for row in rows:
    ///     out.write(row)
    ///     os.fsync(out.fileno())
    /// ```
    /// ## References
    /// fsync(2); "Files are hard", D. Luu, 2015, for what is promised and what is not.
    FlushInLoop = "io/flush-in-loop" {
        summary: "data is forced to the device again and again",
        effort: Small,
        risk: Semantics,
        patterns: [FlushInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for FlushInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        let mechanism = Mechanism {
            functions: FLUSHES,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: true,
            pattern_tells: false,
        };
        let databases = cx.stacks_through(&cx.functions(DATABASES));
        let seen: Vec<Seen<'_>> = mechanism
            .seen(cx)
            .into_iter()
            .filter(|seen| seen.place.is_own && seen.place.n >= LEAST_CALLS)
            .filter(|seen| seen.hit.is_some() || cx.is_in_loop(&seen.place) != Some(false))
            .collect();
        if seen.is_empty() && !cx.has(Need::Signal(Signal::OffCpu)) {
            return Verdict::NotApplicable("waits were not recorded".to_owned());
        }
        if seen.is_empty() {
            return Verdict::Clear(
                "no line of own code waits again and again until data is on the device".to_owned(),
            );
        }
        let draft = |seen: &Seen<'_>| {
            let place = &seen.place;
            let is_database = place.claim.stacks().any(|at| databases[at]);
            let draft = seen
                .draft(cx, format!("`{}` waits for the disk after each change", place.location.function))
                .model(Model::CriticalWait)
                .assuming("forcing everything out once costs little beside the many times")
                .alternative("each change has to survive a loss of power before the next may start");
            if is_database {
                draft
                    .cause(format!("each change at {} is a transaction of its own, and `{}` waits until it is on the device", place.words(), place.mechanism))
                    .advice("put many changes into one transaction: begin before the loop, commit after it or after each thousand")
            } else {
                draft
                    .cause(format!("each turn at {} waits in `{}` until its data is on the device", place.words(), place.mechanism))
                    .advice("write all entries first and force them out once, after the loop or after each thousand")
                    .advice("to replace a file safely, write a new one, force that out once, and rename it")
            }
        };
        Verdict::Found(seen.iter().map(draft).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&FlushInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].grade, found[0].severity), (Grade::E2, Severity::Critical));
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(4));
    }

    #[test]
    fn fires_on_transactions_with_their_own_advice() {
        let profile = "wall 10s\ncommand ./a\nthread main
            off-cpu blocked.disk main@a.c:9;sqlite3_step[libsqlite3.so]{library};fdatasync[libc.so.6]{library};do_fsync{kernel} 9s n=900
            cpu main@a.c:8 1s n=500";
        assert!(findings(&FlushInLoop, profile, &[])[0].advice[0].contains("one transaction"));
    }

    #[test]
    fn quiet_about_one_flush_at_the_end() {
        let example = crate::example(FlushInLoop.info());
        let once = "import os\nfor row in rows:\n    out.write(row)\nos.fsync(out.fileno())\n";
        assert!(findings(&FlushInLoop, &example.profile, &[("journal.py", once)]).is_empty());
    }

    #[test]
    fn unsure_is_what_an_idle_recording_is() {
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&FlushInLoop, waits, &[]), "checked");
    }
}
