import { digestOf } from '../../fhir/digest.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type DirectoryOrganization, type DirectoryService, snapshotInSteps } from '../../routing/index.ts';
import { yieldToOthers } from '../../turns.ts';
import { snapshotSettings } from '../load/load.ts';
import { directoryOrganizations, directoryServices } from '../load/organizations-and-services.ts';
import { positionOf } from '../load/service-position.ts';
import type { Network } from '../network.ts';

/** A resource of another directory, with the SHA-256 of its text in the log. */
export type Replicated = {
  readonly resource: Resource & { readonly id: string };
  readonly source: string;
  readonly digest: bigint;
};

/** Replicated resources by reference, with the sum of their digests, which does not depend on their order. */
export type Replica = { readonly entries: ReadonlyMap<string, Replicated>; readonly sum: bigint };

const slice = 500;

/**
 * The network with the resources replicated from other directories. Where both have an identifier, the network's own
 * resource wins: a replicated service of such an organisation is received by the system of the network's own one. An organisation without a domain is never a destination: the data it may receive is unknown. A country
 * is merged in small steps, so that messages are routed meanwhile, by the previous directory.
 */
export async function mergeReplica(
  network: Network,
  { entries, sum }: Replica,
  members: ReadonlySet<string>,
): Promise<Network> {
  if (entries.size === 0) return network;
  const yieldIfDue = yieldToOthers();
  const { directory, places, centres } = network;
  const of = (type: string) => [...entries.values()].filter(({ resource }) => resource.resourceType === type);
  const organizations = new Map<string, DirectoryOrganization>();
  for (const part of sliced(of('Organization'))) {
    const filed = part.map(({ resource, source }) => ({ resource, file: source }));
    const sourceOf = new Map(part.map(({ resource, source }) => [`Organization/${resource.id}`, source]));
    for (const [reference, it] of directoryOrganizations(filed, network.settings.organization, new Map()).value) {
      const joined = members.has(sourceOf.get(reference) ?? '');
      const own = it.identifiers.map(directory.organizationByIdentifier).find((one) => one !== undefined);
      organizations.set(reference, own ?? (joined ? { ...it, member: true } : it));
    }
    await yieldIfDue();
  }
  const services: DirectoryService[] = [];
  for (const part of sliced(of('HealthcareService'))) {
    const filed = part.map(({ resource, source }) => ({ resource, file: source }));
    const found = directoryServices(filed, organizations, (it) =>
      positionOf(it, (reference) => entries.get(reference)?.resource, centres),
    ).value;
    for (const it of found) {
      const { source, resource } = entries.get(it.reference)!;
      services.push({ ...it, source, ...(resource.meta?.source ? { address: resource.meta.source } : {}) });
    }
    await yieldIfDue();
  }
  for (const it of directory.services) services.push(it);
  const steps = snapshotInSteps({
    services,
    organizations: [...new Set([...organizations.values(), ...directory.organizations])],
    municipalities: places,
    registrationTeam: directory.registrationTeam,
    digest: digestOf([directory.digest, entries.size, sum.toString(16)]),
    ...snapshotSettings(network.settings),
    ...(centres ? { centres } : {}),
    availability: directory.availability,
  });
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { ...network, directory: value };
    await yieldIfDue();
  }
}

function* sliced<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += slice) yield all.slice(at, at + slice);
}
