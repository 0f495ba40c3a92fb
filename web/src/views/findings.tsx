//! Findings: what costs, why, and what to do, with the ways to where it shows.
//!
//! Knows: how the other views show a finding's place. Findings are about the
//! whole recording, so that a way out of here takes filters away.

import { useMemo } from 'preact/hooks';
import type { Way } from '../components/findings/FindingCard';
import { FindingsPage } from '../components/findings/FindingsPage';
import { placesOf, signalFor, type FoundPlace } from '../core/findings';
import { hasTime } from '../core/stackchart';
import type { View, ViewProps, ViewState } from '../core/state';
import type { Finding } from '../data/judgement';
import type { Model } from '../data/model';
import { view as timeline } from './timeline';

/** Nothing left out, nothing moved. */
const WHOLE = { range: null, threads: null, processes: null, states: null, transforms: [], group: 'none', zoom: null, viewport: null, search: '' } as const satisfies Partial<ViewState>;

function Findings({ model, state, update }: ViewProps) {
  const judgement = model.header.judgement!;
  const places = useMemo(() => placesOf(model, judgement.findings), [model]);
  const choose = (id: string): void => update({ options: { ...state.options, 'findings.at': id } });
  const leave = (finding: Finding, patch: Partial<ViewState>): void => {
    const options = { ...state.options, 'findings.at': finding.id };
    // Back leads to the finding.
    update({ options }, { replace: true });
    update({ ...WHOLE, transforms: [], ...patch, options: { ...options, ...patch.options } });
  };
  const ways = (finding: Finding, at: number): Way[] => {
    const place = places[at] ?? null;
    if (!place) return [];
    const { fn } = place, signal = signalFor(place, state.signal), out: Way[] = [];
    if (place.totals[signal]! > 0) {
      out.push({ text: 'In the flame graph', title: 'only what runs under its function', go: () => leave(finding, { view: 'flame', selected: fn, signal, transforms: [{ type: 'focus-function', fn }] }) });
    }
    const lines = signalOfLines(model, place, signal);
    if (lines !== null) {
      const { line } = finding.location!;
      out.push({ text: 'In the source', title: 'its line, and what lines cost', go: () => leave(finding, { view: 'source', selected: fn, signal: lines, options: line === null ? {} : { 'source.line': `${fn.toString(36)}.${line}` } }) });
    }
    if (timeline.available(model) && hasTime(model) && place.totals[signal]! > 0) {
      out.push({ text: 'On the timeline', title: 'when its function was seen', go: () => leave(finding, { view: 'timeline', selected: fn, signal }) });
    }
    return out;
  };
  return <FindingsPage model={model} judgement={judgement} chosen={state.options['findings.at']} choose={choose} ways={ways} />;
}

/** The signal in which the source of a place says most; null where its text is not at hand. */
function signalOfLines(model: Model, { fn }: FoundPlace, signal: number): number | null {
  const file = model.fn.file[fn]!;
  if (file === 0 || (model.header.mode === 'file' && !model.header.sources.some((source) => source.file === file))) return null;
  const { lines } = model;
  let found: number | null = null;
  for (let row = 0; row < lines.count; row++) {
    if (lines.fn[row] !== fn) continue;
    if (lines.signal[row] === signal) return signal;
    found ??= lines.signal[row]!;
  }
  return found ?? signal;
}

export const view: View = { id: 'findings', title: 'Findings', key: 'f', ignoresFilters: true, available: (model) => model.header.judgement !== null, Component: Findings };
