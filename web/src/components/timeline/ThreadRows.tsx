//! The rows of threads: names to click, a canvas of states, a place to drag.
//!
//! Knows: pointer and keys. A drag or Shift and arrows choose a time, a click
//! on a name chooses the thread. Only the rows that are seen exist.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { plotColors } from '../../canvas/states';
import { formatNanos } from '../../core/format';
import { processName } from '../../core/frames';
import type { ViewProps } from '../../core/state';
import { stateWords, timelineLines, TimelineIndex, usedStates, type TimelineLine } from '../../core/timeline';
import { sharpContext, useSize } from '../useSize';
import { Tooltip, type TooltipHandle } from '../Tooltip';
import { placeOf, timeAt, type Crosshair, type Stretch } from './crosshair';
import { drawRows, LINE_HEIGHT } from './rows';

interface Props extends Pick<ViewProps, 'model' | 'state' | 'update' | 'dark'> {
  stretch: Stretch;
  gutter: number;
  crosshair: Crosshair;
  onRange: (from: number, to: number) => void;
  onZoom: (middle: number, factor: number) => void;
  onPan: (share: number) => void;
}

const DRAG_SLACK_PIXELS = 4;
/** A tooltip is told apart by row and place. */
const PLACES = 100_000;

export function ThreadRows(props: Props) {
  const { model, state, update, dark, stretch, gutter, crosshair } = props;
  const timeline = model.header.timeline!;
  const lines = useMemo(() => timelineLines(model), [model]);
  const index = useMemo(() => new TimelineIndex(model.timeline!, timeline.rows.length), [model]);
  const scroller = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null), hair = useRef<HTMLDivElement>(null), brush = useRef<HTMLDivElement>(null);
  const tooltip = useRef<TooltipHandle>(null);
  const [width, height] = useSize(scroller);
  const [scrollTop, setScrollTop] = useState(0);
  const [at, setAt] = useState<{ line: number; bin: number; anchor: number | null }>({ line: -1, bin: 0, anchor: null });
  const drag = useRef<{ x: number; time: number; moved: boolean } | null>(null);
  const cells = Math.max(1, width - gutter);
  const binNanos = stretch.extent / Math.max(1, timeline.bins);
  const latest = useRef(props);
  latest.current = props;

  const isFaded = (line: TimelineLine): boolean => {
    if (line.kind === 'process') return false;
    const isOutside = (ids: number[] | null, id: number | null): boolean => ids !== null && (id === null || !ids.includes(id));
    return isOutside(state.threads, line.thread) || isOutside(state.processes, line.process);
  };
  useLayoutEffect(() => {
    if (!canvas.current || width === 0) return;
    const colors = plotColors(dark);
    drawRows(sharpContext(canvas.current, cells, height), {
      lines, index, states: timeline.states, dark, from: stretch.from / binNanos, to: stretch.to / binNanos, scrollTop, width: cells, height, cursorLine: at.line, isFaded,
      background: colors.surface, lineColor: colors.line,
    });
  }, [lines, index, dark, stretch.from, stretch.to, scrollTop, width, height, state.threads, state.processes]);

  useEffect(() => crosshair.listen((time) => {
    const element = hair.current!;
    const { stretch: seen } = latest.current;
    element.hidden = time === null || time < seen.from || time > seen.to;
    if (time !== null) element.style.transform = `translateX(${placeOf(seen, time, Math.max(1, scroller.current!.clientWidth - gutter))}px)`;
  }), [crosshair, gutter]);
  useEffect(() => {
    const element = scroller.current!;
    const onWheel = (event: WheelEvent): void => {
      const { stretch: seen, onZoom, onPan } = latest.current;
      const wide = element.clientWidth - gutter;
      if (event.ctrlKey || event.metaKey) onZoom(timeAt(seen, event.clientX - element.getBoundingClientRect().left - gutter, wide), Math.exp(Math.max(-120, Math.min(120, event.deltaY)) / 300));
      else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) onPan((event.deltaX || event.deltaY) / wide);
      else return;
      event.preventDefault();
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [gutter]);

  const xOf = (event: PointerEvent): number => event.clientX - scroller.current!.getBoundingClientRect().left - gutter;
  const lineOf = (event: PointerEvent): number => Math.floor((event.clientY - scroller.current!.getBoundingClientRect().top + scroller.current!.scrollTop) / LINE_HEIGHT);
  const showBrush = (from: number, to: number): void => {
    const element = brush.current!;
    element.hidden = false;
    const left = placeOf(stretch, Math.min(from, to), cells), right = placeOf(stretch, Math.max(from, to), cells);
    element.style.transform = `translateX(${left}px)`;
    element.style.width = `${Math.max(1, right - left)}px`;
  };
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 || xOf(event) < 0 || (event.target as HTMLElement).closest('button')) return;
    drag.current = { x: event.clientX, time: timeAt(stretch, xOf(event), cells), moved: false };
    scroller.current!.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent): void => {
    const x = xOf(event), time = timeAt(stretch, x, cells);
    if (drag.current) {
      drag.current.moved ||= Math.abs(event.clientX - drag.current.x) > DRAG_SLACK_PIXELS;
      if (drag.current.moved) showBrush(drag.current.time, time);
    }
    crosshair.point(x < 0 ? null : time);
    const line = lineOf(event);
    const isRow = x >= 0 && lines[line]?.kind === 'row';
    tooltip.current?.show(isRow ? line * PLACES + Math.min(PLACES - 1, Math.floor(x)) : -1, event.clientX, event.clientY);
  };
  const onPointerUp = (event: PointerEvent): void => {
    const done = drag.current;
    drag.current = null;
    brush.current!.hidden = true;
    const time = timeAt(stretch, xOf(event), cells);
    if (done?.moved) props.onRange(done.time, time);
    else if (done) setAt({ line: lineOf(event), bin: Math.floor(time / binNanos), anchor: null });
  };
  const toggleThread = (line: TimelineLine): void => {
    if (line.kind === 'process') update({ processes: state.processes?.length === 1 && state.processes[0] === line.process ? null : [line.process], threads: null });
    else if (line.thread !== null) {
      const before = state.threads ?? [];
      const next = before.includes(line.thread) ? before.filter((one) => one !== line.thread) : [...before, line.thread].sort((a, b) => a - b);
      update({ threads: next.length > 0 ? next : null });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = Math.max(1, Math.round((stretch.to - stretch.from) / binNanos / 100));
    const move = (bins: number): void => {
      const begin = at.line < 0 ? Math.floor(stretch.from / binNanos) : at.bin;
      const bin = Math.max(0, Math.min(timeline.bins - 1, begin + bins));
      const anchor = event.shiftKey ? (at.anchor ?? begin) : null;
      setAt({ line: Math.max(0, at.line), bin, anchor });
      crosshair.point((bin + 0.5) * binNanos);
      if (anchor === null) brush.current!.hidden = true;
      else showBrush(anchor * binNanos, (bin + (bin >= anchor ? 1 : 0)) * binNanos);
    };
    const moveLine = (by: number): void => {
      let line = Math.max(0, Math.min(lines.length - 1, at.line + by));
      if (lines[line]?.kind === 'process' && lines[line + by]) line += by;
      setAt({ ...at, line });
      const top = line * LINE_HEIGHT, box = scroller.current!;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + LINE_HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + LINE_HEIGHT - box.clientHeight;
    };
    switch (event.key) {
      case 'ArrowRight': move(step); break;
      case 'ArrowLeft': move(-step); break;
      case 'ArrowDown': moveLine(1); break;
      case 'ArrowUp': moveLine(-1); break;
      case '+': case '=': props.onZoom((at.bin + 0.5) * binNanos, 0.6); break;
      case '-': case '_': props.onZoom((at.bin + 0.5) * binNanos, 1 / 0.6); break;
      case ' ': if (lines[at.line]) toggleThread(lines[at.line]!); break;
      case 'Enter':
        if (at.anchor !== null) props.onRange(at.anchor * binNanos, at.bin * binNanos);
        brush.current!.hidden = true;
        setAt({ ...at, anchor: null });
        break;
      case 'Escape':
        brush.current!.hidden = true;
        if (at.anchor !== null) setAt({ ...at, anchor: null });
        else update({ range: null, viewport: null });
        break;
      default: return;
    }
    event.preventDefault();
  };
  const describe = (lineNumber: number, bin: number): string => {
    const line = lines[lineNumber];
    if (line?.kind !== 'row') return line ? line.label : 'no place selected';
    return `${line.label}, at ${formatNanos(bin * binNanos)}: ${shareWords(index, timeline.states, line.row, bin, bin + 1).map(([name, share]) => `${name} ${percent(share)}`).join(', ') || 'nothing known'}`;
  };
  const first = Math.max(0, Math.floor(scrollTop / LINE_HEIGHT)), last = Math.min(lines.length, Math.ceil((scrollTop + height) / LINE_HEIGHT));
  const shown = state.range ?? [0, stretch.extent];
  const running = timeline.states.indexOf('running');
  const knowsRunning = useMemo(() => usedStates(model).includes(running), [model]);
  const sentence = describe(at.line, at.bin);
  return (
    <div class="tl-rows">
      <div class="tl-scroller" ref={scroller} tabIndex={0} role="group" aria-label="threads over time. Arrow keys move, Shift and arrows choose a time, Enter keeps it, Space filters by the thread, plus and minus zoom."
        onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)} onKeyDown={onKeyDown}
        onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerUp} onPointerLeave={() => { tooltip.current?.show(-1, 0, 0); crosshair.point(null); }}>
        <div class="tl-sticky">
          <canvas ref={canvas} aria-hidden="true" style={{ left: `${gutter}px` }} />
          <div class="tl-overlay" style={{ left: `${gutter}px` }}>
            {state.range && <Shade stretch={stretch} range={state.range} width={cells} />}
            <div class="tl-brush" ref={brush} hidden />
            <div class="tl-hair" ref={hair} hidden />
          </div>
        </div>
        <div style={{ height: `${lines.length * LINE_HEIGHT}px` }} />
        {lines.slice(first, last).map((line, offset) => {
          const top = (first + offset) * LINE_HEIGHT;
          const isChosen = line.kind === 'row' ? line.thread !== null && (state.threads?.includes(line.thread) ?? false) : (state.processes?.includes(line.process) ?? false);
          const busy = line.kind === 'row' && running >= 0 ? index.shares(line.row, shown[0] / binNanos, shown[1] / binNanos, timeline.states.length)[running]! : 0;
          return (
            <button type="button" key={first + offset} class={`tl-name ${line.kind === 'process' ? 'is-process' : ''} ${first + offset === at.line ? 'is-current' : ''} ${isFaded(line) ? 'is-faded' : ''}`} aria-pressed={isChosen} disabled={line.kind === 'row' && line.thread === null}
              style={{ top: `${top}px`, width: `${gutter - 6}px` }} title={line.kind === 'row' ? `${line.label}, ${processName(model, line.process)}: click to keep only this thread` : line.label} onClick={() => toggleThread(line)}>
              <span class="cell-name">{line.label.slice(0, 120)}</span>
              {line.kind === 'row' && running >= 0 && knowsRunning && <span class="cell-number">{percent(busy)}</span>}
            </button>
          );
        })}
      </div>
      <div class="off-screen" aria-live="polite">{sentence}</div>
      <Tooltip handle={tooltip} content={(box) => <RowTooltip {...{ lines, index, box, stretch, cells, binNanos }} states={timeline.states} process={(id) => processName(model, id)} />} />
    </div>
  );
}

