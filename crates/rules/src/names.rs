//! Which functions a rule means: names as people write them, with `*` at either end. Knows no costs.
//!
//! A name is compared in its plain form: without generic arguments, parameters, return type and the marks of compilers'
//! clones; and, so that `__GI___libc_malloc` is `malloc`, in its bare form.

use std::collections::HashMap;

use fathom_analysis::{Function, FunctionIndex, bare_function_name, short_function_name};
use fathom_model::FrameKind;

/// Longest part of a name that is looked at: names of generic code reach megabytes, and what tells stands in front.
const LONGEST_NAME: usize = 4096;

/// The functions of a recording by plain and by bare name.
pub(crate) struct NameTable {
    plain: Vec<String>,
    by_name: HashMap<String, Vec<u32>>,
}

impl NameTable {
    pub(crate) fn new(index: &FunctionIndex) -> Self {
        let plain: Vec<String> = index
            .functions()
            .iter()
            .map(|function| if function.resolved { plain_name(&function.name) } else { String::new() })
            .collect();
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        for (at, name) in plain.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            let at = at as u32;
            let bare = bare_function_name(name);
            if bare != name {
                by_name.entry(bare.to_owned()).or_default().push(at);
            }
            by_name.entry(name.clone()).or_default().push(at);
        }
        Self { plain, by_name }
    }

    /// The plain name of a function; empty for one without a name.
    pub(crate) fn plain(&self, at: usize) -> &str {
        self.plain.get(at).map_or("", String::as_str)
    }

    /// For every function whether one of the patterns means it.
    pub(crate) fn matching(&self, functions: &[Function], patterns: &[&str]) -> Vec<bool> {
        let mut found = vec![false; self.plain.len()];
        for pattern in patterns {
            // A plain word is no witness against own code, which may be called anything.
            let is_word = !pattern.contains(['.', ':', '/', '(', '$', '_']);
            let may_be = |at: usize| !is_word || functions[at].kind != FrameKind::User;
            match Wild::of(pattern) {
                Wild::Exact(name) => {
                    for at in self.by_name.get(name).into_iter().flatten() {
                        found[*at as usize] |= may_be(*at as usize);
                    }
                }
                wild => {
                    for (at, name) in self.plain.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
                        found[at] |=
                            (wild.is_met(name) || wild.is_met(bare_function_name(name))) && may_be(at);
                    }
                }
            }
        }
        found
    }
}

/// A name with `*` at either end.
#[derive(Clone, Copy)]
pub(crate) enum Wild<'a> {
    Exact(&'a str),
    Starts(&'a str),
    Ends(&'a str),
    Contains(&'a str),
}

impl<'a> Wild<'a> {
    pub(crate) fn of(pattern: &'a str) -> Self {
        match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(rest), Some(_)) => Self::Contains(rest.strip_suffix('*').unwrap_or(rest)),
            (Some(rest), None) => Self::Ends(rest),
            (None, Some(rest)) => Self::Starts(rest),
            (None, None) => Self::Exact(pattern),
        }
    }

    pub(crate) fn is_met(self, name: &str) -> bool {
        match self {
            Self::Exact(text) => name == text,
            Self::Starts(text) => name.starts_with(text),
            Self::Ends(text) => name.ends_with(text),
            Self::Contains(text) => name.contains(text),
        }
    }
}

/// `bool std::__find_if<int*>(int*, int*) [clone .isra.0]` → `std::__find_if`; `slices.Index[go.shape.int]` → `slices.Index`.
pub(crate) fn plain_name(name: &str) -> String {
    let mut end = name.len().min(LONGEST_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let name = name[..end].split(" [clone ").next().unwrap_or_default();
    let mut short = short_function_name(name);
    // Go's type arguments; a Java array type or an Objective-C method has no letter before the bracket's inside.
    if let Some(at) =
        short.find('[').filter(|at| *at > 0 && short.ends_with(']') && !short.ends_with("operator[]"))
    {
        short.truncate(at);
    }
    if short.contains("operator") || short.starts_with('<') || short.starts_with('(') {
        return short;
    }
    match short.rfind(' ') {
        Some(at) if short.contains("::") => short[at + 1..].to_owned(),
        _ => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_people_write() {
        for (name, plain) in [
            ("slices.Contains[go.shape.[]string,go.shape.string]", "slices.Contains"),
            ("runtime.(*mheap).alloc", "runtime.(*mheap).alloc"),
            ("java.util.ArrayList.indexOf", "java.util.ArrayList.indexOf"),
            ("list_contains", "list_contains"),
            (
                "std::vector<int, std::allocator<int> > std::__find_if<int*>(int*, int*, std::input_iterator_tag)",
                "std::__find_if",
            ),
            ("jni_invoke_static(JNIEnv_*, JavaValue*) [clone .constprop.1]", "jni_invoke_static"),
            (
                "<alloc::string::String as core::clone::Clone>::clone",
                "<alloc::string::String as core::clone::Clone>::clone",
            ),
            ("std::vector<int, std::allocator<int> >::operator[](unsigned long)", "std::vector::operator[]"),
            ("core::slice::<impl [T]>::contains", "core::slice::contains"),
            ("find.<locals>.<listcomp>", "find.<locals>.<listcomp>"),
        ] {
            assert_eq!(plain_name(name), plain, "{name}");
        }
        assert!(plain_name(&"x".repeat(3_000_000)).len() <= LONGEST_NAME);
    }

    #[test]
    fn a_star_stands_for_any_end() {
        assert!(Wild::of("java.util.ArrayList.indexOf*").is_met("java.util.ArrayList.indexOfRange"));
        assert!(Wild::of("*::clone").is_met("<String as Clone>::clone"));
        assert!(Wild::of("*Regex*").is_met("std::basic_Regex_x"));
        assert!(!Wild::of("malloc").is_met("mallocgc"));
    }
}
