//! Reads a source chunk by chunk: metadata and constant pools of a chunk first, then its events one by one.
//!
//! Chunks never overlap and nothing in a chunk is read from outside of it, so that time and memory stay in
//! proportion to the source whatever its bytes say. What is damaged is an issue with its offset, and reading goes
//! on: with what a walk over the chunk finds where the header points to nothing, else at the next chunk.

use super::cursor::Cursor;
use super::event::{Event, is_ticks};
use super::header::{ChunkHeader, HEADER_BYTES, MAGIC};
use super::metadata::{TypeIndex, Types};
use super::pools::Pools;
use super::skip::skip;
use super::source::{ReadAt, Window};
use super::value::Context;
use fathom_model::Issue;
use std::collections::BTreeMap;
use std::io;

const SOURCE: &str = "jfr recording";
/// Bytes of an event; the largest of the virtual machine (its command line, system properties) have some thousand.
const MAX_EVENT_BYTES: u64 = 64 << 20;
/// Bytes of the size and the type of an event, at most.
const MAX_EVENT_HEAD: usize = 18;
/// Further ones say nothing new.
const MAX_ISSUES: usize = 1000;

const METADATA_TYPE: u64 = 0;
const CHECKPOINT_TYPE: u64 = 1;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Chunks whose header was sound.
    pub n_chunks: u32,
    /// Events given to the visitor.
    pub n_events: u64,
    /// Events of types that the metadata does not have, and events whose bytes do not fit their type.
    pub n_skipped: u64,
    /// Wall-clock time of the first chunk's begin, nanoseconds since 1970.
    pub start_nanos: Option<i64>,
    /// Wall-clock time of the last chunk's end as its header has it.
    pub end_nanos: Option<i64>,
    /// What is wrong with the bytes.
    pub issues: Vec<Issue>,
}

/// Reads every event of a source and gives it to `visit`, in the order of the bytes, which is not that of time.
pub fn read_events(source: &mut dyn ReadAt, visit: &mut dyn FnMut(&Event<'_>)) -> Summary {
    let mut summary = Summary::default();
    let result = Window::new(source).and_then(|window| {
        let mut reader = Reader { window, visit, summary: &mut summary };
        reader.read()
    });
    if let Err(error) = result {
        summary.note(Issue::of(SOURCE, format!("cannot be read on: {error}")));
    }
    summary
}

impl Summary {
    fn note(&mut self, issue: Issue) {
        if self.issues.len() < MAX_ISSUES {
            self.issues.push(issue);
        }
    }
}

struct Reader<'s, 'v> {
    window: Window<'s>,
    visit: &'v mut dyn FnMut(&Event<'_>),
    summary: &'v mut Summary,
}

/// Size, type and length of the head of an event.
struct EventHead {
    size: u64,
    type_id: u64,
    n_bytes: usize,
}

impl Reader<'_, '_> {
    fn read(&mut self) -> io::Result<()> {
        let length = self.window.length();
        let mut at = 0;
        while at < length {
            let found = ChunkHeader::read(self.window.exactly(at, HEADER_BYTES as usize)?);
            at = match found {
                Ok(header) => {
                    let (data_end, end) = self.ends(at, &header)?;
                    self.summary.n_chunks += 1;
                    self.summary.start_nanos.get_or_insert(header.start_nanos);
                    self.summary.end_nanos =
                        Some(header.start_nanos.saturating_add(header.duration_nanos.max(0)));
                    self.chunk(at, header, data_end)?;
                    end
                }
                Err(message) => {
                    self.note(at, message);
                    self.next_chunk(at + 1)?.unwrap_or(length)
                }
            };
        }
        Ok(())
    }

    fn note(&mut self, offset: u64, message: impl Into<String>) {
        self.summary.note(Issue::at(SOURCE, offset, message));
    }

    /// Where the events that can be read end, and where the next chunk is looked for.
    fn ends(&mut self, start: u64, header: &ChunkHeader) -> io::Result<(u64, u64)> {
        let length = self.window.length();
        let claimed = start.checked_add(header.size).filter(|_| header.size >= HEADER_BYTES);
        if let Some(claimed) = claimed.filter(|claimed| *claimed <= length)
            && (claimed == length || self.window.exactly(claimed, MAGIC.len())? == MAGIC)
        {
            if !header.is_finished {
                self.note(start, "the chunk was not closed by its writer");
            }
            return Ok((claimed, claimed));
        }
        // Cut off, still being written, or damaged.
        let end = self.next_chunk(start + HEADER_BYTES)?.unwrap_or(length);
        let there = end - start;
        if header.is_finished {
            self.note(
                start,
                format!("the chunk says that it has {} bytes, but {there} are there", header.size),
            );
            return Ok((end, end));
        }
        let data_end = claimed.unwrap_or(end).min(end);
        let known = data_end - start;
        self.note(
            start,
            format!("the chunk was not closed by its writer, {known} of {there} bytes are read"),
        );
        Ok((data_end, end))
    }

