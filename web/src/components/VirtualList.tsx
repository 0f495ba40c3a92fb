//! A long list of rows of one height, of which only those that are seen exist.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useSize } from './useSize';

interface Props {
  count: number;
  rowHeight: number;
  /** A row to bring into sight whenever it changes; -1 for none. */
  reveal: number;
  /** Where the revealed row should come to stand. */
  revealAt?: 'nearest' | 'middle';
  class?: string;
  label: string;
  role?: 'grid' | 'group';
  active?: string | undefined;
  onKeyDown?: (event: KeyboardEvent, rowsPerPage: number) => void;
  /** Stays on top while the rows scroll. */
  head?: ComponentChildren;
  headHeight?: number;
  children: (index: number, top: number) => ComponentChildren;
}

/** Browsers lose precision in taller elements. */
const MAX_PIXELS = 15_000_000;

export function VirtualList({ count, rowHeight, reveal, revealAt = 'nearest', class: name = '', label, role = 'group', active, onKeyDown, head, headHeight = 0, children }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, height] = useSize(scroller);
  const [scrollTop, setScrollTop] = useState(0);
  const shown = Math.min(count, Math.floor(MAX_PIXELS / rowHeight));
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || reveal < 0 || reveal >= shown || height === 0) return;
    const top = reveal * rowHeight, room = height - headHeight;
    if (top >= box.scrollTop && top + rowHeight <= box.scrollTop + room) return;
    if (revealAt === 'middle') box.scrollTop = top - room / 3;
    else box.scrollTop = top < box.scrollTop ? top : top + rowHeight - room;
  }, [reveal, shown, height > 0]);
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - 4), last = Math.min(shown, Math.ceil((scrollTop + height) / rowHeight) + 4);
  const rows: ComponentChildren[] = [];
  for (let index = first; index < last; index++) rows.push(children(index, headHeight + index * rowHeight));
  return (
    <div class={`virtual ${name}`} ref={scroller} tabIndex={0} role={role} aria-label={label} aria-rowcount={role === 'grid' ? count + 1 : undefined} aria-activedescendant={active}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      onKeyDown={(event) => event.target === scroller.current && onKeyDown?.(event, Math.max(1, Math.floor(height / rowHeight) - 2))}>
      {head}
      {rows}
      <div class="virtual-space" style={{ height: `${shown * rowHeight}px` }} role="presentation" />
    </div>
  );
}
