/** The network: who takes part, where their systems are, who lives where. Loaded whole or not at all. */
export { dayIn } from '../temporal.ts';
export { addressOf, chooseEndpoint } from './endpoint.ts';
export { figureIssues, otherDifferences } from './figure-rules.ts';
export {
  type DirectoryCriterion,
  type DirectoryParameter,
  directoryParameters,
  meets,
  ownResources,
} from './find.ts';
export { type FigureCodes, importFigures } from './import-figures.ts';
export { type LivingNetwork, networkOnRecord, openLivingNetwork, ownSource } from './living.ts';
export { loadNetwork } from './load.ts';
export { entriesOf } from './log.ts';
export type { Network, Partner, Token } from './network.ts';
export { recipientOf } from './recipient.ts';
export { registeredEndpoints } from './registered.ts';
export { type Replication, startReplication } from './replica/run.ts';
export { withAddresses } from './with-addresses.ts';
