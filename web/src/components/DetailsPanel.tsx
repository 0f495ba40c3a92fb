//! The panel at the right: all that is known of the selected function.
//!
//! Knows: nothing of the views. Open or closed is in the address.

import { useMemo } from 'preact/hooks';
import { changesOf, inOrder, signed, VERDICT_WORDS } from '../core/changes';
import { aboutFunction, courseOf, type Share } from '../core/about';
import { formatCount, formatNanos, formatShare, formatValue } from '../core/format';
import { frameKindName, frameLocation, frameModule, frameName, frameRegion, isGroupFrame, threadName } from '../core/frames';
import type { Update, ViewState } from '../core/state';
import type { DerivedTree } from '../core/tree';
import type { Unit } from '../data/header';
import type { Model } from '../data/model';
import { BothSides } from './FrameDetails';

const MOST_NEAR = 5, MOST_THREADS = 8, BINS = 120;
/** A name of a megabyte is data, not something to read. */
const MAX_NAME = 4000;

interface Props { model: Model; state: ViewState; update: Update; tree: DerivedTree; close: () => void }

export function DetailsPanel(props: Props) {
  const { state, close } = props;
  return (
    <aside class="about" aria-label="the selected function">
      <header><h2>Details</h2><button type="button" class="button quiet icon" aria-label="close the details" title="close (D)" onClick={close}>×</button></header>
      {state.selected === null ? <p class="hint">Click a frame, a row or a node: what is known of its function stands here.</p> : <About {...props} fn={state.selected} />}
    </aside>
  );
}

function About({ model, state, update, tree, fn }: Props & { fn: number }) {
  const { unit } = model.header.signals[state.signal]!;
  const about = useMemo(() => aboutFunction(tree, fn, MOST_NEAR), [tree, fn]);
  const course = useMemo(() => courseOf(model, tree, fn, state, BINS), [model, tree, fn]);
  const name = frameName(model, fn), place = frameLocation(model, fn);
  const facts: [string, string][] = [['kind', frameKindName(model, fn)], ['runtime', model.strings.label(model.fn.runtime[fn]!).slice(0, 200)], ['module', frameModule(model, fn).slice(0, 600)], ['region', frameRegion(model, fn)]];
  const shapes = model.header.shapes.filter((shape) => shape.signal === state.signal && model.node.fn[shape.node] === fn);
  const near = (title: string, list: Share[]) => list.length > 0 && (
    <section>
      <h3>{title}</h3>
      <ol class="about-list">
        {list.map(({ id, value }) => (
          <li key={id}>
            {id < 0 || isGroupFrame(model, id) ? <span class="cell-name dim">{id < 0 ? 'nobody: stacks begin here' : frameName(model, id)}</span>
              : <button type="button" class="cell-name" title={frameLocation(model, id).slice(0, 300)} onClick={() => update({ selected: id })}>{frameName(model, id).slice(0, 200)}</button>}
            <span class="cell-number">{formatShare(value, about.total)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
  return (
    <>
      <div class="about-name">{name.slice(0, MAX_NAME)}{name.length > MAX_NAME && `… (${formatCount(name.length)} characters)`}</div>
      {place !== '' && <div class="details-place">{place.slice(0, 600)}</div>}
      <dl class="about-facts">{facts.filter(([, value]) => value !== '').map(([key, value]) => <div key={key}><dt>{key}</dt><dd>{value}</dd></div>)}</dl>
      {tree.otherTotal ? (
        <>
          <BothSides total={inOrder(model, tree, about.total, about.otherTotal)} self={inOrder(model, tree, about.self, about.otherSelf)} unit={unit} />
          <p class="details-about">{changeSentence(model, fn, unit)}</p>
        </>
      ) : (
        <table class="details-numbers">
          <thead><tr><th /><th>value</th><th>of shown</th><th>samples</th></tr></thead>
          <tbody>
            <tr><th scope="row">total</th><td>{formatValue(about.total, unit)}</td><td>{formatShare(about.total, tree.sum)}</td><td>{formatCount(about.totalN)}</td></tr>
            <tr><th scope="row">self</th><td>{formatValue(about.self, unit)}</td><td>{formatShare(about.self, tree.sum)}</td><td>{formatCount(about.selfN)}</td></tr>
          </tbody>
        </table>
      )}
      {about.total === 0 && about.otherTotal === 0 && <p class="details-about">Not in what is shown: filters, transforms or the signal leave nothing of it.</p>}
      {shapes.map((shape) => <p class="about-shape" key={shape.node}><b>{shape.kind}</b> {shape.text}</p>)}
      {course.overTime && about.total !== 0 && (
        <section>
          <h3>Over time</h3>
          <Sparkline values={course.overTime} range={state.range} extent={model.header.durationNanos} />
        </section>
      )}
      {near('Called by', about.callers)}
      {near('Calls', about.callees)}
      {course.threads.length > 0 && (
        <section>
          <h3>Threads</h3>
          <ol class="about-list">
            {course.threads.slice(0, MOST_THREADS).map(({ id, value }) => (
              <li key={id}><button type="button" class="cell-name" title="keep only this thread" onClick={() => update({ threads: [id] })}>{threadName(model, id).slice(0, 120)}</button><span class="cell-number">{formatShare(value, about.total)}</span></li>
            ))}
          </ol>
          {course.threads.length > MOST_THREADS && <p class="details-about">and {course.threads.length - MOST_THREADS} more</p>}
        </section>
      )}
    </>
  );
}

/** What is proved of a function's own value, and how large the change can be. */
function changeSentence(model: Model, fn: number, unit: Unit): string {
  const { diff } = model.header;
  const row = diff && changesOf(diff).find((one) => one.fn === fn);
  if (!row) return 'Nothing was compared for this function.';
  const size = (value: number): string => signed(value, (one) => formatValue(one, unit));
  const interval = `95 % interval of the change of self: ${size(row.low)} to ${size(row.high)}`;
  return row.isProved ? `Proved: ${VERDICT_WORDS[row.verdict]}; ${interval}.` : row.verdict === 'same' ? `Proved to be about the same; ${interval}.` : `Not proved; ${interval}.`;
}

function Sparkline({ values, range, extent }: { values: Float64Array; range: [number, number] | null; extent: number }) {
  const high = values.reduce((most, one) => Math.max(most, one), 1e-300);
  const bars = [...values].map((value, at) => (value > 0 ? `M${at} 40v${-Math.max(0.8, (value / high) * 38)}h1V40z` : '')).join('');
  const x = (time: number): number => (time / extent) * values.length;
  return (
    <figure class="about-spark">
      <svg viewBox={`0 0 ${values.length} 40`} preserveAspectRatio="none" role="img" aria-label={`value over ${formatNanos(extent)}`}>
        {range && <rect class="about-range" x={x(range[0])} y={0} width={Math.max(0.5, x(range[1]) - x(range[0]))} height={40} />}
        <path d={bars} />
      </svg>
      <figcaption><span>0</span><span>{formatNanos(extent)}</span></figcaption>
    </figure>
  );
}
