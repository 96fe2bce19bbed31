import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import { mgnCodeSystem } from '../fhir/canonical.ts';
import { isType } from '../fhir/resource.ts';
import { legalBasisOf, type Told, tellReferrer } from './feedback.ts';
import type { Deciding } from './gateway.ts';
import type { Incoming, Routed } from './kind.ts';

/** Who sent the order that a transfer follows from hears that another provider is asked. */
export function transferTold(deciding: Deciding, { graph, known, partner, at }: Incoming): Told | undefined {
  const { entry = [] } = graph;
  const order = entry.flatMap(({ resource }) => (isType(resource, 'ServiceRequest') ? [resource] : []))[0];
  const task = entry.flatMap(({ resource }) => (isType(resource, 'Task') ? [resource as Task] : []))[0];
  const isTransfer = order?.category?.some(({ coding = [] }) =>
    coding.some(({ system, code }) => system === mgnCodeSystem('use-case') && code === 'transfer'),
  );
  const origin = known.resources.get(order?.basedOn?.[0]?.reference ?? '');
  if (!isTransfer || !task || !isType(origin, 'ServiceRequest')) return undefined;
  return tellReferrer(deciding, {
    order: origin as ServiceRequest,
    legalBasis: legalBasisOf(task),
    topic: 'transfer',
    mover: partner.id,
    at,
  });
}

/** The Communication as a change beside the new graph: for who referred, and for who asks the other provider. */
export const changesTold = (told: Told | undefined, mover: string): Pick<Routed, 'changes' | 'told'> =>
  told
    ? { told, changes: [{ resource: told.communication, expect: 'new', readers: [told.share.partner, mover] }] }
    : {};
