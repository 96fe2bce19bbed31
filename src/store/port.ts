/**
 * What the gateway remembers: messages, resources with their versions, the outbox, the audit trail.
 * One port, several adapters, one contract test (test/store/contract.ts). Nothing here knows a database.
 *
 * Expected endings are values (`kind`); a thrown error means that the store itself is broken or away.
 * Time comes in with each call; a promise that resolves has its writes on disk.
 */
import type { Resource, ResourceOf } from '../fhir/resource.ts';
import type { Agreement } from '../subscription/agreement.ts';

/** The configured id of a partner; who may see a resource is told in these. */
export type PartnerId = string;

/** A message as it was received, with the answer that was given: enough to offer the answer again and to replay. */
export type Message = {
  readonly id: string;
  readonly partner: PartnerId;
  /** X-Request-Id: with the partner it is the key of deduplication. */
  readonly requestId: string;
  readonly correlationId?: string;
  readonly traceId: string;
  /** Tells a resend (same digest) from a reuse of the id (another digest). */
  readonly bodyDigest: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** Digest of the profiles, maps, routes and projections that decided. */
  readonly configuration: string;
  readonly answer: { readonly status: number; readonly contentType: string; readonly body: string };
  /** JSON: the steps that were taken and the decisions with their reasons. */
  readonly record: string;
};

/** A resource to be written. The store sets meta.versionId (1, 2, ...) and meta.lastUpdated (the commit's `now`). */
export type Change = {
  readonly resource: Resource & { readonly id: string };
  /** `new`: there is none with this type and id. A version: that one is current (If-Match). */
  readonly expect: 'new' | { readonly version: number };
  /**
   * Partners that may see the resource from this version on, besides those of earlier versions.
   * Nobody sees what names no readers, except a call without reader (the gateway itself).
   */
  readonly readers: readonly PartnerId[];
};

/** Partners that may see a resource from its present version on, though the commit does not change it. */
export type Grant = ResourceKey & { readonly readers: readonly PartnerId[] };

/** What must still be at this version for a commit to hold, though the commit does not change it. */
export type Guard = ResourceKey & { readonly version: number };

/** Something to be delivered. Dispatches to one recipient go out in the order of their commits. */
export type Dispatch = {
  readonly id: string;
  readonly recipient: PartnerId;
  readonly channel: 'fhir-rest';
  /** What it is to people who follow it: `referral`, `task-update`, ... */
  readonly kind: string;
  /** Where to, when that is not the recipient's FHIR base: the endpoint of a Subscription. */
  readonly address?: string;
  /** The Subscription that it belongs to: its handshake, an event, a heartbeat. */
  readonly subscription?: string;
  readonly body: string;
  readonly contentType: string;
  /** The message that caused it. */
  readonly messageId?: string;
  /** X-Request-Id of the delivery: the same at every attempt, so that the receiver can tell a resend. */
  readonly requestId: string;
  /** X-Correlation-Id of the delivery: the request that caused it. */
  readonly correlationId?: string;
  readonly traceId: string;
};

/**
 * Found again by its entities: the ids of the exchange (identifiers of mgnNaming('request-id'), 'correlation-id',
 * 'trace-id', as audit/event.ts writes them) and the references of what was touched.
 */
export type AuditEvent = ResourceOf<'AuditEvent'>;

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

/** What `accept` ends in: all of it is stored, or nothing. */
export type Commit = {
  readonly now: Date;
  /** A name under which this is done once, whoever tries: of several gateways on one store the others get `done`. */
  readonly once?: string;
  readonly message?: Message;
  readonly changes?: readonly Change[];
  readonly guards?: readonly Guard[];
  readonly grants?: readonly Grant[];
  readonly dispatches?: readonly Dispatch[];
  readonly audit?: readonly AuditEvent[];
  readonly directory?: readonly DirectoryChange[];
  readonly subscriptions?: readonly SubscriptionChange[];
  /** Asked inside the transaction, of the Subscriptions that are active at that moment. Pure and quick: nobody else writes meanwhile. */
  readonly announce?: (active: readonly StoredSubscription[]) => readonly Announcement[];
};

/**
 * A change of the directory. The directory is a log of its own, apart from the resources about persons: everybody may read
 * it, deletions are told in it, and nothing in it is ever overwritten.
 */
export type DirectoryChange = ResourceKey & {
  /** Who has authority over it: `network` for the network's own, else the source that it was replicated from. */
  readonly source: string;
  /** JSON; absent: it is gone. */
  readonly text?: string;
  /** The version that is current, deletions counted; 0: there has never been one. */
  readonly expect: number;
};

/** A version in the directory's log. `seq` is the order of writing. */
export type DirectoryEntry = Omit<DirectoryChange, 'expect'> & {
  readonly seq: number;
  readonly version: number;
  readonly at: Date;
};

