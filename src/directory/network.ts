import type { Resource } from '../fhir/resource.ts';
import type { DirectorySnapshot, Domain, Figures, Municipality, Norms } from '../routing/index.ts';
import type { TerminologySettings } from '../terminology/index.ts';
import type { Centres } from './centres.ts';
import type { DirectorySource } from './replica/source.ts';
import type { WatchdogSettings } from './watchdog.ts';

export type Role = 'referrer' | 'provider' | 'social-domain' | 'operator';

export type Token = {
  /** Hex SHA-256 of the bearer token; the token itself is nowhere in the configuration. */
  readonly sha256: string;
  /** ISO instant; a token without one does not expire. */
  readonly expires?: string;
  readonly comment: string;
};

/** Who takes part with a system of its own (deelnemer). */
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
  /** Where it may be notified besides its address and its Endpoints in the directory. */
  readonly notificationEndpoints?: readonly string[];
  /** Name of the environment variable that holds the bearer token to deliver with. */
  readonly deliveryTokenFrom?: string;
};

export type NetworkSettings = {
  readonly name: string;
  readonly region: string;
  readonly timezone: string;
  readonly baseUrl: string;
  /** `Organization/<id>` of the network itself. */
  readonly organization: string;
  /** `HealthcareService/<id>` of the team that decides by hand. */
  readonly registrationTeam: string;
  /** Keys of invariants, or codes of the catalogue, whose errors only warn on the way in, with the reason. */
  readonly intake: { readonly warnOnly: readonly { readonly constraint: string; readonly reason: string }[] };
  /** Other directories that this one replicates (mCSD). */
  readonly directorySources: readonly DirectorySource[];
  /** What waiting times are held against: the Treeknorm, and how long a figure is fresh. */
  readonly norms: Norms;
  readonly limits: { readonly bodyBytes: number; readonly depth: number };
  /** Figures are reported over whole periods of this length; smaller counts are hidden (docs/operate/measures.md). */
  readonly reports: { readonly period: 'month' | 'quarter' | 'year'; readonly smallestCount: number };
  readonly notifications: {
    /** Heartbeats are given with periods of at least this many seconds; none at all when absent. */
    readonly heartbeat?: { readonly minimum: number };
    readonly subscriptions: readonly ConfiguredSubscription[];
  };
  readonly watchdog: WatchdogSettings;
  /** Who is asked what codes of a system are whose content is not here; nobody when absent. */
  readonly terminology?: TerminologySettings;
  /** Value sets and code systems that nobody checks, with the reason; their codes pass with a note. */
  readonly terminologyWaivers: readonly { readonly canonical: string; readonly reason: string }[];
};

/** A Subscription that the network makes for a partner, who needs not ask (out-of-band). */
export type ConfiguredSubscription = {
  readonly partner: string;
  /** `registration` -> topic mgn-task-registration. */
  readonly useCase: string;
  readonly endpoint: string;
  readonly content: 'empty' | 'id-only';
  readonly heartbeat?: number;
};

export type Network = {
  readonly name: string;
  readonly settings: NetworkSettings;
  /** By id. */
  readonly partners: ReadonlyMap<string, Partner>;
  readonly directory: DirectorySnapshot;
  /** Municipalities and their postcodes. */
  readonly places: readonly Municipality[];
  /** Centres of postcodes, when the network has a table of them. */
  readonly centres?: Centres;
  /** The directory's resources as loaded, to be served and validated. */
  readonly resources: readonly Resource[];
  /** One of them by `Type/id`. */
  readonly resource: (reference: string) => Resource | undefined;
  /** Waiting times and capacity of a service of the directory, by `HealthcareService/<id>`. */
  readonly figures: (reference: string) => Figures;
  /** SHA-256 over the content of every file of the network. */
  readonly digest: string;
};
