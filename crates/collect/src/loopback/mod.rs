//! Programs of this machine as servers: which of their sockets can be reached, and requests to them.

pub(crate) mod http;
pub(crate) mod sockets;
