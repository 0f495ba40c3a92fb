//! Frames as they are drawn.
