//! What a function does, told by its name, its module and its kind: collects garbage, waits for a lock, parses.
//!
//! A heuristic over names that libraries and runtimes have had for years; the tables are in `region_names`. It fails
//! for own functions that have taken such a name, and knows nothing about libraries that are not in the tables. The
//! first table that matches wins, from the most to the least particular.

use fathom_model::FrameKind;

use crate::functions::Function;
use crate::names::bare_function_name;
use crate::region_names::{Rule, TABLES};
use crate::regions::Region;

/// Longest part of a name that is looked at: names of generic code reach megabytes, and what tells stands in front.
const LONGEST_NAME: usize = 512;

/// The region of a function.
pub fn region(function: &Function) -> Region {
    if !function.resolved {
        return of_module(function.module_name.as_deref());
    }
    let name = head(&function.name);
    let bare = bare_function_name(name);
    let own = function.kind == FrameKind::User;
    let matches = |rule: &Rule| match *rule {
        // A plain word is no witness against own code, which may be called anything.
        Rule::Is(text) => !own && (bare == text || name == text),
        Rule::Starts(text) => name.starts_with(text) || (!own && bare.starts_with(text)),
        Rule::Contains(text) => name.contains(text),
    };
    let found = TABLES.iter().find(|(_, rules)| rules.iter().any(matches)).map(|(region, _)| *region);
    // The kinds were told by module and language, which is more than a name.
    match (found, function.kind) {
        (Some(region), _) => region,
        (None, FrameKind::Gc) => Region::GarbageCollection,
        (None, _) if own => Region::None,
        (None, _) => of_module(function.module_name.as_deref()),
    }
}

/// Libraries that do one thing only.
fn of_module(module: Option<&str>) -> Region {
    const MODULES: &[(Region, &[&str])] = &[
        (
            Region::Compression,
            &[
                "libz.so",
                "libz-ng.so",
                "libzstd.so",
                "liblz4.so",
                "liblzma.so",
                "libbz2.so",
                "libbrotli",
                "libsnappy.so",
            ],
        ),
        (
            Region::Cryptography,
            &["libcrypto.so", "libssl.so", "libgcrypt.so", "libsodium.so", "libgnutls.so", "libnettle.so"],
        ),
        (Region::RegularExpressions, &["libpcre.so", "libpcre2", "libre2.so", "libonig.so", "_sre."]),
        (Region::Parsing, &["libexpat.so", "libyajl.so", "libsimdjson.so"]),
        (Region::Allocation, &["libjemalloc.so", "libtcmalloc", "libmimalloc.so"]),
    ];
    let Some(module) = module else { return Region::None };
    let found = MODULES.iter().find(|(_, starts)| starts.iter().any(|start| module.starts_with(start)));
    found.map_or(Region::None, |(region, _)| *region)
}

fn head(name: &str) -> &str {
    let mut end = name.len().min(LONGEST_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, module: &str, kind: FrameKind) -> Region {
        region(&Function {
            name: name.into(),
            resolved: !name.is_empty(),
            module: None,
            module_name: (!module.is_empty()).then(|| module.to_owned()),
            file: None,
            start_line: None,
            kind,
        })
    }

    #[test]
    fn names_tell_over_languages() {
        use FrameKind::{Gc, Kernel, Library, Runtime, User};
        for (name, kind, expected) in [
            ("runtime.gcBgMarkWorker", Gc, Region::GarbageCollection),
            ("runtime.scanobject", Gc, Region::GarbageCollection),
            ("runtime.mallocgc", Gc, Region::Allocation),
            ("G1ParScanThreadState::trim_queue", Library, Region::GarbageCollection),
            ("v8::internal::Scavenger::Process", Gc, Region::GarbageCollection),
            ("gc_collect_main", Gc, Region::GarbageCollection),
            ("malloc", Library, Region::Allocation),
            ("__libc_malloc", Library, Region::Allocation),
            ("alloc::raw_vec::finish_grow", Library, Region::Allocation),
            ("operator new(unsigned long)", Library, Region::Allocation),
            ("futex_wait", Kernel, Region::Locks),
            ("___pthread_mutex_lock", Library, Region::Locks),
            ("sync.(*Mutex).Lock", Library, Region::Locks),
            ("__GI___libc_read", Library, Region::Io),
            ("epoll_wait", Library, Region::Io),
            ("internal/poll.(*FD).Read", Library, Region::Io),
            ("sre_ucs1_match", Library, Region::RegularExpressions),
            ("re2::DFA::InlinedSearchLoop", Library, Region::RegularExpressions),
            ("regex_automata::meta::regex::Regex::find", Library, Region::RegularExpressions),
            ("java.util.regex.Pattern$Loop.match", Library, Region::RegularExpressions),
            ("regexp.(*machine).step", Library, Region::RegularExpressions),
            ("Builtins_RegExpPrototypeExec", Library, Region::RegularExpressions),
            ("Builtins_JsonParse", Library, Region::Parsing),
            ("json.loads", Library, Region::Parsing),
            ("serde_json::de::Deserializer<R>::parse_value", Library, Region::Parsing),
            ("serde_json::ser::to_string", Library, Region::Serialisation),
            ("encoding/json.(*decodeState).object", Library, Region::Parsing),
            ("encoding/json.(*encodeState).marshal", Library, Region::Serialisation),
            ("com.fasterxml.jackson.core.json.UTF8StreamJsonParser.nextToken", Library, Region::Parsing),
            ("google::protobuf::MessageLite::SerializeToString", Library, Region::Serialisation),
            ("inflate_fast", Library, Region::Compression),
            ("compress/flate.(*compressor).deflate", Library, Region::Compression),
            ("crypto/sha256.block", Library, Region::Cryptography),
            ("ring::aead::seal", Library, Region::Cryptography),
            ("main.handle", User, Region::None),
            ("read", User, Region::None),
            ("memcpy", Library, Region::None),
            ("runtime.schedule", Runtime, Region::None),
        ] {
            assert_eq!(of(name, "", kind), expected, "{name}");
        }
    }

    #[test]
    fn modules_tell_where_names_do_not() {
        assert_eq!(of("", "libz.so.1", FrameKind::Library), Region::Compression);
        assert_eq!(of("x_y", "libcrypto.so.3", FrameKind::Library), Region::Cryptography);
        assert_eq!(of("x_y", "libfoo.so", FrameKind::Library), Region::None);
        assert_eq!(of(&"é".repeat(1_000_000), "", FrameKind::Library), Region::None);
    }
}
