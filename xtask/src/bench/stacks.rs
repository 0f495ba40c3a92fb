//! Stacks as text: the folded format, and what `perf script` prints; both become the same list.
//!
//! It knows only these two texts. Lines it cannot read are counted, not guessed at.

/// One stack, outermost frame first, and its weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WeightedStack {
    /// Names of the frames, outermost first.
    pub(crate) frames: Vec<String>,
    /// Weight in the unit of the source: nanoseconds of folded files, samples of perf.
    pub(crate) weight: u64,
}

/// Reads `a;b;c 12` lines; the second value is the number of lines that are not of this form.
pub(crate) fn parse_folded(text: &str) -> (Vec<WeightedStack>, usize) {
    let mut stacks = Vec::new();
    let mut unread = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.rsplit_once(' ').and_then(|(frames, weight)| Some((frames, weight.parse().ok()?))) {
            Some((frames, weight)) => {
                stacks.push(WeightedStack { frames: frames.split(';').map(str::to_owned).collect(), weight });
            }
            None => unread += 1,
        }
    }
    (stacks, unread)
}

/// Reads what `go tool pprof -raw` prints; weights are the last of a sample's values. The second value is the number
/// of samples without a weight or with a location that is not told.
pub(crate) fn parse_pprof_raw(text: &str) -> (Vec<WeightedStack>, usize) {
    let mut parts = text.split_inclusive('\n').map(str::trim_end);
    let samples: Vec<&str> = parts
        .by_ref()
        .skip_while(|line| *line != "Samples:")
        .skip(2)
        .take_while(|line| *line != "Locations")
        .collect();
    // `     3: 0x47e8a4 M=1 main.leaf /path/main.go:12:0 s=10`, then the functions it is inlined into.
    let mut locations: std::collections::HashMap<u64, Vec<String>> = std::collections::HashMap::new();
    let mut current = None;
    for line in parts.take_while(|line| *line != "Mappings") {
        let numbered =
            line.trim_start().split_once(": 0x").and_then(|(id, rest)| Some((id.parse().ok()?, rest)));
        let name = match numbered {
            Some((id, rest)) => {
                current = Some(id);
                rest.split_ascii_whitespace().find(|word| word.contains('.') && !word.contains('='))
            }
            None => line.split_ascii_whitespace().next(),
        };
        if let (Some(id), Some(name)) = (current, name) {
            locations.entry(id).or_default().push(name.to_owned());
        }
    }
    let mut stacks = Vec::new();
    let mut unread = 0;
    for line in samples.iter().filter(|line| line.contains(": ")) {
        let read = line.split_once(": ").and_then(|(values, ids)| {
            let weight = values.split_ascii_whitespace().last()?.parse().ok()?;
            let mut frames = Vec::new();
            for id in ids.split_ascii_whitespace() {
                frames.extend(locations.get(&id.parse().ok()?)?.iter().cloned());
            }
            frames.reverse();
            Some(WeightedStack { frames, weight })
        });
        match read {
            Some(stack) => stacks.push(stack),
            None => unread += 1,
        }
    }
    (stacks, unread)
}

/// Reads what `perf script -F comm,tid,ip,sym` prints: blocks of a head line and frames, innermost first.
pub(crate) fn parse_perf_script(text: &str) -> Vec<WeightedStack> {
    let mut stacks = Vec::new();
    for block in text.split("\n\n") {
        let mut lines = block.lines().filter(|line| !line.trim().is_empty());
        if lines.next().is_none() {
            continue;
        }
        let mut frames: Vec<String> = lines
            .map(|line| {
                let line = line.trim();
                let (address, name) = line.split_once(' ').unwrap_or((line, ""));
                // The end of the copied stack is marked by an address of ones; kernel addresses say kernel
                // also where kernel symbols are hidden.
                match address {
                    "ffffffffffffffff" => "[cut]".to_owned(),
                    _ if address.len() == 16 && address.starts_with("ffff") => format!("[kernel] {name}"),
                    _ => name.to_owned(),
                }
            })
            .collect();
        frames.reverse();
        stacks.push(WeightedStack { frames, weight: 1 });
    }
    stacks
}

