//! One event, and what most events have: a thread and a stack.

use super::cursor::Cursor;
use super::metadata::{Field, FieldUnit, Primitive, Storage, Type};
use super::value::{Composite, Context, List, Value, in_nanos, key, value};
use std::borrow::Cow;

/// An event as it stands in the bytes. Fields are decoded when they are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Its type: `jdk.ExecutionSample`.
    pub name: &'a str,
    /// Wall-clock time of its start, nanoseconds since 1970.
    pub start_nanos: i64,
    /// Its length in nanoseconds; 0 for a moment.
    pub duration_nanos: i64,
    /// Number of its chunk in the source, from 0. Keys of constants are only equal within a chunk.
    pub chunk: u32,
    pub(super) context: &'a Context,
    pub(super) of: &'a Type,
    /// What follows the size and the type.
    pub(super) payload: &'a [u8],
    /// Where each field begins in `payload`.
    pub(super) offsets: &'a [u32],
}

impl<'a> Event<'a> {
    /// Its type.
    pub fn of(&self) -> &'a Type {
        self.of
    }

    /// The value of a field; `None` if there is no such field.
    pub fn field(&self, name: &str) -> Option<Value<'a>> {
        let (field, cursor) = self.find(name)?;
        value(self.context, field, cursor)
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.field(name)?.integer()
    }

    /// A number that is neither NaN nor infinite.
    pub fn float(&self, name: &str) -> Option<f64> {
        self.field(name)?.float()
    }

    /// Whether a field is there and true.
    pub fn is(&self, name: &str) -> bool {
        self.integer(name).is_some_and(|number| number != 0)
    }

    /// A string.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        self.field(name)?.text()
    }

    /// A field in nanoseconds; see [`Composite::nanos`].
    pub fn nanos(&self, name: &str) -> Option<i64> {
        let (field, cursor) = self.find(name)?;
        in_nanos(self.context, field, &value(self.context, field, cursor)?)
    }

    /// The key of a field in its constant pool; see [`Composite::key`].
    pub fn key(&self, name: &str) -> Option<u64> {
        let (field, cursor) = self.find(name)?;
        key(field, cursor)
    }

    /// Name of the class that a field refers to, with dots.
    pub fn class(&self, name: &str) -> Option<String> {
        self.field(name)?.composite().and_then(class_name)
    }

    /// What the number of a field means.
    pub fn unit(&self, name: &str) -> Option<FieldUnit> {
        Some(self.of.fields[self.of.position(name)?].unit)
    }

    /// Name of the type with this number in the event's chunk.
    pub fn type_named(&self, id: u64) -> Option<&'a str> {
        self.context.types.index_of(id).map(|at| &*self.context.types.get(at).name)
    }

    /// The method that a field refers to.
    pub fn method(&self, name: &str) -> Option<JavaMethod> {
        JavaMethod::of(self.field(name)?.composite()?)
    }

    /// The key of the thread it happened to; 0 for none.
    pub fn thread_key(&self) -> Option<u64> {
        THREAD_FIELDS.iter().find_map(|name| self.key(name))
    }

    /// The thread it happened to.
    pub fn thread(&self) -> Option<JavaThread<'a>> {
        THREAD_FIELDS.iter().find_map(|name| self.thread_in(name))
    }

    /// The thread in this field.
    pub fn thread_in(&self, field: &str) -> Option<JavaThread<'a>> {
        JavaThread::of(self.field(field)?.composite()?)
    }

    /// The key of its stack: equal keys in one chunk are equal stacks. 0 is none.
    pub fn stack_key(&self) -> Option<u64> {
        self.key("stackTrace")
    }

    /// Its stack.
    pub fn stack(&self) -> Option<JavaStack<'a>> {
        let found = self.field("stackTrace")?.composite()?;
        Some(JavaStack {
            is_truncated: found
                .field("truncated")
                .and_then(|value| value.integer())
                .is_some_and(|is| is != 0),
            frames: found.field("frames")?.list()?,
        })
    }

    fn find(&self, name: &str) -> Option<(&'a Field, Cursor<'a>)> {
        let at = self.of.position(name)?;
        let bytes = self.payload.get(*self.offsets.get(at)? as usize..)?;
        Some((&self.of.fields[at], Cursor::new(bytes, self.context.header.is_compressed)))
    }
}

/// Fields that name the thread which an event happened to.
const THREAD_FIELDS: [&str; 2] = ["eventThread", "sampledThread"];

