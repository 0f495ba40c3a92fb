//! Own code of a program that was installed from its source: `go install`, `cargo install`.
//!
//! Its source lies where those of libraries lie, so that [`classify`](crate::classify) takes it for one, and nothing
//! would be left that is the program's own. The file of its `main` tells which of these folders is the program.

use std::collections::BTreeSet;

use fathom_model::{Frame, FrameKind};

/// Makes libraries' frames own code where their file is in the folder of a program's `main`.
pub fn own_installed_programs(frames: &mut [Frame]) {
    let roots: BTreeSet<String> = frames.iter().filter_map(root_of_main).map(str::to_owned).collect();
    if roots.is_empty() {
        return;
    }
    for frame in frames.iter_mut().filter(|frame| frame.kind == FrameKind::Library) {
        let root = frame.file.as_deref().and_then(root_of);
        if root.is_some_and(|root| roots.contains(root)) {
            frame.kind = FrameKind::User;
        }
    }
}

/// The folder of the module or crate whose `main` a frame is.
fn root_of_main(frame: &Frame) -> Option<&str> {
    let (function, file) = (frame.function.as_deref()?, frame.file.as_deref()?);
    // `main.main` of Go, `crate::main` of Rust.
    let is_main = function == "main.main"
        || function.strip_suffix("::main").is_some_and(|name| !name.contains(':') && !name.starts_with('<'));
    is_main.then(|| root_of(file)).flatten()
}

/// The folder of one release of a module in Go's cache (`…/pkg/mod/host/name@v1.2.3`), or of a crate in cargo's
/// (`…/.cargo/registry/src/index/name-1.2.3`, `…/.cargo/git/checkouts/name-hash/commit`).
fn root_of(file: &str) -> Option<&str> {
    let parts_behind = |mark: &str, n_parts: usize| {
        let start = file.find(mark)? + mark.len();
        let slashes = file[start..].match_indices('/').nth(n_parts - 1);
        slashes.map(|(at, _)| &file[..start + at])
    };
    let in_go = || {
        let start = file.find("/pkg/mod/")?;
        let version = start + file[start..].find('@')?;
        Some(&file[..version + file[version..].find('/')?])
    };
    parts_behind("/.cargo/registry/src/", 2)
        .or_else(|| parts_behind("/.cargo/git/checkouts/", 2))
        .or_else(in_go)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(frames: &[(&str, &str)]) -> Vec<FrameKind> {
        let frame = |(function, file): &(&str, &str)| Frame {
            file: Some((*file).to_owned()),
            ..Frame::named(*function, FrameKind::Library)
        };
        let mut frames: Vec<Frame> = frames.iter().map(frame).collect();
        own_installed_programs(&mut frames);
        frames.iter().map(|frame| frame.kind).collect()
    }

    #[test]
    fn what_lies_beside_main_is_own_code_and_what_it_uses_is_not() {
        use FrameKind::{Library, User};
        let go = [
            ("main.main", "/home/me/go/pkg/mod/example.com/shop/v2@v2.1.0/cmd/shop/main.go"),
            ("example.com/shop/v2/cart.Add", "/home/me/go/pkg/mod/example.com/shop/v2@v2.1.0/cart/cart.go"),
            ("example.com/shop.Old", "/home/me/go/pkg/mod/example.com/shop@v1.0.0/old.go"),
            ("fmt.Println", "/usr/local/go/src/fmt/print.go"),
        ];
        assert_eq!(kinds(&go), [User, User, Library, Library]);
        let rust = [
            ("find::main", "/home/me/.cargo/registry/src/index.example-1/find-8.7.1/src/main.rs"),
            ("find::walk::visit", "/home/me/.cargo/registry/src/index.example-1/find-8.7.1/src/walk.rs"),
            ("regex::find", "/home/me/.cargo/registry/src/index.example-1/regex-1.9.0/src/lib.rs"),
        ];
        assert_eq!(kinds(&rust), [User, User, Library]);
    }

    #[test]
    fn without_a_main_among_them_libraries_stay_libraries() {
        let used = [
            ("main.main", "/home/me/shop/main.go"),
            ("example.com/log.Print", "/home/me/go/pkg/mod/example.com/log@v1.0.0/log.go"),
            ("example.com/log.main.main", "/home/me/go/pkg/mod/example.com/log@v1.0.0/log.go"),
        ];
        assert_eq!(kinds(&used), [FrameKind::Library; 3]);
    }
}
