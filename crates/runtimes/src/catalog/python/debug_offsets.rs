//! Version and layout as CPython 3.13 and later tell them themselves.
//!
//! `_PyRuntime` begins with `_Py_DebugOffsets` (PEP 768): a cookie, then words of 8 bytes. Which word is which
//! differs by minor version; the lists below follow `Include/internal/pycore_runtime.h` of 3.13 and
//! `pycore_debug_offsets.h` of 3.14.10 and 3.15.2 (3.14.8 and 3.15.0 have the same). A layout that contradicts
//! itself, as that of an early alpha read by the list of the release does, is refused.

use super::layout::{FrameStyle, Gil, Layout, Version};
use super::object_layout::{Names, ObjectLayout, Stack};
use crate::Snapshot;
use crate::read_error::ReadError;

/// What `_PyRuntime` of 3.13 and later begins with.
pub(super) const COOKIE: &[u8; 8] = b"xdebugpy";

const FIELDS_3_13: &str = "version free_threaded \
    runtime.size runtime.finalizing runtime.interpreters_head \
    interpreter.size interpreter.id interpreter.next interpreter.threads_head interpreter.gc \
    interpreter.imports_modules interpreter.sysdict interpreter.builtins interpreter.ceval_gil \
    interpreter.own_gil interpreter.own_gil_enabled interpreter.own_gil_locked interpreter.own_gil_holder \
    thread.size thread.prev thread.next thread.interp thread.current_frame thread.thread_id \
    thread.native_thread_id thread.datastack_chunk thread.status \
    frame.size frame.previous frame.executable frame.instr_ptr frame.localsplus frame.owner \
    code.size code.filename code.name code.qualname code.linetable code.firstlineno code.argcount \
    code.localsplusnames code.localspluskinds code.co_code_adaptive \
    object.size object.ob_type type.size type.tp_name type.tp_repr type.tp_flags \
    tuple.size tuple.ob_item tuple.ob_size list.size list.ob_item list.ob_size \
    dict.size dict.ma_keys dict.ma_values float.size float.ob_fval long.size long.lv_tag long.ob_digit \
    bytes.size bytes.ob_size bytes.ob_sval \
    unicode.size unicode.state unicode.length unicode.asciiobject_size gc.size gc.collecting";

const FIELDS_3_14: &str = "version free_threaded \
    runtime.size runtime.finalizing runtime.interpreters_head \
    interpreter.size interpreter.id interpreter.next interpreter.threads_head interpreter.threads_main \
    interpreter.gc interpreter.imports_modules interpreter.sysdict interpreter.builtins \
    interpreter.ceval_gil interpreter.own_gil interpreter.own_gil_enabled interpreter.own_gil_locked \
    interpreter.own_gil_holder interpreter.code_object_generation interpreter.tlbc_generation \
    thread.size thread.prev thread.next thread.interp thread.current_frame thread.thread_id \
    thread.native_thread_id thread.datastack_chunk thread.status \
    frame.size frame.previous frame.executable frame.instr_ptr frame.localsplus frame.owner \
    frame.stackpointer frame.tlbc_index \
    code.size code.filename code.name code.qualname code.linetable code.firstlineno code.argcount \
    code.localsplusnames code.localspluskinds code.co_code_adaptive code.co_tlbc \
    object.size object.ob_type type.size type.tp_name type.tp_repr type.tp_flags \
    tuple.size tuple.ob_item tuple.ob_size list.size list.ob_item list.ob_size \
    set.size set.used set.table set.mask dict.size dict.ma_keys dict.ma_values float.size float.ob_fval \
    long.size long.lv_tag long.ob_digit bytes.size bytes.ob_size bytes.ob_sval \
    unicode.size unicode.state unicode.length unicode.asciiobject_size gc.size gc.collecting \
    gen.size gen.gi_name gen.gi_iframe gen.gi_frame_state llist.next llist.prev \
    debugger.eval_breaker debugger.remote_debugger_support debugger.remote_debugging_enabled \
    debugger.debugger_pending_call debugger.debugger_script_path debugger.debugger_script_path_size";

