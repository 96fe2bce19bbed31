import { addressesOf, addressRulesOf, type Network } from '../../directory/index.ts';
import { asksOutside, type Grounds } from '../../disclosure/index.ts';
import type { Standing } from './standing.ts';

/** What deliveries need of a network as it is now. `tokens`: for each partner, that of our deliveries. */
export function standingOf(network: Network, grounds: Grounds, tokens: ReadonlyMap<string, string>): Standing {
  const { notFoundHours, setAsideAfter, quarantineAfter, lanes } = network.settings.delivery;
  const partners = [...network.partners.values()].map(
    ({ id, name, deliveryLanes, destination, organization, delivery }) => {
      const token = tokens.get(id);
      return [
        id,
        {
          name,
          addresses: addressesOf(network, id),
          // one that left the network since the start gets nothing any more
          ...(destination && network.directory.organization(organization)?.member ? { destination } : {}),
          ...(token === undefined ? {} : { token }),
          ...(deliveryLanes === undefined ? {} : { lanes: deliveryLanes }),
          ...(delivery ? { delivery } : {}),
        },
      ] as const;
    },
  );
  return {
    network: network.name,
    timezone: network.settings.timezone,
    retryNotFound: notFoundHours * 3_600_000,
    setAsideAfter,
    ...(quarantineAfter ? { quarantineAfter } : {}),
    lanes,
    addressRules: addressRulesOf(network.settings),
    asksOutside: asksOutside(grounds),
    partners: new Map(partners),
  };
}
