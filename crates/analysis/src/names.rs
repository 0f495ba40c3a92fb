//! Function names reduced to what people call them. Knows no classes.

/// `__GI___clock_nanosleep64@@GLIBC_2.17` → `clock_nanosleep`; `std::sync::Mutex<T>::lock` → `std::sync::Mutex::lock`.
///
/// Takes off symbol versions, glibc's internal prefixes (`__GI_`, `__libc_`), leading underscores, the suffixes `64`, `_nocancel`,
/// `_time64`, `_impl`, clones made by compilers, C++ parameter lists, and generic arguments. What it cannot take
/// apart without allocating (an opening `<`) is cut there. Rust's hash suffix is expected to be gone.
pub fn bare_function_name(name: &str) -> &str {
    let mut bare = name.split('@').next().unwrap_or(name);
    bare = bare.strip_prefix("__GI_").unwrap_or(bare);
    let go_or_rust = bare.contains('/') || bare.contains("::") || bare.contains(".(");
    if !go_or_rust {
        bare = bare.strip_prefix("__libc_").unwrap_or(bare).trim_start_matches('_');
        if let Some(paren) = bare.find('(').filter(|at| *at > 0) {
            bare = &bare[..paren];
        }
        for clone in [".isra", ".constprop", ".part", ".cold", ".llvm", ".lto_priv"] {
            if let Some(at) = bare.find(clone) {
                bare = &bare[..at];
            }
        }
        for suffix in ["_nocancel", "_impl", "_time64", "64"] {
            bare = bare.strip_suffix(suffix).filter(|rest| !rest.is_empty()).unwrap_or(bare);
        }
    }
    bare
}

/// A demangled name without generic arguments and parameter lists, for one line of a report:
/// `<T as core::fmt::Display>::fmt` keeps its shape, `f<int>(char const*)` becomes `f`.
pub fn short_function_name(name: &str) -> String {
    // Python: `outer.<locals>.<lambda>`, `<module>`.
    if name.contains(".<") || name.starts_with('<') && name.ends_with('>') && !name.contains(' ') {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    let mut depth = 0_usize;
    // The leading `<Type as Trait>` of Rust is the name itself.
    let keep = name.starts_with('<');
    let body = name.strip_suffix(" const").unwrap_or(name);
    let body = if keep || body.contains(".(") { body } else { without_parameters(body) };
    let mut previous = ' ';
    for (at, c) in body.char_indices() {
        match c {
            '<' if (at > 0 || !keep) && !is_operator(&out) => {
                depth += 1;
                // Rust writes `Vec::<T>::new` in some places; the colons go with the arguments.
                if depth == 1 && out.ends_with("::") {
                    out.truncate(out.len() - 2);
                }
            }
            '>' if depth > 0 && previous != '-' => depth -= 1,
            c if depth == 0 => out.push(c),
            _ => {}
        }
        previous = c;
    }
    // An odd name (operator->, unbalanced) is better shown as it is than cut wrongly.
    if depth > 0 || out.trim().is_empty() { name.to_owned() } else { out }
}

fn is_operator(so_far: &str) -> bool {
    so_far.ends_with("operator") || so_far.ends_with("operator<")
}

fn without_parameters(name: &str) -> &str {
    if !name.ends_with(')') || name.contains("operator()") {
        return name;
    }
    let mut depth = 0;
    for (at, c) in name.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => {
                depth -= 1;
                if depth == 0 {
                    return if at > 0 && !name[..at].ends_with("::") { &name[..at] } else { name };
                }
            }
            _ => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_names() {
        for (name, bare) in [
            ("__GI___clock_nanosleep", "clock_nanosleep"),
            ("pthread_cond_wait@@GLIBC_2.3.2", "pthread_cond_wait"),
            ("___pthread_mutex_lock", "pthread_mutex_lock"),
            ("__futex_abstimed_wait_common64", "futex_abstimed_wait_common"),
            ("__read_nocancel", "read"),
            ("__GI___libc_read", "read"),
            ("accept4", "accept4"),
            ("wait4", "wait4"),
            ("__lll_lock_wait.part.0", "lll_lock_wait"),
            ("internal/poll.(*FD).Fsync", "internal/poll.(*FD).Fsync"),
            ("runtime.futex", "runtime.futex"),
            ("work(int, char)", "work"),
        ] {
            assert_eq!(bare_function_name(name), bare);
        }
    }

    #[test]
    fn short_names() {
        for (name, short) in [
            ("std::vector<int, std::allocator<int> >::push_back(int const&)", "std::vector::push_back"),
            ("alloc::vec::Vec<T,A>::push", "alloc::vec::Vec::push"),
            ("core::iter::sum::<u64>::add", "core::iter::sum::add"),
            ("<app::A as core::fmt::Display>::fmt", "<app::A as core::fmt::Display>::fmt"),
            ("main.(*Server).handle", "main.(*Server).handle"),
            ("main.work.func1", "main.work.func1"),
            ("operator<<(std::ostream&, int)", "operator<<"),
            ("work(void (*)(int))", "work"),
            ("Foo::get() const", "Foo::get"),
            ("Foo::operator()(int)", "Foo::operator()(int)"),
            ("(anonymous namespace)::f(int)", "(anonymous namespace)::f"),
            ("app::main::{{closure}}", "app::main::{{closure}}"),
        ] {
            assert_eq!(short_function_name(name), short);
        }
    }
}
