//! Makes an image of a live process: all that a reader could look at, less all that makes no difference to it.

use super::images::{Image, LINE, PAGE, PID};
use fathom_runtimes::RuntimeDump;
use fathom_sys::file_map::file_bytes;
use fathom_sys::proc::MemoryMap;
use fathom_sys::process_view::ProcessView;
use object::{Object, ObjectSection, ObjectSegment, ObjectSymbol};

/// What is read of an image.
pub(crate) type Read = fn(&ProcessView) -> Option<(String, RuntimeDump)>;

/// Files and memory of a live process, but for the files that are mapped.
pub(crate) fn all_of(live: &ProcessView) -> Image {
    let mut image = Image::default();
    for tid in live.threads().expect("it lives") {
        // Numbers as in the image's own process.
        let status = live.read(&format!("task/{tid}/status")).expect("it lives");
        let status = String::from_utf8_lossy(&status).into_owned();
        let kept = status.lines().filter(|line| line.starts_with("NSpid"));
        image.files.insert(format!("task/{tid}/status"), kept.collect::<Vec<_>>().join("\n").into_bytes());
        if let Ok(syscall) = live.read(&format!("task/{tid}/syscall")) {
            image.files.insert(format!("task/{tid}/syscall"), syscall);
        }
    }
    for map in live.maps().expect("it lives").0 {
        if !map.readable || map.size_bytes() > 2 << 30 || map.path.starts_with("[v") {
            continue;
        }
        for address in (map.start..map.end).step_by(PAGE) {
            let mut page = vec![0; PAGE];
            let is_read = live.read_memory(address, &mut page).is_ok_and(|n| n == PAGE);
            if is_read && page.iter().any(|byte| *byte != 0) {
                rename(&mut page);
                image.pages.insert(address, page);
            }
        }
    }
    image
}

/// Gives files in whoever's home another place, of the same length.
fn rename(page: &mut [u8]) {
    const FROM: &[u8] = b"/root/";
    const TO: &[u8] = b"/home/";
    for at in 0..page.len() - FROM.len() {
        if page[at..].starts_with(FROM) {
            page[at..at + TO.len()].copy_from_slice(TO);
        }
    }
}

/// Gives it a program of this path, one mapping of it, and nothing else.
pub(crate) fn set_program(image: &mut Image, path: &str, map: &str, program: Vec<u8>) {
    image.files.insert("exe".to_owned(), path.into());
    image.files.insert("maps".to_owned(), format!("{map} {path}\n").into_bytes());
    image.files.insert("status".to_owned(), format!("NSpid:\t{PID}\n").into_bytes());
    image.files.insert(format!("root{path}"), program);
}

/// Run-time addresses of symbols and sections in the files of a live process, by name.
pub(crate) fn addresses(live: &ProcessView, names: &[&str]) -> Vec<(String, u64)> {
    let mut found: Vec<(String, u64)> = Vec::new();
    let maps = live.maps().expect("it lives").0;
    for map in maps.iter().filter(|map| map.path.contains("ython") || map.path.contains("_asyncio")) {
        let file = live.open_mapped(&map.path, map.inode, (map.start, map.end));
        let Ok(bytes) = file.and_then(file_bytes) else { continue };
        let Ok(elf) = object::File::parse(bytes.as_ref()) else { continue };
        let Some(bias) = bias(&elf, map) else { continue };
        let symbols = elf.dynamic_symbols().chain(elf.symbols()).filter(|symbol| symbol.is_definition());
        let symbols = symbols.map(|symbol| (symbol.name().unwrap_or_default().to_owned(), symbol.address()));
        let sections =
            elf.sections().map(|section| (section.name().unwrap_or_default().to_owned(), section.address()));
        for (name, address) in symbols.chain(sections) {
            if names.contains(&name.as_str()) && found.iter().all(|(known, _)| *known != name) {
                found.push((name, address.wrapping_add(bias)));
            }
        }
    }
    found
}

fn bias(elf: &object::File<'_>, map: &MemoryMap) -> Option<u64> {
    elf.segments().find_map(|segment| {
        let (offset, length) = segment.file_range();
        let first = offset & !(PAGE as u64 - 1);
        (first..offset + length.max(1))
            .contains(&map.file_offset)
            .then(|| map.start.wrapping_sub(segment.address() + map.file_offset - offset))
    })
}

