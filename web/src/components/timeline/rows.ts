//! Draws the rows of the timeline that are seen: per thread a band, each column
//! of it filled from the ground up by what the thread did.
//!
//! Knows: colours of states and which rows are faded. Its cost depends on the
//! pixels, not on the cells of rows that are not seen.

import { stateColor, stateRank } from '../../canvas/states';
import type { TimelineIndex, TimelineLine } from '../../core/timeline';

export const LINE_HEIGHT = 22;
const BAND_HEIGHT = 17;

export interface RowsLook {
  lines: TimelineLine[];
  index: TimelineIndex;
  states: readonly string[];
  dark: boolean;
  /** Bins that are seen, as fractions are. */
  from: number;
  to: number;
  scrollTop: number;
  width: number;
  height: number;
  cursorLine: number;
  isFaded: (line: TimelineLine) => boolean;
  background: string;
  lineColor: string;
}

export function drawRows(context: CanvasRenderingContext2D, look: RowsLook): void {
  const { lines, states, width, height, scrollTop } = look;
  const columns = Math.max(1, Math.floor(width));
  const nStates = states.length;
  const shares = new Float32Array(columns * nStates), ground = new Float32Array(columns);
  const order = states.map((_, state) => state).sort((a, b) => stateRank(states[a]!) - stateRank(states[b]!) || a - b);
  for (let line = Math.max(0, Math.floor(scrollTop / LINE_HEIGHT)); line < lines.length; line++) {
    const top = line * LINE_HEIGHT - scrollTop;
    if (top > height) break;
    const one = lines[line]!;
    if (one.kind === 'process') continue;
    look.index.fill(one.row, look.from, look.to, columns, nStates, shares);
    ground.fill(0);
    const floor = top + 2 + BAND_HEIGHT;
    for (const state of order) {
      context.fillStyle = stateColor(states[state]!, look.dark);
      drawState(context, shares.subarray(state * columns, (state + 1) * columns), ground, columns, floor);
    }
    if (look.isFaded(one)) {
      context.globalAlpha = 0.7;
      context.fillStyle = look.background;
      context.fillRect(0, top + 1, width, LINE_HEIGHT - 1);
      context.globalAlpha = 1;
    }
    context.fillStyle = look.lineColor;
    context.fillRect(0, Math.round(floor), width, 1);
  }
}

/** Adds one state on top of what stands already; equal neighbours are one rectangle. */
function drawState(context: CanvasRenderingContext2D, shares: Float32Array, ground: Float32Array, columns: number, floor: number): void {
  let begin = 0, base = 0, high = 0;
  const flush = (end: number): void => {
    if (high > 0) context.fillRect(begin, floor - base - high, end - begin, high);
  };
  for (let column = 0; column < columns; column++) {
    // Anything that happened is seen, if only as a line.
    const share = shares[column]!;
    const here = share <= 0 ? 0 : Math.min(BAND_HEIGHT - ground[column]!, Math.max(0.75, Math.round(share * BAND_HEIGHT * 2) / 2));
    if (here !== high || ground[column] !== base) {
      flush(column);
      begin = column;
      base = ground[column]!;
      high = here;
    }
    ground[column]! += here;
  }
  flush(columns);
}
