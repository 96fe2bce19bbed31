import type { Identifier } from '@medplum/fhirtypes';
import type { Availability } from '../waiting-time/availability.ts';
import type { Norms } from '../waiting-time/norms.ts';
import type { Point } from './distance.ts';
import type { Residence } from './residence.ts';

/** The domain of a party, which limits the data it may receive. `network` is the network's own bureau. */
export type Domain = 'care' | 'social' | 'network';

/** An Organization of the directory (zorgaanbieder, gemeente), with the elements used for routing. */
export type DirectoryOrganization = {
  /** `Organization/<id>` in the directory. */
  readonly reference: string;
  readonly name: string;
  readonly identifiers: readonly Identifier[];
  /** Codes of Organization.type as `system|code`. */
  readonly types: readonly string[];
  readonly domain: Domain;
  readonly active: boolean;
  /**
   * A participant of the network: the network itself, or an organisation with an active OrganizationAffiliation to it.
   */
  readonly member: boolean;
  /** The partner whose system serves it; absent without a system of its own. */
  readonly partner?: string;
  /** `Organization/<id>` of the organisations that may send in its name. */
  readonly representedBy?: readonly string[];
};

/** A HealthcareService of the directory (zorgaanbod): a possible owner of a Task. */
export type DirectoryService = {
  /** `HealthcareService/<id>` in the directory. */
  readonly reference: string;
  readonly name: string;
  readonly identifiers: readonly Identifier[];
  /** Codes of HealthcareService.type as `system|code`. */
  readonly types: readonly string[];
  readonly active: boolean;
  readonly domain: Domain;
  /** `Organization/<id>` that provides it. */
  readonly organization: string;
  readonly partner?: string;
  /** For urgent contact besides the message. */
  readonly phone?: string;
  readonly catchment: Catchment;
  /** Codes of the Organization types that may refer to it, as `system|code`; absent: any. */
  readonly referrers?: readonly string[];
  /** Ages accepted, in years, both ends inclusive; absent: any. */
  readonly ages?: { readonly from?: number; readonly to?: number };
  /** Main diagnosis groups treated, as in WaitingTime.group; absent: any. */
  readonly groups?: readonly string[];
  /** Languages spoken (ISO 639, lower case); absent: not stated. */
  readonly languages?: readonly string[];
  /** The location of the service: its position in the directory, or the centre of its postcode. */
  readonly position?: Point;
  /** The directory it was replicated from; absent for the network's own services. */
  readonly source?: string;
  /** URL of the service in that directory. */
  readonly address?: string;
};

/** The catchment of a service (verzorgingsgebied). Everywhere when both lists are absent. */
export type Catchment = {
  /** Municipality codes. */
  readonly municipalities?: readonly string[];
  /** Ranges of four-digit postcodes, both ends inclusive. */
  readonly postcodes?: readonly PostcodeRange[];
};

export type PostcodeRange = { readonly from: number; readonly to: number };

/** The directory at one moment, indexed for routing. Immutable and pure. */
export type DirectorySnapshot = {
  /** SHA-256 over the content of the directory. */
  readonly digest: string;
  readonly services: readonly DirectoryService[];
  readonly organizations: readonly DirectoryOrganization[];
  /** `HealthcareService/<id>` of the team that decides by hand where no rule can (registratieteam). */
  readonly registrationTeam: string;
  /** By `HealthcareService/<id>`, relative or absolute, or by its URL in the directory that it was replicated from. */
  readonly service: (reference: string) => DirectoryService | undefined;
  /** By `Organization/<id>`, relative or absolute. */
  readonly organization: (reference: string) => DirectoryOrganization | undefined;
  /** By business identifier; the spellings of one system (KvK) are equal. */
  readonly serviceByIdentifier: (identifier: Identifier) => DirectoryService | undefined;
  readonly organizationByIdentifier: (identifier: Identifier) => DirectoryOrganization | undefined;
  /** Active services of a type (`system|code`). */
  readonly servicesOfType: (type: string) => readonly DirectoryService[];
  /** The active services of a type whose catchment covers a home, in no particular order. */
  readonly servicesCovering: (type: string, home: Residence) => readonly DirectoryService[];
  /** The organisation served by a partner's system. */
  readonly organizationOfPartner: (partner: string) => DirectoryOrganization | undefined;
  readonly servicesOfOrganization: (reference: string) => readonly DirectoryService[];
  /** Code of the municipality of a postcode; undefined outside the network's table. */
  readonly municipalityOf: (postcode: string) => string | undefined;
  /** Name of a municipality, by its code. */
  readonly nameOfMunicipality: (code: string) => string | undefined;
  /** Centre of a four-digit postcode; undefined without a table of them. */
  readonly centreOf: (postcode: string) => Point | undefined;
  /** Whether there is such a table: without it, rules cannot use distance. */
  readonly hasCentres: boolean;
  /** Current waiting times and capacity of a service. */
  readonly availability: (service: string) => Availability;
  /** Norms that waiting times are compared with. */
  readonly norms: Norms;
  /** The date (yyyy-mm-dd) in the network's time zone. */
  readonly dayOf: (now: Date) => string;
  /** The replicated directories, and when each was last updated. These times are part of the digest. */
  readonly sources: readonly ReplicatedSource[];
};

/** A directory replicated by this one. `heardAt` is an ISO instant, absent before the first update. */
export type ReplicatedSource = { readonly source: string; readonly heardAt?: string };
