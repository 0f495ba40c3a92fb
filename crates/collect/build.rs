//! Compiles the preload library, so that it is part of the binary.
//!
//! It is built by rustc itself and not by cargo: a library without `std` that names no library needs none of
//! a package's machinery, and a build script must not start another cargo in the same target folder.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

fn main() {
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"));
    let source = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../../preload/src");
    let library = PathBuf::from(variable("OUT_DIR")).join("libfathom_preload.so");
    println!("cargo::rerun-if-changed={}", source.display());
    println!("cargo::rerun-if-changed=build.rs");
    if variable("CARGO_CFG_TARGET_ARCH") != "x86_64" || variable("CARGO_CFG_TARGET_OS") != "linux" {
        // Registers and system calls are those of x86_64; elsewhere this rung does not exist.
        fs::write(&library, b"").expect("the output folder is writable");
        return;
    }
    let mut command = Command::new(variable("RUSTC"));
    command
        .args(["--edition", "2024", "--crate-type", "cdylib", "--crate-name", "fathom_preload"])
        .args(["--target", &variable("TARGET")])
        // A guest in other programs: small, no panics, frames that unwinders can cross, every symbol found
        // at load time (a lazy one would be resolved within a signal handler), never unloaded.
        .args(["-C", "opt-level=2", "-C", "panic=abort", "-C", "lto=fat", "-C", "codegen-units=1"])
        .args(["-C", "overflow-checks=off", "-C", "debuginfo=0", "-C", "strip=symbols"])
        .args(["-C", "force-unwind-tables=yes", "-C", "link-arg=-nostartfiles"])
        .args(["-C", "link-arg=-Wl,-z,now,-z,nodelete"]);
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        command.arg("-C").arg(format!("linker={linker}"));
    }
    command.arg("-o").arg(&library).arg(source.join("lib.rs"));
    let output = command.output().expect("rustc starts");
    assert!(output.status.success(), "the preload library: {}", String::from_utf8_lossy(&output.stderr));
}
