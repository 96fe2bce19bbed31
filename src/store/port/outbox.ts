import type { AuditEvent } from './audit.ts';
import type { Page, PartnerId } from './resource.ts';

/**
 * A delivery to make. The order of the commits within a journey is never broken: a dispatch waits while an earlier one of its
 * journey to the same recipient is not delivered. Different journeys are sent at the same time, and one may pass another
 * that failed (docs/decisions/0010-poison-messages.md).
 */
export type Dispatch = {
  readonly id: string;
  readonly recipient: PartnerId;
  /**
   * `Task/1`, `ServiceRequest/2`: what it is about, its own Task first. Dispatches to one recipient with one of these
   * or the trace in common are of one journey.
   */
  readonly about?: readonly string[];
  /**
   * `fhir-rest`: the body is POSTed. `fhir-pull`: the body names resources to read from the recipient and accept.
   * `fhir-placer`: the body is our Task, with which the Task stored by the recipient is updated. `zgw`: the body is a case to
   * open or withdraw at a municipality. `zgw-status`: the body names a case whose status is read. `mail`: no body is sent, only that
   * there is one. `file`: the body is the content of a file. `hl7v2`:
   * the body is a Task, whose state is sent.
   */
  readonly channel: 'fhir-rest' | 'fhir-pull' | 'fhir-placer' | 'zgw' | 'zgw-status' | 'mail' | 'file' | 'hl7v2';
  /** A label for people: `referral`, `task-update`, ... */
  readonly kind: string;
  /** A Consent permitted it: it is judged again before each attempt. */
  readonly onConsent?: true;
  /** The address, when it is not the recipient's FHIR base: the endpoint of a Subscription. */
  readonly address?: string;
  /** The Subscription of a handshake, event or heartbeat. */
  readonly subscription?: string;
  readonly body: string;
  readonly contentType: string;
  /** The message that caused it. */
  readonly messageId?: string;
  /** X-Request-Id of the delivery: the same at every attempt, so that the receiver can detect a resend. */
  readonly requestId: string;
  /** X-Correlation-Id of the delivery: the request that caused it. */
  readonly correlationId?: string;
  readonly traceId: string;
  /** W3C `traceparent` of the request that caused it: the parent of its attempts, also after a restart. */
  readonly traceparent?: string;
  /** Digest of the configuration set that made its body; absent: that of the message which caused it. */
  readonly configuration?: string;
  /** It was made by the replay of this name; `of`: the id of the delivery that was sent first, also for a copy of a copy. */
  readonly replay?: { readonly name: string; readonly of: string };
};

/**
 * The states of a dispatch:
 *
 *   waiting -> delivered
 *   waiting -> dead -> waiting (requeue)
 *              dead -> skipped (by an operator: never sent; its journey continues)
 *   waiting, dead -> withdrawn (the recipient may no longer receive it)
 *
 * A claim covers the recipient, not the dispatch: no other worker delivers to that recipient meanwhile.
 */
export type DispatchState = 'waiting' | 'delivered' | 'dead' | 'skipped' | 'withdrawn';

/** The visible part of a dispatch: everything but its body. */
export type DispatchStatus = Omit<Dispatch, 'body'> & {
  readonly state: DispatchState;
  readonly createdAt: Date;
  /** createdAt, or the last time that an operator put it, or the one that it waited for, back in the queue. */
  readonly queuedAt: Date;
  /** Waiting, and set aside: it failed while others were delivered. Only its own journey waits for it. */
  readonly aside?: { readonly retryAt: Date };
  /** Time of delivery or of giving up. */
  readonly endedAt?: Date;
  /** The reason why it is dead, or why the last attempt failed. */
  readonly because?: string;
  /** Location of the resource at the receiver. */
  readonly location?: string;
  readonly attempts: number;
};

