//! Stack chart: stacks over time, one lane per thread.
//!
//! Knows: that time is horizontal and that a selection of time becomes a filter
//! for all views. Within a bin the order of stacks is not known.

import { useMemo, useState } from 'preact/hooks';
import { boxColors, paletteFor } from '../canvas/colors';
import { GraphView } from '../components/GraphView';
import { shorten } from '../components/FrameDetails';
import { TimeAxis } from '../components/TimeAxis';
import { deriveTree } from '../core/derive';
import { formatNanos, formatShare, formatValue } from '../core/format';
import { frameLocation, frameName, isGroupFrame } from '../core/frames';
import { chartWindow, hasTime, stackChart } from '../core/stackchart';
import type { View, ViewProps } from '../core/state';
import { pathOf } from '../core/tree';

function Chart({ model, state, update, tree: shared, found, dark, openMenu }: ViewProps) {
  const { signal, range, threads, processes, states, transforms } = state;
  // Lanes are threads already: frames per thread at the root would say it twice.
  const tree = useMemo(() => (state.group === 'none' ? shared : deriveTree(model, { signal, range, threads, processes, states, transforms, group: 'none' })), [shared, state.group]);
  const extent = Math.max(1, model.header.durationNanos);
  const shares: [number, number] = state.viewport ?? (range ? [Math.max(0, range[0] / extent), Math.min(1, range[1] / extent)] : [0, 1]);
  const seen: [number, number] = shares[1] > shares[0] ? shares : [0, 1];
  const [from, to] = chartWindow(seen, extent);
  const chart = useMemo(() => stackChart(model, tree, signal, { range, threads, processes, states }, [from, to]), [model, tree, from, to]);
  const laneThread = useMemo(() => {
    const threadOfRow = new Int32Array(chart.rows).fill(-1);
    for (let box = 0; box < chart.fn.length; box++) if (chart.node[box] === -1) threadOfRow[chart.row[box]!] = chart.fn[box]! - model.fn.count;
    for (let row = 1; row < chart.rows; row++) if (threadOfRow[row] === -1) threadOfRow[row] = threadOfRow[row - 1]!;
    return chart.row.map((row) => threadOfRow[row]!);
  }, [chart]);
  const colors = useMemo(() => boxColors(model, chart, state.colorBy === 'diff' ? 'kind' : state.colorBy, null, laneThread), [model, chart, state.colorBy]);
  const [cursor, setCursor] = useState<{ chart: unknown; box: number } | null>(null);
  const cursorBox = cursor?.chart === chart ? cursor.box : -1;
  const { unit } = model.header.signals[signal]!;
  const zoomTo = (box: number): void => {
    const isLane = box >= 0 && chart.node[box] === -1;
    if (box < 0 || isLane) update({ viewport: null });
    else {
      const margin = chart.width[box]! * 0.05;
      update({ viewport: [Math.max(0, (chart.left[box]! - margin) / chart.extent), Math.min(1, (chart.left[box]! + chart.width[box]! + margin) / chart.extent)] });
    }
  };
  if (chart.fn.length === 0) return <p class="empty">Nothing is left with these filters.</p>;
  const place = (box: number): string => `${formatNanos(chart.left[box]!)} to ${formatNanos(chart.left[box]! + chart.width[box]!)}`;
  return (
    <div class="chart">
      <div class="chart-head">
        <TimeAxis from={seen[0] * chart.extent} to={seen[1] * chart.extent} width={innerWidth} />
        {state.viewport && <button type="button" class="button" onClick={() => update({ range: [seen[0] * chart.extent, seen[1] * chart.extent], viewport: null })}>Keep only this time</button>}
      </div>
      <div class="chart-body">
        <GraphView
          graph={chart} colors={colors} palette={paletteFor(dark)} flipped={false} goal={seen} cursor={cursorBox} matches={found?.matches ?? null}
          label="stack chart: time from left to right, one lane per thread" name={(box) => frameName(model, chart.fn[box]!)} region={() => ''}
          describe={(box) => `${frameName(model, chart.fn[box]!).slice(0, 300)}, ${place(box)}, ${formatValue(chart.value[box]!, unit)}`}
          tooltip={(box) => (
            <div class="details">
              <div class="details-name">{shorten(frameName(model, chart.fn[box]!))}</div>
              <div class="details-place">{shorten(frameLocation(model, chart.fn[box]!), 160)}</div>
              <div class="details-about">{place(box)} ({formatNanos(chart.width[box]!)})</div>
              <div class="details-about">{formatValue(chart.value[box]!, unit)} here{chart.node[box]! >= 0 && `; ${formatValue(tree.total[chart.node[box]!]!, unit)} (${formatShare(tree.total[chart.node[box]!]!, tree.sum)}) in this stack overall`}</div>
              <div class="details-note">Times are known to {formatNanos(model.header.binNanos)}; the order within is not.</div>
            </div>
          )}
          onCursor={(box) => {
            setCursor({ chart, box });
            const fn = chart.fn[box]!;
            if (!isGroupFrame(model, fn) && fn !== state.selected) update({ selected: fn }, { replace: true });
          }}
          onZoom={zoomTo} onOut={() => zoomTo(-1)}
          onMenu={(box, x, y) => openMenu({ fn: chart.fn[box]!, path: chart.node[box]! > 0 ? pathOf(tree, chart.node[box]!) : null }, x, y)}
          onViewport={(viewport) => update({ viewport }, { replace: true })}
        />
      </div>
      {chart.leftOut > 0 && <p class="hint">{chart.leftOut} less busy threads are not shown; choose them with “Threads”.</p>}
    </div>
  );
}

export const view: View = { id: 'chart', title: 'Stack chart', key: '4', drawsStacks: 'over time', available: hasTime, Component: Chart };
