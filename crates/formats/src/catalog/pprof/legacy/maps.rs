//! The memory map at the end of an old file: `/proc/PID/maps`, or the shorter lines of other tools.

use super::scan::Lines;

/// Mappings of code that are kept; programs have some hundreds.
const MOST_MAPS: usize = 100_000;
/// Names that later lines may use.
const MOST_ATTRIBUTES: usize = 16;

/// A mapping of code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) start: u64,
    pub(super) limit: u64,
    pub(super) offset: u64,
    pub(super) path: String,
    pub(super) build_id: String,
}

/// The mappings of a program, its own file first.
#[derive(Debug, Default)]
pub(super) struct Maps {
    pub(super) list: Vec<Map>,
    /// Positions by the start of the mappings.
    by_start: Vec<usize>,
}

impl Maps {
    /// Reads every line that is a mapping with code; all others are none of its business.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut attributes: Vec<(String, String)> = Vec::new();
        let mut list = Vec::new();
        for line in Lines::new(bytes) {
            let mut text = without_log_prefix(&line.text).to_owned();
            for (name, value) in &attributes {
                // However often a line names one.
                if text.len() < 4096 {
                    text = text.replacen(name, value, 8);
                }
            }
            match map(&text) {
                Some(Some(map)) if list.len() < MOST_MAPS => list.push(map),
                Some(_) => {}
                None => {
                    if let Some((name, value)) = text.split_once('=')
                        && attributes.len() < MOST_ATTRIBUTES
                        && value.len() < 4096
                        && !name.trim().is_empty()
                    {
                        attributes.push((format!("${}", name.trim()), value.trim().to_owned()));
                    }
                }
            }
        }
        if let Some(program) = list.iter().position(is_program) {
            list.swap(0, program);
        }
        let mut by_start: Vec<usize> = (0..list.len()).collect();
        by_start.sort_by_key(|at| list[*at].start);
        Self { list, by_start }
    }

    /// The position of the mapping that holds an address.
    pub(super) fn find(&self, address: u64) -> Option<usize> {
        let behind = self.by_start.partition_point(|at| self.list[*at].start <= address);
        let holds = |at: &usize| address < self.list[*at].limit;
        let before = behind.checked_sub(1).map(|before| self.by_start[before]).filter(holds);
        // Some handlers leave the first part of a file out when it is mapped in several.
        let reaches_back = |at: &usize| {
            let map = &self.list[*at];
            map.offset != 0 && map.start.checked_sub(map.offset).is_some_and(|begin| begin <= address)
        };
        before.or_else(|| self.by_start.get(behind).copied().filter(reaches_back))
    }
}

/// Neither a library nor a pseudo file.
fn is_program(map: &Map) -> bool {
    let path = map.path.replace("(deleted)", "");
    let path = path.trim();
    !path.is_empty()
        && !path.starts_with('[')
        && !path.ends_with(".so")
        && !path.contains(".so.")
        && !path.contains(".so_")
}

/// `file.cc:12] ` in front of a line, as Google's logs have it.
fn without_log_prefix(line: &str) -> &str {
    let Some((before, behind)) = line.split_once("] ") else { return line };
    let is_prefix = !before.contains(['[', ']'])
        && before.rsplit_once(':').is_some_and(|(file, line)| {
            !file.is_empty() && !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
        });
    if is_prefix { behind } else { line }
}

/// A mapping; `Some(None)` for one without code.
fn map(line: &str) -> Option<Option<Map>> {
    let (start, rest) = hexadecimal(line.trim_start())?;
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (limit, rest) = hexadecimal(rest.trim_start())?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let words: Vec<&str> = rest.split_whitespace().take(8).collect();
    let mut words = words.as_slice();
    if let [permissions, behind @ ..] = words
        && permissions.bytes().all(|byte| b"-rwxp".contains(&byte))
    {
        if !permissions.contains('x') {
            return Some(None);
        }
        words = behind;
    }
    let is_device = |word: &&str| {
        word.split_once(':').is_some_and(|(major, minor)| is_hexadecimal(major) && is_hexadecimal(minor))
    };
    let offset_of = |text: &str| u64::from_str_radix(text, 16).unwrap_or(0);
    // As in /proc/PID/maps: offset, device, inode, path.
    if let [offset, device, inode, behind @ ..] = words
        && is_hexadecimal(offset)
        && is_device(device)
        && inode.bytes().all(|byte| byte.is_ascii_digit())
    {
        let path = behind.first().copied().unwrap_or("").to_owned();
        return Some(Some(Map { start, limit, offset: offset_of(offset), path, ..Map::default() }));
    }
    // Path, `(@offset)`, build id; each may be missing.
    let mut map = Map { start, limit, ..Map::default() };
    if let [path, behind @ ..] = words {
        map.path = (*path).to_owned();
        words = behind;
    }
    if let [offset, behind @ ..] = words
        && let Some(offset) = offset.strip_prefix("(@").and_then(|offset| offset.strip_suffix(')'))
    {
        map.offset = offset_of(offset);
        words = behind;
    }
    map.build_id =
        words.first().filter(|word| is_hexadecimal(word)).map_or(String::new(), |word| (*word).to_owned());
    Some(Some(map))
}

fn is_hexadecimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn hexadecimal(text: &str) -> Option<(u64, &str)> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let n = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (digits, rest) = text.split_at(n);
    Some((u64::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_lines_are_read() {
        let text = "build=/opt/app\n\
            7f00-8f00 r-xp 00000100 08:01 123 /lib/libc.so.6\n\
            9000-a000 rw-p 00000000 00:00 0\n\
            server.cc:12]  400000-500000: $build\n\
            0x600000-0x700000 /opt/other (@FF00) abc123\n\
            nothing of the kind\n";
        let maps = Maps::read(text.as_bytes());
        let found: Vec<_> = maps
            .list
            .iter()
            .map(|map| (map.start, map.offset, map.path.as_str(), map.build_id.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (0x40_0000, 0, "/opt/app", ""),
                (0x7f00, 0x100, "/lib/libc.so.6", ""),
                (0x60_0000, 0xff00, "/opt/other", "abc123"),
            ]
        );
        assert_eq!(maps.find(0x40_0001), Some(0));
        assert_eq!(maps.find(0x7e80), Some(1), "the part before it is missing");
        assert_eq!((maps.find(0x50_0000), maps.find(0x8f00)), (None, None));
    }
}
