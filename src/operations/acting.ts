import { type AuditedInteraction, auditEvent } from '../audit/event.ts';
import { isReason } from '../audit/reason.ts';
import type { Acting } from '../delivery/operator/act.ts';
import { bsn } from '../fhir/identifier.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import type { AuditEvent } from '../store/port.ts';

export type { Acting, ActingOperator } from '../delivery/operator/act.ts';

export type OperatorInteraction =
  | ('hold-partner' | 'release-partner' | 'note-failure')
  | ('start-replay' | 'cancel-replay' | 'continue-replay' | 'replay')
  | 'test-message';

type Details = Pick<AuditedInteraction, 'codes' | 'references' | 'recipient' | 'details' | 'configuration'>;

/** The audit event of an act, stored in the transaction of the act. */
export const operatorEvent = (
  { world, by: { requestId, person, ...operator } }: Pick<Acting, 'world' | 'by'>,
  interaction: OperatorInteraction,
  details: Details,
): AuditEvent =>
  auditEvent({
    id: world.newId(),
    at: world.now(),
    action: 'U',
    interaction,
    outcome: 'success',
    ...details,
    ...(requestId ? { requestId } : {}),
    partner: { ...operator, ...(person ? { person } : {}) },
  });

/** Of an act that its operator explains. Issue: `operations-reason-invalid`. */
export const reasonIssues = (reason: unknown): readonly Issue[] =>
  isReason(reason, 5, 200) ? [] : [issue('operations-reason-invalid', {})];

/** A text that is searched for must not be the number of a person: it would stay in logs. Issue: `operations-bsn`. */
export const bsnIssues = (...texts: readonly (string | undefined)[]): readonly Issue[] =>
  texts.some((it) => it !== undefined && hasBsn(it)) ? [issue('operations-bsn', {})] : [];

const hasBsn = (text: string): boolean =>
  (text.replace(/[\s.]/g, '').match(/(?<!\d)\d{8,9}(?!\d)/g) ?? []).some(
    (it) => bsn(it.padStart(9, '0')) !== undefined,
  );
