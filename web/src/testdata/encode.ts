//! Writes a container as the Rust side does: for tests and for development.
//!
//! Knows: the byte layout, written independently of the reader in `data/`.

import type { Header, Section, SectionType } from '../data/header';

export type Column = { type: Exclude<SectionType, 'text'>; values: ArrayLike<number> };

export function writeContainer(header: Omit<Header, 'sections'>, strings: string[], columns: Record<string, Column>): Uint8Array {
  const sections: Record<string, Section> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  const add = (name: string, type: SectionType, bytes: Uint8Array, count: number): void => {
    sections[name] = { type, offset, bytes: bytes.length, count };
    parts.push(bytes);
    offset += bytes.length;
  };
  const encoder = new TextEncoder();
  const encoded = strings.map((text) => encoder.encode(text));
  add('str', 'text', concat(encoded), encoded.length);
  add('str.lengths', 'varint', writeNumbers(encoded.map((bytes) => bytes.length), 'varint'), encoded.length);
  for (const [name, column] of Object.entries(columns)) add(name, column.type, writeNumbers(column.values, column.type), column.values.length);
  const json = encoder.encode(JSON.stringify({ ...header, sections }));
  const prefix = new Uint8Array(12);
  prefix.set(encoder.encode('FTHMVW1\n'));
  new DataView(prefix.buffer).setUint32(8, json.length, true);
  return concat([prefix, json, ...parts]);
}

export function writeNumbers(values: ArrayLike<number>, type: Column['type']): Uint8Array {
  if (type === 'u8') return Uint8Array.from(values);
  if (type === 'f64') return new Uint8Array(Float64Array.from(values).buffer);
  let out = new Uint8Array(values.length * 2 + 16);
  let at = 0, previous = 0;
  for (let index = 0; index < values.length; index++) {
    if (at + 10 > out.length) {
      const wider = new Uint8Array(out.length * 2);
      wider.set(out);
      out = wider;
    }
    let value = values[index]!;
    if (type === 'delta') [value, previous] = [value - previous, value];
    if (type !== 'varint') value = value < 0 ? -value * 2 - 1 : value * 2;
    while (value >= 128) {
      out[at++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    out[at++] = value;
  }
  return out.subarray(0, at);
}

function concat(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
