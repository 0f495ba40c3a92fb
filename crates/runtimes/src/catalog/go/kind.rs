//! Own code, library or runtime: a Go function by its package and its file.

use fathom_model::FrameKind;

/// First letters of functions of the package `runtime` that collect garbage (`runtime/mgc*.go`, `mfinal.go`).
const COLLECTOR: [&str; 8] =
    ["bgscavenge", "bgsweep", "forcegchelper", "gc", "markroot", "runfinq", "scan", "sweep"];

/// What tells whose code it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origins {
    /// Path of the program's own module, if it was built as one.
    pub(super) main_module: Option<String>,
    /// Folder of the standard library with its last slash; empty for programs built with `-trimpath`.
    pub(super) standard: String,
}

impl Origins {
    /// `runtime_file` is the file of a function of the package `runtime`.
    pub(super) fn new(main_module: Option<String>, runtime_file: &str) -> Self {
        let standard = runtime_file.rfind("runtime/").map_or("", |end| &runtime_file[..end]);
        Self { main_module, standard: standard.to_owned() }
    }

    /// Kind of the code of `function`, which is in `file`.
    pub(super) fn kind_of(&self, function: &str, file: &str) -> FrameKind {
        if let Some(name) = function.strip_prefix("runtime.") {
            let collects = COLLECTOR.iter().any(|start| name.starts_with(start));
            return if collects { FrameKind::Gc } else { FrameKind::Runtime };
        }
        // The linker writes a dot in the last part of a path as `%2e`.
        let package = package_of(function).replace("%2e", ".");
        let is_own = |module: &String| {
            package.strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if package == "main" || self.main_module.as_ref().is_some_and(is_own) {
            return FrameKind::User;
        }
        match self.in_standard(file) {
            // Functions that other packages see under their own name are in it too.
            Some(within) if RUNTIME_FOLDERS.iter().any(|folder| within.starts_with(folder)) => {
                let is_package = ["runtime/debug", "runtime/pprof", "runtime/trace", "runtime/metrics"];
                if is_package.contains(&package.as_str()) { FrameKind::Library } else { FrameKind::Runtime }
            }
            Some(_) => FrameKind::Library,
            None if is_fetched(file) || file.is_empty() => FrameKind::Library,
            None => FrameKind::User,
        }
    }

    /// Path within the standard library, if the file is in it.
    fn in_standard<'a>(&self, file: &'a str) -> Option<&'a str> {
        if !self.standard.is_empty() {
            return file.strip_prefix(&self.standard);
        }
        // Those of modules begin with a host's name, which has a dot.
        let first = file.split('/').next().unwrap_or_default();
        (!first.is_empty() && !first.contains('.')).then_some(file)
    }
}

/// Folders of the standard library that are the runtime.
const RUNTIME_FOLDERS: [&str; 2] = ["runtime/", "internal/runtime/"];

/// `net/http` of `net/http.(*Server).Serve`.
pub(super) fn package_of(function: &str) -> &str {
    let plain = function.find(['(', '[']).map_or(function, |end| &function[..end]);
    let last_part = plain.rfind('/').map_or(0, |slash| slash + 1);
    let end = plain[last_part..].find('.').map_or(plain.len(), |dot| last_part + dot);
    &plain[..end]
}

/// Files of modules that the go command fetched, and of vendored ones.
fn is_fetched(file: &str) -> bool {
    file.contains("/pkg/mod/") || file.contains("/vendor/") || file.contains("@v")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_functions() {
        for (function, package) in [
            ("main.main", "main"),
            ("net/http.(*Server).Serve", "net/http"),
            ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml%2ev3"),
            ("example.com/a/b.Map[go.shape.int,a/b.T].func1", "example.com/a/b"),
            ("type:.eq.main.box", "type:"),
            ("", ""),
        ] {
            assert_eq!(package_of(function), package);
        }
    }

    #[test]
    fn kinds_by_package_and_file() {
        use FrameKind::{Gc, Library, Runtime, User};
        let built = Origins::new(Some("example.com/shop".to_owned()), "/usr/local/go/src/runtime/proc.go");
        let trimmed = Origins::new(Some("shop".to_owned()), "runtime/proc.go");
        for (origins, function, file, kind) in [
            (&built, "main.main", "/src/main.go", User),
            (&built, "example.com/shop/cart.Add", "/home/me/go/pkg/mod/example.com/shop@v1.0.0/c.go", User),
            (
                &built,
                "example.com/shopping.Add",
                "/home/me/go/pkg/mod/example.com/shopping@v1.0.0/a.go",
                Library,
            ),
            (&built, "github.com/a/b.F", "/src/vendor/github.com/a/b/b.go", Library),
            // A module beside the main one, in the same workspace.
            (&built, "example.com/other.F", "/src/other/f.go", User),
            (&built, "net/http.(*Server).Serve", "/usr/local/go/src/net/http/server.go", Library),
            (&built, "runtime/debug.Stack", "/usr/local/go/src/runtime/debug/stack.go", Library),
            (&built, "runtime.gopark", "/usr/local/go/src/runtime/proc.go", Runtime),
            (&built, "internal/sync.runtime_SemacquireMutex", "/usr/local/go/src/runtime/sema.go", Runtime),
            (&built, "runtime.gcBgMarkWorker", "/usr/local/go/src/runtime/mgc.go", Gc),
            (&trimmed, "net/http.(*Server).Serve", "net/http/server.go", Library),
            (&trimmed, "internal/runtime/maps.NewMap", "internal/runtime/maps/map.go", Runtime),
            (&trimmed, "shop/cart.Add", "shop/cart/cart.go", User),
            (&trimmed, "github.com/a/b.F", "github.com/a/b@v1.2.3/b.go", Library),
        ] {
            assert_eq!(origins.kind_of(function, file), kind, "{function} {file}");
        }
    }
}
