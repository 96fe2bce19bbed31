import type { AddressRules } from '../../outbound/client.ts';
import type { DeliverySettings } from '../settings.ts';
import type { Channel } from './channel.ts';
import type { SentChannel } from './destination.ts';
import { type FhirRest, openFhirRest } from './fhir-rest.ts';
import { openZgw } from './zgw/zgw.ts';

export type Channels = Readonly<Record<Exclude<SentChannel, 'fhir-rest'>, Channel>> & {
  readonly 'fhir-rest': FhirRest;
};

/** `rules`: addresses that are permitted at this moment. */
export const openChannels = (settings: DeliverySettings, rules: () => AddressRules | undefined): Channels => ({
  'fhir-rest': openFhirRest(settings, rules),
  zgw: openZgw(settings, rules),
});

export const closeChannels = async (channels: Channels): Promise<void> => {
  await Promise.all(Object.values(channels).map((it) => it.close()));
};
