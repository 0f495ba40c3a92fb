//! Findings as words, and where their places are among the functions.
//!
//! Knows: the wording of the reports, so that a page and a terminal say the
//! same. A place is found by short name and file (by name and module where no
//! file is known); of several functions the one that holds most is meant.

import { SEVERITIES, type Finding, type Interval, type Judgement, type Location, type Severity } from '../data/judgement';
import type { Model } from '../data/model';
import { visible } from '../data/strings';
import { shortName } from './names';

/** `31 % [28-34]`; one digit after the point below ten. */
export function intervalText({ point, low, high }: Interval): string {
  const [middle, from, to] = [point, low, high].map(percent);
  return from === to ? `${middle} %` : `${middle} % [${from}-${to}]`;
}
export const shareText = (share: number): string => `${percent(share)} %`;
function percent(share: number): string {
  const value = share * 100;
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** `a.py:6` or, in full, the whole path; the function where no file is known. */
export function placeText(location: Location, inFull = false): string {
  const { file, line, module } = location;
  if (file === null) return visible(inFull && module !== null ? `${location.function} in ${module}` : location.function);
  const name = inFull ? file : file.slice(file.lastIndexOf('/') + 1);
  return visible(line === null ? name : `${name}:${line}`);
}

export function metricText({ goal }: Judgement): string {
  return goal.metric === 'profile' ? 'the profile' : visible(goal.metric);
}

/** What a finding can be worth, as a sentence. */
export function worthText(judgement: Judgement, { estimate, impact }: Finding): string {
  if (estimate.at_most === null) return 'What it is worth cannot be told from this recording.';
  const share = intervalText(estimate.at_most), metric = metricText(judgement), n = `(n = ${impact.n})`;
  switch (estimate.model) {
    case 'amdahl-bound': return `Removing it entirely saves at most ${share} of ${metric} by itself ${n}.`;
    case 'critical-wait': return `Without this wait at most ${share} of ${metric} is saved ${n}.`;
    case 'overlap': return `Waiting for all at once instead of in turn saves at most ${share} of ${metric}.`;
    case 'count-cost': return `Doing it once saves at most ${share} of ${metric}.`;
    case 'gc-alloc': return `Less garbage saves at most ${share} of ${metric}, the collector's part ${n}.`;
    case 'capacity': return `At most ${share} of CPU time becomes free; nothing is known to end sooner.`;
    case 'time-to-limit': case 'none': return 'What it is worth cannot be told from this recording.';
    default: return `It is worth at most ${share} of ${metric} ${n}.`;
  }
}

const MODELS: Record<string, string> = {
  'amdahl-bound': 'Amdahl bound: the time of the part that would be gone, without what other code gains from freer caches', 'critical-wait': 'waits of the thread that the goal waits for',
  overlap: 'waits in turn that could pass at the same time', 'count-cost': 'counted operations and what each costs',
  'gc-alloc': "the collector's time, which shrinks with the garbage", capacity: 'CPU time that would be free', 'time-to-limit': 'time until a limit is reached',
};
export const modelText = (model: string): string => (Object.hasOwn(MODELS, model) ? MODELS[model]! : visible(model));

const GRADES: Record<string, string> = {
  E0: 'a pattern in the source, nothing was measured', E1: 'the pattern, and the place is hot', E2: 'the runtime or the kernel was seen doing it',
  E3: 'an experiment changed it, and the time changed', E4: 'the change was made, and measured before and after',
};
export const gradeText = (grade: string): string => (Object.hasOwn(GRADES, grade) ? `${grade}: ${GRADES[grade]}` : visible(grade));

const EFFORTS: Record<string, string> = { small: 'under an hour', medium: 'under a day', large: 'some days', architecture: 'a redesign' };
export const effortText = (effort: string): string => (Object.hasOwn(EFFORTS, effort) ? `${effort}, ${EFFORTS[effort]}` : visible(effort));

/** How many findings there are of each severity, the worst first. */
export function severityCounts(findings: readonly Finding[]): [Severity, number][] {
  return [...SEVERITIES].reverse().map((severity): [Severity, number] => [severity, findings.filter((one) => one.severity === severity).length]).filter(([, count]) => count > 0);
}

/** Text in pieces: what stands between backticks is code. An odd backtick at the end opens nothing. */
export function prosePieces(text: string): { text: string; isCode: boolean }[] {
  const parts = text.split('`');
  return parts.map((part, at) => ({ text: at % 2 === 1 && at === parts.length - 1 ? `\`${part}` : part, isCode: at % 2 === 1 && at < parts.length - 1 })).filter((piece) => piece.text !== '');
}

/** The function that a finding is about, and what it holds in each signal. */
export interface FoundPlace { fn: number; totals: number[] }

/** By finding, in their order; null where no function of the profile is the one. */
export function placesOf(model: Model, findings: readonly Finding[]): (FoundPlace | null)[] {
  const candidates = findings.map(({ location }) => (location ? candidatesOf(model, location) : []));
  const wanted = new Map<number, number[]>(candidates.flat().map((fn) => [fn, []]));
  if (wanted.size > 0) model.samples.forEach((_, signal) => addTotals(model, signal, wanted));
  return candidates.map((fns) => {
    const places = fns.map((fn) => ({ fn, totals: wanted.get(fn)! }));
    const held = ({ totals }: FoundPlace): number => totals.reduce((sum, value, signal) => sum + value / Math.max(1e-300, Math.abs(model.header.signals[signal]!.total)), 0);
    places.sort((a, b) => held(b) - held(a) || a.fn - b.fn);
    return places[0] ?? null;
  });
}

/** The signal to look at a place in: this one if the place holds anything in it. */
export function signalFor(place: FoundPlace, signal: number): number {
  if (place.totals[signal]! > 0) return signal;
  const first = place.totals.findIndex((value) => value > 0);
  return first < 0 ? signal : first;
}

function candidatesOf(model: Model, { function: name, file, module, line }: Location): number[] {
  const isFile = sameText(model, file ?? ''), isModule = sameText(model, module ?? ''), isName = sameText(model, name, shortName);
  const fns: number[] = [];
  for (let fn = 0; fn < model.fn.count; fn++) {
    if (!isFile(model.fn.file[fn]!) || (file === null && !isModule(model.fn.module[fn]!))) continue;
    if (isName(model.fn.name[fn]!)) fns.push(fn);
  }
  // Functions of one name in one file: the last that begins before the line.
  if (line === null) return fns;
  const begin = fns.reduce((last, fn) => (model.fn.line[fn]! <= line ? Math.max(last, model.fn.line[fn]!) : last), -1);
  return begin < 0 ? fns : fns.filter((fn) => model.fn.line[fn] === begin);
}

/** A test of strings of the profile, each tried once; there, names are made visible and may be cut. */
function sameText(model: Model, wanted: string, shape: (text: string) => string = (text) => text): (id: number) => boolean {
  const known = new Map<number, boolean>();
  const plain = plainText(wanted);
  return (id) => {
    let isSame = known.get(id);
    if (isSame === undefined) {
      const text = plainText(model.strings.get(id));
      isSame = text === plain || (text.length > CUT_FROM && text.endsWith('…') ? plain.startsWith(shape(text.slice(0, -1))) : plainText(shape(text)) === plain);
      known.set(id, isSame);
    }
    return isSame;
  };
}
/** Shorter names are never cut. */
const CUT_FROM = 60;
const plainText = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\u2028\u2029\ufffd]/gu, '·');

/** Adds to each wanted function what it holds in a signal, recursion once. */
function addTotals(model: Model, signal: number, wanted: Map<number, number[]>): void {
  const { node, samples } = model;
  const total = new Float64Array(node.count), { value, node: at, count } = samples[signal]!;
  for (let row = 0; row < count; row++) total[at[row]!]! += value[row]!;
  for (let one = node.count - 1; one > 0; one--) total[node.parent[one]!]! += total[one]!;
  // A call inside a call of the same function is in it already.
  const inside = new Map<number, number>();
  for (const totals of wanted.values()) totals.push(0);
  for (let one = 1; one < node.count; one++) {
    const fn = node.fn[one]!, totals = wanted.get(fn);
    if (!totals || (inside.get(fn) ?? 0) > one) continue;
    let end = one + 1;
    while (end < node.count && node.depth[end]! > node.depth[one]!) end++;
    inside.set(fn, end);
    totals[signal]! += total[one]!;
  }
}