    /// The next place where a chunk seems to begin.
    fn next_chunk(&mut self, from: u64) -> io::Result<Option<u64>> {
        let length = self.window.length();
        let mut at = from;
        while let Some(found) = self.window.find(MAGIC, at, length)? {
            if matches!(self.window.exactly(found + 4, 2)?, [0, 1 | 2]) {
                return Ok(Some(found));
            }
            at = found + 1;
        }
        Ok(None)
    }

    fn chunk(&mut self, start: u64, header: ChunkHeader, end: u64) -> io::Result<()> {
        let first = start + HEADER_BYTES;
        let metadata_at = start.checked_add(header.metadata_offset).filter(|at| *at >= first);
        let mut types = None;
        if let Some(at) = metadata_at {
            types = self.types(at, end, &header)?;
        }
        // The walk is only made where the header does not help: it reads the whole chunk.
        let mut walked = None;
        if types.is_none() {
            let (metadata, checkpoints) = self.walk(first, end, &header)?;
            for at in metadata.into_iter().rev() {
                types = self.types(at, end, &header)?;
                if types.is_some() {
                    break;
                }
            }
            walked = Some(checkpoints);
        }
        let Some(types) = types else {
            self.note(start, "no metadata in this chunk: its events cannot be read");
            return Ok(());
        };
        let checkpoints = match walked {
            Some(checkpoints) => checkpoints,
            None => match self.chain(start, &header, end)? {
                Some(chain) => chain,
                None => self.walk(first, end, &header)?.1,
            },
        };
        let pools = self.pools(&types, &checkpoints, end, &header)?;
        let context = Context { header, types, pools };
        self.events(&context, first, end)
    }

    /// The head of the event at `at`; `None` if none can be there.
    fn head(&mut self, at: u64, end: u64, header: &ChunkHeader) -> io::Result<Option<EventHead>> {
        let bytes = self.window.at_least(at, MAX_EVENT_HEAD)?;
        let n_before = bytes.len();
        let mut cursor = Cursor::new(bytes, header.is_compressed);
        let size = if header.is_compressed { cursor.long() } else { cursor.int().map(u64::from) };
        let (Some(size), Some(type_id)) = (size, cursor.long()) else { return Ok(None) };
        let n_bytes = n_before - cursor.rest().len();
        let fits = size >= n_bytes as u64 && at.checked_add(size).is_some_and(|next| next <= end);
        Ok(fits.then_some(EventHead { size, type_id, n_bytes }))
    }

    /// The types that a metadata event at this place declares.
    fn types(&mut self, at: u64, end: u64, header: &ChunkHeader) -> io::Result<Option<Types>> {
        let Some(head) = self.head(at, end, header)?.filter(|head| head.type_id == METADATA_TYPE) else {
            self.note(at, "no metadata event stands here");
            return Ok(None);
        };
        let mut bytes = Vec::new();
        self.window.append_to(&mut bytes, at, head.size as usize)?;
        let payload = bytes.get(head.n_bytes..).unwrap_or_default();
        match Types::read(Cursor::new(payload, header.is_compressed)) {
            Ok(types) => Ok(Some(types)),
            Err(message) => {
                self.note(at, message);
                Ok(None)
            }
        }
    }

    /// The checkpoint events that the header leads to, from the newest back; `None` if the chain is broken.
    fn chain(&mut self, start: u64, header: &ChunkHeader, end: u64) -> io::Result<Option<Vec<u64>>> {
        let mut chain = Vec::new();
        let mut at = start.saturating_add(header.checkpoint_offset);
        // A checkpoint ends before the one that leads to it: no chain is a cycle or reads bytes twice.
        let mut before = end;
        loop {
            let head = match at >= start + HEADER_BYTES {
                true => self.head(at, before, header)?.filter(|head| head.type_id == CHECKPOINT_TYPE),
                false => None,
            };
            let Some(head) = head else {
                self.note(at, "no checkpoint event stands here, all of the chunk are looked for");
                return Ok(None);
            };
            chain.push(at);
            let bytes = self.window.exactly(at, head.size.min(64) as usize)?;
            let mut cursor = Cursor::new(bytes.get(head.n_bytes..).unwrap_or_default(), header.is_compressed);
            let delta = cursor.long().and(cursor.long()).and(cursor.long()).map_or(0, |delta| delta as i64);
            if delta == 0 {
                return Ok(Some(chain));
            }
            before = at;
            at = at.saturating_add_signed(delta);
        }
    }

    /// Every metadata event in order, and every checkpoint event from the last back.
    fn walk(&mut self, first: u64, end: u64, header: &ChunkHeader) -> io::Result<(Vec<u64>, Vec<u64>)> {
        let (mut metadata, mut checkpoints) = (Vec::new(), Vec::new());
        let mut at = first;
        while at < end
            && let Some(head) = self.head(at, end, header)?
        {
            match head.type_id {
                METADATA_TYPE => metadata.push(at),
                CHECKPOINT_TYPE => checkpoints.push(at),
                _ => {}
            }
            at += head.size;
        }
        checkpoints.reverse();
        Ok((metadata, checkpoints))
    }