/// Where a whole stack begins: process and thread entries of the C library, Go, and kernel threads.
const ROOTS: &[&str] = &[
    "_start",
    // perf often stops one step before `_start` or `clone3`: not held against it.
    "__libc_start_call_main",
    "start_thread",
    "__clone",
    "clone",
    "__clone3",
    "clone3",
    "__GI___clone",
    "__GI___clone3",
    "_dl_start",
    "_dl_start_user",
    "runtime.goexit",
    "runtime.goexit.abi0",
    "runtime.rt0_go.abi0",
    "runtime.rt0_go",
    "_rt0_amd64_linux",
    "_rt0_amd64",
    "runtime.mstart",
    "runtime.mstart.abi0",
    "runtime.mcall",
    "runtime.mcall.abi0",
    "runtime.systemstack",
    "runtime.systemstack.abi0",
    "__vfork",
    "vfork",
    "_Fork",
];

/// Whether a stack of perf begins at a known root. Stacks of kernel frames alone had no user part to lose.
pub(crate) fn is_complete(stack: &WeightedStack) -> bool {
    let Some(outermost) = stack.frames.first() else { return false };
    let name = outermost.trim_end_matches(" (inlined)");
    name.starts_with("[kernel]") || ROOTS.contains(&name)
}

/// The innermost of `names` in `stack`: a name counts where it is a whole identifier of a frame, so that
/// `ns::name<int>(long)` and `main.name` are found and `other_name` is not.
pub(crate) fn innermost_of<'a>(stack: &WeightedStack, names: &[&'a str]) -> Option<&'a str> {
    let named = |frame: &String, name: &str| {
        frame.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
    };
    stack.frames.iter().rev().find_map(|frame| names.iter().copied().find(|name| named(frame, name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_profiles_of_go_are_read_with_what_is_inlined() {
        let text = "PeriodType: cpu nanoseconds\nSamples:\nsamples/count cpu/nanoseconds\n          \
                    3   30000000: 1 2 \n                labels:map[a:b]\n          1   10000000: 9 \nLocations\n     \
                    1: 0x47e8a4 M=1 main.inner /a.go:12:0 s=10\n             main.leaf /a.go:20:0 s=18\n     \
                    2: 0x4 M=1 runtime.main /p.go:1:0 s=0\nMappings\n1: 0x400000/0x49\n";
        let (stacks, unread) = parse_pprof_raw(text);
        let frames = ["runtime.main", "main.leaf", "main.inner"].map(str::to_owned).into();
        assert_eq!(stacks, [WeightedStack { frames, weight: 30_000_000 }]);
        assert_eq!(unread, 1);
    }

    #[test]
    fn folded_lines_are_read_and_others_counted() {
        let (stacks, unread) = parse_folded("main;f(int, char);g 12\nno weight here\n\nmain 3\n");
        assert_eq!(unread, 1);
        assert_eq!(stacks.len(), 2);
        assert_eq!(stacks[0].frames, ["main", "f(int, char)", "g"]);
        assert_eq!(stacks[0].weight, 12);
    }

    const SCRIPT: &str = "templates 25268 \n\t  15b0 inlined_sum<(anonymous namespace)::G<405> > (inlined)\n\t  15b0 everything (inlined)\n\t  124a main\n\t 12f0 _start\n\nshares 7 \n\tffffffff81000000 asm_sysvec\n\t 10 leaf\n\n";

    #[test]
    fn perf_blocks_become_stacks_from_the_outside() {
        let stacks = parse_perf_script(SCRIPT);
        assert_eq!(stacks.len(), 2);
        assert_eq!(stacks[0].frames.first().map(String::as_str), Some("_start"));
        assert_eq!(innermost_of(&stacks[0], &["everything", "inlined_sum"]), Some("inlined_sum"));
        assert!(is_complete(&stacks[0]));
        assert!(!is_complete(&stacks[1]));
        assert_eq!(stacks[1].frames, ["leaf", "[kernel] asm_sysvec"]);
        let cut = parse_perf_script("p 1 \n\t 10 leaf\n\tffffffffffffffff [unknown]\n\n");
        assert_eq!(cut.iter().map(is_complete).collect::<Vec<_>>(), [false]);
    }

    #[test]
    fn names_are_whole_identifiers() {
        let stack = |frame: &str| WeightedStack { frames: vec![frame.to_owned()], weight: 1 };
        assert_eq!(innermost_of(&stack("main.goShare"), &["goShare"]), Some("goShare"));
        assert_eq!(innermost_of(&stack("my_work"), &["work"]), None);
        assert_eq!(innermost_of(&stack("truth::work::{{closure}}"), &["work"]), Some("work"));
    }
}
