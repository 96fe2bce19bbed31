import type { Agreement } from '../../subscription/agreement.ts';
import type { Dispatch } from './outbox.ts';
import type { PartnerId } from './resource.ts';

/** A Subscription as stored (https://hl7.org/fhir/R4/subscription.html). Never deleted; an ended one is `off`. */
export type StoredSubscription = {
  readonly id: string;
  readonly partner: PartnerId;
  readonly agreement: Agreement;
  /**
   *   requested -> active      its handshake was delivered
   *   requested -> error       its handshake was given up
   *   any       -> off | requested    by the partner, or by the network's configuration
   */
  readonly status: 'requested' | 'active' | 'error' | 'off';
  /** The reason why its handshake, or its last notification, was given up. */
  readonly error?: string;
  readonly version: number;
  readonly lastUpdated: Date;
  /** Number of its last event: 0 before the first. */
  readonly events: number;
};

/** A Subscription to be created, changed or ended; a partner has at most one open Subscription per `key`. */
export type SubscriptionChange = Pick<StoredSubscription, 'id' | 'partner' | 'agreement'> & {
  readonly key: string;
  readonly status: 'requested' | 'off';
  readonly expect: 'new' | { readonly version: number };
  /** Id of the dispatch whose delivery activates it. */
  readonly handshake?: string;
};

/** An event of a Subscription; `number` counts 1, 2, 3 ... without gaps, in the order of commits. */
export type SubscriptionEvent = { readonly number: number; readonly at: Date; readonly focus: string };

/**
 * A Subscription to be notified of a change in this commit. The store assigns the number, and skips partners that may
 * not see the focus.
 */
export type Announcement = {
  readonly subscription: StoredSubscription;
  /** `Task/<id>` */
  readonly focus: string;
  readonly dispatch: (number: number) => Dispatch;
};

/** Subscriptions with their events. */
export type Subscriptions = {
  /** With a partner, the Subscription of another one is undefined, as if it did not exist. */
  subscription(id: string, partner?: PartnerId): Promise<StoredSubscription | undefined>;

  /** In the order of creation. */
  subscriptions(query: { readonly partner?: PartnerId }): Promise<readonly StoredSubscription[]>;

  /** From `since` to `until`, both inclusive, in order. */
  subscriptionEvents(
    id: string,
    range: { readonly since: number; readonly until: number; readonly count: number },
  ): Promise<readonly SubscriptionEvent[]>;

  /**
   * Adds a dispatch for each active Subscription whose heartbeat period passed without a notification, and whose
   * partner has no waiting dispatch. Returns their number; several gateways together add each once.
   */
  heartbeat(now: Date, dispatch: (subscription: StoredSubscription) => Dispatch): Promise<number>;
};
