import { addressesOf, addressRulesOf, type Network } from '../../directory/index.ts';
import { asksOutside, type Grounds } from '../../disclosure/index.ts';
import type { InForce } from '../in-force.ts';
import type { Standing } from './standing.ts';

/** By partner id: the token of our deliveries, and of our notifications. */
type Tokens = Pick<InForce, 'tokens' | 'notificationTokens'>;

/** What deliveries need of a network as it is now. */
export function standingOf(network: Network, grounds: Grounds, { tokens, notificationTokens }: Tokens): Standing {
  const { notFoundHours, setAsideAfter, quarantineAfter, lanes } = network.settings.delivery;
  const partners = [...network.partners.values()].map(
    ({ id, name, deliveryLanes, destination, organization, delivery, notificationEndpoints = [] }) => {
      const token = tokens.get(id);
      const notificationToken = notificationTokens.get(id);
      return [
        id,
        {
          name,
          addresses: addressesOf(network, id),
          // one that left the network since the start gets nothing any more
          ...(destination && network.directory.organization(organization)?.member ? { destination } : {}),
          ...(token === undefined ? {} : { token }),
          ...(notificationToken === undefined
            ? {}
            : { notifying: { endpoints: notificationEndpoints.map(withoutSlash), token: notificationToken } }),
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

/** As `registeredEndpoints` and Subscriptions have them. */
const withoutSlash = (address: string): string => address.replace(/\/+$/, '');
