/** Another directory replicated by this network (network.yaml, directory-sources). */
export type DirectorySource = {
  /** Short, since it is the prefix of local ids. */
  readonly id: string;
  /** FHIR base of the source. */
  readonly address: string;
  /** Name of the environment variable that contains the bearer token. */
  readonly tokenFrom?: string;
  readonly everySeconds: number;
  /** An update that removes more than this share of the replica is rejected: 0.5. */
  readonly largestShrink: number;
  /** Whether its organisations participate in this network, by agreement. */
  readonly members: boolean;
};

/** In this order references resolve to resources already replicated (IHE mCSD, ITI-91). */
export const replicatedTypes = [
  'Organization',
  'Location',
  'HealthcareService',
  'Endpoint',
  'OrganizationAffiliation',
] as const;

export type ReplicatedType = (typeof replicatedTypes)[number];
