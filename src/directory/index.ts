/** The network: who takes part, where their systems are, who lives where. Loaded whole or not at all. */
export { type Address, addressOf, chooseEndpoint } from './endpoint.ts';
export { loadNetwork } from './load.ts';
export type { Network, NetworkSettings, Partner, Role, Token } from './network.ts';
export { recipientOf } from './recipient.ts';
export { withAddresses } from './with-addresses.ts';
