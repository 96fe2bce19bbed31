import type { Bundle, Consent, Task } from '@medplum/fhirtypes';
import { type Network, recipientOf } from '../../directory/index.ts';
import { type ConsultationQuestion, type ConsultationRight, consultationRight } from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { lifeDomainsOf } from '../../vocabulary/task-input.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { isConsultation } from '../../vocabulary/use-case.ts';
import { ownerOf, senderOf } from '../memory/actors.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { ConsultationCase } from './case.ts';

/** Statuses of a declined or mistaken Task: its owner takes no part in the case. */
const endedWithoutPart: readonly string[] = ['rejected', 'cancelled', 'entered-in-error'];

/**
 * Partner ids that take part in a case: its referrers, and the senders and owners of its Tasks. An invitation does not
 * count.
 */
export function partiesOf(network: Network, { orders, tasks }: ConsultationCase): ReadonlySet<string> {
  const carried = tasks.filter(
    (it) => !isConsultation(it) && verbOf(it) !== 'request-fulfillment' && !endedWithoutPart.includes(it.status),
  );
  const parties = [
    ...orders.map((it) => senderOf(network, it)),
    ...carried.flatMap((it) => [ownerOf(network, it), senderOf(network, it)]),
  ];
  return new Set(parties.flatMap((it) => it ?? []));
}

/** An organisation at a consultation, with its right to the content. */
export type Member = {
  readonly partner: string;
  readonly right: ConsultationRight;
  /** Its preparation; for the requester the Task of the consultation. */
  readonly task: Task & Identified;
  readonly question: ConsultationQuestion;
};

type MemberContext = {
  readonly context: Pick<DecisionContext, 'network' | 'grounds' | 'outside'>;
  readonly consultationCase: ConsultationCase;
  /** Consents in the message, in addition to the stored ones. */
  readonly sentConsents: readonly Consent[];
  readonly now: Date;
};

/**
 * Right of one organisation. The coordinator counts as party to the case, because the requester discloses the case to
 * it.
 */
export function memberOf(
  { context, consultationCase, sentConsents, now }: MemberContext,
  partner: string,
  task: Task & Identified,
  isCoordinator = false,
): Result<Member> {
  const { network, grounds, outside } = context;
  const recipient = recipientOf(network, partner);
  if (!recipient) return failure(issue('organisation-unknown', {}, { expression: 'Task.owner' }));
  const own = lifeDomainsOf(task);
  const question: ConsultationQuestion = {
    graph: withConsents(consultationCase, sentConsents),
    recipient,
    isParty: isCoordinator || partiesOf(network, consultationCase).has(partner),
    legalBasis: legalBasisOf(task),
    lifeDomains: own.length || !consultationCase.consultation ? own : lifeDomainsOf(consultationCase.consultation),
    now,
    grounds,
    ...(outside ? { outside } : {}),
  };
  const right = consultationRight(question);
  return right.ok ? success({ partner, right: right.value, task, question }) : right;
}

const withConsents = ({ person, consents }: ConsultationCase, sentConsents: readonly Consent[]): Bundle =>
  ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [person, ...consents, ...sentConsents].map((resource) => ({ resource })),
  }) as Bundle;

export const consentsIn = ({ entry = [] }: Bundle): readonly Consent[] =>
  entry.flatMap(({ resource }) => (isType(resource, 'Consent') ? [resource as Consent] : []));

export const tasksIn = ({ entry = [] }: Bundle): readonly (Task & Identified)[] =>
  entry.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource as Task & Identified] : []));

/** Prefixes the expression of each issue with the entry of `resource`. */
export const withEntryPath = (graph: Bundle, resource: object, issues: readonly Issue[]): Issue[] => {
  const index = (graph.entry ?? []).findIndex((it) => it.resource === resource);
  return issues.map((it) => ({
    ...it,
    expression: `Bundle.entry[${index}].resource${(it.expression ?? '').replace(/^[A-Z]\w*/, '')}`,
  }));
};
