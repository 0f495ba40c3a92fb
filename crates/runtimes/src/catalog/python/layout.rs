//! Where the fields of CPython's structures are.
//!
//! From 3.13 on every interpreter carries its own offsets (`debug_offsets.rs`). Before, they are the same for every
//! build of a minor version on 64-bit Linux; the tables are what a C compiler says of the headers of 3.10.13, 3.11.7
//! and 3.12.1 (`offsetof`).

use super::object_layout::ObjectLayout;

/// Minor version of Python 3 and the rest of `PY_VERSION_HEX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u32);

impl Version {
    pub(super) fn minor(self) -> u32 {
        self.0 >> 16 & 0xff
    }

    /// `3.12.1`, `3.15.0a2`.
    pub(super) fn text(self) -> String {
        if self.0 & 0xffff == 0 {
            // Only the minor version is known.
            return format!("{}.{}", self.0 >> 24, self.minor());
        }
        let [_, level_serial] = [self.0 >> 8, self.0].map(|word| word & 0xff);
        let level = match level_serial >> 4 {
            0xa => format!("a{}", level_serial & 0xf),
            0xb => format!("b{}", level_serial & 0xf),
            0xc => format!("rc{}", level_serial & 0xf),
            _ => String::new(),
        };
        format!("{}.{}.{}{level}", self.0 >> 24, self.minor(), self.0 >> 8 & 0xff)
    }
}

/// How frames are linked and what stands in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameStyle {
    /// 3.10: `PyFrameObject`, `f_lasti` in code units.
    Object,
    /// 3.11, 3.12: `_PyInterpreterFrame` behind `cframe`, `prev_instr`.
    PreviousInstruction,
    /// 3.13 on: `instr_ptr`.
    InstructionPointer,
}

/// Offsets in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) style: FrameStyle,
    pub(super) free_threaded: bool,
    /// In `_PyRuntime`.
    pub(super) interpreters_head: u64,
    pub(super) interpreter_next: u64,
    pub(super) interpreter_id: u64,
    pub(super) threads_head: u64,
    pub(super) gil: Gil,
    pub(super) thread_next: u64,
    pub(super) thread_pthread: u64,
    /// 3.11 on.
    pub(super) thread_native_id: Option<u64>,
    /// The frame, or (3.11, 3.12) the `_PyCFrame` that points to it.
    pub(super) thread_frame: u64,
    /// Where in `_PyCFrame` the frame is.
    pub(super) cframe_frame: Option<u64>,
    /// In a thread: the `_PyCFrame` on the native stack of the innermost activation of the loop (3.10 to 3.12).
    pub(super) thread_cframe: Option<u64>,
    /// In `_PyCFrame`: the one of the next activation.
    pub(super) cframe_previous: Option<u64>,
    pub(super) frame_code: u64,
    pub(super) frame_previous: u64,
    pub(super) frame_instruction: u64,
    pub(super) frame_owner: Option<u64>,
    /// Whether C code called the frame: 3.11 says so in the frame, later ones by a frame of its own.
    pub(super) frame_is_entry: Option<u64>,
    /// Which copy of the byte code the instruction is in: free-threaded builds from 3.14 on.
    pub(super) frame_tlbc_index: Option<u64>,
    /// Bytes of a frame up to its variables.
    pub(super) frame_size: u64,
    pub(super) code_filename: u64,
    pub(super) code_name: u64,
    pub(super) code_qualname: Option<u64>,
    pub(super) code_linetable: u64,
    pub(super) code_firstlineno: u64,
    /// Start of the byte code in the object itself; 3.10 keeps it apart.
    pub(super) code_adaptive: Option<u64>,
    /// Pointer to the copies of the byte code (`_PyCodeArray`): free-threaded builds from 3.14 on.
    pub(super) code_tlbc: Option<u64>,
    pub(super) sequence_size: u64,
    pub(super) bytes_data: u64,
    pub(super) text_length: u64,
    pub(super) text_state: u64,
    /// Bit of the state at which the kind begins.
    pub(super) text_kind_shift: u32,
    /// `sizeof(PyASCIIObject)` and `sizeof(PyCompactUnicodeObject)`.
    pub(super) text_ascii_size: u64,
    pub(super) text_compact_size: u64,
    pub(super) objects: ObjectLayout,
}

