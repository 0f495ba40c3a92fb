//! Dumps of real interpreters against what `pstats` prints of them, and damage.

use super::*;
use crate::catalog::speedscope::tests::by_function;
use proptest::prelude::*;
use std::process::Command;

/// `cProfile` of CPython 3.11.7: `main` calls `left`, `right` and `rec`; `right` calls `left`; all but `main` call
/// `leaf`; `rec` calls itself.
const OF_3_11: &str =
    "fb2903fa066170702e7079e908000000da037265632905e901000000e90f000000671f38390c7eccfb3e671668d5b9324053
     3f7ba9037201000000720200000072030000002904e90e000000e90200000067e5c79abcc14af73e6755ee96c82b2e533fa9
     037201000000e909000000da046d61696e29047204000000720400000067eac0793ef106d23e671668d5b93240533f302903
     7201000000720a000000720b00000029057204000000720400000067eee82e7217adf83e678d189927a7dba53f7b30290372
     01000000e906000000da046c6566742905720800000072080000006790332258223efa3e67700608b1f6219a3f7b72090000
     00290472040000007204000000673049c8b4f470eb3e67741a20d305b5863fa9037201000000e907000000da057269676874
     29047204000000720400000067ef1d7cfb4f0be93e676cf2ef8ee78e8d3f30290372010000007208000000da046c65616629
     05e90d000000721200000067f6832c9e89cfa53f67f6832c9e89cfa53f7b7206000000290472020000007202000000673683
     a4c100d1523f673683a4c100d1523f29037201000000720c000000720d0000002904e904000000721300000067e3fd712867
     1b9a3f67e3fd7128671b9a3f720e00000029047204000000720400000067d4c1cc079c56903f67d4c1cc079c56903f302903
     7201000000720f00000072100000002905720400000072040000006714681a8e9334f23e67a44128f49c229f3f7b72090000
     002904720400000072040000006714681a8e9334f23e67a44128f49c229f3f302903fa017ee900000000fa303c6d6574686f
     64202764697361626c6527206f6620275f6c7370726f662e50726f66696c657227206f626a656374733e2905720400000072
     0400000067c86284b8be84b43e67c86284b8be84b43e7b3030";

/// The same program under CPython 2.7.18, whose texts are interned and whose clock has microseconds.
const OF_2_7: &str =
    "7b28030000007309000000736d616c6c322e7079690200000074040000006c6561662805000000690d000000690d00000067
     3d450e1137a7623f673d450e1137a7623f7b28030000007309000000736d616c6c322e707969070000007405000000726967
     687428040000006901000000690100000067a226fa7c9411473f67a226fa7c9411473f28030000007309000000736d616c6c
     322e70796908000000740300000072656328040000006908000000690800000067d5cc5a0a48fb2f3f67d5cc5a0a48fb2f3f
     28030000007309000000736d616c6c322e7079690600000074040000006c656674280400000069040000006904000000678e
     1d54e23ac6553f678e1d54e23ac6553f3028030000007309000000736d616c6c322e70796906000000520300000028050000
     0069020000006902000000678dedb5a0f7c6d03e677cd3f4d901d7553f7b28030000007309000000736d616c6c322e707969
     0900000074040000006d61696e280400000069010000006901000000678dedb5a0f7c6d03e679d0c8e9257e7483f28030000
     007309000000736d616c6c322e70796907000000520100000028040000006901000000690100000067000000000000000067
     5a9a5b21acc6423f3028030000007309000000736d616c6c322e707969090000005204000000280500000069010000006901
     0000006754e41071732ac93e6718b14f00c5c8623f7b3028030000007309000000736d616c6c322e70796907000000520100
     0000280500000069010000006901000000678dedb5a0f7c6c03e67753bfbca83f4543f7b28030000007309000000736d616c
     6c322e707969090000005204000000280400000069010000006901000000678dedb5a0f7c6c03e67753bfbca83f4543f3028
     030000007309000000736d616c6c322e70796908000000520200000028050000006901000000690f00000067b75f3e59315c
     dd3e67e95f92ca1473303f7b28030000007309000000736d616c6c322e707969090000005204000000280400000069010000
     006901000000678dedb5a0f7c6c03e67e95f92ca1473303f28030000007309000000736d616c6c322e707969080000005202
     0000002804000000690e000000690200000067f068e388b5f8d43e670ef450db8651303f30280300000074010000007e6900
     00000073300000003c6d6574686f64202764697361626c6527206f6620275f6c7370726f662e50726f66696c657227206f62
     6a656374733e2805000000690100000069010000006700000000000000006700000000000000007b3030";

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.bytes().filter(u8::is_ascii_hexdigit).collect();
    let digit = |byte: u8| (byte as char).to_digit(16).expect("a digit") as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

