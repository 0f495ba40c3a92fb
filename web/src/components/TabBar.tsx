//! The tabs, one per view; arrow keys move between them as in any tab list.

import type { Update, View } from '../core/state';

export function TabBar({ views, current, update }: { views: readonly View[]; current: string; update: Update }) {
  const go = (id: string): void => update({ view: id, zoom: null, viewport: null });
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = views.findIndex((view) => view.id === current);
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? views.length - 1 : step === 0 ? -1 : (at + step + views.length) % views.length;
    if (to < 0) return;
    event.preventDefault();
    go(views[to]!.id);
    document.getElementById(`tab-${views[to]!.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="views" onKeyDown={onKeyDown}>
      {views.map((view) => (
        <button key={view.id} id={`tab-${view.id}`} role="tab" type="button" class="tab" aria-selected={view.id === current}
          aria-controls="panel" tabIndex={view.id === current ? 0 : -1} title={`${view.title} (${view.key.toUpperCase()})`} onClick={() => go(view.id)}>
          {view.title}
        </button>
      ))}
    </div>
  );
}
