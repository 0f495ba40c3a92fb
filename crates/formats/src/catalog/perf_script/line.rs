//! One line of `perf script`: the line that begins a sample, or that of a frame.
//!
//! Knows the order of fields in `tools/perf/builtin-script.c` (`perf_sample__fprintf_start`, `process_event`) and in
//! `tools/perf/util/evsel_fprintf.c` (`sample__fprintf_callchain`); every field may be missing. Names may hold blanks,
//! colons and parentheses, and nothing is escaped: a line is read from its time backwards and forwards, a frame from
//! both ends. A thread that is called `1 2.000000:` is misread.

/// What a line says that begins a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// Name and numbers of the thread as they stand there: equal for equal threads.
    pub(super) task: &'a [u8],
    pub(super) name: &'a [u8],
    pub(super) pid: Option<i32>,
    pub(super) tid: Option<i32>,
    pub(super) cpu: Option<u32>,
    pub(super) time_nanos: Option<i64>,
    pub(super) period: Option<i64>,
    pub(super) event: &'a [u8],
    /// A frame, or what a tracepoint tells.
    pub(super) rest: &'a [u8],
}

/// What the line of a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameLine<'a> {
    pub(super) address: u64,
    /// Empty where there is none; may be `[unknown]`.
    pub(super) symbol: &'a [u8],
    /// Without its parentheses.
    pub(super) module: Option<&'a [u8]>,
    pub(super) is_inlined: bool,
}

/// The first word and what follows its blanks.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_start();
    let end = memchr::memchr2(b' ', b'\t', text).unwrap_or(text.len());
    (&text[..end], text[end..].trim_ascii_start())
}

/// The last word and what stands before it.
fn last_word(text: &[u8]) -> (&[u8], &[u8]) {
    let text = text.trim_ascii_end();
    let start = memchr::memrchr2(b' ', b'\t', text).map_or(0, |at| at + 1);
    (&text[..start], &text[start..])
}

fn decimal(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_i64, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { sum.checked_mul(10)?.checked_add(i64::from(digit)) }
    })
}

fn number(text: &[u8]) -> Option<i32> {
    match text.strip_prefix(b"-") {
        Some(digits) => i32::try_from(decimal(digits)?).ok().map(|number| -number),
        None => i32::try_from(decimal(text)?).ok(),
    }
}

/// `12` is a thread's number (`perf script` prints that of the thread alone), `12/34` those of process and thread.
fn numbers(text: &[u8]) -> Option<(Option<i32>, Option<i32>)> {
    match memchr::memchr(b'/', text) {
        Some(at) => Some((Some(number(&text[..at])?), Some(number(&text[at + 1..])?))),
        None => number(text).map(|tid| (None, Some(tid))),
    }
}

fn cpu(text: &[u8]) -> Option<u32> {
    let digits = text.strip_prefix(b"[")?.strip_suffix(b"]")?;
    u32::try_from(decimal(digits)?).ok()
}

/// `12.345678:` or with nine digits behind the dot.
fn time(text: &[u8]) -> Option<i64> {
    let text = text.strip_suffix(b":")?;
    let dot = memchr::memchr(b'.', text)?;
    let (seconds, fraction) = (decimal(&text[..dot])?, &text[dot + 1..]);
    let nanos = match fraction.len() {
        6 => decimal(fraction)? * 1_000,
        9 => decimal(fraction)?,
        _ => return None,
    };
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// Reads a line that begins a sample; `None` if it does not look like one.
pub(super) fn head(line: &[u8]) -> Option<Head<'_>> {
    let line = line.trim_ascii_end();
    // The time is the surest mark: no field before it ends in a colon, but names may.
    let mut from = 0;
    while let Some(colon) = memchr::memchr(b':', &line[from..]).map(|at| from + at) {
        from = colon + 1;
        if !line.get(colon + 1).is_none_or(|next| matches!(next, b' ' | b'\t')) {
            continue;
        }
        let (before, token) = last_word(&line[..=colon]);
        if let Some(time_nanos) = time(token) {
            let head = before_time(before);
            if head.tid.is_some() || !head.name.is_empty() {
                return Some(after_time(Head { time_nanos: Some(time_nanos), ..head }, &line[colon + 1..]));
            }
        }
    }
    without_time(line)
}

/// Name, numbers and processor; with `-F misc,tod` more stands between them and the time.
fn before_time(text: &[u8]) -> Head<'_> {
    let mut left = text;
    for _ in 0..4 {
        let (before, token) = last_word(left);
        if let Some((pid, tid)) = numbers(token) {
            return Head { task: left.trim_ascii(), name: before.trim_ascii(), pid, tid, ..Head::default() };
        }
        if let Some(cpu) = cpu(token) {
            let (name, token) = last_word(before);
            let task = before.trim_ascii();
            return match numbers(token) {
                Some((pid, tid)) => {
                    Head { task, name: name.trim_ascii(), pid, tid, cpu: Some(cpu), ..Head::default() }
                }
                None => Head { task, name: task, cpu: Some(cpu), ..Head::default() },
            };
        }
        left = before;
    }
    let name = text.trim_ascii();
    Head { task: name, name, ..Head::default() }
}

