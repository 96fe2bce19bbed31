import type { Identifier } from '@medplum/fhirtypes';
import type { Availability } from '../waiting-time/availability.ts';
import type { Norms } from '../waiting-time/norms.ts';
import type { Point } from './distance.ts';
import type { Residence } from './residence.ts';

/** Which world a party belongs to: who may know what hangs on it. `network` is the network's own bureau. */
export type Domain = 'care' | 'social' | 'network';

/** An organisation of the directory, as far as routing asks about it. */
export type DirectoryOrganization = {
  /** `Organization/<id>` in the directory. */
  readonly reference: string;
  readonly name: string;
  readonly identifiers: readonly Identifier[];
  /** Codes of Organization.type as `system|code`. */
  readonly types: readonly string[];
  readonly domain: Domain;
  readonly active: boolean;
  /** Takes part in the network: it is the network itself, or has an active OrganizationAffiliation to it. */
  readonly member: boolean;
  /** The partner whose system serves it; absent when it has no system of its own. */
  readonly partner?: string;
};

/** A HealthcareService of the directory: what a Task can be given to. */
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
  /** To call when a message is not enough. */
  readonly phone?: string;
  readonly catchment: Catchment;
  /** Codes of the Organization types that may refer to it, as `system|code`; absent means anyone. */
  readonly referrers?: readonly string[];
  /** Ages that it takes, in years, both ends included; absent means any. */
  readonly ages?: { readonly from?: number; readonly to?: number };
  /** Main diagnosis groups that it treats, as WaitingTime.group tells them; absent means any. */
  readonly groups?: readonly string[];
  /** Languages that are spoken there (ISO 639, lower case); absent means that it doesn't tell. */
  readonly languages?: readonly string[];
  /** Where people meet, when the directory tells a position or a postcode whose centre is known. */
  readonly position?: Point;
  /** Directory that it was replicated from; absent for the network's own. */
  readonly source?: string;
};

/** Where the people live whom a service takes. Everywhere when both lists are absent. */
export type Catchment = {
  /** Municipality codes. */
  readonly municipalities?: readonly string[];
  /** Ranges over the four digits of a postcode, both ends included. */
  readonly postcodes?: readonly PostcodeRange[];
};

export type PostcodeRange = { readonly from: number; readonly to: number };

/** The directory at one moment, indexed for the questions that routing asks. Immutable and pure. */
export type DirectorySnapshot = {
  /** SHA-256 over the content of the directory. */
  readonly digest: string;
  readonly services: readonly DirectoryService[];
  readonly organizations: readonly DirectoryOrganization[];
  /** `HealthcareService/<id>` of the team that decides by hand where no rule can. */
  readonly registrationTeam: string;
  /** By `HealthcareService/<id>`, relative or absolute. */
  readonly service: (reference: string) => DirectoryService | undefined;
  /** By `Organization/<id>`, relative or absolute. */
  readonly organization: (reference: string) => DirectoryOrganization | undefined;
  /** By business identifier; spellings of one system (KvK) are one. */
  readonly serviceByIdentifier: (identifier: Identifier) => DirectoryService | undefined;
  readonly organizationByIdentifier: (identifier: Identifier) => DirectoryOrganization | undefined;
  /** Active services of a type (`system|code`). */
  readonly servicesOfType: (type: string) => readonly DirectoryService[];
  /** Of these, those whose catchment covers a home; in no particular order. */
  readonly servicesCovering: (type: string, home: Residence) => readonly DirectoryService[];
  /** The organisation that a partner's system serves. */
  readonly organizationOfPartner: (partner: string) => DirectoryOrganization | undefined;
  readonly servicesOfOrganization: (reference: string) => readonly DirectoryService[];
  /** Code of the municipality of a postcode, when the network knows it. */
  readonly municipalityOf: (postcode: string) => string | undefined;
  /** What a municipality is called, by its code. */
  readonly nameOfMunicipality: (code: string) => string | undefined;
  /** Centre of a postcode of four digits, when the network has a table of them. */
  readonly centreOf: (postcode: string) => Point | undefined;
  /** Whether there is such a table: no rule can ask for a distance without. */
  readonly hasCentres: boolean;
  /** Waiting times and capacity of a service, as told until this moment. */
  readonly availability: (service: string) => Availability;
  /** What figures are held against. */
  readonly norms: Norms;
  /** The day (yyyy-mm-dd) where the network is. */
  readonly dayOf: (now: Date) => string;
  /** Directories that were replicated, and when each was last heard. The digest is over these moments too. */
  readonly sources: readonly ReplicatedSource[];
};

/** A directory that this one replicates; ISO instant, absent when it was never heard. */
export type ReplicatedSource = { readonly source: string; readonly heardAt?: string };
