//! What stands around the findings: what makes them less sure, values held
//! against thresholds, what was checked, what could not be told.
//!
//! Knows: the order in which a reader needs them. An empty list is not there.

import type { ComponentChildren } from 'preact';
import { placeText } from '../../core/findings';
import type { Checked, Judgement } from '../../data/judgement';
import { visible } from '../../data/strings';
import { shorten } from '../FrameDetails';
import { Code, Prose } from './Prose';

export function FindingLists({ judgement }: { judgement: Judgement }) {
  const { gates, held, unsure, hygiene } = judgement;
  return (
    <div class="finding-lists">
      <Section title="Less sure because" isThere={gates.length > 0}>
        <ul>{gates.map((gate) => <li key={gate.id}><Prose text={gate.text} /> <span class="dim">({visible(gate.id)}{gate.blocks && '; findings are held back'})</span></li>)}</ul>
      </Section>
      <Section title="Held against thresholds" isThere={held.length > 0}>
        <table class="held">
          <thead><tr><th scope="col">what</th><th scope="col">value</th><th scope="col">stands</th><th scope="col" title="the upper ends of excellent, good and acceptable">limits</th></tr></thead>
          <tbody>
            {held.map((row, at) => (
              <tr key={at}><th scope="row"><Prose text={row.name} /></th><td>{visible(row.value)}</td><td class={`is-${row.band}`}>{row.band}</td><td class="dim">{row.bounds.map((bound, place) => <span key={place}>{place > 0 && ' · '}<span class="held-bound">{visible(bound)}</span></span>)}</td></tr>
            ))}
          </tbody>
        </table>
        <p class="dim">Limits are the upper ends of excellent, good and acceptable.</p>
      </Section>
      <Rules title="Checked and fine" rows={judgement.checked} />
      <Section title="Could not be told" isThere={unsure.length > 0}>
        <ul>{unsure.map((row, at) => <li key={at}><Prose text={row.needs} />{row.command !== null && <>: <Code text={row.command} /></>} <Rule id={row.rule} /></li>)}</ul>
      </Section>
      <Section title="Hygiene" isThere={hygiene.length > 0}>
        <p class="dim">Patterns in the source whose cost was not seen: no number, no urgency.</p>
        <ul>{hygiene.map((row, at) => <li key={at}>{row.location && <><code title={placeText(row.location, true).slice(0, 1000)}>{shorten(placeText(row.location), 200)}</code> </>}<Prose text={row.title} /> <Rule id={row.rule} /></li>)}</ul>
      </Section>
      <Rules title="Does not apply" rows={judgement.not_applicable} />
    </div>
  );
}

function Section({ title, isThere, children }: { title: string; isThere: boolean; children: ComponentChildren }) {
  return isThere ? <section><h2>{title}</h2>{children}</section> : null;
}

function Rules({ title, rows }: { title: string; rows: Checked[] }) {
  return <Section title={title} isThere={rows.length > 0}><ul>{rows.map((row, at) => <li key={at}><Prose text={row.text} /> <Rule id={row.rule} /></li>)}</ul></Section>;
}

function Rule({ id }: { id: string }) {
  return <span class="dim">({visible(id).slice(0, 120)})</span>;
}