const FIELDS_3_15: &str = "version free_threaded \
    runtime.size runtime.finalizing runtime.interpreters_head \
    interpreter.size interpreter.id interpreter.next interpreter.threads_head interpreter.threads_main \
    interpreter.gc interpreter.imports_modules interpreter.sysdict interpreter.builtins \
    interpreter.ceval_gil interpreter.own_gil interpreter.own_gil_enabled interpreter.own_gil_locked \
    interpreter.own_gil_holder interpreter.code_object_generation interpreter.tlbc_generation \
    thread.size thread.prev thread.next thread.interp thread.current_frame thread.base_frame \
    thread.last_profiled_frame thread.last_profiled_frame_seq thread.thread_id thread.native_thread_id \
    thread.datastack_chunk thread.status thread.holds_gil thread.gil_requested thread.current_exception \
    thread.exc_state err_stackitem.exc_value \
    frame.size frame.previous frame.executable frame.instr_ptr frame.localsplus frame.owner \
    frame.stackpointer frame.tlbc_index \
    code.size code.filename code.name code.qualname code.linetable code.firstlineno code.argcount \
    code.localsplusnames code.localspluskinds code.co_code_adaptive code.co_tlbc \
    object.size object.ob_type \
    type.size type.tp_name type.tp_repr type.tp_flags type.tp_basicsize type.tp_dictoffset \
    heap_type.size heap_type.ht_cached_keys \
    tuple.size tuple.ob_item tuple.ob_size list.size list.ob_item list.ob_size \
    set.size set.used set.table set.mask dict.size dict.ma_keys dict.ma_values float.size float.ob_fval \
    long.size long.lv_tag long.ob_digit bytes.size bytes.ob_size bytes.ob_sval \
    unicode.size unicode.state unicode.length unicode.asciiobject_size unicode.compactunicodeobject_size \
    gc.size gc.collecting gc.frame gc.generation_stats_size gc.generation_stats \
    gen.size gen.gi_name gen.gi_iframe gen.gi_frame_state llist.next llist.prev \
    debugger.eval_breaker debugger.remote_debugger_support debugger.remote_debugging_enabled \
    debugger.debugger_pending_call debugger.debugger_script_path debugger.debugger_script_path_size";

/// `_Py_MAX_SCRIPT_PATH_SIZE`: the last word of 3.14 and later.
const MAX_SCRIPT_PATH: u64 = 512;
/// `sizeof(PyInterpreterState)` is some hundred kilobytes.
const MAX_OFFSET: u64 = 1 << 24;

/// The words by their names.
struct Offsets {
    fields: &'static str,
    words: Vec<u64>,
}

impl Offsets {
    fn find(&self, name: &str) -> Option<u64> {
        let at = self.fields.split_whitespace().position(|field| field == name)?;
        self.words.get(at).copied()
    }

    /// 0 for a field that the lists lack; a test reads all of them.
    fn get(&self, name: &str) -> u64 {
        self.find(name).unwrap_or(0)
    }

    /// A field that lies outside its structure, with the structure's size.
    fn contradiction(&self) -> Option<(&'static str, u64, u64)> {
        self.fields.split_whitespace().zip(&self.words).find_map(|(field, offset)| {
            let (structure, part) = field.split_once('.')?;
            let size = self.find(&format!("{structure}.size")).unwrap_or(MAX_OFFSET).min(MAX_OFFSET);
            // Sizes of other structures stand among the offsets.
            let is_offset = part == "size" || !part.ends_with("_size");
            (is_offset && *offset > size).then_some((field, *offset, size))
        })
    }
}

/// Version and layout as the interpreter itself tells them.
pub(super) fn from_debug_offsets(
    snapshot: &Snapshot<'_>,
    runtime: u64,
) -> Result<(Version, Layout), ReadError> {
    let unexpected = |found: String, wanted| ReadError::Unexpected {
        what: "_Py_DebugOffsets",
        address: runtime,
        found,
        wanted,
    };
    let mut cookie = [0; 8];
    snapshot.read("_PyRuntime", runtime, &mut cookie)?;
    if &cookie != COOKIE {
        return Err(unexpected(format!("{:?}", String::from_utf8_lossy(&cookie)), "\"xdebugpy\""));
    }
    let version = Version(snapshot.u64("_Py_DebugOffsets", runtime.wrapping_add(8))? as u32);
    let fields = match version.minor() {
        13 => FIELDS_3_13,
        14 => FIELDS_3_14,
        15 => FIELDS_3_15,
        _ => return Err(unexpected(format!("of Python {}", version.text()), "of Python 3.13 to 3.15")),
    };
    let n_words = fields.split_whitespace().count();
    let bytes = snapshot.bytes("_Py_DebugOffsets", runtime.wrapping_add(8), n_words * 8)?;
    let words =
        bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default())).collect();
    let offsets = Offsets { fields, words };
    if let Some((field, offset, size)) = offsets.contradiction() {
        let found = format!("of Python {} with {field} = {offset} of at most {size}", version.text());
        return Err(unexpected(found, "the layout of that version's release"));
    }
    if offsets.find("debugger.debugger_script_path_size").is_some_and(|size| size != MAX_SCRIPT_PATH) {
        let found = format!("of Python {} with another end", version.text());
        return Err(unexpected(found, "the layout of that version's release"));
    }
    Ok((version, layout(&offsets, version)))
}

