/** Another directory that this network replicates (network.yaml, directory-sources). */
export type DirectorySource = {
  /** Short, since ids of what it holds begin with it. */
  readonly id: string;
  /** Its FHIR base. */
  readonly address: string;
  /** Name of the environment variable with the bearer token. */
  readonly tokenFrom?: string;
  readonly everySeconds: number;
  /** An update that takes away more than this share of what is known is held back: 0.5. */
  readonly largestShrink: number;
  /** Whether its organisations take part in this network, by agreement between the two. */
  readonly members: boolean;
};

/** In this order a reference leads to what is there already (mCSD, ITI-91). */
export const replicatedTypes = [
  'Organization',
  'Location',
  'HealthcareService',
  'Endpoint',
  'OrganizationAffiliation',
] as const;

export type ReplicatedType = (typeof replicatedTypes)[number];
