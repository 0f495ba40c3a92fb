//! Collectors: one folder each.
