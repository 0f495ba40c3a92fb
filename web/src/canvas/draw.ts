//! Draws the part of a graph that is seen, and nothing else.
//!
//! Knows: rows to pixels, joining what is narrower than a pixel, labels. The
//! work is bounded by the pixels of the canvas, not by the graph. Does not
//! know: events, animation or what the boxes mean.

import { NODE_FOLDED } from '../data/model';
import type { Palette } from './colors';
import { firstEndingAfter, type Graph } from './graph';
import { RectangleBatch, type BoxSink } from './rectangles';
import type { Strip } from './strip';
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

interface Label { box: number; x: number; y: number; width: number; color: number }
const labels: Label[] = [];

/** Draws onto a canvas by way of a strip; without one, box by box, as files need it. */
export function drawGraph(context: CanvasRenderingContext2D, graph: Graph, window: Window, look: Look, strip: Strip | null = null): void {
  const { width, height, rowHeight, pixelRatio } = window;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = look.palette.background;
  context.fillRect(0, 0, width, height);
  if (!(window.to > window.from)) return;
  labels.length = 0;
  const ends = [rowAt(graph, 0, window), rowAt(graph, height - 1, window)];
  const first = Math.max(0, Math.min(...ends)), last = Math.min(graph.rows - 1, Math.max(...ends));
  const devicePixels = Math.round(width * pixelRatio);
  const batch = strip ? null : new RectangleBatch(pixelRatio);
  strip?.begin(devicePixels, Math.max(0, last - first + 1), look.palette);
  for (let row = first; row <= last; row++) collectRow(graph, row, window, look, (strip ?? batch)!);
  strip?.draw(context, devicePixels / pixelRatio, rowHeight - 1);
  batch?.fill(context, look.palette.fills, rowHeight - 1);
  context.font = look.labels.font;
  context.textBaseline = 'middle';
  for (const label of labels) drawLabel(context, label, window, look);
}

function colorOf(box: number, graph: Graph, look: Look): number {
  const color = look.colors[box]!;
  if (!look.matches) return color;
  return look.matches[graph.fn[box]!] === 1 ? look.palette.match : color + look.palette.faded;
}

function collectRow(graph: Graph, row: number, window: Window, look: Look, boxes: BoxSink): void {
  const { from, to, width, pixelRatio } = window;
  const scale = width / (to - from), deviceScale = scale * pixelRatio, deviceWidth = Math.round(width * pixelRatio);
  const top = snap(rowTop(graph, row, window), pixelRatio);
  const end = graph.rowBegins[row + 1]!;
  boxes.beginRow(top);
  // A run of boxes too narrow to draw alone takes the colour of its widest.
  let runBegin = 0, runEnd = -1, runWidest = 0, runColor = 0;
  const flush = (): void => {
    if (runEnd >= 0) boxes.add(runBegin, Math.max(runBegin + 1, Math.round(runEnd)), 0, runColor);
    runEnd = -1;
  };
  for (let at = firstEndingAfter(graph, row, from); at < end; ) {
    const box = graph.rowBoxes[at]!;
    const left = graph.left[box]!;
    if (left >= to) break;
    const x0 = (left - from) * deviceScale, x1 = x0 + graph.width[box]! * deviceScale;
    if (x1 - x0 >= MIN_BOX_PIXELS * pixelRatio) {
      flush();
      const begin = Math.round(Math.max(0, x0)), stop = Math.round(Math.min(deviceWidth, x1));
      const pixels = (stop - begin) / pixelRatio;
      const gap = (pixels > 3 ? 1 : pixels > 2 ? 0.5 : 0) * pixelRatio;
      const color = colorOf(box, graph, look);
      boxes.add(begin, stop, gap, color);
      if (pixels >= MIN_LABEL_PIXELS) labels.push({ box, x: begin / pixelRatio, y: top, width: (stop - begin - gap) / pixelRatio, color });
      at++;
      continue;
    }
    // Whatever else ends within this pixel cannot be told from this box.
    const next = endOfPixel(graph, at, end, from + (Math.floor(x1) + 1) / deviceScale);
    const begin = Math.max(0, x0);
    const color = look.matches ? colorOfPixel(graph, at, next, look) : look.colors[box]!;
    // A run has one colour, that of its widest; with a search, one answer.
    if (runEnd >= 0 && (begin > runEnd + pixelRatio || (look.matches && color !== runColor))) flush();
    if (runEnd < 0) {
      runBegin = Math.round(begin);
      runWidest = -1;
    }
    if (x1 - x0 > runWidest) {
      runWidest = x1 - x0;
      runColor = color;
    }
    runEnd = Math.max(runEnd, Math.min(deviceWidth, x1));
    at = next;
  }
  flush();
}

/** The first place after `at` whose box ends right of `x`: near ones are most likely, so that steps double. */
function endOfPixel(graph: Graph, at: number, end: number, x: number): number {
  let low = at + 1, step = 1;
  for (let high = low; high < end; high = low + step) {
    const box = graph.rowBoxes[high]!;
    if (graph.left[box]! + graph.width[box]! > x) return firstEndingAfter(graph, graph.row[box]!, x, low, high);
    low = high + 1;
    step *= 2;
  }
  return firstEndingAfter(graph, graph.row[graph.rowBoxes[at]!]!, x, Math.min(low, end), end);
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
