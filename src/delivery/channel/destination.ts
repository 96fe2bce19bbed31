import type { Dispatch } from '../../store/port.ts';
import type { ZgwSettings } from './zgw/settings.ts';

/** Settings of a channel other than FHIR REST, without secrets: plain data, which crosses to the thread of deliveries. */
export type Destination = ZgwSettings;

/** The address of a partner. */
export type Address = {
  /** FHIR base of the partner: transactions are POSTed here. For another channel a name of its own. */
  readonly base: string;
  /** Bearer token for the partner, or the secret of its channel. */
  readonly token?: string;
  /** Settings of another channel than FHIR REST. */
  readonly destination?: Destination;
};

/** Channels of a dispatch that are sent from the outbox as they are; the others are handled by the gateway. */
const sent = ['fhir-rest', 'zgw'] as const satisfies readonly Dispatch['channel'][];

export type SentChannel = (typeof sent)[number];

export const isSent = (channel: Dispatch['channel']): channel is SentChannel =>
  (sent as readonly string[]).includes(channel);

/** Channels that a partner can have. `inbox`: it reads at the gateway. */
export type ChannelName = SentChannel | 'inbox';

/** How a disclosure reaches its partner. */
export type Carried = {
  readonly channel: ChannelName;
  /** Name of the outgoing map that creates what is sent; absent: it is sent as it is. */
  readonly shape?: string;
};
