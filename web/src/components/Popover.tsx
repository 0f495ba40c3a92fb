//! A button with a panel that opens under it; Escape or a click elsewhere closes.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface PopoverProps { label: ComponentChildren; title: string; class?: string; active?: boolean; children: (close: () => void) => ComponentChildren }

export function Popover({ label, title, class: name = '', active = false, children }: PopoverProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null), button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const onPointer = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointer, true);
    root.current?.querySelector<HTMLElement>('.popover [autofocus], .popover button, .popover input')?.focus();
    return () => document.removeEventListener('pointerdown', onPointer, true);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !open) return;
    event.stopPropagation();
    close();
  };
  return (
    <div class="popover-root" ref={root} onKeyDown={onKeyDown}>
      <button ref={button} type="button" class={`button ${active ? 'is-active' : ''}`} title={title} aria-expanded={open} aria-haspopup="dialog" onClick={() => setOpen(!open)}>
        {label}<span class="caret" aria-hidden="true" />
      </button>
      {open && <div class={`popover ${name}`} role="dialog" aria-label={title}>{children(close)}</div>}
    </div>
  );
}
