//! Readable names from the symbols of Rust (v0 and legacy) and C++ (Itanium).
//!
//! Output and recursion are bounded, because a few hundred hostile bytes can demangle to gigabytes.

use std::borrow::Cow;
use std::fmt;

/// Longest symbol that is demangled, and longest result. The longest real names seen (C++ expression
/// templates) are below 64 KiB; past that nobody reads them.
pub(crate) const MAX_NAME_BYTES: usize = 64 << 10;

/// Depth at which `cpp_demangle` gives up. Its own default is 96, which real Boost symbols exceed; its
/// frames are large, so this stays far below what a 2 MiB thread stack holds.
const MAX_CPP_DEPTH: u32 = 160;

/// The readable form of `name`: Rust without the hash, C++ with parameters, anything else unchanged.
pub fn demangle(name: &str) -> String {
    try_demangle(name).unwrap_or_else(|| name.to_owned())
}

/// The readable form, or `None` if `name` is not mangled in a known way.
pub(crate) fn try_demangle(name: &str) -> Option<String> {
    if name.len() > MAX_NAME_BYTES
        || !(name.starts_with("_R") || name.starts_with("_Z") || name.starts_with("__Z"))
    {
        return None;
    }
    let mut out = BoundedText::default();
    if let Ok(symbol) = rustc_demangle::try_demangle(name) {
        return fmt::write(&mut out, format_args!("{symbol:#}")).ok().map(|()| out.0);
    }
    let parse = cpp_demangle::ParseOptions::default().recursion_limit(MAX_CPP_DEPTH);
    let symbol = cpp_demangle::Symbol::new_with_options(name, &parse).ok()?;
    // A return type would stand before the name, and lists show where a name begins.
    let print = cpp_demangle::DemangleOptions::default().no_return_type().recursion_limit(MAX_CPP_DEPTH);
    symbol.structured_demangle(&mut out, &print).ok().map(|()| out.0)
}

/// Text from symbol bytes, cut at [`MAX_NAME_BYTES`].
pub(crate) fn name_text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_NAME_BYTES)])
}

#[derive(Default)]
struct BoundedText(String);

impl fmt::Write for BoundedText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > MAX_NAME_BYTES {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::demangle;

    #[test]
    fn each_scheme_and_nothing_else() {
        assert_eq!(demangle("_RNvCskwGfYPst2Cb_3foo16example_function"), "foo::example_function");
        assert_eq!(demangle("_ZN4core3ptr13drop_in_place17h0123456789abcdefE"), "core::ptr::drop_in_place");
        assert_eq!(
            demangle("_ZNSt6vectorIiSaIiEE9push_backEOi"),
            "std::vector<int, std::allocator<int> >::push_back(int&&)"
        );
        // Templates carry their return type, which says nothing about where time goes.
        assert_eq!(demangle("_Z4sizeIiEmRKT_"), "size<int>(int const&)");
        assert_eq!(demangle("_Z3foov.cold"), "foo() [clone .cold]");
        assert_eq!(
            demangle("_ZN4core3fmt5Write9write_str17h0123456789abcdefE.llvm.123"),
            "core::fmt::Write::write_str"
        );
        for unchanged in ["main", "main.hot", "runtime.mcall", "_start", "_Zebra", "", "memcpy.constprop.0"] {
            assert_eq!(demangle(unchanged), unchanged);
        }
    }

    #[test]
    fn a_symbol_that_grows_without_end_is_left_alone() {
        // Each substitution doubles the one before it: 2^30 parameters.
        let mut bomb = String::from("_Z1fI1AE");
        bomb.push_str("S_");
        for n in 0..30 {
            bomb.push_str(&format!("St4pairIS{n}_S{n}_E"));
        }
        assert!(demangle(&bomb).len() <= super::MAX_NAME_BYTES);
        let deep = format!("_Z1f{}i", "P".repeat(50_000));
        assert!(demangle(&deep).len() <= super::MAX_NAME_BYTES);
    }
}
