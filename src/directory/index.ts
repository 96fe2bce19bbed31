/** The network: participants, their endpoints, and municipalities. Loaded completely or not at all. */

export { dayIn } from '../temporal.ts';
export { addressRulesOf, isDemo } from './address-rules.ts';
export { type CurrentNetwork, networkFromLog, openCurrentNetwork, ownSource } from './current/current-network.ts';
export { directoryEntries } from './current/directory-log.ts';
export { addressesOf, addressOf, chooseEndpoint } from './endpoint.ts';
export {
  type DirectoryCriterion,
  type DirectoryParameter,
  directoryParameters,
  meetsCriteria,
  ownResources,
} from './find.ts';
export { loadNetwork } from './load/load.ts';
export { type PublicKey, readKeySet } from './login/jwks.ts';
export type { BackendServices, CertificateName, PartnerLogin, TrustedIssuer } from './login/login.ts';
export type { DemoPerson, PeopleSettings, PersonRole, ProviderSettings } from './login/people.ts';
export type { Network, Partner, Role, Token } from './network.ts';
export { projectionsOf, recipientOf } from './recipient.ts';
export { registeredEndpoints } from './registered-endpoints.ts';
export { type Replication, startReplication } from './replica/run.ts';
export { importWaitingTimes, type WaitingTimeCodes } from './waiting-times/import.ts';
export { availabilityIssues, otherDifferences } from './waiting-times/rules.ts';
export { withAddresses } from './with-addresses.ts';
