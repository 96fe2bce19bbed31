import { parseReference, referencedBy } from '../../fhir/reference.ts';
import type { Resource } from '../../fhir/resource.ts';

const isSubject = (type: string): boolean => type === 'Task' || type === 'ServiceRequest';

/**
 * The Tasks and orders that these resources are about, the first of the resources' own first: by them the outbox keeps
 * the order of a journey, and finds what may no longer be sent.
 */
export function subjectsOf(resources: readonly Resource[]): readonly string[] {
  const own = resources
    .filter(({ resourceType, id }) => isSubject(resourceType) && id)
    .map(({ resourceType, id }) => `${resourceType}/${id}`);
  const referred = resources.flatMap((it) =>
    referencedBy(it).flatMap((text) => {
      const reference = parseReference(text);
      return reference.kind === 'relative' && isSubject(reference.type) ? [`${reference.type}/${reference.id}`] : [];
    }),
  );
  return [...new Set([...own, ...referred])];
}
