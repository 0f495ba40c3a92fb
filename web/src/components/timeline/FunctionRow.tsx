//! When the selected function was seen, on the axis of the timeline.
//!
//! Knows: filters but the time count; the function is the one of all views.

import { useMemo } from 'preact/hooks';
import { courseOf } from '../../core/about';
import { formatValue } from '../../core/format';
import { frameName } from '../../core/frames';
import type { ViewProps } from '../../core/state';
import type { Stretch } from './crosshair';

/** More could not be told apart; more than the data has would leave gaps between. */
const MOST_BINS = 1200;

export function FunctionRow({ model, state, update, tree, fn, stretch, gutter }: ViewProps & { fn: number; stretch: Stretch; gutter: number }) {
  const { signal, threads, processes, states } = state;
  const { binNanos, durationNanos } = model.header;
  const bins = Math.max(1, Math.min(MOST_BINS, Math.round(durationNanos / Math.max(1, binNanos))));
  const overTime = useMemo(() => courseOf(model, tree, fn, { signal, threads, processes, states, range: null }, bins).overTime, [model, tree, fn, signal, threads, processes, states]);
  if (!overTime) return null;
  const high = overTime.reduce((most, one) => Math.max(most, one), 1e-300);
  let sum = 0, bars = '';
  overTime.forEach((value, at) => {
    sum += value;
    if (value > 0) bars += `M${at} 24v${-Math.max(2, (value / high) * 22).toFixed(1)}h1V24z`;
  });
  const x = (time: number): number => (time / stretch.extent) * bins;
  const name = frameName(model, fn), { name: signalName, unit } = model.header.signals[signal]!;
  return (
    <div class="tl-function">
      <span class="tl-function-name" style={{ width: `${gutter - 12}px` }} title={name.slice(0, 400)}><span class="cell-name">{name.slice(0, 200)}</span><button type="button" aria-label="select no function" title="select no function" onClick={() => update({ selected: null })}>×</button></span>
      <svg style={{ left: `${gutter}px` }} viewBox={`${x(stretch.from)} 0 ${Math.max(1e-6, x(stretch.to) - x(stretch.from))} 24`} preserveAspectRatio="none" role="img"
        aria-label={`${name.slice(0, 200)} over time, ${formatValue(sum, unit)} of ${signalName}`}><path d={bars} /></svg>
    </div>
  );
}
