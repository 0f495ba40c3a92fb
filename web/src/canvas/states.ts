//! Colours of thread states: work is strong, waits that matter have a hue each,
//! idle waits are grey.
//!
//! Knows: Paul Tol's "light" set, as `colors.ts`. The legend says each in words.

import { mix } from './colors';

const COLORS: Record<string, [string, string]> = {
  // Light page, dark page.
  running: ['#2f9e7f', '#37a486'],
  runnable: ['#e3c84a', '#c9ae3a'],
  gc: ['#ef7f97', '#d9758b'],
  'blocked.gc': ['#ffb6c4', '#96525f'],
  'blocked.lock': ['#e2703f', '#d4734b'],
  'blocked.disk': ['#4f86c6', '#4f83bf'],
  'blocked.network': ['#86cdf2', '#5fa6cc'],
  'blocked.pipe': ['#b7c54a', '#8a9540'],
  'blocked.page-fault': ['#9a6fb0', '#94709f'],
  'blocked.child': ['#d7d2c3', '#4a4740'],
  'blocked.task': ['#cfd6dc', '#414b54'],
  'blocked.poll': ['#dfe4e8', '#333b43'],
  'blocked.timer': ['#e7e9ec', '#2c3239'],
  'blocked.other': ['#d3d3d3', '#45484c'],
  unknown: ['#d8d5cf', '#3b3f44'],
};

export function stateColor(state: string, dark: boolean): string {
  return (COLORS[state] ?? COLORS['blocked.other']!)[dark ? 1 : 0];
}

/** Lowest first: work stands on the ground, waits above it. */
export function stateRank(state: string): number {
  const order = Object.keys(COLORS).indexOf(state);
  return order < 0 ? Object.keys(COLORS).length : order;
}

/** Colours of lines and words on a canvas; the style sheet's, which the page may not have taken up yet while it first draws. */
export interface PlotColors { surface: string; line: string; dim: string; accent: string; accentSoft: string }

export function plotColors(dark: boolean): PlotColors {
  return dark
    ? { surface: '#16191d', line: '#2b3037', dim: '#98a1ac', accent: '#8ab8ff', accentSoft: '#1f2f47' }
    : { surface: '#ffffff', line: '#dfe2e6', dim: '#5d6570', accent: '#1d5fc4', accentSoft: '#e3edfb' };
}

/** Steps from little to much, for heat: one direction in lightness, so that it reads without hue. */
const HEAT_LIGHT = ['#f7f4ee', '#fbdfb0', '#f5b26b', '#e2763f', '#b63a3a', '#6f1537'];
const HEAT_DARK = ['#1b1f24', '#3a2440', '#7a2b57', '#bf4a4d', '#ec8b45', '#fbe08a'];

/** From 0 (nothing) to 1 (most). */
export function heatColor(share: number, dark: boolean): string {
  const steps = dark ? HEAT_DARK : HEAT_LIGHT;
  const at = Math.max(0, Math.min(1, share)) * (steps.length - 1);
  const step = Math.min(steps.length - 2, Math.floor(at));
  return mix(steps[step]!, steps[step + 1]!, at - step);
}
