//! Tasks that share a thread.

mod blocking_call;

pub(crate) use blocking_call::BlockingCall;
