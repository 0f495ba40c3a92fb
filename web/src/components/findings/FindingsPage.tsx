//! All that the rules say, as one page: the sum of it, a card for each finding,
//! and what stands around them. On the screen and on paper.
//!
//! Knows: the order. Who shows it says where the buttons lead.

import { intervalText, metricText, severityCounts } from '../../core/findings';
import { formatCount, formatNanos, formatValue } from '../../core/format';
import type { Finding, Judgement } from '../../data/judgement';
import type { Model } from '../../data/model';
import { visible } from '../../data/strings';
import { FindingCard, Links, type Way } from './FindingCard';
import { FindingLists } from './FindingLists';
import { Prose } from './Prose';

interface Props {
  model: Model;
  judgement: Judgement;
  chosen?: string | undefined;
  choose?: ((id: string) => void) | undefined;
  ways?: (finding: Finding, at: number) => Way[];
}

export function FindingsPage({ model, judgement, chosen, choose, ways }: Props) {
  const { findings } = judgement;
  return (
    <div class="findings">
      <Summary model={model} judgement={judgement} choose={choose} />
      <div class="finding-cards">
        {findings.map((finding, at) => <FindingCard key={finding.id} judgement={judgement} finding={finding} isChosen={finding.id === chosen} ways={ways?.(finding, at) ?? []} {...(choose ? { choose } : {})} />)}
      </div>
      <FindingLists judgement={judgement} />
    </div>
  );
}

function Summary({ model, judgement, choose }: Pick<Props, 'model' | 'judgement' | 'choose'>) {
  const { findings, goal, roadmap, gates } = judgement;
  const counts = severityCounts(findings);
  // What a profile counts is the signal whose sum the goal is; it need not be the first.
  const counted = model.header.signals.find((signal) => signal.total === goal.value) ?? model.header.signals[0]!;
  const size = goal.metric === 'profile' ? formatValue(goal.value, counted.unit) : formatNanos(goal.value);
  const work: [string, string[]][] = [['Under an hour', roadmap.quick], ['within a day', roadmap.medium], ['larger', roadmap.architectural]];
  return (
    <div class="finding-summary">
      {findings.length === 0
        ? <p><Prose text={gates.find((gate) => gate.blocks)?.text ?? 'Nothing known fits this recording.'} /></p>
        : (
          <p>
            {counts.map(([severity, count]) => <span key={severity} class={`severity is-${severity}`}>{formatCount(count)} {severity}</span>)}
            {roadmap.at_most !== null && <strong>together at most {intervalText(roadmap.at_most)} of {metricText(judgement)}</strong>}
          </p>
        )}
      <p class="dim">
        Goal: {size} of {metricText(judgement)}{goal.why !== '' && ` (${visible(goal.why)})`}.
        {roadmap.at_most !== null && findings.length > 1 && ' Findings that overlap count once.'}
      </p>
      {findings.length > 1 && <ul class="finding-work dim" aria-label="findings by effort">{work.filter(([, ids]) => ids.length > 0).map(([title, ids]) => <li key={title}>{title}: <Links ids={ids} choose={choose} /></li>)}</ul>}
    </div>
  );
}
