//! From the JavaScript that ran to the TypeScript that people wrote, where the files on disk tell.

use fathom_model::NamedFrame;
use fathom_symbols::source_map::{SourceMap, data_url, source_map_url};
use fathom_sys::process_view::{OpenRules, ProcessView};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// Largest generated file and largest map that are read; bundles have some ten megabytes.
const MAX_BYTES: u64 = 64 << 20;
/// Most files that are looked at in one recording.
const MAX_FILES: usize = 10_000;
/// Ends of names of files that compilers and bundlers write.
const GENERATED: [&str; 4] = [".js", ".mjs", ".cjs", ".jsx"];

/// Maps by generated file.
#[derive(Debug, Default)]
pub(crate) struct SourceMaps {
    maps: HashMap<String, Option<FileMap>>,
}

#[derive(Debug)]
struct FileMap {
    map: SourceMap,
    /// Folder to which its sources are relative.
    folder: PathBuf,
}

impl SourceMaps {
    /// The frame in the words of the source, if there is a map for its lines; else as it is.
    pub(crate) fn original(&mut self, mut frame: NamedFrame) -> NamedFrame {
        let Some(map) = frame.file.as_deref().and_then(|file| self.map_of(file)) else { return frame };
        let of = |line: Option<u32>| line.and_then(|line| map.map.line(line));
        let (start, line) = (of(frame.function_start_line), of(frame.line));
        let Some((source, _)) = line.or(start) else { return frame };
        // A function whose begin is another file's was put into this one by the compiler.
        let start = start.filter(|(file, _)| *file == source).map(|(_, line)| line);
        let line = line.map(|(_, line)| line);
        let file = map.path_of(source);
        frame.file = Some(file);
        (frame.function_start_line, frame.line, frame.column) = (start, line, None);
        frame
    }

    fn map_of(&mut self, file: &str) -> Option<&FileMap> {
        let is_generated = file.starts_with('/') && GENERATED.iter().any(|end| file.ends_with(end));
        if !is_generated || (self.maps.len() >= MAX_FILES && !self.maps.contains_key(file)) {
            return None;
        }
        self.maps.entry(file.to_owned()).or_insert_with(|| read(Path::new(file))).as_ref()
    }
}

impl FileMap {
    /// Where a source is; one that is not of a file system keeps its name.
    fn path_of(&self, source: &str) -> String {
        let source = source.strip_prefix("file://").unwrap_or(source);
        if source.contains("://") {
            return source.to_owned();
        }
        let mut path = PathBuf::new();
        for part in self.folder.join(source).components() {
            match part {
                Component::ParentDir => drop(path.pop()),
                Component::CurDir => {}
                other => path.push(other),
            }
        }
        path.to_string_lossy().into_owned()
    }
}

/// The map of a generated file: within it, or beside it where its last line says.
fn read(generated: &Path) -> Option<FileMap> {
    let folder = generated.parent()?;
    let bytes = bytes_of(generated)?;
    let url = source_map_url(&bytes)?;
    if let Some(map) = data_url(url) {
        return Some(FileMap { map: SourceMap::parse(&map)?, folder: folder.to_owned() });
    }
    // Another machine's map is not fetched.
    (!url.contains("://")).then_some(())?;
    let path = folder.join(url);
    Some(FileMap { map: SourceMap::parse(&bytes_of(&path)?)?, folder: path.parent()?.to_owned() })
}

/// A file of our own root, which is also a launched target's; the target chose its name.
fn bytes_of(path: &Path) -> Option<Vec<u8>> {
    let rules = OpenRules { follow_links: true, owner: None, max_bytes: MAX_BYTES };
    ProcessView::Live(std::process::id() as i32).read_in_root(path, &rules).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_model::FrameKind;

    fn frame(file: &Path, start: u32, line: Option<u32>) -> NamedFrame {
        NamedFrame {
            function: "f".to_owned(),
            file: Some(file.to_string_lossy().into_owned()),
            line,
            column: None,
            function_start_line: Some(start),
            kind: FrameKind::User,
            runtime: "node".to_owned(),
            inlined: false,
        }
    }

    #[test]
    fn lines_of_the_source_are_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let dist = folder.path().join("dist");
        std::fs::create_dir(&dist).expect("a folder");
        let (mapped, plain) = (dist.join("a.js"), dist.join("b.js"));
        std::fs::write(&mapped, "f\n//# sourceMappingURL=a.js.map").expect("a file");
        std::fs::write(&plain, "f\n").expect("a file");
        let map = r#"{"version":3,"sources":["../src/a.ts"],"mappings":";;AAGA;IACZ"}"#;
        std::fs::write(dist.join("a.js.map"), map).expect("a file");
        let mut maps = SourceMaps::default();
        let mut shown = |frame: NamedFrame| {
            let found = maps.original(frame);
            (found.file.unwrap_or_default(), found.function_start_line, found.line)
        };
        let source = folder.path().join("src/a.ts").to_string_lossy().into_owned();
        assert_eq!(shown(frame(&mapped, 3, Some(4))), (source.clone(), Some(4), Some(5)));
        assert_eq!(shown(frame(&mapped, 3, None)), (source, Some(4), None));
        let own = mapped.to_string_lossy().into_owned();
        assert_eq!(shown(frame(&mapped, 1, Some(2))), (own, Some(1), Some(2)), "no line is mapped");
        let own = plain.to_string_lossy().into_owned();
        assert_eq!(shown(frame(&plain, 1, Some(2))), (own, Some(1), Some(2)));
        let gone = folder.path().join("gone.js");
        assert_eq!(shown(frame(&gone, 1, None)).1, Some(1));
    }
}
