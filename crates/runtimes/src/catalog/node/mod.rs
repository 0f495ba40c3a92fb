//! Node.js 18 to 26, recognised by the program's file.
//!
//! Its stacks are not read from memory: V8 keeps no structure of them that is the same from version to version. They
//! come from the perf map that a program writes which was launched for it, and from the inspector of one that runs.

mod code_names;
mod find;
mod kind;

use crate::read_error::ReadError;
use crate::runtime::{CodeName, Detection, Inspected, Reader, Runtime, RuntimeDump};
use fathom_sys::process_view::ProcessView;
use std::fs::File;

/// Flags of Node's that make V8 write a perf map with every function, interpreted ones too.
const PERF_MAP_FLAGS: [&str; 2] = ["--perf-basic-prof", "--interpreted-frames-native-stack"];
const OPTIONS: &str = "NODE_OPTIONS";

/// Node.js.
pub(super) struct Node;

impl Runtime for Node {
    fn id(&self) -> &'static str {
        "node"
    }

    fn tested_versions(&self) -> &'static str {
        "Node.js 18 to 26"
    }

    fn may_be_in(&self, path: &str, is_program: bool, file: &File) -> bool {
        (is_program || find::is_named_as_library(path)) && find::is_in_file(file)
    }

    fn names_samples(&self) -> bool {
        // Looking at the program's file is enough.
        true
    }

    fn reads_stacks(&self) -> bool {
        false
    }

    fn detect(&self, process: &ProcessView) -> Detection {
        match find::version(process) {
            Some(version) => Detection::Ready(Box::new(NodeReader { version: spoken(&version) })),
            None => Detection::Absent,
        }
    }

    fn inspected(&self, process: &ProcessView) -> Option<Inspected> {
        let version = find::version(process)?;
        Some(Inspected { runtime: self.id(), version: spoken(&version), kind_of: Box::new(kind::kind_of) })
    }

    fn launch_environment(&self, name: &str, value: Option<&str>) -> Option<String> {
        (name == OPTIONS).then_some(())?;
        let value = value.unwrap_or_default().trim();
        let has = |flag: &str| value.split_whitespace().any(|word| word == flag);
        let added = PERF_MAP_FLAGS.into_iter().filter(|flag| !has(flag));
        let words: Vec<&str> =
            Some(value).filter(|value| !value.is_empty()).into_iter().chain(added).collect();
        Some(words.join(" "))
    }

    fn launch_variables(&self) -> &'static [&'static str] {
        &[OPTIONS]
    }

    fn code_name(&self, name: &str) -> Option<CodeName> {
        code_names::code_name(name)
    }
}

struct NodeReader {
    version: String,
}

impl Reader for NodeReader {
    fn version(&self) -> String {
        self.version.clone()
    }

    fn method(&self) -> String {
        "not from memory; recordings ask its inspector, or read the perf map of a program that they launched"
            .to_owned()
    }

    fn dump(&mut self, process: &ProcessView) -> Result<RuntimeDump, ReadError> {
        let mut dump = RuntimeDump::default();
        let pid = process.pid();
        dump.issue(format!(
            "JavaScript stacks of process {pid} are not read from its memory; `fathom attach {pid}` shows them."
        ));
        Ok(dump)
    }
}

/// `Node.js 20.20.2` of `20.20.2`.
fn spoken(version: &str) -> String {
    match version {
        "" => "Node.js".to_owned(),
        version => format!("Node.js {version}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_added_once() {
        let all = "--perf-basic-prof --interpreted-frames-native-stack";
        let added = |value: Option<&str>| Node.launch_environment("NODE_OPTIONS", value);
        assert_eq!(added(None).as_deref(), Some(all));
        assert_eq!(added(Some(" ")).as_deref(), Some(all));
        assert_eq!(added(Some(all)).as_deref(), Some(all));
        let more = added(Some("--max-old-space-size=99 --perf-basic-prof"));
        assert_eq!(
            more.as_deref(),
            Some("--max-old-space-size=99 --perf-basic-prof --interpreted-frames-native-stack")
        );
        assert_eq!(Node.launch_environment("PATH", Some("/bin")), None);
    }
}
