//! Registers and stack bytes to addresses.
