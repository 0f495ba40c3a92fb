//! Draws the part of a graph that is seen, and nothing else.
//!
//! Knows: rows to pixels, joining what is narrower than a pixel, labels. The
//! work is bounded by the pixels of the canvas, not by the graph. Does not
//! know: events, animation or what the boxes mean.

import { NODE_FOLDED } from '../data/model';
import type { Palette } from './colors';
import { firstEndingAfter, type Graph } from './graph';
import type { LabelFitter } from './text';

/** Narrower boxes are joined with their neighbours into one. */
const MIN_BOX_PIXELS = 1.5;
/** Narrower boxes have no label. */
const MIN_LABEL_PIXELS = 26;
const MIN_REGION_PIXELS = 120;
const PADDING = 4;

/** What part of the graph is seen, in its unit and in pixels. */
export interface Window {
  from: number;
  to: number;
  scrollTop: number;
  width: number;
  height: number;
  rowHeight: number;
  /** Root at the bottom. */
  flipped: boolean;
  pixelRatio: number;
}

export interface Look {
  colors: Uint16Array;
  palette: Palette;
  labels: LabelFitter;
  name: (box: number) => string;
  /** A word on what a box is part of, shown where it begins; '' for none. */
  region: (box: number) => string;
  /** By frame id; null when there is no search. */
  matches: Uint8Array | null;
}

/** The top of a row, in pixels from the top of the canvas. */
export function rowTop(graph: Graph, row: number, window: Window): number {
  if (!window.flipped) return row * window.rowHeight - window.scrollTop;
  const full = Math.max(window.height, graph.rows * window.rowHeight);
  return full - (row + 1) * window.rowHeight - window.scrollTop;
}

/** The row at a height, which may not exist. */
export function rowAt(graph: Graph, y: number, window: Window): number {
  if (!window.flipped) return Math.floor((y + window.scrollTop) / window.rowHeight);
  const full = Math.max(window.height, graph.rows * window.rowHeight);
  return Math.floor((full - y - window.scrollTop - 0.001) / window.rowHeight);
}

/** Rectangles collected before they are filled, colour by colour. */
class Batch {
  count = 0;
  private x = new Float32Array(1024);
  private y = new Float32Array(1024);
  private w = new Float32Array(1024);
  private color = new Uint16Array(1024);

  add(x: number, y: number, w: number, color: number): void {
    if (this.count === this.x.length) {
      const wider = <T extends Float32Array | Uint16Array>(from: T, to: T): T => (to.set(from), to);
      const size = this.count * 2;
      this.x = wider(this.x, new Float32Array(size));
      this.y = wider(this.y, new Float32Array(size));
      this.w = wider(this.w, new Float32Array(size));
      this.color = wider(this.color, new Uint16Array(size));
    }
    const at = this.count++;
    this.x[at] = x;
    this.y[at] = y;
    this.w[at] = w;
    this.color[at] = color;
  }

  fill(context: CanvasRenderingContext2D, fills: readonly string[], height: number): void {
    // Counting sort: changing the fill style costs more than filling.
    const begins = new Int32Array(fills.length + 1);
    for (let at = 0; at < this.count; at++) begins[this.color[at]! + 1]!++;
    for (let color = 0; color < fills.length; color++) begins[color + 1]! += begins[color]!;
    const order = new Int32Array(this.count), next = begins.slice();
    for (let at = 0; at < this.count; at++) order[next[this.color[at]!]!++] = at;
    for (let color = 0; color < fills.length; color++) {
      if (begins[color] === begins[color + 1]) continue;
      context.fillStyle = fills[color]!;
      for (let index = begins[color]!; index < begins[color + 1]!; index++) {
        const at = order[index]!;
        context.fillRect(this.x[at]!, this.y[at]!, this.w[at]!, height);
      }
    }
    this.count = 0;
  }
}

interface Label { box: number; x: number; y: number; width: number; color: number }
const batch = new Batch();
const labels: Label[] = [];

export function drawGraph(context: CanvasRenderingContext2D, graph: Graph, window: Window, look: Look): void {
  const { width, height, rowHeight, pixelRatio } = window;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = look.palette.background;
  context.fillRect(0, 0, width, height);
  if (!(window.to > window.from)) return;
  labels.length = 0;
  const first = rowAt(graph, 0, window), last = rowAt(graph, height - 1, window);
  for (let row = Math.max(0, Math.min(first, last)); row <= Math.min(graph.rows - 1, Math.max(first, last)); row++) {
    collectRow(graph, row, window, look);
  }
  batch.fill(context, look.palette.fills, rowHeight - 1);
  context.font = look.labels.font;
  context.textBaseline = 'middle';
  for (const label of labels) drawLabel(context, label, window, look);
}

