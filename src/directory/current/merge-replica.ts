import { digestOf } from '../../fhir/digest.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type DirectoryOrganization, type DirectoryService, snapshotInSteps } from '../../routing/index.ts';
import { snapshotSettings } from '../load/load.ts';
import { directoryOrganizations, directoryServices } from '../load/organizations-and-services.ts';
import { positionOf } from '../load/service-position.ts';
import type { Network } from '../network.ts';
import { yieldToOthers } from './yield-to-others.ts';

/** A resource of another directory, and the SHA-256 of what stands in the log of it. */
export type Replicated = {
  readonly resource: Resource & { readonly id: string };
  readonly source: string;
  readonly digest: bigint;
};

/** What was replicated, by reference, and the sum of its digests: the same whatever the order in which it was told. */
export type Replica = { readonly entries: ReadonlyMap<string, Replicated>; readonly sum: bigint };

const slice = 500;

/**
 * The network with what was replicated from other directories. Its own come first wherever an identifier is in both. An
 * organisation that does not tell its domain is known, but nobody is routed to it: what it may know is not known.
 * A country is taken in piece by piece, so that messages are routed meanwhile, by the directory as it was.
 */
export async function mergeReplica(
  network: Network,
  { entries, sum }: Replica,
  members: ReadonlySet<string>,
): Promise<Network> {
  if (entries.size === 0) return network;
  const breathe = yieldToOthers();
  const { directory, places, centres } = network;
  const of = (type: string) => [...entries.values()].filter(({ resource }) => resource.resourceType === type);
  const organizations = new Map<string, DirectoryOrganization>();
  for (const part of sliced(of('Organization'))) {
    const filed = part.map(({ resource, source }) => ({ resource, file: source }));
    const sourceOf = new Map(part.map(({ resource, source }) => [`Organization/${resource.id}`, source]));
    for (const [reference, it] of directoryOrganizations(filed, network.settings.organization, new Map()).value) {
      const joined = members.has(sourceOf.get(reference) ?? '');
      organizations.set(reference, joined ? { ...it, member: true } : it);
    }
    await breathe();
  }
  const services: DirectoryService[] = [];
  for (const part of sliced(of('HealthcareService'))) {
    const filed = part.map(({ resource, source }) => ({ resource, file: source }));
    const found = directoryServices(filed, organizations, (it) =>
      positionOf(it, (reference) => entries.get(reference)?.resource, centres),
    ).value;
    for (const it of found) services.push({ ...it, source: entries.get(it.reference)!.source });
    await breathe();
  }
  for (const it of directory.services) services.push(it);
  const steps = snapshotInSteps({
    services,
    organizations: [...organizations.values(), ...directory.organizations],
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
    await breathe();
  }
}

function* sliced<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += slice) yield all.slice(at, at + slice);
}
