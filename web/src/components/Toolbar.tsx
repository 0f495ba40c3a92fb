//! The choices that all graph views share, and the export of what is shown.

import { csvOfTree, canExportPicture, download, fileName, foldedOfTree, pngOfGraph, svgOfGraph } from '../export/files';
import type { SearchResult } from '../core/search';
import type { ColorBy, GroupBy, Update, ViewState } from '../core/state';
import type { DerivedTree } from '../core/tree';
import type { Model } from '../data/model';
import { Popover } from './Popover';
import { SearchBox } from './SearchBox';
import { ThreadPicker } from './ThreadPicker';

interface Props { model: Model; state: ViewState; update: Update; tree: DerivedTree; found: SearchResult | null; draws: true | 'over time' | false }

export function Toolbar({ model, state, update, tree, found, draws }: Props) {
  const { header } = model;
  const isDiff = header.kind === 'diff';
  const groups: [GroupBy, string][] = [['none', 'Merged'], ['process', 'By process'], ['thread', 'By thread'], ['state', 'By state']];
  const colors: [ColorBy, string][] = [['kind', 'Kind'], ['module', 'Module'], ['thread', 'Thread'], ...(isDiff ? [['diff', 'Change'] as [ColorBy, string]] : [])];
  const sideName = (side: 0 | 1): string => (isDiff ? ` · ${side === 0 ? 'before' : 'after'}` : '');
  return (
    <div class="toolbar" role="toolbar" aria-label="signal, filters and colours">
      <label class="field"><span>Signal</span>
        <select value={String(state.signal)} onChange={(event) => update({ signal: Number(event.currentTarget.value) })}>
          {header.signals.map((signal, index) => <option key={index} value={String(index)}>{signal.name}{sideName(signal.side)}</option>)}
        </select>
      </label>
      {draws === true && (
        <label class="field"><span>Stacks</span>
          <select value={state.group} onChange={(event) => update({ group: event.currentTarget.value as GroupBy, zoom: null, viewport: null })}>
            {groups.filter(([id]) => id !== 'process' || header.processes.length > 1).map(([id, text]) => <option key={id} value={id}>{text}</option>)}
          </select>
        </label>
      )}
      {draws !== false && (
        <label class="field"><span>Colour</span>
          <select value={state.colorBy} onChange={(event) => update({ colorBy: event.currentTarget.value as ColorBy })}>
            {colors.map(([id, text]) => <option key={id} value={id}>{text}</option>)}
          </select>
        </label>
      )}
      {draws === true && (
        <button type="button" class="button" aria-pressed={state.orientation === 'flame'} title="root above (icicle) or below (flame) (I)"
          onClick={() => update({ orientation: state.orientation === 'flame' ? 'icicle' : 'flame' })}>
          {state.orientation === 'flame' ? 'Flame' : 'Icicle'}
        </button>
      )}
      <ThreadPicker model={model} state={state} update={update} />
      {(state.zoom || state.viewport) && <button type="button" class="button" onClick={() => update({ zoom: null, viewport: null })}>Reset zoom</button>}
      <span class="spring" />
      <SearchBox tree={tree} search={state.search} found={found} update={update} />
      <Popover label="Export" title="export what is shown" class="export">
        {(close) => <ExportList model={model} state={state} tree={tree} close={close} />}
      </Popover>
    </div>
  );
}

function ExportList({ model, state, tree, close }: Pick<Props, 'model' | 'state' | 'tree'> & { close: () => void }) {
  const { title, signals } = model.header;
  const signal = signals[state.signal]!;
  const item = (text: string, act: () => void) => <button type="button" class="menu-item" onClick={() => { act(); close(); }}>{text}</button>;
  const name = (extension: string): string => fileName(`${title} ${signal.id}`, extension);
  return (
    <div class="menu-list">
      {canExportPicture() && item('Picture (SVG)', () => download(name('svg'), svgOfGraph(`${title}, ${signal.name}`), 'image/svg+xml'))}
      {canExportPicture() && item('Picture (PNG)', () => void pngOfGraph().then((blob) => blob && download(name('png'), blob, 'image/png')))}
      {item('Folded stacks (text)', () => download(name('folded.txt'), foldedOfTree(model, tree, state.view === 'flame' ? state.zoom : null), 'text/plain'))}
      {item('Functions (CSV)', () => download(name('csv'), csvOfTree(model, tree, signal.unit), 'text/csv'))}
    </div>
  );
}
