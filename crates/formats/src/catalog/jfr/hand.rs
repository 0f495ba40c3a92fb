//! Recordings written by hand, for tests: every byte is known.

use super::header::HEADER_BYTES;

/// A closed chunk's header of version 2.1 with compressed integers; begin at tick 5000, one tick a nanosecond.
pub(super) fn header_bytes(size: u64, checkpoint: u64, metadata: u64) -> [u8; HEADER_BYTES as usize] {
    let mut out = [0; HEADER_BYTES as usize];
    out[..8].copy_from_slice(b"FLR\0\0\x02\0\x01");
    let words = [size, checkpoint, metadata, START_NANOS as u64, 1_000_000, START_TICKS, 1_000_000_000];
    for (at, word) in words.iter().enumerate() {
        out[8 + 8 * at..16 + 8 * at].copy_from_slice(&word.to_be_bytes());
    }
    out[67] = 1;
    out
}

pub(super) const START_NANOS: i64 = 1_700_000_000_000_000_000;
pub(super) const START_TICKS: u64 = 5000;

/// Values one after the other.
#[derive(Clone, Debug)]
pub(super) struct Out {
    pub(super) bytes: Vec<u8>,
    is_compressed: bool,
}

impl Out {
    pub(super) fn new(is_compressed: bool) -> Self {
        Self { bytes: Vec::new(), is_compressed }
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub(super) fn long(&mut self, value: u64) -> &mut Self {
        if !self.is_compressed {
            return self.raw(&value.to_be_bytes());
        }
        let mut rest = value;
        for _ in 0..8 {
            if rest < 0x80 {
                break;
            }
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
        self
    }

    pub(super) fn int(&mut self, value: u32) -> &mut Self {
        if self.is_compressed { self.long(value.into()) } else { self.raw(&value.to_be_bytes()) }
    }

    pub(super) fn short(&mut self, value: u16) -> &mut Self {
        if self.is_compressed { self.long(value.into()) } else { self.raw(&value.to_be_bytes()) }
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.raw(&[3]).int(text.len() as u32).raw(text.as_bytes())
    }

    /// An event: its size, its type, and what `fill` writes.
    pub(super) fn event(&mut self, type_id: u64, fill: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::new(self.is_compressed);
        inner.long(type_id);
        fill(&mut inner);
        if self.is_compressed {
            // Padded to four bytes, as the virtual machine does.
            let size = inner.bytes.len() as u32 + 4;
            let padded = [size, size >> 7, size >> 14, size >> 21].map(|part| part as u8 & 0x7f);
            self.raw(&[padded[0] | 0x80, padded[1] | 0x80, padded[2] | 0x80, padded[3]]);
        } else {
            self.int(inner.bytes.len() as u32 + 4);
        }
        self.raw(&inner.bytes)
    }
}

/// A field: name, type, and letters: `p` pooled, `l` list, `u` unsigned, `t` span in ticks, `m` span in milliseconds,
/// `T` moment in ticks, `M` moment in milliseconds.
pub(super) type FieldSpec = (&'static str, u64, &'static str);

/// A type: number, name, letters (`e` event, `s` simple), fields.
pub(super) type TypeSpec = (u64, &'static str, &'static str, Vec<FieldSpec>);

/// A metadata event.
pub(super) fn metadata(out: &mut Out, types: &[TypeSpec]) {
    let is_compressed = out.is_compressed;
    let mut strings: Vec<String> = Vec::new();
    let mut tree = Out::new(is_compressed);
    let mut element = |tree: &mut Out, name: &str, attributes: &[(&str, String)], n_children: usize| {
        let mut id = |text: &str| {
            let known = strings.iter().position(|known| known == text);
            let at = known.unwrap_or_else(|| {
                strings.push(text.to_owned());
                strings.len() - 1
            });
            at as u32
        };
        tree.int(id(name)).int(attributes.len() as u32);
        for (key, value) in attributes {
            tree.int(id(key)).int(id(value));
        }
        tree.int(n_children as u32);
    };
    element(&mut tree, "root", &[], 2);
    element(&mut tree, "metadata", &[], types.len());
    for (id, name, letters, fields) in types {
        let mut attributes = vec![("name", (*name).to_owned()), ("id", id.to_string())];
        if letters.contains('e') {
            attributes.push(("superType", "jdk.jfr.Event".into()));
        }
        if letters.contains('s') {
            attributes.push(("simpleType", "true".into()));
        }
        element(&mut tree, "class", &attributes, fields.len());
        for (name, of, letters) in fields {
            let mut attributes = vec![("name", (*name).to_owned()), ("class", of.to_string())];
            if letters.contains('p') {
                attributes.push(("constantPool", "true".into()));
            }
            if letters.contains('l') {
                attributes.push(("dimension", "1".into()));
            }
            let annotations: Vec<(u64, &str)> = letters
                .chars()
                .filter_map(|letter| match letter {
                    'u' => Some((UNSIGNED, "")),
                    't' => Some((TIMESPAN, "TICKS")),
                    'm' => Some((TIMESPAN, "MILLISECONDS")),
                    'T' => Some((TIMESTAMP, "TICKS")),
                    'M' => Some((TIMESTAMP, "MILLISECONDS_SINCE_EPOCH")),
                    _ => None,
                })
                .collect();
            element(&mut tree, "field", &attributes, annotations.len());
            for (of, value) in annotations {
                element(
                    &mut tree,
                    "annotation",
                    &[("class", of.to_string()), ("value", value.to_owned())],
                    0,
                );
            }
        }
    }
    element(&mut tree, "region", &[("gmtOffset", "0".into())], 0);
    out.event(0, |out| {
        out.long(START_TICKS).long(0).long(1).int(strings.len() as u32);
        for text in &strings {
            out.text(text);
        }
        out.raw(&tree.bytes);
    });
}

/// A checkpoint event: the distance to the one before it, then the pools.
pub(super) fn checkpoint(out: &mut Out, delta: i64, n_pools: u32, fill: impl FnOnce(&mut Out)) {
    out.event(1, |out| {
        out.long(START_TICKS).long(0).long(delta as u64).raw(&[0]).int(n_pools);
        fill(out);
    });
}

/// A whole chunk: what `fill` writes behind the header, and where the checkpoint and the metadata are in it.
pub(super) fn chunk(is_compressed: bool, fill: impl FnOnce(&mut Out) -> (usize, usize)) -> Vec<u8> {
    let mut out = Out::new(is_compressed);
    out.raw(&[0; HEADER_BYTES as usize]);
    let (checkpoint, metadata) = fill(&mut out);
    let mut header = header_bytes(out.bytes.len() as u64, checkpoint as u64, metadata as u64);
    header[67] = u8::from(is_compressed);
    out.bytes[..HEADER_BYTES as usize].copy_from_slice(&header);
    out.bytes
}

pub(super) const INT: u64 = 4;
pub(super) const LONG: u64 = 5;
pub(super) const TEXT: u64 = 20;
pub(super) const SAMPLE: u64 = 100;
pub(super) const EVERYTHING: u64 = 101;
const THREAD: u64 = 21;
const SYMBOL: u64 = 22;
const CLASS: u64 = 23;
const METHOD: u64 = 24;
const FRAME_TYPE: u64 = 25;
const STACK_FRAME: u64 = 26;
const STACK_TRACE: u64 = 27;
const TIMESPAN: u64 = 30;
const TIMESTAMP: u64 = 31;
const UNSIGNED: u64 = 32;

/// The types of a small recording.
pub(super) fn types() -> Vec<TypeSpec> {
    vec![
        (1, "float", "", vec![]),
        (2, "double", "", vec![]),
        (3, "boolean", "", vec![]),
        (INT, "int", "", vec![]),
        (LONG, "long", "", vec![]),
        (6, "short", "", vec![]),
        (7, "byte", "", vec![]),
        (8, "char", "", vec![]),
        (TEXT, "java.lang.String", "", vec![]),
        (
            THREAD,
            "java.lang.Thread",
            "",
            vec![
                ("osName", TEXT, ""),
                ("osThreadId", LONG, ""),
                ("javaName", TEXT, ""),
                ("javaThreadId", LONG, ""),
            ],
        ),
        (SYMBOL, "jdk.types.Symbol", "s", vec![("string", TEXT, "")]),
        (CLASS, "java.lang.Class", "", vec![("name", SYMBOL, "p")]),
        (
            METHOD,
            "jdk.types.Method",
            "",
            vec![("type", CLASS, "p"), ("name", SYMBOL, "p"), ("descriptor", SYMBOL, "p")],
        ),
        (FRAME_TYPE, "jdk.types.FrameType", "s", vec![("description", TEXT, "")]),
        (
            STACK_FRAME,
            "jdk.types.StackFrame",
            "",
            vec![
                ("method", METHOD, "p"),
                ("lineNumber", INT, ""),
                ("bytecodeIndex", INT, ""),
                ("type", FRAME_TYPE, "p"),
            ],
        ),
        (STACK_TRACE, "jdk.types.StackTrace", "", vec![("truncated", 3, ""), ("frames", STACK_FRAME, "l")]),
        (TIMESPAN, "jdk.jfr.Timespan", "", vec![("value", TEXT, "")]),
        (TIMESTAMP, "jdk.jfr.Timestamp", "", vec![("value", TEXT, "")]),
        (UNSIGNED, "jdk.jfr.Unsigned", "", vec![]),
        (
            SAMPLE,
            "jdk.ExecutionSample",
            "e",
            vec![("startTime", LONG, "T"), ("sampledThread", THREAD, "p"), ("stackTrace", STACK_TRACE, "p")],
        ),
        (
            EVERYTHING,
            "shop.Everything",
            "e",
            vec![
                ("startTime", LONG, "T"),
                ("duration", LONG, "t"),
                ("float", 1, ""),
                ("double", 2, ""),
                ("truth", 3, ""),
                ("int", INT, ""),
                ("unsignedInt", INT, "u"),
                ("short", 6, ""),
                ("byte", 7, ""),
                ("unsignedByte", 7, "u"),
                ("char", 8, ""),
                ("text", TEXT, ""),
                ("pooledText", TEXT, ""),
                ("list", INT, "l"),
                ("class", CLASS, "p"),
                ("inline", CLASS, ""),
                ("waited", LONG, "m"),
                ("since", LONG, "M"),
                ("symbols", SYMBOL, "pl"),
            ],
        ),
    ]
}

/// The constants of a small recording: thread 1, stacks 1 (`shop.Cart.sum` < `shop.Main.main`) and 2 (cut).
fn constants(out: &mut Out) {
    out.long(THREAD).int(1).long(1).text("main").long(77).raw(&[0]).long(1);
    out.long(SYMBOL).int(6);
    for (key, text) in [(1, "shop/Cart"), (2, "sum"), (3, "()I"), (4, "shop/Main"), (5, "main"), (6, "([S)V")]
    {
        out.long(key).text(text);
    }
    out.long(CLASS).int(2).long(1).long(1).long(2).long(4);
    out.long(METHOD).int(2);
    out.long(1).long(1).long(2).long(3);
    out.long(2).long(2).long(5).long(6);
    out.long(FRAME_TYPE).int(2).long(1).text("JIT compiled").long(2).text("Interpreted");
    out.long(STACK_TRACE).int(2);
    out.long(1).raw(&[0]).int(2);
    out.long(1).int(12).int(3).long(1);
    out.long(2).int(30).int(7).long(2);
    out.long(2).raw(&[1]).int(1).long(1).int(12).int(3).long(1);
    out.long(TEXT).int(2).long(9).text("pooled").long(10).raw(&[2]).long(9);
}
const N_POOLS: u32 = 7;

pub(super) fn sample(out: &mut Out, ticks: u64, thread: u64, stack: u64) {
    out.event(SAMPLE, |out| {
        out.long(ticks).long(thread).long(stack);
    });
}

pub(super) fn everything(out: &mut Out) {
    out.event(EVERYTHING, |out| {
        out.long(START_TICKS + 10).long(25);
        out.raw(&1.5_f32.to_be_bytes()).raw(&f64::NAN.to_be_bytes()).raw(&[1]);
        out.int(-3_i32 as u32).int(u32::MAX).short(-2_i16 as u16).raw(&[0xff, 0xff]).short(0x20ac);
        out.text("hé").raw(&[2]).long(10);
        out.int(3).int(1).int(2).int(3);
        out.long(2).long(1);
        out.long(1500).long(i64::MIN as u64);
        out.int(2).long(5).long(99);
    });
}

/// A small recording of one chunk: two checkpoints, an event of an unknown type, five others.
pub(super) fn small(is_compressed: bool) -> Vec<u8> {
    chunk(is_compressed, |out| {
        let older = out.bytes.len();
        checkpoint(out, 0, N_POOLS, constants);
        sample(out, START_TICKS + 1, 1, 1);
        sample(out, START_TICKS + 2, 1, 2);
        let at_metadata = out.bytes.len();
        metadata(out, &types());
        everything(out);
        out.event(999, |out| {
            out.raw(b"what is this");
        });
        let newest = out.bytes.len();
        // The same thread under a later name: the older one counts.
        checkpoint(out, older as i64 - newest as i64, 1, |out| {
            out.long(THREAD).int(2).long(1).text("renamed").long(77).raw(&[0]).long(1);
            out.long(2).text("os").long(78).text("worker").long(9);
        });
        sample(out, START_TICKS + 3, 2, 1);
        sample(out, START_TICKS + 4, 5, 0);
        (newest, at_metadata)
    })
}
