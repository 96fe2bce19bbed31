import type { ConsentSourceSettings } from '../consent-source/index.ts';
import type { ChannelName, Destination } from '../delivery/channel/destination.ts';
import type { Projections } from '../disclosure/index.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Availability, DirectorySnapshot, Domain, Municipality, Norms } from '../routing/index.ts';
import type { TerminologySettings } from '../terminology/index.ts';
import type { PostcodeCentres } from './load/postcode-centres.ts';
import type { WatchdogSettings } from './load/watchdog-file.ts';
import type { CertificateName, PartnerLogin, TrustedIssuer } from './login/login.ts';
import type { PeopleSettings } from './login/people.ts';
import type { DirectorySource } from './replica/source.ts';

export type Role = 'referrer' | 'provider' | 'social-domain' | 'operator';

export type Token = {
  /** Hex SHA-256 of the bearer token; the token itself is never configured. */
  readonly sha256: string;
  /** ISO instant; a token without one does not expire. */
  readonly expires?: string;
  readonly comment: string;
};

/** A participant with a system of its own (deelnemer). */
export type Partner = {
  readonly id: string;
  readonly name: string;
  /** `Organization/<id>` of the directory. */
  readonly organization: string;
  readonly domain: Domain;
  readonly roles: readonly Role[];
  /** `Organization/<id>` of organisations in whose name it may send, besides those of the directory. */
  readonly actsFor?: readonly string[];
  /** Its system cannot set X-Request-Id: a resend is recognised by a key in the message itself. Absent: it is required. */
  readonly requestId?: 'from-message';
  /** Static tokens, of a demo network only. */
  readonly tokens: readonly Token[];
  readonly logins: readonly PartnerLogin[];
  /** Client certificates of its systems; absent: a UZI server certificate with the URA of its organisation. */
  readonly certificates?: readonly CertificateName[];
  /** How it is delivered to; `inbox`: it is not, and reads at the gateway. */
  readonly channel: ChannelName;
  /** Name of the outgoing map (mappings/outgoing.yaml, `shapes`) of what it receives; absent: that of its channel, if any. */
  readonly shape?: string;
  /** Settings of another channel than FHIR REST. */
  readonly destination?: Destination;
  /** Name of the environment variable with the secret of what its system calls back with. */
  readonly callbackSecretFrom?: string;
  /** Fixed address; absent: the address is the directory's Endpoint. */
  readonly address?: string;
  /** Notification endpoints allowed besides its address and its Endpoints in the directory. */
  readonly notificationEndpoints?: readonly string[];
  /** Name of the environment variable with the bearer token for those endpoints, and no others. */
  readonly notificationTokenFrom?: string;
  /** Name of the environment variable that contains the bearer token for deliveries, or the secret of its channel. */
  readonly deliveryTokenFrom?: string;
  /** Journeys sent to it at the same time; absent: as many as the network says. */
  readonly deliveryLanes?: number;
  /** How it is delivered to, where that differs from the network. */
  readonly delivery?: PartnerDelivery;
  /** Agreed with a placer whose Coordination Tasks have no legal basis (grondslag) of their own. */
  readonly coordinationTask?: CoordinationTaskSettings;
};

/** Deliveries to one partner. */
export type PartnerDelivery = {
  /** Of one request (ms). */
  readonly timeout?: number;
  /** Pauses after the first, second, ... failure (ms), the last from then on. */
  readonly schedule?: readonly number[];
  /** Age at which a failing delivery is given up (ms). */
  readonly maximumAge?: number;
  /** Refusals and ill-formed answers in a row after which it is held. */
  readonly quarantineAfter?: number;
  /** Weekly windows, in the time zone of the network, in which nothing is sent. */
  readonly maintenance?: readonly MaintenanceWindow[];
};

/** `from` and `to` in minutes of the day; a window with `to` before `from` ends the next day. Day 1 is Monday. */
export type MaintenanceWindow = { readonly days: readonly number[]; readonly from: number; readonly to: number };

/** Legal basis (grondslag) of the Tasks of a placer, a code of mgn-legal-basis for each side of the network. */
export type CoordinationTaskSettings = {
  readonly legalBasis: { readonly care?: string; readonly 'social-domain'?: string };
};