/// Period, name of the event, and what is left.
fn after_time<'a>(mut head: Head<'a>, text: &'a [u8]) -> Head<'a> {
    let (mut token, mut rest) = word(text);
    if let Some(period) = decimal(token) {
        let (next, after) = word(rest);
        // A period stands alone or before the event; an address stands before a symbol.
        if next.is_empty() || next.ends_with(b":") {
            head.period = Some(period);
            (token, rest) = (next, after);
        }
    }
    match token.strip_suffix(b":") {
        Some(event) => (head.event, head.rest) = (event, rest),
        None => head.rest = text.trim_ascii(),
    }
    if token.is_empty() {
        head.rest = b"";
    }
    head
}

/// `name 12/34 [000] 1000 cycles:`, without a time: the number that a period or an event follows.
fn without_time(line: &[u8]) -> Option<Head<'_>> {
    let mut left = line;
    loop {
        let (token, rest) = word(left);
        if token.is_empty() {
            return None;
        }
        let at = line.len() - left.trim_ascii_start().len();
        let name = line[..at].trim_ascii();
        if name.is_empty() && rest.is_empty() && token.len() > 1 && token.ends_with(b":") {
            return Some(after_time(Head::default(), line));
        }
        if let Some((pid, tid)) = numbers(token) {
            let (next, after) = word(rest);
            let (cpu, after) = match cpu(next) {
                Some(cpu) => (Some(cpu), after),
                None => (None, rest),
            };
            let task = line[..at + token.len()].trim_ascii();
            let head = after_time(Head { task, name, pid, tid, cpu, ..Head::default() }, after);
            let is_sure = pid.is_some() || cpu.is_some();
            if !head.event.is_empty() || (is_sure && head.rest.is_empty()) {
                return Some(head);
            }
        }
        left = rest;
    }
}

/// Reads the line of a frame: `address symbol+0xoffset (module)`; `None` if no address stands first.
pub(super) fn frame(line: &[u8]) -> Option<FrameLine<'_>> {
    let line = line.trim_ascii();
    let end = memchr::memchr(b' ', line).unwrap_or(line.len());
    let address = hexadecimal(&line[..end])?;
    let text = line[end..].trim_ascii_start();
    if let Some(symbol) = text.strip_suffix(b" (inlined)") {
        return Some(FrameLine { address, symbol: without_offset(symbol), module: None, is_inlined: true });
    }
    let (symbol, module) = match open_parenthesis(text) {
        Some(open) => (&text[..open], Some(&text[open + 1..text.len() - 1])),
        None => (text, None),
    };
    Some(FrameLine { address, symbol: without_offset(symbol.trim_ascii_end()), module, is_inlined: false })
}

fn hexadecimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 16 {
        return None;
    }
    text.iter().try_fold(0_u64, |sum, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        Some(sum << 4 | u64::from(digit))
    })
}

/// Where the parenthesis of the module opens: the one that the last character closes, as paths hold
/// ` (deleted)` and names of functions whole signatures. Without a pair the last one behind a blank.
fn open_parenthesis(text: &[u8]) -> Option<usize> {
    if !text.ends_with(b")") {
        return None;
    }
    let is_first = |at: usize| at == 0 || text[at - 1] == b' ';
    let mut depth = 0;
    for at in memchr::memrchr2_iter(b'(', b')', text) {
        if text[at] == b')' {
            depth += 1;
            continue;
        }
        depth -= 1;
        if depth == 0 {
            if is_first(at) {
                return Some(at);
            }
            break;
        }
    }
    memchr::memrchr_iter(b'(', text).find(|at| is_first(*at))
}

/// `main+0x1f` without the offset.
fn without_offset(symbol: &[u8]) -> &[u8] {
    let tail = &symbol[symbol.len().saturating_sub(19)..];
    match memchr::memrchr(b'+', tail) {
        Some(at)
            if tail[at + 1..].strip_prefix(b"0x").is_some_and(|digits| hexadecimal(digits).is_some()) =>
        {
            &symbol[..symbol.len() - (tail.len() - at)]
        }
        _ => symbol,
    }
}