    /// Reads the checkpoint events at these places. Of constants with one key the oldest counts, as in the JDK's own
    /// reader: a thread keeps its first name.
    fn pools(&mut self, types: &Types, places: &[u64], end: u64, header: &ChunkHeader) -> io::Result<Pools> {
        let mut pools = Pools::default();
        for at in places {
            let Some(head) = self.head(*at, end, header)? else { continue };
            if pools.is_full(head.size as usize) {
                self.note(
                    *at,
                    format!("more than {} bytes of constants, the rest is not read", pools.n_bytes()),
                );
                break;
            }
            let from = pools.bytes_mut().len();
            self.window.append_to(pools.bytes_mut(), *at, head.size as usize)?;
            if let Err(message) = pools.index(types, from + head.n_bytes, header.is_compressed) {
                self.note(*at, message);
            }
        }
        pools.finish();
        Ok(pools)
    }

    fn events(&mut self, context: &Context, first: u64, end: u64) -> io::Result<()> {
        let mut skipped = Skipped::default();
        let mut offsets = Vec::new();
        let mut at = first;
        while at < end {
            let Some(head) = self.head(at, end, &context.header)? else {
                let left = end - at;
                self.note(
                    at,
                    format!("no event stands here, the last {left} bytes of the chunk are not read"),
                );
                break;
            };
            let (here, size) = (at, head.size);
            at += size;
            if matches!(head.type_id, METADATA_TYPE | CHECKPOINT_TYPE) {
                continue;
            }
            let Some(index) = context.types.index_of(head.type_id) else {
                skipped.unknown(head.type_id, here);
                continue;
            };
            if size > MAX_EVENT_BYTES {
                skipped.damaged(index, here);
                continue;
            }
            let bytes = self.window.exactly(here, size as usize)?;
            let payload = bytes.get(head.n_bytes..).unwrap_or_default();
            match event(context, index, payload, &mut offsets, self.summary.n_chunks - 1) {
                Some(event) => {
                    self.summary.n_events += 1;
                    (self.visit)(&event);
                }
                None => skipped.damaged(index, here),
            }
        }
        skipped.tell(context, self.summary);
        Ok(())
    }
}

/// An event, if all of its fields are in the bytes.
fn event<'a>(
    context: &'a Context,
    index: TypeIndex,
    payload: &'a [u8],
    offsets: &'a mut Vec<u32>,
    chunk: u32,
) -> Option<Event<'a>> {
    let of = context.types.get(index);
    if !of.is_event || !of.is_sound {
        return None;
    }
    offsets.clear();
    let mut cursor = Cursor::new(payload, context.header.is_compressed);
    for field in &of.fields {
        offsets.push((payload.len() - cursor.rest().len()) as u32);
        skip(&context.types, field, &mut cursor)?;
    }
    let ticks = |at: usize| {
        let bytes = payload.get(*offsets.get(at)? as usize..)?;
        Cursor::new(bytes, context.header.is_compressed).long().map(|ticks| ticks as i64)
    };
    // Every event begins with the moment of its start; those with a length have it next.
    let start = of.fields.first().filter(|field| &*field.name == "startTime" && is_ticks(field));
    start?;
    let has_duration = of.fields.get(1).is_some_and(|field| &*field.name == "duration" && is_ticks(field));
    let duration = if has_duration { ticks(1)?.max(0) } else { 0 };
    let start_nanos = context.header.wall_nanos(ticks(0)?);
    let duration_nanos = context.header.span_nanos(duration);
    Some(Event { name: &of.name, start_nanos, duration_nanos, chunk, context, of, payload, offsets })
}

/// Events that are not given, by type: how many, and where the first stands.
#[derive(Default)]
struct Skipped {
    unknown: BTreeMap<u64, (u64, u64)>,
    damaged: BTreeMap<TypeIndex, (u64, u64)>,
}

impl Skipped {
    fn unknown(&mut self, type_id: u64, at: u64) {
        // Bytes that are no events name as many types as there are bytes.
        if self.unknown.len() < MAX_ISSUES || self.unknown.contains_key(&type_id) {
            self.unknown.entry(type_id).or_insert((0, at)).0 += 1;
        }
    }

    fn damaged(&mut self, index: TypeIndex, at: u64) {
        self.damaged.entry(index).or_insert((0, at)).0 += 1;
    }

    fn tell(self, context: &Context, summary: &mut Summary) {
        for (type_id, (n, at)) in self.unknown {
            summary.n_skipped += n;
            let message = format!("{n} events of type {type_id}, which the metadata does not have");
            summary.note(Issue::at(SOURCE, at, message));
        }
        for (index, (n, at)) in self.damaged {
            summary.n_skipped += n;
            let name = &context.types.get(index).name;
            let message = format!("{n} events of type `{name}` do not fit their type and are left out");
            summary.note(Issue::at(SOURCE, at, message));
        }
    }
}
