import { type AddressRules, hostOf, isLoopbackHost } from '../outbound/address.ts';
import type { NetworkSettings } from './network.ts';

/**
 * Addresses to which this network's gateway may connect. Partners may be on loopback when the gateway itself is reached
 * there: it is a demo or a test.
 */
export const addressRulesOf = ({
  plainHttp,
  privateAddresses,
  baseUrl,
}: Pick<NetworkSettings, 'plainHttp' | 'privateAddresses' | 'baseUrl'>): AddressRules => ({
  plainHttp,
  named: privateAddresses,
  loopback: isDemo({ baseUrl }),
});

/**
 * Whether partners reach the gateway on loopback only, so that no real partner can: the demo network, a copy of it, a test.
 * What a demo permits (tokens that are published, partners on loopback, a key that the gateway generates) no other does.
 */
export const isDemo = ({ baseUrl }: Pick<NetworkSettings, 'baseUrl'>): boolean =>
  isLoopbackHost(hostOf(new URL(baseUrl)));
