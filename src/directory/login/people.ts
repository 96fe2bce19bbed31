/**
 * What somebody does for a partner (functie). `professional`: works with requests and their contents, such as an inbox user
 * (hulpverlener, medewerker van een wijkteam). `engineer`: connects the system of the partner (implementator).
 * `privacy-officer`: the auditor of the network (functionaris gegevensbescherming).
 */
export type PersonRole = 'professional' | 'engineer' | 'operator' | 'privacy-officer';

/** People who log in, `people` of network.yaml (docs/operate/login.md#people). */
export type PeopleSettings = {
  /** The OpenID Connect provider at which people log in; absent: only people of a demo do. */
  readonly provider?: ProviderSettings;
  /** Roles, by a value of the claim for roles. */
  readonly roles: readonly AssignedRole[];
  /** Partners, by a value of the claim for organisations. */
  readonly organizations: readonly { readonly claim: string; readonly partner: string }[];
  /** A session ends after this time without requests, and after this time in any case (ms). */
  readonly sessions: { readonly idle: number; readonly longest: number };
  /** How long emergency access lasts (ms). */
  readonly emergency: number;
  /** People of a demo network, who log in without proof. */
  readonly demoPersons: readonly DemoPerson[];
};

export type AssignedRole = {
  readonly claim: string;
  readonly role: PersonRole;
  /** The lowest level of `assurance` at which it is granted; absent: any. */
  readonly minimum?: string;
  /** Whether who has it may also begin emergency access (noodtoegang). */
  readonly emergency: boolean;
};

export type DemoPerson = {
  readonly id: string;
  readonly name: string;
  readonly partner: string;
  readonly roles: readonly PersonRole[];
  readonly emergency: boolean;
};

export type ProviderSettings = {
  readonly issuer: string;
  readonly clientId: string;
  /** The environment variable with the secret of the client, or with its private key as JWK (private_key_jwt). */
  readonly authentication: { readonly kind: 'secret' | 'key'; readonly from: string };
  readonly scopes: readonly string[];
  /** Where a claim is: `realm_access.roles`; a claim whose own name has points is found first. */
  readonly claims: { readonly roles: string; readonly organization: string; readonly name: string };
  /** Values of `acr`, from the lowest level of assurance (betrouwbaarheidsniveau) to the highest. */
  readonly assurance: readonly string[];
};
