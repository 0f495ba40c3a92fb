//! Data forced to the device in a loop: each call waits for the disk.

use crate::language::Language;
use crate::pattern::{Entry, Pattern, Search};
use crate::tables::{Table, listed_calls_in_loops};

pub(super) const ENTRY: Entry = Entry { pattern: Pattern::FlushInLoop, find };

const FLUSHES: Table = &[
    (Language::C, &["fsync", "fdatasync", "fflush", "msync", "sync_file_range"]),
    (Language::Cpp, &["fsync", "fdatasync", "fflush", "msync", ".flush"]),
    (Language::Go, &[".Sync", ".Flush"]),
    (Language::Java, &[".force", ".flush", ".sync"]),
    (Language::JavaScript, &["fs.fsyncSync", "fs.fdatasyncSync", ".fsync", ".datasync"]),
    (Language::Python, &["os.fsync", "os.fdatasync", ".flush"]),
    (Language::Rust, &[".sync_all", ".sync_data", ".flush"]),
];

fn find(search: &mut Search<'_>) {
    listed_calls_in_loops(search, Pattern::FlushInLoop, FLUSHES, |_, _| false);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fires, quiet};

    const P: Pattern = Pattern::FlushInLoop;

    #[test]
    fn each_language() {
        fires(P, Language::C, "void f(void) { while (n--) fsync(fd); }", &["1 fsync"]);
        fires(P, Language::Cpp, "void f() { for (auto& x : xs) { out.flush(); } }", &["1 out.flush"]);
        fires(P, Language::Go, "func f(xs []T) { for _, x := range xs { file.Sync() } }", &["1 file.Sync"]);
        fires(
            P,
            Language::Java,
            "class A { void f() { for (T x : xs) { channel.force(true); } } }",
            &["1 channel.force"],
        );
        fires(
            P,
            Language::JavaScript,
            "const fs = require('fs'); for (const x of xs) { fs.fsyncSync(d); }",
            &["1 fs.fsyncSync"],
        );
        fires(
            P,
            Language::Python,
            "import os\nfor x in xs:\n  f.flush()\n  os.fsync(f)\n",
            &["3 f.flush", "4 os.fsync"],
        );
        fires(P, Language::Rust, "fn f() { for x in xs { file.sync_all()?; } }", &["1 file.sync_all"]);
    }

    #[test]
    fn quiet_after_the_loop() {
        quiet(P, Language::Python, "import os\nfor x in xs:\n  f.write(x)\nf.flush()\nos.fsync(f)\n");
        quiet(P, Language::Go, "func f() { w.Flush() }");
    }
}
