import { expect, test } from 'vitest';
import { StringTable } from './strings';

const bytesOf = (text: string): number[] => [...new TextEncoder().encode(text)];

/** Every string by itself, and then out of a table of them all. */
function check(strings: number[][]): void {
  const begins = Uint32Array.from([0, ...strings.map((_, at) => strings.slice(0, at + 1).flat().length)]);
  const table = new StringTable(Uint8Array.from(strings.flat()), begins);
  expect(strings.map((_, id) => table.get(id))).toEqual(strings.map((one) => new TextDecoder().decode(Uint8Array.from(one))));
}

test('strings are the same, decoded together or alone', () => {
  check([[], bytesOf('main'), bytesOf('std::vec::Vec<T>'), []]);
  check([bytesOf('main'), bytesOf('größe → 😀'), bytesOf('after')]);
  // A byte order mark, a broken byte, and a letter that two strings would make together.
  check([[0xef, 0xbb, 0xbf, 0x61], bytesOf('b')]);
  check([bytesOf('a'), [0xff], bytesOf('b')]);
  check([[0x61, 0xc3], [0xa9, 0x62]]);
});

test('strings are the same at the ends of blocks', () => {
  check(Array.from({ length: 600 }, (_, at) => bytesOf(at === 300 ? 'ü' : `name_${at}`)));
});

test('a string that there is not is empty', () => {
  expect(new StringTable(new Uint8Array(), Uint32Array.of(0, 0)).get(7)).toBe('');
});
