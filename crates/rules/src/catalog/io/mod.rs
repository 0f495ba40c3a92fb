//! Files and devices.

mod flush_in_loop;
mod open_in_loop;
mod unbuffered_io;

pub(crate) use flush_in_loop::FlushInLoop;
pub(crate) use open_in_loop::OpenInLoop;
pub(crate) use unbuffered_io::UnbufferedIo;
