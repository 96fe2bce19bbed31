import type { Task } from '@medplum/fhirtypes';
import type { Graph } from '../../fhir/graph.ts';
import { isType } from '../../fhir/resource.ts';
import type { DirectoryService, DirectorySnapshot } from '../snapshot/snapshot.ts';
import { organizationBehind } from './referrer.ts';

/**
 * The Task.owner of the sender, resolved in the directory.
 *
 *   network       the network itself: a request to choose, the same as naming no owner
 *   referrer      the referring organisation, as in published referrals: not a receiver either
 *   service       a service of the directory
 *   organization  another member; `services` are its active services
 *   unknown       not an active member of the directory
 */
export type NamedOwner =
  | { readonly kind: 'none' | 'network' | 'referrer' | 'unknown' }
  | { readonly kind: 'service' | 'organization'; readonly services: readonly DirectoryService[] };

export function namedOwnerOf(graph: Graph, task: Task | undefined, directory: DirectorySnapshot): NamedOwner {
  const owner = task?.owner;
  if (!owner) return { kind: 'none' };
  const resource = graph.resolve(owner);
  const identifiers = [
    ...(owner.identifier ? [owner.identifier] : []),
    ...(isType(resource, 'HealthcareService') ? (resource.identifier ?? []) : []),
  ];
  const service =
    directory.service(owner.reference ?? '') ??
    identifiers.map((it) => directory.serviceByIdentifier(it)).find((it) => it !== undefined);
  if (service) return service.active ? { kind: 'service', services: [service] } : { kind: 'unknown' };
  const organization = organizationBehind(graph, directory, owner);
  if (!organization?.member || !organization.active) return { kind: 'unknown' };
  if (isOwnerTheReferrer(graph, task)) return { kind: 'referrer' };
  if (organization.domain === 'network') return { kind: 'network' };
  const services = directory.servicesOfOrganization(organization.reference).filter(({ active }) => active);
  return { kind: 'organization', services };
}

/** Published referrals name the referring organisation as owner. */
export function isOwnerTheReferrer(graph: Graph, task: Task | undefined): boolean {
  const owner = graph.resolve(task?.owner);
  const requester = graph.resolve(task?.requester);
  if (!owner || !requester) return false;
  return (
    owner === requester || (isType(requester, 'PractitionerRole') && graph.resolve(requester.organization) === owner)
  );
}
