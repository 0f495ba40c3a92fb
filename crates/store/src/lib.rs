//! Recordings on disk: .fathom files and the spool.