export type DirectoryQuery = {
  readonly type?: string;
  readonly id?: string;
  readonly source?: string;
  /** Written at this time or later. */
  readonly since?: Date;
  /** Written after this entry. */
  readonly after?: number;
  /** Only the last version of each resource. */
  readonly latest?: boolean;
  readonly cursor?: string;
  readonly count: number;
};

export type ResourceKey = { readonly type: string; readonly id: string };

/** Only `committed` has stored anything. */
export type Committed =
  | { readonly kind: 'committed'; readonly resources: readonly StoredResource[] }
  /** This partner sent this X-Request-Id before, with the same body: offer `earlier.answer` again. */
  | { readonly kind: 'duplicate'; readonly earlier: Message }
  /** This partner sent this X-Request-Id before, with another body. */
  | { readonly kind: 'reused'; readonly earlier: Message }
  /** The expected version, of a change or a guard, is not the current one; `current` is undefined when there is no such resource. */
  | ({ readonly kind: 'stale'; readonly current?: number } & ResourceKey)
  /** This partner has an open Subscription of the same key. */
  | { readonly kind: 'subscribed'; readonly subscription: string }
  /** What is done `once` was done before. */
  | { readonly kind: 'done' }
  /** Expected to be new, but it is there. */
  | ({ readonly kind: 'exists'; readonly current: number } & ResourceKey);

/** One version of a resource, as the exact JSON text (decimals keep their digits). */
export type StoredResource = ResourceKey & {
  readonly version: number;
  readonly lastUpdated: Date;
  readonly text: string;
};

/**
 * A search (https://hl7.org/fhir/R4/search.html). Criteria are and-ed; the values of one criterion are or-ed and
 * still in FHIR's own form: `system|code`, `Organization/1`, `ge2026-01-01`. Names are those of
 * store/search-parameters.ts and `_id`, `_lastUpdated`; modifiers: `identifier` on owner and requester, `not` on tokens.
 */
export type Query = {
  readonly criteria: readonly Criterion[];
  /** Newest first unless told otherwise. */
  readonly sort?: '_lastUpdated' | '-_lastUpdated';
  readonly count: number;
  /** `next` of the page before; belongs to the same criteria and sort. */
  readonly cursor?: string;
  /** Counting costs; ask for it on the first page. */
  readonly total?: boolean;
};
export type Criterion = { readonly name: string; readonly modifier?: string; readonly values: readonly string[] };

export type Found =
  /** `total` is absent when not asked for, or when there are more matches than the store is willing to count. */
  | {
      readonly kind: 'found';
      readonly resources: readonly StoredResource[];
      readonly total?: number;
      readonly next?: string;
    }
  /** No such parameter, modifier or prefix for this type. */
  | { readonly kind: 'unsupported'; readonly name: string }
  /** The value (or the cursor, under the name `cursor`) can't be read. */
  | { readonly kind: 'malformed'; readonly name: string };

export type Page<T> = { readonly items: readonly T[]; readonly next?: string };

/**
 * The states of a dispatch:
 *
 *   waiting -> delivered
 *   waiting -> dead -> waiting (requeue)
 *
 * A claim is held on the recipient, not on the dispatch: nobody else delivers to that recipient meanwhile.
 */
export type DispatchState = 'waiting' | 'delivered' | 'dead';

/** What people may know about a dispatch: everything but its body. */
export type DispatchStatus = Omit<Dispatch, 'body'> & {
  readonly state: DispatchState;
  readonly createdAt: Date;
  /** Delivered or given up at. */
  readonly endedAt?: Date;
  /** Why it is dead, or why the last attempt failed. */
  readonly because?: string;
  /** What the receiver made of it. */
  readonly location?: string;
  readonly attempts: number;
};

/** A dispatch in the hands of a worker. */
export type Delivery = Dispatch & {
  readonly createdAt: Date;
  /** createdAt, or when it was requeued: age and attempts count from here. */
  readonly queuedAt: Date;
  /** Failed attempts since queuedAt. */
  readonly attempts: number;
};

/**
 * One recipient in the hands of one worker until `until`, with its oldest waiting dispatches in order.
 * After that any worker may claim the recipient again; what this claim still writes then changes nothing.
 */
export type Claim = {
  readonly recipient: PartnerId;
  readonly worker: string;
  /** Grows with every claim of this recipient: tells a claim from a later one by the same worker. */
  readonly fence: number;
  readonly until: Date;
  /** Failed attempts in a row at this recipient: 0 when it was well last time. While not, only the oldest is claimed. */
  readonly failures: number;
  readonly deliveries: readonly Delivery[];
};

/** One try, as the tracker shows it. `because` holds our own words and codes, never content. */
export type Attempt = {
  readonly dispatchId: string;
  readonly at: Date;
  readonly outcome: 'delivered' | 'retry' | 'dead';
  /** The receiver's HTTP status; absent when there was no answer. */
  readonly status?: number;
  readonly milliseconds: number;
  readonly because?: string;
};

/** How an attempt ended, with the audit events that tell of it. */
export type Ending = {
  readonly at: Date;
  readonly status?: number;
  readonly milliseconds: number;
  readonly audit?: readonly AuditEvent[];
};

