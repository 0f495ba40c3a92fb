//! Images of processes: the few bytes of files and memory that a reader looks at, in one small file each.
//!
//! Form: for each piece a byte (0 a file, 1 memory), 8 bytes of length of a name or of an address, the name, 8 bytes
//! of length, how many runs of bytes that are not all zero follow, and for each of them place, length and bytes.
//! Numbers are of 8 bytes, the least first. The fuzz targets read images too.

use fathom_sys::process_view::{ProcessView, RecordedProcess};
use std::collections::BTreeMap;

pub(crate) const PAGE: usize = 4096;
/// Bytes that are kept or not as a whole.
pub(crate) const LINE: usize = 64;
/// The process's number in every image.
pub(crate) const PID: i32 = 7;

/// Files as below `/proc/PID`, and pages of memory by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) pages: BTreeMap<u64, Vec<u8>>,
}

impl Image {
    /// A process to read.
    pub(crate) fn view(&self) -> ProcessView {
        let mut recorded = RecordedProcess::new(PID, self.files.clone());
        for (address, bytes) in &self.pages {
            recorded.add_memory(*address, bytes.clone());
        }
        ProcessView::Recorded(recorded)
    }

    /// From the form above; `None` if it is another.
    pub(crate) fn parse(mut bytes: &[u8]) -> Option<Self> {
        let mut image = Self::default();
        while let Some((kind, rest)) = bytes.split_first() {
            bytes = rest;
            let place = number(&mut bytes)?;
            let name = if *kind == 0 { take(&mut bytes, place)? } else { &[] };
            let mut content = vec![0; usize::try_from(number(&mut bytes)?).ok()?];
            for _ in 0..number(&mut bytes)? {
                let start = usize::try_from(number(&mut bytes)?).ok()?;
                let length = number(&mut bytes)?;
                let run = take(&mut bytes, length)?;
                content.get_mut(start..start.checked_add(run.len())?)?.copy_from_slice(run);
            }
            if *kind == 0 {
                image.files.insert(String::from_utf8(name.to_vec()).ok()?, content);
            } else {
                image.pages.insert(place, content);
            }
        }
        Some(image)
    }

    /// In the form above.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in &self.files {
            bytes.push(0);
            bytes.extend((name.len() as u64).to_le_bytes());
            bytes.extend(name.bytes());
            runs(content, &mut bytes);
        }
        for (address, content) in &self.pages {
            bytes.push(1);
            bytes.extend(address.to_le_bytes());
            runs(content, &mut bytes);
        }
        bytes
    }
}

fn runs(content: &[u8], bytes: &mut Vec<u8>) {
    let is_kept = |line: &[u8]| line.iter().any(|byte| *byte != 0);
    let lines: Vec<(usize, &[u8])> =
        (0..).step_by(LINE).zip(content.chunks(LINE)).filter(|(_, line)| is_kept(line)).collect();
    let runs: Vec<&[(usize, &[u8])]> = lines.chunk_by(|a, b| a.0 + LINE == b.0).collect();
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend((runs.len() as u64).to_le_bytes());
    for run in runs {
        bytes.extend((run[0].0 as u64).to_le_bytes());
        bytes.extend(run.iter().map(|(_, line)| line.len() as u64).sum::<u64>().to_le_bytes());
        bytes.extend(run.iter().flat_map(|(_, line)| *line));
    }
}

fn number(bytes: &mut &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(take(bytes, 8)?.try_into().ok()?))
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(taken)
}

/// Changes an image as `changes` says, 8 bytes each: which line of which memory, which word of it, what becomes of it.
/// The words that stand there are addresses, lengths and numbers of states; so are most of those that replace them.
pub(crate) fn damage(image: &mut Image, changes: &[u8]) {
    let places: Vec<u64> = image
        .pages
        .iter()
        .flat_map(|(address, bytes)| {
            let lines = (0u64..).step_by(8).zip(bytes.chunks(8));
            lines.filter(|(_, word)| word.iter().any(|byte| *byte != 0)).map(|(at, _)| *address + at)
        })
        .collect();
    if places.is_empty() {
        return;
    }
    let word_at = |image: &Image, place: u64| -> Option<u64> {
        let bytes = image.pages.get(&(place & !(PAGE as u64 - 1)))?;
        let at = place as usize % PAGE;
        Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
    };
    for change in changes.chunks_exact(8) {
        let place_of =
            |low: u8, high: u8| places[usize::from(u16::from_le_bytes([low, high])) % places.len()];
        // Fields beside it that are zero are reached by the distance.
        let place = place_of(change[0], change[1]).wrapping_add(u64::from(change[2] >> 5) * 8);
        let other = place_of(change[4], change[5]);
        let small = u64::from(u16::from_le_bytes([change[6], change[7]]));
        let before = word_at(image, place).unwrap_or(0);
        let word = match change[2] & 7 {
            0 => small,
            1 => other.wrapping_add(small & 0xff).wrapping_sub(change[3].into()),
            2 => before.wrapping_add(small).wrapping_sub(0x8000),
            3 => word_at(image, other).unwrap_or(0),
            4 => small << (change[3] & 63),
            5 => place.wrapping_sub(u64::from(change[3])),
            6 => before ^ small << (change[3] & 63),
            _ => {
                image.pages.remove(&(place & !(PAGE as u64 - 1)));
                continue;
            }
        };
        let bytes = image.pages.get_mut(&(place & !(PAGE as u64 - 1)));
        let at = place as usize % PAGE;
        if let Some(bytes) = bytes.and_then(|bytes| bytes.get_mut(at..at + 8)) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
    }
}
