//! Findings are read, worded and found among the functions; whatever they say.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { HOSTILE_NAMES, hostileProfile } from '../testdata/hostile';
import { hostileJudgement, JUDGEMENT, judgedProfile } from '../testdata/judged';
import { plainHeader, ProfileBuilder, type FunctionSpec } from '../testdata/profile';
import { smallProfile } from '../testdata/small';
import { effortText, gradeText, intervalText, modelText, placesOf, placeText, prosePieces, severityCounts, signalFor, worthText } from './findings';
import { frameLocation, frameName } from './frames';
import { shortName } from './names';
import { hashToState, stateToHash } from './url';

const finding = JUDGEMENT.findings[0]!;

describe('the header', () => {
  it('carries the judgement as it was written, and none where there is none', () => {
    expect(readModel(judgedProfile()).header.judgement).toEqual(JUDGEMENT);
    expect(readModel(smallProfile()).header.judgement).toBeNull();
    expect(readModel(hostileProfile(hostileJudgement())).header.judgement).toEqual(hostileJudgement());
    // Files that are older than the rules lack the field.
    const { judgement: _, ...older } = plainHeader('older');
    const profile = new ProfileBuilder(older as ReturnType<typeof plainHeader>, [{ id: 'cpu', name: 'CPU', unit: 'count', side: 0, sampleCountText: '', description: '' }]);
    expect(readModel(profile.write()).header.judgement).toBeNull();
  });

  it('names the field that is wrong', () => {
    const broken = structuredClone(JUDGEMENT);
    (broken.findings[1] as { severity: string }).severity = 'dreadful';
    expect(() => readModel(smallProfile(broken))).toThrow('header: judgement.findings[1].severity is string, needs one of info, low, medium, high, critical');
  });
});

describe('words', () => {
  it('are those of the reports', () => {
    expect(intervalText({ point: 0.4948, low: 0.418, high: 0.5718 })).toBe('49 % [42-57]');
    expect(intervalText({ point: 0.062, low: 0.0551, high: 0.0999 })).toBe('6.2 % [5.5-10]');
    expect(intervalText({ point: 0.5, low: 0.5, high: 0.5 })).toBe('50 %');
    expect(placeText(finding.location!)).toBe('tax.py:18');
    expect(placeText({ function: 'f', file: null, line: null, module: 'libc.so.6' }, true)).toBe('f in libc.so.6');
    expect(worthText(JUDGEMENT, finding)).toBe('Removing it entirely saves at most 15 % [14-16] of CPU time by itself (n = 1467).');
    expect(worthText(JUDGEMENT, JUDGEMENT.findings[2]!)).toBe('What it is worth cannot be told from this recording.');
    expect(severityCounts(JUDGEMENT.findings)).toEqual([['high', 1], ['medium', 1], ['low', 1]]);
  });

  it('of rules that are newer than the viewer are shown as they are', () => {
    for (const word of ['constructor', '__proto__', 'toString', 'new']) expect([modelText(word), gradeText(word), effortText(word)]).toEqual([word, word, word]);
    expect(worthText(JUDGEMENT, { ...finding, estimate: { ...finding.estimate, model: 'experiment' } })).toMatch(/^It is worth at most 15 % \[14-16\]/);
  });

  it('between backticks are code', () => {
    expect(prosePieces('`a_b` is <b> in `c`')).toEqual([{ text: 'a_b', isCode: true }, { text: ' is <b> in ', isCode: false }, { text: 'c', isCode: true }]);
    expect(prosePieces('odd ` one').map((piece) => piece.isCode)).toEqual([false, false]);
    expect(prosePieces('odd ` one').map((piece) => piece.text).join('')).toBe('odd ` one');
  });
});

describe('names', () => {
  it('are short as in the reports', () => {
    const names: [string, string][] = [
      ['f<int>(char const*)', 'f'], ['<T as core::fmt::Display>::fmt', '<T as core::fmt::Display>::fmt'], ['outer.<locals>.<lambda>', 'outer.<locals>.<lambda>'], ['<module>', '<module>'],
      ['Vec::<T>::new', 'Vec::new'], ['A::operator<(A const&) const', 'A::operator<'], ['A::operator()(int)', 'A::operator()(int)'], ['main.(*T).run', 'main.(*T).run'], ['a<b', 'a<b'], ['', ''],
    ];
    for (const [name, short] of names) expect(shortName(name), name).toBe(short);
  });
});

