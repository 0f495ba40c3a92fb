//! Collectors: one folder each.

pub mod collector;
