import type { Identifier } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { Recipient } from '../recipient.ts';

/** Answer of a consent source outside the gateway. Only `permit` passes; `away`: no answer, so ask again later. */
export type OutsideAnswer = 'permit' | 'deny' | 'undecided' | 'away';

/** A closed question (gesloten vraag): may this recipient have data of this person, on this legal basis? */
export type ConsentQuestion = {
  /** Identifiers of the person; empty where the message has none, and the source cannot know who it is. */
  readonly person: readonly Identifier[];
  readonly recipient: Pick<Recipient, 'partner' | 'domain' | 'identifiers'>;
  readonly legalBasis: string;
  /** Life domains as `system|code`; empty: not limited to any. */
  readonly lifeDomains: readonly string[];
};

/** The answers to the questions of one decision, asked before it: the decision itself does no I/O. */
export type OutsideConsent = (question: ConsentQuestion) => OutsideAnswer;

/** Where no source was asked. */
export const nobodyAsked: OutsideConsent = () => 'undecided';

/** The finding of an answer; undefined for `permit`. */
export const outsideIssue = (answer: OutsideAnswer): Issue | undefined =>
  answer === 'permit' ? undefined : issue(rules[answer], {}, { expression: 'Task.owner' });

const rules = {
  deny: 'consent-denied',
  undecided: 'consent-undecided',
  away: 'consent-source-unavailable',
} as const satisfies Record<Exclude<OutsideAnswer, 'permit'>, string>;
