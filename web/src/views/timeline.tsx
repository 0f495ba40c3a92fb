//! Timeline: what each thread did when, with curves of the processors, memory
//! and input and output above, on one axis of time.
//!
//! Knows: which curves are shown and the zoom. A chosen time is a filter of all
//! views; it is shown here and not cut away, so that it can be chosen anew.

import { useMemo, useRef } from 'preact/hooks';
import 'uplot/dist/uPlot.min.css';
import { stateColor } from '../canvas/states';
import { Popover } from '../components/Popover';
import { TimeAxis } from '../components/TimeAxis';
import { Crosshair, type Stretch } from '../components/timeline/crosshair';
import { FunctionRow } from '../components/timeline/FunctionRow';
import { SeriesPanel } from '../components/timeline/SeriesPanel';
import { ThreadRows } from '../components/timeline/ThreadRows';
import { useSize } from '../components/useSize';
import { formatNanos } from '../core/format';
import { processName } from '../core/frames';
import type { View, ViewProps } from '../core/state';
import { chosenRange, stateWords, usedStates, usualSeries } from '../core/timeline';
import type { Model } from '../data/model';

const MIN_BINS_SEEN = 4;
const MAX_PANELS = 8;

function Timeline(props: ViewProps) {
  const { model, state, update, dark } = props;
  const { header } = model;
  const root = useRef<HTMLDivElement>(null);
  const [width] = useSize(root);
  const crosshair = useMemo(() => new Crosshair(), []);
  const extent = Math.max(1, header.durationNanos);
  const bins = header.timeline?.bins ?? Math.max(1, extent / Math.max(1, header.binNanos));
  const seen = state.viewport && state.viewport[1] > state.viewport[0] ? state.viewport : [0, 1];
  const stretch = useMemo<Stretch>(() => ({ from: seen[0]! * extent, to: seen[1]! * extent, extent }), [seen[0], seen[1], extent]);
  const gutter = width < 900 ? 150 : 210;
  const chosen = useMemo(() => chosenSeries(model, state.options['timeline.series']), [model, state.options['timeline.series']]);
  const onRange = (first: number, second: number): void => update({ range: chosenRange(first, second, extent / bins, extent) });
  const see = (from: number, to: number): void => {
    const wide = Math.min(extent, Math.max((extent / bins) * MIN_BINS_SEEN, to - from));
    const left = Math.max(0, Math.min(extent - wide, from));
    update({ viewport: wide >= extent ? null : [left / extent, (left + wide) / extent] }, { replace: true });
  };
  const onZoom = (middle: number, factor: number): void => {
    const { from, to } = stretch;
    const wide = (to - from) * factor;
    const left = middle - ((middle - from) / (to - from)) * wide;
    see(left, left + wide);
  };
  const onPan = (share: number): void => see(stretch.from + (stretch.to - stretch.from) * share, stretch.to + (stretch.to - stretch.from) * share);
  const plotWidth = Math.max(60, width - gutter);
  return (
    <div class="timeline" ref={root}>
      <div class="tl-head">
        {header.timeline && <StateLegend {...props} />}
        <span class="spring" />
        {state.range && <button type="button" class="button" onClick={() => see(state.range![0], state.range![1])}>Zoom to the chosen time</button>}
        {state.viewport && <button type="button" class="button" onClick={() => update({ viewport: null })}>All of the time</button>}
        {header.series.length > 0 && <SeriesPicker model={model} chosen={chosen} update={(ids) => update({ options: { ...state.options, 'timeline.series': ids.length > 0 ? ids.join(',') : 'none' } }, { replace: true })} />}
      </div>
      {chosen.length > 0 && width > 0 && (
        <div class="tl-series" onPointerLeave={() => crosshair.point(null)}>
          {chosen.map((id) => (
            <SeriesPanel key={id} name={seriesName(model, id)} unit={header.series[id]!.unit} time={model.series[id]!.time} value={model.series[id]!.value}
              stretch={stretch} range={state.range} width={width} gutter={gutter} dark={dark} crosshair={crosshair} onRange={onRange} />
          ))}
        </div>
      )}
      <div class="tl-axis"><span style={{ width: `${gutter - 12}px` }}>{model.timeline && 'running'}</span><div style={{ left: `${gutter}px` }}><TimeAxis from={stretch.from} to={stretch.to} width={plotWidth} /></div></div>
      {state.selected !== null && width > 0 && <FunctionRow {...props} fn={state.selected} stretch={stretch} gutter={gutter} />}
      {header.timeline && model.timeline
        ? <ThreadRows {...{ model, state, update, dark, stretch, gutter, crosshair, onRange, onZoom, onPan }} />
        : <p class="empty">This profile does not say what its threads did when; only the curves above are known.</p>}
      <p class="hint tl-hint">
        {state.range ? `Kept: ${formatNanos(state.range[0])} to ${formatNanos(state.range[1])}; every view counts this time only. ` : 'Drag to choose a time for all views; click a name to keep one thread; Ctrl + wheel zooms. '}
        {header.timeline && `One cell is ${formatNanos(extent / bins)}. ${header.timeline.text}`}
      </p>
    </div>
  );
}

