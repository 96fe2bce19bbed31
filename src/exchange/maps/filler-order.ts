import type { Bundle, Identifier, ServiceRequest, Task } from '@medplum/fhirtypes';
import { issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { Pulled } from '../reading/envelope.ts';

/** Identifier system of an address at another server: as a literal reference it would be resolved. */
const addressSystem = 'urn:ietf:rfc:3986';

/** Address of a resource at its placer as an identifier. */
export const addressOfPlacer = (address: string): Identifier => ({ system: addressSystem, value: address });

/** Search value for Tasks that are part of the Task at this address. Escapes the separators of search values. */
export const partOfAt = (address: string): string => `${addressSystem}|${address.replace(/[\\,$|]/g, '\\$&')}`;

/** Address of the placer's Task of which this Task is a part. */
export const placerTaskOf = ({ partOf = [] }: Task): string | undefined =>
  partOf.find(({ identifier }) => identifier?.system === addressSystem)?.identifier?.value;

/**
 * Turns an order that stays at its placer into an order of the gateway (https://hl7.org/fhir/uv/cow/): a filler-order
 * based on it, with a Task that is part of the placer's Task. Both refer by address. A proposal remains a proposal.
 * Issue: `pulled-order-unsupported`.
 */
export function asFillerOrder(
  graph: Bundle,
  kind: { readonly followsPlacer?: true },
  { task, order }: Pulled,
): Result<Bundle> {
  const entries = graph.entry ?? [];
  const persons = entries.some(({ resource }) => isType(resource, 'Patient'));
  const count = (type: 'Task' | 'ServiceRequest') => entries.filter(({ resource }) => isType(resource, type)).length;
  if (!kind.followsPlacer || count('Task') !== 1 || count('ServiceRequest') !== 1)
    return failure(issue('pulled-order-unsupported', {}));
  return success({
    ...graph,
    entry: entries.map((it) => {
      if (isType(it.resource, 'Task')) return { ...it, resource: partOf(it.resource, task) };
      return isType(it.resource, 'ServiceRequest')
        ? { ...it, resource: basedOn(persons ? it.resource : withoutPerson(it.resource), order) }
        : it;
    }),
  });
}

const partOf = (task: Task, address: string): Task => ({
  ...task,
  status: 'requested',
  partOf: [{ type: 'Task', identifier: addressOfPlacer(address) }],
});

const basedOn = (order: ServiceRequest, address: string): ServiceRequest => ({
  ...order,
  intent: order.intent === 'proposal' ? 'proposal' : 'filler-order',
  basedOn: [{ type: 'ServiceRequest', identifier: addressOfPlacer(address) }],
});

/** Before selection the person stays at the placer: the order keeps the address of the person, as an identifier. */
const withoutPerson = ({ subject, ...order }: ServiceRequest): ServiceRequest => ({
  ...order,
  subject: { type: 'Patient', ...(subject.reference ? { identifier: addressOfPlacer(subject.reference) } : {}) },
});
