//! Search: which functions a pattern names, and what share of all they hold.
//!
//! Knows: regular expressions, tried once per function name. A pattern that is
//! not a valid expression is searched as plain text, so that typing never
//! shows an error. Does not double count: a match inside a match is in it.

import type { Model } from '../data/model';
import { frameCount, frameName } from './frames';
import type { DerivedTree } from './tree';

/** Names are matched up to here: one of a megabyte must not stop the page. */
const MAX_NAME = 2000;
/** Up to here where a pattern has several parts of any length, whose cost multiplies. */
const MAX_NAME_OF_THREE = 500, MAX_NAME_OF_MORE = 200;
/** A search is given up after so long; what was found until then stays. */
const BUDGET_MILLIS = 250;
/** The clock is read after so many names. */
const NAMES_PER_LOOK = 64;
/** What is known of a name; 0 is nothing. */
const MISS = 1, HIT = 2;

export interface SearchResult {
  /** 1 for each frame id that matches. */
  matches: Uint8Array;
  /** How many functions match. */
  functions: number;
  /** False where the pattern was taken as plain text. */
  isExpression: boolean;
  /** The pattern was too slow to try on every name. */
  isStopped: boolean;
}

export function searchFrames(model: Model, pattern: string, now: () => number = () => performance.now()): SearchResult | null {
  if (pattern === '') return null;
  const { test, isExpression } = matcher(pattern);
  const until = now() + BUDGET_MILLIS;
  let isStopped = false;
  // Frames made by the viewer never match: the share is one of functions.
  const matches = new Uint8Array(frameCount(model));
  // Many functions share a name (instances, versions): each name is tried once.
  const known = new Uint8Array(model.strings.count);
  let functions = 0, tried = 0;
  for (let fn = 0; fn < model.fn.count; fn++) {
    const id = model.fn.name[fn]!;
    if (known[id] === 0) {
      known[id] = test(frameName(model, fn)) ? HIT : MISS;
      if (++tried % NAMES_PER_LOOK === 0 && now() > until) isStopped = true;
    }
    if (known[id] === HIT) {
      matches[fn] = 1;
      functions++;
    }
    if (isStopped) break;
  }
  return { matches, functions, isExpression, isStopped };
}

/** A test of a name: case matters only if the pattern has capitals. */
export function matcher(pattern: string): { test: (name: string) => boolean; isExpression: boolean } {
  const foldCase = pattern === pattern.toLowerCase();
  try {
    const expression = new RegExp(pattern, foldCase ? 'iu' : 'u');
    const longest = longestName(pattern);
    if (longest > 0) return { test: (name) => expression.test(name.slice(0, longest)), isExpression: true };
  } catch {
    // Not an expression: plain text, below.
  }
  return { test: (name) => (foldCase ? name.slice(0, MAX_NAME).toLowerCase() : name.slice(0, MAX_NAME)).includes(pattern), isExpression: false };
}

/**
 * How much of a name a pattern may look at. An engine that goes back and tries
 * again needs time by the power of the parts of any length in a row, and
 * exponential time for a repeated group that itself repeats or has choices: 0,
 * such a pattern is not run at all. A heuristic: it also turns away a few
 * harmless ones (`(ab|cd)+`), which are then searched as text.
 */
function longestName(pattern: string): number {
  const plain = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  const depths: boolean[] = [];
  let parts = 0;
  for (let at = 0; at < plain.length; at++) {
    const letter = plain[at]!;
    const isRepeat = (where: number): boolean => /^(?:[*+]|\{\d*,?\d*\})/.test(plain.slice(where, where + 12));
    if (letter === '(') depths.push(false);
    else if (letter === ')') {
      const isRisky = depths.pop() ?? false;
      if (isRisky && isRepeat(at + 1)) return 0;
      if (isRisky && depths.length > 0) depths[depths.length - 1] = true;
    } else if (letter === '|' || isRepeat(at)) {
      if (letter !== '|') parts++;
      if (depths.length > 0) depths[depths.length - 1] = true;
    }
  }
  return parts <= 2 ? MAX_NAME : parts === 3 ? MAX_NAME_OF_THREE : MAX_NAME_OF_MORE;
}

/** What the matching frames hold in a tree, each sample once. */
export function matchedTotal(tree: DerivedTree, matches: Uint8Array): number {
  let sum = 0;
  for (let node = 1; node < tree.count; ) {
    if (matches[tree.fn[node]!] === 1) {
      sum += tree.total[node]!;
      node = tree.end[node]!;
    } else node++;
  }
  return sum;
}
