import { type AddressRules, openClient } from '../../../outbound/client.ts';
import type { DeliverySettings } from '../../settings.ts';
import type { Channel } from '../channel.ts';
import type { ZgwWork } from './case.ts';
import { type ZgwApi, zgwApi } from './client.ts';
import { openCase, withdrawCase } from './open-case.ts';
import type { ZgwSettings } from './settings.ts';

export type ZgwConnection = {
  readonly settings: ZgwSettings;
  readonly secret: string;
  readonly now: () => Date;
  readonly cut: AbortSignal;
};

/** Connections to the ZGW APIs of municipalities: for deliveries, and for what notifications lead to. */
export type ZgwClient = {
  readonly at: (connection: ZgwConnection) => ZgwApi;
  readonly close: () => Promise<void>;
};

export function openZgwClient(
  { timeout, maximumAnswer: limit }: Pick<DeliverySettings, 'timeout' | 'maximumAnswer'>,
  rules: () => AddressRules | undefined,
): ZgwClient {
  const client = openClient({ rules, timeout, connections: 16 });
  return { at: (it) => zgwApi(client, { ...it, timeout, limit }), close: client.close };
}

/** The channel to municipalities that work with cases: a request becomes a zaak, and its withdrawal a status of it. */
export function openZgw(settings: DeliverySettings, rules: () => AddressRules | undefined): Channel {
  const client = openZgwClient(settings, rules);
  return {
    send: async (dispatch, { destination, token }, now, cut) => {
      if (destination?.kind !== 'zgw' || token === undefined)
        return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
      const work = JSON.parse(dispatch.body) as ZgwWork;
      const api = client.at({ settings: destination, secret: token, now, cut });
      return 'open' in work ? openCase(api, work.open) : withdrawCase(api, work.withdraw.number);
    },
    close: client.close,
  };
}
