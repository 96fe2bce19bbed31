import type { Patient, ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../../fhir/canonical.ts';
import { isType } from '../../fhir/resource.ts';
import { statusShares } from '../disclose/status-disclosures.ts';
import { keptOf, legalBasisOf, type Told, tellReferrer } from '../feedback/feedback.ts';
import { changeOf, stamped } from '../pipeline/change.ts';
import type { Deciding } from '../pipeline/gateway.ts';
import type { Incoming, Routed } from '../pipeline/kind.ts';
import { onwardGuards } from './filler-order.ts';
import { replacing } from './replaced.ts';

/** Who sent the order that a transfer follows from hears that another provider is asked. */
function transferTold(deciding: Deciding, { graph, known, partner, at }: Incoming): Told | undefined {
  const { entry = [] } = graph;
  const order = entry.flatMap(({ resource }) => (isType(resource, 'ServiceRequest') ? [resource] : []))[0];
  const task = entry.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource as Task] : []))[0];
  const isTransfer = order?.category?.some(({ coding = [] }) =>
    coding.some(({ system, code }) => system === mgnCodeSystem('use-case') && code === 'transfer'),
  );
  const origin = known.resources.get(order?.basedOn?.[0]?.reference ?? '');
  if (!isTransfer || !task || !isType(origin, 'ServiceRequest')) return undefined;
  const person = known.resources.get((origin as ServiceRequest).subject.reference ?? '');
  return tellReferrer(deciding, {
    order: origin as ServiceRequest,
    person: isType(person, 'Patient') ? (person as Patient) : undefined,
    around: [...known.resources.values()].filter((it) => isType(it, 'Consent')),
    legalBasis: legalBasisOf(task),
    topic: 'transfer',
    mover: partner.id,
    at,
  });
}

/** What a new order changes of earlier ones, and who hears of that: its referrer, and the owners of what it replaces. */
export function aside(deciding: Deciding, incoming: Incoming): Pick<Routed, 'changes' | 'guards' | 'heard'> {
  const { partner, at } = incoming;
  const told = transferTold(deciding, incoming);
  const made = replacing(deciding, incoming).map((effect) => stamped(effect, at));
  return {
    changes: [...made.map((it) => changeOf(deciding, it, partner.id)), ...(told ? keptOf(told, partner.id) : [])],
    guards: onwardGuards(incoming),
    heard: [
      ...made.flatMap(({ resource }) =>
        isType(resource, 'Task') ? statusShares(deciding, resource, partner.id, at) : [],
      ),
      ...(told ? [told.share] : []),
    ],
  };
}
