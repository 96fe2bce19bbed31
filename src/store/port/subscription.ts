import type { Agreement } from '../../subscription/agreement.ts';
import type { Dispatch } from './outbox.ts';
import type { PartnerId } from './resource.ts';

/** A Subscription as the gateway keeps it (https://hl7.org/fhir/R4/subscription.html). Never deleted; ended ones are `off`. */
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
  /** Why its handshake, or its last notification, was given up. */
  readonly error?: string;
  readonly version: number;
  readonly lastUpdated: Date;
  /** Number of its last event: 0 before the first. */
  readonly events: number;
};

/** A Subscription that is asked for, changed or ended; one partner has one open Subscription of a `key`. */
export type SubscriptionChange = Pick<StoredSubscription, 'id' | 'partner' | 'agreement'> & {
  readonly key: string;
  readonly status: 'requested' | 'off';
  readonly expect: 'new' | { readonly version: number };
  /** Id of the dispatch whose delivery makes it active. */
  readonly handshake?: string;
};

/** An event of a Subscription; `number` counts 1, 2, 3 ... without gaps, in the order of the commits. */
export type SubscriptionEvent = { readonly number: number; readonly at: Date; readonly focus: string };

/** A Subscription that hears of something in this commit; the store gives the number, and leaves out who may not see it. */
export type Announcement = {
  readonly subscription: StoredSubscription;
  /** `Task/<id>` */
  readonly focus: string;
  readonly dispatch: (number: number) => Dispatch;
};

/** Who follows what, and what each heard. */
export type Subscriptions = {
  /** With a partner, somebody else's is answered as what is not there. */
  subscription(id: string, partner?: PartnerId): Promise<StoredSubscription | undefined>;

  /** In the order in which they were made. */
  subscriptions(query: { readonly partner?: PartnerId }): Promise<readonly StoredSubscription[]>;

  /** From `since` to `until`, both included, in order. */
  subscriptionEvents(
    id: string,
    range: { readonly since: number; readonly until: number; readonly count: number },
  ): Promise<readonly SubscriptionEvent[]>;

  /**
   * A dispatch for each active Subscription with a heartbeat that heard nothing for its period, and whose partner has nothing
   * waiting. Answers how many; of several gateways one makes each.
   */
  heartbeat(now: Date, dispatch: (subscription: StoredSubscription) => Dispatch): Promise<number>;
};
