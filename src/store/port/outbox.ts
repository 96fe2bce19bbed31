import type { AuditEvent } from './audit.ts';
import type { Page, PartnerId } from './resource.ts';

/** A delivery to make. Dispatches to one recipient are sent in the order of their commits. */
export type Dispatch = {
  readonly id: string;
  readonly recipient: PartnerId;
  /**
   * `fhir-rest`: the body is POSTed. `fhir-pull`: the body names resources to read from the recipient and accept.
   * `fhir-placer`: the body is our Task, with which the Task stored by the recipient is updated.
   */
  readonly channel: 'fhir-rest' | 'fhir-pull' | 'fhir-placer';
  /** A label for people: `referral`, `task-update`, ... */
  readonly kind: string;
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
};

/**
 * The states of a dispatch:
 *
 *   waiting -> delivered
 *   waiting -> dead -> waiting (requeue)
 *
 * A claim covers the recipient, not the dispatch: no other worker delivers to that recipient meanwhile.
 */
export type DispatchState = 'waiting' | 'delivered' | 'dead';

/** The visible part of a dispatch: everything but its body. */
export type DispatchStatus = Omit<Dispatch, 'body'> & {
  readonly state: DispatchState;
  readonly createdAt: Date;
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
   * Consecutive failed attempts at this recipient; 0 after a success. With failures, only the oldest dispatch is
   * claimed.
   */
  readonly failures: number;
  readonly deliveries: readonly Delivery[];
};

/** One attempt, as shown by the tracker. `because` contains rules and codes, never content. */
export type Attempt = {
  readonly dispatchId: string;
  readonly at: Date;
  readonly outcome: 'delivered' | 'retry' | 'dead';
  /** The receiver's HTTP status; absent without a response. */
  readonly status?: number;
  readonly milliseconds: number;
  readonly because?: string;
};

/** The result of an attempt, with its audit events. */
export type AttemptEnding = {
  readonly at: Date;
  readonly status?: number;
  readonly milliseconds: number;
  readonly audit?: readonly AuditEvent[];
};

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
  }[];
};

/** The outbox: waiting dispatches, and the outcome of the others. */
export type Outbox = {
  /**
   * Claims up to `recipients` recipients that have waiting dispatches, are not claimed and whose pause is over, each
   * with up to `batch` of its oldest dispatches, fewer when they are large. A recipient with failures gets only its
   * oldest, as a probe.
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

  /** Releases the recipient at once, with its remaining dispatches. */
  release(claim: Claim): Promise<void>;

  /**
   * These three return false, and change nothing, when the claim was lost or the dispatch is no longer waiting. For one
   * claim these and `release` take effect in the order of the calls, even when not awaited in between.
   */
  complete(claim: Claim, delivery: Delivery, ending: AttemptEnding & { readonly location?: string }): Promise<boolean>;

  /** The recipient pauses until `until` and is released: its later dispatches wait too. */
  retryLater(
    claim: Claim,
    delivery: Delivery,
    ending: AttemptEnding & { readonly until: Date; readonly because: string },
  ): Promise<boolean>;

  /**
   * Gives up the dispatch. Later dispatches of the recipient continue: at once, or after the pause when the recipient
   * is failing.
   */
  deadLetter(
    claim: Claim,
    delivery: Delivery,
    ending: AttemptEnding & { readonly because: string; readonly until?: Date },
  ): Promise<boolean>;

  /** Requeues a dead letter at its former position; false when it is not dead. */
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

  /** Cheap enough to call before each acceptance. */
  depth(): Promise<OutboxDepth>;

  /** Calls `listener` after commits of this process with dispatches: a hint, in addition to polling. */
  onDispatch(listener: () => void): () => void;

  /** Deletes the bodies of dispatches delivered before `before`; their status is retained. Returns their number. */
  compact(before: Date): Promise<number>;
};
