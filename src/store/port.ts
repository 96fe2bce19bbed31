/**
 * The store: messages, resources with their versions, the outbox, the audit trail. One port, several adapters, one
 * contract test (test/support/store/contract/). The port is independent of any database.
 *
 * Expected results are values (`kind`); a thrown error means that the store is broken or unavailable. The caller passes
 * the time; a resolved promise means that its writes are on disk.
 *
 * What is passed and returned is plain data that survives `structuredClone`, so that a store can be in a thread of its
 * own; only `onDispatch`, `keyFor` and `link` belong to the thread of the caller. `sendable` prepares a commit for
 * that, and `faultData` an error, which lose a part of themselves when cloned.
 */
import type { AuditTrail } from './port/audit.ts';
import type { Commit, Committed } from './port/commit.ts';
import type { Configurations } from './port/configuration.ts';
import type { DirectoryLog } from './port/directory.ts';
import type { Drafts } from './port/draft.ts';
import type { StoreLink } from './port/link.ts';
import type { Messages } from './port/message.ts';
import type { Operations } from './port/operations.ts';
import type { Outbox } from './port/outbox.ts';
import type { PlacerSubscriptions } from './port/placer-subscription.ts';
import type { Resources } from './port/resource.ts';
import type { Retention } from './port/retention.ts';
import type { Sessions } from './port/session.ts';
import type { Subscriptions } from './port/subscription.ts';
import type { UnknownCodes } from './port/unknown-code.ts';
import type { Vaulted } from './port/vault.ts';

export type { AuditEvent, AuditQuery, AuditRow, PersonIdentifier } from './port/audit.ts';
export type { Commit, Committed } from './port/commit.ts';
export type {
  ConfigurationChange,
  ConfigurationFile,
  ConfigurationUse,
  StoredConfiguration,
} from './port/configuration.ts';
export type { DirectoryChange, DirectoryEntry, DirectoryQuery } from './port/directory.ts';
export type { StoredDraft } from './port/draft.ts';
export type { StoreLink } from './port/link.ts';
export type { KeyedMessage, Message, MessageKeys } from './port/message.ts';
export type {
  DispatchFilter,
  FailureGroup,
  FailureNote,
  HeldPartner,
  MessageHead,
  RefusedMessage,
  ReplayedItem,
  ReplayItem,
  ReplayState,
  StoredReplay,
} from './port/operations.ts';
export type {
  Attempt,
  AttemptEnding,
  Claim,
  Delivery,
  Dispatch,
  DispatchState,
  DispatchStatus,
  OutboxDepth,
  SentTo,
  WhoWaits,
  Withdrawal,
} from './port/outbox.ts';
export type { PlacerSubscription } from './port/placer-subscription.ts';
export type {
  Change,
  Criterion,
  Grant,
  Guard,
  Page,
  PartnerId,
  Query,
  ResourceKey,
  Revocation,
  SearchResult,
  StoredResource,
} from './port/resource.ts';
export type { Kept, Retention, RetentionPlace, RetentionStep, RetentionTerms } from './port/retention.ts';
export type { EndingSessions, StoredSession } from './port/session.ts';
export type {
  Announced,
  StoredSubscription,
  SubscriptionChange,
  SubscriptionEvent,
  Unannounced,
} from './port/subscription.ts';
export type { UnknownCode, UnknownCodeSeen } from './port/unknown-code.ts';
export type {
  Erasure,
  ErasureRequest,
  ErasureResult,
  ErasureWish,
  KeyStatus,
  RecordedErasure,
  Vaulted,
} from './port/vault.ts';

export type Store = Messages &
  Resources &
  Outbox &
  Subscriptions &
  PlacerSubscriptions &
  DirectoryLog &
  Configurations &
  UnknownCodes &
  Retention &
  Vaulted &
  Sessions &
  Drafts &
  Operations &
  AuditTrail & {
    commit(commit: Commit): Promise<Committed>;
    /** Whether a commit with this name for `once` took place. */
    done(name: string): Promise<boolean>;
    /**
     * Acquires the lease of this name for `holder` until `now` plus `milliseconds`; false while another holder has it.
     */
    lease(
      name: string,
      wish: { readonly holder: string; readonly now: Date; readonly milliseconds: number },
    ): Promise<boolean>;
    /** A key of 32 bytes for a purpose, the same for every gateway on this store; derived from its secret. */
    keyFor(purpose: string): Uint8Array;
    /** True when the store is writable at this moment (`/readyz`); rejects with why it is not. */
    ready(): Promise<boolean>;
    /** Opens it for another thread of this process; absent when it writes in the thread of its caller. */
    readonly link?: () => StoreLink;
    close(): Promise<void>;
  };