function colorOf(box: number, graph: Graph, look: Look): number {
  const color = look.colors[box]!;
  if (!look.matches) return color;
  return look.matches[graph.fn[box]!] === 1 ? look.palette.match : color + look.palette.faded;
}

function collectRow(graph: Graph, row: number, window: Window, look: Look): void {
  const { from, to, width, pixelRatio } = window;
  const scale = width / (to - from);
  const top = snap(rowTop(graph, row, window), pixelRatio);
  const end = graph.rowBegins[row + 1]!;
  // A run of boxes too narrow to draw alone takes the colour of its widest.
  let runBegin = 0, runEnd = -1, runWidest = 0, runColor = 0;
  const flush = (): void => {
    if (runEnd >= 0) batch.add(runBegin, top, Math.max(0.75, runEnd - runBegin), runColor);
    runEnd = -1;
  };
  for (let at = firstEndingAfter(graph, row, from); at < end; ) {
    const box = graph.rowBoxes[at]!;
    const left = graph.left[box]!;
    if (left >= to) break;
    const x0 = (left - from) * scale, x1 = x0 + graph.width[box]! * scale;
    if (x1 - x0 >= MIN_BOX_PIXELS) {
      flush();
      const begin = snap(Math.max(0, x0), pixelRatio), stop = snap(Math.min(width, x1), pixelRatio);
      const gap = stop - begin > 3 ? 1 : stop - begin > 2 ? 0.5 : 0;
      const color = colorOf(box, graph, look);
      batch.add(begin, top, stop - begin - gap, color);
      if (stop - begin >= MIN_LABEL_PIXELS) labels.push({ box, x: begin, y: top, width: stop - begin - gap, color });
      at++;
      continue;
    }
    // Whatever else ends within this pixel cannot be told from this box.
    const pixelEnd = from + (Math.floor(x1 * pixelRatio) + 1) / pixelRatio / scale;
    const next = Math.max(at + 1, firstEndingAfter(graph, row, pixelEnd, at + 1));
    const begin = Math.max(0, x0);
    const color = look.matches ? colorOfPixel(graph, at, next, look) : look.colors[box]!;
    // A run has one colour, that of its widest; with a search, one answer.
    if (runEnd >= 0 && (begin > runEnd + 1 || (look.matches && color !== runColor))) flush();
    if (runEnd < 0) {
      runBegin = snap(begin, pixelRatio);
      runWidest = -1;
    }
    if (x1 - x0 > runWidest) {
      runWidest = x1 - x0;
      runColor = color;
    }
    runEnd = Math.max(runEnd, Math.min(width, x1));
    at = next;
  }
  flush();
}

/** Looks at no more than so many boxes of a pixel, so that a row of a million stays cheap. */
const MAX_LOOKS = 64;

/** Of the boxes in a pixel: whether the search found most, some or none of them. */
function colorOfPixel(graph: Graph, begin: number, end: number, look: Look): number {
  let found = 0, all = 0;
  const stride = Math.max(1, Math.ceil((end - begin) / MAX_LOOKS));
  for (let at = begin; at < end; at += stride) {
    const box = graph.rowBoxes[at]!;
    all += graph.width[box]!;
    if (look.matches![graph.fn[box]!] === 1) found += graph.width[box]!;
  }
  if (found === 0) return look.palette.folded + look.palette.faded;
  return found * 2 >= all ? look.palette.match : look.palette.someMatch;
}

function drawLabel(context: CanvasRenderingContext2D, label: Label, window: Window, look: Look): void {
  const { palette } = look;
  const isMatch = label.color === palette.match;
  let room = label.width - 2 * PADDING;
  const region = look.region(label.box);
  const middle = label.y + (window.rowHeight - 1) / 2 + 0.5;
  if (region !== '' && label.width >= MIN_REGION_PIXELS) {
    const whole = context.measureText(region).width;
    // A word that must be cut says less than the bar alone.
    const text = whole < label.width * 0.45 ? region : '';
    const used = text === '' ? 0 : whole;
    context.fillStyle = isMatch ? palette.matchText : palette.regionText;
    context.fillText(text, label.x + label.width - PADDING - used, middle);
    // A bar over the box says how far the region reaches.
    context.fillRect(label.x, label.y, label.width, 2);
    room -= used === 0 ? 0 : used + 10;
  }
  const text = look.labels.fit(look.name(label.box), room);
  if (text === '') return;
  context.fillStyle = isMatch ? palette.matchText : label.color >= palette.faded ? palette.fadedText : palette.text;
  context.fillText(text, label.x + PADDING, middle);
}

function snap(value: number, pixelRatio: number): number {
  return Math.round(value * pixelRatio) / pixelRatio;
}

export function isFolded(graph: Graph, box: number): boolean {
  return (graph.flags[box]! & NODE_FOLDED) !== 0;
}
