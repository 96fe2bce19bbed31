import type { Bundle, Identifier, ServiceRequest, Task } from '@medplum/fhirtypes';
import { issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Pulled } from '../reading/envelope.ts';

/** A resource at somebody else's server, named by its address: as a literal reference it would be followed. */
const addressSystem = 'urn:ietf:rfc:3986';

const at = (address: string): Identifier => ({ system: addressSystem, value: address });

/** Value of a search for what is part of the Task at this address: of a search's own signs, addresses may hold commas. */
export const partOfAt = (address: string): string => `${addressSystem}|${address.replace(/[\\,$|]/g, '\\$&')}`;

/** The address of the Task at its placer that this one is part of. */
export const placerTaskOf = ({ partOf = [] }: Task): string | undefined =>
  partOf.find(({ identifier }) => identifier?.system === addressSystem)?.identifier?.value;

/**
 * The gateway's own order of one that stays at its placer (https://hl7.org/fhir/uv/cow/): filler-order, based on it,
 * its Task part of the placer's Task. Both by address. A proposal stays one. Issues: `pulled-order-unsupported`.
 */
export function asFillerOrder(
  graph: Bundle,
  kind: { readonly followsPlacer?: true },
  { task, order }: Pulled,
): Result<Bundle> {
  const entries = graph.entry ?? [];
  const count = (type: 'Task' | 'ServiceRequest') => entries.filter(({ resource }) => isType(resource, type)).length;
  if (!kind.followsPlacer || count('Task') !== 1 || count('ServiceRequest') !== 1)
    return failure(issue('pulled-order-unsupported', {}));
  return success({
    ...graph,
    entry: entries.map((it) => {
      if (isType(it.resource, 'Task')) return { ...it, resource: partOf(it.resource, task) };
      return isType(it.resource, 'ServiceRequest') ? { ...it, resource: basedOn(it.resource, order) } : it;
    }),
  });
}

const partOf = (task: Task, address: string): Task => ({
  ...task,
  status: 'requested',
  partOf: [{ type: 'Task', identifier: at(address) }],
});

const basedOn = (order: ServiceRequest, address: string): ServiceRequest => ({
  ...order,
  intent: order.intent === 'proposal' ? 'proposal' : 'filler-order',
  basedOn: [{ type: 'ServiceRequest', identifier: at(address) }],
});