export type NetworkSettings = {
  readonly name: string;
  readonly region: string;
  readonly timezone: string;
  readonly baseUrl: string;
  /** `Organization/<id>` of the network itself. */
  readonly organization: string;
  /** `HealthcareService/<id>` of the team that decides by hand (registratieteam). */
  readonly registrationTeam: string;
  /** Keys of invariants, or codes of the catalogue, whose errors are only warnings at intake, with the reason. */
  readonly intake: { readonly warnOnly: readonly { readonly constraint: string; readonly reason: string }[] };
  /** Other directories replicated by this one (IHE mCSD). */
  readonly directorySources: readonly DirectorySource[];
  /** Hosts of other machines to which `http://` is permitted, in lower case. */
  readonly plainHttp: ReadonlySet<string>;
  /** Host names, IP addresses and CIDR ranges that are no public addresses and to which the gateway may connect, in lower case. */
  readonly privateAddresses: readonly string[];
  /** Norms for waiting times: the Treeknorm, and the age at which a waiting time is stale. */
  readonly norms: Norms;
  readonly limits: {
    readonly bodyBytes: number;
    /** Of all bodies together that are being read or answered. */
    readonly allBodiesBytes: number;
    /** How long a sender may take to send its body. */
    readonly bodySeconds: number;
    readonly depth: number;
    /** Dry runs of one partner within a minute: $explain, $validate and $transform together. */
    readonly dryRunsPerMinute: number;
  };
  readonly requestLimits: {
    /** Requests of one partner within a minute. */
    readonly requestsPerMinute: number;
    /** Requests of one address within a minute that have no login, or one that is refused. */
    readonly anonymousPerMinute: number;
    /** Requests of all partners together, and of one, that are answered at the same time. */
    readonly concurrentRequests: number;
    readonly concurrentPerPartner: number;
  };
  /** IP addresses and ranges of proxies whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[];
  readonly delivery: {
    /** How long a delivery is retried that gets 404 or 410. */
    readonly notFoundHours: number;
    /** Failures on one message after which another journey is tried. */
    readonly setAsideAfter: number;
    /** Refusals and ill-formed answers in a row after which a partner is held; absent: never. */
    readonly quarantineAfter?: number;
    /** Journeys sent to a partner at the same time, unless the partner has a number of its own. */
    readonly lanes: number;
    /** Who finds out why a delivery was given up: `registration-team`, or a service of the directory. */
    readonly deadLettersTo: string;
  };
  /** What is removed from the store, and when; without a term nothing of its kind is (docs/operate/retention.md). */
  readonly retention: {
    /** After the last change of a journey that has ended. */
    readonly contentMonths?: number;
    /** Of the audit trail, never before its journey. */
    readonly auditMonths?: number;
    /** Days that the body of a refused message is retained, encrypted, so that it can be replayed. */
    readonly refusedDays?: number;
  };
  /** The head of the journal is signed once in these minutes, and each time it has so many entries more (docs/operate/audit.md). */
  readonly audit: { readonly signMinutes: number; readonly signEntries: number };
  /** Where the gateway refuses requests before it becomes slow; `limits` of network.yaml. */
  readonly backpressure: {
    /** Deliveries that wait, above which messages are refused. */
    readonly waitingDeliveries: number;
    /** Milliseconds that a request waits for its turn, above which requests are refused. */
    readonly eventLoopDelay: number;
  };
  /** Who reads the metrics, and what they measure against (docs/operate/monitoring.md). */
  readonly monitoring: {
    /** Name of the environment variable with the token of the scraper; absent: operators only. */
    readonly tokenFrom?: string;
    /** Minutes after its message in which a delivery is to arrive. */
    readonly deliveredWithinMinutes: number;
  };
  /** Measures are reported over whole periods of this length; smaller counts are hidden (docs/operate/measures.md). */
  readonly reports: { readonly period: 'month' | 'quarter' | 'year'; readonly smallestCount: number };
  readonly notifications: {
    /** Minimum heartbeat period in seconds; without it the network sends no heartbeats. */
    readonly heartbeat?: { readonly minimum: number };
    readonly subscriptions: readonly ConfiguredSubscription[];
  };
  /** Issuers of the credentials in Verifiable Presentations. */
  readonly trustedIssuers: readonly TrustedIssuer[];
  /** People who log in; absent: only systems do. */
  readonly people?: PeopleSettings;
  readonly watchdog: WatchdogSettings;
  /** Origins of web pages that may use the FHIR API from a browser; none without configuration. */
  readonly cors: { readonly origins: readonly string[] };
  /** Terminology servers for code systems whose content is not available locally; absent: none. */
  readonly terminology?: TerminologySettings;
  /** The consent source outside; absent: none, and a legal basis that has to be asked there opens nothing. */
  readonly consentSource?: ConsentSourceSettings;
  /** Value sets and code systems that are not checked, with the reason; their codes pass with a note. */
  readonly terminologyWaivers: readonly { readonly canonical: string; readonly reason: string }[];
};

/** A Subscription that the network creates on behalf of a partner (out-of-band). */
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
  /** Centres of postcodes; absent without a table of them. */
  readonly centres?: PostcodeCentres;
  /** The resources of the directory as loaded, for publication and validation. */
  readonly resources: readonly Resource[];
  /** A resource by `Type/id`. */
  readonly resource: (reference: string) => Resource | undefined;
  /** Waiting times and capacity of a service of the directory, by `HealthcareService/<id>`. */
  readonly availability: (reference: string) => Availability;
  /** What each kind of recipient may receive, from the mappings of the same configuration set. */
  readonly projections: Projections;
  /** SHA-256 over the content of all files of the network. */
  readonly digest: string;
};
