//! Heat map: each column a second (or another step), up the column the time
//! within it, colour what the signal held there.
//!
//! Knows: choosing a time with two clicks, a drag or keys.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { heatColor, plotColors } from '../canvas/states';
import { TimeAxis } from '../components/TimeAxis';
import { Tooltip, type TooltipHandle } from '../components/Tooltip';
import { sharpContext, useSize } from '../components/useSize';
import { deriveTree } from '../core/derive';
import { formatNanos, formatShare, formatValue } from '../core/format';
import { cellsRange, cellTime, heatmap, type Heatmap } from '../core/heatmap';
import { hasTime } from '../core/stackchart';
import type { View, ViewProps } from '../core/state';

/** Share of the scale that the smallest value is shown as. */
const LEAST_SEEN = 0.1;
const GUTTER = 62, MAX_COLUMN_PIXELS = 84, MAX_ROW_PIXELS = 24;

function HeatmapView({ model, state, update, found, dark }: ViewProps) {
  const { signal, threads, processes, states, transforms } = state;
  const extent = Math.max(1, model.header.durationNanos);
  const { unit } = model.header.signals[signal]!;
  const tree = useMemo(() => deriveTree(model, { signal, range: null, threads, processes, states, transforms, group: 'none' }), [model, signal, threads, processes, states, transforms]);
  const map = useMemo(() => heatmap(model, tree, signal, { range: null, threads, processes, states }, found?.matches ?? null), [model, tree, signal, found]);
  const area = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null);
  const tooltip = useRef<TooltipHandle>(null);
  const [width, height] = useSize(area);
  const columnPixels = Math.min(MAX_COLUMN_PIXELS, Math.max(1, (width - GUTTER - 12) / map.columns)), rowPixels = Math.min(MAX_ROW_PIXELS, Math.max(2, (height - 4) / map.rows));
  const [cursor, setCursor] = useState(-1);
  const [begun, setBegun] = useState<number | null>(null);
  const [pointed, setPointed] = useState(-1);
  const press = useRef<number | null>(null);
  const last = map.columns * map.rows - 1;
  const end = Math.min(last, Math.ceil(extent / map.cellNanos) - 1);
  const choosing: [number, number] | null = begun !== null && (pointed >= 0 || cursor >= 0) ? [begun, pointed >= 0 ? pointed : cursor] : null;
  const range = choosing ? cellsRange(map, ...choosing, extent) : state.range;

  useLayoutEffect(() => {
    if (!canvas.current || width === 0) return;
    drawMap(sharpContext(canvas.current, width, map.rows * rowPixels + 4), map, { columnPixels, rowPixels, dark, range, cursor, end });
  }, [map, width, height, dark, range?.[0], range?.[1], cursor]);
  useEffect(() => setBegun(null), [map]);

  const cellAt = (event: PointerEvent): number => {
    const bounds = canvas.current!.getBoundingClientRect();
    const column = Math.floor((event.clientX - bounds.left - GUTTER) / columnPixels), row = map.rows - 1 - Math.floor((event.clientY - bounds.top - 2) / rowPixels);
    const cell = column * map.rows + row;
    return column < 0 || column >= map.columns || row < 0 || row >= map.rows || cell > end ? -1 : cell;
  };
  const choose = (one: number, other: number): void => {
    setBegun(null);
    setPointed(-1);
    update({ range: cellsRange(map, one, other, extent) });
  };
  const onDown = (event: PointerEvent): void => {
    const cell = cellAt(event);
    if (cell < 0 || event.button !== 0) return;
    press.current = cell;
    setCursor(cell);
    if (begun === null) setBegun(cell);
    setPointed(cell);
    area.current!.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent): void => {
    const cell = cellAt(event);
    tooltip.current?.show(cell, event.clientX, event.clientY);
    if (begun !== null && cell >= 0) setPointed(cell);
  };
  const onUp = (event: PointerEvent): void => {
    const cell = cellAt(event), from = press.current;
    press.current = null;
    if (from === null || begun === null) return;
    // A drag chooses at once; a click waits for the second.
    if (cell >= 0 && (cell !== from || begun !== from)) choose(begun, cell);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = { ArrowUp: 1, ArrowDown: -1, ArrowRight: map.rows, ArrowLeft: -map.rows, PageUp: 10, PageDown: -10 };
    const step = steps[event.key];
    if (step !== undefined) {
      const next = cursor < 0 ? 0 : Math.max(0, Math.min(end, cursor + step));
      if (event.shiftKey && begun === null && cursor >= 0) setBegun(cursor);
      setCursor(next);
      setPointed(-1);
    } else if (event.key === 'Home') setCursor(0);
    else if (event.key === 'End') setCursor(end);
    else if ((event.key === 'Enter' || event.key === ' ') && cursor >= 0) {
      if (begun === null) setBegun(cursor);
      else choose(begun, cursor);
    } else if (event.key === 'Escape') {
      if (begun !== null) setBegun(null);
      else update({ range: null });
    } else return;
    event.preventDefault();
  };
  const words = (cell: number): string => {
    const [from, to] = cellTime(map, cell, extent);
    return `${formatNanos(from)} to ${formatNanos(to)}: ${formatValue(map.values[cell]!, unit)}`;
  };
  const wide = map.columns * columnPixels;
  return (
    <div class="heat">
      <div class="heat-head">
        <span>Each column is {formatNanos(map.columnNanos)}, each cell {formatNanos(map.cellNanos)}; times are known to {formatNanos(model.header.binNanos)}.{found && ' Only what matches the search counts.'}</span>
        <span class="spring" />
        <HeatLegend map={map} dark={dark} most={formatValue(map.strong, unit)} />
      </div>
      <div class="heat-area" ref={area} tabIndex={0} style={{ flexBasis: `${map.rows * MAX_ROW_PIXELS + 4}px` }} role="group" aria-label={`heat map: columns of ${formatNanos(map.columnNanos)}, time within a column from below. Arrow keys move, Enter begins and ends a choice of time, Escape gives it up.`}
        onKeyDown={onKeyDown} onPointerDown={onDown} onPointerMove={onMove} onPointerUp={onUp} onPointerLeave={() => tooltip.current?.show(-1, 0, 0)}>
        <canvas ref={canvas} aria-hidden="true" />
      </div>
      <div class="heat-axis"><div style={{ left: `${GUTTER}px`, width: `${wide}px` }}><TimeAxis from={0} to={map.columns * map.columnNanos} width={wide} /></div></div>
      <p class="hint tl-hint" aria-live="polite">
        {begun !== null ? `From ${formatNanos(cellTime(map, begun, extent)[0])}: click the other end, or press Enter there; Escape gives up.` : cursor >= 0 ? `${words(cursor)} (${formatShare(map.values[cursor]!, map.sum)} of all)` : 'Click two cells or drag to choose a time for all views.'}
        {map.sum === 0 && ' Nothing is left with these filters.'}
      </p>
      <Tooltip handle={tooltip} content={(cell) => (
        <div class="details">
          <div class="details-name">{formatValue(map.values[cell]!, unit)}</div>
          <div class="details-about">{cellTime(map, cell, extent).map(formatNanos).join(' to ')}</div>
          <div class="details-about">{formatShare(map.values[cell]!, map.sum)} of all; {formatNanos((cell % map.rows) * map.cellNanos)} into the column</div>
        </div>
      )} />
    </div>
  );
}

