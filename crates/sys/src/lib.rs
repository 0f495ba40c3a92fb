//! The operating system as Fathom needs it: perf events, BPF, launching, `/proc`, process memory.
//!
//! **You give** descriptions of events, process numbers, bytes of `/proc` files.
//!
//! **You get** open events and their rings, parsed records, a child held before `exec`, parsed `/proc`
//! and cgroup files, memory of other processes.
//!
//! **It does not** know recordings, symbols or stacks, and it never prints.
//!
//! **Invariants**: this crate and the preload library are the only places of `unsafe`; every parser takes
//! bytes and survives any of them.
#![allow(unsafe_code)]

pub mod bpf;
pub mod bpf_frame_walker;
pub mod bpf_switch_filter;
pub mod bpf_tree_filter;
pub mod btf;
pub mod cgroup;
pub mod clock;
pub mod file_map;
pub mod host;
pub mod launch;
pub mod limits;
pub mod local_socket;
pub mod memory;
pub mod network;
mod owner;
pub mod perf_attr;
pub mod perf_event;
pub mod perf_records;
pub mod perf_ring;
pub mod preload_ring;
pub mod proc;
pub mod process_view;
pub mod psi;
pub mod signals;
