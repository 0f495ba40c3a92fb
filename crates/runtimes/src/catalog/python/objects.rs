//! Objects of the interpreter: their types, the members of containers, the attributes of instances.
//!
//! Every list has an end here: at most so many members are read as the caller asks for.

use super::layout::Layout;
use super::object_layout::ObjectLayout;
use super::text::text;
use crate::Snapshot;
use crate::read_error::ReadError;

/// `Py_TPFLAGS_INLINE_VALUES`, `Py_TPFLAGS_MANAGED_DICT`, `Py_TPFLAGS_HEAPTYPE`.
const INLINE_VALUES: u64 = 1 << 2;
const MANAGED_DICT: u64 = 1 << 4;
const HEAP_TYPE: u64 = 1 << 9;
/// Longest name of a type, in bytes.
const MAX_TYPE_NAME: usize = 256;
/// Pointers to objects carry tags in their lowest bits in some places.
const TAGS: u64 = 7;

/// Reads objects from a snapshot.
#[derive(Clone, Copy)]
pub(super) struct Objects<'a> {
    pub(super) snapshot: &'a Snapshot<'a>,
    pub(super) layout: &'a Layout,
}

/// A type, as much as is needed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) address: u64,
    /// `tp_name`: with its module for types of C, without for classes.
    pub(super) name: String,
    pub(super) flags: u64,
}

impl Type {
    /// Whether it is a class that Python code made.
    pub(super) fn is_class(&self) -> bool {
        self.flags & HEAP_TYPE != 0
    }
}

type Read<T> = Result<T, ReadError>;

impl<'a> Objects<'a> {
    pub(super) fn new(snapshot: &'a Snapshot<'a>, layout: &'a Layout) -> Self {
        Self { snapshot, layout }
    }

