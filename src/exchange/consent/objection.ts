import type { Bundle, Consent } from '@medplum/fhirtypes';
import { resourcesOf } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import { type Result, success } from '../../fhir/result.ts';
import { objects } from '../memory/objections.ts';
import type { CommitPlan } from '../pipeline/commit.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { Received } from '../reading/envelope.ts';
import { type Ended, endedBy } from './depends-on-consent.ts';
import type { IdentifiedConsent } from './still-question.ts';

/**
 * An objection (bezwaar) that a message brings for a person whom the gateway stores has the effect of a Consent that ends, in
 * the commit of that message: what was permitted before no longer is.
 */
export async function withObjections(
  gateway: Gateway,
  received: Received,
  plan: CommitPlan,
  graph: Bundle,
): Promise<Result<CommitPlan>> {
  const objections = resourcesOf(graph).filter(
    (it): it is IdentifiedConsent => isType(it, 'Consent') && objects((it as Consent).provision),
  );
  let whole = plan;
  // Together: a message may bring hundreds, and each on its own would decide on all orders of the person again.
  for (const ofPerson of Map.groupBy(objections, ({ patient }) => patient?.reference).values()) {
    const ended = await endedBy(gateway, received, ofPerson);
    if (!ended.ok) return ended;
    whole = merged(whole, ended.value);
  }
  return success(whole);
}

/** What the message changes itself prevails: it was decided knowing of the objection. */
function merged(plan: CommitPlan, ended: Ended): CommitPlan {
  const changed = new Set(plan.changes.map(({ resource: { resourceType, id } }) => `${resourceType}/${id}`));
  return {
    ...plan,
    changes: [
      ...plan.changes,
      ...ended.changes.filter(({ resource: { resourceType, id } }) => !changed.has(`${resourceType}/${id}`)),
    ],
    guards: [...(plan.guards ?? []), ...ended.guards],
    grants: [...(plan.grants ?? []), ...ended.grants],
    revocations: [...(plan.revocations ?? []), ...ended.revocations],
    withdrawals: [...(plan.withdrawals ?? []), ...ended.withdrawals],
    dispatches: (cause) => [...plan.dispatches(cause), ...ended.dispatches(cause)],
  };
}
