import { digestOf } from '../fhir/digest.ts';
import type { Resource } from '../fhir/resource.ts';
import { snapshotOf } from '../routing/index.ts';
import { directoryOrganizations, directoryServices } from './entries.ts';
import { held } from './load.ts';
import type { Network } from './network.ts';
import { positionOf } from './places-of-services.ts';

/** A resource of another directory, and the digest of what stands in the log of it. */
export type Replicated = {
  readonly resource: Resource & { readonly id: string };
  readonly source: string;
  readonly text: string;
};

/**
 * The network with what was replicated from other directories. Its own come first wherever an identifier is in both. An
 * organisation that does not tell its domain is known, but nobody is routed to it: what it may know is not known.
 */
export function enlarge(network: Network, replicated: readonly Replicated[], members: ReadonlySet<string>): Network {
  if (replicated.length === 0) return network;
  const filed = replicated.map(({ resource, source }) => ({ resource, file: source }));
  const joined = new Set(
    replicated.flatMap(({ resource, source }) => (members.has(source) ? [`Organization/${resource.id}`] : [])),
  );
  const found = directoryOrganizations(filed, network.settings.organization, new Map()).value;
  const organizations = new Map(
    [...found].map(([reference, it]) => [reference, joined.has(reference) ? { ...it, member: true } : it]),
  );
  const { directory, places, centres } = network;
  const byReference = new Map(replicated.map(({ resource }) => [`${resource.resourceType}/${resource.id}`, resource]));
  const sourceOf = new Map(replicated.map(({ resource, source }) => [`HealthcareService/${resource.id}`, source]));
  const services = directoryServices(filed, organizations, (it) =>
    positionOf(it, (reference) => byReference.get(reference), centres),
  ).value.map((it) => ({ ...it, source: sourceOf.get(it.reference)! }));
  return {
    ...network,
    directory: snapshotOf({
      services: [...services, ...directory.services],
      organizations: [...organizations.values(), ...directory.organizations],
      municipalities: places,
      registrationTeam: directory.registrationTeam,
      digest: digestOf([directory.digest, replicated.map(({ text }) => text)]),
      ...held(network.settings),
      ...(centres ? { centres } : {}),
      figures: directory.figures,
    }),
  };
}
