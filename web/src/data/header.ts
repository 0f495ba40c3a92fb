//! The header of the container: its type, and the check that bytes claiming to
//! be one are one.
//!
//! Knows: the shape of the JSON. Does not know: the sections' contents. What is
//! optional to a reader of an older file is filled with its empty value.

import { fail, flag, list, nullable, number, oneOf, optional, record, text, whole, type Check, type Json } from './check';
import { judgement, type Judgement } from './judgement';

export type Unit = 'nanoseconds' | 'bytes' | 'count';
export interface Signal { id: string; name: string; unit: Unit; total: number; n: number; side: 0 | 1; sampleCountText: string; description: string }
export interface Thread { name: string; tid: number; process: number }
export interface Process { name: string; pid: number; command: string }
export interface TimelineRow { thread: number | null; label: string; process: number }
export interface TimelineHeader { bins: number; rows: TimelineRow[]; states: string[]; text: string }
export interface SeriesHeader { name: string; unit: string; process: number | null }
export type ShapeKind = 'plateau' | 'tower' | 'sawtooth';
export interface Shape { signal: number; node: number; kind: ShapeKind; title: string; text: string }
export interface Quality { label: string; text: string; bad: boolean }
export interface SourceSnippet { file: number; firstLine: number; text: number }
export type Verdict = 'more' | 'less' | 'new' | 'gone' | 'same' | 'unproved';
export interface DiffRow { fn: number; selfA: number; selfB: number; totalA: number; totalB: number; verdict: Verdict; low: number; high: number }
/** A stack whose total is proved to differ: function numbers from the outermost. */
export interface DiffStack { path: number[]; verdict: Verdict }
export interface DiffHeader { a: string; b: string; normalised: boolean; scale: number; rows: DiffRow[]; stacks: DiffStack[]; text: string }
export type SectionType = 'u8' | 'f64' | 'varint' | 'zigzag' | 'delta' | 'text';
export interface Section { type: SectionType; offset: number; bytes: number; count: number }

export interface Header {
  version: 1;
  mode: 'file' | 'view';
  kind: 'report' | 'diff';
  title: string;
  subtitle: string;
  fathom: string;
  durationNanos: number;
  realtimeStartNanos: string | null;
  signals: Signal[];
  threads: Thread[];
  processes: Process[];
  states: string[];
  kinds: string[];
  regions: string[];
  binNanos: number;
  folded: { nodes: number; text: string } | null;
  timeline: TimelineHeader | null;
  series: SeriesHeader[];
  shapes: Shape[];
  quality: Quality[];
  notes: string[];
  sources: SourceSnippet[];
  /** What the rules say; null where nobody judged, or a file is older than the rules. */
  judgement: Judgement | null;
  diff: DiffHeader | null;
  sections: Record<string, Section>;
}

const sections: Check<Record<string, Section>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, value, 'an object');
  const out: Record<string, Section> = Object.create(null);
  for (const [name, one] of Object.entries(value as Record<string, Json>)) out[name] = section(one, `sections.${name}`);
  return out;
};
const section = record<Section>({ type: oneOf('u8', 'f64', 'varint', 'zigzag', 'delta', 'text'), offset: whole, bytes: whole, count: whole });
const verdict = oneOf('more', 'less', 'new', 'gone', 'same', 'unproved');
const diffRow = record<DiffRow>({ fn: whole, selfA: number, selfB: number, totalA: number, totalB: number, verdict, low: number, high: number });
const diffStack = record<DiffStack>({ path: list(whole), verdict });

const header = record<Header>({
  version: oneOf(1),
  mode: oneOf('file', 'view'),
  kind: oneOf('report', 'diff'),
  title: text,
  subtitle: optional(text, ''),
  fathom: optional(text, ''),
  durationNanos: optional(number, 0),
  realtimeStartNanos: nullable(text),
  signals: list(record<Signal>({
    id: text, name: text, unit: oneOf('nanoseconds', 'bytes', 'count'), total: number, n: number,
    side: optional(oneOf(0, 1), 0), sampleCountText: optional(text, ''), description: optional(text, ''),
  })),
  threads: list(record<Thread>({ name: text, tid: number, process: whole })),
  processes: list(record<Process>({ name: text, pid: number, command: optional(text, '') })),
  states: optional(list(text), []),
  kinds: optional(list(text), []),
  regions: optional(list(text), ['']),
  binNanos: optional(number, 0),
  folded: nullable(record<{ nodes: number; text: string }>({ nodes: number, text })),
  timeline: nullable(record<TimelineHeader>({
    bins: whole, rows: list(record<TimelineRow>({ thread: nullable(whole), label: text, process: whole })),
    states: list(text), text: optional(text, ''),
  })),
  series: optional(list(record<SeriesHeader>({ name: text, unit: text, process: nullable(whole) })), []),
  shapes: optional(list(record<Shape>({ signal: whole, node: whole, kind: oneOf('plateau', 'tower', 'sawtooth'), title: text, text })), []),
  quality: optional(list(record<Quality>({ label: text, text, bad: flag })), []),
  notes: optional(list(text), []),
  sources: optional(list(record<SourceSnippet>({ file: whole, firstLine: whole, text: whole })), []),
  judgement: nullable(judgement),
  diff: nullable(record<DiffHeader>({ a: text, b: text, normalised: flag, scale: number, rows: list(diffRow), stacks: optional(list(diffStack), []), text: optional(text, '') })),
  sections,
});

/** Checks parsed JSON; throws [`DamagedData`] naming the first wrong field. */
export function checkHeader(value: Json): Header {
  return header(value, '');
}