    fn fields(&self) -> &'a ObjectLayout {
        &self.layout.objects
    }

    pub(super) fn word(&self, what: &'static str, object: u64, offset: u64) -> Read<u64> {
        self.snapshot.u64(what, object.wrapping_add(offset))
    }

    pub(super) fn byte(&self, what: &'static str, object: u64, offset: u64) -> Read<u8> {
        let mut byte = [0];
        self.snapshot.read(what, object.wrapping_add(offset), &mut byte)?;
        Ok(byte[0])
    }

    pub(super) fn type_of(&self, object: u64) -> Read<Type> {
        self.type_at(self.word("an object's type", object, self.fields().object_type)?)
    }

    pub(super) fn type_at(&self, address: u64) -> Read<Type> {
        let fields = self.fields();
        let name = self.word("a type's name", address, fields.type_name)?;
        Ok(Type {
            address,
            name: self.snapshot.c_string("a type's name", name, MAX_TYPE_NAME)?,
            flags: self.word("a type's flags", address, fields.type_flags)?,
        })
    }

    /// Whether a type or one of its first bases (each the first of its own) has this name.
    pub(super) fn is_below(&self, class: &Type, name: &str, max_bases: usize) -> bool {
        let mut class = class.clone();
        for _ in 0..max_bases {
            if class.name == name {
                return true;
            }
            // `tp_base` stands before `tp_dict`.
            let base = self.word("a class's base", class.address, self.fields().type_dict.wrapping_sub(8));
            match base.ok().filter(|base| *base != 0).and_then(|base| self.type_at(base).ok()) {
                Some(base) => class = base,
                None => return false,
            }
        }
        false
    }

    /// Whether a pointer is one, and not to `None`.
    pub(super) fn is_something(&self, object: u64) -> bool {
        object != 0 && self.type_of(object).is_ok_and(|class| class.name != "NoneType")
    }

    /// An `int` of at most 120 bits.
    pub(super) fn small_int(&self, object: u64) -> Option<i128> {
        const MAX_DIGITS: u64 = 4;
        let (is_negative, n_digits) = self.int_size(object).ok()?;
        if n_digits > MAX_DIGITS {
            return None;
        }
        let digits = self.int_digits(object, n_digits).ok()?;
        let size = digits.iter().rev().fold(0i128, |sum, digit| sum << 30 | i128::from(*digit));
        Some(if is_negative { -size } else { size })
    }

    /// Whether an `int` is negative, and its number of digits of 30 bits.
    pub(super) fn int_size(&self, object: u64) -> Read<(bool, u64)> {
        match self.fields().int_tag {
            // The lowest 2 bits: 0 positive, 1 zero, 2 negative; bit 2 says that it is immortal.
            Some(tag) => {
                let tag = self.word("a number's size", object, tag)?;
                Ok((tag & 3 == 2, if tag & 3 == 1 { 0 } else { tag >> 3 }))
            }
            None => {
                let size = self.word("a number's size", object, self.layout.sequence_size)? as i64;
                Ok((size < 0, size.unsigned_abs()))
            }
        }
    }

    /// Digits of an `int`, the least first.
    pub(super) fn int_digits(&self, object: u64, n_digits: u64) -> Read<Vec<u32>> {
        let address = object.wrapping_add(self.fields().int_digits);
        let n_bytes = usize::try_from(n_digits).unwrap_or(usize::MAX).saturating_mul(4);
        let bytes = self.snapshot.bytes("a number", address, n_bytes)?;
        let digit = |chunk: &[u8]| u32::from_le_bytes(chunk.try_into().unwrap_or_default()) & 0x3fff_ffff;
        Ok(bytes.chunks_exact(4).map(digit).collect())
    }

    /// The module of a class.
    pub(super) fn module_of(&self, class: &Type) -> Option<String> {
        let members = self.word("a class's members", class.address, self.fields().type_dict).ok()?;
        let module = self.item(members, "__module__").ok()??;
        self.text(module).ok()
    }

    pub(super) fn text(&self, object: u64) -> Read<String> {
        text(self.snapshot, self.layout, object)
    }

    /// Members of a `tuple` and its length.
    pub(super) fn tuple(&self, object: u64, max: usize) -> Read<(Vec<u64>, u64)> {
        let length = self.word("a tuple's length", object, self.layout.sequence_size)?;
        let items = object.wrapping_add(self.fields().tuple_items);
        Ok((self.words("a tuple's members", items, length, max)?, length))
    }

    /// Members of a `list` and its length.
    pub(super) fn list(&self, object: u64, max: usize) -> Read<(Vec<u64>, u64)> {
        let length = self.word("a list's length", object, self.layout.sequence_size)?;
        if length == 0 {
            return Ok((Vec::new(), 0));
        }
        let items = self.word("a list's members", object, self.fields().list_items)?;
        Ok((self.words("a list's members", items, length, max)?, length))
    }

    fn words(&self, what: &'static str, address: u64, length: u64, max: usize) -> Read<Vec<u64>> {
        let n = length.min(max as u64) as usize;
        Ok(words(&self.snapshot.bytes(what, address, n * 8)?))
    }

    /// Members of a `set` or `frozenset` and how many there are; `max` bounds the places looked at, too.
    pub(super) fn set(&self, object: u64, max: usize) -> Read<(Vec<u64>, u64)> {
        const PLACES_A_MEMBER: u64 = 64;
        let fields = self.fields();
        let used = self.word("a set's length", object, fields.set_used)?;
        let places = self.word("a set's size", object, fields.set_mask)?.saturating_add(1);
        let table = self.word("a set's members", object, fields.set_table)?;
        let places = places.min((max as u64).saturating_mul(PLACES_A_MEMBER).min(1 << 20));
        let bytes = self.snapshot.bytes("a set's members", table, places as usize * 16)?;
        let members = words(&bytes)
            .chunks_exact(2)
            // A member that was taken out leaves a mark with the hash -1, which no object has.
            .filter(|entry| entry[0] != 0 && entry[1] != u64::MAX)
            .map(|entry| entry[0])
            .take(max.min(usize::try_from(used).unwrap_or(usize::MAX)))
            .collect();
        Ok((members, used))
    }

    /// Keys and values of a `dict` in their order, and how many there are.
    pub(super) fn dict(&self, object: u64, max: usize) -> Read<(Vec<(u64, u64)>, u64)> {
        let fields = self.fields();
        let used = self.word("a dict's length", object, fields.head)?;
        let keys = self.word("a dict's keys", object, fields.dict_keys)?;
        let values = self.word("a dict's values", object, fields.dict_values)?;
        Ok((self.entries(keys, values, max)?, used))
    }

    /// The members of a table of keys; `values` is 0 where they stand beside the keys.
    fn entries(&self, keys: u64, values: u64, max: usize) -> Read<Vec<(u64, u64)>> {
        let table = self.key_table(keys)?;
        let n = table.n_entries.min(max.saturating_mul(4).saturating_add(64) as u64) as usize;
        let width = table.width as usize / 8;
        let bytes = self.snapshot.bytes("a dict's entries", table.entries, n * width * 8)?;
        // The hash comes first where there is one.
        let pairs = words(&bytes);
        let pairs = pairs.chunks_exact(width).map(|entry| (entry[width - 2], entry[width - 1]));
        let found = if values == 0 {
            pairs.collect()
        } else {
            let values = values.wrapping_add(if self.fields().minor >= 13 { 8 } else { 0 });
            let values = words(&self.snapshot.bytes("a dict's values", values, n * 8)?);
            pairs.map(|(key, _)| key).zip(values).collect::<Vec<_>>()
        };
        Ok(found.into_iter().filter(|(key, value)| *key != 0 && *value != 0).take(max).collect())
    }

    fn key_table(&self, keys: u64) -> Read<KeyTable> {
        const LARGEST: u64 = 1 << 40;
        let unexpected = |found: String| ReadError::Unexpected {
            what: "a dict's keys",
            address: keys,
            found,
            wanted: "a table of at most 2^40 bytes",
        };
        if self.fields().minor == 10 {
            let size = self.word("a dict's size", keys, 8)?;
            let n_entries = self.word("a dict's size", keys, 32)?;
            let index_bytes = match size {
                0..=0xff => 1,
                0x100..=0xffff => 2,
                0x1_0000..=0xffff_ffff => 4,
                _ => return Err(unexpected(format!("of size {size}"))),
            };
            let entries = keys.wrapping_add(40).wrapping_add(size * index_bytes);
            return Ok(KeyTable { entries, n_entries, width: 24 });
        }
        let [log2_size, log2_index_bytes, kind] = {
            let word = self.word("a dict's size", keys, 8)?.to_le_bytes();
            [word[0], word[1], word[2]]
        };
        if u64::from(log2_index_bytes) > 40 || log2_size > 40 || kind > 2 {
            return Err(unexpected(format!("of size 2^{log2_size} and kind {kind}")));
        }
        let n_entries = self.word("a dict's size", keys, 24)?.min(LARGEST);
        let entries = keys.wrapping_add(32).wrapping_add(1 << log2_index_bytes);
        Ok(KeyTable { entries, n_entries, width: if kind == 0 { 24 } else { 16 } })
    }

    /// The value of a key that is a text, in a `dict` of at most 100,000 members.
    pub(super) fn item(&self, dict: u64, key: &str) -> Read<Option<u64>> {
        let (entries, _) = self.dict(dict, MAX_LOOKED_THROUGH)?;
        Ok(self.named(&entries, key))
    }

    fn named(&self, entries: &[(u64, u64)], name: &str) -> Option<u64> {
        let n_chars = name.chars().count() as u64;
        entries
            .iter()
            .find(|(key, _)| {
                // Most keys differ in length, which costs one word to see.
                self.word("a text's length", *key, self.layout.text_length).ok() == Some(n_chars)
                    && self.text(*key).is_ok_and(|text| text == name)
            })
            .map(|(_, value)| *value)
    }

    /// An attribute of an instance, wherever its version keeps it; not one of its class.
    pub(super) fn attribute(&self, object: u64, name: &str) -> Read<Option<u64>> {
        let fields = self.fields();
        let class = self.type_of(object)?;
        if class.flags & MANAGED_DICT == 0 || fields.minor == 10 {
            let offset = self.word("a class's layout", class.address, fields.type_dictoffset)?;
            // Negative offsets count from the end, of types with a size of their own.
            if offset == 0 || offset > 1 << 20 {
                return Ok(None);
            }
            return match self.word("an instance's attributes", object, offset)? {
                0 => Ok(None),
                dict => self.item(dict, name),
            };
        }
        let before =
            |n_words: u64| self.word("an instance's attributes", object, (n_words * 8).wrapping_neg());
        // Builds with the lock have a head for the collector between.
        let (dict, values) = match fields.minor {
            11 => (before(3)?, before(4)?),
            12 => match before(3)? {
                // A pointer to the values is kept less one.
                word if word & 1 == 1 => (0, word.wrapping_add(1)),
                word => (word, 0),
            },
            _ => {
                let size = self.word("a class's layout", class.address, fields.type_basicsize)?;
                let is_inline = class.flags & INLINE_VALUES != 0;
                let dict = before(if fields.head > 16 { 1 } else { 3 })?;
                (dict, if is_inline { object.wrapping_add(size) } else { 0 })
            }
        };
        if dict != 0 {
            return self.item(dict & !TAGS, name);
        }
        if values == 0 {
            return Ok(None);
        }
        let keys = self.word("a class's attributes", class.address, fields.type_cached_keys)?;
        Ok(self.named(&self.entries(keys, values, MAX_LOOKED_THROUGH)?, name))
    }
}

/// Most members of a `dict` that are looked through for one.
const MAX_LOOKED_THROUGH: usize = 100_000;

/// Entries of a `dict`.
struct KeyTable {
    entries: u64,
    n_entries: u64,
    /// Bytes of an entry.
    width: u64,
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default())).collect()
}
