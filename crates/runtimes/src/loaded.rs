//! Where a process has what its files say: addresses of loaded files, numbers of threads.

use fathom_sys::proc::MemoryMap;
use fathom_sys::process_view::ProcessView;
use object::ReadRef;
use object::read::elf::{ElfFile, FileHeader};
use object::{Object, ObjectSegment};
use std::collections::BTreeMap;

/// Run-time address less address in the file; `None` if no segment of the file is what `map` shows.
pub(crate) fn bias<'d, H, R>(elf: &ElfFile<'d, H, R>, map: &MemoryMap) -> Option<u64>
where
    H: FileHeader,
    R: ReadRef<'d>,
{
    const PAGE: u64 = 4096;
    elf.segments().find_map(|segment| {
        let (offset, length) = segment.file_range();
        let first = offset & !(PAGE - 1);
        (first..offset.saturating_add(length.max(1))).contains(&map.file_offset).then(|| {
            map.start.wrapping_sub(segment.address().wrapping_add(map.file_offset).wrapping_sub(offset))
        })
    })
}

/// Threads as we number them, by their number in their own pid namespace.
pub(crate) fn threads_by_innermost(process: &ProcessView) -> BTreeMap<i32, i32> {
    let threads = process.threads().unwrap_or_default();
    threads
        .into_iter()
        .map(|tid| (process.thread_status(tid).map_or(tid, |status| status.innermost_pid()), tid))
        .collect()
}