fn read_bytes(bytes: &[u8]) -> (Recording, Vec<Issue>) {
    read(&Input::new(&bytes))
}

#[test]
fn a_dump_reads_as_pstats_prints_it() {
    let bytes = bytes_of(OF_3_11);
    assert_eq!(sniff(&bytes), Sniff::Yes);
    let (recording, issues) = read_bytes(&bytes);
    assert_eq!(issues, []);
    // `pstats.Stats(file).stats` of the same interpreter: calls, own and total seconds, here in nanoseconds.
    let expected = [
        ("leaf", 13, 42_599_011, 42_599_011),
        ("left", 2, 25_027, 25_520_186),
        ("right", 1, 17_362, 30_405_476),
        ("rec", 15, 26_511, 1_174_974),
        ("main", 1, 23_533, 42_691_444),
        ("<method 'disable' of '_lsprof.Profiler' objects>", 1, 1_223, 1_223),
    ];
    let found = by_function(&recording, Signal::ProgramWall);
    let calls = by_function(&recording, Signal::Column1);
    for (name, n, own, total) in expected {
        assert_eq!(found[name].0, own, "{name}");
        assert!((found[name].1 - total).abs() <= 10, "{name}: {:?} instead of {total}", found[name]);
        assert_eq!(calls[name].0, n, "{name}");
    }
    assert_eq!(recording.total(Signal::ProgramWall), 42_692_667);
    assert_eq!(recording.meta.name_of(Signal::Column1), "calls");
    let leaf = recording.frames.iter().find(|frame| frame.function.as_deref() == Some("leaf")).expect("leaf");
    assert_eq!((leaf.file.as_deref(), leaf.function_start_line), (Some("app.py"), Some(2)));
    // `leaf` has all of its callers: `left` through `main` and through `right`, `right`, `rec`.
    let paths =
        recording.samples.iter().filter(|sample| sample.signal == Signal::ProgramWall).filter(|sample| {
            let innermost = sample.stack.and_then(|stack| recording.stacks.frames(stack).next());
            innermost.and_then(|id| recording.frames[id.index()].function.as_deref()) == Some("leaf")
        });
    assert_eq!(paths.count(), 4);
}

#[test]
fn a_dump_of_python_2_is_read() {
    let bytes = bytes_of(OF_2_7);
    assert_eq!(sniff(&bytes), Sniff::Yes);
    let (recording, issues) = read_bytes(&bytes);
    assert_eq!(issues, []);
    let found = by_function(&recording, Signal::ProgramWall);
    for (name, own) in
        [("leaf", 2_277_000), ("left", 4_000), ("right", 2_000), ("rec", 7_000), ("main", 3_000)]
    {
        assert_eq!(found[name].0, own, "{name}");
    }
    assert_eq!(found["main"].1, 2_293_000);
}

#[test]
fn dumps_of_the_installed_python_are_read() {
    let script = "import cProfile, pstats, sys, profile\n\
         def f(n): return sum(i for i in range(n))\n\
         def g(n): return f(n) + (g(n // 2) if n > 10 else 0)\n\
         for module, file in ((cProfile, sys.argv[1]), (profile, sys.argv[2])):\n\
         \x20p = module.Profile()\n\
         \x20p.runcall(g, 20000)\n\
         \x20p.dump_stats(file)\n\
         \x20for (_, line, name), (cc, nc, tt, ct, _) in pstats.Stats(file).stats.items():\n\
         \x20\x20print('%s\\t%s\\t%d\\t%d' % (file[-1], name, nc, round(tt * 1e9)))\n";
    let directory = tempfile::tempdir().expect("a directory");
    let [first, second] = ["1", "2"].map(|name| directory.path().join(name));
    let output = Command::new("python3").arg("-c").arg(script).arg(&first).arg(&second).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        eprintln!("skipped: python3 with cProfile is not there");
        return;
    };
    for line in String::from_utf8(output.stdout).expect("text").lines() {
        let [file, name, calls, own] = line.split('\t').collect::<Vec<_>>().try_into().expect("four fields");
        let bytes = std::fs::read(directory.path().join(file)).expect("a dump");
        let (recording, issues) = read_bytes(&bytes);
        assert_eq!(issues, []);
        let found = by_function(&recording, Signal::ProgramWall).get(name).map_or(0, |sums| sums.0);
        assert_eq!(found.to_string(), own, "{line}");
        assert_eq!(by_function(&recording, Signal::Column1)[name].0.to_string(), calls, "{line}");
    }
}

