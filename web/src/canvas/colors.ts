//! Colours of boxes: a palette of categories and shades, and which box has which.
//!
//! Knows: Paul Tol's "light" set, made for filled areas under dark labels and
//! told apart with any colour vision (https://sronpersonalpages.nl/~pault/),
//! muted for dark pages. Equal names have equal shades everywhere. Does not
//! carry meaning alone: kinds, verdicts and matches are also said in words.

import { sidesOfNode, verdictsOfNodes } from '../core/changes';
import { isGroupFrame } from '../core/frames';
import type { ColorBy } from '../core/state';
import type { DerivedTree } from '../core/tree';
import type { Model } from '../data/model';
import { NODE_FOLDED } from '../data/model';
import type { Graph } from './graph';

const TOL_LIGHT = {
  orange: '#EE8866', yellow: '#EEDD88', blue: '#77AADD', pink: '#FFAABB', mint: '#44BB99', cyan: '#99DDFF', pear: '#BBCC33', olive: '#AAAA00', grey: '#DDDDDD',
};
const HUES = ['blue', 'orange', 'yellow', 'mint', 'pink', 'cyan', 'pear', 'olive'] as const;
const KIND_HUE: Record<string, keyof typeof TOL_LIGHT> = {
  user: 'orange', library: 'yellow', runtime: 'blue', gc: 'pink', jit: 'mint', interpreter: 'cyan', native: 'pear', kernel: 'olive', unknown: 'grey',
};
/** From much less to much more; the middle is unproved or the same. */
const DIVERGING = ['#4E93C4', '#7FB2D8', '#AFCFE6', '#CFDFEA', '#DDDDDD', '#F0D9CF', '#F4BFA6', '#F09D7C', '#E57A55'];
/** On dark pages the middle is dark, so that it does not outshine what is proved. */
const DIVERGING_DARK = ['#3b80b5', '#36709b', '#325f80', '#324c60', '#383d44', '#5c4438', '#814f39', '#a35939', '#c0613a'];
const SHADES = 5;

export interface Palette {
  /** Fill of each colour number; the faded one of `n` is at `n + faded`. */
  fills: string[];
  faded: number;
  root: number;
  group: number;
  folded: number;
  match: number;
  /** Joined boxes of which a smaller part matches. */
  someMatch: number;
  text: string;
  matchText: string;
  fadedText: string;
  background: string;
  line: string;
  accent: string;
  regionText: string;
}

/** First colour numbers of the parts of the palette. */
const CATEGORY = 0;
const N_CATEGORIES = 9;
const DIVERGE = CATEGORY + N_CATEGORIES * SHADES;
const ROOT = DIVERGE + DIVERGING.length;
const GROUP = ROOT + 1, FOLDED = ROOT + 2, MATCH = ROOT + 3, SOME_MATCH = ROOT + 4, COUNT = ROOT + 5;

const palettes = new Map<boolean, Palette>();

export function paletteFor(dark: boolean): Palette {
  let palette = palettes.get(dark);
  if (!palette) palettes.set(dark, (palette = makePalette(dark)));
  return palette;
}

function makePalette(dark: boolean): Palette {
  const background = dark ? '#16191d' : '#ffffff';
  const tone = (hex: string): string => (dark ? mix(hex, '#14171b', 0.47) : mix(hex, '#ffffff', hex === TOL_LIGHT.olive ? 0.28 : 0.12));
  const fills: string[] = [];
  for (const hue of [...HUES, 'grey' as const]) {
    for (let shade = 0; shade < SHADES; shade++) {
      const step = (shade - 2) * (dark ? 0.05 : 0.045);
      fills.push(step < 0 ? mix(tone(TOL_LIGHT[hue]), dark ? '#000000' : '#5a5040', -step) : mix(tone(TOL_LIGHT[hue]), '#ffffff', dark ? step : step * 1.9));
    }
  }
  fills.push(...(dark ? DIVERGING_DARK : DIVERGING.map(tone)));
  fills.push(dark ? '#2c3138' : '#e9ebee', dark ? '#39414b' : '#d5dae1', dark ? '#33373c' : '#e4e2de', dark ? '#b0508a' : '#9c2c77', dark ? '#5c3450' : '#dcb4cf');
  const faded = fills.map((fill) => mix(fill, background, dark ? 0.72 : 0.78));
  return {
    fills: [...fills, ...faded], faded: COUNT, root: ROOT, group: GROUP, folded: FOLDED, match: MATCH, someMatch: SOME_MATCH,
    text: dark ? '#f1f2f4' : '#1b1e23', matchText: '#ffffff', fadedText: dark ? '#7d848d' : '#8d939b', background,
    line: dark ? '#16191d' : '#ffffff', accent: dark ? '#8ab8ff' : '#1d5fc4', regionText: dark ? '#ffffffa8' : '#00000090',
  };
}