/// A program that is nothing but symbols, and sections that begin at an address. It is mapped at 0.
pub(crate) fn program_of_symbols(symbols: &[(String, u64)]) -> Vec<u8> {
    const HEADER: usize = 64;
    const SEGMENT: usize = 56;
    let (names, sections): (Vec<_>, Vec<_>) = symbols.iter().partition(|(name, _)| !name.starts_with('.'));
    let mut strings = vec![0];
    let mut name = |text: &str| {
        let at = strings.len() as u32;
        strings.extend(text.bytes().chain([0]));
        at
    };
    let mut table = vec![0; 24];
    for (text, address) in names {
        table.extend(name(text).to_le_bytes());
        // A global object of the second section.
        table.extend([0x11, 0, 1, 0]);
        table.extend(address.to_le_bytes());
        table.extend([0; 8]);
    }
    let at = (HEADER + SEGMENT) as u64;
    // Name, type, address, offset, size, link, info, size of an entry.
    let mut headers = vec![[0; 8]];
    headers.push([name(".symtab").into(), 2, 0, at, table.len() as u64, 2, 1, 24]);
    let strtab = name(".strtab");
    for (text, address) in sections {
        headers.push([name(text).into(), 8, *address, 0, 8, 0, 0, 0]);
    }
    headers.insert(2, [strtab.into(), 3, 0, at + table.len() as u64, strings.len() as u64, 0, 0, 0]);
    let end = (at as usize + table.len() + strings.len()).next_multiple_of(8);
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0".to_vec();
    for word in [0, HEADER as u64, end as u64] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([0; 4]);
    for half in [HEADER, SEGMENT, 1, 64, headers.len(), 2] {
        bytes.extend((half as u16).to_le_bytes());
    }
    bytes.extend([1u32, 4].map(u32::to_le_bytes).concat());
    bytes.extend([0, 0, 0, PAGE as u64, PAGE as u64, PAGE as u64].map(u64::to_le_bytes).concat());
    bytes.extend(table);
    bytes.extend(strings);
    bytes.resize(end, 0);
    for [name, kind, address, offset, size, link, info, entry] in headers {
        bytes.extend([name as u32, kind as u32].map(u32::to_le_bytes).concat());
        bytes.extend([0, address, offset, size].map(u64::to_le_bytes).concat());
        bytes.extend([link as u32, info as u32].map(u32::to_le_bytes).concat());
        bytes.extend([8, entry].map(u64::to_le_bytes).concat());
    }
    bytes
}

/// Takes away what makes no difference to what `read` says: pages, lines of pages, lines of large files.
pub(crate) fn reduce(mut image: Image, read: Read) -> Image {
    let wanted = read(&image.view());
    assert!(wanted.is_some(), "it cannot be read");
    let pages: Vec<u64> = image.pages.keys().copied().collect();
    without(
        &mut image,
        &pages,
        |image| read(&image.view()) == wanted,
        |image, page| {
            image.pages.remove(page);
        },
    );
    let lines: Vec<(u64, usize)> =
        image.pages.keys().flat_map(|page| (0..PAGE / LINE).map(|line| (*page, line * LINE))).collect();
    without(
        &mut image,
        &lines,
        |image| read(&image.view()) == wanted,
        |image, (page, at)| {
            if let Some(page) = image.pages.get_mut(page) {
                page[*at..*at + LINE].fill(0);
            }
        },
    );
    let large = image.files.iter().filter(|(_, content)| content.len() > PAGE);
    let lines: Vec<(String, usize)> = large
        .flat_map(|(name, content)| (0..content.len()).step_by(LINE).map(|at| (name.clone(), at)))
        .collect();
    without(
        &mut image,
        &lines,
        |image| read(&image.view()) == wanted,
        |image, (name, at)| {
            if let Some(content) = image.files.get_mut(name) {
                let end = content.len().min(*at + LINE);
                content[*at..end].fill(0);
            }
        },
    );
    image
}

/// Removes of `parts` as many as the image can do without: halves, quarters, and so on.
fn without<T>(
    image: &mut Image,
    parts: &[T],
    is_enough: impl Fn(&Image) -> bool,
    remove: impl Fn(&mut Image, &T),
) {
    let mut open = vec![parts];
    while let Some(parts) = open.pop() {
        let mut less = image.clone();
        parts.iter().for_each(|part| remove(&mut less, part));
        if less == *image {
            continue;
        }
        if is_enough(&less) {
            *image = less;
        } else if parts.len() > 1 {
            let (left, right) = parts.split_at(parts.len() / 2);
            open.extend([left, right]);
        }
    }
}