fn layout(offsets: &Offsets, version: Version) -> Layout {
    let get = |name| offsets.get(name);
    let free_threaded = get("free_threaded") != 0;
    let own_gil = get("interpreter.own_gil");
    Layout {
        style: FrameStyle::InstructionPointer,
        free_threaded,
        interpreters_head: get("runtime.interpreters_head"),
        interpreter_id: get("interpreter.id"),
        interpreter_next: get("interpreter.next"),
        threads_head: get("interpreter.threads_head"),
        gil: Gil::BehindPointer {
            pointer: get("interpreter.ceval_gil"),
            // Told relative to the interpreter's own lock, which others may share.
            locked: get("interpreter.own_gil_locked").wrapping_sub(own_gil),
            holder: get("interpreter.own_gil_holder").wrapping_sub(own_gil),
            // This one is told relative to a lock.
            enabled: free_threaded.then(|| get("interpreter.own_gil_enabled")),
        },
        thread_next: get("thread.next"),
        thread_frame: get("thread.current_frame"),
        cframe_frame: None,
        thread_cframe: None,
        cframe_previous: None,
        thread_pthread: get("thread.thread_id"),
        thread_native_id: Some(get("thread.native_thread_id")),
        frame_size: get("frame.size"),
        frame_previous: get("frame.previous"),
        frame_code: get("frame.executable"),
        frame_instruction: get("frame.instr_ptr"),
        frame_owner: Some(get("frame.owner")),
        frame_is_entry: None,
        // Both are 0 in builds with the lock.
        frame_tlbc_index: offsets.find("frame.tlbc_index").filter(|_| free_threaded),
        code_tlbc: offsets.find("code.co_tlbc").filter(|_| free_threaded),
        code_filename: get("code.filename"),
        code_name: get("code.name"),
        code_qualname: Some(get("code.qualname")),
        code_linetable: get("code.linetable"),
        code_firstlineno: get("code.firstlineno"),
        code_adaptive: Some(get("code.co_code_adaptive")),
        sequence_size: get("bytes.ob_size"),
        bytes_data: get("bytes.ob_sval"),
        text_state: get("unicode.state"),
        text_length: get("unicode.length"),
        // `interned` is a byte of its own in free-threaded builds from 3.14 on, else 2 bits.
        text_kind_shift: if free_threaded && version.minor() >= 14 { 8 } else { 2 },
        text_ascii_size: get("unicode.asciiobject_size"),
        text_compact_size: offsets
            .find("unicode.compactunicodeobject_size")
            .unwrap_or(get("unicode.asciiobject_size").wrapping_add(16)),
        objects: objects(offsets, version),
    }
}