/** The swatch of a kind, for legends. */
export function kindColor(model: Model, kind: number, dark: boolean): string {
  return paletteFor(dark).fills[categoryOfKind(model, kind) * SHADES + 2]!;
}
/** A category's swatch by number, for lists of threads, modules and the like. */
export function categoryColor(category: number, dark: boolean): string {
  return paletteFor(dark).fills[(category % HUES.length) * SHADES + 2]!;
}
/** From -1 (much less) to 1 (much more). */
export function divergingColor(change: number, dark: boolean): string {
  return paletteFor(dark).fills[diverging(change)]!;
}

function diverging(change: number): number {
  const middle = (DIVERGING.length - 1) / 2;
  const step = Math.max(-middle, Math.min(middle, Math.round(change * middle) || (change === 0 ? 0 : Math.sign(change))));
  return DIVERGE + middle + step;
}

function categoryOfKind(model: Model, kind: number): number {
  const hue = KIND_HUE[model.header.kinds[kind] ?? 'unknown'] ?? 'grey';
  return hue === 'grey' ? HUES.length : HUES.indexOf(hue);
}

/** The colour number of each frame by kind or by module. */
function frameColors(model: Model, colorBy: ColorBy): Uint16Array {
  const out = new Uint16Array(model.fn.count);
  for (let fn = 0; fn < out.length; fn++) {
    const shade = model.strings.hash(model.fn.name[fn]!) % SHADES;
    const module = model.fn.module[fn]!;
    const category = colorBy === 'module' ? (module === 0 ? HUES.length : model.strings.hash(module) % HUES.length) : categoryOfKind(model, model.fn.kind[fn]!);
    out[fn] = category * SHADES + shade;
  }
  return out;
}

/** The colour number of each box. `tree` and `threads` serve the modes that need more than the frame. */
export function boxColors(model: Model, graph: Graph, colorBy: ColorBy, tree: DerivedTree | null, threads: Int32Array | null): Uint16Array {
  const out = new Uint16Array(graph.fn.length);
  const proved = colorBy === 'diff' && tree ? verdictsOfNodes(model, tree) : null;
  const byFrame = frameColors(model, colorBy);
  for (let box = 0; box < out.length; box++) {
    const fn = graph.fn[box]!;
    if (tree !== null && box === 0) out[box] = ROOT;
    else if ((graph.flags[box]! & NODE_FOLDED) !== 0) out[box] = FOLDED;
    else if (isGroupFrame(model, fn)) out[box] = GROUP;
    else if (proved && tree) out[box] = diverging(proved.has(box) ? changeOf(model, tree, box) : 0);
    else if (colorBy === 'thread' && threads) out[box] = (threads[box]! >= 0 ? threads[box]! % HUES.length : HUES.length) * SHADES + (model.strings.hash(model.fn.name[fn]!) % SHADES);
    else out[box] = byFrame[fn]!;
  }
  return out;
}

/** The relative change of a node from A to B: -1 gone, 0 the same, 1 new or doubled. */
export function changeOf(model: Model, tree: DerivedTree, node: number): number {
  const [before, after] = sidesOfNode(model, tree, node);
  const larger = Math.max(Math.abs(before), Math.abs(after));
  return larger === 0 ? 0 : Math.max(-1, Math.min(1, (after - before) / larger * 1.6));
}

/** `share` of `b` in `a`, both `#rrggbb`. */
export function mix(a: string, b: string, share: number): string {
  let out = '#';
  for (let at = 1; at < 7; at += 2) {
    const one = Number.parseInt(a.slice(at, at + 2), 16), two = Number.parseInt(b.slice(at, at + 2), 16);
    out += Math.round(one + (two - one) * Math.max(0, Math.min(1, share))).toString(16).padStart(2, '0');
  }
  return out;
}
