//! The string table: bytes and begins, decoded when a string is first asked for.
//!
//! Knows: UTF-8, in which broken bytes become replacement characters. Does not
//! decode what nobody looks at, but for its neighbours: a profile of a large
//! program holds megabytes of names, and a view shows a hundred.

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text as it is shown: what would change how its surroundings read (controls, direction marks) is made visible. */
export function visible(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

/** So many strings are decoded at once: a decoder costs more by call than by letter. */
const BLOCK = 256;

export class StringTable {
  private readonly decoded: (string | undefined)[];
  private readonly labels: (string | undefined)[];
  private readonly decoder = new TextDecoder();

  constructor(private readonly bytes: Uint8Array, private readonly begins: Uint32Array) {
    this.decoded = new Array<string | undefined>(begins.length - 1);
    this.labels = new Array<string | undefined>(begins.length - 1);
  }

  get count(): number {
    return this.decoded.length;
  }

  /** The string, or '' where there is none of this id. */
  get(id: number): string {
    if (!(id >= 0 && id < this.decoded.length)) return '';
    if (this.decoded[id] === undefined) this.decodeBlock(id - (id % BLOCK));
    return this.decoded[id]!;
  }

  /** The string as it is shown. */
  label(id: number): string {
    return (this.labels[id] ??= visible(this.get(id)));
  }

  private decodeBlock(first: number): void {
    const end = Math.min(first + BLOCK, this.decoded.length);
    const { begins } = this;
    const begin = begins[first]!;
    const text = this.decode(begin, begins[end]!);
    // A letter for each byte: the strings are where their bytes are. Broken bytes are such letters as well.
    const isSimple = text.length === begins[end]! - begin;
    for (let id = first; id < end; id++) this.decoded[id] = isSimple ? text.slice(begins[id]! - begin, begins[id + 1]! - begin) : this.decode(begins[id]!, begins[id + 1]!);
  }

  private decode(begin: number, end: number): string {
    return this.decoder.decode(this.bytes.subarray(begin, end));
  }

  /** A number that only depends on the text (its first 256 bytes): FNV-1a. */
  hash(id: number): number {
    let value = 0x811c9dc5;
    const begin = this.begins[id] ?? 0, end = Math.min(this.begins[id + 1] ?? 0, begin + 256);
    for (let at = begin; at < end; at++) value = Math.imul(value ^ this.bytes[at]!, 0x01000193);
    return (value ^ (value >>> 15)) >>> 0;
  }
}
