//! `maps` and `smaps_rollup`.

use super::{ProcError, key_values, lines, parse_hex, parse_kib, parse_number};

/// One line of `/proc/PID/maps`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryMap {
    /// First address.
    pub start: u64,
    /// Address after the last.
    pub end: u64,
    /// May be read.
    pub readable: bool,
    /// May be written.
    pub writable: bool,
    /// May be executed.
    pub executable: bool,
    /// Writes are seen by others.
    pub shared: bool,
    /// Offset of `start` in the file.
    pub file_offset: u64,
    /// Device of the file, as major and minor.
    pub device: (u32, u32),
    /// Inode of the file, 0 for none.
    pub inode: u64,
    /// Path as the target sees it, `[heap]`, `[vdso]`, ..., or empty. Without the kernel's ` (deleted)`.
    pub path: String,
    /// Whether the file had no name any more.
    pub deleted: bool,
}

impl MemoryMap {
    /// Length in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.end - self.start
    }

    /// Whether a file stands behind it.
    pub fn is_file(&self) -> bool {
        self.path.starts_with('/')
    }
}

/// Parses `maps`: the lines that are well formed, in their order, and how many were not.
pub fn parse_maps(bytes: &[u8]) -> (Vec<MemoryMap>, usize) {
    let mut n_malformed = 0;
    let maps = lines(bytes)
        .filter_map(|line| {
            let map = parse_line(line);
            n_malformed += usize::from(map.is_none());
            map
        })
        .collect();
    (maps, n_malformed)
}

/// The five fields are single blanks apart; the path starts after the blanks behind the inode and goes to
/// the line's end (the kernel writes a newline in a path as `\012`).
fn parse_line(line: &[u8]) -> Option<MemoryMap> {
    let mut rest = line;
    let mut field = || {
        let begin = rest.iter().position(|byte| *byte != b' ')?;
        let end = rest[begin..].iter().position(|byte| *byte == b' ').map_or(rest.len(), |at| begin + at);
        let word = &rest[begin..end];
        rest = &rest[end..];
        Some(word)
    };
    let (range, flags, offset, device, inode) = (field()?, field()?, field()?, field()?, field()?);
    let dash = range.iter().position(|byte| *byte == b'-')?;
    let (start, end) = (parse_hex(&range[..dash])?, parse_hex(&range[dash + 1..])?);
    let colon = device.iter().position(|byte| *byte == b':')?;
    if flags.len() != 4 || end < start {
        return None;
    }
    let path = String::from_utf8_lossy(rest.trim_ascii_start()).into_owned();
    let (path, deleted) = match path.strip_suffix(" (deleted)") {
        Some(path) => (path.to_string(), true),
        None => (path, false),
    };
    Some(MemoryMap {
        start,
        end,
        readable: flags[0] == b'r',
        writable: flags[1] == b'w',
        executable: flags[2] == b'x',
        shared: flags[3] == b's',
        file_offset: parse_hex(offset)?,
        device: (
            u32::try_from(parse_hex(&device[..colon])?).ok()?,
            u32::try_from(parse_hex(&device[colon + 1..])?).ok()?,
        ),
        inode: parse_number(inode)?,
        path,
        deleted,
    })
}

/// `/proc/PID/smaps_rollup` in bytes. Reading it walks the page tables under `mmap_lock`: up to 10 ms per GB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryRollup {
    /// Resident set, exact.
    pub resident_bytes: u64,
    /// Resident set with shared pages divided among their users.
    pub proportional_bytes: u64,
    /// Anonymous part of the resident set.
    pub anonymous_bytes: u64,
    /// Swapped out.
    pub swap_bytes: u64,
}

/// Parses `smaps_rollup`.
pub fn parse_smaps_rollup(bytes: &[u8]) -> Result<MemoryRollup, ProcError> {
    let mut rollup = MemoryRollup::default();
    let mut seen_pss = false;
    for (key, value) in key_values(bytes) {
        let slot = match key {
            b"Rss" => &mut rollup.resident_bytes,
            b"Pss" => {
                seen_pss = parse_kib(value).is_some();
                &mut rollup.proportional_bytes
            }
            b"Anonymous" => &mut rollup.anonymous_bytes,
            b"Swap" => &mut rollup.swap_bytes,
            _ => continue,
        };
        *slot = parse_kib(value).unwrap_or(0);
    }
    if seen_pss { Ok(rollup) } else { Err(ProcError::new("smaps_rollup", bytes, "a line `Pss:` in kB")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_files_names_with_blanks_and_special_maps() {
        let text =
            b"55a0c0000000-55a0c0001000 r-xp 00001000 08:01 1234                       /opt/my app/bin (x)\n\
            7f0000000000-7f0000001000 rw-s 00000000 00:05 99 /dev/shm/a (deleted)\n\
            7f0000002000-7f0000003000 ---p 00000000 00:00 0 \n\
            not a line\n\
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";
        let (maps, n_malformed) = parse_maps(text);
        assert_eq!((maps.len(), n_malformed), (4, 1));
        assert_eq!(maps[0].path, "/opt/my app/bin (x)");
        assert!(maps[0].executable && !maps[0].writable && maps[0].is_file() && !maps[0].deleted);
        assert_eq!((maps[0].file_offset, maps[0].device, maps[0].inode), (0x1000, (8, 1), 1234));
        assert_eq!((maps[1].path.as_str(), maps[1].deleted, maps[1].shared), ("/dev/shm/a", true, true));
        assert_eq!(maps[2].path, "");
        assert_eq!(maps[3].start, 0xffff_ffff_ff60_0000);
        assert_eq!(maps[3].path, "[vsyscall]");
    }

    #[test]
    fn an_end_before_the_start_is_malformed() {
        assert_eq!(parse_maps(b"2000-1000 r-xp 0 00:00 0\n"), (Vec::new(), 1));
    }

    #[test]
    fn rollup_in_bytes() {
        let text = b"5600-7fff ---p 00000000 00:00 0                          [rollup]\nRss: 1684 kB\n\
            Pss:                 370 kB\nPss_Dirty:           112 kB\nAnonymous:           112 kB\nSwap: 8 kB\n";
        let rollup = parse_smaps_rollup(text).unwrap();
        assert_eq!(rollup.proportional_bytes, 370 * 1024);
        assert_eq!((rollup.resident_bytes, rollup.swap_bytes), (1684 * 1024, 8 * 1024));
        assert!(parse_smaps_rollup(b"").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_smaps_rollup(&bytes);
            for map in parse_maps(&bytes).0 {
                let _ = map.size_bytes();
            }
        }

        #[test]
        fn any_line_reads_back(start in 0u64..u64::MAX / 2, size in 0u64..1 << 40, offset: u64, inode: u64, path in "/[ -~]{0,40}[!-&*-~]") {
            let line = format!("{:x}-{:x} r-xp {offset:08x} fd:01 {inode}     {path}\n", start, start + size);
            let (maps, n_malformed) = parse_maps(line.as_bytes());
            prop_assert_eq!(n_malformed, 0);
            prop_assert_eq!(maps[0].size_bytes(), size);
            prop_assert_eq!(maps[0].file_offset, offset);
            prop_assert_eq!(maps[0].inode, inode);
            prop_assert_eq!(&maps[0].path, &path);
        }
    }
}
