//! The number encodings of the container: LEB128, zigzag and differences.
//!
//! Knows: the byte formats and their limits (2^53). Does not know: sections,
//! names or meaning. Reading outside the bytes is an error, never a zero.

import { DamagedData } from './damaged';

/** What a section's numbers are written as. */
export type NumberCoding = 'varint' | 'zigzag' | 'delta';

/** Values below 2^53 need at most 8 groups of 7 bits. */
const MAX_VARINT_BYTES = 8;

type NumberArray = Uint32Array | Int32Array | Float64Array;

/** Reads exactly `out.length` numbers and requires that they fill `bytes`. */
export function readNumbers(name: string, bytes: Uint8Array, coding: NumberCoding, out: NumberArray): void {
  const signed = coding !== 'varint';
  const low = out instanceof Int32Array ? -0x80000000 : out instanceof Uint32Array ? 0 : -Number.MAX_SAFE_INTEGER;
  const high =
    out instanceof Int32Array ? 0x7fffffff : out instanceof Uint32Array ? 0xffffffff : Number.MAX_SAFE_INTEGER;
  let position = 0;
  let previous = 0;
  for (let index = 0; index < out.length; index++) {
    let value = 0;
    let scale = 1;
    let length = 0;
    for (;;) {
      if (position >= bytes.length) throw new DamagedData(`section ${name} ends inside number ${index} of ${out.length}`);
      const byte = bytes[position++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
      if (++length >= MAX_VARINT_BYTES) throw new DamagedData(`section ${name}: number ${index} has more than 8 bytes`);
    }
    if (signed) value = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    if (coding === 'delta') {
      value += previous;
      previous = value;
    }
    if (value < low || value > high) throw new DamagedData(`section ${name}: number ${index} is ${value}, outside ${low} to ${high}`);
    out[index] = value;
  }
  if (position !== bytes.length) {
    throw new DamagedData(`section ${name} has ${bytes.length - position} bytes after its ${out.length} numbers`);
  }
}
