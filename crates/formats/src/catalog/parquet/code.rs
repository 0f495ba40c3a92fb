//! Where the code is: `stacks`, `frames`, `modules`.

use super::repair::{NewNames, in_order};
use super::{StackHashes, Table};
use crate::columnar::{TableReader, TableWriter};
use fathom_model::{
    BuildId, Frame, FrameId, FrameKind, Issue, Module, ModuleId, ModuleKind, Recording, StackId, StackNode,
};

pub(super) const STACKS: Table = Table { name: "stacks", write: write_stacks, read: read_stacks };
pub(super) const FRAMES: Table = Table { name: "frames", write: write_frames, read: read_frames };
pub(super) const MODULES: Table = Table { name: "modules", write: write_modules, read: read_modules };

fn write_stacks(recording: &Recording, which: StackHashes) -> Vec<u8> {
    let nodes = recording.stacks.nodes();
    let hashes = recording.stacks.content_hashes(&recording.frame_hashes());
    let mut hashed = vec![which == StackHashes::All; nodes.len()];
    let of_samples = recording.samples.iter().filter_map(|sample| sample.stack);
    for stack in of_samples.chain(recording.events.iter().filter_map(|event| event.stack)) {
        if let Some(hashed) = hashed.get_mut(stack.index()) {
            *hashed = true;
        }
    }
    let hashes: Vec<Option<String>> =
        hashes.iter().zip(&hashed).map(|(hash, hashed)| hashed.then(|| hash.to_string())).collect();
    TableWriter::new("stacks", nodes.len())
        .id("id", 0..nodes.len() as u32)
        .optional_id("parent", nodes.iter().map(|node| node.parent.map(|id| id.0)))
        .id("frame", nodes.iter().map(|node| node.frame.0))
        .optional_text("hash", hashes.iter().map(Option::as_deref))
        .finish()
}

fn read_stacks(table: &TableReader<'_>, recording: &mut Recording, _: &mut Vec<Issue>) -> Result<(), String> {
    table.require(&["id", "frame"])?;
    let parent = table.ints("parent")?;
    let frame = table.ints("frame")?;
    let order = in_order(&table.ints("id")?, table.rows())?;
    recording.stacks = order
        .iter()
        .map(|row| StackNode {
            parent: parent.id(*row).map(StackId),
            frame: FrameId(frame.id(*row).unwrap_or(u32::MAX)),
        })
        .collect();
    Ok(())
}

fn write_frames(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let frames = &recording.frames;
    let hashes = recording.frame_hashes();
    TableWriter::new("frames", frames.len())
        .id("id", 0..frames.len() as u32)
        .optional_text("function", frames.iter().map(|frame| frame.function.as_deref()))
        .optional_int64(
            "function_start_line",
            frames.iter().map(|frame| frame.function_start_line.map(i64::from)),
        )
        .optional_text("file", frames.iter().map(|frame| frame.file.as_deref()))
        .optional_int64("line", frames.iter().map(|frame| frame.line.map(i64::from)))
        .optional_int64("column", frames.iter().map(|frame| frame.column.map(i64::from)))
        .optional_id("module", frames.iter().map(|frame| frame.module.map(|id| id.0)))
        .optional_int64(
            "relative_address",
            frames.iter().map(|frame| frame.relative_address.map(|at| at as i64)),
        )
        .optional_text("runtime", frames.iter().map(|frame| frame.runtime.as_deref()))
        .text("kind", frames.iter().map(|frame| frame.kind.as_str()))
        .int32("inlined", frames.iter().map(|frame| i32::from(frame.inlined)))
        .text("hash", hashes.iter().map(ToString::to_string))
        .finish()
}

fn read_frames(
    table: &TableReader<'_>,
    recording: &mut Recording,
    issues: &mut Vec<Issue>,
) -> Result<(), String> {
    table.require(&["id"])?;
    let order = in_order(&table.ints("id")?, table.rows())?;
    let (function, file, runtime) = (table.texts("function")?, table.texts("file")?, table.texts("runtime")?);
    let (start_line, line, column) =
        (table.ints("function_start_line")?, table.ints("line")?, table.ints("column")?);
    let (module, address) = (table.ints("module")?, table.ints("relative_address")?);
    let (kind, inlined) = (table.texts("kind")?, table.ints("inlined")?);
    let mut new_kinds = NewNames::default();
    recording.frames = order
        .into_iter()
        .map(|row| Frame {
            function: function.owned(row),
            function_start_line: start_line.id(row),
            file: file.owned(row),
            line: line.id(row),
            column: column.id(row),
            module: module.id(row).map(ModuleId),
            relative_address: address.get(row).map(|at| at as u64),
            runtime: runtime.owned(row),
            kind: kind
                .get(row)
                .and_then(|name| FrameKind::parse(name).or_else(|| new_kinds.seen(name)))
                .unwrap_or(FrameKind::Unknown),
            inlined: inlined.get(row).is_some_and(|flag| flag != 0),
        })
        .collect();
    new_kinds.report("frames.parquet", "kind", "read as unknown", issues);
    Ok(())
}

fn write_modules(recording: &Recording, _: StackHashes) -> Vec<u8> {
    let modules = &recording.modules;
    let build_ids: Vec<Option<String>> =
        modules.iter().map(|module| module.build_id.as_ref().map(ToString::to_string)).collect();
    TableWriter::new("modules", modules.len())
        .id("id", 0..modules.len() as u32)
        .text("path", modules.iter().map(|module| module.path.as_str()))
        .optional_text("build_id", build_ids.iter().map(Option::as_deref))
        .text("kind", modules.iter().map(|module| module.kind.as_str()))
        .int64_list("load_addresses", modules.iter().map(|module| module.load_addresses.as_slice()))
        .finish()
}

fn read_modules(
    table: &TableReader<'_>,
    recording: &mut Recording,
    issues: &mut Vec<Issue>,
) -> Result<(), String> {
    table.require(&["id", "path"])?;
    let order = in_order(&table.ints("id")?, table.rows())?;
    let (path, build_id, kind) = (table.texts("path")?, table.texts("build_id")?, table.texts("kind")?);
    let load_addresses = table.int_lists("load_addresses")?;
    let mut new_kinds = NewNames::default();
    let mut bad_build_ids = NewNames::default();
    recording.modules = order
        .into_iter()
        .map(|row| Module {
            path: path.owned(row).unwrap_or_default(),
            build_id: build_id
                .get(row)
                .and_then(|text| BuildId::parse(text).or_else(|| bad_build_ids.seen(text))),
            kind: kind
                .get(row)
                .and_then(|name| ModuleKind::parse(name).or_else(|| new_kinds.seen(name)))
                .unwrap_or(ModuleKind::Unknown),
            load_addresses: load_addresses.get(row).iter().map(|address| *address as u64).collect(),
        })
        .collect();
    new_kinds.report("modules.parquet", "kind", "read as unknown", issues);
    bad_build_ids.report("modules.parquet", "build id", "left out", issues);
    Ok(())
}
