import type { NetworkSettings } from './network.ts';

/**
 * Whether partners reach the gateway on loopback only, so that no real partner can: the demo network, a copy of it, a test.
 * What a demo permits (tokens that are published) no other network does.
 */
export const isDemo = ({ baseUrl }: Pick<NetworkSettings, 'baseUrl'>): boolean => {
  const host = URL.parse(baseUrl)?.hostname ?? '';
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
};
