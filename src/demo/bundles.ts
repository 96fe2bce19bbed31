import type { Bundle, Task } from '@medplum/fhirtypes';
import { isType, type Resource } from '../fhir/resource.ts';
import type { Arrival, PartnerResponse } from './partner-system.ts';

export const resourcesOf = (bundle: Resource): readonly Resource[] =>
  ((bundle as Bundle).entry ?? []).flatMap(({ resource }) => (resource ? [resource as Resource] : []));

export const taskIn = ({ bundle }: Arrival): Task | undefined =>
  resourcesOf(bundle).find((it): it is Task => isType(it, 'Task'));

export const contains = ({ bundle }: Arrival, type: string): boolean =>
  resourcesOf(bundle).some(({ resourceType }) => resourceType === type);

/** Content of a message for people: `Task (accepted), 2 Goal`. */
export function contentOf({ bundle }: Arrival): string {
  const counts = new Map<string, number>();
  for (const it of resourcesOf(bundle)) counts.set(nameOf(it), (counts.get(nameOf(it)) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} ${name}`)).join(', ');
}

function nameOf(it: Resource): string {
  if (isType(it, 'Task')) return `Task (${it.status})`;
  if (isType(it, 'Communication')) return `Communication (${it.topic?.coding?.[0]?.code})`;
  return it.resourceType;
}

/** `Type/id` of the resources of a type that a message created, from its transaction-response. */
export const createdBy = ({ body }: PartnerResponse, type: string): readonly string[] =>
  ((body as Bundle).entry ?? []).flatMap(({ response }) =>
    response?.location?.startsWith(`${type}/`) ? [response.location.replace(/\/_history.*/, '')] : [],
  );
