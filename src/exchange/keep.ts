import type { Bundle } from '@medplum/fhirtypes';
import { auditEvent } from '../audit/event.ts';
import { transactionOf } from '../delivery/transaction.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { writeJson } from '../fhir/json.ts';
import type { Decision } from '../routing/index.ts';
import type { Commit, Committed, Dispatch } from '../store/port.ts';
import { type Answer, duplicateAnswer, refused, transactionResponse } from './answer.ts';
import type { Received } from './envelope.ts';
import type { Gateway } from './gateway.ts';
import type { Share } from './give.ts';
import { resourcesOf, taskOf } from './graph.ts';
import { issuesOf, type Step } from './way.ts';

/** What the gateway made of a referral before anything was stored. */
export type Prepared = {
  readonly graph: Bundle;
  readonly decision: Exclude<Decision, { kind: 'refused' }>;
  readonly shares: readonly Share[];
};

const fhirJson = 'application/fhir+json';

/** The end of `accept`: message, resources, outbox rows and audit event, all in one transaction or none. */
export async function keep(
  gateway: Gateway,
  received: Received,
  prepared: Prepared,
  steps: readonly Step[],
): Promise<Answer> {
  const { graph } = prepared;
  const body = transactionResponse(resourcesOf(graph), warningsOf(steps), received.at);
  const committed = await commitOrFault(gateway, commitOf(gateway, received, prepared, steps, writeJson(body)));
  switch (committed.kind) {
    case 'committed':
      return { kind: 'accepted', body, location: `Task/${taskOf(graph).id}`, version: 1, steps };
    case 'duplicate':
      return duplicateAnswer(committed.earlier);
    case 'reused':
      return refused([issue('request-id-reused', {})], steps);
    case 'stale':
    case 'exists':
    case 'fault':
      return refused([issue('store-unavailable', {})], steps);
  }
}

export const warningsOf = (steps: readonly Step[]): Issue[] =>
  issuesOf(steps).filter(({ severity }) => severity === 'warning');

/** A store that can't be written is told as such: the sender keeps its message and sends it again. */
export async function commitOrFault(gateway: Gateway, commit: Commit): Promise<Committed | { readonly kind: 'fault' }> {
  try {
    return await gateway.store.commit(commit);
  } catch (fault) {
    gateway.report(fault, 'store');
    return { kind: 'fault' };
  }
}

function commitOf(
  gateway: Gateway,
  received: Received,
  prepared: Prepared,
  steps: readonly Step[],
  answer: string,
): Commit {
  const { graph, decision, shares } = prepared;
  const { partner, at, body, bodyDigest, contentType, requestId, correlationId, traceId } = received;
  const messageId = gateway.world.newId();
  const traces = { requestId, traceId, ...(correlationId ? { correlationId } : {}) };
  return {
    now: at,
    message: {
      id: messageId,
      partner: partner.id,
      ...traces,
      bodyDigest,
      contentType,
      body,
      receivedAt: at,
      configuration: gateway.configuration,
      answer: { status: 200, contentType: fhirJson, body: answer },
      record: JSON.stringify({ steps, decision, receipts: shares.map(({ receipt }) => receipt) }),
    },
    changes: resourcesOf(graph).map((resource) => ({
      resource,
      expect: 'new',
      readers: readersOf(resource.id, partner.id, shares),
    })),
    dispatches: dispatchesOf(gateway, shares, { messageId, correlationId: requestId, traceId }),
    audit: [
      auditEvent({
        id: gateway.world.newId(),
        at,
        action: 'C',
        interaction: 'accept',
        outcome: 'success',
        codes: [...new Set(warningsOf(steps).map(({ rule }) => rule))],
        partner: { id: partner.id, name: partner.name },
        ...traces,
        references: resourcesOf(graph).map(({ resourceType, id }) => `${resourceType}/${id}`),
      }),
    ],
  };
}

/** Who sent it may see it again; everybody else sees what was disclosed to them. */
const readersOf = (id: string, sender: string, shares: readonly Share[]): string[] => [
  ...new Set([
    sender,
    ...shares
      .filter(({ bundle }) => bundle.entry?.some(({ resource }) => resource?.id === id))
      .map(({ partner }) => partner),
  ]),
];

/** One dispatch for each partner that has an address; its ids stay the same at every attempt. */
export const dispatchesOf = (
  gateway: Gateway,
  shares: readonly Share[],
  cause: Pick<Dispatch, 'messageId' | 'correlationId' | 'traceId'>,
): Dispatch[] =>
  shares
    .filter(({ channel }) => channel === 'fhir-rest')
    .map(({ partner, purpose, bundle }) => ({
      id: gateway.world.newId(),
      recipient: partner,
      channel: 'fhir-rest',
      kind: purpose,
      body: writeJson(transactionOf(resourcesOf(bundle), { base: gateway.network.settings.baseUrl })),
      contentType: fhirJson,
      requestId: gateway.world.newId(),
      ...cause,
    }));
