//! The rows of a comparison: words, signs, order.
//!
//! Knows: that a difference is only spoken of as one where it is proved. Values
//! of B are scaled, so that both sides can be compared.

import type { DiffHeader, DiffRow, Signal, Verdict } from '../data/header';
import type { Model } from '../data/model';

export interface Change { fn: number; verdict: Verdict; isProved: boolean; before: number; after: number; change: number; low: number; high: number; totalBefore: number; totalAfter: number }

export const VERDICT_WORDS: Record<Verdict, string> = { more: 'more', less: 'less', new: 'new', gone: 'gone', same: 'same', unproved: 'not proved' };

export function isProved(verdict: Verdict): boolean {
  return verdict !== 'same' && verdict !== 'unproved';
}

/** Proved changes first, the largest first; then the others by what they may be. */
export function changesOf(diff: DiffHeader): Change[] {
  const rank = (verdict: Verdict): number => (isProved(verdict) ? 0 : verdict === 'unproved' ? 1 : 2);
  return diff.rows.map((row) => changeOfRow(row, diff.scale)).sort((a, b) => rank(a.verdict) - rank(b.verdict) || Math.abs(b.change) - Math.abs(a.change) || a.fn - b.fn);
}

function changeOfRow(row: DiffRow, scale: number): Change {
  const after = row.selfB * scale;
  return {
    fn: row.fn, verdict: row.verdict, isProved: isProved(row.verdict), before: row.selfA, after, change: after - row.selfA,
    low: Math.min(row.low, row.high), high: Math.max(row.low, row.high), totalBefore: row.totalA, totalAfter: row.totalB * scale,
  };
}

/** The two signals of a comparison that belong to one: before and after. */
export function sidesOf(model: Model, signal: number): { before: number; after: number } | null {
  const { signals } = model.header;
  const { id } = signals[signal]!;
  const find = (side: Signal['side']): number => signals.findIndex((one) => one.id === id && one.side === side);
  const before = find(0), after = find(1);
  return before < 0 || after < 0 ? null : { before, after };
}

/** `+1.2 s`, `−3`, `0`: the sign says the direction, whatever the colour. */
export function signed(value: number, format: (size: number) => string): string {
  return value === 0 ? format(0) : `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}
