//! One curve over time, drawn by uPlot, with the time axis and the cursor of
//! the rows below it.
//!
//! Knows: uPlot. Dragging chooses a time, as on the rows. Dark and light are
//! read from the page, so that the curve has the colours of everything else.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { plotColors } from '../../canvas/states';
import { formatSeries } from '../../core/format';
import { shorten } from '../FrameDetails';
import type { Crosshair, Stretch } from './crosshair';

interface Props {
  name: string;
  unit: string;
  time: Float64Array;
  value: Float64Array;
  stretch: Stretch;
  range: [number, number] | null;
  width: number;
  gutter: number;
  dark: boolean;
  crosshair: Crosshair;
  onRange: (from: number, to: number) => void;
}

export const PANEL_HEIGHT = 76;
/** Steps of an axis of bytes: 1, 2, 4 ... so that ticks are round in KiB and MiB. */
const BYTE_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

export function SeriesPanel(props: Props) {
  const { name, unit, time, value, stretch, range, width, gutter, dark, crosshair } = props;
  const place = useRef<HTMLDivElement>(null), reading = useRef<HTMLSpanElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;

  useLayoutEffect(() => {
    const made = new uPlot(options(latest, () => reading.current), sorted(time, value), place.current!);
    plot.current = made;
    const forget = crosshair.listen((moment) => {
      const left = moment === null ? -10 : made.valToPos(moment, 'x');
      made.setCursor({ left: Number.isFinite(left) ? left : -10, top: 10 }, false);
      if (reading.current) reading.current.textContent = moment === null ? '' : readingAt(made, moment, unit);
    });
    return () => {
      forget();
      made.destroy();
    };
  }, [time, value, unit, dark, gutter]);
  useEffect(() => plot.current?.setSize({ width, height: PANEL_HEIGHT }), [width]);
  useEffect(() => plot.current?.redraw(true, true), [stretch.from, stretch.to, range?.[0], range?.[1]]);
  return (
    <figure class="tl-panel" aria-label={`${name}: from ${formatSeries(least(value), unit)} to ${formatSeries(most(value), unit)}`}>
      <figcaption title={name}><span class="cell-name">{shorten(name, 60)}</span><span class="tl-reading" ref={reading} /></figcaption>
      <div ref={place} />
    </figure>
  );
}

function options(latest: { current: Props }, reading: () => HTMLElement | null): uPlot.Options {
  const { unit, gutter, width, dark } = latest.current;
  const colors = plotColors(dark);
  return {
    width, height: PANEL_HEIGHT, padding: [8, 0, 7, 0], legend: { show: false },
    cursor: {
      y: false, drag: { x: true, y: false, setScale: false }, points: { size: 6, fill: colors.accent, width: 0 },
    },
    scales: {
      x: { time: false, range: () => [latest.current.stretch.from, latest.current.stretch.to] },
      y: { range: (_plot, low, high) => [Math.min(0, low ?? 0), (high ?? 0) > 0 ? high * 1.08 : 1] },
    },
    axes: [
      { show: false },
      {
        size: gutter, gap: 6, space: 24, ...(unit.startsWith('bytes') ? { incrs: BYTE_STEPS } : {}), stroke: colors.dim, font: '11px system-ui, sans-serif', ticks: { show: false },
        grid: { stroke: colors.line, width: 1 }, values: (_plot, values) => values.map((one) => formatSeries(one, unit)),
      },
    ],
    series: [{}, { stroke: colors.accent, width: 1.4, fill: colors.accentSoft, points: { show: latest.current.time.length < 40, size: 4, fill: colors.accent } }],
    hooks: {
      setSelect: [(plot) => {
        const { left, width: wide } = plot.select;
        if (wide < 3) return;
        latest.current.onRange(plot.posToVal(left, 'x'), plot.posToVal(left + wide, 'x'));
        plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      }],
      setCursor: [(plot) => {
        const left = plot.cursor.left ?? -1;
        latest.current.crosshair.point(left < 0 ? null : plot.posToVal(left, 'x'));
        if (left < 0 && reading()) reading()!.textContent = '';
      }],
      draw: [(plot) => shadeOutside(plot, latest.current.range, colors.surface)],
    },
  };
}

function shadeOutside(plot: uPlot, range: [number, number] | null, color: string): void {
  if (!range) return;
  const { left, top, width, height } = plot.bbox;
  const x = (time: number): number => Math.max(left, Math.min(left + width, plot.valToPos(time, 'x', true)));
  plot.ctx.save();
  plot.ctx.globalAlpha = 0.72;
  plot.ctx.fillStyle = color;
  plot.ctx.fillRect(left, top, x(range[0]) - left, height);
  plot.ctx.fillRect(x(range[1]), top, left + width - x(range[1]), height);
  plot.ctx.restore();
}

function readingAt(plot: uPlot, moment: number, unit: string): string {
  const index = plot.posToIdx(plot.valToPos(moment, 'x'));
  const value = plot.data[1]?.[index];
  return value === undefined || value === null ? '' : formatSeries(value, unit);
}

/** uPlot needs rising times; a file may hold others. */
function sorted(time: Float64Array, value: Float64Array): uPlot.AlignedData {
  let rising = true;
  for (let at = 1; at < time.length && rising; at++) rising = time[at]! >= time[at - 1]!;
  if (rising) return [time, value] as unknown as uPlot.AlignedData;
  const order = [...time.keys()].sort((a, b) => time[a]! - time[b]!);
  return [order.map((at) => time[at]!), order.map((at) => value[at]!)];
}

function least(values: Float64Array): number {
  return values.reduce((low, one) => Math.min(low, one), values[0] ?? 0);
}
function most(values: Float64Array): number {
  return values.reduce((high, one) => Math.max(high, one), values[0] ?? 0);
}
