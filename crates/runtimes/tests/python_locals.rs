//! Values of variables in every interpreter: what stands there, cut, without secrets.

// Says which versions are not on this machine.
#![allow(clippy::print_stdout)]

#[allow(dead_code, reason = "other tests use the rest")]
mod python_support;

use fathom_runtimes::{Locals, RuntimeDump};
use python_support::{interpreters, poll, reader};
use std::collections::BTreeMap;

const PROGRAM: &str = r#"import collections, enum, sys, threading

class Color(enum.IntEnum):
    RED = 1

class Plain:
    pass

Point = collections.namedtuple("Point", "x y")

def shows(argument, *rest, keyword="k", **others):
    nothing, yes, no = None, True, False
    small, zero, negative, large, huge = 42, 0, -7, 2 ** 62 + 1, 3 ** 200
    enormous = 1 << 100000
    number, whole, infinite = 1.5, 2.0, float("inf")
    text, wide, quoted, long_text = "plain", "日本語 ✓", "it's\n", "x" * 5000
    raw, long_raw = b"\x00abc", b"y" * 1000
    empty, one, pair = (), (1,), (1, "two")
    numbers, nested = [1, 2, 3], [[1, [2, [3, [4, [5]]]]]]
    many = list(range(1000))
    mapping, ordered = {"a": 1, 2: [3]}, collections.OrderedDict(b=2)
    members, frozen, no_members = {1}, frozenset([2]), set()
    color, point, instance, error = Color.RED, Point(1, 2), Plain(), ValueError("no")
    module, function, class_, builtin = sys, shows, Plain, len
    ring = [1]
    ring.append(ring)
    password = "hunter2"
    api_key = "abc"
    config = {"user": "me", "password": "hunter2", "nested": {"token": "t"}}
    header = "Bearer abcdefgh12345678"
    url = "postgres://me:hunter2@db/x"
    captured = "in a cell"
    def inner():
        return captured
    event.wait()
    return inner, locals()

event = threading.Event()
thread = threading.Thread(target=lambda: shows(1, 2, 3, other=4))
thread.start()
print("ready", flush=True)
sys.stdin.readline()
event.set()
thread.join()
"#;

fn shown(dump: &RuntimeDump) -> Option<BTreeMap<String, String>> {
    dump.threads.iter().find_map(|thread| {
        let at = thread.frames.iter().position(|frame| frame.function == "shows")?;
        let pairs = thread.locals.get(at)?.iter();
        Some(pairs.map(|variable| (variable.name.clone(), variable.value.clone())).collect())
    })
}

#[test]
fn values_are_shown_as_python_writes_them_and_secrets_are_not() {
    for interpreter in interpreters() {
        let name = interpreter.name();
        let running = interpreter.start(PROGRAM, &[]);
        poll(&running, |dump| {
            let is_there = dump
                .threads
                .iter()
                .any(|thread| thread.frames.first().is_some_and(|frame| frame.function.ends_with("wait")));
            is_there.then_some(()).ok_or(format!("{name}: {dump:?}"))
        });
        let mut reader = reader(&running.view());
        let quiet = reader.dump(&running.view()).expect("it can be read");
        assert!(quiet.threads.iter().all(|thread| thread.locals.is_empty()), "nobody asked");
        reader.read_locals(Locals::Redacted);
        let dump = reader.dump(&running.view()).expect("it can be read");
        assert!(dump.threads.iter().all(|thread| thread.locals.len() == thread.frames.len()), "{name}");
        let values = shown(&dump).unwrap_or_else(|| panic!("{name}: {dump:?}"));
        let huge = "265613988875874769338781322035779626829233452653394495974574961739092490901302182994384699044001";
        let long_text = format!("'{}…' (5000 characters)", "x".repeat(120));
        let long_raw = format!("b'{}…' (1000 bytes)", "y".repeat(120));
        let wanted = [
            ("argument", "1"),
            ("rest", "(2, 3)"),
            ("keyword", "'k'"),
            ("others", "{'other': 4}"),
            ("nothing", "None"),
            ("yes", "True"),
            ("no", "False"),
            ("small", "42"),
            ("zero", "0"),
            ("negative", "-7"),
            ("large", "4611686018427387905"),
            ("huge", huge),
            ("enormous", "<int of some 100020 bits>"),
            ("number", "1.5"),
            ("whole", "2.0"),
            ("infinite", "inf"),
            ("text", "'plain'"),
            ("wide", "'日本語 ✓'"),
            ("quoted", "'it\\'s\\n'"),
            ("long_text", &long_text),
            ("raw", "b'\\x00abc'"),
            ("long_raw", &long_raw),
            ("empty", "()"),
            ("one", "(1,)"),
            ("pair", "(1, 'two')"),
            ("numbers", "[1, 2, 3]"),
            ("nested", "[[1, [2, [3, [...]]]]]"),
            ("many", "[0, 1, 2, 3, 4, … 1000 in all]"),
            ("mapping", "{'a': 1, 2: [3]}"),
            ("ordered", "collections.OrderedDict({'b': 2})"),
            ("members", "{1}"),
            ("frozen", "frozenset({2})"),
            ("no_members", "set()"),
            ("color", "Color(1)"),
            ("point", "Point((1, 2))"),
            ("class_", "<class Plain>"),
            ("ring", "[1, [...]]"),
            ("password", "<redacted>"),
            ("api_key", "<redacted>"),
            ("config", "{'user': 'me', 'password': <redacted>, 'nested': {'token': <redacted>}}"),
            ("header", "<redacted>"),
            ("url", "<redacted>"),
            ("captured", "'in a cell'"),
        ];
        for (variable, value) in wanted {
            assert_eq!(values.get(variable).map(String::as_str), Some(value), "{name}: {variable}");
        }
        for (variable, begin) in [
            ("instance", "<Plain at 0x"),
            ("error", "<exception ValueError at 0x"),
            ("module", "<module at 0x"),
            ("function", "<function at 0x"),
            ("builtin", "<builtin_function_or_method at 0x"),
        ] {
            let value = values.get(variable).map(String::as_str).unwrap_or_default();
            assert!(value.starts_with(begin), "{name}: {variable} = {value}");
        }
        reader.read_locals(Locals::Plain);
        let dump = reader.dump(&running.view()).expect("it can be read");
        let values = shown(&dump).unwrap_or_else(|| panic!("{name}: {dump:?}"));
        assert_eq!(values["password"], "'hunter2'", "{name}");
        assert_eq!(values["url"], "'postgres://me:hunter2@db/x'", "{name}");
        println!("{name}: {} variables", values.len());
        running.ends_well();
    }
}
