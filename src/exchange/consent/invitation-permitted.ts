import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { recipientOf } from '../../directory/index.ts';
import { consultationRight } from '../../disclosure/index.ts';
import type { Identified } from '../../fhir/graph.ts';
import { legalBasisOf } from '../../vocabulary/legal-basis.ts';
import { lifeDomainsOf } from '../../vocabulary/task-input.ts';
import { verbOf } from '../../vocabulary/task-verb.ts';
import { ownerOf } from '../memory/actors.ts';
import { consentsOf } from '../memory/consents.ts';
import { readAt } from '../memory/memory.ts';
import { hasOtherGround } from '../memory/right-to-read.ts';
import type { Gateway } from '../pipeline/gateway.ts';
import type { StillQuestion } from './still-question.ts';

/**
 * Whether the invitee of a case consultation may still learn about whom it is, after `consents` have ended: judged as a new
 * invitation would be (consultation/parties.ts).
 */
export async function isInvitationPermitted(
  { network, store, grounds }: Pick<Gateway, 'network' | 'store' | 'grounds'>,
  order: ServiceRequest & Identified,
  task: Task,
  { consents = [], now, outside }: StillQuestion,
): Promise<boolean> {
  // an empty invitation does not disclose the person
  if (verbOf(task) === 'request-fulfillment') return true;
  const owner = ownerOf(network, task);
  const recipient = owner ? recipientOf(network, owner) : undefined;
  const person = await readAt(store, order.subject.reference ?? '');
  if (!owner || !recipient || !person) return true;
  const others = await consentsOf(store, [order.subject.reference ?? ''], consents);
  const resources = [person, ...others, ...consents];
  const graph = { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
  const own = lifeDomainsOf(task);
  const consultation = own.length ? undefined : await readAt(store, task.partOf?.[0]?.reference ?? '');
  const right = consultationRight({
    graph: graph as Bundle,
    recipient,
    isParty: await hasOtherGround({ network, store }, order, owner, new Set([task.id])),
    legalBasis: legalBasisOf(task),
    lifeDomains: consultation ? lifeDomainsOf(consultation as Task & Identified) : own,
    now,
    grounds,
    outside,
  });
  return right.ok && right.value !== 'nothing';
}
