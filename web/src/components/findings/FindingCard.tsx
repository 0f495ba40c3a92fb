//! One finding: how bad, what, where, what it is worth, why, what to do; and,
//! folded, what it rests on and how to check it.
//!
//! Knows: how a finding reads. Where its buttons lead is said by its view; on
//! paper there are none, and nothing is folded.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { effortText, gradeText, intervalText, modelText, placeText, shareText, worthText } from '../../core/findings';
import type { Finding, Judgement, PathStep } from '../../data/judgement';
import { visible } from '../../data/strings';
import { shorten } from '../FrameDetails';
import { Code, Prose } from './Prose';

const MAX_STEPS = 60;

/** A way from a finding to another view. */
export interface Way { text: string; title: string; go: () => void }

interface Props {
  judgement: Judgement;
  finding: Finding;
  isChosen?: boolean;
  ways?: Way[];
  choose?: (id: string) => void;
}

export function FindingCard({ judgement, finding, isChosen = false, ways = [], choose }: Props) {
  const id = useId();
  const card = useRef<HTMLElement>(null);
  const [isOpen, setOpen] = useState(isChosen);
  const isFirst = useRef(true);
  useEffect(() => {
    const wasFirst = isFirst.current;
    isFirst.current = false;
    if (!isChosen) return;
    setOpen(true);
    const { top } = card.current!.getBoundingClientRect();
    // A card that begins well within sight stays, with what stands above it.
    if (top < 0 || top > innerHeight / 2) card.current!.scrollIntoView({ block: 'start' });
    // Whoever was led here (a link of another card, the address) goes on from here.
    if (!wasFirst && !card.current!.contains(document.activeElement)) card.current!.focus({ preventScroll: true });
  }, [isChosen]);
  const { location, severity, estimate, overlaps } = finding;
  return (
    <article ref={card} class={`finding is-${severity}`} aria-labelledby={`${id}title`} aria-current={isChosen ? 'true' : undefined} tabIndex={-1}>
      <header class="finding-head">
        <span class="severity">{severity}</span>
        <h3 id={`${id}title`}><Prose text={finding.title} /></h3>
        {choose
          ? <button type="button" class="finding-id" title="put this finding into the address, to share it" onClick={() => choose(finding.id)}>{visible(finding.id).slice(0, 40)}</button>
          : <span class="finding-id">{visible(finding.id).slice(0, 40)}</span>}
      </header>
      {location && (
        <p class="finding-place" title={placeText(location, true).slice(0, 1000)}>
          <code>{shorten(placeText(location), 300)}</code>{location.file !== null && <> in <Code text={location.function} /></>}
        </p>
      )}
      <div class="finding-worth">
        {estimate.at_most !== null && <Worth {...estimate.at_most} />}
        <p><b>{worthText(judgement, finding)}</b>{overlaps.length > 0 && <span class="dim"> It shares time with <Links ids={overlaps} choose={choose} />.</span>}</p>
      </div>
      <p class="finding-cause"><Prose text={finding.cause} /></p>
      {finding.advice.length > 0 && <ol class="finding-advice" aria-label="what to do">{finding.advice.map((step, at) => <li key={at}><Prose text={step} /></li>)}</ol>}
      <div class="finding-actions">
        {ways.map((way) => <button type="button" class="button" key={way.text} title={way.title} onClick={way.go}>{way.text}</button>)}
        <button type="button" class="button quiet" aria-expanded={isOpen} aria-controls={`${id}more`} onClick={() => setOpen(!isOpen)}><span class={`caret ${isOpen ? 'is-up' : ''}`} aria-hidden="true" />Evidence and how to check</button>
      </div>
      <div class="finding-more" id={`${id}more`} hidden={!isOpen}><More finding={finding} /></div>
    </article>
  );
}

function More({ finding }: { finding: Finding }) {
  const { estimate, path } = finding;
  const rows: [string, ComponentChildren, boolean][] = [
    ['Seen', <List items={finding.evidence.map((line) => <><Prose text={line.claim} /> <span class="dim">({visible(line.source)})</span></>)} />, finding.evidence.length > 0],
    ['Reached by', <Path steps={path} />, path.length > 1],
    ['Also at', <List items={finding.also_at.map((step) => <><code>{shorten(placeText(step.location, true), 400)}</code> in <Code text={step.location.function} /></>)} />, finding.also_at.length > 0],
    ['Or else', <List items={finding.alternatives.map((text) => <Prose text={text} />)} />, finding.alternatives.length > 0],
    ['Assumed', <List items={estimate.assumptions.map((text) => <Prose text={text} />)} />, estimate.assumptions.length > 0],
    ['Less sure by', <List items={finding.degraded_by.map((text) => <Prose text={text} />)} />, finding.degraded_by.length > 0],
    ['Costs', <>{intervalText(finding.impact.share)} of the goal now{estimate.marginal !== null && <>; {shareText(estimate.marginal)} that no finding before this one claims</>}</>, true],
    ['Number from', modelText(estimate.model), estimate.model !== 'none'],
    ['Rests on', gradeText(finding.grade), true],
    ['Effort', <>{effortText(finding.effort)}; risk: {visible(finding.risk)}</>, true],
    ['How to check', <Code text={finding.verify} />, finding.verify !== ''],
    ['Take it back', <Prose text={finding.rollback} />, finding.rollback !== ''],
    ['Rule', <><Code text={`fathom explain ${finding.rule}`} />{finding.fingerprint !== '' && <span class="dim"> fingerprint {visible(finding.fingerprint).slice(0, 80)}</span>}</>, true],
  ];
  return <dl>{rows.filter(([, , isKnown]) => isKnown).map(([title, text]) => <div key={title}><dt>{title}</dt><dd>{text}</dd></div>)}</dl>;
}

function List({ items }: { items: ComponentChildren[] }) {
  return <ul>{items.map((item, at) => <li key={at}>{item}</li>)}</ul>;
}

function Path({ steps }: { steps: PathStep[] }) {
  const left = steps.length - MAX_STEPS;
  return (
    <ol class="finding-path">
      {steps.slice(0, MAX_STEPS).map(({ location, share }, at) => (
        <li key={at} title={placeText(location, true).slice(0, 1000)}>
          <code>{shorten(visible(location.function), 160)}</code> <span class="dim">{location.file === null ? '' : `${shorten(placeText(location), 80)}, `}{shareText(share)}</span>
        </li>
      ))}
      {left > 0 && <li class="dim">and {left} more</li>}
    </ol>
  );
}

/** Other findings, by id. */
export function Links({ ids, choose }: { ids: string[]; choose?: ((id: string) => void) | undefined }) {
  return <>{ids.map((id, at) => <span key={id}>{at > 0 && ', '}{choose ? <button type="button" class="finding-link" onClick={() => choose(id)}>{visible(id).slice(0, 40)}</button> : visible(id).slice(0, 40)}</span>)}</>;
}

/** The interval as a bar of the whole; the sentence beside it says the same. */
function Worth({ point, low, high }: { point: number; low: number; high: number }) {
  const share = (value: number): string => `${Math.max(0, Math.min(1, value)) * 100}%`;
  return (
    <span class="worth" aria-hidden="true">
      <i class="worth-point" style={{ width: share(point) }} />
      <i class="worth-range" style={{ left: share(low), width: share(Math.max(0.004, Math.min(1, high) - Math.max(0, low))) }} />
    </span>
  );
}
