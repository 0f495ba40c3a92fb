//! Top functions: a table of what each function holds, by itself and in total.
//!
//! Knows: sorting and the keys of a table. The search of the page filters it;
//! recursion counts once (see `core/table.ts`).

import { useId, useMemo } from 'preact/hooks';
import { kindColor } from '../canvas/colors';
import { VirtualList } from '../components/VirtualList';
import { formatCount, formatShare, formatValue } from '../core/format';
import { frameKind, frameKindName, frameLocation, frameModule, frameName } from '../core/frames';
import type { View, ViewProps } from '../core/state';
import { functionTable } from '../core/table';
import { naturalOrder, readOrder, sortedFunctions, writeOrder, type Sort } from '../core/top';

const ROW_HEIGHT = 24, HEAD_HEIGHT = 28;
const COLUMNS: { by: Sort; title: string; hint: string }[] = [
  { by: 'self', title: 'Self', hint: 'in the function itself' },
  { by: 'total', title: 'Total', hint: 'in the function and what it calls; recursion counted once' },
  { by: 'samples', title: 'Samples', hint: 'observations in the function and what it calls' },
  { by: 'name', title: 'Function', hint: '' },
  { by: 'kind', title: 'Kind', hint: '' },
  { by: 'module', title: 'Module', hint: '' },
  { by: 'place', title: 'File', hint: '' },
];

function Top(props: ViewProps) {
  const { model, state, update, tree, found, dark, openMenu } = props;
  const id = useId();
  const table = useMemo(() => functionTable(model, tree), [model, tree]);
  const order = readOrder(state.options['top.sort']);
  const fns = useMemo(() => sortedFunctions(model, table, found?.matches ?? null, order), [model, table, found, order.by, order.rising]);
  const most = useMemo(() => table.fns.reduce((high, fn) => Math.max(high, Math.abs(table.total[fn]!)), 1e-300), [table]);
  const { unit } = model.header.signals[state.signal]!;
  const at = state.selected === null ? -1 : fns.indexOf(state.selected);
  const select = (fn: number): void => update({ selected: fn }, { replace: true });
  const sandwich = (fn: number): void => update({ view: 'sandwich', selected: fn, zoom: null, viewport: null });
  const sortBy = (by: Sort): void => update({ options: { ...state.options, 'top.sort': writeOrder(order.by === by ? { by, rising: !order.rising } : naturalOrder(by)) } }, { replace: true });
  const onKeyDown = (event: KeyboardEvent, page: number): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || fns.length === 0) return;
    const go = (to: number): void => select(fns[Math.max(0, Math.min(fns.length - 1, to))]!);
    switch (event.key) {
      case 'ArrowDown': go(at + 1); break;
      case 'ArrowUp': go(at < 0 ? 0 : at - 1); break;
      case 'PageDown': go(at + page); break;
      case 'PageUp': go(at - page); break;
      case 'Home': go(0); break;
      case 'End': go(fns.length - 1); break;
      case 'Enter': if (at >= 0) sandwich(fns[at]!); break;
      case 'm': case 'M': case 'ContextMenu': {
        const row = document.getElementById(`${id}${fns[at]}`)?.getBoundingClientRect();
        if (row) openMenu({ fn: fns[at]!, path: null }, row.left + 240, row.bottom);
        break;
      }
      default: return;
    }
    event.preventDefault();
  };
  const head = (
    <div class="top-row top-head" role="row">
      {COLUMNS.map(({ by, title, hint }) => (
        <div role="columnheader" key={by} class={`top-${by}`} aria-sort={order.by === by ? (order.rising ? 'ascending' : 'descending') : 'none'}>
          <button type="button" title={hint || undefined} onClick={() => sortBy(by)}>{title}{order.by === by && <span aria-hidden="true">{order.rising ? ' ▲' : ' ▼'}</span>}</button>
        </div>
      ))}
    </div>
  );
  return (
    <div class="top">
      <VirtualList class="top-list" role="grid" count={fns.length} rowHeight={ROW_HEIGHT} headHeight={HEAD_HEIGHT} head={head} reveal={at} active={at >= 0 ? `${id}${fns[at]}` : undefined}
        label={`functions by ${order.by}. Arrow keys move, Enter shows callers and callees, M opens the actions.`} onKeyDown={onKeyDown}>
        {(index, top) => {
          const fn = fns[index]!;
          const place = frameLocation(model, fn);
          return (
            <div key={fn} id={`${id}${fn}`} role="row" aria-rowindex={index + 2} aria-selected={index === at} class="top-row" style={{ top: `${top}px` }} onClick={() => select(fn)} onDblClick={() => sandwich(fn)}
              onContextMenu={(event) => { event.preventDefault(); select(fn); openMenu({ fn, path: null }, event.clientX, event.clientY); }}>
              <div role="gridcell" class={`top-self ${table.self[fn] === 0 ? 'is-nothing' : ''}`}><Bar value={table.self[fn]! / most} /><b>{formatShare(table.self[fn]!, tree.sum)}</b><span>{formatValue(table.self[fn]!, unit)}</span></div>
              <div role="gridcell" class="top-total"><Bar value={table.total[fn]! / most} /><b>{formatShare(table.total[fn]!, tree.sum)}</b><span>{formatValue(table.total[fn]!, unit)}</span></div>
              <div role="gridcell" class="top-samples">{formatCount(table.totalN[fn]!)}</div>
              <div role="gridcell" class="top-name" title={frameName(model, fn).slice(0, 400)}>{frameName(model, fn).slice(0, 300)}</div>
              <div role="gridcell" class="top-kind"><span class="swatch" style={{ backgroundColor: kindColor(model, frameKind(model, fn), dark) }} />{frameKindName(model, fn)}</div>
              <div role="gridcell" class="top-module" title={frameModule(model, fn).slice(0, 400)}>{frameModule(model, fn).slice(0, 200)}</div>
              <div role="gridcell" class="top-place" title={place.slice(0, 400)}><bdi>{place.slice(-200)}</bdi></div>
            </div>
          );
        }}
      </VirtualList>
      <p class="hint top-hint">{fns.length === 0 ? (found ? 'No function that is shown matches the search.' : 'Nothing is left with these filters.') : `${formatCount(fns.length)} functions${found ? ` of ${formatCount(table.fns.length)} match` : ''}. Shares are of what is shown (${formatValue(tree.sum, unit)}).`}</p>
    </div>
  );
}

export function Bar({ value }: { value: number }) {
  return <i class="bar" style={{ width: `${Math.max(0, Math.min(1, Math.abs(value))) * 100}%` }} />;
}

export const view: View = { id: 'top', title: 'Top functions', key: '5', available: () => true, Component: Top };
