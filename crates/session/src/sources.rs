//! Source files of own code that a recording names, for documents that show them.
//!
//! The names come from debug information and from runtimes, so from whoever built the target, and what is read ends in
//! a file that people send around. Hence only what has the name of source code, resolved links included, and what the
//! user may show: their own files, or those that everybody can read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, Metadata};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use fathom_analysis::{Filter, FunctionIndex, FunctionTable};
use fathom_model::{FrameKind, Recording, Signal};

/// Files that people write are smaller; larger ones were generated.
const MAX_BYTES: u64 = 1 << 20;
/// The costliest files are enough: what is shown of them is bounded again by the document.
const MAX_FILES: usize = 50;
/// Smallest share of any signal that a function has whose file is read; smaller ones show no source.
const LEAST_SHARE: f64 = 0.01;

/// Ends of names of source files. Anything else that debug information might name stays unread.
const EXTENSIONS: &[&str] = &[
    "asm", "c", "c++", "cc", "clj", "cpp", "cs", "cxx", "d", "dart", "ex", "exs", "f", "f90", "fs", "go",
    "groovy", "h", "hpp", "hs", "hxx", "inc", "inl", "java", "jl", "js", "jsx", "kt", "lua", "m", "mjs",
    "ml", "mm", "nim", "pas", "php", "pl", "pm", "py", "pyx", "r", "rb", "rs", "s", "scala", "swift", "ts",
    "tsx", "vue", "zig",
];

/// Text of the costliest own source files that exist here, by the path that frames name.
pub fn own_sources(recording: &Recording) -> BTreeMap<String, String> {
    let folder = recording.meta.target.working_directory.as_deref();
    let files = costliest(recording).into_iter();
    let found = files.filter_map(|file| {
        let text = read(&located(&file, folder)?)?;
        Some((file, text))
    });
    found.take(MAX_FILES).collect()
}

/// Files of own code, those with the largest share of any signal first.
fn costliest(recording: &Recording) -> Vec<String> {
    // Adding up a large profile takes its time, and many name no file that could be read.
    if !recording.frames.iter().any(|frame| frame.kind == FrameKind::User && frame.file.is_some()) {
        return Vec::new();
    }
    let index = FunctionIndex::new(recording);
    let mut shares: BTreeMap<String, f64> = BTreeMap::new();
    let signals: BTreeSet<Signal> = recording.samples.iter().map(|sample| sample.signal).collect();
    for signal in signals {
        for row in FunctionTable::build(recording, &index, &Filter::of(signal)).rows {
            let function = index.get(row.function);
            let share = row.total_share.ratio;
            if function.kind != FrameKind::User || share < LEAST_SHARE {
                continue;
            }
            if let Some(file) = &function.file {
                let sum = shares.entry(file.clone()).or_default();
                *sum = sum.max(share);
            }
        }
    }
    let mut files: Vec<(String, f64)> = shares.into_iter().collect();
    // Stable: files of one share stay in the order of their names.
    files.sort_by(|a, b| b.1.total_cmp(&a.1));
    files.into_iter().map(|file| file.0).collect()
}

/// Where a file is, if its name is one of source code; a relative one is looked for where the target was started.
fn located(file: &str, folder: Option<&str>) -> Option<PathBuf> {
    let path = Path::new(file.strip_prefix("file://").unwrap_or(file));
    let path = if path.is_absolute() { path.to_owned() } else { Path::new(folder?).join(path) };
    let real = path.canonicalize().ok()?;
    (is_source(&path) && is_source(&real)).then_some(real)
}

fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str())
}

fn read(path: &Path) -> Option<String> {
    // Before opening, because opening a pipe waits; and after it, because only then it cannot be exchanged.
    may_be_shown(&path.symlink_metadata().ok()?).then_some(())?;
    let file = File::open(path).ok()?;
    may_be_shown(&file.metadata().ok()?).then_some(())?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_BYTES).then_some(())?;
    String::from_utf8(bytes).ok()
}

fn may_be_shown(metadata: &Metadata) -> bool {
    let own = metadata.uid() == fathom_sys::limits::effective_uid();
    metadata.is_file() && metadata.len() <= MAX_BYTES && (own || metadata.mode() & 0o004 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::{Frame, FrameId, ProcessId, Sample, ThreadId, ThreadState};

    fn recording(files: &[(&str, FrameKind)], folder: &Path) -> Recording {
        let mut recording = Recording::default();
        recording.meta.target.working_directory = Some(folder.to_string_lossy().into_owned());
        for (at, (file, kind)) in files.iter().enumerate() {
            let frame = Frame { file: Some((*file).to_owned()), ..Frame::named(format!("f{at}"), *kind) };
            recording.frames.push(frame);
            let stack = recording.stacks.intern_path([FrameId(at as u32)]);
            recording.samples.push(Sample {
                signal: Signal::Cpu,
                time_nanos: 0,
                process: ProcessId(0),
                thread: ThreadId(0),
                cpu: None,
                stack,
                value: 100,
                n: 1,
                state: ThreadState::Running,
                labels: None,
            });
        }
        recording
    }

    #[test]
    fn only_own_source_code_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("a.rs"), "fn main() {}\n").expect("a file");
        std::fs::write(path("lib.rs"), "library\n").expect("a file");
        std::fs::write(path("id_rsa"), "secret\n").expect("a file");
        std::fs::write(path("binary.c"), [0xff, 0xfe, 0]).expect("a file");
        std::fs::write(path("large.c"), vec![b' '; (MAX_BYTES + 1) as usize]).expect("a file");
        std::os::unix::fs::symlink(path("id_rsa"), path("link.rs")).expect("a link");
        std::fs::create_dir(path("folder.rs")).expect("a folder");
        let absolute = path("a.rs").to_string_lossy().into_owned();
        let user = FrameKind::User;
        let recording = recording(
            &[
                ("a.rs", user),
                (&absolute, user),
                ("lib.rs", FrameKind::Library),
                ("id_rsa", user),
                ("link.rs", user),
                ("binary.c", user),
                ("large.c", user),
                ("folder.rs", user),
                ("gone.rs", user),
                ("/etc/shadow", user),
            ],
            folder.path(),
        );
        let mut expected = vec![absolute, "a.rs".to_owned()];
        expected.sort();
        let sources = own_sources(&recording);
        assert_eq!(sources.keys().cloned().collect::<Vec<_>>(), expected);
        assert_eq!(sources["a.rs"], "fn main() {}\n");
    }
}
