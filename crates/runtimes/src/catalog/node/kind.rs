//! Own code, library or runtime: a JavaScript function by its name and its file.

use fathom_model::FrameKind;

/// Kind of the code of `function`, which is in `file` (a path, or `node:internal/timers`; empty for what is written
/// in C++).
pub(super) fn kind_of(function: &str, file: &str) -> FrameKind {
    if function == "(garbage collector)" {
        return FrameKind::Gc;
    }
    if file.starts_with("node:internal/") || file.starts_with("internal/") {
        return FrameKind::Runtime;
    }
    if file.is_empty() || file.starts_with("node:") || file.contains("/node_modules/") {
        return FrameKind::Library;
    }
    FrameKind::User
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_code_it_is() {
        for (file, kind) in [
            ("/srv/app/src/main.ts", FrameKind::User),
            ("/srv/app/node_modules/fastify/lib/route.js", FrameKind::Library),
            ("node:fs", FrameKind::Library),
            ("node:internal/timers", FrameKind::Runtime),
            ("", FrameKind::Library),
            ("wasm://wasm/1234", FrameKind::User),
        ] {
            assert_eq!(kind_of("f", file), kind, "{file}");
        }
        assert_eq!(kind_of("(garbage collector)", ""), FrameKind::Gc);
    }
}
