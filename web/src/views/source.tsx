//! Source: what each line costs, with its text where it is at hand, and the
//! machine code of a function where a server can be asked.
//!
//! Knows: which file or function is chosen. Says plainly what is missing and why.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { shorten } from '../components/FrameDetails';
import { tint } from '../components/tint';
import { VirtualList } from '../components/VirtualList';
import { formatCount, formatShare, formatValue } from '../core/format';
import { frameLocation, frameName } from '../core/frames';
import { assemblyRows, filesOf, hottestLines, listing, readInstructions, textOf, type FileLines } from '../core/source';
import type { View, ViewProps } from '../core/state';
import { fetchOnDemand, type Answer } from '../data/onDemand';
import type { Model } from '../data/model';
import { Bar } from './top';

const ROW_HEIGHT = 19, MOST_FILES = 150, MOST_HOT = 6;

function Source(props: ViewProps) {
  const { model, state, update } = props;
  const files = useMemo(() => filesOf(model, state.signal), [model, state.signal]);
  const chosen = state.selected;
  const file = (chosen === null ? undefined : files.find((one) => one.file === model.fn.file[chosen])) ?? (chosen === null ? files[0] : undefined);
  const fileId = file?.file ?? (chosen === null ? 0 : model.fn.file[chosen]!);
  const fn = chosen ?? file?.functions[0]?.fn ?? null;
  const isAssembly = state.options['source.as'] === 'assembly';
  const as = (what: string): void => {
    const { ['source.as']: _, ...rest } = state.options;
    update({ options: what === 'source' ? rest : { ...rest, 'source.as': what } }, { replace: true });
  };
  return (
    <div class="source">
      <FileList {...props} files={files} chosen={chosen} file={fileId} />
      <section class="source-main">
        <header class="source-head">
          <h2 title={model.strings.label(fileId).slice(0, 1000)}><bdi>{fileId === 0 ? '' : model.strings.label(fileId).slice(-160)}</bdi></h2>
          {fn !== null && <span class="dim cell-name">{shorten(frameName(model, fn), 120)}</span>}
          {model.header.mode === 'view' && fn !== null && (
            <span class="switch" role="group" aria-label="what is shown">
              <button type="button" class="button" aria-pressed={!isAssembly} onClick={() => as('source')}>Source</button>
              <button type="button" class="button" aria-pressed={isAssembly} onClick={() => as('assembly')}>Machine code</button>
            </span>
          )}
        </header>
        {isAssembly && fn !== null && model.header.mode === 'view' ? <Assembly model={model} fn={fn} signal={state.signal} /> : <Listing {...props} file={file} fileId={fileId} fn={fn} />}
        <p class="hint source-hint">Costs of lines are those of the whole profile: filters and transforms do not change them.</p>
      </section>
    </div>
  );
}

function FileList({ model, state, update, found, files, chosen, file }: ViewProps & { files: FileLines[]; chosen: number | null; file: number }) {
  const whole = model.header.signals[state.signal]!.total;
  const shown = found ? files.filter((one) => one.functions.some((row) => found.matches[row.fn] === 1)) : files;
  return (
    <nav class="sandwich-list source-list" aria-label="files">
      <ol>
        {shown.slice(0, MOST_FILES).map((one) => (
          <li key={one.file}>
            <button type="button" aria-current={one.file === file} title={model.strings.label(one.file).slice(0, 1000)} onClick={() => update({ selected: one.functions[0]!.fn })}>
              <span class="cell-name"><bdi>{shortPath(model.strings.label(one.file))}</bdi></span><span class="cell-number">{formatShare(one.self, whole)}</span>
            </button>
            {one.file === file && (
              <ol>
                {one.functions.slice(0, 40).map((row) => (
                  <li key={row.fn}>
                    <button type="button" class="is-inner" aria-current={row.fn === chosen} onClick={() => update({ selected: row.fn })}>
                      <span class="cell-name">{frameName(model, row.fn).slice(0, 160)}</span><span class="cell-number">{formatShare(row.self, whole)}</span>
                    </button>
                  </li>
                ))}
              </ol>
            )}
          </li>
        ))}
      </ol>
      {shown.length > MOST_FILES && <p class="hint">{shown.length - MOST_FILES} more; search for a function to find them.</p>}
      {shown.length === 0 && <p class="hint">{files.length === 0 ? 'No lines are known for this signal.' : 'No file has a function that matches the search.'}</p>}
    </nav>
  );
}

