//! Short text to recordings and back, for tests.
