/**
 * What the gateway remembers: messages, resources with their versions, the outbox, the audit trail.
 * One port, several adapters, one contract test (test/support/store/contract/). Nothing here knows a database.
 *
 * Expected endings are values (`kind`); a thrown error means that the store itself is broken or away.
 * Time comes in with each call; a promise that resolves has its writes on disk.
 */
import type { AuditTrail } from './port/audit.ts';
import type { Commit, Committed } from './port/commit.ts';
import type { Configurations } from './port/configuration.ts';
import type { DirectoryLog } from './port/directory.ts';
import type { Messages } from './port/message.ts';
import type { Outbox } from './port/outbox.ts';
import type { Resources } from './port/resource.ts';
import type { Subscriptions } from './port/subscription.ts';
import type { UnknownCodes } from './port/unknown-code.ts';

export type { AuditEvent, AuditQuery, AuditRow } from './port/audit.ts';
export type { Commit, Committed } from './port/commit.ts';
export type {
  ConfigurationChange,
  ConfigurationFile,
  ConfigurationUse,
  KnownConfiguration,
} from './port/configuration.ts';
export type { DirectoryChange, DirectoryEntry, DirectoryQuery } from './port/directory.ts';
export type { Message } from './port/message.ts';
export type {
  Attempt,
  Claim,
  Delivery,
  Depth,
  Dispatch,
  DispatchStatus,
  Ending,
} from './port/outbox.ts';
export type {
  Change,
  Criterion,
  Found,
  Grant,
  Guard,
  Page,
  PartnerId,
  Query,
  ResourceKey,
  StoredResource,
} from './port/resource.ts';
export type { Announcement, StoredSubscription, SubscriptionChange, SubscriptionEvent } from './port/subscription.ts';
export type { UnknownCode, UnknownCodeSeen } from './port/unknown-code.ts';

export type Store = Messages &
  Resources &
  Outbox &
  Subscriptions &
  DirectoryLog &
  Configurations &
  UnknownCodes &
  AuditTrail & {
    commit(commit: Commit): Promise<Committed>;
    /** Whether something of this name was done `once`. */
    done(name: string): Promise<boolean>;
    /** Whether `holder` may do what has this name until `now` plus `milliseconds`: nobody else may meanwhile. */
    lease(
      name: string,
      wish: { readonly holder: string; readonly now: Date; readonly milliseconds: number },
    ): Promise<boolean>;
    /** Whether the store can be written at this moment (`/readyz`). */
    ready(): Promise<boolean>;
    close(): Promise<void>;
  };