/// A thread as the virtual machine knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JavaThread<'a> {
    /// The kernel's number, as the target's own pid namespace has it; `None` for a virtual thread.
    pub os_thread_id: Option<i64>,
    /// Java's number; `None` for threads of the virtual machine itself.
    pub java_thread_id: Option<i64>,
    /// Java's name or else the virtual machine's.
    pub name: Cow<'a, str>,
    /// Whether it is a virtual thread, which has no thread of the kernel for itself.
    pub is_virtual: bool,
}

impl<'a> JavaThread<'a> {
    /// Reads a value of type `java.lang.Thread`.
    pub fn of(found: Composite<'a>) -> Option<Self> {
        let number = |name| found.field(name).and_then(|value| value.integer()).filter(|number| *number > 0);
        let text = |name| found.field(name).and_then(Value::text);
        let is_virtual = found.field("virtual").and_then(|value| value.integer()).is_some_and(|is| is != 0);
        Some(Self {
            os_thread_id: number("osThreadId").filter(|_| !is_virtual),
            java_thread_id: number("javaThreadId"),
            name: text("javaName").or_else(|| text("osName"))?,
            is_virtual,
        })
    }
}

/// A stack as an event has it.
#[derive(Clone, Copy, Debug)]
pub struct JavaStack<'a> {
    /// Whether outer frames were cut off.
    pub is_truncated: bool,
    frames: List<'a>,
}

impl<'a> JavaStack<'a> {
    /// The frames from the innermost outwards.
    pub fn frames(&self) -> impl Iterator<Item = JavaFrame<'a>> + use<'a> {
        self.frames.filter_map(|frame| Some(JavaFrame { found: frame.composite()? }))
    }

    /// How many frames there are.
    pub fn n_frames(&self) -> usize {
        self.frames.len()
    }
}

/// How the code of a frame was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JavaCode {
    /// By the interpreter.
    Interpreted,
    /// Compiled while running.
    JitCompiled,
    /// As a part of its caller's compiled code.
    Inlined,
    /// A native method.
    Native,
    /// What later versions may add, or nothing was said.
    Other,
}

impl JavaCode {
    fn named(name: &str) -> Self {
        match name {
            "Interpreted" => Self::Interpreted,
            "JIT compiled" => Self::JitCompiled,
            "Inlined" => Self::Inlined,
            "Native" => Self::Native,
            _ => Self::Other,
        }
    }
}

/// One frame of a stack.
#[derive(Clone, Copy, Debug)]
pub struct JavaFrame<'a> {
    found: Composite<'a>,
}

impl<'a> JavaFrame<'a> {
    /// The key of its method: equal keys in one chunk are equal methods.
    pub fn method_key(&self) -> Option<u64> {
        self.found.key("method")
    }

    /// Line in its file, from 1.
    pub fn line(&self) -> Option<u32> {
        let line = self.found.field("lineNumber")?.integer()?;
        u32::try_from(line).ok().filter(|line| *line > 0)
    }

    /// Index of the instruction in the method's bytecode.
    pub fn bytecode_index(&self) -> Option<u32> {
        self.found.field("bytecodeIndex")?.integer().and_then(|index| u32::try_from(index).ok())
    }

    /// How its code was run.
    pub fn code(&self) -> JavaCode {
        let name = self.found.field("type").and_then(Value::text);
        name.map_or(JavaCode::Other, |name| JavaCode::named(&name))
    }

    /// The method.
    pub fn method(&self) -> Option<JavaMethod> {
        JavaMethod::of(self.found.field("method")?.composite()?)
    }
}

/// A method.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JavaMethod {
    /// Name of its class, with dots: `java.util.HashMap$Node`.
    pub class: String,
    /// Its name: `<init>`.
    pub name: String,
    /// Types of its parameters and of its result: `(I)V`.
    pub descriptor: String,
    /// Whether it is of a hidden class or a hidden frame (the machinery of lambdas).
    pub is_hidden: bool,
}

impl JavaMethod {
    /// Reads a value of type `jdk.types.Method`.
    fn of(found: Composite<'_>) -> Option<Self> {
        let text = |name| found.field(name).and_then(Value::text).map(Cow::into_owned);
        Some(Self {
            class: found.field("type").and_then(Value::composite).and_then(class_name).unwrap_or_default(),
            name: text("name")?,
            descriptor: text("descriptor").unwrap_or_default(),
            is_hidden: found.field("hidden").and_then(|value| value.integer()).is_some_and(|is| is != 0),
        })
    }
}

/// Name of a value of type `java.lang.Class`.
fn class_name(class: Composite<'_>) -> Option<String> {
    Some(class.field("name")?.text()?.replace('/', "."))
}

/// Whether a field can be the number of ticks that every event begins with.
pub(super) fn is_ticks(field: &Field) -> bool {
    matches!(field.storage, Storage::Primitive(Primitive::Long)) && !field.is_list
}