/** A dispatch claimed by a worker. */
export type Delivery = Dispatch & {
  readonly createdAt: Date;
  /** createdAt, or the time of requeueing: age and attempts count from here. */
  readonly queuedAt: Date;
  /** Failed attempts since queuedAt. */
  readonly attempts: number;
  readonly aside?: true;
  /** Its body is damaged in the store, and empty here. */
  readonly isDamaged?: true;
  /**
   * Those of one journey have the same one at any moment, and are sent in order. A dispatch that connects two journeys
   * gives all of theirs the same, so that it holds for the moment of reading only.
   */
  readonly journey: string;
};

/**
 * A recipient claimed by a worker until `until`, with its oldest waiting dispatches in order. Afterwards any worker may
 * claim the recipient, and writes under this claim have no effect.
 */
export type Claim = {
  readonly recipient: PartnerId;
  readonly worker: string;
  /** Increases with every claim of this recipient: distinguishes a claim from a later one by the same worker. */
  readonly fence: number;
  readonly until: Date;
  /**
   * Consecutive failed attempts at this recipient; 0 after a success. With failures, only one dispatch is claimed.
   */
  readonly failures: number;
  /** Consecutive dispatches that the recipient refused for good; 0 after a delivery. */
  readonly refusals: number;
  readonly deliveries: readonly Delivery[];
};

/** One attempt, as shown by the tracker. `because` contains rules and codes, never content. */
export type Attempt = {
  readonly dispatchId: string;
  readonly at: Date;
  readonly outcome: 'delivered' | 'retry' | 'dead' | 'withdrawn';
  /** The receiver's HTTP status; absent without a response. */
  readonly status?: number;
  readonly milliseconds: number;
  readonly because?: string;
  /** Digest of the configuration set that made what it sent. */
  readonly configuration?: string;
};

/** The result of an attempt, with its audit events. */
export type AttemptEnding = {
  readonly at: Date;
  /** When what was sent was made at this attempt; otherwise that of the dispatch holds. */
  readonly configuration?: string;
  readonly status?: number;
  readonly milliseconds: number;
  readonly audit?: readonly AuditEvent[];
};

/**
 * Who waits after a failed attempt. `recipient`: the recipient pauses, and the dispatch is tried again first. `suspect`:
 * the recipient pauses, and another journey is tried next; if that one gets through, this dispatch is set aside.
 * `journey`: the dispatch is set aside already, and nobody else waits; of one that is not, only the attempt is recorded,
 * as when another result under the same claim pauses the recipient.
 */
export type WhoWaits = 'recipient' | 'suspect' | 'journey';

/** Waiting and dead dispatches to withdraw: to this recipient, about one of these resources (`Task/1`). */
export type Withdrawal = {
  readonly recipient: PartnerId;
  readonly about: readonly string[];
};

/** An act of an operator on a dead letter, with its audit events in the same transaction. */
export type OperatorAct = { readonly now: Date; readonly audit?: readonly AuditEvent[] };

export type OutboxDepth = {
  readonly waiting: number;
  readonly dead: number;
  readonly recipients: readonly {
    readonly recipient: PartnerId;
    readonly waiting: number;
    readonly failures: number;
    /** No attempt before this time. */
    readonly notBefore?: Date;
    /** Creation time of the oldest waiting dispatch. */
    readonly oldest?: Date;
    /** An operator holds it: nothing is sent to it. */
    readonly isHeld?: true;
  }[];
};

/** The recipients to whom something new can be sent; `anyone` when they are not known. */
export type SentTo = readonly PartnerId[] | 'anyone';

