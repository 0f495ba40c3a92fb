//! Frame ids: the functions of the profile, and after them the frames that the
//! viewer makes itself (one per thread, process and state, put at the root).
//!
//! Knows: names, files and kinds of both. The numbering depends only on the
//! profile, so that a frame id can stand in a link.

import type { Model } from '../data/model';

/** The kind of a frame made by the viewer; real kinds index `header.kinds`. */
export const KIND_GROUP = 254;

export function threadFrame(model: Model, thread: number): number {
  return model.fn.count + thread;
}
export function processFrame(model: Model, process: number): number {
  return model.fn.count + model.header.threads.length + process;
}
export function stateFrame(model: Model, state: number): number {
  return model.fn.count + model.header.threads.length + model.header.processes.length + state;
}
export function isGroupFrame(model: Model, frame: number): boolean {
  return frame >= model.fn.count;
}
/** How many frame ids there are. */
export function frameCount(model: Model): number {
  return stateFrame(model, 256);
}

export function threadName(model: Model, thread: number): string {
  const one = model.header.threads[thread];
  return one ? `${one.name || 'thread'} (${one.tid})` : '';
}
export function processName(model: Model, process: number): string {
  const one = model.header.processes[process];
  return one ? `${one.name || 'process'} (${one.pid})` : '';
}

export function frameName(model: Model, frame: number): string {
  let rest = frame - model.fn.count;
  if (rest < 0) return model.strings.label(model.fn.name[frame]!) || '(no name)';
  const { threads, processes, states } = model.header;
  if (rest < threads.length) return threadName(model, rest);
  rest -= threads.length;
  if (rest < processes.length) return processName(model, rest);
  rest -= processes.length;
  return states[rest] ?? `state ${rest}`;
}

/** `file:line`, or '' where the file is not known. */
export function frameLocation(model: Model, frame: number): string {
  if (frame >= model.fn.count) return '';
  const file = model.strings.label(model.fn.file[frame]!);
  const line = model.fn.line[frame]!;
  return file === '' ? '' : line > 0 ? `${file}:${line}` : file;
}

export function frameModule(model: Model, frame: number): string {
  return frame < model.fn.count ? model.strings.label(model.fn.module[frame]!) : '';
}

export function frameKind(model: Model, frame: number): number {
  return frame < model.fn.count ? model.fn.kind[frame]! : KIND_GROUP;
}
export function frameKindName(model: Model, frame: number): string {
  return frame < model.fn.count ? (model.header.kinds[model.fn.kind[frame]!] ?? 'unknown') : '';
}
export function frameRegion(model: Model, frame: number): string {
  return frame < model.fn.count ? (model.header.regions[model.fn.region[frame]!] ?? '') : '';
}
