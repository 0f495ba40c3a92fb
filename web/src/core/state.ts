//! What the viewer shows, as one plain value, and what a view is.
//!
//! Knows: the names of all choices a reader can make. Everything here is in the
//! page's address (see `url.ts`), so that a link shows the same picture. Does
//! not hold anything derived from the profile.

import type { JSX } from 'preact';
import type { Model } from '../data/model';
import type { SearchResult } from './search';
import type { DerivedTree } from './tree';

export type Theme = 'auto' | 'light' | 'dark';
export type ColorBy = 'kind' | 'module' | 'thread' | 'diff';
export type Orientation = 'icicle' | 'flame';
/** What the frames put at the root stand for. */
export type GroupBy = 'none' | 'process' | 'thread' | 'state';

/** A change to the call tree, applied in order. Frame ids: see `frames.ts`. */
export type Transform =
  /** Keep what runs under a function; stacks begin there. */
  | { type: 'focus-function'; fn: number }
  /** Keep one subtree, given by the frames from the root to it. */
  | { type: 'focus-subtree'; path: number[] }
  /** Drop every sample that has the function on its stack. */
  | { type: 'hide'; fn: number }
  /** Give the function's own time to its caller, and its callees too. */
  | { type: 'merge'; fn: number }
  /** Join calls of a function to itself: direct, or through others as well. */
  | { type: 'collapse-recursion'; fn: number; direct: boolean }
  /** Join direct calls of any function to itself. */
  | { type: 'collapse-all-recursion' }
  /** Of each run of frames of one module, keep the first. */
  | { type: 'collapse-module'; module: number }
  /** Of each run of frames that are not the user's own, keep the first. */
  | { type: 'collapse-libraries' };

export interface ViewState {
  view: string;
  /** Index into `header.signals`. */
  signal: number;
  theme: Theme;
  search: string;
  /** Nanoseconds from the start; null is all of it. */
  range: [number, number] | null;
  threads: number[] | null;
  processes: number[] | null;
  /** Indices into `header.states`. */
  states: number[] | null;
  transforms: Transform[];
  group: GroupBy;
  /** The frame that fills the width: frame ids from below the root to it. */
  zoom: number[] | null;
  /** The part of the width that is seen, as shares of the whole; null is what `zoom` says. */
  viewport: [number, number] | null;
  /** The function that sandwich, source and the call graph are about. */
  selected: number | null;
  colorBy: ColorBy;
  orientation: Orientation;
  /** What a view keeps for itself (sort orders, chosen columns ...), under its own prefix: `top.sort`. */
  options: Record<string, string>;
}

export const DEFAULT_STATE: ViewState = {
  view: 'flame', signal: 0, theme: 'auto', search: '', range: null, threads: null, processes: null, states: null,
  transforms: [], group: 'none', zoom: null, viewport: null, selected: null, colorBy: 'kind', orientation: 'icicle',
  options: {},
};

/** `replace` keeps the change out of the browser's history (typing, panning). */
export type Update = (patch: Partial<ViewState>, how?: { replace?: boolean }) => void;

/** A frame somebody pointed at: a function, and where it stood if it was in a tree. */
export interface FrameTarget {
  fn: number;
  /** Frame ids from below the root to the frame; null when it stands for the function anywhere. */
  path: number[] | null;
}

export interface ViewProps {
  model: Model;
  state: ViewState;
  update: Update;
  /** The call tree for the current signal, filters and transforms. */
  tree: DerivedTree;
  /** What the search finds; null without one. */
  found: SearchResult | null;
  /** Whether the page is dark at the moment (theme and system together). */
  dark: boolean;
  /** Opens the menu of actions on a frame, at a place of the window. */
  openMenu: (target: FrameTarget, clientX: number, clientY: number) => void;
}

export interface View {
  id: string;
  title: string;
  /** One key that switches to the view. */
  key: string;
  /** Whether it draws stacks, so that their colours can be chosen; and, unless they are in the order of time, their grouping and direction. */
  drawsStacks?: true | 'over time';
  /** It shows the whole recording: signal, filters and search say nothing there. */
  ignoresFilters?: true;
  available(model: Model): boolean;
  Component: (props: ViewProps) => JSX.Element | null;
}