fn objects(offsets: &Offsets, version: Version) -> ObjectLayout {
    let get = |name| offsets.get(name);
    let gc = get("interpreter.gc");
    let rules = ObjectLayout::of(version.minor(), if get("free_threaded") != 0 { 32 } else { 16 });
    ObjectLayout {
        object_type: get("object.ob_type"),
        type_name: get("type.tp_name"),
        type_flags: get("type.tp_flags"),
        type_dictoffset: offsets.find("type.tp_dictoffset").unwrap_or(rules.type_dictoffset),
        type_cached_keys: offsets.find("heap_type.ht_cached_keys").unwrap_or(rules.type_cached_keys),
        tuple_items: get("tuple.ob_item"),
        list_items: get("list.ob_item"),
        dict_keys: get("dict.ma_keys"),
        dict_values: get("dict.ma_values"),
        set_used: offsets.find("set.used").unwrap_or(rules.set_used),
        set_table: offsets.find("set.table").unwrap_or(rules.set_table),
        set_mask: offsets.find("set.mask").unwrap_or(rules.set_mask),
        float_value: get("float.ob_fval"),
        int_tag: Some(get("long.lv_tag")),
        int_digits: get("long.ob_digit"),
        modules: get("interpreter.imports_modules"),
        gc_collecting: gc.wrapping_add(get("gc.collecting")),
        gc_frame: offsets.find("gc.frame").map(|frame| gc.wrapping_add(frame)),
        frame_variables: get("frame.localsplus"),
        names: Names::One { names: get("code.localsplusnames"), kinds: get("code.localspluskinds") },
        stack: offsets.find("frame.stackpointer").map_or(rules.stack, Stack::Pointer),
        generator_frame: offsets.find("gen.gi_iframe").unwrap_or(rules.generator_frame),
        generator_state: offsets.find("gen.gi_frame_state").or(rules.generator_state),
        ..rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fathom_sys::process_view::{ProcessView, RecordedProcess};
    use std::collections::BTreeMap;

    const RUNTIME: u64 = 0x5000;
    const LISTS: [(u64, &str); 3] = [(13, FIELDS_3_13), (14, FIELDS_3_14), (15, FIELDS_3_15)];

    /// Structures of 4,096 bytes; each field is at its number in the list.
    fn read(minor: u64, change: impl Fn(&str) -> Option<u64>) -> Result<(Version, Layout), ReadError> {
        let (_, fields) = LISTS.into_iter().find(|(known, _)| *known == minor).unwrap_or(LISTS[0]);
        let words = fields.split_whitespace().enumerate().map(|(at, field)| {
            change(field).unwrap_or(match field {
                "version" => 3 << 24 | minor << 16 | 2 << 8 | 0xf0,
                "free_threaded" => 0,
                "debugger.debugger_script_path_size" => 512,
                _ if field.ends_with(".size") => 4096,
                _ => at as u64,
            })
        });
        let bytes = COOKIE.iter().copied().chain(words.flat_map(u64::to_le_bytes)).collect();
        let mut recorded = RecordedProcess::new(1, BTreeMap::new());
        recorded.add_memory(RUNTIME, bytes);
        let process = ProcessView::Recorded(recorded);
        from_debug_offsets(&Snapshot::new(&process), RUNTIME)
    }

    #[test]
    fn words_are_found_by_their_names_in_each_version() {
        for ((minor, _), (id, owner, qualname, ascii)) in
            LISTS.into_iter().zip([(6, 32, 36, 69), (6, 35, 41, 79), (6, 43, 49, 91)])
        {
            let (version, layout) = read(minor, |_| None).unwrap();
            assert_eq!(version.text(), format!("3.{minor}.2"));
            assert_eq!(layout.interpreter_id, id, "3.{minor}");
            assert_eq!(layout.frame_owner, Some(owner), "3.{minor}");
            assert_eq!(layout.code_qualname, Some(qualname), "3.{minor}");
            assert_eq!(layout.text_ascii_size, ascii, "3.{minor}");
            assert_eq!((layout.frame_tlbc_index, layout.text_kind_shift), (None, 2), "3.{minor}");
        }
    }

    #[test]
    fn no_field_that_is_read_is_missing_in_a_list() {
        let source = include_str!("debug_offsets.rs");
        let body = &source[source.find("fn layout(").unwrap()..source.find("#[cfg(test)]").unwrap()];
        let names: Vec<&str> =
            body.split("get(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(names.len() > 30, "{names:?}");
        for (minor, list) in LISTS {
            for name in &names {
                assert!(list.split_whitespace().any(|field| field == *name), "3.{minor} has no {name}");
            }
        }
    }

    #[test]
    fn free_threaded_builds_have_copies_of_byte_code_from_3_14_on() {
        let threaded = |field: &str| (field == "free_threaded").then_some(1);
        let (_, layout) = read(13, threaded).unwrap();
        assert_eq!((layout.code_tlbc, layout.text_kind_shift), (None, 2));
        let (_, layout) = read(14, threaded).unwrap();
        assert!(layout.code_tlbc.is_some() && layout.frame_tlbc_index.is_some());
        assert_eq!(layout.text_kind_shift, 8);
        assert!(matches!(layout.gil, Gil::BehindPointer { enabled: Some(16), .. }), "{:?}", layout.gil);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let text = |result: Result<(Version, Layout), ReadError>| result.unwrap_err().to_string();
        let error = text(read(14, |field| (field == "frame.owner").then_some(5000)));
        assert!(error.contains("frame.owner = 5000 of at most 4096"), "{error}");
        let error = text(read(15, |field| field.ends_with("path_size").then_some(64)));
        assert!(error.contains("with another end"), "{error}");
        let error = text(read(13, |field| (field == "interpreter.size").then_some(u64::MAX)));
        assert!(error.contains("interpreter.size"), "{error}");
        let error = text(read(13, |field| (field == "version").then_some(3 << 24 | 99 << 16 | 0xf0)));
        assert!(error.contains("of Python 3.99.0, not of Python 3.13 to 3.15"), "{error}");
    }
}