/// Where the lock is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gil {
    /// One for all interpreters, in `_PyRuntime`.
    InRuntime { locked: u64, holder: u64 },
    /// Behind a pointer in the interpreter.
    BehindPointer { pointer: u64, locked: u64, holder: u64, enabled: Option<u64> },
}

/// Fields that have been where they are in all versions with a table.
const COMMON: Layout = Layout {
    style: FrameStyle::PreviousInstruction,
    free_threaded: false,
    interpreters_head: 40,
    interpreter_next: 0,
    interpreter_id: 0,
    threads_head: 0,
    gil: Gil::InRuntime { locked: 0, holder: 0 },
    thread_next: 8,
    thread_pthread: 0,
    thread_native_id: None,
    thread_frame: 56,
    cframe_frame: None,
    thread_cframe: None,
    cframe_previous: None,
    frame_code: 0,
    frame_previous: 0,
    frame_instruction: 56,
    frame_owner: None,
    frame_is_entry: None,
    frame_tlbc_index: None,
    frame_size: 72,
    code_filename: 112,
    code_name: 120,
    code_qualname: Some(128),
    code_linetable: 136,
    code_firstlineno: 0,
    code_adaptive: None,
    code_tlbc: None,
    sequence_size: 16,
    bytes_data: 32,
    text_length: 16,
    text_state: 32,
    text_kind_shift: 2,
    text_ascii_size: 48,
    text_compact_size: 72,
    objects: ObjectLayout::of(11, 16),
};

const PYTHON_3_10: Layout = Layout {
    style: FrameStyle::Object,
    interpreters_head: 32,
    interpreter_id: 24,
    threads_head: 8,
    gil: Gil::InRuntime { locked: 368, holder: 360 },
    thread_pthread: 176,
    thread_frame: 24,
    thread_cframe: Some(48),
    cframe_previous: Some(8),
    frame_previous: 24,
    frame_code: 32,
    frame_instruction: 96,
    frame_size: 112,
    code_filename: 104,
    code_name: 112,
    code_qualname: None,
    code_linetable: 120,
    code_firstlineno: 40,
    objects: ObjectLayout::of(10, 16),
    ..COMMON
};

const PYTHON_3_11: Layout = Layout {
    interpreter_id: 48,
    threads_head: 16,
    gil: Gil::InRuntime { locked: 376, holder: 368 },
    thread_pthread: 152,
    thread_native_id: Some(160),
    cframe_frame: Some(8),
    thread_cframe: Some(56),
    cframe_previous: Some(16),
    frame_code: 32,
    frame_previous: 48,
    frame_owner: Some(69),
    frame_is_entry: Some(68),
    code_firstlineno: 72,
    code_adaptive: Some(184),
    ..COMMON
};

const PYTHON_3_12: Layout = Layout {
    interpreter_id: 8,
    threads_head: 72,
    gil: Gil::BehindPointer { pointer: 384, locked: 16, holder: 8, enabled: None },
    thread_pthread: 136,
    thread_native_id: Some(144),
    cframe_frame: Some(0),
    frame_code: 0,
    frame_previous: 8,
    frame_owner: Some(70),
    code_firstlineno: 68,
    code_adaptive: Some(192),
    text_ascii_size: 40,
    text_compact_size: 56,
    objects: ObjectLayout::of(12, 16),
    ..COMMON
};

/// The layout of a version that has a table.
pub(super) fn table_of(version: Version) -> Option<Layout> {
    match version.minor() {
        10 => Some(PYTHON_3_10),
        11 => Some(PYTHON_3_11),
        12 => Some(PYTHON_3_12),
        _ => None,
    }
}
