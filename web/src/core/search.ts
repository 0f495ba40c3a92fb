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

export interface SearchResult {
  /** 1 for each frame id that matches. */
  matches: Uint8Array;
  /** How many functions match. */
  functions: number;
  /** False where the pattern was taken as plain text. */
  isExpression: boolean;
}

export function searchFrames(model: Model, pattern: string): SearchResult | null {
  if (pattern === '') return null;
  const { test, isExpression } = matcher(pattern);
  // Frames made by the viewer never match: the share is one of functions.
  const matches = new Uint8Array(frameCount(model));
  // Many functions share a name (instances, versions): each name is tried once.
  const known = new Map<number, boolean>();
  let functions = 0;
  for (let fn = 0; fn < model.fn.count; fn++) {
    const id = model.fn.name[fn]!;
    let hit = known.get(id);
    if (hit === undefined) known.set(id, (hit = test(frameName(model, fn).slice(0, MAX_NAME))));
    if (!hit) continue;
    matches[fn] = 1;
    functions++;
  }
  return { matches, functions, isExpression };
}

/** A test of a name: case matters only if the pattern has capitals. */
export function matcher(pattern: string): { test: (name: string) => boolean; isExpression: boolean } {
  const foldCase = pattern === pattern.toLowerCase();
  try {
    const expression = new RegExp(pattern, foldCase ? 'iu' : 'u');
    return { test: (name) => expression.test(name), isExpression: true };
  } catch {
    return { test: (name) => (foldCase ? name.toLowerCase() : name).includes(pattern), isExpression: false };
  }
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
