//! The same file opened or asked for in each turn of a loop.

use fathom_model::ThreadState;

use crate::prelude::*;

threshold! {
    /// A look-up of a name costs about a microsecond; below this share there are too few to be worth a cache.
    LEAST_SHARE = "least-share", Share(0.05), source: "our own choice, held by the corpus"
}

/// What opens a file or asks for what is known about it.
const OPENS: &[&str] = &[
    "open",
    "open64",
    "openat",
    "openat64",
    "fopen",
    "fopen64",
    "stat",
    "stat64",
    "lstat",
    "fstatat",
    "fstatat64",
    "statx",
    "access",
    "close",
    "_io_open",
    "_io_open_impl",
    "_io_FileIO___init__*",
    "os_stat",
    "os_open",
    "os_lstat",
    "os_path_exists*",
    "os_path_isfile*",
    "os.OpenFile",
    "os.Open",
    "os.Stat",
    "os.ReadFile",
    "os.WriteFile",
    "os.(*File).Close",
    "std::fs::File::open*",
    "std::fs::OpenOptions::*open*",
    "std::fs::read_to_string*",
    "std::fs::metadata*",
    "java.io.FileInputStream.<init>",
    "java.io.FileOutputStream.<init>",
    "java.io.FileInputStream.open*",
    "java.io.FileOutputStream.open*",
    "java.nio.file.Files.*",
    "sun.nio.fs.UnixNativeDispatcher.*",
    "node::fs::Open",
    "node::fs::Stat",
    "node::fs::Close",
    "node::fs::ReadFileUtf8",
    "node::fs::WriteFileUtf8",
    "node::fs::ExistsSync",
    "std::basic_filebuf::open",
    "std::basic_filebuf::close",
    "do_sys_openat2",
    "do_sys_open",
    "vfs_statx",
    "vfs_fstatat",
    "__x64_sys_close",
];

declare_rule! {
    /// ## What it finds
    /// A line in a loop that opens, or asks about, a file whose name is the same in each turn.
    /// ## Why it matters
    /// Each time the kernel walks the path, checks the rights and makes a new descriptor, and the library a new buffer.
    /// ## How it is measured
    /// CPU time inside `open`, `stat`, `close` and the runtimes' functions for them is counted for the line of own code
    /// that asked. In the source the line stands in a loop, and the name does not depend on the loop. Without the
    /// source the file may be another one each time, so nothing is said.
    /// ## When it is wrong
    /// If another process replaces the file meanwhile, each look finds something new.
    /// ## What to do
    /// Open the file once, before the loop, and keep it; keep what was read from it.
    /// ## Example
    /// ```profile
    /// wall 10s
    /// command python3 rates.py
    /// process python3 runtime=python
    /// thread main
    /// cpu <module>@rates.py:2{user,python};_io_open[python3]{interpreter};open[libc.so.6]{library};do_sys_openat2{kernel} 6s n=3000
    /// cpu <module>@rates.py:3{user,python} 4s n=2000
    /// ```
    /// ```python rates.py
    /// for row in rows:
    ///     with open("rates.txt") as table:
    ///         row.price = row.amount * float(table.readline())
    /// ```
    /// ## References
    /// path_resolution(7); open(2).
    OpenInLoop = "io/open-in-loop" {
        summary: "the same file is opened in each turn of a loop",
        effort: Small,
        risk: Review,
        needs: [CpuSamples],
        patterns: [OpenInLoop],
        thresholds: [LEAST_SHARE],
    }
}

impl Rule for OpenInLoop {
    fn check(&self, cx: &Context<'_>) -> Verdict {
        // Before anything is added up: of a large profile that takes its time.
        if cx.functions(OPENS).is_empty() {
            return Verdict::Clear("no line of own code was seen opening files".to_owned());
        }
        let ledger = cx.goal_where(|sample| !matches!(sample.state, ThreadState::Blocked(_)));
        let mechanism = Mechanism {
            functions: OPENS,
            patterns: self.info().patterns,
            least_share: cx.limit(self.info().id, &LEAST_SHARE),
            functions_tell: false,
            pattern_tells: false,
        };
        let draft = |seen: &Seen<'_>| {
            let hit = seen.hit?;
            let name = words::quoted(&hit.subject);
            let mut draft = seen
                .draft(cx, format!("`{}` opens {name} in each turn of a loop", seen.place.location.function))
                .cause(format!(
                    "{name} does not depend on the loop, and each turn looks it up and opens it again (`{}`)",
                    seen.place.mechanism
                ))
                .advice(format!(
                    "open {name} once, before the loop, and keep it open or keep what was read from it"
                ))
                .alternative(
                    "another process changes the file while the loop runs, and each turn has to see it",
                );
            // A name that is a variable of no loop may still be another file each time.
            draft.grade = if hit.is_certain { Grade::E2 } else { Grade::E1 };
            Some(draft)
        };
        let drafts: Vec<Draft> = mechanism.seen_in(cx, &ledger).iter().filter_map(draft).collect();
        if drafts.is_empty() {
            let cost = cx.cost_under(&ledger, &cx.functions(OPENS));
            return Verdict::Clear(format!(
                "opening files: {} of {}",
                words::share(cost.share),
                cx.goal.metric
            ));
        }
        Verdict::Found(drafts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{findings, on_example, standing};

    #[test]
    fn fires_on_the_example() {
        let found = on_example(&OpenInLoop);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].grade, Grade::E2);
        assert_eq!(found[0].location.as_ref().and_then(|location| location.line), Some(2));
    }

    #[test]
    fn quiet_about_many_different_files() {
        let source = "for row in rows:\n    with open(row.path) as table:\n        print(table.readline())\n";
        let example = crate::example(OpenInLoop.info());
        assert!(findings(&OpenInLoop, &example.profile, &[("rates.py", source)]).is_empty());
    }

    #[test]
    fn unsure_without_source_and_without_samples() {
        let example = crate::example(OpenInLoop.info());
        assert_eq!(standing(&OpenInLoop, &example.profile, &[]), "checked");
        let waits = "wall 10s\ncommand ./a\nthread main\noff-cpu blocked.timer main;sleep 10s n=5000";
        assert_eq!(standing(&OpenInLoop, waits, &[]), "unsure");
    }
}
