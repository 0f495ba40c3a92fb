//! The string table: bytes and begins, decoded when a string is first asked for.
//!
//! Knows: UTF-8, in which broken bytes become replacement characters. Does not
//! decode what nobody looks at: a profile of a large program holds megabytes
//! of names, and a view shows a hundred.

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text as it is shown: what would change how its surroundings read (controls, direction marks) is made visible. */
export function visible(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

export class StringTable {
  private readonly decoded: (string | undefined)[];
  private readonly labels = new Map<number, string>();
  private readonly decoder = new TextDecoder();

  constructor(private readonly bytes: Uint8Array, private readonly begins: Uint32Array) {
    this.decoded = new Array<string | undefined>(begins.length - 1);
  }

  get count(): number {
    return this.decoded.length;
  }

  /** The string, or '' where there is none of this id. */
  get(id: number): string {
    if (!(id >= 0 && id < this.decoded.length)) return '';
    return (this.decoded[id] ??= this.decoder.decode(this.bytes.subarray(this.begins[id], this.begins[id + 1])));
  }

  /** The string as it is shown. */
  label(id: number): string {
    const known = this.labels.get(id);
    if (known !== undefined) return known;
    const label = visible(this.get(id));
    this.labels.set(id, label);
    return label;
  }

  /** A number that only depends on the text (its first 256 bytes): FNV-1a. */
  hash(id: number): number {
    let value = 0x811c9dc5;
    const begin = this.begins[id] ?? 0, end = Math.min(this.begins[id + 1] ?? 0, begin + 256);
    for (let at = begin; at < end; at++) value = Math.imul(value ^ this.bytes[at]!, 0x01000193);
    return (value ^ (value >>> 15)) >>> 0;
  }
}