/** The outbox: waiting dispatches, and the outcome of the others. */
export type Outbox = {
  /**
   * Claims up to `recipients` recipients that have waiting dispatches, are not claimed or held, and whose pause is over, each
   * with up to `batch` of its oldest dispatches, fewer when they are large. Dispatches behind a dead letter or one set
   * aside of the same journey are left out. A recipient with failures gets one dispatch as a probe: the oldest that is
   * not suspect, else the suspect that was tried longest ago.
   */
  claim(wish: {
    readonly worker: string;
    readonly now: Date;
    /** Milliseconds until the claim expires. */
    readonly lease: number;
    readonly recipients: number;
    readonly batch: number;
  }): Promise<readonly Claim[]>;

  /** Extends the claim; undefined when it was lost. */
  renew(claim: Claim, wish: { readonly now: Date; readonly lease: number }): Promise<Pick<Claim, 'until'> | undefined>;

  /**
   * The dispatches that `claim` would now return for a claimed recipient without failures, those that are being sent
   * among them, with their present journeys. It sees every result that was recorded before the call. Empty when the
   * claim was lost.
   */
  pending(
    claim: Claim,
    wish: {
      readonly now: Date;
      readonly batch: number;
      /** Ids of those that come without their bodies, since the caller has them. */
      readonly known?: readonly string[];
    },
  ): Promise<readonly Delivery[]>;

  /** Releases the recipient at once, with its remaining dispatches. */
  release(claim: Claim): Promise<void>;

  /**
   * Whether a claimed dispatch may be sent at this moment: it still waits (it was not withdrawn meanwhile), and no
   * earlier one of its journey was set aside or given up.
   */
  isDeliverable(delivery: Delivery): Promise<boolean>;

  /** Whether any waiting dispatch will be tried without an act of an operator. */
  hasDeliverable(): Promise<boolean>;

  /**
   * These four return false, and change nothing, when the claim was lost or the dispatch is no longer waiting. For one
   * claim these and `release` take effect in the order of the calls, even when not awaited in between. A dispatch
   * withdrawn while it was being sent is recorded as delivered all the same, since it arrived; after a failure it stays
   * withdrawn.
   */
  complete(claim: Claim, delivery: Delivery, ending: AttemptEnding & { readonly location?: string }): Promise<boolean>;

  /** The recipient pauses until `until` and is released, or the dispatch alone waits that long. */
  retryLater(
    claim: Claim,
    delivery: Delivery,
    ending: AttemptEnding & {
      readonly until: Date;
      readonly because: string;
      /** `recipient` is the default. */
      readonly waits?: WhoWaits;
    },
  ): Promise<boolean>;

  /**
   * Gives up the dispatch. Later ones of its journey wait until it is requeued or skipped; those of other journeys
   * continue: at once, or after the pause when the recipient is failing.
   */
  deadLetter(
    claim: Claim,
    delivery: Delivery,
    ending: AttemptEnding & { readonly because: string; readonly until?: Date },
  ): Promise<boolean>;

  /** Ends a dispatch that may no longer be sent. Its journey continues. */
  withdraw(claim: Claim, delivery: Delivery, ending: AttemptEnding & { readonly because: string }): Promise<boolean>;

  /**
   * Requeues a dead letter at its former position, or has one that was set aside tried at once. False, and nothing is
   * written, when it is neither: it was delivered, withdrawn, or another operator was first.
   */
  requeue(dispatchId: string, now: Date, audit?: readonly AuditEvent[]): Promise<boolean>;

  /** Ends a dead letter, or one that was set aside, without sending it: its journey continues. False as for `requeue`. */
  skip(dispatchId: string, act: OperatorAct & { readonly because: string }): Promise<boolean>;

  dispatch(id: string): Promise<DispatchStatus | undefined>;
  /** Dead letters and dispatches set aside, oldest first: what an operator has to look at. */
  undelivered(query: {
    readonly recipient?: PartnerId;
    readonly state?: 'dead' | 'waiting';
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<DispatchStatus>>;
  dispatches(query: {
    readonly messageId?: string;
    readonly traceId?: string;
    readonly recipient?: PartnerId;
    readonly state?: DispatchState;
    /** The first of `about` that is a Task. */
    readonly task?: string;
    readonly cursor?: string;
    readonly count: number;
  }): Promise<Page<DispatchStatus>>;
  attempts(dispatchId: string): Promise<readonly Attempt[]>;

  /** Cheap enough to call before each acceptance. */
  depth(): Promise<OutboxDepth>;

  /** Calls `listener` after commits of this process with dispatches: a hint, in addition to polling. */
  onDispatch(listener: (to: SentTo) => void): () => void;
};
