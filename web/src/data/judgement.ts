//! What the rules say about a recording, as the header carries it: findings,
//! what was checked, what could not be told, and what makes all of it less sure.
//!
//! Knows: the shape, which is `Judgement` of `docs/schema/report.schema.json`.
//! Words of the rules (model, effort, risk ...) are text here: the viewer only
//! shows them, so that a new one does not make a file unreadable.

import { flag, list, nullable, number, oneOf, optional, record, text, whole, type Check } from './check';

export interface Interval { point: number; low: number; high: number }
export interface Goal { metric: string; value: number; why: string }
export interface Location { function: string; file: string | null; line: number | null; module: string | null }
export interface PathStep { location: Location; share: number }
export interface EvidenceLine { claim: string; source: string }
export interface Estimate { model: string; at_most: Interval | null; marginal: number | null; assumptions: string[] }
export interface Impact { share: Interval; value: number; n: number }

/** The least first, as the rules order them. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Band = 'excellent' | 'good' | 'acceptable' | 'poor';

export interface Finding {
  id: string;
  fingerprint: string;
  rule: string;
  title: string;
  severity: Severity;
  grade: string;
  impact: Impact;
  estimate: Estimate;
  location: Location | null;
  path: PathStep[];
  also_at: PathStep[];
  evidence: EvidenceLine[];
  cause: string;
  alternatives: string[];
  advice: string[];
  effort: string;
  risk: string;
  verify: string;
  rollback: string;
  overlaps: string[];
  degraded_by: string[];
}
export interface Checked { rule: string; text: string }
export interface Unsure { rule: string; needs: string; command: string | null }
export interface Gate { id: string; text: string; blocks: boolean }
export interface Held { name: string; value: string; band: Band; bounds: string[] }
export interface Roadmap { at_most: Interval | null; quick: string[]; medium: string[]; architectural: string[] }

export interface Judgement {
  goal: Goal;
  /** By rank. */
  findings: Finding[];
  hygiene: Finding[];
  checked: Checked[];
  not_applicable: Checked[];
  unsure: Unsure[];
  gates: Gate[];
  held: Held[];
  roadmap: Roadmap;
}

const texts = optional(list(text), []);
const interval = record<Interval>({ point: number, low: number, high: number });
const location = record<Location>({ function: text, file: nullable(text), line: nullable(whole), module: nullable(text) });
const steps = optional(list(record<PathStep>({ location, share: number })), []);
const finding: Check<Finding> = record<Finding>({
  id: text, fingerprint: optional(text, ''), rule: text, title: text,
  severity: oneOf(...SEVERITIES), grade: text,
  impact: record<Impact>({ share: interval, value: number, n: number }),
  estimate: record<Estimate>({ model: text, at_most: nullable(interval), marginal: nullable(number), assumptions: texts }),
  location: nullable(location), path: steps, also_at: steps,
  evidence: optional(list(record<EvidenceLine>({ claim: text, source: text })), []),
  cause: text, alternatives: texts, advice: texts, effort: text, risk: text,
  verify: optional(text, ''), rollback: optional(text, ''), overlaps: texts, degraded_by: texts,
});
const checked = optional(list(record<Checked>({ rule: text, text })), []);

export const judgement: Check<Judgement> = record<Judgement>({
  goal: record<Goal>({ metric: text, value: number, why: optional(text, '') }),
  findings: list(finding),
  hygiene: optional(list(finding), []),
  checked,
  not_applicable: checked,
  unsure: optional(list(record<Unsure>({ rule: text, needs: text, command: nullable(text) })), []),
  gates: optional(list(record<Gate>({ id: text, text, blocks: flag })), []),
  held: optional(list(record<Held>({ name: text, value: text, band: oneOf('excellent', 'good', 'acceptable', 'poor'), bounds: list(text) })), []),
  roadmap: record<Roadmap>({ at_most: nullable(interval), quick: texts, medium: texts, architectural: texts }),
});
