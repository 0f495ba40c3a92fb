//! Where the fields of CPython's objects are: of containers and numbers, of variables in frames, of generators.
//!
//! Most follow from the size of an object's head: 16 bytes, 32 in free-threaded builds. What differs by version is what
//! a C compiler says of the headers of 3.10.13, 3.11.7, 3.12.1, 3.13.18, 3.14.10 and 3.15.2 (`offsetof`); from 3.13 on the
//! interpreter's own offsets count where it has them (`debug_offsets.rs`).

/// Offsets in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ObjectLayout {
    pub(super) minor: u32,
    /// Pointers in frames carry tags (`_PyStackRef`): 3.14 on.
    pub(super) is_tagged: bool,
    /// `sizeof(PyObject)`.
    pub(super) head: u64,
    pub(super) object_type: u64,
    pub(super) type_name: u64,
    pub(super) type_basicsize: u64,
    pub(super) type_flags: u64,
    pub(super) type_dict: u64,
    pub(super) type_dictoffset: u64,
    /// Names of the attributes that instances keep without a `dict` (`ht_cached_keys`).
    pub(super) type_cached_keys: u64,
    pub(super) tuple_items: u64,
    pub(super) list_items: u64,
    pub(super) dict_keys: u64,
    pub(super) dict_values: u64,
    pub(super) set_used: u64,
    pub(super) set_table: u64,
    pub(super) set_mask: u64,
    pub(super) float_value: u64,
    /// `lv_tag`, from 3.12 on; before, the sign of the size says it.
    pub(super) int_tag: Option<u64>,
    pub(super) int_digits: u64,
    /// Also of cells: what they hold is the first word behind the head.
    pub(super) module_dict: u64,
    /// `sys.modules` in the interpreter's state.
    pub(super) modules: u64,
    /// Whether the interpreter collects garbage, in its state: a 32-bit word.
    pub(super) gc_collecting: u64,
    /// The frame in which the collection began, in the interpreter's state: 3.15 on.
    pub(super) gc_frame: Option<u64>,
    /// Variables in a frame.
    pub(super) frame_variables: u64,
    pub(super) names: Names,
    pub(super) stack: Stack,
    /// The frame in a generator; in 3.10 the pointer to it.
    pub(super) generator_frame: u64,
    /// 3.11 on: a signed byte.
    pub(super) generator_state: Option<u64>,
}

/// Where a code object has the names of its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// 3.10: three tuples, of which cells and free variables follow the others.
    Three { variables: u64, cells: u64, free: u64 },
    /// 3.11 on: a tuple, and a byte string with the kind of each.
    One { names: u64, kinds: u64 },
}

/// Where a frame that does not run says how far its stack of values reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stack {
    /// 3.10: start and depth.
    StartAndDepth { start: u64, depth: u64 },
    /// 3.11 to 3.13: number of words from the variables on, 32 bits.
    Count(u64),
    /// 3.14 on.
    Pointer(u64),
}

impl ObjectLayout {
    /// The layout of a minor version with a head of so many bytes.
    pub(super) const fn of(minor: u32, head: u64) -> Self {
        // A size follows the head of tuples, lists and types; from 3.14 on a tuple keeps its hash.
        let sized = head + 8;
        Self {
            minor,
            is_tagged: minor >= 14,
            head,
            object_type: head - 8,
            type_name: sized,
            type_basicsize: sized + 8,
            type_flags: sized + 144,
            type_dict: sized + 240,
            type_dictoffset: sized + 264,
            type_cached_keys: match minor {
                10 | 11 => sized + 848,
                12..=14 => sized + 856,
                _ => sized + 864,
            },
            tuple_items: if minor >= 14 { sized + 8 } else { sized },
            list_items: sized,
            dict_keys: head + 16,
            dict_values: head + 24,
            set_used: head + 8,
            set_mask: head + 16,
            set_table: head + 24,
            float_value: head,
            int_tag: if minor >= 12 { Some(head) } else { None },
            int_digits: sized,
            module_dict: head,
            modules: match minor {
                10 => 856,
                11 => 888,
                _ => 944,
            },
            gc_collecting: match minor {
                10 => 816,
                11 => 848,
                _ => 312,
            },
            gc_frame: None,
            frame_variables: match minor {
                10 => 352,
                11..=13 => 72,
                _ => 80,
            },
            names: match minor {
                10 => Names::Three { variables: 72, cells: 88, free: 80 },
                _ => Names::One { names: head + 80, kinds: head + 88 },
            },
            stack: match minor {
                10 => Stack::StartAndDepth { start: 64, depth: 80 },
                11..=13 => Stack::Count(64),
                _ => Stack::Pointer(64),
            },
            generator_frame: match minor {
                10 => 16,
                11 => 80,
                _ => head + 56,
            },
            generator_state: match minor {
                10 => None,
                11 => Some(75),
                _ => Some(head + 51),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `offsetof` says of the headers, by version.
    #[test]
    fn rules_say_what_a_compiler_says() {
        let of = |layout: ObjectLayout| {
            [
                layout.type_name,
                layout.type_basicsize,
                layout.type_flags,
                layout.type_dict,
                layout.type_dictoffset,
                layout.type_cached_keys,
                layout.tuple_items,
                layout.dict_keys,
                layout.dict_values,
                layout.set_used,
                layout.set_mask,
                layout.set_table,
                layout.int_digits,
                layout.generator_frame,
                layout.generator_state.unwrap_or(0),
            ]
        };
        let plain = [24, 32, 168, 264, 288];
        let threaded = [40, 48, 184, 280, 304];
        let rows: [(u32, u64, [u64; 5], [u64; 10]); 8] = [
            (10, 16, plain, [872, 24, 32, 40, 24, 32, 40, 24, 16, 0]),
            (11, 16, plain, [872, 24, 32, 40, 24, 32, 40, 24, 80, 75]),
            (12, 16, plain, [880, 24, 32, 40, 24, 32, 40, 24, 72, 67]),
            (13, 16, plain, [880, 24, 32, 40, 24, 32, 40, 24, 72, 67]),
            (13, 32, threaded, [896, 40, 48, 56, 40, 48, 56, 40, 88, 83]),
            (14, 16, plain, [880, 32, 32, 40, 24, 32, 40, 24, 72, 67]),
            (15, 16, plain, [888, 32, 32, 40, 24, 32, 40, 24, 72, 67]),
            (15, 32, threaded, [904, 48, 48, 56, 40, 48, 56, 40, 88, 83]),
        ];
        for (minor, head, types, others) in rows {
            let wanted: Vec<u64> = types.into_iter().chain(others).collect();
            assert_eq!(of(ObjectLayout::of(minor, head)).to_vec(), wanted, "3.{minor}, {head}");
        }
    }
}
