//! Comparison: what changed between two recordings, as far as it is proved.
//!
//! Knows: that colour belongs to proved changes only. The table holds every
//! function that was compared; the graphs are one of both sides, in which what
//! is new and what is gone have their places, or both side by side.

import { useId, useMemo } from 'preact/hooks';
import { divergingColor } from '../canvas/colors';
import { TreeGraph } from '../components/TreeGraph';
import { VirtualList } from '../components/VirtualList';
import { changesOf, sidesOf, sidesOfNode, signed, verdictsOfNodes, VERDICT_WORDS, type Change } from '../core/changes';
import { deriveTree } from '../core/derive';
import { formatCount, formatShare, formatValue } from '../core/format';
import { frameLocation, frameName } from '../core/frames';
import type { View, ViewProps } from '../core/state';

const ROW_HEIGHT = 24, HEAD_HEIGHT = 28;
const MARKS: Partial<Record<Change['verdict'], string>> = { new: 'new · ', gone: 'gone · ' };

function Diff(props: ViewProps) {
  const { model, state, update, found, dark, openMenu } = props;
  const id = useId();
  const diff = model.header.diff!;
  const sides = useMemo(() => sidesOf(model, state.signal), [model, state.signal]);
  const all = useMemo(() => changesOf(diff), [diff]);
  const onlyProved = state.options['diff.only'] === 'proved', asShares = (state.options['diff.as'] ?? (diff.normalised ? 'shares' : 'amounts')) === 'shares';
  const graphs = state.options['diff.graphs'] ?? 'merged';
  const rows = useMemo(() => all.filter((row) => (!onlyProved || row.isProved) && (!found || found.matches[row.fn] === 1)), [all, onlyProved, found]);
  const option = (key: string, value: string | null): void => {
    const { [key]: _, ...rest } = state.options;
    update({ options: value === null ? rest : { ...rest, [key]: value } }, { replace: true });
  };
  // The rows are about the signal that was compared: the first.
  const compared = sidesOf(model, 0);
  const unit = model.header.signals[compared?.before ?? 0]!.unit;
  const whole = model.header.signals[compared?.before ?? 0]!.total;
  const amount = (value: number): string => (asShares ? formatShare(value, whole) : formatValue(value, unit));
  // Differences of shares are points, not percent of anything.
  const difference = (value: number): string => (asShares ? formatShare(value, whole).replace('%', 'pt') : formatValue(value, unit));
  const proved = all.filter((row) => row.isProved).length;
  const at = rows.findIndex((row) => row.fn === state.selected);
  const select = (fn: number): void => update({ selected: fn }, { replace: true });
  const onKeyDown = (event: KeyboardEvent, page: number): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || rows.length === 0) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step !== undefined) select(rows[Math.max(0, Math.min(rows.length - 1, (at < 0 && step > 0 ? -1 : at) + step))]!.fn);
    else if (event.key === 'Enter' && at >= 0) update({ view: 'sandwich', selected: rows[at]!.fn, zoom: null, viewport: null });
    else return;
    event.preventDefault();
  };
  const head = (
    <div class="diff-row top-head" role="row">
      {['Change of self', '95 % interval', 'Before', 'After', 'Total before', 'Total after', 'Function'].map((title, index) => <div role="columnheader" key={title} class={index > 0 && index < 6 ? 'is-number' : ''}>{title}</div>)}
    </div>
  );
  return (
    <div class={`diff ${graphs === 'none' ? 'no-graphs' : ''}`}>
      <div class="diff-head">
        <p><b>{diff.a}</b> before, <b>{diff.b}</b> after: {proved === 0 ? 'no change of a function is proved' : `${formatCount(proved)} of ${formatCount(all.length)} functions are proved to have changed by themselves`}; the graph colours stacks with all that they call. <span class="dim">{diff.text}</span></p>
        <div class="diff-tools" role="toolbar" aria-label="what is compared">
          <button type="button" class="button" aria-pressed={onlyProved} onClick={() => option('diff.only', onlyProved ? null : 'proved')}>Proved only</button>
          <span class="switch" role="group" aria-label="values">
            <button type="button" class="button" aria-pressed={asShares} onClick={() => option('diff.as', 'shares')}>Shares</button>
            <button type="button" class="button" aria-pressed={!asShares} onClick={() => option('diff.as', 'amounts')}>Amounts</button>
          </span>
          <label class="field"><span>Graphs</span>
            <select value={graphs} onChange={(event) => option('diff.graphs', event.currentTarget.value === 'merged' ? null : event.currentTarget.value)}>
              <option value="merged">One, coloured</option><option value="both">Side by side</option><option value="none">None</option>
            </select>
          </label>
        </div>
      </div>
      <VirtualList class="diff-list" role="grid" count={rows.length} rowHeight={ROW_HEIGHT} headHeight={HEAD_HEIGHT} head={head} reveal={at} active={at >= 0 ? `${id}${rows[at]!.fn}` : undefined} onKeyDown={onKeyDown}
        label="functions and how they changed. Arrow keys move, Enter shows callers and callees.">
        {(index, top) => {
          const row = rows[index]!;
          const larger = Math.max(row.before, row.after, 1e-300);
          const interval = `${signed(row.low, difference)} to ${signed(row.high, difference)}`;
          return (
            <div key={row.fn} id={`${id}${row.fn}`} role="row" aria-rowindex={index + 2} aria-selected={index === at} class={`diff-row ${row.isProved ? '' : 'is-unproved'}`} style={{ top: `${top}px` }} onClick={() => select(row.fn)}
              onDblClick={() => update({ view: 'sandwich', selected: row.fn, zoom: null, viewport: null })} onContextMenu={(event) => { event.preventDefault(); select(row.fn); openMenu({ fn: row.fn, path: null }, event.clientX, event.clientY); }}>
              <div role="gridcell" class="diff-verdict"><span class="swatch" style={{ backgroundColor: divergingColor(row.isProved ? Math.max(-1, Math.min(1, (row.change / larger) * 1.6)) : 0, dark) }} /><span>{VERDICT_WORDS[row.verdict]}</span><b>{signed(row.change, difference)}</b></div>
              <div role="gridcell" class="is-number dim">{interval}</div>
              <div role="gridcell" class="is-number">{amount(row.before)}</div>
              <div role="gridcell" class="is-number">{amount(row.after)}</div>
              <div role="gridcell" class="is-number dim">{amount(row.totalBefore)}</div>
              <div role="gridcell" class="is-number dim">{amount(row.totalAfter)}</div>
              <div role="gridcell" class="diff-name" title={`${frameName(model, row.fn).slice(0, 400)} ${frameLocation(model, row.fn).slice(0, 300)}`}>{frameName(model, row.fn).slice(0, 300)}</div>
            </div>
          );
        }}
      </VirtualList>
      {graphs !== 'none' && (sides === null
        ? <p class="empty">This signal is in one of the recordings only; there is nothing to compare it with.</p>
        : graphs === 'merged' ? <div class="diff-graphs is-one"><Side {...props} signal={sides.after} isMerged title={`before and after in one: as wide as both together, coloured where a change is proved${diff.normalised ? `; after times ${diff.scale.toPrecision(3)}, so that the totals agree` : ''}`} /></div>
        : <div class="diff-graphs"><Side {...props} signal={sides.before} title={`before: ${diff.a}`} /><Side {...props} signal={sides.after} title={`after: ${diff.b}`} /></div>)}
    </div>
  );
}

