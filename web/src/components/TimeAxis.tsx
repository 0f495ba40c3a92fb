//! A time axis over a graph: ticks at round times of the stretch that is seen.

import { formatNanos } from '../core/format';

/** About one tick per so many pixels. */
const TICK_PIXELS = 110;

export function TimeAxis({ from, to, width }: { from: number; to: number; width: number }) {
  const step = roundStep(((to - from) * TICK_PIXELS) / Math.max(1, width));
  const ticks: number[] = [];
  for (let index = Math.ceil(from / step); index * step < to && ticks.length < 200; index++) ticks.push(index * step);
  return (
    <div class="axis" aria-hidden="true">
      {ticks.map((time) => <span class="tick" key={time} style={{ left: `${((time - from) / (to - from)) * 100}%` }}>{formatNanos(time)}</span>)}
    </div>
  );
}

/** The next of 1, 2, 5 times a power of ten. */
export function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, atLeast)));
  return power * ([1, 2, 5].find((one) => one * power >= atLeast) ?? 10);
}