interface MapLook { columnPixels: number; rowPixels: number; dark: boolean; range: [number, number] | null; cursor: number; end: number }

function drawMap(context: CanvasRenderingContext2D, map: Heatmap, { columnPixels, rowPixels, dark, range, cursor, end }: MapLook): void {
  const colors = plotColors(dark);
  const gap = columnPixels > 5 ? 1 : 0, low = rowPixels > 5 ? 1 : 0;
  const place = (cell: number): [number, number] => [GUTTER + Math.floor(cell / map.rows) * columnPixels, 2 + (map.rows - 1 - (cell % map.rows)) * rowPixels];
  const isOutside = (cell: number): boolean => range !== null && ((cell + 1) * map.cellNanos <= range[0] || cell * map.cellNanos >= range[1]);
  for (let cell = 0; cell <= end; cell++) {
    const [x, y] = place(cell);
    // A little is still seen; nothing is exactly the ground.
    context.fillStyle = heatColor(map.values[cell]! > 0 ? Math.max(LEAST_SEEN, Math.min(1, map.values[cell]! / map.strong)) : 0, dark);
    context.globalAlpha = isOutside(cell) ? 0.22 : 1;
    context.fillRect(x, y, columnPixels - gap, rowPixels - low);
  }
  context.globalAlpha = 1;
  context.fillStyle = colors.dim;
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const ticks = Math.max(1, Math.min(5, Math.floor((map.rows * rowPixels) / 40)));
  for (let tick = 0; tick <= ticks; tick++) {
    const y = 2 + map.rows * rowPixels * (1 - tick / ticks);
    context.fillText(formatNanos((map.columnNanos * tick) / ticks), GUTTER - 8, Math.max(8, Math.min(map.rows * rowPixels - 4, y)));
  }
  if (cursor >= 0) {
    const [x, y] = place(cursor);
    context.strokeStyle = colors.accent;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, columnPixels - gap + 2, rowPixels - low + 2);
  }
}

function HeatLegend({ map, dark, most }: { map: Heatmap; dark: boolean; most: string }) {
  return (
    <span class="heat-legend" aria-label={`colours from nothing to ${most} per cell`}>
      <span>0</span>
      {[0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => <span key={share} class="heat-swatch" style={{ backgroundColor: heatColor(share, dark) }} />)}
      <span>{most}{map.most > map.strong ? ' and more' : ''} per cell</span>
    </span>
  );
}

export const view: View = { id: 'heatmap', title: 'Heat map', key: '7', available: hasTime, Component: HeatmapView };