function Side(props: ViewProps & { signal: number; title: string; isMerged?: boolean }) {
  const { model, state, update, signal, title, isMerged = false } = props;
  const { range, threads, processes, states, transforms, group } = state;
  const tree = useMemo(() => deriveTree(model, { signal, range, threads, processes, states, transforms, group }, isMerged), [model, signal, range, threads, processes, states, transforms, group, isMerged]);
  const verdicts = useMemo(() => verdictsOfNodes(model, tree), [model, tree]);
  const { unit } = model.header.signals[signal]!;
  const [before, after] = sidesOfNode(model, tree, 0);
  return (
    <div class="diff-side">
      <div class="half-label">{title.slice(0, 200)}{isMerged ? (model.header.diff!.normalised ? '' : ` · ${formatValue(before, unit)} to ${formatValue(after, unit)}`) : ` · ${formatValue(tree.sum, unit)}`}</div>
      <TreeGraph {...props} tree={tree} state={{ ...state, signal, viewport: null }} label={title} flipped={state.orientation === 'flame'} pathsAreStacks={false} {...(isMerged ? { rootTitle: 'all, before and after' } : {})}
        mark={(node) => MARKS[verdicts.get(node) ?? 'same'] ?? ''} zoom={state.zoom} onZoom={(zoom) => update({ zoom })} />
    </div>
  );
}

export const view: View = { id: 'diff', title: 'Comparison', key: '0', drawsStacks: true, available: (model) => model.header.kind === 'diff' && model.header.diff !== null, Component: Diff };
