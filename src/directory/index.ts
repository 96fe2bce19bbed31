/** The network: who takes part, where their systems are, who lives where. Loaded whole or not at all. */
import type { Endpoint } from '@medplum/fhirtypes';
import type { Recipient } from '../disclosure/index.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Result } from '../fhir/result.ts';
import type { DirectorySnapshot, Domain } from '../routing/index.ts';

export type Role = 'referrer' | 'provider' | 'social-domain' | 'operator';

export type Token = {
  /** Hex SHA-256 of the bearer token; the token itself is nowhere in the configuration. */
  readonly sha256: string;
  /** ISO instant; a token without one does not expire. */
  readonly expires?: string;
  readonly comment: string;
};

export type Partner = {
  readonly id: string;
  readonly name: string;
  /** `Organization/<id>` of the directory. */
  readonly organization: string;
  readonly domain: Domain;
  readonly roles: readonly Role[];
  readonly tokens: readonly Token[];
  /** How it is reached: by FHIR REST at its address, or not at all: it looks into the gateway's own inbox. */
  readonly channel: 'fhir-rest' | 'inbox';
  /** Fixed address; absent means the directory's Endpoint is asked. */
  readonly address?: string;
};

export type NetworkSettings = {
  readonly name: string;
  readonly region: string;
  readonly timezone: string;
  readonly baseUrl: string;
  /** `HealthcareService/<id>` of the team that decides by hand. */
  readonly registrationTeam: string;
  /** Constraints of a source profile that only warn on the way in, with the reason. */
  readonly intake: { readonly warnOnly: readonly { readonly constraint: string; readonly reason: string }[] };
  readonly limits: { readonly bodyBytes: number; readonly depth: number };
  /** Value sets that nobody here can check, with the reason; their codes pass with a note. */
  readonly terminologyWaivers: readonly { readonly valueSet: string; readonly reason: string }[];
};

export type Network = {
  readonly name: string;
  readonly settings: NetworkSettings;
  readonly partners: ReadonlyMap<string, Partner>;
  readonly directory: DirectorySnapshot;
  /** The directory's resources as loaded, to be served and validated. */
  readonly resources: readonly Resource[];
  /** SHA-256 over every file of the network. */
  readonly digest: string;
};

export type Address = {
  readonly url: string;
  readonly mimeType: 'application/fhir+json' | 'application/fhir+xml';
  /** `Endpoint/<id>` when the directory gave it. */
  readonly endpoint?: string;
};

export declare const loadNetwork: (dir: string) => Promise<Result<Network>>;
/** The same network with the addresses of some partners put elsewhere. */
export declare const withAddresses: (network: Network, addresses: Readonly<Record<string, string>>) => Network;
/** Where to send to a partner's service: fixed address first, then the directory's Endpoint. */
export declare const addressOf: (
  network: Network,
  to: { readonly partner: string; readonly service?: string },
  now: Date,
) => Result<Address>;
/** The Endpoint of several that serves: status, period, connection type, payload type and mime type. */
export declare const chooseEndpoint: (endpoints: readonly Endpoint[], now: Date) => Endpoint | undefined;
/** What disclosure asks about a partner. */
export declare const recipientOf: (network: Network, partner: string) => Recipient | undefined;
