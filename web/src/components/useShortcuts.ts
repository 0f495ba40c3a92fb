//! Keys that work anywhere on the page, unless the reader is typing.

import { useEffect } from 'preact/hooks';
import type { Update, View, ViewState } from '../core/state';

interface Shortcuts { views: readonly View[]; state: ViewState; update: Update; turnTheme: () => void; turnDetails: () => void; showHelp: () => void }

export function useShortcuts({ views, state, update, turnTheme, turnDetails, showHelp }: Shortcuts): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog, .menu')) return;
      const view = views.find((one) => one.key === event.key.toLowerCase());
      if (view) update({ view: view.id, zoom: null, viewport: null });
      else if (event.key === '/') document.getElementById('search')?.focus();
      else if (event.key === '?') showHelp();
      else if (event.key === 't' || event.key === 'T') turnTheme();
      else if (event.key === 'd' || event.key === 'D') turnDetails();
      else if (event.key === 'i' || event.key === 'I') update({ orientation: state.orientation === 'flame' ? 'icicle' : 'flame' });
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });
}
