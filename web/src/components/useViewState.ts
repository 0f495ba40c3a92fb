//! The view state as a Preact hook, kept equal to the page's address.
//!
//! Knows: history. A change is a step that "back" undoes, unless its author
//! asks to replace the current one.

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Update, ViewState } from '../core/state';
import { hashToState, stateToHash } from '../core/url';
import type { Model } from '../data/model';

export function useViewState(model: Model): [ViewState, Update] {
  const [state, setState] = useState<ViewState>(() => hashToState(model, location.hash));
  const current = useRef(state);
  useEffect(() => {
    const follow = (): void => {
      current.current = hashToState(model, location.hash);
      setState(current.current);
    };
    window.addEventListener('popstate', follow);
    window.addEventListener('hashchange', follow);
    return () => {
      window.removeEventListener('popstate', follow);
      window.removeEventListener('hashchange', follow);
    };
  }, [model]);
  const update = useCallback<Update>((patch, how) => {
    const next = { ...current.current, ...patch };
    current.current = next;
    setState(next);
    const hash = stateToHash(model, next);
    if (hash === location.hash) return;
    try {
      if (how?.replace) history.replaceState(null, '', hash);
      else history.pushState(null, '', hash);
    } catch {
      // Some embedded pages forbid history; the picture is right without it.
    }
  }, [model]);
  return [state, update];
}
