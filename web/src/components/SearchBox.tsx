//! The search field, with what it found.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatShare } from '../core/format';
import { matchedTotal, searchFrames } from '../core/search';
import type { Update } from '../core/state';
import type { DerivedTree } from '../core/tree';
import type { Model } from '../data/model';

/** Typing is followed after so long a pause: letters of one stroke count as one. */
const PAUSE_MILLIS = 30;

export function SearchBox({ model, tree, search, update }: { model: Model; tree: DerivedTree; search: string; update: Update }) {
  const [text, setText] = useState(search);
  const timer = useRef(0);
  useEffect(() => setText(search), [search]);
  const found = useMemo(() => {
    const result = searchFrames(model, search);
    return result && { ...result, total: matchedTotal(tree, result.matches) };
  }, [model, tree, search]);
  const type = (value: string, at: number): void => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => update({ search: value }, { replace: true }), at);
  };
  return (
    <div class="search" role="search">
      <input id="search" type="search" placeholder="Search functions ( / )" aria-label="search functions by name or regular expression" spellcheck={false} autocomplete="off" value={text}
        onInput={(event) => type(event.currentTarget.value, PAUSE_MILLIS)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (text !== '') type('', 0);
          else event.currentTarget.blur();
        }} />
      <output class="search-result" aria-live="polite" title={found?.isStopped ? 'the pattern was too slow: not every function was tried' : found && !found.isExpression ? 'not a regular expression, or one that could take for ever: searched as plain text' : undefined}>
        {found?.isStopped ? 'stopped: too slow; ' : ''}{found ? (found.functions === 0 ? 'no match' : `matched ${formatShare(found.total, tree.sum)} in ${found.functions} function${found.functions === 1 ? '' : 's'}`) : ''}
      </output>
    </div>
  );
}
