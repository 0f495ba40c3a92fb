//! Memory.

mod page_faults;

pub(crate) use page_faults::PageFaults;