/// `  file.c:12`, the line below a frame's with `-F +srcline`: file, line, and whether the frame is inlined.
pub(super) fn source_line(line: &[u8]) -> Option<(&[u8], u32, bool)> {
    let text = line.strip_prefix(b"  ")?.trim_ascii_end();
    let (text, is_inlined) = match text.strip_suffix(b" (inlined)") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let colon = memchr::memrchr(b':', text)?;
    let line = u32::try_from(decimal(&text[colon + 1..])?).ok()?;
    (colon > 0 && text[0] != b' ').then_some((&text[..colon], line, is_inlined))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match head(line.as_bytes()) {
            None => "none".into(),
            Some(head) => format!(
                "{}|{:?}/{:?}|{:?}|{:?}|{:?}|{}|{}",
                text(head.name),
                head.pid,
                head.tid,
                head.cpu,
                head.time_nanos,
                head.period,
                text(head.event),
                text(head.rest)
            )
            .replace("Some(", "")
            .replace(')', ""),
        }
    }

    #[test]
    fn heads_with_and_without_fields() {
        for (line, expected) in [
            (
                "forks     9 [002] 3.377019:    1001001 cpu-clock: ",
                "forks|None/9|2|3377019000|1001001|cpu-clock|",
            ),
            (
                "pool 0 (w 24756 7.410147:    10 cpu-clock: ",
                "pool 0 (w|None/24756|None|7410147000|10|cpu-clock|",
            ),
            ("python 12/34   1.000000001: cycles:ppp: ", "python|12/34|None|1000000001|None|cycles:ppp|"),
            (
                "Web Content 1 12 [001] 1.000000: x:y: a=1 b: 2",
                "Web Content 1|None/12|1|1000000000|None|x:y|a=1 b: 2",
            ),
            (":-1    -1 [000] 1.000000: 5 cycles:", ":-1|None/-1|0|1000000000|5|cycles|"),
            ("tokio:1.5: w 7 1.000000: 5 cycles:", "tokio:1.5: w|None/7|None|1000000000|5|cycles|"),
            ("a 7/8 [000] K 1.000000: 5 cycles:", "a|7/8|0|1000000000|5|cycles|"),
            ("a 7 [000] 2022-10-10 12:00:00.123456 1.000000: cycles:", "a|None/7|0|1000000000|None|cycles|"),
            (
                "  w2 9 7.480384:  10 cpu-clock:  ffffffff81 f+0x2 (x",
                "w2|None/9|None|7480384000|10|cpu-clock|ffffffff81 f+0x2 (x",
            ),
            ("w2 9 7.480384: ffffffff81 f", "w2|None/9|None|7480384000|None||ffffffff81 f"),
            ("w2 9 7.480384:  1234 ", "w2|None/9|None|7480384000|1234||"),
            ("w2 1.480384: cycles:", "w2|None/None|None|1480384000|None|cycles|"),
            ("a b 7/8 cycles:u:", "a b|7/8|None|None|None|cycles:u|"),
            ("a 1 b 8 [003] 12 cycles:", "a 1 b|None/8|3|None|12|cycles|"),
            ("   7/8 ", "|7/8|None|None|None||"),
            ("cycles: ", "|None/None|None|None|None|cycles|"),
            ("hello world", "none"),
            ("12 13 14", "none"),
            ("", "none"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn frames_are_read_from_both_ends() {
        for (line, symbol, module) in [
            ("\t  6f1 main (/workdir/forks)", "main", Some("/workdir/forks")),
            ("\t  6f1 main+0x1a (/bin/a (deleted))", "main", Some("/bin/a (deleted)")),
            (
                "\t  6f1 f(int)::{lambda()#1}::operator()() const+0x1 (/a b)",
                "f(int)::{lambda()#1}::operator()() const",
                Some("/a b"),
            ),
            ("\t ffffffff81 [unknown] ([kernel.kallsyms])", "[unknown]", Some("[kernel.kallsyms]")),
            ("\t 1 a+0xzz (/x)", "a+0xzz", Some("/x")),
            ("\t 1 main+0x2", "main", None),
            ("\t 1 (/x)", "", Some("/x")),
            ("\t 1 f() (/odd)path)", "f()", Some("/odd)path")),
            ("\t 1", "", None),
        ] {
            let frame = frame(line.as_bytes()).expect(line);
            assert_eq!(
                (frame.symbol, frame.module),
                (symbol.as_bytes(), module.map(str::as_bytes)),
                "{line}"
            );
        }
        let inlined = frame(b"\t  12b3 inl(int) (inlined)").expect("a frame");
        assert_eq!((inlined.symbol, inlined.is_inlined, inlined.address), (&b"inl(int)"[..], true, 0x12b3));
        assert_eq!(frame(b"\tmain"), None);
        assert_eq!(frame(b"\t"), None);
        assert_eq!(source_line(b"  w.c:8 (inlined)"), Some((&b"w.c"[..], 8, true)));
        assert_eq!(source_line(b"  libc.so.6[1234]"), None);
    }
}
