//! The frame around the views: title, tabs, choices, chips, the current view.
//!
//! Knows: the state, and the tree and what the search finds, made once for all views.

import { useCallback, useMemo, useState } from 'preact/hooks';
import { deriveTree } from '../core/derive';
import { formatValue } from '../core/format';
import { searchFrames } from '../core/search';
import type { FrameTarget, Theme } from '../core/state';
import type { Model } from '../data/model';
import { VIEWS } from '../views';
import { Chips } from './Chips';
import { DetailsPanel } from './DetailsPanel';
import { HelpDialog, QualityDialog } from './Dialogs';
import { FindingsPage } from './findings/FindingsPage';
import { FrameMenu, type OpenMenu } from './FrameMenu';
import { Legend } from './Legend';
import { TabBar } from './TabBar';
import { Toolbar } from './Toolbar';
import { useDark } from './useDark';
import { useShortcuts } from './useShortcuts';
import { useViewState } from './useViewState';

export function App({ model }: { model: Model }) {
  const [state, update] = useViewState(model);
  const dark = useDark(state.theme);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [dialog, setDialog] = useState<'help' | 'quality' | null>(null);
  const [said, say] = useState('');
  const views = useMemo(() => VIEWS.filter((view) => view.available(model)), [model]);
  const view = views.find((one) => one.id === state.view) ?? views[0]!;
  const { signal, range, threads, processes, states, transforms, group } = state;
  const tree = useMemo(
    () => deriveTree(model, { signal, range, threads, processes, states, transforms, group }),
    [model, signal, range, threads, processes, states, transforms, group],
  );
  const found = useMemo(() => searchFrames(model, state.search), [model, state.search]);
  const openMenu = useCallback((target: FrameTarget, x: number, y: number) => setMenu({ target, x, y }), []);
  const turnTheme = (): void => update({ theme: (dark ? 'light' : 'dark') satisfies Theme }, { replace: true });
  // On paper the findings come first, whatever view is printed.
  const { judgement } = model.header;
  const onPaper = useMemo(() => judgement && judgement.findings.length > 0 && <div class="paper-only"><FindingsPage model={model} judgement={judgement} /></div>, [model]);
  const hasDetails = state.options['details'] === 'open';
  const turnDetails = (): void => {
    const { details: _, ...rest } = state.options;
    update({ options: hasDetails ? rest : { ...rest, details: 'open' } }, { replace: true });
  };
  useShortcuts({ views, state, update, turnTheme, turnDetails, showHelp: () => setDialog('help') });
  const { header } = model;
  const bad = header.quality.filter((one) => one.bad).length;
  const { unit, sampleCountText } = header.signals[signal]!;
  return (
    <div class={hasDetails ? 'app has-about' : 'app'}>
      <header class="head">
        <span class="brand" aria-hidden="true"><Mark />fathom</span>
        <h1 class="title" title={header.title}>{header.title}</h1>
        <span class="subtitle" title={header.subtitle}>{header.subtitle}</span>
        <span class="spring" />
        <button type="button" class="button quiet" aria-pressed={hasDetails} title="all that is known of the selected function (D)" onClick={turnDetails}>Details</button>
        <button type="button" class={`button quiet ${bad > 0 ? 'is-bad' : ''}`} onClick={() => setDialog('quality')}>{bad > 0 ? `⚠ Quality (${bad})` : 'Quality'}</button>
        <button type="button" class="button quiet icon" aria-label={dark ? 'light page' : 'dark page'} title="light or dark (T)" onClick={turnTheme}>{dark ? '☀' : '☾'}</button>
        <button type="button" class="button quiet icon" aria-label="keys and help" title="keys (?)" onClick={() => setDialog('help')}>?</button>
      </header>
      <TabBar views={views} current={view.id} update={update} />
      {!view.ignoresFilters && <Toolbar model={model} state={state} update={update} tree={tree} found={found} draws={view.drawsStacks ?? false} />}
      {!view.ignoresFilters && <Chips model={model} state={state} update={update} />}
      {view.id !== 'findings' && onPaper}
      <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${view.id}`}>
        <view.Component key={view.id} model={model} state={state} update={update} tree={tree} found={found} dark={dark} openMenu={openMenu} />
      </div>
      {hasDetails && <DetailsPanel model={model} state={state} update={update} tree={tree} close={turnDetails} />}
      <footer class="foot">
        <span class="foot-sum"><strong>{formatValue(tree.sum, unit)}</strong>{tree.sum !== header.signals[signal]!.total && ` of ${formatValue(header.signals[signal]!.total, unit)}`}{sampleCountText && `, ${sampleCountText}`}</span>
        {header.folded && <span class="dim" title={header.folded.text}>small frames folded</span>}
        <span class="spring" />
        {view.drawsStacks && <Legend model={model} tree={tree} state={state} dark={dark} />}
      </footer>
      <div class="said" role="status" aria-live="polite" key={said} onAnimationEnd={() => say('')}>{said}</div>
      {menu && <FrameMenu model={model} state={state} update={update} menu={menu} views={views.map((one) => one.id)} close={() => setMenu(null)} say={say} />}
      {dialog === 'help' && <HelpDialog views={views} close={() => setDialog(null)} />}
      {dialog === 'quality' && <QualityDialog model={model} close={() => setDialog(null)} />}
    </div>
  );
}

function Mark() {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="15" height="15"><path d="M1 2h14v3H1zM3 6.5h9v3H3zM5 11h5v3H5z" fill="currentColor" /></svg>
  );
}
