import { acceptedEvents } from '../../audit/accepted.ts';
import type { AuditedInteraction } from '../../audit/event.ts';
import { acceptedLine } from '../../audit/message-line.ts';
import { proven } from '../../disclosure/index.ts';
import { issue } from '../../fhir/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import { writtenOnce } from '../../fhir/written.ts';
import type {
  Change,
  Commit,
  Committed,
  DirectoryChange,
  Dispatch,
  Grant,
  Guard,
  MessageKeys,
  PlacerSubscription,
  Revocation,
  SubscriptionChange,
  UnknownCodeSeen,
  Withdrawal,
} from '../../store/port.ts';
import { ruleOfStoreFault } from '../../store/store-fault.ts';
import { agentOf } from '../reading/audited-request.ts';
import type { Received } from '../reading/envelope.ts';
import { fhirJson } from '../reading/media-type.ts';
import { type Cause, causedBy } from '../reading/traceparent.ts';
import { type Answer, duplicateAnswer, refused } from './answer.ts';
import type { Disclosure } from './disclosure.ts';
import type { Gateway } from './gateway.ts';
import type { Step } from './step.ts';

/** Everything that one accepted request stores, in one transaction. */
export type CommitPlan = {
  readonly interaction: string;
  readonly action: AuditedInteraction['action'];
  /** Answer to the sender, now and when it sends the same request again. */
  readonly body: Resource;
  readonly location: string;
  readonly version: number;
  readonly steps: readonly Step[];
  /** Decisions and receipts, stored with the steps in the record of the message. */
  readonly decisions?: Readonly<Record<string, unknown>>;
  /** Keys of the sender, by which a resend is recognised. */
  readonly keys?: MessageKeys;
  /** Codes that no table of a map contains. */
  readonly unknownCodes?: readonly UnknownCodeSeen[];
  readonly changes: readonly Change[];
  /** Versions on which the plan depends: the commit fails when one of them has changed. */
  readonly guards?: readonly Guard[];
  readonly grants?: readonly Grant[];
  readonly revocations?: readonly Revocation[];
  readonly withdrawals?: readonly Withdrawal[];
  readonly subscriptions?: readonly SubscriptionChange[];
  readonly directory?: readonly DirectoryChange[];
  readonly placerSubscriptions?: readonly PlacerSubscription[];
  /** What is disclosed by it, each recorded by an audit event of its own. */
  readonly disclosures?: readonly Disclosure[];
  readonly dispatches: (cause: Cause) => readonly Dispatch[];
  readonly codes: readonly string[];
  /** `Type/id` of a resource whose journey this continues; set where only the content of the request shows it. */
  readonly journey?: string;
};

/** A resource on which the plan depends has another version by now. */
export type Raced = { readonly kind: 'raced'; readonly current: number };

/** Stores message, resources, outbox rows and audit event in one transaction. Issue after a race: `version-stale`. */
export async function commit(gateway: Gateway, received: Received, plan: CommitPlan): Promise<Answer> {
  const result = await tryCommit(gateway, received, plan);
  return result.kind === 'raced' ? refused([issue('version-stale', { current: result.current })], plan.steps) : result;
}

/** As `commit`, but returns a lost race to a caller that reads again and retries. */
export async function tryCommit(gateway: Gateway, received: Received, plan: CommitPlan): Promise<Answer | Raced> {
  const commit = await storeCommit(gateway, received, plan);
  const committed = await commitOrFault(gateway, commit);
  const { body, location, version, steps } = plan;
  switch (committed.kind) {
    case 'committed':
      gateway.log(acceptedLine(received, plan, performance.now()));
      return { kind: 'accepted', body, location, version, steps };
    case 'duplicate':
      return duplicateAnswer(gateway, received.partner, committed.earlier);
    // the next attempt finds it before it decides
    case 'resent':
      return { kind: 'raced', current: 0 };
    case 'reused':
      return refused([issue('request-id-reused', {})], steps);
    case 'stale':
      return { kind: 'raced', current: committed.current ?? 0 };
    case 'subscribed':
      return refused([issue('subscription-duplicate', {})], steps);
    case 'exists':
    case 'done':
      return refused([issue('store-unavailable', {})], steps);
    case 'fault':
      return refused([issue(committed.rule, {})], steps);
  }
}

type Failed = { readonly kind: 'fault'; readonly rule: ReturnType<typeof ruleOfStoreFault> };

/** A failed write becomes the refusal `store-unavailable`: the sender retains its message and sends it again. Or `store-damaged`. */
async function commitOrFault(gateway: Gateway, commit: Commit): Promise<Committed | Failed> {
  try {
    return await gateway.store.commit(commit);
  } catch (fault) {
    gateway.report(fault, 'store');
    return { kind: 'fault', rule: ruleOfStoreFault(fault) };
  }
}

async function storeCommit(gateway: Gateway, received: Received, unproven: CommitPlan): Promise<Commit> {
  const { partner, at, body, bodyDigest, contentType, requestId, correlationId, traceId, intake, asMessage, pulled } =
    received;
  const messageId = gateway.world.newId();
  const plan = await proven(unproven, { ...gateway.proof, message: messageId, configuration: gateway.configuration });
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
      answer: { status: 200, contentType: fhirJson, body: writtenOnce(plan.body) },
      messageLog: JSON.stringify({
        interaction: plan.interaction,
        ...(intake ? { intake } : {}),
        ...(asMessage ? { asMessage } : {}),
        ...(pulled ? { pulled } : {}),
        steps: plan.steps.map(withoutNotes),
        ...plan.decisions,
      }),
    },
    ...(plan.keys && !pulled ? { keys: { ...plan.keys, location: plan.location } } : {}),
    ...(plan.unknownCodes?.length ? { unknownCodes: plan.unknownCodes } : {}),
    changes: plan.changes,
    guards: plan.guards ?? [],
    revocations: plan.revocations ?? [],
    withdrawals: plan.withdrawals ?? [],
    grants: plan.grants ?? [],
    ...(plan.subscriptions ? { subscriptions: plan.subscriptions } : {}),
    ...(plan.directory ? { directory: plan.directory } : {}),
    ...(plan.placerSubscriptions ? { placerSubscriptions: plan.placerSubscriptions } : {}),
    dispatches: plan.dispatches({ messageId, correlationId: requestId, traceId, ...causedBy(received) }),
    audit: acceptedEvents({ at, ...agentOf(partner), ...ids }, plan, gateway.network, gateway.world.newId),
  };
}

/** Drops findings that profiles report of nearly every message (a missing narrative). Retains what was not checked. */
const withoutNotes = (step: Step): Step => ({
  ...step,
  issues: step.issues.filter(({ severity, rule }) => severity !== 'information' || rule === 'profile-not-loaded'),
});
