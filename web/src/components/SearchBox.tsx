//! The search field, with what it found.

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatShare } from '../core/format';
import { matchedTotal, type SearchResult } from '../core/search';
import type { Update } from '../core/state';
import type { DerivedTree } from '../core/tree';

/** A page that follows a letter within this follows each at once (the bound of a task that is not felt, https://web.dev/articles/rail). */
const QUICK_MILLIS = 50;

export function SearchBox({ tree, search, found, update }: { tree: DerivedTree; search: string; found: SearchResult | null; update: Update }) {
  /** What was typed and is not yet followed. */
  const [ahead, setAhead] = useState<string | null>(null);
  const timer = useRef(0), began = useRef(0), took = useRef(0);
  const text = ahead ?? search;
  const total = useMemo(() => (found ? matchedTotal(tree, found.matches) : 0), [tree, found]);
  // Once the page has followed a letter, and not for other reasons to render.
  useLayoutEffect(() => {
    if (began.current > 0) took.current = performance.now() - began.current;
    began.current = 0;
  });
  const follow = (value: string): void => {
    began.current = performance.now();
    setAhead(null);
    update({ search: value }, { replace: true });
  };
  const type = (value: string): void => {
    clearTimeout(timer.current);
    // What takes long waits for a pause of as long, so that letters do not queue up behind it.
    if (value === '' || took.current <= QUICK_MILLIS) follow(value);
    else {
      setAhead(value);
      timer.current = window.setTimeout(() => follow(value), took.current);
    }
  };
  return (
    <div class="search" role="search">
      <input id="search" type="search" placeholder="Search functions ( / )" aria-label="search functions by name or regular expression" spellcheck={false} autocomplete="off" value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (text !== '') type('');
          else event.currentTarget.blur();
        }} />
      <output class="search-result" aria-live="polite" title={found?.isStopped ? 'the pattern was too slow: not every function was tried' : found && !found.isExpression ? 'not a regular expression, or one that could take for ever: searched as plain text' : undefined}>
        {found?.isStopped ? 'stopped: too slow; ' : ''}{found ? (found.functions === 0 ? 'no match' : `matched ${formatShare(total, tree.sum)} in ${found.functions} function${found.functions === 1 ? '' : 's'}`) : ''}
      </output>
    </div>
  );
}
