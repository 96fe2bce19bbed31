import type { WithdrawalFacts } from '../../audit/withdrawn.ts';
import type { AuditEvent } from './audit.ts';
import type { ConfigurationChange } from './configuration.ts';
import type { DirectoryChange } from './directory.ts';
import type { KeyedMessage, Message, MessageKeys } from './message.ts';
import type { Dispatch, Withdrawal } from './outbox.ts';
import type { PlacerSubscription } from './placer-subscription.ts';
import type { Change, Grant, Guard, ResourceKey, Revocation, StoredResource } from './resource.ts';
import type { Announced, SubscriptionChange, Unannounced } from './subscription.ts';
import type { UnknownCodeSeen } from './unknown-code.ts';

/** A transaction: everything in it is stored, or nothing. */
export type Commit = {
  readonly now: Date;
  /** A name under which this is committed at most once: of several gateways on one store the others get `done`. */
  readonly once?: string;
  readonly message?: Message;
  /** Keys of the message: committed once for each sender, unless it amends. */
  readonly keys?: MessageKeys & { readonly location: string };
  /** Codes of the message that no table contains. */
  readonly unknownCodes?: readonly UnknownCodeSeen[];
  readonly changes?: readonly Change[];
  readonly guards?: readonly Guard[];
  readonly revocations?: readonly Revocation[];
  /** Applied after the revocations. */
  readonly grants?: readonly Grant[];
  readonly dispatches?: readonly Dispatch[];
  /**
   * What waits for delivery and may no longer be sent. A revocation of a Task or an order withdraws what waits for its
   * readers by itself. `dispatches` of the same commit are not withdrawn.
   */
  readonly withdrawals?: readonly Withdrawal[];
  readonly audit?: readonly AuditEvent[];
  readonly directory?: readonly DirectoryChange[];
  readonly subscriptions?: readonly SubscriptionChange[];
  /** What a notification of a placer reports of its Subscription. */
  readonly placerSubscriptions?: readonly PlacerSubscription[];
  readonly configuration?: ConfigurationChange;
  /** Changes of this commit of which matching Subscriptions are notified. */
  readonly announce?: Announced;
  /** Records an AuditEvent of each delivery that the transaction withdraws; absent: none is recorded. */
  readonly auditWithdrawn?: WithdrawalFacts;
};

/** Only `committed` stored anything. */
export type Committed =
  | {
      readonly kind: 'committed';
      readonly resources: readonly StoredResource[];
      /** A failing notification does not prevent a commit: the caller reports it. */
      readonly unannounced?: readonly Unannounced[];
    }
  /** This partner already sent this X-Request-Id with the same body: return `earlier.answer`. */
  | { readonly kind: 'duplicate'; readonly earlier: Message }
  /** This partner already sent a message with one of these keys. */
  | { readonly kind: 'resent'; readonly earlier: KeyedMessage }
  /** This partner already sent this X-Request-Id with another body. */
  | { readonly kind: 'reused'; readonly earlier: Message }
  /**
   * The expected version of a change or guard (or the last use of a configuration) is not the current one; `current` is
   * undefined when the resource does not exist.
   */
  | ({ readonly kind: 'stale'; readonly current?: number } & ResourceKey)
  /** This partner already has an open Subscription with this key. */
  | { readonly kind: 'subscribed'; readonly subscription: string }
  /** A commit with this name for `once` took place before. */
  | { readonly kind: 'done' }
  /** Expected to be new, but it exists. */
  | ({ readonly kind: 'exists'; readonly current: number } & ResourceKey);
