import { auditEvent } from '../../audit/event.ts';
import type { Destination } from '../../delivery/channel/destination.ts';
import type { DeliveryOptions } from '../../delivery/settings.ts';
import { isOpen, type TimedAddress } from '../../directory/endpoint.ts';
import { endOfMaintenance } from '../../directory/maintenance.ts';
import type { PartnerDelivery } from '../../directory/network.ts';
import type { AddressRules } from '../../outbound/address.ts';
import type { PartnerId } from '../../store/port.ts';
import type { World } from '../../world.ts';

/** What of the configuration in force, and of the directory as it is now, deliveries depend on: plain data. */
export type Standing = {
  /** Name of the network, in whose AuditEvents it sends; none are recorded without. */
  readonly network?: string;
  /** Of maintenance windows; UTC without. */
  readonly timezone?: string;
  readonly retryNotFound?: number;
  readonly setAsideAfter?: number;
  readonly quarantineAfter?: number;
  /** Journeys sent at the same time to a partner without a number of its own. */
  readonly lanes?: number;
  readonly addressRules: AddressRules;
  /** A consent source outside is asked about some legal basis. */
  readonly asksOutside?: boolean;
  readonly partners: ReadonlyMap<PartnerId, PartnerStanding>;
};

type PartnerStanding = {
  readonly name: string;
  /** The first that is open is used. */
  readonly addresses: readonly TimedAddress[];
  readonly token?: string;
  /** The token for notifications to these endpoints. */
  readonly notifying?: { readonly endpoints: readonly string[]; readonly token: string };
  /** Of another channel than FHIR REST. */
  readonly destination?: Destination;
  readonly lanes?: number;
  readonly delivery?: PartnerDelivery;
};

/** How deliveries follow what is in force, read at each attempt. */
export const deliveringBy = (
  standing: () => Standing,
  { now, newId }: World,
): Pick<DeliveryOptions, 'address' | 'addressRules' | 'inForce' | 'awayUntil' | 'audit'> => ({
  addressRules: () => standing().addressRules,
  // The address of a notification is that of its Subscription; mayStillSend has just checked that it is still valid.
  address: (partner, { address }) => {
    if (address !== undefined) {
      // the requests of a partner name endpoints too: the token goes to those of partners.yaml only
      const { notifying } = standing().partners.get(partner) ?? {};
      return { base: address, ...(notifying?.endpoints.includes(address) ? { token: notifying.token } : {}) };
    }
    const { addresses = [], token, destination, delivery } = standing().partners.get(partner) ?? {};
    const more = {
      ...(token === undefined ? {} : { token }),
      ...(delivery?.timeout === undefined ? {} : { timeout: delivery.timeout }),
    };
    if (destination) return { base: destination.kind, destination, ...more };
    const at = now();
    const found = addresses.find((it) => isOpen(it, at));
    return found && { base: found.url, ...more };
  },
  inForce: (recipient) => {
    const { retryNotFound, setAsideAfter, quarantineAfter: ofNetwork, lanes: ofAll, partners } = standing();
    const { lanes = ofAll, delivery } = partners.get(recipient) ?? {};
    const quarantineAfter = delivery?.quarantineAfter ?? ofNetwork;
    return {
      ...(delivery?.schedule ? { schedule: delivery.schedule } : {}),
      ...(delivery?.maximumAge ? { maximumAge: delivery.maximumAge } : {}),
      ...(retryNotFound === undefined ? {} : { retryNotFound }),
      ...(setAsideAfter === undefined ? {} : { setAsideAfter }),
      ...(quarantineAfter === undefined ? {} : { quarantineAfter }),
      ...(lanes === undefined ? {} : { lanes }),
    };
  },
  awayUntil: (recipient) => {
    const { partners, timezone = 'UTC' } = standing();
    const windows = partners.get(recipient)?.delivery?.maintenance;
    return windows && endOfMaintenance(windows, timezone, now());
  },
  audit: (dispatch, { outcome, at, because }) => {
    const { network, partners } = standing();
    if (network === undefined) return [];
    return [
      auditEvent({
        id: newId(),
        at,
        action: 'R',
        interaction: 'deliver',
        outcome:
          outcome === 'delivered' || outcome === 'withdrawn' ? 'success' : outcome === 'retry' ? 'refused' : 'failed',
        codes: because ? [because] : [],
        requestId: dispatch.requestId,
        traceId: dispatch.traceId,
        ...(dispatch.correlationId ? { correlationId: dispatch.correlationId } : {}),
        partner: { id: 'mgn-gateway', name: network },
        recipient: {
          id: dispatch.recipient,
          name: partners.get(dispatch.recipient)?.name ?? dispatch.recipient,
        },
      }),
    ];
  },
});
