import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isType } from '../../fhir/resource.ts';
import type { Guard } from '../../store/port.ts';
import { isOpen } from '../../workflow/index.ts';
import { actorsOf } from '../memory/actors.ts';
import type { DecisionContext } from '../pipeline/gateway.ts';
import type { Incoming } from '../pipeline/kind.ts';

/**
 * Checks a filler order (https://hl7.org/fhir/uv/cow/). It must be based on a stored order that its sender may read,
 * and each of its Tasks must be part of an open Task that its sender owns. Issues: `based-on-order-unknown`,
 * `part-of-forbidden`.
 */
export function fillerOrderIssues(incoming: Incoming, { network }: Pick<DecisionContext, 'network'>): Issue[] {
  const { graph, loaded, partner } = incoming;
  const order = resourcesIn<ServiceRequest>(graph, 'ServiceRequest')[0];
  if (order?.intent !== 'filler-order' || incoming.pulled) return [];
  const base = order.basedOn?.find(({ reference }) =>
    isType(loaded.resources.get(reference ?? ''), 'ServiceRequest'),
  )?.reference;
  if (!base) return [issue('based-on-order-unknown', {}, { expression: 'ServiceRequest.basedOn' })];
  const isPartOfOwnTask = (task: Task): boolean =>
    task.partOf?.some(({ reference }) => {
      const part = loaded.resources.get(reference ?? '');
      if (!isType(part, 'Task')) return false;
      return part.focus?.reference === base && isOpen(part) && actorsOf(network, part, partner.id).includes('owner');
    }) ?? false;
  return resourcesIn<Task>(graph, 'Task').every(isPartOfOwnTask)
    ? []
    : [issue('part-of-forbidden', {}, { expression: 'Task.partOf' })];
}

/** Guards on the Tasks in partOf: the commit fails when one of them changed after it was read. */
export const fillerOrderGuards = ({ graph, loaded }: Incoming): readonly Guard[] =>
  resourcesIn<Task>(graph, 'Task')
    .flatMap(({ partOf = [] }) => partOf.flatMap(({ reference }) => loaded.resources.get(reference ?? '') ?? []))
    .map(({ resourceType, id, meta }) => ({ type: resourceType, id, version: Number(meta?.versionId) }));

const resourcesIn = <T extends Task | ServiceRequest>({ entry = [] }: Bundle, type: T['resourceType']): readonly T[] =>
  entry.flatMap(({ resource }) => (resource?.resourceType === type ? [resource as T] : []));
