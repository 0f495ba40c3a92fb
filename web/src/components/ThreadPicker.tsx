//! Chooses processes, threads and states that count.
//!
//! Knows: what each thread holds of the current signal, so that the busy ones
//! come first. An empty choice means all.

import { useMemo, useState } from 'preact/hooks';
import { formatShare } from '../core/format';
import { processName, threadName } from '../core/frames';
import { matcher } from '../core/search';
import type { Update, ViewState } from '../core/state';
import type { Model } from '../data/model';
import { Popover } from './Popover';

const MAX_ROWS = 300;

export function ThreadPicker({ model, state, update }: { model: Model; state: ViewState; update: Update }) {
  const { threads, processes, states } = model.header;
  const [filter, setFilter] = useState('');
  const sums = useMemo(() => threadSums(model, state.signal), [model, state.signal]);
  const order = useMemo(() => threads.map((_, index) => index).sort((a, b) => sums.thread[b]! - sums.thread[a]! || a - b), [sums]);
  const usedStates = useMemo(() => states.map((_, index) => index).filter((index) => sums.state[index]! !== 0), [sums]);
  if (threads.length <= 1 && usedStates.length <= 1) return null;
  const { test } = matcher(filter);
  const shown = order.filter((thread) => test(threadName(model, thread)) || test(processName(model, threads[thread]!.process)));
  const toggle = (key: 'threads' | 'processes' | 'states', id: number): void => {
    const before = state[key] ?? [];
    const next = before.includes(id) ? before.filter((one) => one !== id) : [...before, id].sort((a, b) => a - b);
    update({ [key]: next.length > 0 ? next : null });
  };
  const active = state.threads !== null || state.processes !== null || state.states !== null;
  const row = (key: 'threads' | 'processes' | 'states', id: number, name: string, value: number) => (
    <label class="pick" key={`${key}${id}`}>
      <input type="checkbox" checked={state[key]?.includes(id) ?? false} onChange={() => toggle(key, id)} />
      <span class="cell-name">{name.slice(0, 120)}</span>
      <span class="cell-number">{formatShare(value, sums.all)}</span>
    </label>
  );
  return (
    <Popover label="Threads" title="processes, threads and states" class="picker" active={active}>
      {() => (
        <>
          <div class="picker-head">
            <input type="search" autofocus placeholder="Find a thread or process" aria-label="find a thread or process" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
            <button type="button" class="button" disabled={!active} onClick={() => update({ threads: null, processes: null, states: null })}>All</button>
          </div>
          <div class="picker-list">
            {usedStates.length > 1 && <fieldset><legend>State</legend>{usedStates.map((id) => row('states', id, states[id]!, sums.state[id]!))}</fieldset>}
            {processes.length > 1 && <fieldset><legend>Processes</legend>{processes.map((one, id) => (test(one.name) || test(one.command) ? row('processes', id, processName(model, id), sums.process[id]!) : null))}</fieldset>}
            <fieldset>
              <legend>Threads</legend>
              {shown.slice(0, MAX_ROWS).map((id) => row('threads', id, processes.length > 1 ? `${threadName(model, id)}, ${processName(model, threads[id]!.process)}` : threadName(model, id), sums.thread[id]!))}
              {shown.length > MAX_ROWS && <p class="hint">{shown.length - MAX_ROWS} more; search to find them.</p>}
              {shown.length === 0 && <p class="hint">No thread has such a name.</p>}
            </fieldset>
          </div>
        </>
      )}
    </Popover>
  );
}

function threadSums(model: Model, signal: number): { thread: Float64Array; process: Float64Array; state: Float64Array; all: number } {
  const thread = new Float64Array(model.header.threads.length), process = new Float64Array(model.header.processes.length), state = new Float64Array(256);
  const samples = model.samples[signal]!;
  let all = 0;
  for (let row = 0; row < samples.count; row++) {
    const value = samples.value[row]!;
    all += value;
    thread[samples.thread[row]!]! += value;
    state[samples.state[row]!]! += value;
  }
  thread.forEach((value, index) => (process[model.header.threads[index]!.process]! += value));
  return { thread, process, state, all };
}
