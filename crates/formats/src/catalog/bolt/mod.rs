//! BOLT's pre-aggregated profile: addresses of samples as text, for `perf2bolt --pa` and `llvm-bolt --pa`.
//!
//! Source: `bolt/docs/profiles.md` of <https://github.com/llvm/llvm-project> and its parser,
//! `DataAggregator::parseAggregatedLBREntry`. `E name` names the event, `S [build id:]address count` is a place and how
//! often it was seen, in hexadecimal without `0x`. The parser takes the address for one of the program it was given
//! whatever the build id says: therefore the samples of one module only, that with most of them, are written.

use crate::format::{Format, OutputFile, Sniff, WriteError, WriteOptions};
use fathom_model::{ModuleId, ModuleKind, Recording, Signal, StackId};
use std::collections::BTreeMap;
use std::fmt::Write;

pub(super) const FORMAT: Format = Format {
    name: "bolt",
    summary: "addresses of samples in one program, for perf2bolt --pa",
    extensions: &["preagg"],
    keeps: "how often each address of the module with most samples was seen, for one signal",
    loses: "callers, all other modules, names, files, lines, values, time, everything else",
    sniff,
    read: None,
    write: Some(write),
    writes_directory: false,
};

fn write(recording: &Recording, options: &WriteOptions) -> Result<Vec<OutputFile>, WriteError> {
    let signal = options.one_signal(recording, FORMAT.name)?;
    let mut counts: BTreeMap<ModuleId, BTreeMap<u64, u64>> = BTreeMap::new();
    for sample in recording.samples.iter().filter(|sample| sample.signal == signal && sample.value > 0) {
        let Some((module, address)) = sample.stack.and_then(|stack| place(recording, stack)) else {
            continue;
        };
        // Time that was never sampled has no address either; a column's observations are its values.
        let count = match sample.n {
            0 => 1,
            n => u64::from(n),
        };
        let sum = counts.entry(module).or_default().entry(address).or_default();
        *sum = sum.saturating_add(count);
    }
    let total =
        |addresses: &BTreeMap<u64, u64>| addresses.values().fold(0_u64, |sum, n| sum.saturating_add(*n));
    // The first of equals.
    let most = counts.iter().rev().max_by_key(|(_, addresses)| total(addresses));
    let Some((module, addresses)) = most else {
        let signals = format!("{} with an address in a file", recording.meta.name_of(signal));
        return Err(WriteError::NoSamples { signals });
    };
    let build_id = recording.modules.get(module.index()).and_then(|module| module.build_id.as_ref());
    let prefix = build_id.filter(|id| !id.0.is_empty()).map_or(String::new(), |id| format!("{id}:"));
    let mut text = format!("E {}\n", event(recording, signal));
    for (address, count) in addresses {
        writeln!(text, "S {prefix}{address:x} {count}").expect("writing to memory does not fail");
    }
    Ok(vec![OutputFile { name: "profile.preagg".into(), bytes: text.into_bytes() }])
}

/// The module and the address of the code that was running: inlined frames share those of the function they are in.
fn place(recording: &Recording, stack: StackId) -> Option<(ModuleId, u64)> {
    for id in recording.stacks.frames(stack) {
        let frame = recording.frames.get(id.index())?;
        if let (Some(module), Some(address)) = (frame.module, frame.relative_address) {
            let kind = recording.modules.get(module.index())?.kind;
            return matches!(kind, ModuleKind::Elf | ModuleKind::Unknown).then_some((module, address));
        }
        if !frame.inlined {
            return None;
        }
    }
    None
}

/// Events are told apart by name; a name ends with its line.
fn event(recording: &Recording, signal: Signal) -> String {
    let name: String = recording.meta.name_of(signal).chars().filter(|c| c.is_ascii_graphic()).collect();
    if name.is_empty() { signal.as_str().to_owned() } else { name }
}

/// Nothing that is read here.
fn sniff(_: &[u8]) -> Sniff {
    Sniff::No
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::parquet::tests::small_recording;
    use fathom_model::{BuildId, Module};

    fn text(recording: &Recording) -> String {
        let files = write(recording, &WriteOptions::default()).expect("has samples");
        String::from_utf8(files[0].bytes.clone()).expect("text")
    }

    #[test]
    fn innermost_addresses_are_counted() {
        // The inlined frame's code is where its caller's is.
        assert_eq!(text(&small_recording()), "E cpu\nS 0a0b:1100 3\nS 0a0b:1234 1\n");
    }

    #[test]
    fn the_module_with_most_samples_is_written() {
        let mut recording = small_recording();
        let library = Module { path: "/lib/libc.so".into(), build_id: None, ..recording.modules[0].clone() };
        recording.modules.push(library);
        recording.frames[2].module = Some(ModuleId(1));
        assert_eq!(text(&recording), "E cpu\nS 1100 3\n");
        recording.modules[1].build_id = BuildId::parse("ff");
        assert_eq!(text(&recording), "E cpu\nS ff:1100 3\n");
        // The kernel is no program that can be laid out anew.
        recording.modules[1].kind = ModuleKind::Kernel;
        assert_eq!(text(&recording), "E cpu\nS 0a0b:1234 1\n");
    }

    #[test]
    fn without_addresses_there_is_nothing_to_write() {
        let mut recording = small_recording();
        recording.frames.iter_mut().for_each(|frame| frame.relative_address = None);
        let error = write(&recording, &WriteOptions::default()).expect_err("no addresses");
        assert!(
            error.to_string().starts_with("the recording has no samples of cpu with an address in a file")
        );
    }
}
