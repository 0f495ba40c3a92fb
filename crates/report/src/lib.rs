//! Recordings as terminal summary, Markdown, JSON and SVG.
