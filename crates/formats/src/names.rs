//! The name of a frame where a format has room for one text only.

use fathom_model::{Frame, Module};
use std::borrow::Cow;

/// Stands for the stack of a sample that has none.
pub const NO_STACK: &str = "[no stack]";

/// The function's name; without one `module+0xaddress`; without a module `[unknown]` with the address.
pub fn frame_name<'a>(frame: &'a Frame, modules: &[Module]) -> Cow<'a, str> {
    if let Some(function) = &frame.function {
        return Cow::Borrowed(function);
    }
    let module = frame.module.and_then(|id| modules.get(id.index())).map(Module::name);
    Cow::Owned(match (module, frame.relative_address) {
        (Some(module), Some(address)) => format!("{module}+{address:#x}"),
        (Some(module), None) => format!("[{module}]"),
        (None, Some(address)) => format!("[unknown]+{address:#x}"),
        (None, None) => "[unknown]".into(),
    })
}
