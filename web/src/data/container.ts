//! The container: magic, header, and sections that become typed arrays.
//!
//! Knows: where each section lies and that its bytes hold what is announced.
//! Does not know: what the numbers mean (see `model.ts`). Memory is bounded by
//! the blob's size, because every number takes at least one byte.

import { DamagedData } from './damaged';
import { checkHeader, type Header, type Section, type SectionType } from './header';
import { readNumbers } from './varint';

export const MAGIC = 'FTHMVW1\n';
const PREFIX_BYTES = MAGIC.length + 4;

export class Container {
  readonly header: Header;
  private readonly body: Uint8Array;

  /** Reads magic and header; sections are read when asked for. */
  constructor(blob: Uint8Array) {
    if (blob.length < PREFIX_BYTES) throw new DamagedData(`the data has ${blob.length} bytes, needs at least ${PREFIX_BYTES}`);
    for (let index = 0; index < MAGIC.length; index++) {
      if (blob[index] !== MAGIC.charCodeAt(index)) throw new DamagedData('the data does not begin with FTHMVW1');
    }
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    const headerBytes = view.getUint32(MAGIC.length, true);
    if (headerBytes > blob.length - PREFIX_BYTES) {
      throw new DamagedData(`the header announces ${headerBytes} bytes, ${blob.length - PREFIX_BYTES} are there`);
    }
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(blob.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes)));
    } catch (error) {
      throw new DamagedData(`the header is not JSON: ${(error as Error).message}`);
    }
    this.header = checkHeader(json);
    this.body = blob.subarray(PREFIX_BYTES + headerBytes);
  }

  has(name: string): boolean {
    return this.header.sections[name] !== undefined;
  }

  /** Numbers that fit 32 bits without a sign: ids, bins, counts. */
  uint32(name: string): Uint32Array {
    const section = this.section(name, 'varint', 'delta', 'zigzag');
    const out = new Uint32Array(section.count);
    readNumbers(name, this.bytes(name, section), section.type as 'varint', out);
    return out;
  }

  /** Numbers up to 2^53, or real ones. */
  float64(name: string): Float64Array {
    const section = this.section(name, 'varint', 'delta', 'zigzag', 'f64');
    const bytes = this.bytes(name, section);
    const out = new Float64Array(section.count);
    if (section.type !== 'f64') {
      readNumbers(name, bytes, section.type as 'varint', out);
      return out;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < out.length; index++) out[index] = view.getFloat64(index * 8, true);
    return out;
  }

  uint8(name: string): Uint8Array {
    const section = this.section(name, 'u8');
    return this.bytes(name, section);
  }

  /** The bytes of a text section and where each of its strings begins. */
  text(name: string): { bytes: Uint8Array; begins: Uint32Array } {
    const section = this.section(name, 'text');
    const bytes = this.bytes(name, section);
    const lengths = this.uint32(`${name}.lengths`);
    const begins = new Uint32Array(lengths.length + 1);
    let end = 0;
    for (let index = 0; index < lengths.length; index++) {
      end += lengths[index]!;
      if (end > bytes.length) throw new DamagedData(`section ${name}: string ${index} ends at byte ${end} of ${bytes.length}`);
      begins[index + 1] = end;
    }
    if (end !== bytes.length) throw new DamagedData(`section ${name} has ${bytes.length - end} bytes after its last string`);
    return { bytes, begins };
  }

  private section(name: string, ...allowed: SectionType[]): Section {
    const section = this.header.sections[name];
    if (!section) throw new DamagedData(`section ${name} is missing`);
    if (!allowed.includes(section.type)) {
      throw new DamagedData(`section ${name} has type ${section.type}, needs ${allowed.join(' or ')}`);
    }
    const room = section.type === 'u8' ? section.bytes === section.count
      : section.type === 'f64' ? section.bytes === section.count * 8
      : section.type === 'text' ? true
      : section.count <= section.bytes;
    if (!room) throw new DamagedData(`section ${name} announces ${section.count} numbers in ${section.bytes} bytes`);
    return section;
  }

  private bytes(name: string, section: Section): Uint8Array {
    if (section.offset + section.bytes > this.body.length) {
      throw new DamagedData(`section ${name} ends at byte ${section.offset + section.bytes}, the data at ${this.body.length}`);
    }
    return this.body.subarray(section.offset, section.offset + section.bytes);
  }
}
