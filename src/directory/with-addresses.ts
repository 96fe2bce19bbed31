import type { Network } from './network.ts';

/** The same network with some partners put at other addresses, so that a demo or a test can play them. */
export const withAddresses = (network: Network, addresses: Readonly<Record<string, string>>): Network => ({
  ...network,
  partners: new Map(
    [...network.partners].map(([id, partner]) => {
      const address = addresses[id];
      if (address === undefined) return [id, partner];
      const { destination: _, shape: __, ...rest } = partner;
      return [id, { ...rest, channel: 'fhir-rest' as const, address }];
    }),
  ),
});
