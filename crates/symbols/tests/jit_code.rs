//! Jitdumps written here record by record.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test helpers")]

use fathom_symbols::Jitdump;

#[derive(Default)]
struct Writer {
    bytes: Vec<u8>,
    big: bool,
}

impl Writer {
    fn new(big: bool) -> Self {
        let mut writer = Self { bytes: Vec::new(), big };
        for number in [0x4a69_5444, 1, 40, 62, 0, 77] {
            writer.half(number);
        }
        writer.word(5);
        writer.word(0);
        writer
    }

    fn half(&mut self, number: u32) {
        self.bytes.extend(if self.big { number.to_be_bytes() } else { number.to_le_bytes() });
    }

    fn word(&mut self, number: u64) {
        self.bytes.extend(if self.big { number.to_be_bytes() } else { number.to_le_bytes() });
    }

    fn record(&mut self, id: u32, time: u64, body: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.half(id);
        self.half(0);
        self.word(time);
        body(self);
        let size = (self.bytes.len() - start) as u32;
        let size = if self.big { size.to_be_bytes() } else { size.to_le_bytes() };
        self.bytes[start + 4..start + 8].copy_from_slice(&size);
    }

    fn load(&mut self, time: u64, address: u64, size: u64, index: u64, name: &str) {
        self.record(0, time, |writer| {
            writer.half(77);
            writer.half(77);
            [address, address, size, index].iter().for_each(|number| writer.word(*number));
            writer.bytes.extend(name.as_bytes());
            writer.bytes.push(0);
            writer.bytes.extend(vec![0xcc; size as usize]);
        });
    }

    fn relocate(&mut self, time: u64, old: u64, new: u64, size: u64, index: u64) {
        self.record(1, time, |writer| {
            writer.half(77);
            writer.half(77);
            [new, old, new, size, index].iter().for_each(|number| writer.word(*number));
        });
    }

    fn lines(&mut self, address: u64, lines: &[(u64, u32, &[u8])]) {
        self.record(2, 1, |writer| {
            writer.word(address);
            writer.word(lines.len() as u64);
            for (place, line, file) in lines {
                writer.word(*place);
                writer.half(*line);
                writer.half(0);
                writer.bytes.extend(*file);
                writer.bytes.push(0);
            }
        });
    }
}

fn sample(big: bool) -> Vec<u8> {
    let mut writer = Writer::new(big);
    writer.lines(0x1000, &[(0x1000, 3, b"a.js"), (0x1010, 4, b"\xff"), (0x1020, 9, b"b.js")]);
    writer.load(100, 0x1000, 0x40, 1, "first");
    writer.load(200, 0x1000, 0x20, 2, "second, over the first");
    writer.record(4, 210, |writer| writer.word(0));
    writer.load(250, 0x3000, 0x10, 3, "_ZN3foo3barEv");
    writer.relocate(300, 0x3000, 0x4000, 0x10, 3);
    writer.record(3, 400, |_| {});
    writer.bytes
}

#[test]
fn code_by_address_and_time() {
    for big in [false, true] {
        let (dump, issues) = Jitdump::parse(&sample(big));
        assert!(issues.is_empty(), "{issues:?}");
        let name = |address, time| dump.lookup(address, time).and_then(|frame| frame.function);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(name(0x1010, 150), text("first"));
        assert_eq!(name(0x1010, 200), text("second, over the first"));
        assert_eq!(name(0x1030, 500), text("first"), "the second one is shorter");
        assert_eq!(name(0x1010, 50), text("first"), "nothing else was there before");
        assert_eq!(name(0x1040, 150), None);
        assert_eq!(name(0x3005, 260), text("foo::bar()"));
        assert_eq!(name(0x3005, 300), None, "it moved away");
        assert_eq!(name(0x4005, 300), text("foo::bar()"));
        let place =
            |address| dump.lookup(address, 150).map(|frame| (frame.file.unwrap(), frame.line.unwrap()));
        assert_eq!(place(0x1000), Some(("a.js".to_owned(), 3)));
        assert_eq!(place(0x101f), Some(("a.js".to_owned(), 4)));
        assert_eq!(place(0x103f), Some(("b.js".to_owned(), 9)));
    }
}

#[test]
fn a_dump_still_being_written_gives_what_is_whole() {
    let whole = sample(false);
    for end in 40..whole.len() {
        let (dump, issues) = Jitdump::parse(&whole[..end]);
        assert!(issues.len() <= 1, "{issues:?}");
        if end > 300 {
            assert!(!dump.is_empty());
        }
    }
    let (dump, issues) = Jitdump::parse(b"not a jitdump at all");
    assert!(dump.is_empty() && issues.len() == 1);
}
