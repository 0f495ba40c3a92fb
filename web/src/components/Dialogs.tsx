//! The dialogs: keys, and what is known of the profile's quality.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatCount, formatValue } from '../core/format';
import type { View } from '../core/state';
import type { Model } from '../data/model';

function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return (
    <dialog ref={element} class="dialog" aria-label={title} onClose={close} onClick={(event) => event.target === element.current && element.current?.close()}>
      <div class="dialog-body">
        <header><h2>{title}</h2><button type="button" class="button quiet" aria-label="close" onClick={() => element.current?.close()}>×</button></header>
        {children}
      </div>
    </dialog>
  );
}

const KEYS: [string, string][] = [
  ['Click, Enter', 'zoom to the frame'],
  ['Escape, Backspace', 'one step out'],
  ['Home', 'the whole graph'],
  ['Arrow keys', 'move between callers, callees and neighbours'],
  ['Shift + ← →, drag', 'pan'],
  ['+  −, Ctrl + wheel', 'zoom; the plain wheel scrolls, or zooms where nothing scrolls'],
  ['M, right click', 'actions on the frame'],
  ['/', 'search (regular expression; capitals make it case-sensitive)'],
  ['I', 'icicle or flame: root above or below'],
  ['D', 'details of the selected function'],
  ['T', 'light or dark'],
  ['?', 'this help'],
];

export function HelpDialog({ views, close }: { views: readonly View[]; close: () => void }) {
  return (
    <Dialog title="Keys" close={close}>
      <dl class="keys">
        {KEYS.map(([keys, text]) => <div key={keys}><dt>{keys}</dt><dd>{text}</dd></div>)}
        {views.map((view) => <div key={view.id}><dt>{view.key.toUpperCase()}</dt><dd>{view.title}</dd></div>)}
      </dl>
      <p class="dim">The address of the page holds everything that is shown: copy it to share the picture.</p>
    </Dialog>
  );
}

export function QualityDialog({ model, close }: { model: Model; close: () => void }) {
  const { header } = model;
  return (
    <Dialog title="About this profile" close={close}>
      <p><strong>{header.title}</strong><br /><span class="dim">{header.subtitle}</span></p>
      {header.quality.length > 0 && (
        <table class="quality">
          <tbody>{header.quality.map((one) => <tr key={one.label} class={one.bad ? 'is-bad' : ''}><th scope="row">{one.bad ? '⚠ ' : ''}{one.label}</th><td>{one.text}</td></tr>)}</tbody>
        </table>
      )}
      <h3>Signals</h3>
      <table class="quality">
        <tbody>{header.signals.map((one, index) => <tr key={index}><th scope="row">{one.name}</th><td>{formatValue(one.total, one.unit)}; {one.sampleCountText || `${formatCount(one.n)} observations`}{one.description && <><br /><span class="dim">{one.description}</span></>}</td></tr>)}</tbody>
      </table>
      {header.folded && <p>{header.folded.text}</p>}
      {header.notes.map((note) => <p key={note}>{note}</p>)}
      <p class="dim">Fathom {header.fathom}. {formatCount(model.node.count)} nodes, {formatCount(model.fn.count)} functions, {formatCount(header.threads.length)} threads.</p>
    </Dialog>
  );
}
