//! The frame around the views: title, tabs, the current view.

import { useMemo } from 'preact/hooks';
import { deriveTree } from '../core/derive';
import type { Model } from '../data/model';
import { VIEWS } from '../views';
import { TabBar } from './TabBar';
import { useDark } from './useDark';
import { useViewState } from './useViewState';

export function App({ model }: { model: Model }) {
  const [state, update] = useViewState(model);
  const dark = useDark(state.theme);
  const views = useMemo(() => VIEWS.filter((view) => view.available(model)), [model]);
  const view = views.find((one) => one.id === state.view) ?? views[0]!;
  const { signal, range, threads, processes, states, transforms, group } = state;
  const tree = useMemo(
    () => deriveTree(model, { signal, range, threads, processes, states, transforms, group }),
    [model, signal, range, threads, processes, states, transforms, group],
  );
  return (
    <div class="app">
      <TabBar views={views} current={view.id} update={update} />
      <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${view.id}`}>
        <view.Component model={model} state={state} update={update} tree={tree} dark={dark} openMenu={() => undefined} />
      </div>
    </div>
  );
}
