//! Reading what was written, and surviving what was not written like that.

import { describe, expect, it } from 'vitest';
import { gzipSync } from 'node:zlib';
import { deriveTree } from '../core/derive';
import { DEFAULT_STATE } from '../core/state';
import { writeNumbers } from '../testdata/encode';
import { plainHeader, ProfileBuilder, randomNumbers } from '../testdata/profile';
import { smallProfile } from '../testdata/small';
import { DamagedData } from './damaged';
import { fromBase64, gunzip } from './load';
import { readModel } from './model';
import { readNumbers } from './varint';

function tinyProfile(): Uint8Array {
  const profile = new ProfileBuilder(plainHeader('tiny'), [{ id: 'cpu', name: 'CPU', unit: 'count', side: 0, sampleCountText: '', description: '' }]);
  profile.add(0, [profile.fn({ name: 'main', line: 3 }), profile.fn({ name: 'größe → x', file: 'a.c' })], { value: 2 ** 40, bin: 300 });
  profile.add(0, [profile.fn({ name: 'main', line: 3 })], { value: 5, bin: 2 });
  return profile.write();
}

/** Reads bytes that may be anything: only a [`DamagedData`] may come out. */
function readAny(bytes: Uint8Array): boolean {
  try {
    deriveTree(readModel(bytes), DEFAULT_STATE);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedData);
    expect((error as Error).message).not.toBe('');
    return false;
  }
}

describe('numbers', () => {
  it('come back as they went', () => {
    const values = [0, 1, 127, 128, 16384, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    for (const coding of ['varint', 'zigzag', 'delta'] as const) {
      const all = coding === 'varint' ? values : values.flatMap((value) => [value, -Math.floor(value / 2)]).map((value) => Math.trunc(value / 4));
      const out = new Float64Array(all.length);
      readNumbers('x', writeNumbers(all, coding), coding, out);
      expect([...out]).toEqual(all.map((value) => value + 0));
    }
  });
  it('are refused when too long, too large or too many', () => {
    const read = (bytes: number[], out: Uint32Array | Int32Array | Float64Array): void => readNumbers('x', Uint8Array.from(bytes), 'varint', out);
    expect(() => read(Array(12).fill(0x80), new Float64Array(1))).toThrow('more than 8 bytes');
    expect(() => read([0xff, 0xff, 0xff, 0xff, 0x7f], new Uint32Array(1))).toThrow('outside 0 to 4294967295');
    expect(() => read([1, 2], new Uint32Array(1))).toThrow('1 bytes after its 1 numbers');
    expect(() => read([1], new Uint32Array(2))).toThrow('ends inside number 1 of 2');
  });
});

describe('the container', () => {
  it('is read as it was written', () => {
    const model = readModel(tinyProfile());
    const samples = model.samples[0]!;
    expect([...samples.value]).toEqual([5, 2 ** 40]);
    expect([...samples.bin]).toEqual([2, 300]);
    expect([...model.node.parent]).toEqual([-1, 0, 1]);
    expect(model.strings.get(model.fn.name[2]!)).toBe('größe → x');
    expect(model.strings.get(99999)).toBe('');
    expect(readModel(smallProfile()).header.signals.length).toBe(4);
  });

  it('survives truncation at every byte', () => {
    const whole = tinyProfile();
    for (let length = 0; length < whole.length; length++) expect(readAny(whole.slice(0, length))).toBe(false);
    expect(readAny(whole)).toBe(true);
  });

  it('survives any single byte changed', () => {
    const whole = tinyProfile();
    for (let at = 0; at < whole.length; at++) {
      for (const bits of [1, 0x80, 0xff]) {
        const bytes = whole.slice();
        bytes[at]! ^= bits;
        readAny(bytes);
      }
    }
  });

  it('survives many bytes changed, in a profile with everything', () => {
    const whole = smallProfile();
    const random = randomNumbers(9);
    for (let round = 0; round < 60; round++) {
      const bytes = whole.slice();
      for (let change = 0; change < 8; change++) bytes[Math.floor(random() * bytes.length)] = Math.floor(256 * random());
      readAny(bytes);
    }
  });

  it('refuses ids that point nowhere', () => {
    const whole = tinyProfile();
    const { sections } = readModel(whole).header;
    const body = 12 + new DataView(whole.buffer, whole.byteOffset).getUint32(8, true);
    const damaged = (name: string, value: number): Uint8Array => {
      const bytes = whole.slice();
      bytes[body + sections[name]!.offset] = value;
      return bytes;
    };
    expect(() => readModel(damaged('s0.node', 80))).toThrow('s0.node[0] is 40, there are 3');
    expect(() => readModel(damaged('s0.thread', 8))).toThrow('s0.thread[0] is 4, there are 1');
    expect(() => readModel(damaged('fn.name', 99))).toThrow('fn.name[0] is 99');
    expect(() => readModel(damaged('node.depth', 4))).toThrow('the call tree has no root');
  });

  it('says what is wrong', () => {
    expect(() => readModel(new Uint8Array(3))).toThrow('the data has 3 bytes, needs at least 12');
    expect(() => readModel(new TextEncoder().encode('<!doctype html>'))).toThrow('does not begin with FTHMVW1');
  });
});

describe('unpacking', () => {
  it('gives back what was packed, and says when it is cut', async () => {
    const bytes = tinyProfile();
    const packed = gzipSync(bytes);
    expect([...(await gunzip(fromBase64(packed.toString('base64'))))]).toEqual([...bytes]);
    await expect(gunzip(packed.subarray(0, packed.length - 20))).rejects.toThrow('not whole');
    expect(() => fromBase64('A$$=')).toThrow('not base64');
  });
});
