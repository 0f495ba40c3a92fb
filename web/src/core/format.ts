//! Numbers as people read them: times, sizes, counts, shares.
//!
//! Knows: units and rounding to three figures. Always a dot and no locale, so
//! that two readers of one report see the same text.

import type { Unit } from '../data/header';

const TIME_STEPS: [number, string][] = [[3.6e12, 'h'], [6e10, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, 'µs'], [1, 'ns']];
const SIZE_STEPS: [number, string][] = [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'B']];

export function formatValue(value: number, unit: Unit): string {
  if (unit === 'nanoseconds') return formatSteps(value, TIME_STEPS);
  if (unit === 'bytes') return formatSteps(value, SIZE_STEPS);
  return formatCount(value);
}

export function formatNanos(nanos: number): string {
  return formatSteps(nanos, TIME_STEPS);
}

function formatSteps(value: number, steps: [number, string][]): string {
  const size = Math.abs(value);
  const [scale, unit] = steps.find(([step]) => size >= step) ?? steps[steps.length - 1]!;
  return `${threeFigures(value / scale)} ${unit}`;
}

/** 1,234,567 */
export function formatCount(value: number): string {
  const rounded = Math.round(value);
  return String(rounded).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `12.3 %`; below a tenth of a thousandth it says so instead of 0. */
export function formatShare(part: number, whole: number): string {
  if (!(whole !== 0) || !Number.isFinite(part / whole)) return '0 %';
  const percent = (100 * part) / whole;
  const size = Math.abs(percent);
  if (size === 0) return '0 %';
  if (size < 0.01) return `${percent < 0 ? '>-' : '<'}0.01 %`;
  return `${percent.toFixed(size >= 10 ? 1 : 2)} %`;
}

function threeFigures(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === Math.round(value)) return String(Math.round(value));
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** A value of a series, whose unit is a word of its recorder. */
export function formatSeries(value: number, unit: string): string {
  const [base, per] = unit.endsWith('/s') ? [unit.slice(0, -2), '/s'] : [unit, ''];
  if (base === 'bytes') return formatSteps(value, SIZE_STEPS) + per;
  if (base === 'nanoseconds') return formatSteps(value, TIME_STEPS) + per;
  if (base === 'ratio') return `${threeFigures(value * 100)} %`;
  const size = Math.abs(value);
  const number = size >= 1e4 ? formatCount(value) : size !== 0 && size < 0.01 ? value.toPrecision(2) : threeFigures(value);
  return base === 'count' || base === '1' ? number + per : `${number} ${unit}`;
}
