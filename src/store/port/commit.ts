import type { AuditEvent } from './audit.ts';
import type { ConfigurationChange } from './configuration.ts';
import type { DirectoryChange } from './directory.ts';
import type { Message } from './message.ts';
import type { Dispatch } from './outbox.ts';
import type { Change, Grant, Guard, ResourceKey, StoredResource } from './resource.ts';
import type { Announcement, StoredSubscription, SubscriptionChange } from './subscription.ts';
import type { UnknownCodeSeen } from './unknown-code.ts';

/** What `accept` ends in: all of it is stored, or nothing. */
export type Commit = {
  readonly now: Date;
  /** A name under which this is done once, whoever tries: of several gateways on one store the others get `done`. */
  readonly once?: string;
  readonly message?: Message;
  /** What tables did not know of the message. */
  readonly unknownCodes?: readonly UnknownCodeSeen[];
  readonly changes?: readonly Change[];
  readonly guards?: readonly Guard[];
  readonly grants?: readonly Grant[];
  readonly dispatches?: readonly Dispatch[];
  readonly audit?: readonly AuditEvent[];
  readonly directory?: readonly DirectoryChange[];
  readonly subscriptions?: readonly SubscriptionChange[];
  readonly configuration?: ConfigurationChange;
  /** Asked inside the transaction, of the Subscriptions that are active at that moment. Pure and quick: nobody else writes meanwhile. */
  readonly announce?: (active: readonly StoredSubscription[]) => readonly Announcement[];
};

/** Only `committed` has stored anything. */
export type Committed =
  | { readonly kind: 'committed'; readonly resources: readonly StoredResource[] }
  /** This partner sent this X-Request-Id before, with the same body: offer `earlier.answer` again. */
  | { readonly kind: 'duplicate'; readonly earlier: Message }
  /** This partner sent this X-Request-Id before, with another body. */
  | { readonly kind: 'reused'; readonly earlier: Message }
  /** The expected version, of a change or a guard (or the last use of a configuration), is not the current one; `current` is undefined when there is no such resource. */
  | ({ readonly kind: 'stale'; readonly current?: number } & ResourceKey)
  /** This partner has an open Subscription of the same key. */
  | { readonly kind: 'subscribed'; readonly subscription: string }
  /** What is done `once` was done before. */
  | { readonly kind: 'done' }
  /** Expected to be new, but it is there. */
  | ({ readonly kind: 'exists'; readonly current: number } & ResourceKey);