function Listing({ model, state, file, fileId, fn }: ViewProps & { file: FileLines | undefined; fileId: number; fn: number | null }) {
  const answer = useAnswer(model, 'source', 'file', fileId === 0 ? null : model.strings.get(fileId));
  const whole = answer?.ok && typeof (answer.value as { text?: unknown }).text === 'string' ? (answer.value as { text: string }).text : null;
  const text = useMemo(() => textOf(model, fileId, whole), [model, fileId, whole]);
  const rows = useMemo(() => listing(text, file?.byLine ?? new Map()), [text, file]);
  const [goal, setGoal] = useState<number | null>(null);
  const { unit, total } = model.header.signals[state.signal]!;
  const hot = useMemo(() => (file ? hottestLines(file, MOST_HOT) : []), [file]);
  const own = file?.functions.find((one) => one.fn === fn)?.lines;
  const ownHottest = own?.reduce((best, one) => (one.self > best.self || (one.self === best.self && one.total > best.total) ? one : best)).line;
  // A link to a line is about the function that was chosen with it.
  const [linked, line] = (state.options['source.line'] ?? '').split('.');
  const linkedLine = fn !== null && linked === fn.toString(36) && Number(line) > 0 ? Number(line) : undefined;
  const wanted = goal ?? linkedLine ?? ownHottest ?? (fn === null ? 0 : model.fn.line[fn]!);
  useEffect(() => setGoal(null), [fn, fileId]);
  const reveal = rows.findIndex((row) => row.kind === 'line' && row.line >= wanted);
  const most = Math.max(1e-300, ...(file ? [...file.byLine.values()].map((one) => one.total) : []));
  if (rows.length === 0) return <p class="empty">{emptyReason(model, fileId, fn)}{answer && !answer.ok && <><br />Source: {answer.why}.</>}</p>;
  return (
    <>
      <div class="source-hot">
        {hot.length > 0 && <span class="dim">hottest lines</span>}
        {hot.map((one) => <button type="button" class="button" key={one.line} aria-pressed={one.line === goal} onClick={() => setGoal(one.line)}>{one.line} <b>{formatShare(one.self, total)}</b></button>)}
        {whole === null && <span class="dim source-why">{answer === null ? '' : text.size === 0 ? (model.header.mode === 'file' ? 'The text of this file is not in this report; `fathom view` looks for it on this machine.' : `The text is not at hand: ${answer.ok ? 'the server sent none' : answer.why}.`) : model.header.mode === 'file' ? 'Only the text around hot lines is in a report file.' : answer.ok ? '' : `The whole file is not at hand: ${answer.why}.`}</span>}
      </div>
      <div class="source-row source-columns" aria-hidden="true"><span>line</span><span>self</span><span>total</span><span /></div>
      <VirtualList class="source-code" count={rows.length} rowHeight={ROW_HEIGHT} reveal={reveal} revealAt="middle" label={`lines of ${model.strings.label(fileId).slice(0, 300)}`}>
        {(index, top) => {
          const row = rows[index]!;
          if (row.kind === 'gap') return <div class="source-row source-gap" key={index} style={{ top: `${top}px` }}><span>⋯</span></div>;
          const { cost } = row;
          return (
            <div class={`source-row ${row.line === wanted ? 'is-goal' : ''} ${own?.some((one) => one.line === row.line) ? 'is-own' : ''}`} key={index} style={{ top: `${top}px` }}
              title={cost ? `line ${row.line}: self ${formatValue(cost.self, unit)}, total ${formatValue(cost.total, unit)}` : undefined}>
              <span class="source-number">{row.line}</span>
              <span class="source-cost">{cost && cost.self > 0 && <><Bar value={cost.self / most} /><b>{formatShare(cost.self, total)}</b></>}</span>
              <span class="source-cost is-total">{cost && cost.total > 0 && <><Bar value={cost.total / most} /><b>{formatShare(cost.total, total)}</b></>}</span>
              <code>{row.text === null ? <span class="dim">(text not available)</span> : tint(row.text.replace(/\r$/, '')).map((piece, at) => (piece.kind === '' ? piece.text : <span key={at} class={`t-${piece.kind}`}>{piece.text}</span>))}</code>
            </div>
          );
        }}
      </VirtualList>
    </>
  );
}

