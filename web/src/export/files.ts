//! What is shown, as files: folded stacks, a table, a picture.
//!
//! Knows: the formats. A file is made in memory and handed to the reader
//! through a link; nothing leaves the page.

import { drawGraph, type Look, type Window } from '../canvas/draw';
import { firstEndingAfter, type Graph } from '../canvas/graph';
import { ROW_HEIGHT } from '../canvas/controller';
import { frameKindName, frameLocation, frameModule, frameName } from '../core/frames';
import { functionTable } from '../core/table';
import { nodeAt, pathOf, type DerivedTree } from '../core/tree';
import type { Model } from '../data/model';
import { SvgContext } from './svg';

/** Browsers refuse canvases taller than this. */
const MAX_CANVAS_PIXELS = 30_000;
const EXPORT_WIDTH = 1600;

/** A graph on the page that can be exported. */
export interface GraphSource { graph: Graph; look: Look; flipped: boolean; seen: () => [number, number] }

const sources: GraphSource[] = [];

/** Makes a graph known while it is on the page; call the result when it goes. */
export function offerGraph(source: GraphSource): () => void {
  sources.push(source);
  return () => {
    sources.splice(sources.indexOf(source), 1);
  };
}

export function canExportPicture(): boolean {
  return sources.length > 0;
}

function exportWindow({ graph, flipped, seen }: GraphSource, pixelRatio: number): Window {
  const [from, to] = seen();
  let rows = 1;
  for (let row = 0; row < graph.rows; row++) {
    const at = firstEndingAfter(graph, row, from);
    if (at < graph.rowBegins[row + 1]! && graph.left[graph.rowBoxes[at]!]! < to) rows = row + 1;
  }
  const full = graph.rows * ROW_HEIGHT;
  const height = Math.min(rows * ROW_HEIGHT, Math.floor(MAX_CANVAS_PIXELS / pixelRatio));
  return { from, to, scrollTop: flipped ? full - height : 0, width: EXPORT_WIDTH, height, rowHeight: ROW_HEIGHT, flipped, pixelRatio };
}

export function svgOfGraph(title: string): string {
  const source = sources[0];
  if (!source) return '';
  const window = exportWindow(source, 1);
  const context = new SvgContext(source.look.labels.font);
  drawGraph(context as unknown as CanvasRenderingContext2D, source.graph, window, source.look);
  return context.finish(window.width, window.height, title);
}

export async function pngOfGraph(): Promise<Blob | null> {
  const source = sources[0];
  if (!source) return null;
  const ratio = Math.max(1, Math.min(2, devicePixelRatio || 1));
  const window = exportWindow(source, ratio);
  const canvas = document.createElement('canvas');
  canvas.width = window.width * ratio;
  canvas.height = window.height * ratio;
  drawGraph(canvas.getContext('2d', { alpha: false })!, source.graph, window, source.look);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/** `a;b;c value` per stack, of the part that is zoomed to. */
export function foldedOfTree(model: Model, tree: DerivedTree, zoom: number[] | null): string {
  const root = zoom ? nodeAt(tree, zoom) : 0;
  const clean = (fn: number): string => frameName(model, fn).replace(/[;\n\r]/g, ' ');
  const above = pathOf(tree, root).map(clean);
  const names: string[] = [];
  const lines: string[] = [];
  for (let node = root; node < tree.end[root]!; node++) {
    const depth = tree.depth[node]! - tree.depth[root]!;
    names.length = depth;
    if (depth > 0) names[depth - 1] = clean(tree.fn[node]!);
    if (tree.self[node] !== 0) lines.push(`${[...above, ...names].join(';') || 'all'} ${tree.self[node]}`);
  }
  return `${lines.join('\n')}\n`;
}

/** One line per function, as RFC 4180 has it. */
export function csvOfTree(model: Model, tree: DerivedTree, unit: string): string {
  const table = functionTable(model, tree);
  const cell = (text: string): string => {
    // A cell that a spreadsheet would run as a formula is made plain text.
    const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
  };
  const lines = [`function,location,module,kind,self (${unit}),total (${unit}),self samples,total samples`];
  for (const fn of table.fns) {
    const words = [frameName(model, fn), frameLocation(model, fn), frameModule(model, fn), frameKindName(model, fn)].map(cell);
    lines.push([...words, table.self[fn], table.total[fn], table.selfN[fn], table.totalN[fn]].join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Hands a file to the reader. */
export function download(name: string, content: Blob | string, type: string): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file name out of a title: letters, digits and dashes. */
export function fileName(title: string, extension: string): string {
  const name = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 60);
  return `${name || 'profile'}.${extension}`;
}
