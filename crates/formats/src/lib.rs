//! Profile formats of Fathom: bytes to model and back.
