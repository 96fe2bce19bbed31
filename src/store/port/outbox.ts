import type { AuditEvent } from './audit.ts';
import type { Page, PartnerId } from './resource.ts';

/** Something to be delivered. Dispatches to one recipient go out in the order of their commits. */
export type Dispatch = {
  readonly id: string;
  readonly recipient: PartnerId;
  /**
   * `fhir-rest`: the body is POSTed. `fhir-pull`: the body names what is read from the recipient and taken in.
   * `fhir-placer`: the body is our Task, by which the Task that the recipient keeps itself is brought up to date.
   */
  readonly channel: 'fhir-rest' | 'fhir-pull' | 'fhir-placer';
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
    /** When the oldest waiting dispatch was made. */
    readonly oldest?: Date;
  }[];
};

/** What is still to be delivered, and what became of the rest. */
export type Outbox = {
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
  complete(claim: Claim, delivery: Delivery, ending: AttemptEnding & { readonly location?: string }): Promise<boolean>;

  /** The recipient pauses until `until` and is released: its later dispatches wait too. */
  retryLater(
    claim: Claim,
    delivery: Delivery,
    ending: AttemptEnding & { readonly until: Date; readonly because: string },
  ): Promise<boolean>;

  /** Given up; the later dispatches of the recipient go on: at once, or after the pause when the recipient is unwell. */
  deadLetter(
    claim: Claim,
    delivery: Delivery,
    ending: AttemptEnding & { readonly because: string; readonly until?: Date },
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
  depth(): Promise<OutboxDepth>;

  /** Calls `listener` after commits of this process that dispatch something: a hint to look, besides polling. */
  onDispatch(listener: () => void): () => void;

  /** Forgets the bodies of dispatches delivered before `before`; what the tracker shows stays. Answers how many. */
  compact(before: Date): Promise<number>;
};
