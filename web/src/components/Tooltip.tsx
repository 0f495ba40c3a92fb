//! The box of words beside the pointer.
//!
//! Knows: staying inside the window. It keeps its own state, so that moving the
//! pointer draws nothing else again.

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface TooltipHandle {
  /** A box and where the pointer is; -1 hides. */
  show(box: number, clientX: number, clientY: number): void;
}

interface Props { handle: { current: TooltipHandle | null }; content: (box: number) => ComponentChildren }

const OFFSET_PIXELS = 14;

export function Tooltip({ handle, content }: Props) {
  const [box, setBox] = useState(-1);
  const element = useRef<HTMLDivElement>(null);
  const at = useRef<[number, number]>([0, 0]);
  const place = (): void => {
    const shown = element.current;
    if (!shown) return;
    const [x, y] = at.current;
    const { offsetWidth: width, offsetHeight: height } = shown;
    const left = x + OFFSET_PIXELS + width > innerWidth ? Math.max(4, x - OFFSET_PIXELS - width) : x + OFFSET_PIXELS;
    const top = y + OFFSET_PIXELS + height > innerHeight ? Math.max(4, y - OFFSET_PIXELS - height) : y + OFFSET_PIXELS;
    shown.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };
  useLayoutEffect(() => {
    handle.current = {
      show: (next, x, y) => {
        at.current = [x, y];
        setBox(next);
        place();
      },
    };
    return () => {
      handle.current = null;
    };
  }, [handle]);
  useLayoutEffect(place, [box]);
  return box < 0 ? null : <div class="tooltip" ref={element} role="tooltip">{content(box)}</div>;
}
