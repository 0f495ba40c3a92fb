//! The menu of actions on a frame.
//!
//! Knows: which action is which change of the state. Arrow keys move, Enter
//! acts, Escape closes and gives the focus back.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { frameLocation, frameModule, frameName, isGroupFrame } from '../core/frames';
import type { FrameTarget, Transform, Update, ViewState } from '../core/state';
import type { Model } from '../data/model';

export interface OpenMenu { target: FrameTarget; x: number; y: number }
interface Props { model: Model; state: ViewState; update: Update; menu: OpenMenu; views: readonly string[]; close: () => void; say: (text: string) => void }
type Item = { text: string; hint?: string; act: () => void } | null;

export function FrameMenu({ model, state, update, menu, views, close, say }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    before.current = document.activeElement;
    const box = element.current!;
    const left = Math.max(4, Math.min(menu.x, innerWidth - box.offsetWidth - 8)), top = Math.max(4, Math.min(menu.y, innerHeight - box.offsetHeight - 8));
    box.style.transform = `translate(${left}px, ${top}px)`;
    box.querySelector('button')?.focus();
  }, [menu]);
  const done = (): void => {
    close();
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  useEffect(() => {
    const onPointer = (event: PointerEvent): void => {
      if (!element.current?.contains(event.target as Node)) close();
    };
    document.addEventListener('pointerdown', onPointer, true);
    return () => document.removeEventListener('pointerdown', onPointer, true);
  }, []);
  const items = itemsFor(model, state, update, menu.target, views, say);
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...element.current!.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) buttons[(at + step + buttons.length) % buttons.length]?.focus();
    else if (event.key === 'Home') buttons[0]?.focus();
    else if (event.key === 'End') buttons[buttons.length - 1]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') done();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" role="menu" ref={element} aria-label="actions on the frame" onKeyDown={onKeyDown}>
      <div class="menu-title">{frameName(model, menu.target.fn).slice(0, 120)}</div>
      {items.map((item, index) => item === null ? <hr key={index} /> : (
        <button type="button" role="menuitem" key={index} onClick={() => { done(); item.act(); }}>
          {item.text}{item.hint && <span class="menu-hint">{item.hint}</span>}
        </button>
      ))}
    </div>
  );
}

function itemsFor(model: Model, state: ViewState, update: Update, { fn, path }: FrameTarget, views: readonly string[], say: (text: string) => void): Item[] {
  const add = (transform: Transform, patch: Partial<ViewState> = {}): void => update({ transforms: [...state.transforms, transform], zoom: null, viewport: null, ...patch });
  const copy = (text: string, what: string): void => {
    copyText(text).then(() => say(`copied ${what}`), () => say('the browser did not allow copying'));
  };
  const items: Item[] = [];
  const isFunction = !isGroupFrame(model, fn);
  if (path) items.push({ text: 'Focus on this subtree', hint: 'drops the rest', act: () => add({ type: 'focus-subtree', path }) });
  if (isFunction) {
    items.push(
      { text: 'Focus on this function', hint: 'wherever it is called', act: () => add({ type: 'focus-function', fn }) },
      { text: 'Hide', hint: 'drops its samples', act: () => add({ type: 'hide', fn }) },
      { text: 'Merge into callers', act: () => add({ type: 'merge', fn }) },
      { text: 'Collapse direct recursion', act: () => add({ type: 'collapse-recursion', fn, direct: true }) },
      { text: 'Collapse recursion', hint: 'through others too', act: () => add({ type: 'collapse-recursion', fn, direct: false }) },
      { text: 'Collapse all direct recursion', act: () => add({ type: 'collapse-all-recursion' }) },
    );
    const module = frameModule(model, fn);
    if (module !== '') items.push({ text: `Collapse module ${module.slice(-28)}`, act: () => add({ type: 'collapse-module', module: model.fn.module[fn]! }) });
    items.push({ text: 'Collapse libraries', hint: 'keeps their entry', act: () => add({ type: 'collapse-libraries' }) }, null);
    const go = (view: string, text: string): void => {
      if (views.includes(view) && state.view !== view) items.push({ text, act: () => update({ view, selected: fn, zoom: null, viewport: null }) });
    };
    go('sandwich', 'Show callers and callees');
    go('source', 'Show source');
    go('callgraph', 'Show in call graph');
    go('top', 'Show in table');
    items.push(null);
  }
  items.push({ text: 'Copy name', act: () => copy(frameName(model, fn), 'the name') });
  if (frameLocation(model, fn) !== '') items.push({ text: 'Copy file and line', act: () => copy(frameLocation(model, fn), 'the place') });
  if (path) items.push({ text: 'Copy stack', act: () => copy(path.map((one) => [frameName(model, one), frameLocation(model, one)].filter(Boolean).join('  ')).join('\n'), 'the stack') });
  return items;
}

/** Pages opened from a file may lack the clipboard; a hidden text area still copies. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'off-screen';
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    if (!copied) throw new Error('not copied');
  }
}