#[test]
fn damage_is_named_and_the_rest_is_kept() {
    let bytes = bytes_of(OF_3_11);
    let whole = read_bytes(&bytes).0.frames.len();
    for end in 0..bytes.len() {
        let (recording, issues) = read_bytes(&bytes[..end]);
        assert_eq!(issues.len(), 1, "{end}: {issues:?}");
        assert_eq!(issues[0].offset, Some(end as u64));
        assert!(recording.frames.len() <= whole);
    }
    let messages = |bytes: &[u8]| -> Vec<String> {
        read_bytes(bytes).1.into_iter().map(|issue| issue.message).collect()
    };
    assert_eq!(messages(b"[\0\0\0\0"), ["found type 0x5b instead of a dictionary"]);
    assert_eq!(messages(b"{NN0"), ["a key is not (file, line, name)"]);
    assert_eq!(
        messages(b"{)\x03z\x01ai\x01\0\0\0z\x01bN0"),
        ["a value is not (primitive calls, calls, own seconds, total seconds, callers)"]
    );
    assert_eq!(messages(b"{r\x09\0\0\0"), ["value 9 is referred to before it is there"]);
    let deep = [b"{".as_slice(), &b")\x01".repeat(100_000)].concat();
    assert_eq!(messages(&deep), ["values are nested deeper than 16"]);
    // A value of a billion items, and a number that no program takes.
    assert_eq!(messages(b"{(\xff\xff\xff\x7f").len(), 1);
    let mut endless = b"{)\x03z\x01ai\x01\0\0\0z\x01b)\x05i\x01\0\0\0i\x01\0\0\0g".to_vec();
    endless.extend_from_slice(&f64::INFINITY.to_le_bytes());
    endless.push(b'g');
    endless.extend_from_slice(&f64::NAN.to_le_bytes());
    endless.extend_from_slice(b"{00");
    assert_eq!(
        messages(&endless),
        [
            "NaN seconds are no time that a program runs; 0 is taken",
            "inf seconds are no time that a program runs; 0 is taken",
        ]
    );
}

#[test]
fn callers_that_are_referred_to_again_and_again_end() {
    // A hundred functions that share one dictionary of a hundred callers.
    let key = |line: u8| [b")\x03z\x01ai".as_slice(), &[line, 0, 0, 0], b"z\x01b"].concat();
    let begin = [key(0).as_slice(), b")\x05", &b"i\x01\0\0\0".repeat(4)].concat();
    let callers: Vec<u8> = (0..100).flat_map(|line| [key(line), b"i\x01\0\0\0".to_vec()].concat()).collect();
    let others = [begin.as_slice(), b"r\0\0\0\0"].concat().repeat(99);
    let bytes = [b"{".as_slice(), &begin, b"\xfb", &callers, b"0", &others, b"0"].concat();
    let (_, issues) = read_bytes(&bytes);
    let what = "100 callers are left out: all functions have more than the file has bytes";
    assert_eq!(issues[0].message, what);
    let n = 100 - bytes.len() / 100;
    assert_eq!(
        issues.last().map(|issue| issue.message.clone()),
        Some(format!("callers that are left out: {n} times in all"))
    );
}

#[test]
fn other_files_are_not_taken() {
    for other in [b"{\"a\": 1}".as_slice(), b"{", b"", b"(\x03", b"\x04\x08{"] {
        assert_eq!(sniff(other), Sniff::No);
    }
}

proptest! {
    #[test]
    fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (read_bytes(&bytes), sniff(&bytes));
    }

    #[test]
    fn any_change_does_not_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = bytes_of(OF_3_11);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_bytes(&bytes);
    }
}