function Assembly({ model, fn, signal }: { model: Model; fn: number; signal: number }) {
  const answer = useAnswer(model, 'asm', 'fn', String(fn));
  const rows = useMemo(() => (answer?.ok ? assemblyRows(readInstructions(answer.value) ?? []) : []), [answer]);
  const { unit } = model.header.signals[signal]!;
  let sum = 0, most = 1e-300, hottest = -1;
  rows.forEach((row, index) => {
    if (row.kind !== 'instruction') return;
    sum += row.self;
    if (row.self > most) [most, hottest] = [row.self, index];
  });
  if (answer === null) return <p class="empty">Reading the machine code…</p>;
  if (rows.length === 0) return <p class="empty">No machine code: {answer.ok ? 'the server sent none' : answer.why}.</p>;
  return (
    <>
      <div class="source-hot"><span class="dim">{formatCount(rows.filter((row) => row.kind === 'instruction').length)} instructions, {sum > 0 ? `${formatValue(sum, unit)} sampled in them` : 'none of them sampled'}. A sample often stands at the instruction after the slow one.</span></div>
      <div class="source-row source-columns is-asm" aria-hidden="true"><span>address</span><span>self</span><span /></div>
      <VirtualList class="source-code" count={rows.length} rowHeight={ROW_HEIGHT} reveal={hottest} revealAt="middle" label="machine code">
        {(index, top) => {
          const row = rows[index]!;
          if (row.kind === 'line') return <div class="source-row source-line" key={index} style={{ top: `${top}px` }}><code>{row.line === null ? 'no line known' : `${shortPath(row.file)}:${row.line}`}</code>{row.self > 0 && <b>{formatShare(row.self, sum)}</b>}</div>;
          return (
            <div class="source-row is-asm" key={index} style={{ top: `${top}px` }} title={row.bytes}>
              <span class="source-number">{row.address.toString(16)}</span>
              <span class="source-cost">{row.self > 0 && <><Bar value={row.self / most} /><b>{formatShare(row.self, sum)}</b></>}</span>
              <code>{row.text.slice(0, 400)}</code>
            </div>
          );
        }}
      </VirtualList>
    </>
  );
}

function useAnswer(model: Model, name: 'source' | 'asm', parameter: string, value: string | null): Answer | null {
  const [answer, setAnswer] = useState<{ value: string; answer: Answer } | null>(null);
  useEffect(() => {
    if (value === null) return undefined;
    let isCurrent = true;
    void fetchOnDemand(model.header, name, parameter, value).then((got) => isCurrent && setAnswer({ value, answer: got }));
    return () => {
      isCurrent = false;
    };
  }, [model, name, value]);
  return answer !== null && answer.value === value ? answer.answer : null;
}

function emptyReason(model: Model, file: number, fn: number | null): string {
  if (fn === null) return 'This profile says nothing of lines in this signal.';
  if (file === 0) return `The file of ${frameName(model, fn).slice(0, 120)} is not known: it has no debug information here, or its runtime does not tell.`;
  return `No line of ${frameLocation(model, fn).slice(-160)} has a cost of its own in this signal.`;
}

/** The last parts of a path, which tell most. */
function shortPath(path: string): string {
  const parts = path.slice(-400).split('/');
  return parts.length > 3 ? `…/${parts.slice(-3).join('/')}` : path.slice(-400);
}

export const view: View = { id: 'source', title: 'Source', key: '9', available: (model) => model.lines.count > 0 || model.header.sources.length > 0 || model.header.mode === 'view', Component: Source };
