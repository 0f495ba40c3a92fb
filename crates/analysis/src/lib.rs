//! Call trees, shares with intervals, wait classes, timelines.
