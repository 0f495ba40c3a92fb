//! A profile as the file has it: columns of numbers that lead into each other, not yet resolved.

/// Stands for a value that is not there.
pub(super) const NONE: i64 = i64::MIN;

/// A column; shorter than its table where the rest is absent.
#[derive(Default)]
pub(super) struct Column(Vec<i64>);

impl Column {
    /// Sets a row; those before it that were not set are absent.
    pub(super) fn set(&mut self, row: usize, value: Option<i64>) {
        if self.0.len() <= row {
            self.0.resize(row + 1, NONE);
        }
        // The least number is no measurement.
        self.0[row] = value.map_or(NONE, |value| value.max(NONE + 1));
    }

    pub(super) fn get(&self, row: usize) -> Option<i64> {
        self.0.get(row).copied().filter(|value| *value != NONE)
    }

    /// The value as a position in another table.
    pub(super) fn index(&self, row: usize) -> Option<usize> {
        self.get(row).and_then(|value| usize::try_from(value).ok())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The tables of stacks and code, of a thread or shared by all.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) strings: Vec<String>,
    pub(super) frames: FrameTable,
    pub(super) functions: FunctionTable,
    pub(super) resource_lib: Column,
    pub(super) native_lib: Column,
    pub(super) stacks: StackTable,
    /// Strings by source.
    pub(super) source_name: Column,
}

#[derive(Default)]
pub(super) struct FrameTable {
    /// Gecko's: function, file and line in one string.
    pub(super) location: Column,
    pub(super) function: Column,
    pub(super) address: Column,
    pub(super) line: Column,
    pub(super) column: Column,
    pub(super) category: Column,
    pub(super) native_symbol: Column,
    pub(super) inline_depth: Column,
    pub(super) lib: Column,
    /// From version 71 on, which values are there.
    pub(super) flags: Column,
}

impl FrameTable {
    pub(super) fn len(&self) -> usize {
        self.location.len().max(self.function.len())
    }
}

#[derive(Default)]
pub(super) struct FunctionTable {
    pub(super) name: Column,
    pub(super) resource: Column,
    pub(super) file: Column,
    pub(super) source: Column,
    pub(super) line: Column,
    /// From version 75 on, which values are there.
    pub(super) flags: Column,
}

#[derive(Default)]
pub(super) struct StackTable {
    pub(super) frame: Column,
    pub(super) prefix: Column,
    pub(super) prefix_offset: Column,
}

/// Samples of a thread, or its allocations.
#[derive(Default)]
pub(super) struct SampleTable {
    pub(super) stack: Column,
    /// Nanoseconds.
    pub(super) time: Column,
    pub(super) time_delta: Column,
    /// Rounded to whole ones.
    pub(super) weight: Column,
    /// Times a million.
    pub(super) weight_millionths: Column,
    /// Times a million, in the profile's unit.
    pub(super) cpu_delta_millionths: Column,
    pub(super) weight_type: String,
}

/// What a counter counted since its last sample.
#[derive(Default)]
pub(super) struct Counter {
    pub(super) name: String,
    pub(super) category: String,
    pub(super) pid: Option<String>,
    pub(super) time: Column,
    pub(super) time_delta: Column,
    pub(super) count: Vec<f64>,
    pub(super) is_of_host: bool,
}

#[derive(Default)]
pub(super) struct Marker {
    pub(super) name: Option<i64>,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) phase: i64,
    pub(super) data: Option<String>,
}

#[derive(Default)]
pub(super) struct Thread {
    /// The process's part of the document.
    pub(super) group: usize,
    pub(super) name: String,
    pub(super) process_name: Option<String>,
    /// `default`, `tab` ...: stands in for a name in Gecko's profiles.
    pub(super) process_type: String,
    pub(super) pid: Option<String>,
    pub(super) tid: Option<String>,
    pub(super) tables: Tables,
    pub(super) samples: SampleTable,
    pub(super) js_allocations: SampleTable,
    pub(super) native_allocations: SampleTable,
    pub(super) markers: Vec<Marker>,
    /// Libraries of a thread, before version 41.
    pub(super) libs: Vec<Lib>,
    pub(super) own: Option<Own>,
}

/// What Fathom adds to a thread that it writes.
#[derive(Default)]
pub(super) struct Own {
    pub(super) signal: String,
    pub(super) column: String,
    pub(super) unit: String,
    pub(super) thread: String,
}

#[derive(Clone, Default)]
pub(super) struct Lib {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) code_id: String,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
}

/// A process's part of a Gecko profile; a processed profile has one.
#[derive(Default)]
pub(super) struct Group {
    /// Nanoseconds since 1970.
    pub(super) start: Option<i64>,
    pub(super) interval: Option<i64>,
    pub(super) product: String,
    pub(super) imported_from: String,
    pub(super) gecko_version: Option<i64>,
    pub(super) processed_version: Option<i64>,
    pub(super) architecture: String,
    pub(super) cpu_unit: String,
    pub(super) categories: Vec<String>,
    pub(super) libs: Vec<Lib>,
    /// Begin and end of the libraries that lay in memory, and their positions; in the order of addresses.
    by_address: Vec<(u64, u64, usize)>,
}

impl Group {
    /// To be called once all libraries are there.
    pub(super) fn index_libs(&mut self) {
        let range = |(at, lib): (usize, &Lib)| {
            Some((u64::try_from(lib.start?).ok()?, u64::try_from(lib.end?).ok()?, at))
        };
        self.by_address = self.libs.iter().enumerate().filter_map(range).collect();
        self.by_address.sort_unstable();
    }

    /// The library that lay at an address, and its start.
    pub(super) fn lib_at(&self, address: u64) -> Option<(&Lib, u64)> {
        let after = self.by_address.partition_point(|(start, ..)| *start <= address);
        let (start, end, at) = *self.by_address.get(after.checked_sub(1)?)?;
        (address < end).then(|| (&self.libs[at], start))
    }
}

impl Document {
    /// The group whose clock counts for all.
    pub(super) fn root(&self) -> Option<&Group> {
        let at = self.wrapper.map_or(0, |wrapper| wrapper + 1);
        self.groups.get(at)
    }
}

#[derive(Default)]
pub(super) struct Document {
    pub(super) groups: Vec<Group>,
    /// The group that only has another one in it, which is the profile.
    pub(super) wrapper: Option<usize>,
    pub(super) threads: Vec<Thread>,
    pub(super) counters: Vec<(usize, Counter)>,
    pub(super) shared: Tables,
}
