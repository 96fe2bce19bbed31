import { type AuditedInteraction, auditEvent } from '../../audit/event.ts';
import { issue } from '../../fhir/issue.ts';
import { writeJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type {
  Change,
  Commit,
  Committed,
  DirectoryChange,
  Dispatch,
  Grant,
  Guard,
  SubscriptionChange,
  UnknownCodeSeen,
} from '../../store/port.ts';
import type { Received } from '../reading/envelope.ts';
import { fhirJson } from '../reading/media-type.ts';
import { type Answer, duplicateAnswer, refused } from './answer.ts';
import { agentOf } from './audit-refusal.ts';
import type { Gateway } from './gateway.ts';
import type { Step } from './step.ts';

/** Everything that an accepted request leaves behind. */
export type CommitPlan = {
  readonly interaction: string;
  readonly action: AuditedInteraction['action'];
  /** What the sender is answered, now and when it sends the same again. */
  readonly body: Resource;
  readonly location: string;
  readonly version: number;
  readonly steps: readonly Step[];
  /** Decisions and receipts, told with the steps in the message's record. */
  readonly decisions?: Readonly<Record<string, unknown>>;
  /** What tables did not know of it. */
  readonly unknownCodes?: readonly UnknownCodeSeen[];
  readonly changes: readonly Change[];
  /** What must still be as it was looked at. */
  readonly guards?: readonly Guard[];
  readonly grants?: readonly Grant[];
  readonly subscriptions?: readonly SubscriptionChange[];
  readonly directory?: readonly DirectoryChange[];
  readonly dispatches: (cause: Pick<Dispatch, 'messageId' | 'correlationId' | 'traceId'>) => readonly Dispatch[];
  readonly codes: readonly string[];
  /** `Type/id` of a resource whose journey this continues, where only the content of the request says which. */
  readonly journey?: string;
};

/** Something that this rests on is at another version by now. */
export type Raced = { readonly kind: 'raced'; readonly current: number };

/** The end of an exchange: message, resources, outbox rows and audit event, all in one transaction or none. */
export async function commit(gateway: Gateway, received: Received, keeping: CommitPlan): Promise<Answer> {
  const kept = await tryCommit(gateway, received, keeping);
  return kept.kind === 'raced' ? refused([issue('version-stale', { current: kept.current })], keeping.steps) : kept;
}

/** The same, for who looks again and tries again when somebody else came first. */
export async function tryCommit(gateway: Gateway, received: Received, keeping: CommitPlan): Promise<Answer | Raced> {
  const committed = await commitOrFault(gateway, storeCommit(gateway, received, keeping));
  const { body, location, version, steps } = keeping;
  switch (committed.kind) {
    case 'committed':
      return { kind: 'accepted', body, location, version, steps };
    case 'duplicate':
      return duplicateAnswer(committed.earlier);
    case 'reused':
      return refused([issue('request-id-reused', {})], steps);
    case 'stale':
      return { kind: 'raced', current: committed.current ?? 0 };
    case 'subscribed':
      return refused([issue('subscription-duplicate', {})], steps);
    case 'exists':
    case 'done':
    case 'fault':
      return refused([issue('store-unavailable', {})], steps);
  }
}

/** A store that can't be written is told as such: the sender keeps its message and sends it again. */
async function commitOrFault(gateway: Gateway, commit: Commit): Promise<Committed | { readonly kind: 'fault' }> {
  try {
    return await gateway.store.commit(commit);
  } catch (fault) {
    gateway.report(fault, 'store');
    return { kind: 'fault' };
  }
}

function storeCommit(gateway: Gateway, received: Received, keeping: CommitPlan): Commit {
  const { partner, at, body, bodyDigest, contentType, requestId, correlationId, traceId, intake, asMessage, pulled } =
    received;
  const messageId = gateway.world.newId();
  const ids = { requestId, traceId, ...(correlationId ? { correlationId } : {}) };
  return {
    now: at,
    // two workers may have read the same Task
    ...(pulled ? { once: `pull ${partner.id} ${pulled.task}` } : {}),
    message: {
      id: messageId,
      partner: partner.id,
      ...ids,
      bodyDigest,
      contentType,
      body,
      receivedAt: at,
      configuration: gateway.configuration,
      answer: { status: 200, contentType: fhirJson, body: writeJson(keeping.body) },
      messageLog: JSON.stringify({
        interaction: keeping.interaction,
        ...(intake ? { intake } : {}),
        ...(asMessage ? { asMessage } : {}),
        ...(pulled ? { pulled } : {}),
        steps: keeping.steps.map(worthKeeping),
        ...keeping.decisions,
      }),
    },
    ...(keeping.unknownCodes?.length ? { unknownCodes: keeping.unknownCodes } : {}),
    changes: keeping.changes,
    guards: keeping.guards ?? [],
    grants: keeping.grants ?? [],
    ...(keeping.subscriptions ? { subscriptions: keeping.subscriptions } : {}),
    ...(keeping.directory ? { directory: keeping.directory } : {}),
    dispatches: keeping.dispatches({ messageId, correlationId: requestId, traceId }),
    audit: [
      auditEvent({
        id: gateway.world.newId(),
        at,
        action: keeping.action,
        interaction: keeping.interaction,
        outcome: 'success',
        codes: keeping.codes,
        ...agentOf(partner),
        ...ids,
        references: [
          ...keeping.changes.map(({ resource }) => `${resource.resourceType}/${resource.id}`),
          ...(keeping.directory ?? []).map(({ type, id }) => `${type}/${id}`),
        ],
      }),
    ],
  };
}

/** What a profile merely notes (a resource without narrative) is noted of every message; what was not checked is not. */
const worthKeeping = (step: Step): Step => ({
  ...step,
  issues: step.issues.filter(({ severity, rule }) => severity !== 'information' || rule === 'profile-not-loaded'),
});
