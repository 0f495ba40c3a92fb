//! The format's reader.
