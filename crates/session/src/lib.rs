//! Detect, plan, collect, symbolise.
