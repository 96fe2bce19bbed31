import type { Reference } from '@medplum/fhirtypes';
import type { Graph } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { DirectoryOrganization, DirectorySnapshot } from '../snapshot/snapshot.ts';

/**
 * The referrer (verwijzer): an organisation of the directory, the person or a relative, or unknown to the directory.
 */
export type Referrer =
  | { readonly kind: 'known'; readonly organization: DirectoryOrganization }
  | { readonly kind: 'person' }
  | { readonly kind: 'unknown' };

export function referrerOf(graph: Graph, directory: DirectorySnapshot): Referrer {
  const asked = [graph.first('Task')?.requester, graph.first('ServiceRequest')?.requester];
  if (asked.some((it) => isPerson(graph, it))) return { kind: 'person' };
  for (const reference of asked) {
    const organization = organizationBehind(graph, directory, reference);
    if (organization?.member) return { kind: 'known', organization };
  }
  return { kind: 'unknown' };
}

function isPerson(graph: Graph, reference: Reference | undefined): boolean {
  const resource = graph.resolve(reference);
  return isType(resource, 'Patient') || isType(resource, 'RelatedPerson');
}

/**
 * The organisation that a reference resolves to in the directory: directly, by identifier, or through the role of a
 * professional.
 */
export function organizationBehind(
  graph: Graph,
  directory: DirectorySnapshot,
  reference: Reference | undefined,
): DirectoryOrganization | undefined {
  if (!reference) return undefined;
  const named = directory.organization(reference.reference ?? '');
  if (named) return named;
  const resource = graph.resolve(reference);
  if (isType(resource, 'PractitionerRole') && resource.organization)
    return organizationBehind(graph, directory, resource.organization);
  const identifiers = [
    ...(reference.identifier ? [reference.identifier] : []),
    ...(isType(resource, 'Organization') ? (resource.identifier ?? []) : []),
  ];
  for (const identifier of identifiers) {
    const organization = directory.organizationByIdentifier(identifier);
    if (organization) return organization;
  }
  return undefined;
}
