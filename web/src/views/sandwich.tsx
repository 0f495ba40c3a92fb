//! Sandwich: one function, its callers above and its callees below.
//!
//! Knows: how the function is chosen. Both halves have the function's total.

import { useMemo, useState } from 'preact/hooks';
import { TreeGraph } from '../components/TreeGraph';
import { formatShare, formatValue } from '../core/format';
import { frameLocation, frameName } from '../core/frames';
import { sandwich } from '../core/sandwich';
import type { View, ViewProps } from '../core/state';
import { functionTable } from '../core/table';

const LIST_ROWS = 200;

function SandwichView(props: ViewProps) {
  const { model, state, update, tree, found } = props;
  const table = useMemo(() => functionTable(model, tree), [model, tree]);
  const chosen = state.selected !== null && table.total[state.selected]! > 0 ? state.selected : (table.fns[0] ?? null);
  const halves = useMemo(() => (chosen === null ? null : sandwich(tree, chosen)), [tree, chosen]);
  const [up, setUp] = useState<number[] | null>(null), [down, setDown] = useState<number[] | null>(null);
  if (chosen === null || !halves) return <p class="empty">Nothing is left with these filters.</p>;
  const { unit } = model.header.signals[state.signal]!;
  const listed: number[] = [];
  for (const fn of table.fns) {
    if (listed.length === LIST_ROWS) break;
    if (!found || found.matches[fn] === 1) listed.push(fn);
  }
  const choose = (fn: number): void => {
    setUp(null);
    setDown(null);
    update({ selected: fn });
  };
  return (
    <div class="sandwich">
      <nav class="sandwich-list" aria-label="functions">
        <ol>
          {listed.map((fn) => (
            <li key={fn}>
              <button type="button" aria-current={fn === chosen} onClick={() => choose(fn)} title={frameLocation(model, fn)}>
                <span class="cell-name">{frameName(model, fn).slice(0, 200)}</span>
                <span class="cell-number">{formatShare(table.total[fn]!, tree.sum)}</span>
              </button>
            </li>
          ))}
        </ol>
        {listed.length === LIST_ROWS && <p class="hint">The first {LIST_ROWS}; search to find others.</p>}
      </nav>
      <div class="sandwich-halves">
        <h2 class="sandwich-title">
          <span class="cell-name">{frameName(model, chosen).slice(0, 200)}</span>
          <span class="dim"> total {formatValue(table.total[chosen]!, unit)} ({formatShare(table.total[chosen]!, tree.sum)}), self {formatValue(table.self[chosen]!, unit)} ({formatShare(table.self[chosen]!, tree.sum)})</span>
        </h2>
        <div class="sandwich-half">
          <div class="half-label">callers</div>
          <TreeGraph {...props} tree={halves.callers} label="callers of the function" flipped withRoot={false} pathsAreStacks={false} zoom={up} onZoom={setUp} />
        </div>
        <div class="sandwich-half">
          <div class="half-label">callees</div>
          <TreeGraph {...props} tree={halves.callees} label="callees of the function" flipped={false} withRoot={false} pathsAreStacks={false} zoom={down} onZoom={setDown} />
        </div>
      </div>
    </div>
  );
}

export const view: View = { id: 'sandwich', title: 'Sandwich', key: '3', drawsStacks: true, available: () => true, Component: SandwichView };
