//! The view state as the part of the address after `#`, and back.
//!
//! Knows: one short key per choice; what is at its default is left out. Reading
//! survives any text: what cannot be understood is as if it were not there.

import type { Model } from '../data/model';
import { frameCount } from './frames';
import { DEFAULT_STATE, type ColorBy, type GroupBy, type Orientation, type Theme, type Transform, type ViewState } from './state';

/** Longer lists than this are not read from an address. */
const MAX_LIST = 100_000;

export function stateToHash(model: Model, state: ViewState): string {
  const parts: string[] = [];
  const put = (key: string, value: string): void => {
    parts.push(`${key}=${encodeURIComponent(value).replace(/%2C/g, ',').replace(/%2F/g, '/').replace(/%3A/g, ':')}`);
  };
  put('view', state.view);
  if (state.signal !== 0) put('signal', signalKey(model, state.signal));
  if (state.theme !== 'auto') put('theme', state.theme);
  if (state.search !== '') put('search', state.search);
  if (state.range) put('range', state.range.map(Math.round).join('-'));
  if (state.threads) put('threads', packList(state.threads));
  if (state.processes) put('processes', packList(state.processes));
  if (state.states) put('states', packList(state.states));
  if (state.transforms.length > 0) put('do', state.transforms.map(packTransform).join('!'));
  if (state.group !== 'none') put('group', state.group);
  if (state.zoom) put('zoom', packList(state.zoom));
  if (state.viewport) put('at', state.viewport.map((share) => Number(share.toPrecision(10))).join('-'));
  if (state.selected !== null) put('fn', state.selected.toString(36));
  if (state.colorBy !== 'kind') put('color', state.colorBy);
  if (state.orientation !== 'icicle') put('up', state.orientation);
  for (const key of Object.keys(state.options).sort()) put(`o.${key}`, state.options[key]!);
  return `#${parts.join('&')}`;
}

export function hashToState(model: Model, hash: string): ViewState {
  const fields = new Map<string, string>();
  for (const part of hash.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at), decode(part.slice(at + 1)));
  }
  const frames = frameCount(model);
  const { header } = model;
  const list = (key: string, limit: number): number[] | null => {
    const text = fields.get(key);
    return text === undefined ? null : unpackList(text, limit);
  };
  const one = <T extends string>(key: string, allowed: readonly T[], absent: T): T => {
    const text = fields.get(key) as T;
    return allowed.includes(text) ? text : absent;
  };
  const options: Record<string, string> = {};
  for (const [key, value] of fields) if (/^o\.[\w.-]+$/.test(key)) options[key.slice(2)] = value;
  const selected = Number.parseInt(fields.get('fn') ?? '', 36);
  return {
    ...DEFAULT_STATE,
    // Who opens a comparison came for the changes, and who opens a report for what is to do.
    view: fields.get('view') ?? (header.kind === 'diff' ? 'diff' : header.judgement?.findings.length ? 'findings' : DEFAULT_STATE.view),
    signal: Math.max(0, header.signals.findIndex((_, index) => signalKey(model, index) === fields.get('signal'))),
    theme: one<Theme>('theme', ['auto', 'light', 'dark'], 'auto'),
    search: fields.get('search') ?? '',
    range: pair(fields.get('range')),
    threads: list('threads', header.threads.length),
    processes: list('processes', header.processes.length),
    states: list('states', 256),
    transforms: (fields.get('do') ?? '').split('!').map((text) => unpackTransform(text, model, frames)).filter((one) => one !== null),
    group: one<GroupBy>('group', ['none', 'process', 'thread', 'state'], 'none'),
    zoom: list('zoom', frames),
    viewport: pair(fields.get('at')),
    selected: selected >= 0 && selected < model.fn.count ? selected : null,
    colorBy: one<ColorBy>('color', ['kind', 'module', 'thread', 'diff'], header.kind === 'diff' ? 'diff' : 'kind'),
    orientation: one<Orientation>('up', ['icicle', 'flame'], 'icicle'),
    options,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The id of a signal, with its side where the id alone does not tell. */
function signalKey(model: Model, signal: number): string {
  const { signals } = model.header;
  const { id } = signals[signal]!;
  const first = signals.findIndex((one) => one.id === id);
  return first === signal ? id : `${id}:${signal}`;
}

function pair(text: string | undefined): [number, number] | null {
  const match = /^([\d.e+-]*?\d)-(\d[\d.e+-]*)$/.exec(text ?? '');
  const from = Number(match?.[1]), to = Number(match?.[2]);
  return match && Number.isFinite(from) && Number.isFinite(to) && from >= 0 && to > from ? [from, to] : null;
}

/** Base 36, joined by dots; a run of equal numbers is `number*times`, for recursion. */
function packList(list: readonly number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < list.length; ) {
    let times = 1;
    while (index + times < list.length && list[index + times] === list[index]) times++;
    parts.push(times > 2 ? `${list[index]!.toString(36)}*${times}` : Array(times).fill(list[index]!.toString(36)).join('.'));
    index += times;
  }
  return parts.join('.');
}

function unpackList(text: string, limit: number): number[] {
  const out: number[] = [];
  if (text === '') return out;
  for (const part of text.split('.')) {
    const match = /^([0-9a-z]{1,10})(?:\*(\d{1,6}))?$/.exec(part);
    const value = Number.parseInt(match?.[1] ?? '', 36);
    if (!(value < limit)) continue;
    for (let times = Number(match?.[2] ?? 1); times > 0 && out.length < MAX_LIST; times--) out.push(value);
  }
  return out;
}

const SHORT: Record<Transform['type'], string> = {
  'focus-function': 'f', 'focus-subtree': 's', hide: 'h', merge: 'm', 'collapse-recursion': 'r',
  'collapse-all-recursion': 'ra', 'collapse-module': 'cm', 'collapse-libraries': 'cl',
};

function packTransform(transform: Transform): string {
  const name = SHORT[transform.type];
  switch (transform.type) {
    case 'focus-subtree':
      return `${name}~${packList(transform.path)}`;
    case 'collapse-module':
      return `${name}~${transform.module.toString(36)}`;
    case 'collapse-recursion':
      return `${name}~${transform.fn.toString(36)}~${transform.direct ? 'd' : 'a'}`;
    case 'focus-function':
    case 'hide':
    case 'merge':
      return `${name}~${transform.fn.toString(36)}`;
    default:
      return name;
  }
}

function unpackTransform(text: string, model: Model, frames: number): Transform | null {
  const [name, first = '', second = ''] = text.split('~');
  const type = (Object.keys(SHORT) as Transform['type'][]).find((one) => SHORT[one] === name);
  const id = Number.parseInt(first, 36);
  switch (type) {
    case undefined:
      return null;
    case 'focus-subtree': {
      const path = unpackList(first, frames);
      return path.length > 0 ? { type, path } : null;
    }
    case 'collapse-module':
      return id >= 0 && id < model.strings.count ? { type, module: id } : null;
    case 'collapse-recursion':
      return id >= 0 && id < frames ? { type, fn: id, direct: second !== 'a' } : null;
    case 'focus-function':
    case 'hide':
    case 'merge':
      return id >= 0 && id < frames ? { type, fn: id } : null;
    default:
      return { type };
  }
}