describe('places', () => {
  it('are the functions of that name and file', () => {
    const model = readModel(judgedProfile());
    const places = placesOf(model, JUDGEMENT.findings);
    expect(places.map((place) => place && `${frameName(model, place.fn)} ${frameLocation(model, place.fn)}`)).toEqual(['tax_rate shop/tax.py:14', 'compress worker/batch.py:120', null]);
    expect(places[0]!.totals[1]).toBeGreaterThan(0);
    expect(places[0]!.totals.length).toBe(4);
  });

  const lookFor = (specs: FunctionSpec[], location: Partial<NonNullable<typeof finding.location>>) => {
    const profile = new ProfileBuilder(plainHeader('names'), ['cpu', 'wall'].map((id) => ({ id, name: id, unit: 'count' as const, side: 0 as const, sampleCountText: '', description: '' })));
    const fns = specs.map((spec) => profile.fn(spec));
    fns.forEach((fn, at) => profile.add(1, [fn, fn], { value: 10 * (at + 1) }));
    const model = readModel(profile.write());
    const place = placesOf(model, [{ ...finding, location: { function: 'f', file: null, line: null, module: null, ...location } }])[0]!;
    return place && { ...place, at: fns.indexOf(place.fn) };
  };
  it('are told apart by line, file, module and weight', () => {
    expect(lookFor([{ name: 'f<int>(char)', file: 'a.cpp', line: 3 }, { name: 'f<char>(int)', file: 'a.cpp', line: 9 }], { file: 'a.cpp', line: 5 })).toMatchObject({ at: 0 });
    expect(lookFor([{ name: 'f<int>(char)', file: 'a.cpp', line: 3 }, { name: 'f<char>(int)', file: 'a.cpp', line: 3 }], { file: 'a.cpp', line: 5 })).toMatchObject({ at: 1 });
    expect(lookFor([{ name: 'f', file: 'a.cpp' }, { name: 'f', file: 'b.cpp' }], { file: 'a.cpp' })).toMatchObject({ at: 0 });
    expect(lookFor([{ name: 'f', module: 'x.so' }, { name: 'f()', module: 'y.so' }], { module: 'x.so' })).toMatchObject({ at: 0 });
    expect(lookFor([{ name: 'f', file: 'a.cpp' }], { file: 'c.cpp' })).toBeNull();
  });
  it('count recursion once, and are shown in a signal that has them', () => {
    const place = lookFor([{ name: 'f', file: 'a.c' }], { file: 'a.c' })!;
    expect(place.totals).toEqual([0, 10]);
    expect(signalFor(place, 0)).toBe(1);
    expect(signalFor(place, 1)).toBe(1);
  });
  it('are found by names that were cut or hold what is not shown', () => {
    const long = 'n'.repeat(300);
    expect(lookFor([{ name: `${long.slice(0, 80)}…`, file: 'a.c' }], { function: long, file: 'a.c' })).toMatchObject({ at: 0 });
    expect(lookFor([{ name: 'a·b', file: 'a.c' }], { function: 'a\u0007b', file: 'a.c' })).toMatchObject({ at: 0 });
    const model = readModel(hostileProfile(hostileJudgement()));
    expect(placesOf(model, model.header.judgement!.findings).map((place) => place && frameName(model, place.fn))).toEqual(Array(3).fill(HOSTILE_NAMES[0]));
  });
});

describe('the address', () => {
  it('opens a report at its findings, if it has any', () => {
    const judged = readModel(judgedProfile());
    expect(hashToState(judged, '').view).toBe('findings');
    expect(hashToState(readModel(smallProfile()), '').view).toBe('flame');
    expect(hashToState(readModel(smallProfile({ ...JUDGEMENT, findings: [] })), '').view).toBe('flame');
    const state = hashToState(judged, '#view=findings&o.findings.at=F-002');
    expect(state.options['findings.at']).toBe('F-002');
    expect(hashToState(judged, stateToHash(judged, state))).toEqual(state);
  });
});
