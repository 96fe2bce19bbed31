import type { Agreement, Announcement } from '../../subscription/index.ts';
import type { FaultData } from '../fault-data.ts';
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
 * What a commit announces. The store matches it, in the transaction, with the Subscriptions that are active then; it skips
 * partners that may not see the focus, assigns the numbers, and adds the dispatches.
 */
export type Announced = {
  /** FHIR base of the gateway. */
  readonly base: string;
  readonly announcements: readonly Announcement[];
};

/**
 * An announcement that failed without preventing its commit: it could not be matched, or (with `subscription`) the event
 * has a number, but its notification could not be created.
 */
export type Unannounced = { readonly focus: string; readonly subscription?: string; readonly fault: FaultData };

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
   * partner has no waiting dispatch. Returns their number; several gateways together add each once. `base` is the FHIR base
   * of the gateway.
   */
  heartbeat(now: Date, notifying: { readonly base: string }): Promise<number>;
};