export type Depth = {
  readonly waiting: number;
  readonly dead: number;
  readonly recipients: readonly {
    readonly recipient: PartnerId;
    readonly waiting: number;
    readonly failures: number;
    /** No attempt before this time. */
    readonly notBefore?: Date;
    /** When the oldest waiting dispatch was made. */
    readonly oldest?: Date;
  }[];
};

export type AuditQuery = {
  readonly requestId?: string;
  readonly correlationId?: string;
  readonly traceId?: string;
  /** `Task/1`: an entity of the event. */
  readonly entity?: string;
  readonly cursor?: string;
  readonly count: number;
};
/** `seq` is the order of writing; a chain of hashes will run along it. */
export type AuditRow = { readonly seq: number; readonly text: string };

export type Store = {
  commit(commit: Commit): Promise<Committed>;
  /** For what is told without anything being stored: refusals, reads. */
  appendAudit(events: readonly AuditEvent[]): Promise<void>;
  /** In the order of writing. */
  audit(query: AuditQuery): Promise<Page<AuditRow>>;

  message(id: string): Promise<Message | undefined>;
  messageByRequest(partner: PartnerId, requestId: string): Promise<Message | undefined>;
  /** In the order in which they were stored. */
  messages(query: {
    readonly partner?: PartnerId;
    readonly traceId?: string;
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<Message>>;

  /** With a reader, what that partner may not see is answered exactly as what is not there. */
  read(type: string, id: string, reader?: PartnerId): Promise<StoredResource | undefined>;
  vread(type: string, id: string, version: number, reader?: PartnerId): Promise<StoredResource | undefined>;
  /** Newest first; empty when there is no such resource for this reader. */
  history(type: string, id: string, reader?: PartnerId): Promise<readonly StoredResource[]>;
  search(type: string, query: Query, reader?: PartnerId): Promise<Found>;

  /** The log of the directory, in the order of writing. */
  directory(query: DirectoryQuery): Promise<Page<DirectoryEntry>>;

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

  /** Whether something of this name was done `once`. */
  done(name: string): Promise<boolean>;

  /** Whether `holder` may do what has this name until `now` plus `milliseconds`: nobody else may meanwhile. */
  lease(
    name: string,
    wish: { readonly holder: string; readonly now: Date; readonly milliseconds: number },
  ): Promise<boolean>;

  /**
   * Claims up to `recipients` recipients that have something waiting, are not claimed and whose pause is over,
   * each with up to `batch` of its oldest dispatches, fewer when they are large. A recipient with failures gets one: its oldest, as a probe.
   */
  claim(wish: {
    readonly worker: string;
    readonly now: Date;
    /** Milliseconds until others may claim the same. */
    readonly lease: number;
    readonly recipients: number;
    readonly batch: number;
  }): Promise<readonly Claim[]>;
  /** Holds the recipient longer; undefined when the claim was lost. */
  renew(claim: Claim, wish: { readonly now: Date; readonly lease: number }): Promise<Pick<Claim, 'until'> | undefined>;
  /** Gives the recipient back at once, with whatever of it is still waiting. */
  release(claim: Claim): Promise<void>;
  /**
   * These three answer false, and change nothing, when the claim was lost or the dispatch isn't waiting any more.
   * For one claim these and `release` take effect in the order of the calls, also when they are not awaited in between.
   */
  complete(claim: Claim, delivery: Delivery, ending: Ending & { readonly location?: string }): Promise<boolean>;
  /** The recipient pauses until `until` and is released: its later dispatches wait too. */
  retryLater(
    claim: Claim,
    delivery: Delivery,
    ending: Ending & { readonly until: Date; readonly because: string },
  ): Promise<boolean>;
  /** Given up; the later dispatches of the recipient go on: at once, or after the pause when the recipient is unwell. */
  deadLetter(
    claim: Claim,
    delivery: Delivery,
    ending: Ending & { readonly because: string; readonly until?: Date },
  ): Promise<boolean>;
  /** A dead letter waits again, in its old place; false when it isn't dead. */
  requeue(dispatchId: string, now: Date): Promise<boolean>;

  dispatches(query: {
    readonly messageId?: string;
    readonly traceId?: string;
    readonly recipient?: PartnerId;
    readonly state?: DispatchState;
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<DispatchStatus>>;
  attempts(dispatchId: string): Promise<readonly Attempt[]>;
  /** Cheap enough to ask before each acceptance. */
  depth(): Promise<Depth>;
  /** Calls `listener` after commits of this process that dispatch something: a hint to look, besides polling. */
  onDispatch(listener: () => void): () => void;

  /** Forgets the bodies of dispatches delivered before `before`; what the tracker shows stays. Answers how many. */
  compact(before: Date): Promise<number>;
  /** Whether the store can be written at this moment (`/readyz`). */
  ready(): Promise<boolean>;
  close(): Promise<void>;
};