export function Shade({ stretch, range, width }: { stretch: Stretch; range: [number, number]; width: number }) {
  const clamp = (x: number): number => Math.max(0, Math.min(width, x));
  const left = clamp(placeOf(stretch, range[0], width)), right = clamp(placeOf(stretch, range[1], width));
  return (
    <>
      <div class="tl-shade" style={{ left: '0', width: `${left}px` }} />
      <div class="tl-shade" style={{ left: `${right}px`, width: `${width - right}px` }} />
      <div class="tl-chosen" style={{ left: `${left}px`, width: `${Math.max(1, right - left)}px` }} />
    </>
  );
}

interface RowTooltipProps { lines: TimelineLine[]; index: TimelineIndex; box: number; stretch: Stretch; cells: number; binNanos: number; states: readonly string[]; process: (id: number) => string }

function RowTooltip({ lines, index, box, stretch, cells, binNanos, states, process }: RowTooltipProps) {
  const line = lines[Math.floor(box / PLACES)];
  if (line?.kind !== 'row') return null;
  const bin = Math.floor(timeAt(stretch, box % PLACES, cells) / binNanos);
  const parts = shareWords(index, states, line.row, bin, bin + 1);
  return (
    <div class="details">
      <div class="details-name">{line.label}</div>
      <div class="details-place">{process(line.process)}</div>
      <div class="details-about">{formatNanos(bin * binNanos)} to {formatNanos((bin + 1) * binNanos)}</div>
      <table class="details-numbers"><tbody>{parts.map(([name, share]) => <tr key={name}><th scope="row">{name}</th><td>{percent(share)}</td></tr>)}</tbody></table>
      {parts.length === 0 && <div class="details-about">nothing is known of this time</div>}
    </div>
  );
}

/** States of a stretch of a row, largest first. */
function shareWords(index: TimelineIndex, states: readonly string[], row: number, from: number, to: number): [string, number][] {
  const shares = index.shares(row, from, to, states.length);
  return states.map((state, at): [string, number] => [stateWords(state), shares[at]!]).filter(([, share]) => share > 0.0005).sort((a, b) => b[1] - a[1]);
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? '<1 %' : `${Math.round(Math.min(1, share) * 100)} %`;
}

