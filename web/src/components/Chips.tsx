//! Everything that makes the picture differ from the whole profile, each with a
//! button that takes it away again.

import { formatNanos } from '../core/format';
import { frameName, processName, threadName } from '../core/frames';
import type { Transform, Update, ViewState } from '../core/state';
import type { Model } from '../data/model';

const MAX_NAME = 48;

export function Chips({ model, state, update }: { model: Model; state: ViewState; update: Update }) {
  const chips: { key: string; kind: string; text: string; remove: () => void }[] = [];
  const { range, threads, processes, states } = state;
  if (range) chips.push({ key: 'range', kind: 'time', text: `${formatNanos(range[0])} to ${formatNanos(range[1])}`, remove: () => update({ range: null }) });
  const names = (ids: number[], name: (id: number) => string): string => (ids.length > 3 ? `${ids.length} of them` : ids.map(name).join(', '));
  if (states) chips.push({ key: 'states', kind: 'state', text: names(states, (id) => model.header.states[id] ?? String(id)), remove: () => update({ states: null }) });
  if (processes) chips.push({ key: 'processes', kind: 'process', text: names(processes, (id) => processName(model, id)), remove: () => update({ processes: null }) });
  if (threads) chips.push({ key: 'threads', kind: 'thread', text: names(threads, (id) => threadName(model, id)), remove: () => update({ threads: null }) });
  state.transforms.forEach((transform, index) => {
    const [kind, text] = transformText(model, transform);
    chips.push({ key: `${index}${transform.type}`, kind, text, remove: () => update({ transforms: state.transforms.filter((_, other) => other !== index), zoom: null, viewport: null }) });
  });
  if (chips.length === 0) return null;
  return (
    <div class="chips" role="toolbar" aria-label="filters and transforms">
      {chips.map((chip) => (
        <span class="chip" key={chip.key}>
          <span class="chip-kind">{chip.kind}</span>
          <span class="chip-text" title={chip.text}>{chip.text}</span>
          <button type="button" aria-label={`remove ${chip.kind} ${chip.text}`} title="Remove" onClick={chip.remove}>×</button>
        </span>
      ))}
      {chips.length > 1 && <button type="button" class="button quiet" onClick={() => update({ range: null, threads: null, processes: null, states: null, transforms: [], zoom: null, viewport: null })}>Remove all</button>}
    </div>
  );
}

export function transformText(model: Model, transform: Transform): [string, string] {
  const name = (fn: number): string => {
    const whole = frameName(model, fn);
    return whole.length > MAX_NAME ? `${whole.slice(0, MAX_NAME)}…` : whole;
  };
  switch (transform.type) {
    case 'focus-function': return ['focus', name(transform.fn)];
    case 'focus-subtree': return ['subtree', name(transform.path[transform.path.length - 1] ?? 0)];
    case 'hide': return ['hidden', name(transform.fn)];
    case 'merge': return ['merged', name(transform.fn)];
    case 'collapse-recursion': return [transform.direct ? 'direct recursion' : 'recursion', name(transform.fn)];
    case 'collapse-all-recursion': return ['recursion', 'all functions'];
    case 'collapse-module': return ['module', model.strings.get(transform.module).slice(0, MAX_NAME) || 'unknown'];
    case 'collapse-libraries': return ['libraries', 'first frame only'];
  }
}