/** What the colours mean; where samples carry states, a click keeps those of one. */
function StateLegend({ model, state, update, dark }: ViewProps) {
  const used = useMemo(() => usedStates(model), [model]);
  const { states } = model.header.timeline!;
  return (
    <div class="tl-legend" aria-label="states">
      {used.map((id) => {
        const name = states[id]!;
        const inSamples = model.header.states.indexOf(name);
        const isChosen = inSamples >= 0 && (state.states?.includes(inSamples) ?? false);
        const toggle = (): void => {
          const next = isChosen ? state.states!.filter((one) => one !== inSamples) : [...(state.states ?? []), inSamples].sort((a, b) => a - b);
          update({ states: next.length > 0 ? next : null });
        };
        const swatch = <span class="swatch" style={{ backgroundColor: stateColor(name, dark) }} />;
        return inSamples >= 0
          ? <button type="button" key={id} class="legend-item tl-state" aria-pressed={isChosen} title={`count only samples in the state ${stateWords(name)}`} onClick={toggle}>{swatch}{stateWords(name)}</button>
          : <span key={id} class="legend-item tl-state">{swatch}{stateWords(name)}</span>;
      })}
    </div>
  );
}

function SeriesPicker({ model, chosen, update }: { model: Model; chosen: number[]; update: (ids: number[]) => void }) {
  const { series } = model.header;
  return (
    <Popover label="Curves" title="which curves are shown" class="picker tl-picker" active={false}>
      {() => (
        <div class="picker-list">
          {series.map((one, id) => (
            <label class="pick" key={id}>
              <input type="checkbox" checked={chosen.includes(id)} disabled={!chosen.includes(id) && chosen.length >= MAX_PANELS}
                onChange={() => update(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id].sort((a, b) => a - b))} />
              <span class="cell-name">{seriesName(model, id)}</span>
              <span class="cell-number">{one.unit}</span>
            </label>
          ))}
        </div>
      )}
    </Popover>
  );
}

function seriesName(model: Model, id: number): string {
  const { name, process } = model.header.series[id]!;
  const whose = process !== null && model.header.processes.length > 1 ? processName(model, process) : '';
  return whose === '' ? name : `${name}, ${whose}`;
}

function chosenSeries(model: Model, option: string | undefined): number[] {
  const { series } = model.header;
  const has = (id: number): boolean => Number.isInteger(id) && id >= 0 && id < series.length && model.series[id]!.time.length > 1;
  if (option === undefined) return usualSeries(series).filter(has);
  return option.split(',').map(Number).filter(has).slice(0, MAX_PANELS);
}

export const view: View = {
  id: 'timeline',
  title: 'Timeline',
  key: '6',
  available: (model) => model.header.durationNanos > 0 && (model.timeline !== null || model.series.some((one) => one.time.length > 1)),
  Component: Timeline,
};
