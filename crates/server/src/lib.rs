//! The viewer over HTTP, for a browser on this machine.
//!
//! **You give** a [`Site`]: the page, its data, and the recording that they are of.
//!
//! **You get** a [`Server`]: an address with a secret in it, and answers until Ctrl-C.
//!
//! **It does not** open a browser, print, read recordings or make pages.
//!
//! **Invariants**: only the loopback interface listens; nothing is answered without the secret, to a page of another
//! origin, or under another host name than this machine's own (DNS rebinding); only files that the recording's frames name are
//! read; a client that is slow, large or wrong costs a bounded time and memory.

mod gate;
mod machine_code;
mod server;
mod site;
mod sources;
mod token;

pub use server::{Server, ServerError};
pub use site::{Page, Site};
